package provider_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// What the examples of the functions say, without a provider block, a credential
// or anybody to ask.
func TestExamples_functions(t *testing.T) {
	t.Parallel()
	says := map[string][]string{
		"currency_for_locale": {`france = "EUR"`, "nobody = null", `swiss = "CHF"`},
		"exact_sum":           {"invoices = 100.5682999999995904716", "pair = 3.3", "thousand_cents = 10"},
		"forecast":            {"forecast = 361.7048999999987714148", "forecast_legacy = 200"},
		"format_money":        {`dinar = "120.568 KWD"`, `krona = "120.57 SEK"`, `yen = "121 JPY"`},
		"percent_used":        {"over = 602.84", "without = null"},
		"top_n":               {`top_n = [ + "Tidewater Analytics LLC", + "Fjord Logistics AS", ]`},
	}
	w := newWorkspace(t, "")
	names := entries(t, filepath.Join(examples, "functions"))
	for _, name := range names {
		if _, ok := says[name]; !ok {
			t.Errorf("examples/functions/%s is not planned by this test", name)
		}
		w.write(t, name+".tf", content(t, filepath.Join(examples, "functions", name, "function.tf")))
	}
	if len(names) != len(says) {
		t.Errorf("%d directories, %d tested", len(names), len(says))
	}
	planned := w.terraform(t, "plan").succeed(t)
	for _, values := range says {
		planned.mention(t, values...)
	}
}

// Terraform says which argument is to blame, and what is wrong with it.
func TestTerraform_functionErrors(t *testing.T) {
	t.Parallel()
	calls := map[string][]string{
		`exact_sum([1, null])`:      {`"numbers"`, "Element 1 of numbers is null."},
		`format_money(1, "EUO")`:    {`"currency_code"`, `currency_code "EUO" is not the code of a currency`},
		`format_money(null, "EUR")`: {`"amount"`, "argument must not be null"},
		`forecast(1, "2026-11-01", "2026-12-01T00:00:00Z", "2026-11-11T00:00:00Z")`: {`"start"`, `start is "2026-11-01", which is not an RFC 3339 time`},
		`percent_used(null, 1)`: {`"cost"`, "argument must not be null"},
		`top_n([{ total_cost = 1, currency_code = "EUR" }, { total_cost = 2, currency_code = "SEK" }], "total_cost", 1)`: {`"attribute"`, "different currencies (EUR, SEK). Rank by usd_total_cost."},
		`top_n([{ a = 1 }], "b", 1)`:  {`"attribute"`, `attribute is "b", which element 0 of records does not have.`},
		`top_n([{ a = 1 }], "a", -1)`: {`"n"`, "n is not a whole number, 0 or more."},
		`top_n("a", "a", 1)`:          {`"records"`, "records is not a list of objects."},
	}
	subjects := map[string]subject{}
	for call := range calls {
		subjects[call] = subject{text: required + "output \"result\" {\n  value = provider::partnercenter::" + call + "\n}\n"}
	}
	planEach(t, subjects, nil, func(t *testing.T, call string, planned outcome) {
		planned.fail(t, calls[call]...)
		if strings.Contains(planned.stderr, "..") {
			t.Errorf("it ends in two full stops:\n%s", planned.stderr)
		}
	})
}

// Functions take what data sources give.
func TestTerraform_functionsOfRecords(t *testing.T) {
	t.Parallel()
	_, environment := emulate(t, emulator.Options{})
	records := "\ndata \"partnercenter_customer_usage_records\" \"all\" {}\n"
	newWorkspace(t, records+`
output "top" {
  value = [
    for r in provider::partnercenter::top_n(data.partnercenter_customer_usage_records.all.records, "usd_total_cost", 1) :
    "${r.customer_name}: ${provider::partnercenter::format_money(r.total_cost, r.currency_code)}"
  ]
}
`, environment...).terraform(t, "plan").succeed(t).mention(t, "Tidewater Analytics LLC: 60284.15 USD")
	newWorkspace(t, records+`
output "top" {
  value = provider::partnercenter::top_n(data.partnercenter_customer_usage_records.all.records, "total_cost", 1)
}
`, environment...).terraform(t, "plan").fail(t, "Rank by usd_total_cost.")
}

// What is not known before the apply stays so, and is computed then.
func TestTerraform_functionsOfUnknowns(t *testing.T) {
	t.Parallel()
	_, environment := emulate(t, emulator.Options{}) // OpenTofu 1.7 signs in for a function of an unknown.
	w := newWorkspace(t, `
resource "terraform_data" "cost" {
  input = 120.5682999999995904716
}

output "sum" {
  value = provider::partnercenter::exact_sum([terraform_data.cost.output, 20])
}

output "top" {
  value = provider::partnercenter::top_n([{ a = 1 }, { a = terraform_data.cost.output }, { a = null }], "a", 2)
}
`, environment...)
	w.terraform(t, "plan").succeed(t).mention(t, "sum = (known after apply)", "top = (known after apply)")
	w.terraform(t, "apply", "-auto-approve").succeed(t).mention(t, "sum = 140.5682999999995904716", `"a" = 120.5682999999995904716`)
}
