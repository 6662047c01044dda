package provider_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// ownSubscription are the arguments that say what is checked.
const ownSubscription = `customer_id           = "` + emulator.MeteredCustomerID + `"
  azure_subscription_id = "` + emulator.MeteredEntitlementID + `"
  currency_code = "EUR"
`

// gatedSubscription is a configuration whose plan a gate with these arguments may
// stop.
func gatedSubscription(arguments string) string {
	return `
provider "partnercenter" {}

data "partnercenter_azure_subscription_gate" "own" {
  ` + arguments + `

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}
`
}

// Every rule stops a plan of real Terraform, and says what broke it.
func TestTerraform_azureSubscriptionGate(t *testing.T) {
	t.Parallel()
	const unused = `customer_id = "` + emulator.MeteredCustomerID + `"
  azure_subscription_id = "` + emulator.UnusedEntitlementID + `"
  currency_code = "EUR"
`
	const ended, going = `exceptions = [{ until = "2026-01-01", reason = "a migration" }]`, `exceptions = [{ until = "2999-01-01T00:00:00Z", reason = "a migration" }]`
	type gate struct {
		arguments string
		says      string // nothing for a gate that passes
	}
	gates := map[string]gate{
		"total, at":              {ownSubscription + "max_total_cost = 1650.45487119540898624334", ""},
		"total, just above":      {ownSubscription + "max_total_cost = 1650.45487119540898624333", "Azure subscription gate failed: Nordhavn Production: 1650.45487119540898624334 EUR, limit 1650.45487119540898624333 EUR"},
		"a product, within":      {ownSubscription + "max_total_cost = 1572 * 1.05", ""},
		"a fraction, above":      {ownSubscription + "max_total_cost = 200 / 3", "Nordhavn Production: 1650.45 EUR, limit 66.67 EUR"},
		"warns":                  {ownSubscription + "max_total_cost = 2000\nwarn_total_cost = 1\nmax_findings = 0", ""},
		"forecast, within":       {ownSubscription + "max_forecast_total_cost = 2708", ""},
		"forecast, above":        {ownSubscription + "max_forecast_total_cost = 2707", "the forecast for Nordhavn Production: 2707.21 EUR, limit 2707.00 EUR"},
		"forecast warns":         {ownSubscription + "warn_forecast_total_cost = 1", ""},
		"resource group, above":  {ownSubscription + "max_resource_group_total_cost = { RG-Fleet-Core = 944.9 }", "rg-fleet-core: 944.90"},
		"resource group, within": {ownSubscription + "max_resource_group_total_cost = { rg-fleet-core = 945 }", ""},
		"only some, within":      {ownSubscription + "resource_group_names = [\"rg-network\"]\nmax_total_cost = 200", ""},
		"only some, above":       {ownSubscription + "resource_group_names = [\"rg-network\", \"RG-FLEET-CORE\"]\nmax_total_cost = 945", "2 resource groups of Nordhavn Production: 1059."},
		"resource group missing": {ownSubscription + "resource_group_names = [\"rg-404\"]\nmax_total_cost = 2000", "the resource group rg-404 has no usage"},
		"missing, allowed":       {ownSubscription + "resource_group_names = [\"rg-404\"]\nmax_total_cost = 2000\nallow_missing = true", ""},
		"USD":                    {ownSubscription + "max_usd_total_cost = 1", " USD, limit 1.00 USD"},
		"age":                    {ownSubscription + "max_data_age = \"1s\"", "the newest figure is"},
		"excepted":               {ownSubscription + "max_total_cost = 1\n" + going, ""},
		"no longer excepted":     {ownSubscription + "max_total_cost = 1\n" + ended, "limit 1.00 EUR, the exception until 2026-01-01 (a migration) has ended"},
		"another currency":       {strings.Replace(ownSubscription, "EUR", "USD", 1) + "max_total_cost = 1000000", "EUR, and the limits are in USD"},
		"no usage":               {unused + "max_total_cost = 0\nmax_data_age = \"1s\"\nmax_forecast_total_cost = 0", ""},
		"in no plan":             {strings.Replace(ownSubscription, emulator.MeteredEntitlementID, samplePlan, 1) + "max_total_cost = 1", "Azure subscription not found"},
	}
	// What is wrong by itself, before anything is read.
	refused := map[string]gate{
		"infinite":                {ownSubscription + "max_total_cost = 1 / 0", "The number is infinite, as after a division by 0, and limits nothing."},
		"infinite, of a group":    {ownSubscription + "max_resource_group_total_cost = { rg = 1 / 0 }", "The number is infinite, as after a division by 0, and limits nothing."},
		"one group, twice":        {ownSubscription + "max_resource_group_total_cost = { rg = 1, RG = 1000 }", `"RG" and "rg" are the same resource group.`},
		"null":                    {ownSubscription + "max_total_cost = null", "At least one attribute out of"},
		"a limit that is null":    {ownSubscription + "max_resource_group_total_cost = { rg = null }", "Null Map Value"},
		"an exception for nobody": {ownSubscription + "max_total_cost = 1\nexceptions = [null]", "Null List Value"},
	}
	_, environment := emulate(t, emulator.Options{PageSize: 10})
	for _, tests := range []map[string]gate{gates, refused} {
		subjects := map[string]subject{}
		for name, test := range tests {
			subjects[name] = subject{text: required + gatedSubscription(test.arguments)}
		}
		planEach(t, subjects, environment, func(t *testing.T, name string, planned outcome) {
			if says := tests[name].says; says == "" {
				planned.succeed(t)
			} else {
				planned.fail(t, says)
			}
		})
	}
}

// A limit, a currency or an id that is known only after the apply defers the gate;
// one that is sensitive does not swallow what the gate has to say.
func TestTerraform_azureSubscriptionGateThresholds(t *testing.T) {
	t.Parallel()
	_, environment := emulate(t, emulator.Options{})
	for what, arguments := range map[string]string{
		"limit":          ownSubscription + "max_total_cost = terraform_data.known_later.output",
		"limit of group": ownSubscription + "max_resource_group_total_cost = { rg-fleet-core = terraform_data.known_later.output }",
		"limits":         ownSubscription + "max_resource_group_total_cost = terraform_data.known_later.output == null ? null : { rg-fleet-core = 1 }",
		"names":          ownSubscription + "max_total_cost = 1\nresource_group_names = [terraform_data.known_later.output == 1 ? \"rg-network\" : \"\"]",
		"currency":       strings.Replace(ownSubscription, `"EUR"`, `terraform_data.known_later.output == 1 ? "EUR" : "SEK"`, 1) + "max_total_cost = 1",
		"exception":      ownSubscription + "max_total_cost = 1\nexceptions = [{ until = terraform_data.known_later.output == 1 ? \"2026-01-01\" : \"2999-01-01\", reason = \"a migration\" }]",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			configuration := gatedSubscription(arguments) + `
resource "terraform_data" "known_later" { input = 1 }
`
			w := newWorkspace(t, configuration, environment...)
			w.terraform(t, "plan").succeed(t).mention(t, "data.partnercenter_azure_subscription_gate.own will be read during apply")
			w.terraform(t, "apply", "-auto-approve").fail(t, "Resource postcondition failed", "limit 1.00 EUR")
		})
	}
	// A rule that turns out to be null is none.
	w := newWorkspace(t, gatedSubscription(ownSubscription+"max_total_cost = terraform_data.known_later.output == 1 ? null : 1")+`
resource "terraform_data" "known_later" { input = 1 }
`, environment...)
	w.terraform(t, "plan").succeed(t)
	w.terraform(t, "apply", "-auto-approve").fail(t, "At least one attribute out of")

	sensitive := gatedSubscription(ownSubscription+"max_total_cost = var.limit") + `
variable "limit" {
  type      = number
  sensitive = true
  default   = 100
}
`
	planned := newWorkspace(t, sensitive, environment...).terraform(t, "plan")
	planned.fail(t, "Nordhavn Production: 1650.45 EUR, limit 100.00 EUR")
	if strings.Contains(planned.stdout+planned.stderr, "sensitive value") {
		t.Error("the message is swallowed")
	}
}

// The ephemeral form is checked at plan, and again when a saved plan is applied.
func TestEphemeralAzureSubscriptionGate(t *testing.T) {
	t.Parallel()
	example := content(t, examples+"/ephemeral-resources/partnercenter_azure_subscription_gate/ephemeral-resource.tf")
	lenient := strings.Replace(example, "= 2000\n", "= 2000\n  enforce = false\n", 1)
	warned := strings.Replace(example, "= 2000\n", "= 2000\n  warn_total_cost = 1600\n", 1)
	const risen = "Azure subscription gate failed: Nordhavn Production: 2168.00 EUR, limit 2000.00 EUR."
	for name, test := range map[string]struct {
		configuration, before, after string
		planFails, applyFails        bool
		says                         string
	}{
		"within":            {example, "3000", "3000", false, false, ""},
		"above at plan":     {example, "4000", "4000", true, false, risen},
		"above at apply":    {example, "3000", "4000", false, true, risen},
		"only a warning":    {lenient, "3000", "4000", false, false, "Warning: Azure subscription gate failed"},
		"warned":            {warned, "3000", "3000", false, false, "Warning: Azure subscription gate passed with warnings"},
		"not enough limits": {strings.Replace(example, "max_total_cost ", "allow_missing ", 1), "3000", "3000", true, false, "At least one attribute out of"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{})
			w := newWorkspace(t, "provider \"partnercenter\" {}\n"+strings.Replace(test.configuration, "allow_missing        = 2000", "allow_missing = true", 1),
				append(environment, "TF_VAR_tenant_id="+emulator.MeteredCustomerID, "TF_VAR_azure_subscription_id="+emulator.MeteredEntitlementID)...)
			spend := func(cost string) {
				if err := e.Spend(emulator.MeteredCustomerID, cost); err != nil {
					t.Fatal(err)
				}
			}
			spend(test.before)
			planned := w.terraform(t, "plan", "-out=plan")
			if test.planFails {
				planned.fail(t, test.says)
				return
			}
			planned.succeed(t)
			spend(test.after)
			applied := w.terraform(t, "apply", "plan")
			made := w.terraform(t, "state", "list").stdout
			if test.applyFails {
				applied.fail(t, test.says)
			} else {
				applied.succeed(t).mention(t, test.says)
			}
			if (made == "") != test.applyFails {
				t.Errorf("made: %q", made)
			}
		})
	}
}

func TestModules_azureSubscriptionGateTests(t *testing.T) {
	t.Parallel()
	testModule(t, "azure-subscription-gate", map[string]mutant{
		"does not block":    {"main.tf", `var.mode != "block" || self.passed`, `self.passed || true`, "a_bare_mock_blocks"},
		"does not warn":     {"main.tf", `data.partnercenter_azure_subscription_gate.this.status == "passed"`, `data.partnercenter_azure_subscription_gate.this.status != ""`, "a_bare_mock_warns"},
		"blocks both ways":  {"main.tf", `var.mode != "block" || self.passed`, `self.passed`, "a_bare_mock_warns"},
		"forgets the limit": {"main.tf", `= var.max_total_cost`, `= 100`, "arguments"},
		"takes any mode":    {"variables.tf", `contains(["warn", "block"], var.mode)`, `var.mode != ""`, "no_such_mode"},
	})
}

func TestModules_azureSubscriptionGate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		arguments string
		stops     bool
		says      []string
	}{
		"passed, block": {"max_total_cost = 2000", false, []string{`status = "passed"`, "**Azure subscription gate passed**: 0 of 4 resource groups failed."}},
		"warned, block": {"max_total_cost = 2000\nwarn_total_cost = 1600", false, []string{`status = "warned"`, "Warning: Check block assertion failed", "Nordhavn Production: 1650.45 EUR, limit 1600.00 EUR"}},
		"failed, block": {"max_total_cost = 1600", true, []string{"Error: Resource postcondition failed", "Azure subscription gate failed: Nordhavn Production: 1650.45 EUR, limit 1600.00 EUR"}},
		"failed, warn":  {"max_total_cost = 1600\nmode = \"warn\"", false, []string{`status = "failed"`, "Warning: Check block assertion failed", "limit 1600.00 EUR"}},
		"excepted":      {"max_total_cost = 1600\nexceptions = [{ until = \"2999-12-31\", reason = \"a migration\" }]", false, []string{`status = "warned"`, "excepted until 2999-12-31 (a migration)"}},
		"no limit":      {"", true, []string{"At least one attribute out of"}},
	}
	subjects := map[string]subject{}
	for name, test := range tests {
		subjects[name] = subject{text: required + `
module "gate" {
  source = "./azure-subscription-gate"
  ` + ownSubscription + test.arguments + `
}

output "gate" { value = module.gate }
`}
	}
	_, environment := emulate(t, emulator.Options{})
	planEach(t, subjects, environment, func(t *testing.T, name string, planned outcome) {
		if test := tests[name]; test.stops {
			planned.fail(t, test.says...)
		} else {
			planned.succeed(t).mention(t, test.says...)
		}
	})
}

// A plan is saved, spend rises, and the plan is applied: what depends on the
// module is not made.
func TestModules_azureSubscriptionGateApply(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments, spent string
		holds            bool
	}{
		"spend has risen": {spent: "4000", holds: true},
		"it has not":      {spent: "3000"},
		"not enforced":    {arguments: "enforce = false", spent: "4000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{})
			w := newWorkspace(t, `
provider "partnercenter" {}

module "gate" {
  source = "./azure-subscription-gate-apply"
  `+ownSubscription+`max_total_cost = 2000
  `+test.arguments+`
}

resource "terraform_data" "workload" {
  depends_on = [module.gate]
}
`, environment...)
			w.copyTree(t, "azure-subscription-gate-apply", filepath.Join(modules, "azure-subscription-gate-apply"))
			w.terraform(t, "get").succeed(t)
			w.terraform(t, "plan", "-out=plan").succeed(t)
			if err := e.Spend(emulator.MeteredCustomerID, test.spent); err != nil {
				t.Fatal(err)
			}
			const risen = "Nordhavn Production: 2168.00 EUR, limit 2000.00 EUR."
			applied := w.terraform(t, "apply", "plan")
			made := w.terraform(t, "state", "list").stdout
			if test.holds {
				applied.fail(t, "Error: Azure subscription gate failed", risen)
				if made != "" {
					t.Errorf("it was made all the same: %s", made)
				}
				return
			}
			applied.succeed(t)
			if test.arguments != "" {
				applied.mention(t, "Warning: Azure subscription gate failed", risen)
			}
			if made != "terraform_data.workload\n" {
				t.Errorf("not made: %q", made)
			}
		})
	}
}

// What is known only in the apply is checked then, as at plan.
func TestEphemeralAzureSubscriptionGate_knownLater(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ arguments, says string }{
		"a limit":            {"max_total_cost = terraform_data.known_later.output", "limit 1.00 EUR"},
		"a rule that is off": {"max_total_cost = terraform_data.known_later.output == 1 ? null : 1", "At least one attribute out of"},
		"infinite":           {"max_total_cost = terraform_data.known_later.output / 0", "The number is infinite"},
		"one group twice":    {"max_resource_group_total_cost = { rg-fleet-core = terraform_data.known_later.output, (terraform_data.known_later.output == 1 ? \"RG-Fleet-Core\" : \"x\") = 1e9 }", "are the same resource group"},
		"an age":             {"max_total_cost = 1e9\n  max_data_age = terraform_data.known_later.output == 1 ? \"1s\" : \"1000000h\"", "the newest figure is"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, environment := emulate(t, emulator.Options{})
			w := newWorkspace(t, `
provider "partnercenter" {}

resource "terraform_data" "known_later" { input = 1 }

ephemeral "partnercenter_azure_subscription_gate" "own" {
  `+ownSubscription+test.arguments+`
}

resource "terraform_data" "workload" {
  depends_on = [ephemeral.partnercenter_azure_subscription_gate.own]
}
`, environment...)
			w.terraform(t, "plan", "-out=plan").succeed(t)
			w.terraform(t, "apply", "plan").fail(t, test.says)
			if made := w.terraform(t, "state", "list").stdout; strings.Contains(made, "workload") {
				t.Errorf("it was made all the same: %s", made)
			}
		})
	}
}
