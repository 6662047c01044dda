// Package benchrows makes up exports of usage to measure with.
package benchrows

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/errgroup"
)

// blobs is how many blobs an export has.
const blobs = 8

// WriteExport writes an export of so many rows to a directory, as compressed blobs. They
// are the same rows every time.
func WriteExport(directory string, rows int) error {
	var writers errgroup.Group
	writers.SetLimit(runtime.GOMAXPROCS(0))
	for i := range blobs {
		writers.Go(func() error {
			name := filepath.Join(directory, fmt.Sprintf("part-%05d.json.gz", i))
			return writeBlob(name, (i+1)*rows/blobs-i*rows/blobs, uint64(i)) //nolint:gosec // It is not negative.
		})
	}
	return writers.Wait()
}

func writeBlob(name string, rows int, seed uint64) (err error) {
	file, err := os.Create(name) //nolint:gosec // The caller names the directory.
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	compressed, err := gzip.NewWriterLevel(file, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if err := WriteRows(compressed, rows, seed); err != nil {
		return err
	}
	return compressed.Close()
}

// WriteRows writes rows as they are documented, one a line, of 200 customers and 31 days.
func WriteRows(to io.Writer, rows int, seed uint64) error {
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // They have to be the same every time.
	guid := func(kind, number int) string {
		return fmt.Sprintf("%08x-%04x-4000-8000-%012x", number*2654435761&0xffffffff, kind, number)
	}
	var line []byte
	for range rows {
		customer, resource := random.IntN(200), random.IntN(5000)
		subscription, meter, day := customer*3+resource%3, resource%300, 1+random.IntN(31)
		line = fmt.Appendf(line[:0], `{"PartnerId":"66f469a3-cb02-4f67-8a85-21e33f1d893a","PartnerName":"Contoso Cloud Services","CustomerId":"%s","CustomerName":"Customer %d of Fabrikam","CustomerDomainName":"customer%d.onmicrosoft.com","CustomerCountry":"DE","MpnId":"4390934","Tier2MpnId":"0","ProductId":"DZH318Z0BPS6","SkuId":"0001","AvailabilityId":"DZH318Z0CSXK","SkuName":"Azure plan","ProductName":"Azure plan","PublisherName":"Microsoft","PublisherId":"","SubscriptionId":"%s","SubscriptionDescription":"Azure plan","EntitlementId":"%s","EntitlementDescription":"Subscription %d","ChargeStartDate":"2026-08-01T00:00:00Z","ChargeEndDate":"2026-08-31T23:59:59Z","UsageDate":"2026-08-%02dT00:00:00Z","MeterType":"1 Compute Hour","MeterCategory":"Virtual Machines","MeterId":"%s","MeterSubCategory":"Ddsv5 Series","MeterName":"D4ds v5 %d","MeterRegion":"EU West","Unit":"1 Hour","ResourceLocation":"westeurope","ConsumedService":"Microsoft.Compute","ResourceGroup":"rg-%d","ResourceURI":"/subscriptions/%s/resourceGroups/rg-%d/providers/Microsoft.Compute/virtualMachines/vm-%d","ChargeType":"new","UnitPrice":0.%014d,"Quantity":%d.%06d,"UnitType":"1 Hour","BillingPreTaxTotal":%d.%013d,"BillingCurrency":"EUR","PricingPreTaxTotal":%d.%013d,"PricingCurrency":"USD","ServiceInfo1":"","ServiceInfo2":"","Tags":"{\"env\":\"prod\",\"cost-center\":\"%d\"}","AdditionalInfo":"{\"ImageType\":\"Canonical\",\"ServiceType\":\"Standard_D4ds_v5\",\"VMName\":null,\"UsageType\":\"ComputeHR\",\"CorrelationId\":\"%016x\"}","EffectiveUnitPrice":0.%014d,"PCToBCExchangeRate":0.9,"PCToBCExchangeRateDate":"2026-08-01T00:00:00Z","PartnerEarnedCreditPercentage":15,"CreditPercentage":100,"CreditType":"Azure Credit Applied","BenefitOrderID":"","BenefitID":"","BenefitType":""}`+"\n",
			guid(1, customer), customer, customer, guid(2, customer), guid(3, subscription), subscription, day, guid(4, meter), meter, resource%20, guid(3, subscription), resource%20, resource,
			random.Int64N(1e14), random.IntN(24), random.IntN(1e6), random.IntN(100), random.Int64N(1e13), random.IntN(100), random.Int64N(1e13), customer%7, random.Uint64(), random.Int64N(1e14))
		if _, err := to.Write(line); err != nil {
			return err
		}
	}
	return nil
}
