package graphbilling

import (
	"bufio"
	"bytes"
	stdgzip "compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/errgroup"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

// The full size is that of a large partner's month: go test -bench Export -rows 1000000.
var benchRows = flag.Int("rows", 100_000, "rows of the benchmarks' export")

const benchBlobs = 8

// benchExport is an export in files, compressed.
type benchExport struct {
	names []string
	bytes int64 // inflated
}

// newBenchExport writes rows as they are documented, about 1.5 KB each. They are of 200
// customers and 31 days.
func newBenchExport(b *testing.B, rows int) *benchExport {
	b.Helper()
	export := &benchExport{}
	directory := b.TempDir()
	var mutex sync.Mutex
	var writers errgroup.Group
	writers.SetLimit(runtime.GOMAXPROCS(0))
	for i := range benchBlobs {
		name := filepath.Join(directory, fmt.Sprintf("part-%05d.json.gz", i))
		export.names = append(export.names, name)
		writers.Go(func() error {
			written, err := writeBenchBlob(name, rows/benchBlobs, uint64(i))
			mutex.Lock()
			defer mutex.Unlock()
			export.bytes += written
			return err
		})
	}
	if err := writers.Wait(); err != nil {
		b.Fatal(err)
	}
	return export
}

func writeBenchBlob(name string, rows int, seed uint64) (written int64, err error) {
	file, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	compressed, err := gzip.NewWriterLevel(file, gzip.BestSpeed)
	if err != nil {
		return 0, err
	}
	random := rand.New(rand.NewPCG(seed, 1))
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
		written += int64(len(line))
		if _, err := compressed.Write(line); err != nil {
			return written, err
		}
	}
	return written, compressed.Close()
}

// respond plays Microsoft Graph and the blob host.
func (e *benchExport) respond(request *http.Request) (*http.Response, error) {
	switch {
	case request.Method == http.MethodPost:
		return wiretest.Respond(http.StatusAccepted, "", "Location", testOperation)(request)
	case request.URL.Host == "graph.microsoft.com":
		var blobs []string
		for _, name := range e.names {
			blobs = append(blobs, fmt.Sprintf(`{"name":%q}`, path.Base(name)))
		}
		return wiretest.Respond(http.StatusOK, succeeded(strings.Join(blobs, ",")))(request)
	}
	file, err := os.Open(filepath.Join(filepath.Dir(e.names[0]), path.Base(request.URL.Path)))
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: file, ContentLength: -1}, nil
}

// readAll reads the files with a number of workers.
func (e *benchExport) readAll(b *testing.B, workers int, read func(io.Reader) error) time.Duration {
	b.Helper()
	start := time.Now()
	var group errgroup.Group
	group.SetLimit(workers)
	for _, name := range e.names {
		group.Go(func() error {
			file, err := os.Open(name)
			if err != nil {
				return err
			}
			return errors.Join(read(file), file.Close())
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// tokenize inflates and tokenizes, and keeps nothing.
func tokenize(body io.Reader) error {
	inflated, err := gzip.NewReader(body)
	if err != nil {
		return err
	}
	decoder := jsontext.NewDecoder(inflated, anyNames...)
	for {
		if _, err := decoder.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// inflateStandard inflates with the standard library, and inflateFast with the one in use.
func inflateStandard(body io.Reader) error {
	inflated, err := stdgzip.NewReader(bufio.NewReaderSize(body, bufferSize))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, struct{ io.Reader }{inflated})
	return err
}

func inflateFast(body io.Reader) error {
	inflated, err := gzip.NewReader(bufio.NewReaderSize(body, bufferSize))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, struct{ io.Reader }{inflated})
	return err
}

// benchRounds is how often everything is measured, in turn. The shortest time counts: what
// else the machine does makes times longer only.
const benchRounds = 3

// BenchmarkExport compares reading an export with what has to be done in any case, in one
// run.
func BenchmarkExport(b *testing.B) {
	export := newBenchExport(b, *benchRows)
	query := Query{CurrencyCode: "EUR", GroupBy: []string{"customer", "date"}}
	g := newGrouping(&query, mustKeys(b, query.GroupBy))
	addUp := func(body io.Reader) error { return readRows(body, blob{}, newSums(g)) }
	both := runtime.GOMAXPROCS(0)
	for b.Loop() {
		best := map[string]float64{}
		measure := func(name string, took time.Duration) {
			if known, ok := best[name]; !ok || took.Seconds() < known {
				best[name] = took.Seconds()
			}
		}
		var memory uint64
		for range benchRounds {
			measure("standard", export.readAll(b, 1, inflateStandard))
			measure("fast", export.readAll(b, 1, inflateFast))
			measure("tokens", export.readAll(b, 1, tokenize))
			measure("tokens, all cores", export.readAll(b, both, tokenize))
			measure("one", export.readAll(b, 1, addUp))
			took, peak := export.readUsage(b, query)
			measure("usage", took)
			memory = max(memory, peak)
		}
		b.ReportMetric(float64(export.bytes)/(1<<20), "MiB")
		b.ReportMetric(float64(memory)/(1<<20), "peak-MiB")
		b.ReportMetric(best["standard"]/best["fast"], "inflater-x")
		b.ReportMetric(best["one"]/best["tokens"], "one-vs-tokens-x")
		b.ReportMetric(best["usage"]/best["tokens, all cores"], "usage-vs-tokens-x")
		b.ReportMetric(best["one"]/best["usage"], "parallel-x")
		b.ReportMetric(best["usage"], "usage-s")
	}
}

// readUsage reads the whole export as a data source does, and returns the most memory that
// it had in use.
func (e *benchExport) readUsage(b *testing.B, query Query) (took time.Duration, peak uint64) {
	b.Helper()
	client, _ := newTestClient(b, e.respond)
	memory := watchMemory()
	start := time.Now()
	usage, err := client.Usage(b.Context(), query)
	took, peak = time.Since(start), memory()
	if err != nil {
		b.Fatal(err)
	}
	if usage.Totals.RowCount != int64(*benchRows/benchBlobs*benchBlobs) {
		b.Fatalf("%d rows", usage.Totals.RowCount)
	}
	return took, peak
}

// watchMemory samples how much memory is in use, and returns the most.
func watchMemory() (stop func() uint64) {
	runtime.GC()
	done, most := make(chan struct{}), make(chan uint64)
	go func() {
		var peak uint64
		var stats runtime.MemStats
		for {
			runtime.ReadMemStats(&stats)
			peak = max(peak, stats.HeapInuse+stats.StackInuse)
			select {
			case <-done:
				most <- peak
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(done)
		return <-most
	}
}

// BenchmarkRow is one line, without inflating.
func BenchmarkRow(b *testing.B) {
	export := newBenchExport(b, 1000)
	var lines []byte
	export.readAll(b, 1, func(body io.Reader) error {
		inflated, err := gzip.NewReader(body)
		if err != nil {
			return err
		}
		content, err := io.ReadAll(inflated)
		lines = append(lines, content...)
		return err
	})
	for _, groupBy := range [][]string{{"customer", "date"}, {"meter"}, {"tag:env"}, {"resource", "service", "date"}} {
		b.Run(strings.Join(groupBy, "+"), func(b *testing.B) {
			query := Query{CurrencyCode: "EUR", GroupBy: groupBy, MaxGroups: 1_000_000}
			s := newSums(newGrouping(&query, mustKeys(b, groupBy)))
			b.SetBytes(int64(len(lines)) / 1000)
			b.ReportAllocs()
			for range b.N/1000 + 1 {
				if _, err := readLines(bytes.NewReader(lines), s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
