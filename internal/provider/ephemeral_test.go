package provider_test

import (
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// A plan is saved, spend rises, and the plan is applied: nothing is made. The data
// source is not looked at again, and would have let it pass.
func TestEphemeralSpendGate_staleApply(t *testing.T) {
	t.Parallel()
	const workload = `
provider "partnercenter" {}

module "workload" {
  source = "./workload"
  %depends
}

%gate
`
	const arguments = `customer_ids = ["` + emulator.MeteredCustomerID + `"]
  max_percent_used = 100`
	for name, test := range map[string]struct {
		gate, depends string
		holds         bool
	}{
		"ephemeral": {
			`ephemeral "partnercenter_spend_gate" "budgets" {
  ` + arguments + `
}`, "depends_on = [ephemeral.partnercenter_spend_gate.budgets]", true,
		},
		"data source": {
			`data "partnercenter_spend_gate" "budgets" {
  ` + arguments + `
  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}`, "depends_on = [data.partnercenter_spend_gate.budgets]", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{})
			w := newWorkspace(t, strings.NewReplacer("%gate", test.gate, "%depends", test.depends).Replace(workload), environment...)
			w.module(t, "workload", `resource "terraform_data" "server" { input = "running" }`)
			w.terraform(t, "get").succeed(t)
			w.terraform(t, "plan", "-out=plan").succeed(t)
			if err := e.Spend(emulator.MeteredCustomerID, "6000.01"); err != nil {
				t.Fatal(err)
			}
			applied := w.terraform(t, "apply", "plan")
			made := w.terraform(t, "state", "list").stdout
			if test.holds {
				applied.fail(t, "Spend gate failed: Nordhavn Marine ApS: 6000.01 EUR of 6000.00 EUR (100.00 %), limit 100 %.")
				if strings.Contains(made, "terraform_data") {
					t.Errorf("it was made all the same: %s", made)
				}
				return
			}
			applied.succeed(t)
			if !strings.Contains(made, "module.workload.terraform_data.server") {
				t.Errorf("nothing was made: %s", made)
			}
		})
	}
}

// Destruction does not wait for the gate: what is replaced is gone when it fails,
// unless the new one is created first.
func TestEphemeralSpendGate_replaced(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ lifecycle, left string }{
		"destroyed first": {"", ""},
		"created first":   {"lifecycle { create_before_destroy = true }", "terraform_data.workload\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{})
			w := newWorkspace(t, `
provider "partnercenter" {}

variable "image" { default = "old" }

ephemeral "partnercenter_spend_gate" "budgets" {
  customer_ids     = ["`+emulator.MeteredCustomerID+`"]
  max_percent_used = 100
}

resource "terraform_data" "workload" {
  triggers_replace = var.image
  depends_on       = [ephemeral.partnercenter_spend_gate.budgets]
  `+test.lifecycle+`
}
`, environment...)
			w.terraform(t, "apply", "-auto-approve").succeed(t)
			w.terraform(t, "plan", "-out=plan", "-var=image=new").succeed(t).mention(t, "must be replaced")
			if err := e.Spend(emulator.MeteredCustomerID, "6000.01"); err != nil {
				t.Fatal(err)
			}
			w.terraform(t, "apply", "plan").fail(t, "Error: Spend gate failed")
			if left := w.terraform(t, "state", "list").stdout; left != test.left {
				t.Errorf("left is %q, not %q", left, test.left)
			}
			if old := w.terraform(t, "state", "pull").stdout; test.left != "" && !strings.Contains(old, `"value": "old"`) {
				t.Errorf("it is not the old one: %s", old)
			}
		})
	}
}

func TestEphemeralSpendGate(t *testing.T) {
	t.Parallel()
	configuration := content(t, examples+"/ephemeral-resources/partnercenter_spend_gate/ephemeral-resource.tf")
	plan := func(t *testing.T, configuration, customer string) outcome {
		t.Helper()
		_, environment := emulate(t, emulator.Options{})
		return newWorkspace(t, "provider \"partnercenter\" {}\n"+configuration, append(environment, `TF_VAR_customer_ids=["`+customer+`"]`)...).terraform(t, "plan")
	}
	plan(t, configuration, emulator.MeteredCustomerID).succeed(t)
	plan(t, configuration, emulator.OverBudgetCustomerID).fail(t, "Error: Spend gate failed", "Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD (602.84 %)")
	lenient := strings.Replace(configuration, "= 100\n", "= 100\n  enforce = false\n", 1)
	warned := strings.Replace(configuration, "= 100\n", "= 100\n  warn_percent_used = 80\n", 1)
	plan(t, warned, emulator.LegacyCustomerID).succeed(t).mention(t, "Warning: Spend gate passed with warnings", "Brasserie Quatre Vents SARL: 412.86 EUR of 500.00 EUR (82.57 %), limit 80 %")
	plan(t, lenient, emulator.OverBudgetCustomerID).succeed(t).mention(t, "Warning: Spend gate failed", "Tidewater Analytics LLC")
	plan(t, strings.Replace(configuration, "max_percent_used = 100", "allow_empty = true", 1), emulator.MeteredCustomerID).fail(t, "At least one attribute out of")
	plan(t, configuration, samplePlan).fail(t, "customer "+samplePlan+" is not listed")
}
