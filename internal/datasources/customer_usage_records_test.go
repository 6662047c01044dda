package datasources

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// readRecords reads the customers of an answer.
func readRecords(t *testing.T, body string, arguments providertest.Arguments) providertest.Result {
	t.Helper()
	return server(t, api{"/v1/customers/usagerecords": {body: body}}).Read(t, "partnercenter_customer_usage_records", arguments)
}

func TestCustomerUsageRecords(t *testing.T) {
	t.Parallel()
	for _, sample := range []string{"sample_2020", "oddities"} {
		readRecords(t, testdata(t, "customer_usage_records/"+sample+".json"), nil).Succeed(t).
			Golden(t, "customer_usage_records/"+sample+".golden.json")
	}
}

func TestCustomerUsageRecords_incomplete(t *testing.T) {
	t.Parallel()
	for total, complete := range map[string]bool{"3": true, "4": true, "5": false, "25": false, "null": true} {
		body := strings.Replace(testdata(t, "customer_usage_records/sample.json"), `"totalCount": 25`, `"totalCount": `+total, 1)
		r := readRecords(t, body, nil).Succeed(t)
		if got := r.Get(t, "complete"); got != complete {
			t.Errorf("totalCount %s: complete is %v", total, got)
		}
		warned := len(r.Diagnostics) == 1 && r.Diagnostics[0].Severity == tfprotov6.DiagnosticSeverityWarning &&
			strings.Contains(r.Diagnostics[0].Detail, total+" records, but listed 4")
		if warned == complete {
			t.Errorf("totalCount %s: diagnostics %+v", total, r.Diagnostics)
		}
	}
}

// What a later page says counts as well.
func TestCustomerUsageRecords_incompleteByALaterPage(t *testing.T) {
	t.Parallel()
	for first, want := range map[string]any{"": nil, `"totalCount":1,`: json.Number("1"), `"totalCount":9,`: json.Number("9")} {
		a := api{
			"/v1/customers/usagerecords":   {body: `{` + first + `"items":[{"id":"a"}],"continuationToken":"2"}`},
			"/v1/customers/usagerecords 2": {body: `{"totalCount":5,"items":[]}`},
		}
		r := server(t, a).Read(t, "partnercenter_customer_usage_records", nil)
		if r.Get(t, "complete") != false || r.Get(t, "total_count") != want || len(r.Diagnostics) != 1 {
			t.Errorf("%s: complete is %v, total_count %v, %+v", first, r.Get(t, "complete"), r.Get(t, "total_count"), r.Diagnostics)
		}
		gate := server(t, a).Read(t, "partnercenter_spend_gate", providertest.Arguments{"max_usd_total_cost": big.NewFloat(1)}).Succeed(t)
		if got := gate.Get(t, "violations", 0, "rule"); got != "complete" {
			t.Errorf("%s: the gate finds %v", first, got)
		}
	}
}

func TestCustomerUsageRecords_filters(t *testing.T) {
	t.Parallel()
	const (
		legacy, sweden, untouched, england = "LEGACY AZURE CUSTOMER SE", "Modern Azure Customer SE", "Test_Test_MA20190829_14", "Modern Azure Customer UK"
		swedenID, englandID                = "b1b1b1b1-cccc-dddd-eeee-f2f2f2f2f2f2", "D3D3D3D3-EEEE-FFFF-AAAA-B4B4B4B4B4B4"
	)
	for name, test := range map[string]struct {
		arguments providertest.Arguments
		want      []any
	}{
		"none":                         {nil, []any{legacy, sweden, england, untouched}},
		"upgraded":                     {providertest.Arguments{"is_upgraded": true}, []any{sweden, england, untouched}},
		"not upgraded":                 {providertest.Arguments{"is_upgraded": false}, []any{legacy}},
		"ids in any case and order":    {providertest.Arguments{"customer_ids": providertest.List(englandID, swedenID, swedenID)}, []any{sweden, england}},
		"percent":                      {providertest.Arguments{"min_percent_used": big.NewFloat(28)}, []any{sweden, england}},
		"percent, above":               {providertest.Arguments{"min_percent_used": big.NewFloat(28.125)}, []any{sweden}},
		"percent 0, with a budget":     {providertest.Arguments{"min_percent_used": big.NewFloat(0)}, []any{sweden, england}},
		"all of them":                  {providertest.Arguments{"customer_ids": providertest.List(englandID, swedenID), "is_upgraded": true, "min_percent_used": big.NewFloat(100)}, []any{sweden}},
		"nothing left":                 {providertest.Arguments{"is_upgraded": false, "min_percent_used": big.NewFloat(1)}, []any{}},
		"percent, exactly at the cost": {providertest.Arguments{"min_percent_used": literal(t, "602.841499999997952358")}, []any{sweden}},
		"percent, just above the cost": {providertest.Arguments{"min_percent_used": literal(t, "602.8414999999979523580000000000000000000001")}, []any{}},
	} {
		r := readRecords(t, testdata(t, "customer_usage_records/sample.json"), test.arguments).Succeed(t)
		names := []any{}
		rows, _ := r.Get(t, "records").([]any)
		for i := range rows {
			names = append(names, r.Get(t, "records", i, "customer_name"))
		}
		if diff := cmp.Diff(test.want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got := r.Get(t, "totals", "record_count"); got != json.Number(big.NewInt(int64(len(test.want))).String()) {
			t.Errorf("%s: record_count is %v", name, got)
		}
		if got := r.Get(t, "total_count"); got != json.Number("25") {
			t.Errorf("%s: total_count is %v: it is taken before the filters", name, got)
		}
	}
}

// literal is a number as it stands in a configuration.
func literal(t *testing.T, text string) *big.Float {
	t.Helper()
	number, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

func TestCustomerUsageRecords_missing(t *testing.T) {
	t.Parallel()
	const listed, other, another = "b1b1b1b1-cccc-dddd-eeee-f2f2f2f2f2f2", "FFFFFFFF-0000-4000-8000-000000000002", "eeeeeeee-0000-4000-8000-000000000001"
	body := testdata(t, "customer_usage_records/sample.json")
	arguments := providertest.Arguments{"customer_ids": providertest.List(other, listed, another, other)}

	failure := readRecords(t, body, arguments).Fail(t)
	checkBlame(t, failure, "customer_ids")
	for _, id := range []string{other, another} {
		if !strings.Contains(failure.Detail, strings.ToLower(id)) {
			t.Errorf("the error does not name %s: %s", id, failure.Detail)
		}
	}
	if strings.Contains(failure.Detail, listed) {
		t.Errorf("the error names a customer that is listed: %s", failure.Detail)
	}

	arguments["allow_missing"] = true
	// What is missing does not depend on the other filters.
	arguments["is_upgraded"] = false
	r := readRecords(t, body, arguments).Succeed(t)
	if diff := cmp.Diff([]any{strings.ToLower(other), another}, r.Get(t, "missing_customer_ids")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{}, r.Get(t, "records")); diff != "" {
		t.Error(diff)
	}
}

func TestCustomerUsageRecords_withoutRecords(t *testing.T) {
	t.Parallel()
	body := testdata(t, "customer_usage_records/sample.json")
	without := readRecords(t, body, providertest.Arguments{"include_records": false}).Succeed(t)
	if got := without.Get(t, "records"); got != nil {
		t.Errorf("records is %v, not null", got)
	}
	with := readRecords(t, body, providertest.Arguments{"include_records": true}).Succeed(t)
	for _, computed := range []string{"totals", "total_count", "complete", "missing_customer_ids"} {
		if diff := cmp.Diff(with.Get(t, computed), without.Get(t, computed)); diff != "" {
			t.Errorf("%s depends on include_records:\n%s", computed, diff)
		}
	}
}

// A condition must compare the cost with the budget to the last digit, even where
// the API's rounded percentage cannot tell.
func TestCustomerUsageRecords_budget(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		cost, budget string
		within, over bool
	}{
		{`"totalCost":20`, `{"amount":20}`, true, false},
		{`"totalCost":20.00000000000000000001`, `{"amount":20}`, false, true},
		{`"totalCost":19.99999999999999999999`, `{"amount":20}`, true, false},
		{`"totalCost":0`, `{"amount":0}`, true, false},
		{`"totalCost":0.0000000001`, `{"amount":0}`, false, true},
		{`"totalCost":-5`, `{"amount":0}`, true, false},
		{`"totalCost":50`, `{"amount":-100}`, false, true},
		{`"totalCost":5`, `{"amount":null}`, false, false},
		{`"totalCost":5`, `{}`, false, false},
		{`"totalCost":5`, `null`, false, false},
		{`"totalCost":null`, `{"amount":20}`, false, false},
		{`"totalCost":5`, `{"usageSpendingBudget":4}`, false, true},
		{`"totalCost":5`, `{"ammount":4}`, false, true},
	} {
		r := readRecords(t, `{"items":[{`+test.cost+`,"budget":`+test.budget+`,"percentUsed":100}]}`, nil).Succeed(t)
		within, over := r.Get(t, "records", 0, "within_budget"), r.Get(t, "records", 0, "over_budget")
		if within != test.within || over != test.over {
			t.Errorf("%s of %s: within %v, over %v", test.cost, test.budget, within, over)
		}
		if got := r.Get(t, "records", 0, "percent_used"); strings.Contains(test.budget, "-100") && got != nil {
			t.Errorf("%s of %s is %v percent", test.cost, test.budget, got)
		}
	}
}

func TestCustomerUsageRecords_badArguments(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string]providertest.Arguments{
		"empty list": {"customer_ids": providertest.List()},
		"not a GUID": {"customer_ids": providertest.List("contoso")},
	} {
		failure := server(t, refuseAll(t)).Read(t, "partnercenter_customer_usage_records", arguments).Fail(t)
		t.Log(name, failure.Summary, failure.Detail)
		checkBlame(t, failure, "customer_ids")
	}
}

func TestCustomerUsageRecords_wrongTypes(t *testing.T) {
	t.Parallel()
	for item, field := range map[string]string{
		`{"totalCost":"5"}`:                "items[1].totalCost",
		`{"totalCost":[]}`:                 "items[1].totalCost",
		`{"budget":{"amount":"20"}}`:       "items[1].budget.amount",
		`{"isUpgraded":"true"}`:            "items[1].isUpgraded",
		`{"resourceName":5}`:               "items[1].resourceName",
		`{"lastModifiedDate":"yesterday"}`: "items[1].lastModifiedDate",
		`{"lastModifiedDate":1568740091}`:  "items[1].lastModifiedDate",
		`{"budget":7}`:                     "items[1].budget",
		`{"totalCost":1,"totalCost":2}`:    "items[1].totalCost",
		`{"totalCost":` + digits(61) + `}`: "items[1].totalCost",
		`null`:                             "items[1]",
	} {
		failure := readRecords(t, `{"items":[{},`+item+`]}`, nil).Fail(t)
		if !strings.Contains(failure.Detail, field) || !strings.Contains(failure.Detail, "GET /v1/customers/usagerecords") {
			t.Errorf("%s: %s", item, failure.Detail)
		}
	}
}

func digits(n int) string { return strings.Repeat("7", n) }

// What is not told of a customer is no reason to leave it out.
func TestCustomerUsageRecords_filtersKeepTheUnknown(t *testing.T) {
	t.Parallel()
	body := `{"items":[{"resourceId":"` + aCustomer + `","totalCost":900},{"totalCost":5,"isUpgraded":false},{"resourceId":"` + aSubscription + `","totalCost":1,"isUpgraded":true}]}`
	for name, test := range map[string]struct {
		arguments providertest.Arguments
		costs     []any
	}{
		"Azure plan":          {providertest.Arguments{"is_upgraded": true}, []any{json.Number("900"), json.Number("1")}},
		"legacy":              {providertest.Arguments{"is_upgraded": false}, []any{json.Number("5"), json.Number("900")}},
		"a customer":          {providertest.Arguments{"customer_ids": providertest.List("\t" + aCustomer + " ")}, []any{json.Number("5"), json.Number("900")}},
		"a customer upgraded": {providertest.Arguments{"customer_ids": providertest.List(aCustomer), "is_upgraded": true}, []any{json.Number("900")}},
	} {
		r := readRecords(t, body, test.arguments).Succeed(t)
		costs := []any{}
		rows, _ := r.Get(t, "records").([]any)
		for i := range rows {
			costs = append(costs, r.Get(t, "records", i, "total_cost"))
		}
		if diff := cmp.Diff(test.costs, costs); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// Microsoft writes 0 USD where it has no figure, whatever the currency.
func TestCustomerUsageRecords_usd(t *testing.T) {
	t.Parallel()
	for record, want := range map[string]any{
		`{"totalCost":900,"usdTotalCost":0,"currencyCode":"EUR"}`:        nil,
		`{"totalCost":-900,"usdTotalCost":0.00,"currencyCode":"EUR"}`:    nil,
		`{"totalCost":900,"usdTotalCost":0,"currencyLocale":"fr-FR"}`:    nil,
		`{"usdTotalCost":0,"currencyCode":"EUR"}`:                        nil,
		`{"totalCost":900,"currencyCode":"EUR"}`:                         nil,
		`{"totalCost":0.0,"usdTotalCost":0,"currencyCode":"EUR"}`:        json.Number("0"),
		`{"totalCost":900,"usdTotalCost":1000,"currencyCode":"EUR"}`:     json.Number("1000"),
		`{"totalCost":900,"usdTotalCost":1000,"currencyLocale":"fr-FR"}`: json.Number("1000"),
	} {
		r := readRecords(t, `{"items":[`+record+`]}`, nil).Succeed(t)
		if got := r.Get(t, "records", 0, "usd_total_cost"); got != want {
			t.Errorf("%s: %v, want %v", record, got, want)
		}
		if got := r.Get(t, "totals", "usd_complete"); got != (want != nil) {
			t.Errorf("%s: usd_complete is %v", record, got)
		}
	}
}

// A repeated record must not hide one that is missing, and costs of one currency
// are added up however its code is written.
func TestCustomerUsageRecords_repeats(t *testing.T) {
	t.Parallel()
	const a, b = `{"resourceId":"a","totalCost":60,"currencyCode":"EUR"}`, `{"resourceId":"b","totalCost":1,"currencyCode":"eur"}`
	r := readRecords(t, `{"totalCount":3,"items":[`+a+`,`+a+`,`+b+`]}`, nil)
	if len(r.Diagnostics) != 1 || r.Diagnostics[0].Summary != "Incomplete customer usage records" {
		t.Errorf("%+v", r.Diagnostics)
	}
	if r.Get(t, "complete") != false || r.Get(t, "totals", "record_count") != json.Number("2") || r.Get(t, "totals", "cost_by_currency", "EUR") != json.Number("61") {
		t.Errorf("%v", r.Get(t, "totals"))
	}
}

// A sum has more digits than its parts, and all of them are passed on.
func TestCustomerUsageRecords_longSum(t *testing.T) {
	t.Parallel()
	records := make([]string, 1000)
	for i := range records {
		records[i] = fmt.Sprintf(`{"id":"%d","currencyCode":"EUR","totalCost":%s.%s}`, i, digits(60), digits(60))
	}
	r := readRecords(t, `{"items":[`+strings.Join(records, ",")+`]}`, nil).Succeed(t)
	want := json.Number(digits(63) + "." + digits(57))
	if got := r.Get(t, "totals", "cost_by_currency", "EUR"); got != want {
		t.Errorf("the sum is %v, want %s", got, want)
	}
}

// Two records of one customer, each within the budget, are over it together.
func TestCustomerUsageRecords_severalRecords(t *testing.T) {
	t.Parallel()
	record := func(id, rest string) string { return `{"resourceId":"` + id + `","isUpgraded":true,` + rest + `}` }
	upper := strings.ToUpper(aCustomer)
	const sixty, budget = `"totalCost":60,"currencyCode":"EUR","percentUsed":60`, `,"budget":{"amount":100}`
	for name, test := range map[string]struct {
		records       []string
		within, over  bool // of all records
		overCount     int64
		withoutBudget int64
		kept          int // at 100 percent or more
	}{
		"over together":              {[]string{record(aCustomer, sixty+budget), record(upper, sixty+`,"note":1`+budget)}, false, true, 1, 0, 2},
		"within together":            {[]string{record(aCustomer, sixty+budget), record(upper, `"totalCost":40,"currencyCode":"eur"`+budget)}, true, false, 0, 0, 2},
		"below together":             {[]string{record(aCustomer, sixty+budget), record(upper, `"totalCost":39.99,"currencyCode":"EUR"`+budget)}, true, false, 0, 0, 0},
		"a credit":                   {[]string{record(aCustomer, `"totalCost":-1,"currencyCode":"EUR"`+budget), record(upper, `"totalCost":101,"currencyCode":"EUR"`+budget)}, true, false, 0, 0, 2},
		"different budgets":          {[]string{record(aCustomer, sixty+budget), record(upper, sixty+`,"budget":{"amount":1000}`)}, false, true, 1, 0, 2},
		"one without a budget":       {[]string{record(aCustomer, sixty), record(upper, sixty+budget)}, false, true, 1, 0, 2},
		"different currencies":       {[]string{record(aCustomer, sixty+budget), record(upper, `"totalCost":1,"currencyCode":"SEK"`+budget)}, false, true, 1, 0, 2},
		"no budget":                  {[]string{record(aCustomer, sixty), record(upper, `"totalCost":1,"currencyCode":"SEK"`)}, false, false, 0, 1, 0},
		"an unknown cost":            {[]string{record(aCustomer, sixty+budget), record(upper, `"currencyCode":"EUR"`+budget)}, false, false, 0, 0, 2},
		"no GUID":                    {[]string{record("x", sixty+budget), record("x", sixty+`,"note":1`+budget)}, false, true, 1, 0, 2},
		"no GUID, other case":        {[]string{record("x", sixty+budget), record("X", sixty+budget)}, true, false, 0, 0, 0},
		"without ids":                {[]string{record("", sixty+budget), record("", sixty+`,"note":1`+budget)}, true, false, 0, 0, 0},
		"without ids nor budgets":    {[]string{record("", sixty), record("", sixty+`,"note":1`)}, false, false, 0, 2, 0},
		"two customers in turn":      {[]string{record(aCustomer, sixty+budget), record("x", sixty+budget), record(upper, sixty+`,"note":1`+budget), record("x", sixty+`,"note":1`+budget)}, false, true, 2, 0, 4},
		"a GUID of zeros, and no id": {[]string{record(uuid.Nil.String(), sixty+budget), record("", `"totalCost":101,"currencyCode":"EUR"`+budget), record(uuid.Nil.String(), sixty+`,"note":1`+budget)}, false, true, 2, 0, 3},
		"three records, two pages":   {[]string{record(aCustomer, sixty+budget), record(upper, `"totalCost":20,"currencyCode":"EUR"`+budget), record(aCustomer, `"totalCost":21,"currencyCode":"EUR"`+budget)}, false, true, 1, 0, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			last := len(test.records) - 1
			a := api{
				"/v1/customers/usagerecords":   {body: `{"items":[` + strings.Join(test.records[:last], ",") + `],"links":{"next":{"uri":"/customers/usagerecords?x","headers":[{"key":"MS-ContinuationToken","value":"2"}]}}}`},
				"/v1/customers/usagerecords 2": {body: `{"items":[` + test.records[last] + `]}`},
			}
			r := server(t, a).Read(t, "partnercenter_customer_usage_records", nil).Succeed(t)
			rows, _ := r.Get(t, "records").([]any)
			if len(rows) != len(test.records) {
				t.Errorf("%d records", len(rows))
			}
			for i := range rows {
				within, over := r.Get(t, "records", i, "within_budget"), r.Get(t, "records", i, "over_budget")
				if within != test.within || over != test.over {
					t.Errorf("record %d: within %v, over %v", i, within, over)
				}
			}
			gate := server(t, a).Read(t, "partnercenter_spend_gate", providertest.Arguments{"max_percent_used": big.NewFloat(100)}).Succeed(t)
			totals := server(t, a).Read(t, "partnercenter_customer_usage_records", providertest.Arguments{"include_records": false}).Succeed(t)
			for field, want := range map[string]int64{"over_budget_count": test.overCount, "without_budget_count": test.withoutBudget, "record_count": int64(len(rows))} {
				for what, r := range map[string]providertest.Result{"records": r, "gate": gate, "totals": totals} {
					if got := r.Get(t, "totals", field); got != json.Number(strconv.FormatInt(want, 10)) {
						t.Errorf("%s of %s is %v, want %d", field, what, got, want)
					}
				}
			}
			filtered := server(t, a).Read(t, "partnercenter_customer_usage_records", providertest.Arguments{"min_percent_used": big.NewFloat(100)}).Succeed(t)
			if left, _ := filtered.Get(t, "records").([]any); len(left) != test.kept {
				t.Errorf("%d records at 100 percent or more, want %d", len(left), test.kept)
			}
		})
	}
}
