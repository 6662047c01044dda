package emulator_test

import (
	"encoding/json"
	"math/big"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

type usageRecord struct {
	Budget                 struct{ Amount *json.Number }
	CustomerSpendingBudget *struct{ Amount *json.Number }
	PercentUsed            json.Number
	IsUpgraded             bool
	ResourceID, ID         string
	ResourceName, Name     string
	TotalCost              json.Number
	CurrencyLocale         string
	CurrencyCode           string
	USDTotalCost           json.Number
	LastModifiedDate       string
}

type usageRecords struct {
	TotalCount int
	Items      []usageRecord
	Links      struct{ Next *struct{ URI string } }
}

func rational(t *testing.T, n json.Number) *big.Rat {
	t.Helper()
	value, ok := new(big.Rat).SetString(n.String())
	if !ok {
		t.Fatalf("%q is no decimal", n)
	}
	return value
}

func TestCustomerUsageRecordsAreWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	body := serve(t, emulator.Options{}).read(t, customersPath)

	for _, want := range []string{
		`{"totalCount":25,"items":[{"budget":{"amount":150000,"attributes":{"objectType":"SpendingBudget"}},"percentUsed":80.38,"isUpgraded":true,`,
		`{"budget":{"amount":97,"attributes":{"objectType":"SpendingBudget"}},"percentUsed":28.08,"isUpgraded":true,` +
			`"resourceId":"c7778820-7a9c-4720-be24-3c397d44ce9b","id":"c7778820-7a9c-4720-be24-3c397d44ce9b",` +
			`"resourceName":"Harrow Lane Books Ltd","name":"Harrow Lane Books Ltd",` +
			`"totalCost":27.23292827625710931604,"currencyCode":"GBP","usdTotalCost":35.748664948242707399165708,` +
			`"lastModifiedDate":"2026-11-19T07:38:58.7862981+00:00","attributes":{"objectType":"CustomerMonthlyUsageRecord"}}`,
		`{"budget":{"attributes":{"objectType":"SpendingBudget"}},"customerSpendingBudget":{"attributes":{"objectType":"SpendingBudget"}},` +
			`"percentUsed":0,"isUpgraded":false,"resourceId":"7133554B-2C23-4D7E-9B48-28D30420E492",`,
		`"totalCost":1042.190045,"currencyLocale":"de-DE","usdTotalCost":0,`,
		`"name":"Birch & Bark Furniture AB"`,
		`"name":"Lindqvist Tandvård AB"`,
		`],"links":{"self":{"uri":"/customers/usagerecords","method":"GET","headers":[]}},"attributes":{"objectType":"Collection"}}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("missing %s", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
}

func TestBelievablePartnerHasEveryKindOfCustomer(t *testing.T) {
	t.Parallel()
	records := decode[usageRecords](t, serve(t, emulator.Options{}).read(t, customersPath))

	got := map[string]int{}
	ids := map[string]bool{}
	for _, r := range records.Items {
		ids[strings.ToLower(r.ResourceID)] = true
		got[currency(r)]++
		got[kind(t, r)]++
		got[standing(t, r)]++
		if len(r.TotalCost.String()) >= 20 {
			got["many digits"]++
		}
	}
	for name, want := range map[string]int{
		"plan": 20, "legacy": 5,
		"SEK": 3, "EUR": 4, "GBP": 3, "NOK": 2, "USD": 4, "CHF": 2, "JPY": 2,
		"fr-FR": 2, "de-DE": 1, "de-AT": 1, "nb-NO": 1,
		"no budget": 4, "budget of 0": 1, "over": 3, "near": 5, "no cost": 1, "refund": 1, "under": 10,
		"many digits": 18,
	} {
		if got[name] != want {
			t.Errorf("%s: %d customers, want %d", name, got[name], want)
		}
	}
	if records.TotalCount != 25 || len(records.Items) != 25 || len(ids) != 25 {
		t.Errorf("%d records, total %d, %d ids, want 25", len(records.Items), records.TotalCount, len(ids))
	}
}

func currency(r usageRecord) string { return r.CurrencyCode + r.CurrencyLocale }

// kind checks what differs between legacy and Azure plan.
func kind(t *testing.T, r usageRecord) string {
	t.Helper()
	if r.ResourceID != r.ID || r.ResourceName != r.Name {
		t.Errorf("%s: id and name are not written twice", r.Name)
	}
	modified, err := time.Parse(time.RFC3339, r.LastModifiedDate)
	if err != nil || !regexp.MustCompile(`\.[0-9]{7}\+00:00$`).MatchString(r.LastModifiedDate) {
		t.Errorf("%s: last modified %s: %v", r.Name, r.LastModifiedDate, err)
	}
	if age := time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC).Sub(modified); age < 20*time.Hour || age > 28*time.Hour {
		t.Errorf("%s: %v old", r.Name, age)
	}
	if r.IsUpgraded {
		if r.CurrencyLocale != "" || r.CustomerSpendingBudget != nil || r.ResourceID != strings.ToLower(r.ResourceID) {
			t.Errorf("%s: not the shape of an Azure plan customer: %+v", r.Name, r)
		}
		if rational(t, r.USDTotalCost).Sign() != rational(t, r.TotalCost).Sign() {
			t.Errorf("%s: %s in the currency is %s US dollars", r.Name, r.TotalCost, r.USDTotalCost)
		}
		return "plan"
	}
	if r.CurrencyCode != "" || r.CustomerSpendingBudget == nil || r.ResourceID != strings.ToUpper(r.ResourceID) || r.USDTotalCost != "0" {
		t.Errorf("%s: not the shape of a legacy customer: %+v", r.Name, r)
	}
	return "legacy"
}

// standing checks that the percentage is the cost's part of the budget.
func standing(t *testing.T, r usageRecord) string {
	t.Helper()
	cost := rational(t, r.TotalCost)
	budget := new(big.Rat)
	if r.Budget.Amount != nil {
		budget = rational(t, *r.Budget.Amount)
	}
	want := new(big.Rat)
	if budget.Sign() != 0 {
		want.Quo(cost, budget)
		want.Mul(want, big.NewRat(100, 1))
	}
	if got := rational(t, r.PercentUsed); got.FloatString(2) != want.FloatString(2) || len(got.FloatString(2)) < len(r.PercentUsed) {
		t.Errorf("%s: %s percent used, want %s", r.Name, r.PercentUsed, want.FloatString(2))
	}

	switch {
	case r.Budget.Amount == nil:
		return "no budget"
	case budget.Sign() == 0:
		return "budget of 0"
	case cost.Sign() == 0:
		return "no cost"
	case cost.Sign() < 0:
		return "refund"
	case cost.Cmp(budget) > 0:
		return "over"
	case want.Cmp(big.NewRat(80, 1)) >= 0:
		return "near"
	default:
		return "under"
	}
}

type meterRecords struct {
	TotalCount int
	Items      []struct {
		SubscriptionID          string
		MeterID                 string
		Category, Unit          string
		QuantityUsed            json.Number
		TotalCost, USDTotalCost json.Number
		CurrencyCode            string
	}
	Links struct{ Self struct{ URI string } }
}

func TestMeterUsageRecordsAreWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	body := serve(t, emulator.Options{}).read(t, metersPath(emulator.MeteredCustomerID, emulator.MeteredPlanID))

	const want = `{"subscriptionId":"87bbb368-e17a-4ded-90fb-edcd370d6146","meterId":"DZH318Z0BNVX-005J-Data Transfer In (GB)",` +
		`"meterName":"Data Transfer In","category":"Bandwidth","subcategory":"Bandwidth","quantityUsed":41.01129,"unit":"1 GB",` +
		`"totalCost":0,"currencyCode":"EUR","usdTotalCost":0,"lastModifiedDate":"2026-11-19T06:56:58.0455609+00:00",` +
		`"attributes":{"objectType":"MeterUsageRecord"}}`
	if !strings.Contains(body, want) {
		t.Errorf("missing %s in %s", want, body)
	}
	records := decode[meterRecords](t, body)
	categories, meters := map[string]bool{}, map[string]bool{}
	for _, r := range records.Items {
		categories[r.Category] = true
		meters[r.MeterID] = true
	}
	if len(meters) != 30 || len(categories) < 8 {
		t.Errorf("%d meters in %d categories", len(meters), len(categories))
	}
	if self := records.Links.Self.URI; self != strings.TrimPrefix(metersPath(emulator.MeteredCustomerID, emulator.MeteredPlanID), "/v1") {
		t.Errorf("self link %s", self)
	}
}

func TestIdlePlanHasNoMeters(t *testing.T) {
	t.Parallel()
	body := serve(t, emulator.Options{}).read(t, metersPath(emulator.IdleCustomerID, emulator.IdlePlanID))
	if !strings.HasPrefix(body, `{"totalCount":0,"items":[],"links":{"self":`) {
		t.Error(body)
	}
}

func TestLegacySubscriptionAnswersMetersWithItsOwnRecord(t *testing.T) {
	t.Parallel()
	got := serve(t, emulator.Options{}).read(t, metersPath(emulator.LegacyCustomerID, emulator.LegacySubscriptionID))
	const want = `{"totalCount":1,"items":[{"status":"active","offerId":"MS-AZR-0145P",` +
		`"resourceId":"74B8F932-73C0-4E10-B14C-80BB959A194D","id":"74B8F932-73C0-4E10-B14C-80BB959A194D",` +
		`"resourceName":"Microsoft Azure","name":"Microsoft Azure","totalCost":412.861172,"currencyLocale":"fr-FR","usdTotalCost":0,` +
		`"lastModifiedDate":"2026-11-19T07:45:58.9097543+00:00","attributes":{"objectType":"SubscriptionMonthlyUsageRecord"}}],` +
		`"links":{"self":{"uri":"/customers/b225db66-0212-4eae-88fe-93cdbf1d1466/subscriptions/usagerecords/","method":"GET","headers":[]}},` +
		`"attributes":{"objectType":"Collection"}}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestUsageSummaryCountsLegacyCustomersOnly(t *testing.T) {
	t.Parallel()
	got := serve(t, emulator.Options{}).read(t, summaryPath)
	const want = `{"customersOverBudget":1,"customersTrendingOver":1,"customersWithUsageBasedSubscription":5,` +
		`"resourceId":"66f469a3-cb02-4f67-8a85-21e33f1d893a","id":"66f469a3-cb02-4f67-8a85-21e33f1d893a",` +
		`"resourceName":"Harbourline Cloud Partners","name":"Harbourline Cloud Partners",` +
		`"billingStartDate":"2026-10-28T00:00:00-07:00","billingEndDate":"2026-11-27T00:00:00-08:00",` +
		`"totalCost":1698.629133,"currencyLocale":"fr-FR","lastModifiedDate":"2026-11-19T07:45:58.9097543+00:00",` +
		`"links":{"self":{"uri":"/usagesummary","method":"GET","headers":[]}},"attributes":{"objectType":"PartnerUsageSummary"}}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestUnknownIDs(t *testing.T) {
	t.Parallel()
	const nobody = "00000000-0000-0000-0000-000000000000"
	service := serve(t, emulator.Options{})
	for name, test := range map[string]struct {
		path   string
		status int
		code   int
	}{
		"no GUID":               {metersPath("contoso", emulator.MeteredPlanID), http.StatusBadRequest, 900118},
		"GUID without dashes":   {metersPath(strings.ReplaceAll(nobody, "-", ""), nobody), http.StatusBadRequest, 900118},
		"another's customer":    {metersPath(nobody, emulator.MeteredPlanID), http.StatusForbidden, 20002},
		"another's plan":        {metersPath(emulator.MeteredCustomerID, emulator.IdlePlanID), http.StatusNotFound, 20003},
		"subscription no GUID":  {metersPath(emulator.MeteredCustomerID, "plan"), http.StatusNotFound, 20003},
		"unknown route":         {"/v1/usagerecords", http.StatusNotFound, 1000},
		"doubled slash":         {"/v1//usagesummary", http.StatusNotFound, 1000},
		"without version":       {"/usagesummary", http.StatusNotFound, 1000},
		"root":                  {"/", http.StatusNotFound, 1000},
		"encoded slash in word": {"/v1%2Fusagesummary/x", http.StatusNotFound, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, service.get(t, test.path), test.status, test.code)
		})
	}
}

func TestPathsMatchInAnyCase(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	want := service.read(t, metersPath(emulator.MeteredCustomerID, emulator.MeteredPlanID))
	for _, path := range []string{
		metersPath(strings.ToUpper(emulator.MeteredCustomerID), strings.ToUpper(emulator.MeteredPlanID)),
		strings.Replace(metersPath(emulator.MeteredCustomerID, emulator.MeteredPlanID), "meterusage", "meterUsage", 1),
		metersPath(emulator.MeteredCustomerID, emulator.MeteredPlanID) + "/",
	} {
		if service.read(t, path) != want {
			t.Errorf("%s answers otherwise", path)
		}
	}
}
