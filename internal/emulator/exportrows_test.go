package emulator_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"io"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// exportRow is a row of an export.
type exportRow struct {
	CustomerID, CustomerName, SubscriptionID, EntitlementID, EntitlementDescription string
	ResourceURI, ResourceGroup, MeterCategory, MeterName, UnitType, Tags            string
	ChargeStartDate, UsageDate, ChargeType, BillingCurrency, PricingCurrency        string
	InvoiceNumber                                                                   *string
	Quantity, BillingPreTaxTotal, PricingPreTaxTotal                                json.Number
	UnitPrice, EffectiveUnitPrice                                                   json.Number
}

// open starts to read a blob, and returns its length if that is told.
func (m manifest) open(t *testing.T, blob int) (body io.Reader, length int64) {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(request(t, http.MethodGet, m.RootDirectory+"/"+m.Blobs[blob].Name+"?"+m.SASToken, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	if response.StatusCode != http.StatusOK {
		t.Fatal(response.Status)
	}
	return response.Body, response.ContentLength
}

// lines reads all blobs, line by line.
func (m manifest) lines(t *testing.T, each func(line string)) {
	t.Helper()
	for blob := range m.Blobs {
		body, _ := m.open(t, blob)
		inflated, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		scanner := bufio.NewScanner(inflated)
		for scanner.Scan() {
			each(scanner.Text())
		}
		if err := scanner.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func (m manifest) rows(t *testing.T) []exportRow {
	t.Helper()
	var rows []exportRow
	m.lines(t, func(line string) { rows = append(rows, decode[exportRow](t, line)) })
	return rows
}

// rationals are sums by a key.
type rationals map[string]*big.Rat

func (r rationals) add(t *testing.T, key string, n json.Number) {
	t.Helper()
	if r[key] == nil {
		r[key] = new(big.Rat)
	}
	r[key].Add(r[key], rational(t, n))
}

func (r rationals) equal(t *testing.T, what string, want rationals) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if r[key] == nil || r[key].Cmp(want[key]) != 0 {
			t.Errorf("%s: %s is %v, want %v", what, key, r[key], want[key])
		}
	}
	for key := range r {
		if want[key] == nil {
			t.Errorf("%s: %s is not expected", what, key)
		}
	}
}

const fullRow = `{"PartnerId":"66f469a3-cb02-4f67-8a85-21e33f1d893a","PartnerName":"Harbourline Cloud Partners","CustomerId":"6a78bc81-09e8-486f-a388-61ea2d959e23","CustomerName":"Nordhavn Marine ApS","CustomerDomainName":"nordhavnmarineaps.onmicrosoft.com","CustomerCountry":"DE","MpnId":"4821170","ProductId":"DZH318Z0BNZ5","SkuId":"006G","AvailabilityId":"6F35A60EC7B0","SkuName":"Tables","ProductName":"Tables - LRS Data Stored - EU West","PublisherName":"Microsoft","PublisherId":"","SubscriptionDescription":"Azure plan","SubscriptionId":"87bbb368-e17a-4ded-90fb-edcd370d6146","ChargeStartDate":"2026-11-01T00:00:00Z","ChargeEndDate":"2026-11-30T23:59:59Z","UsageDate":"2026-11-01T00:00:00Z","MeterType":"1 GB/Month","MeterCategory":"Storage","MeterId":"5278c174-65cc-4f4c-850c-8dfa9563b4c7","MeterSubCategory":"Tables","MeterName":"LRS Data Stored","MeterRegion":"EU West","Unit":"1 GB/Month","ResourceLocation":"westeurope","ConsumedService":"Microsoft.Storage","ResourceGroup":"rg-lake","ResourceURI":"/subscriptions/d3b168f7-82af-469a-844e-ba050c89fab8/resourceGroups/rg-lake/providers/Microsoft.Storage/storageAccounts/nordhavnlake","ChargeType":"new","UnitPrice":0.055184823484,"Quantity":11.420735112239,"UnitType":"1 GB/Month","BillingPreTaxTotal":0.462539771662,"BillingCurrency":"EUR","PricingPreTaxTotal":0.5357135635389284,"PricingCurrency":"USD","ServiceInfo1":"","ServiceInfo2":"","Tags":"{\"env\":\"production\",\"cost-center\":\"4019\",\"team\":\"lake\"}","AdditionalInfo":"","EffectiveUnitPrice":0.046907099961,"PCToBCExchangeRate":0.8634087377,"PCToBCExchangeRateDate":"2026-11-01T00:00:00Z","EntitlementId":"d3b168f7-82af-469a-844e-ba050c89fab8","EntitlementDescription":"Nordhavn Data Platform","PartnerEarnedCreditPercentage":15,"CreditPercentage":100,"CreditType":"Azure Credit Applied"}`

const basicInvoiceRow = `{"PartnerId":"66f469a3-cb02-4f67-8a85-21e33f1d893a","PartnerName":"Harbourline Cloud Partners","CustomerId":"6a78bc81-09e8-486f-a388-61ea2d959e23","CustomerName":"Nordhavn Marine ApS","InvoiceNumber":"G000024143",`

func TestRowsAreWrittenLikeGraphs(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	var first string
	service.export(t, unbilledPath, currentEuros).lines(t, func(line string) {
		if first == "" {
			first = line
		}
	})
	if first != fullRow {
		t.Errorf("got  %s\nwant %s", first, fullRow)
	}
	first = ""
	service.export(t, billedPath, `{"invoiceId":"G000024143","attributeSet":"basic"}`).lines(t, func(line string) {
		if first == "" {
			first = line
		}
		for _, key := range []string{"CustomerDomainName", "Tier2MpnId", "MeterName", "ResourceGroup", "Tags", "EntitlementDescription"} {
			if strings.Contains(line, `"`+key+`"`) {
				t.Errorf("%s in the basic set", key)
			}
		}
	})
	if !strings.HasPrefix(first, basicInvoiceRow) {
		t.Errorf("got %s\nwant %s", first, basicInvoiceRow)
	}
}

// What the customers, resources and meters of a currency have cost this month is
// what the usage records say.
func TestRowsAgreeWithTheUsageRecords(t *testing.T) {
	t.Parallel()
	for _, currency := range []string{"EUR", "USD", "GBP", "JPY", "SEK"} {
		t.Run(currency, func(t *testing.T) {
			t.Parallel()
			service := serve(t, emulator.Options{})
			costs, dollars, resources, meters, quantities := rationals{}, rationals{}, rationals{}, rationals{}, rationals{}
			for _, row := range service.export(t, unbilledPath, `{"currencyCode":"`+currency+`","billingPeriod":"current"}`).rows(t) {
				if row.BillingCurrency != currency || row.PricingCurrency != "USD" || row.InvoiceNumber != nil {
					t.Fatalf("%+v", row)
				}
				if row.ChargeStartDate != "2026-11-01T00:00:00Z" {
					continue // came late
				}
				costs.add(t, row.CustomerID+" "+row.CustomerName, row.BillingPreTaxTotal)
				dollars.add(t, row.CustomerID, row.PricingPreTaxTotal)
				resources.add(t, row.SubscriptionID+" "+row.EntitlementID+" "+row.EntitlementDescription+" "+row.ResourceGroup+" "+row.ResourceURI, row.BillingPreTaxTotal)
				meters.add(t, row.SubscriptionID+" "+row.MeterCategory+" "+row.MeterName+" "+row.UnitType, row.BillingPreTaxTotal)
				quantities.add(t, row.SubscriptionID+" "+row.MeterCategory+" "+row.MeterName+" "+row.UnitType, row.Quantity)
			}
			wantCosts, wantDollars, wantResources, wantMeters, wantQuantities := rationals{}, rationals{}, rationals{}, rationals{}, rationals{}
			for _, customer := range decode[anyRecords](t, service.read(t, customersPath)).Items {
				if customer.CurrencyCode != currency || rational(t, customer.TotalCost).Sign() == 0 {
					continue
				}
				wantCosts.add(t, customer.ID+" "+customer.Name, customer.TotalCost)
				wantDollars.add(t, customer.ID, customer.USDTotalCost)
				for _, plan := range decode[anyRecords](t, service.read(t, customerPath(customer.ID, "subscriptions/usagerecords"))).Items {
					for _, r := range decode[anyRecords](t, service.read(t, subscriptionPath(customer.ID, plan.ID, "resourceusagerecords"))).Items {
						wantResources.add(t, plan.ID+" "+r.EntitlementID+" "+r.EntitlementName+" "+r.ResourceGroupName+" "+r.ResourceURI, r.TotalCost)
					}
					for _, m := range decode[anyRecords](t, service.read(t, subscriptionPath(customer.ID, plan.ID, "meterusagerecords"))).Items {
						wantMeters.add(t, plan.ID+" "+m.Category+" "+m.MeterName+" "+m.Unit, m.TotalCost)
						wantQuantities.add(t, plan.ID+" "+m.Category+" "+m.MeterName+" "+m.Unit, m.QuantityUsed)
					}
				}
			}
			costs.equal(t, "cost", wantCosts)
			dollars.equal(t, "cost in US dollars", wantDollars)
			resources.equal(t, "resource", wantResources)
			meters.equal(t, "meter", wantMeters)
			quantities.equal(t, "quantity", wantQuantities)
		})
	}
}

// anyRecords have the fields of all kinds of them.
type anyRecords struct {
	Items []struct {
		ID, Name, CurrencyCode                            string
		EntitlementID, EntitlementName, ResourceGroupName string
		ResourceURI, Category, MeterName, Unit            string
		TotalCost, USDTotalCost, QuantityUsed             json.Number
	}
}

// The usage of an invoice adds up to its charges, and so does what is not billed yet of
// the same month.
func TestRowsAgreeWithTheInvoices(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	if err := service.Spend(emulator.MeteredCustomerID, "0"); err != nil { // past usage stays
		t.Fatal(err)
	}
	checked := 0
	for _, i := range decode[invoices](t, service.read(t, "/v1/invoices")).Items {
		switch i.ID {
		case emulator.LatestInvoiceID, emulator.AmendedInvoiceID, emulator.CreditNoteID, "G000024343", "G000024542":
			checked++
		default:
			continue
		}
		month := i.BillingPeriodStartDate[:len("2006-01")]
		total, days := rationals{}, map[string]bool{}
		for _, row := range service.export(t, billedPath, `{"invoiceId":"`+i.ID+`","attributeSet":"basic"}`).rows(t) {
			total.add(t, row.BillingCurrency, row.BillingPreTaxTotal)
			days[row.UsageDate] = true
			if row.InvoiceNumber == nil || *row.InvoiceNumber != i.ID || !strings.HasPrefix(row.UsageDate, month) {
				t.Fatalf("%s: %+v", i.ID, row)
			}
		}
		total.equal(t, i.ID, rationals{i.CurrencyCode: rational(t, i.TotalCharges)})
		if len(days) < 28 {
			t.Errorf("%s: %d days", i.ID, len(days))
		}
	}
	if checked != 5 {
		t.Errorf("%d invoices", checked)
	}
	last := rationals{}
	for _, row := range service.export(t, unbilledPath, `{"currencyCode":"EUR","billingPeriod":"last"}`).rows(t) {
		last.add(t, row.UsageDate[:len("2006-01")], row.BillingPreTaxTotal)
	}
	last.equal(t, "last month", rationals{"2026-10": big.NewRat(94153, 10)})
}

// A month has what months have: days, tags, refunds, what is free, and what came late.
func TestRowsHaveWhatMonthsHave(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	days, found := map[string]bool{}, map[string]int{}
	for _, row := range service.export(t, unbilledPath, currentEuros).rows(t) {
		days[row.UsageDate] = true
		for name, holds := range map[string]bool{
			"late":       row.ChargeStartDate == "2026-10-01T00:00:00Z" && strings.HasPrefix(row.UsageDate, "2026-10-3"),
			"refund":     row.ChargeType == "cancel" && strings.HasPrefix(row.BillingPreTaxTotal.String(), "-"),
			"free":       row.BillingPreTaxTotal == "0",
			"exponent":   strings.Contains(row.BillingPreTaxTotal.String(), "E-"),
			"15 digits":  len(row.BillingPreTaxTotal) > len("0.123456789012345"),
			"env":        strings.HasPrefix(row.Tags, `{"env":"production",`),
			"Env":        strings.HasPrefix(row.Tags, `{"Env":"production",`),
			"test":       strings.Contains(row.Tags, `"development"`),
			"without":    row.Tags == "",
			"price":      rational(t, row.UnitPrice).Cmp(rational(t, row.EffectiveUnitPrice)) > 0,
			"wrong date": !strings.HasSuffix(row.UsageDate, "T00:00:00Z"),
		} {
			if holds {
				found[name]++
			}
		}
	}
	if len(days) != 19+2 || !days["2026-11-19T00:00:00Z"] || !days["2026-10-30T00:00:00Z"] {
		t.Errorf("days %v", slices.Sorted(maps.Keys(days)))
	}
	for _, name := range []string{"late", "refund", "free", "exponent", "15 digits", "env", "Env", "test", "without", "price"} {
		if found[name] == 0 {
			t.Errorf("no row is %s", name)
		}
	}
	if found["wrong date"] > 0 {
		t.Error("a usage date has a time")
	}
}

func TestManyRows(t *testing.T) {
	t.Parallel()
	const rows = 5_000
	few, many := serve(t, emulator.Options{}), serve(t, emulator.Options{Rows: rows})
	want, got, count := rationals{}, rationals{}, 0
	key := func(row exportRow) string { return row.UsageDate + row.ResourceURI + row.MeterName + row.ChargeType }
	add := func(sums rationals, row exportRow) {
		sums.add(t, "cost "+key(row), row.BillingPreTaxTotal)
		sums.add(t, "price "+key(row), row.PricingPreTaxTotal)
		sums.add(t, "quantity "+key(row), row.Quantity)
	}
	for _, row := range few.export(t, unbilledPath, currentEuros).rows(t) {
		add(want, row)
	}
	manifest := many.export(t, unbilledPath, currentEuros)
	if _, length := manifest.open(t, 0); length != -1 {
		t.Errorf("a large blob is kept: %d bytes", length)
	}
	digest := sha256.New()
	manifest.lines(t, func(line string) {
		count++
		_, _ = io.WriteString(digest, line)
		add(got, decode[exportRow](t, line))
	})
	if count != rows {
		t.Errorf("%d rows", count)
	}
	got.equal(t, "many rows", want)

	again := sha256.New()
	serve(t, emulator.Options{Rows: rows}).export(t, unbilledPath, currentEuros).lines(t, func(line string) { _, _ = io.WriteString(again, line) })
	if !bytes.Equal(digest.Sum(nil), again.Sum(nil)) {
		t.Error("another emulator has other rows")
	}
	if got := serve(t, emulator.Options{Rows: 1_000_001}).export(t, unbilledPath, currentEuros); got.BlobCount != 5 || len(got.Blobs) != 5 {
		t.Errorf("%d blobs of a million rows", got.BlobCount)
	}
}
