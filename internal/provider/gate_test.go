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
	for name, test := range map[string]struct {
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
		"nobody":                   {`customer_ids = [` + metered + `]` + "\nexclude_customer_ids = [" + metered + "]\nmax_percent_used = 100", "no customer is selected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, environment := emulate(t, emulator.Options{PageSize: 10})
			planned := newWorkspace(t, gated(test.rules), environment...).terraform(t, "plan")
			if test.says == "" {
				planned.succeed(t)
				return
			}
			planned.fail(t, "Resource postcondition failed", test.says)
		})
	}
}

// What comes of a division by 0 limits nothing.
func TestTerraform_spendGateInfinite(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{"max_percent_used = 1 / 0", "max_total_cost = { EUR = 1 / 0 }"} {
		newWorkspace(t, gated(rule), serve(t)...).terraform(t, "plan").fail(t, "The number is infinite, as after a division by 0, and limits nothing.")
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
