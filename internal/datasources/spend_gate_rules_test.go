package datasources

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

const (
	legacyA = "aaaaaaaa-0000-4000-8000-000000000001"
	legacyB = "AAAAAAAA-0000-4000-8000-000000000002"
	planC   = "aaaaaaaa-0000-4000-8000-000000000003"
)

// mixedCustomers are two legacy customers, one of whom the API does not say what it
// is, and one with an Azure plan.
const mixedCustomers = `{"items":[` +
	`{"resourceId":"` + legacyA + `","resourceName":"A","budget":{"amount":100},"totalCost":50,"currencyLocale":"fr-FR","lastModifiedDate":"2026-11-12T20:00:00Z","isUpgraded":false},` +
	`{"resourceId":"` + legacyB + `","resourceName":"B","budget":{"amount":100},"totalCost":40,"currencyLocale":"fr-FR","lastModifiedDate":"2026-11-12T20:00:00Z"},` +
	`{"resourceId":"` + planC + `","resourceName":"C","budget":{"amount":100},"totalCost":30,"currencyCode":"EUR","lastModifiedDate":"2026-11-11T00:00:00Z","isUpgraded":true}]}`

// legacySummary has the period of a legacy customer, to its last day.
func legacySummary(id string) answer {
	return answer{body: `{"id":"` + id + `","totalCost":1,"currencyLocale":"fr-FR","billingStartDate":"2026-10-28T00:00:00-07:00","billingEndDate":"2026-11-27T00:00:00-08:00","lastModifiedDate":"2026-11-12T20:00:00Z"}`}
}

// recorder keeps the paths of the requests that it passes on, in order.
type recorder struct {
	http.Handler

	mutex sync.Mutex
	paths []string
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mutex.Lock()
	r.paths = append(r.paths, request.URL.Path)
	r.mutex.Unlock()
	r.Handler.ServeHTTP(w, request)
}

func (r *recorder) sorted() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Sorted(slices.Values(r.paths))
}

// A forecast of an Azure plan needs no request more, that of any other customer one.
// Without a rule about forecasts, none is sent.
func TestSpendGate_forecastRequests(t *testing.T) {
	t.Parallel()
	const list, ofA, ofB = "/v1/customers/usagerecords", "/v1/customers/" + legacyA + "/usagesummary", "/v1/customers/aaaaaaaa-0000-4000-8000-000000000002/usagesummary"
	answers := api{list: {body: mixedCustomers}, ofA: legacySummary(legacyA), ofB: legacySummary(legacyB)}
	for name, test := range map[string]struct {
		arguments  providertest.Arguments
		requests   []string
		violations []string
		warnings   []string
	}{
		"all": {
			providertest.Arguments{"max_forecast_percent_used": big.NewFloat(90)},
			[]string{ofA, ofB, list},
			[]string{"max_forecast_percent_used A"}, // 31 days ÷ 15 days and 13 hours
			nil,
		},
		"a warning": {
			providertest.Arguments{"warn_forecast_percent_used": big.NewFloat(85)},
			[]string{ofA, ofB, list},
			nil,
			[]string{"warn_forecast_percent_used A", "warn_forecast_percent_used C"},
		},
		"with an Azure plan": {
			providertest.Arguments{"max_forecast_percent_used": big.NewFloat(89), "customer_ids": providertest.List(planC)},
			[]string{list},
			[]string{"max_forecast_percent_used C"},
			nil,
		},
		"only the selected one": {
			providertest.Arguments{"max_forecast_percent_used": big.NewFloat(200), "customer_ids": providertest.List(legacyB)},
			[]string{ofB, list},
			nil,
			nil,
		},
		"no forecast": {
			providertest.Arguments{"max_percent_used": big.NewFloat(100)},
			[]string{list},
			nil,
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sent := &recorder{Handler: answers}
			r := server(t, sent).Read(t, "partnercenter_spend_gate", test.arguments).Succeed(t)
			if diff := cmp.Diff(test.requests, sent.sorted()); diff != "" {
				t.Errorf("requests:\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, test.violations...), rulesOf(t, r, "violations")); diff != "" {
				t.Errorf("violations:\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, test.warnings...), rulesOf(t, r, "warnings")); diff != "" {
				t.Errorf("warnings:\n%s", diff)
			}
		})
	}
}

// A period that could not be read is an error and no verdict; one that the API does
// not give, or gives as it cannot be, is a violation.
func TestSpendGate_forecastPeriods(t *testing.T) {
	t.Parallel()
	const list, ofA, ofB = "/v1/customers/usagerecords", "/v1/customers/" + legacyA + "/usagesummary", "/v1/customers/aaaaaaaa-0000-4000-8000-000000000002/usagesummary"
	for name, second := range map[string]answer{
		"refused":             {status: http.StatusForbidden, body: `{"code":900150,"description":"no role"}`},
		"about somebody else": legacySummary(planC),
		"no object":           {body: `[]`},
		"cut short":           {body: `{"billingStartDate":"2026-10-28T00:00:00-07:00",`},
		"a redirect":          {status: http.StatusFound, header: map[string]string{"Location": "https://elsewhere.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := api{list: {body: mixedCustomers}, ofA: legacySummary(legacyA), ofB: second}
			failure := server(t, answers).Read(t, "partnercenter_spend_gate", providertest.Arguments{"max_forecast_percent_used": big.NewFloat(1000)}).Fail(t)
			if !strings.Contains(failure.Detail, ofB) {
				t.Error(failure.Detail)
			}
		})
	}
	for name, body := range map[string]string{
		"no period":    `{"id":"` + legacyB + `","totalCost":1}`,
		"half of one":  `{"id":"` + legacyB + `","totalCost":1,"billingStartDate":"2026-10-28T00:00:00-07:00"}`,
		"the year 1":   `{"id":"` + legacyB + `","totalCost":1,"billingStartDate":"0001-01-01T00:00:00","billingEndDate":"2026-11-27T00:00:00-08:00"}`,
		"years":        `{"id":"` + legacyB + `","totalCost":1,"billingStartDate":"2016-10-28T00:00:00Z","billingEndDate":"2026-11-27T00:00:00Z"}`,
		"it has ended": `{"id":"` + legacyB + `","totalCost":1,"billingStartDate":"2026-09-28T00:00:00Z","billingEndDate":"2026-10-27T00:00:00Z"}`,
		"nothing":      `{"code":3000,"description":"Customer does not have usage data."}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			second := answer{body: body}
			if name == "nothing" {
				second.status = http.StatusNotFound
			}
			answers := api{list: {body: mixedCustomers}, ofA: legacySummary(legacyA), ofB: second}
			r := server(t, answers).Read(t, "partnercenter_spend_gate", providertest.Arguments{"max_forecast_percent_used": big.NewFloat(1000)}).Succeed(t)
			if diff := cmp.Diff([]string{"forecast_known B"}, rulesOf(t, r, "violations")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An id that is no GUID becomes no part of a path.
func TestSpendGate_forecastStrangeID(t *testing.T) {
	t.Parallel()
	body := `{"items":[{"resourceId":"..","resourceName":"A","budget":{"amount":100},"totalCost":50,"currencyCode":"EUR","lastModifiedDate":"2026-11-12T20:00:00Z"}]}`
	sent := &recorder{Handler: api{"/v1/customers/usagerecords": {body: body}}}
	r := server(t, sent).Read(t, "partnercenter_spend_gate", providertest.Arguments{"max_forecast_percent_used": big.NewFloat(1000)}).Succeed(t)
	if diff := cmp.Diff([]string{"forecast_known A"}, rulesOf(t, r, "violations")); diff != "" {
		t.Error(diff)
	}
	if len(sent.paths) != 1 {
		t.Errorf("the requests are %v", sent.paths)
	}
}

// A gate that is cancelled while it reads the periods ends at once, and leaves
// nothing behind.
func TestSpendGate_forecastCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := emulate(t, emulator.Options{}, nil)
		e.Misbehave(emulator.Fault{Path: "usagesummary", After: 1, Delay: time.Hour, Times: emulator.Always})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		time.AfterFunc(5*time.Second, cancel)
		start := time.Now()
		arguments := providertest.Arguments{"max_forecast_percent_used": big.NewFloat(100)}
		failure := e.ReadUntil(ctx, t, "partnercenter_spend_gate", arguments).Fail(t)
		if took := time.Since(start); took != 5*time.Second || !strings.Contains(failure.Detail, "The read was cancelled.") {
			t.Errorf("it ended after %s: %s", took, failure.Detail)
		}
		sent := len(e.Requests())
		time.Sleep(2 * time.Hour)
		if more := len(e.Requests()) - sent; more > 0 {
			t.Errorf("%d requests were sent afterwards", more)
		}
	})
}

// exception is an argument of the gate.
func exception(customerID, until, reason any) tftypes.Value {
	return tftypes.NewValue(exceptionType, map[string]tftypes.Value{
		"customer_id": tftypes.NewValue(tftypes.String, customerID),
		"until":       tftypes.NewValue(tftypes.String, until),
		"reason":      tftypes.NewValue(tftypes.String, reason),
	})
}

var exceptionType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"customer_id": tftypes.String, "until": tftypes.String, "reason": tftypes.String}}

func TestSpendGate_ownLimits(t *testing.T) {
	t.Parallel()
	hundred := big.NewFloat(100)
	tomorrow, today := time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly), time.Now().UTC().Format(time.DateOnly)
	hourAgo := time.Now().Add(-time.Hour).Format(time.RFC3339)
	for name, test := range map[string]struct {
		arguments  providertest.Arguments
		violations []string
		warnings   []string
		says       string // in the summary
	}{
		"each customer, in its own currency": {
			providertest.Arguments{"max_customer_total_cost": money(map[string]float64{"EUR": 40})}, []string{"max_customer_total_cost A"}, nil, "A: 50.00 EUR, limit 40.00 EUR",
		},
		"each customer, in another currency": {
			providertest.Arguments{"max_customer_total_cost": money(map[string]float64{"SEK": 40}), "customer_ids": providertest.List(planC)}, []string{"currency_limited C"}, nil, "costs in EUR",
		},
		"a budget of one's own, in another case": {
			providertest.Arguments{"max_percent_used": hundred, "budgets": money(map[string]float64{strings.ToUpper(legacyA): 49, " " + legacyB + " ": 40})}, []string{"max_percent_used A"}, nil, "A: 50.00 EUR of 49.00 EUR (102.04 %)",
		},
		"a budget for who is not selected": {
			providertest.Arguments{"max_percent_used": hundred, "customer_ids": providertest.List(planC), "budgets": money(map[string]float64{legacyA: 49})}, []string{"customer_found"}, nil, "customer " + legacyA + " has a budget in budgets",
		},
		"a budget for nobody": {
			providertest.Arguments{"max_percent_used": hundred, "allow_missing": true, "budgets": money(map[string]float64{aCustomer: 49})}, nil, []string{"customer_found"}, aCustomer,
		},
		"an exception until tomorrow": {
			providertest.Arguments{"max_percent_used": big.NewFloat(45), "exceptions": []tftypes.Value{exception(strings.ToUpper(legacyA), tomorrow, "a migration")}}, nil, []string{"max_percent_used A"}, "excepted until " + tomorrow + " (a migration) (1 customer excepted)",
		},
		"an exception until today": {
			providertest.Arguments{"max_percent_used": big.NewFloat(45), "exceptions": []tftypes.Value{exception(legacyA, today, "a migration")}}, []string{"max_percent_used A"}, nil, "the exception until " + today + " (a migration) has ended",
		},
		"an exception until an hour ago": {
			providertest.Arguments{"max_percent_used": big.NewFloat(45), "exceptions": []tftypes.Value{exception(legacyA, hourAgo, "a migration")}}, []string{"max_percent_used A"}, nil, "(a migration) has ended",
		},
		"no exceptions": {
			providertest.Arguments{"max_percent_used": big.NewFloat(45), "exceptions": []tftypes.Value{}}, []string{"max_percent_used A"}, nil, "A: 50.00 EUR of 100.00 EUR (50.00 %), limit 45 %",
		},
		"an exception of who is not listed": {
			providertest.Arguments{"max_percent_used": hundred, "customer_ids": providertest.List(planC, aCustomer), "exceptions": []tftypes.Value{exception(aCustomer, tomorrow, "a migration")}}, nil, []string{"customer_found"}, "customer " + aCustomer + " is not listed, excepted until",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := readGate(t, mixedCustomers, test.arguments).Succeed(t)
			if diff := cmp.Diff(append([]string{}, test.violations...), rulesOf(t, r, "violations")); diff != "" {
				t.Errorf("violations:\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, test.warnings...), rulesOf(t, r, "warnings")); diff != "" {
				t.Errorf("warnings:\n%s", diff)
			}
			if summary, _ := r.Get(t, "summary").(string); !strings.Contains(summary, test.says) {
				t.Error(summary)
			}
		})
	}
}

func TestSpendGate_badOwnLimits(t *testing.T) {
	t.Parallel()
	hundred := big.NewFloat(100)
	const tomorrow = "2999-01-01"
	except := func(values ...tftypes.Value) providertest.Arguments {
		return providertest.Arguments{"max_percent_used": hundred, "exceptions": values}
	}
	unknownNumber := map[string]tftypes.Value{legacyA: tftypes.NewValue(tftypes.Number, nil)}
	for name, test := range map[string]struct {
		arguments providertest.Arguments
		blame     string
	}{
		"warns too late":              {providertest.Arguments{"max_forecast_percent_used": big.NewFloat(80), "warn_forecast_percent_used": big.NewFloat(80)}, "warn_forecast_percent_used"},
		"a negative forecast":         {providertest.Arguments{"max_forecast_percent_used": big.NewFloat(-1)}, "max_forecast_percent_used"},
		"no currency":                 {providertest.Arguments{"max_customer_total_cost": money(map[string]float64{"Euro": 1})}, "max_customer_total_cost"},
		"no limits":                   {providertest.Arguments{"max_customer_total_cost": money(nil)}, "max_customer_total_cost"},
		"budgets without a rule":      {providertest.Arguments{"max_data_age": "48h", "budgets": money(map[string]float64{legacyA: 1})}, "budgets"},
		"no budgets":                  {providertest.Arguments{"max_percent_used": hundred, "budgets": money(nil)}, "budgets"},
		"a budget of null":            {providertest.Arguments{"max_percent_used": hundred, "budgets": unknownNumber}, "budgets"},
		"a negative budget":           {providertest.Arguments{"max_percent_used": hundred, "budgets": money(map[string]float64{legacyA: -1})}, "budgets"},
		"a budget by name":            {providertest.Arguments{"max_percent_used": hundred, "budgets": money(map[string]float64{"Contoso": 1})}, "budgets"},
		"one customer in two cases":   {providertest.Arguments{"max_percent_used": hundred, "budgets": money(map[string]float64{legacyA: 1, strings.ToUpper(legacyA): 1})}, "budgets"},
		"exceptions are no rule":      {providertest.Arguments{"exceptions": []tftypes.Value{exception(legacyA, tomorrow, "a migration")}}, "max_percent_used"},
		"an exception of null":        {except(tftypes.NewValue(exceptionType, nil)), "exceptions"},
		"an exception without an id":  {except(exception(nil, tomorrow, "a migration")), "exceptions"},
		"an exception by name":        {except(exception("Contoso", tomorrow, "a migration")), "exceptions"},
		"an exception without an end": {except(exception(legacyA, nil, "a migration")), "exceptions"},
		"until no date":               {except(exception(legacyA, "tomorrow", "a migration")), "exceptions"},
		"until no day":                {except(exception(legacyA, "2026-02-30", "a migration")), "exceptions"},
		"without a reason":            {except(exception(legacyA, tomorrow, nil)), "exceptions"},
		"for no reason":               {except(exception(legacyA, tomorrow, " \n")), "exceptions"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := server(t, refuseAll(t)).Read(t, "partnercenter_spend_gate", test.arguments)
			if len(r.Diagnostics) == 0 {
				t.Fatal("it is accepted")
			}
			for _, problem := range r.Diagnostics {
				checkBlame(t, problem, test.blame)
			}
		})
	}
}

// What is not known yet is no reason to refuse the rest.
func TestSpendGate_unknownArguments(t *testing.T) {
	t.Parallel()
	all := providertest.Arguments{
		"max_forecast_percent_used": big.NewFloat(100), "warn_forecast_percent_used": big.NewFloat(80),
		"max_customer_total_cost": money(map[string]float64{"EUR": 1}), "budgets": money(map[string]float64{legacyA: 1}),
		"exceptions": []tftypes.Value{exception(legacyA, "2999-01-01", "a migration")},
	}
	within := map[string]any{
		"max_customer_total_cost": map[string]tftypes.Value{"EUR": tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)},
		"budgets":                 map[string]tftypes.Value{legacyA: tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)},
		"exceptions":              []tftypes.Value{exception(tftypes.UnknownValue, tftypes.UnknownValue, tftypes.UnknownValue)},
	}
	for argument := range all {
		for name, value := range map[string]any{"itself": providertest.Unknown, "within": within[argument]} {
			if value == nil {
				continue
			}
			t.Run(argument+", "+name, func(t *testing.T) {
				t.Parallel()
				arguments := maps.Clone(all)
				arguments[argument] = value
				if problems := server(t, refuseAll(t)).Validate(t, "partnercenter_spend_gate", arguments); len(problems) > 0 {
					t.Errorf("%s: %s", problems[0].Summary, problems[0].Detail)
				}
			})
		}
	}
	only := fmt.Sprint(server(t, refuseAll(t)).Validate(t, "partnercenter_spend_gate",
		providertest.Arguments{"max_data_age": "2h", "max_percent_used": providertest.Unknown, "budgets": money(map[string]float64{legacyA: 1})}))
	if only != "[]" {
		t.Errorf("a rule that is not known yet is none: %s", only)
	}
}
