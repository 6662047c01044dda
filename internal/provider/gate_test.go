package provider_test

import (
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// gated is a configuration whose plan a gate with these rules may stop.
func gated(rules string) string {
	return `
provider "partnercenter" {}

data "partnercenter_spend_gate" "limits" {
  ` + rules + `

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}
`
}

// Every rule stops a plan of real Terraform, and says whom it is about.
func TestTerraform_spendGate(t *testing.T) {
	t.Parallel()
	const metered, over, unbudgeted, legacy = `"` + emulator.MeteredCustomerID + `"`, `"` + emulator.OverBudgetCustomerID + `"`, `"` + emulator.UnbudgetedCustomerID + `"`, `"` + emulator.LegacyCustomerID + `"`
	tests := map[string]struct {
		rules string
		says  string // nothing for a gate that passes
	}{
		"percent, within":          {`customer_ids = [` + metered + `]` + "\nmax_percent_used = 50.7519948092069183961666666667", ""},
		"percent, just above":      {`customer_ids = [` + metered + `]` + "\nmax_percent_used = 50.7519948092069183961666666666", "6000.00 EUR (50.75 %), limit 50.752 %"},
		"a product, within":        {`customer_ids = [` + over + `]` + "\nmax_percent_used = 602.9 * 1.05", ""},
		"a fraction, above":        {`customer_ids = [` + over + `]` + "\nmax_percent_used = 200 / 3", "Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD (602.84 %), limit 66.6667 %"},
		"a fraction of a currency": {`customer_ids = [` + metered + `]` + "\nmax_total_cost = { EUR = 10 / 3 }", "all together: 3045.12 EUR, limit 3.33 EUR"},
		"no budget":                {`customer_ids = [` + unbudgeted + `]` + "\nmax_percent_used = 100", "Polder Data BV: no budget"},
		"budget required":          {`customer_ids = [` + unbudgeted + `]` + "\nrequire_budget = true", "Polder Data BV: no budget"},
		"USD":                      {`customer_ids = [` + over + `]` + "\nmax_usd_total_cost = 60284", "all together: 60284.15 USD, limit 60284.00 USD"},
		"USD of a customer":        {`customer_ids = [` + over + `]` + "\nmax_customer_usd_total_cost = 1", "Tidewater Analytics LLC: 60284.15 USD, limit 1.00 USD"},
		"USD not known":            {`customer_ids = [` + legacy + `]` + "\nmax_usd_total_cost = 1000000", "Brasserie Quatre Vents SARL: the cost in USD is not known"},
		"a currency":               {`customer_ids = [` + metered + `]` + "\nmax_total_cost = { EUR = 3045 }", "all together: 3045.12 EUR, limit 3045.00 EUR"},
		"a currency without limit": {`customer_ids = [` + metered + `]` + "\nmax_total_cost = { SEK = 1000000 }", "there are costs in EUR, and max_total_cost has no limit for it"},
		"age":                      {"max_data_age = \"1s\"", "the newest figure is"},
		"not listed, allowed":      {`customer_ids = ["` + samplePlan + `", ` + metered + `]` + "\nmax_percent_used = 100\nallow_missing = true", ""},
		"a warning only":           {`customer_ids = [` + metered + `]` + "\nwarn_percent_used = 50\nmax_findings = 0", ""},
		"only legacy":              {"is_upgraded = false\nmax_usd_total_cost = 1000000", "the cost in USD is not known"},
		"not listed":               {`customer_ids = ["` + samplePlan + `"]` + "\nmax_percent_used = 100\nallow_empty = true", "customer " + samplePlan + " is not listed"},
		"forecast, within":         {`customer_ids = [` + metered + `, ` + legacy + `]` + "\nmax_forecast_percent_used = 3100", ""},
		"forecast, above":          {`customer_ids = [` + metered + `]` + "\nmax_forecast_percent_used = 50", "Nordhavn Marine ApS: forecast "},
		"forecast, legacy":         {`customer_ids = [` + legacy + `]` + "\nmax_forecast_percent_used = 82", "Brasserie Quatre Vents SARL: forecast "},
		"forecast, a warning only": {`customer_ids = [` + metered + `]` + "\nwarn_forecast_percent_used = 50", ""},
		"forecast, no budget":      {`customer_ids = [` + unbudgeted + `]` + "\nwarn_forecast_percent_used = 100", "Polder Data BV: no budget"},
		"a customer, within":       {`customer_ids = [` + metered + `]` + "\nmax_customer_total_cost = { EUR = 3045.11968855241510377 }", ""},
		"a customer, just above":   {`customer_ids = [` + metered + `]` + "\nmax_customer_total_cost = { EUR = 3045.11968855241510376 }", "Nordhavn Marine ApS: 3045.11968855241510377 EUR, limit 3045.11968855241510376 EUR"},
		"a customer, no limit":     {`customer_ids = [` + metered + `]` + "\nmax_customer_total_cost = { SEK = 1000000 }", "Nordhavn Marine ApS: there are costs in EUR, and max_customer_total_cost has no limit for it"},
		"budgets, within":          {`customer_ids = [` + unbudgeted + `]` + "\nmax_percent_used = 100\nbudgets = { " + unbudgeted + " = 1290.340000000000003411 }", ""},
		"budgets, just above":      {`customer_ids = [` + unbudgeted + `]` + "\nmax_percent_used = 100\nbudgets = { " + strings.ToUpper(unbudgeted) + " = 1290.34 }", "Polder Data BV: 1290.340000000000003411 EUR of 1290.34 EUR (100.00 %), limit 100 %"},
		"budgets, not selected":    {`customer_ids = [` + unbudgeted + `]` + "\nmax_percent_used = 100\nrequire_budget = false\nbudgets = { " + metered + " = 1 }", "is not among the customers that are checked"},
		"exceptions, not ended":    {`customer_ids = [` + over + `]` + "\nmax_percent_used = 100\n" + exceptedUntil(over, "2999-01-01"), ""},
		"exceptions, ended":        {`customer_ids = [` + over + `]` + "\nmax_percent_used = 100\n" + exceptedUntil(over, "2026-01-01T00:00:00+01:00"), "the exception until 2025-12-31T23:00:00Z (a migration) has ended"},
		"exceptions, another":      {`customer_ids = [` + over + `]` + "\nmax_percent_used = 100\n" + exceptedUntil(metered, "2999-01-01"), "60284.15 USD of 10000.00 USD (602.84 %), limit 100 %"},
		"nobody":                   {`customer_ids = [` + metered + `]` + "\nexclude_customer_ids = [" + metered + "]\nmax_percent_used = 100", "no customer is selected"},
	}
	subjects := map[string]subject{}
	for name, test := range tests {
		subjects[name] = subject{text: required + gated(test.rules)}
	}
	_, environment := emulate(t, emulator.Options{PageSize: 10})
	planEach(t, subjects, environment, func(t *testing.T, name string, planned outcome) {
		if says := tests[name].says; says == "" {
			planned.succeed(t)
		} else {
			planned.fail(t, "Resource postcondition failed", says)
		}
	})
}

// exceptedUntil is an argument of a gate.
func exceptedUntil(customer, until string) string {
	return `exceptions = [{ customer_id = ` + customer + `, until = "` + until + `", reason = "a migration" }]`
}

// What comes of a division by 0 limits nothing.
func TestTerraform_spendGateInfinite(t *testing.T) {
	t.Parallel()
	subjects := map[string]subject{}
	for _, rule := range []string{
		"max_percent_used = 1 / 0", "max_total_cost = { EUR = 1 / 0 }", "max_forecast_percent_used = 1 / 0", "warn_forecast_percent_used = 1 / 0",
		"max_customer_total_cost = { EUR = 1 / 0 }", "max_percent_used = 100\nbudgets = { \"" + emulator.MeteredCustomerID + "\" = 1 / 0 }",
	} {
		subjects[rule] = subject{text: required + gated(rule)}
	}
	planned := planTogether(t, subjects, serve(t))
	for rule := range subjects {
		planned.of(t, rule).fail(t, "The number is infinite, as after a division by 0, and limits nothing.")
	}
}

// A list that is shorter than the API says fails the gate, and only warns where
// that is allowed.
func TestTerraform_spendGateIncomplete(t *testing.T) {
	t.Parallel()
	const rules = "max_usd_total_cost = 1000"
	newWorkspace(t, gated(rules), serve(t)...).terraform(t, "plan").fail(t, "Partner Center lists 4 of 25 customers")
	newWorkspace(t, gated(rules+"\nallow_incomplete = true"), serve(t)...).terraform(t, "plan").succeed(t)
}

// A threshold that is known only after the apply defers the gate; one that is
// sensitive does not swallow what the gate has to say.
func TestTerraform_spendGateThresholds(t *testing.T) {
	t.Parallel()
	_, environment := emulate(t, emulator.Options{})
	unknown := gated("max_percent_used = terraform_data.limit.output") + `
resource "terraform_data" "limit" { input = 100 }
`
	newWorkspace(t, unknown, environment...).terraform(t, "plan").succeed(t).mention(t, "data.partnercenter_spend_gate.limits will be read during apply")
	newWorkspace(t, unknown, environment...).terraform(t, "apply", "-auto-approve").fail(t, "Resource postcondition failed", "Tidewater Analytics LLC")

	sensitive := gated("max_percent_used = var.limit") + `
variable "limit" {
  type      = number
  sensitive = true
  default   = 100
}
`
	planned := newWorkspace(t, sensitive, environment...).terraform(t, "plan")
	planned.fail(t, "Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD")
	if strings.Contains(planned.stdout+planned.stderr, "sensitive value") {
		t.Error("the message is swallowed")
	}
}

// Limits of one's own that are known only after the apply defer the gate, those that
// are null are none, and those that are sensitive do not swallow what the gate says.
func TestTerraform_spendGateOwnLimits(t *testing.T) {
	t.Parallel()
	_, environment := emulate(t, emulator.Options{})
	const over = `"` + emulator.OverBudgetCustomerID + `"`
	const says = "Tidewater Analytics LLC: 60284.15 USD of 9000.00 USD"
	const rules = `customer_ids = [` + over + `]
  max_percent_used = 100
  max_forecast_percent_used = 100000
  max_customer_total_cost = `

	unknown := gated(rules+`terraform_data.limits.output.limits
  budgets = { `+over+` = terraform_data.limits.output.budget }
  exceptions = [{ customer_id = `+over+`, until = terraform_data.limits.output.until, reason = "a migration" }]`) + `
resource "terraform_data" "limits" {
  input = { limits = { USD = 100000 }, budget = 9000, until = "2026-01-01" }
}
`
	newWorkspace(t, unknown, environment...).terraform(t, "plan").succeed(t).mention(t, "data.partnercenter_spend_gate.limits will be read during apply")
	newWorkspace(t, unknown, environment...).terraform(t, "apply", "-auto-approve").fail(t, "Resource postcondition failed", says, "has ended")

	given := gated(rules+"var.limits\n  budgets = var.budgets\n  exceptions = var.exceptions") + `
variable "limits" {
  type      = map(number)
  sensitive = true
  default   = { USD = 100000 }
}
variable "budgets" {
  type      = map(number)
  sensitive = true
  default   = { ` + over + ` = 9000 }
}
variable "exceptions" {
  type      = list(object({ customer_id = string, until = string, reason = string }))
  sensitive = true
  default   = [{ customer_id = ` + over + `, until = "2026-01-01", reason = "a migration" }]
}
`
	sensitive := newWorkspace(t, given, environment...).terraform(t, "plan")
	sensitive.fail(t, says, "the exception until 2026-01-01 (a migration) has ended")
	if strings.Contains(sensitive.stdout+sensitive.stderr, "sensitive value") {
		t.Error("the message is swallowed")
	}
	newWorkspace(t, given, environment...).terraform(t, "plan", "-var=limits=null", "-var=budgets=null", "-var=exceptions=null").
		fail(t, "Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD")
}
