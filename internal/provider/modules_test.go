package provider_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

const modules = examples + "/modules"

// copyTree adds a directory and all that is in it.
func (w *workspace) copyTree(t testing.TB, name, from string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		to := filepath.Join(w.directory, name, relative)
		if entry.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// newModuleWorkspace makes a workspace that is a module itself.
func newModuleWorkspace(t *testing.T, name string) *workspace {
	t.Helper()
	w := newWorkspace(t, "")
	w.copyTree(t, ".", filepath.Join(modules, name))
	return w
}

// mutant is a module with a fault, and the run of its tests that has to notice.
type mutant struct{ file, from, to, run string }

var runBlock = regexp.MustCompile(`(?ms)^run "(\w+)" \{$.*?^\}\n`)

// testModule runs the module's own tests as they stand, and for each fault the run that
// has to notice it.
func testModule(t *testing.T, module string, faults map[string]mutant) {
	t.Helper()
	t.Run("as it is", func(t *testing.T) {
		t.Parallel()
		newModuleWorkspace(t, module).terraform(t, "test").succeed(t).mention(t, `run "failed_blocks"... pass`, `run "failed_warns"... pass`, " 0 failed.")
	})
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newModuleWorkspace(t, module)
			text := w.read(t, fault.file)
			if !strings.Contains(text, fault.from) {
				t.Fatalf("%q is not in %s", fault.from, fault.file)
			}
			w.write(t, fault.file, strings.Replace(text, fault.from, fault.to, 1))
			for _, file := range entries(t, filepath.Join(w.directory, "tests")) {
				file = filepath.Join("tests", file)
				w.write(t, file, runBlock.ReplaceAllStringFunc(w.read(t, file), func(block string) string {
					if runBlock.FindStringSubmatch(block)[1] == fault.run {
						return block
					}
					return ""
				}))
			}
			w.terraform(t, "test").fail(t, `run "`+fault.run+`"... fail`, "0 passed, 1 failed.")
		})
	}
}

// It is the module's own tests that notice a module that does not block, does not warn,
// or takes a mock's word.
func TestModules_spendGateTests(t *testing.T) {
	t.Parallel()
	testModule(t, "spend-gate", map[string]mutant{
		"does not block":    {"main.tf", `var.mode != "block" || self.passed`, `self.passed || true`, "a_bare_mock_blocks"},
		"does not warn":     {"main.tf", `data.partnercenter_spend_gate.this.status == "passed"`, `data.partnercenter_spend_gate.this.status != ""`, "a_bare_mock_warns"},
		"blocks both ways":  {"main.tf", `var.mode != "block" || self.passed`, `self.passed`, "a_bare_mock_warns"},
		"forgets the limit": {"main.tf", `= var.max_percent_used`, `= 100`, "arguments"},
		"carries no truth":  {"carrier.tf", `= data.partnercenter_spend_gate.this.passed`, `= true`, "carries_what_failed"},
		"carries unasked":   {"carrier.tf", `var.carry_verdict ? 1 : 0`, `1`, "no_carrier"},
		"no forecast":       {"main.tf", `= var.max_forecast_percent_used`, `= null`, "arguments"},
		"no forecast warns": {"main.tf", `= var.warn_forecast_percent_used`, `= null`, "arguments"},
		"no customer limit": {"main.tf", `= var.max_customer_total_cost`, `= null`, "arguments"},
		"no budgets":        {"main.tf", `= var.budgets`, `= null`, "arguments"},
		"no exceptions":     {"main.tf", `= var.exceptions`, `= null`, "arguments"},
		"takes any mode":    {"variables.tf", `contains(["warn", "block"], var.mode)`, `var.mode != ""`, "no_such_mode"},
	})
}

// What a mock says by itself passes no test that asserts that the gate passed.
func TestModules_spendGateMocked(t *testing.T) {
	t.Parallel()
	const bare = `
mock_provider "partnercenter" {}
variables { mode = "warn" }
run "bare" {
  command = plan
  %s
  expect_failures = [check.spend]
  assert {
    condition     = output.passed
    error_message = "The gate did not pass."
  }
}
`
	const told = `
  override_data {
    target = data.partnercenter_spend_gate.this
    values = { passed = true, status = "warned" }
  }`
	run := func(t *testing.T, override string) outcome {
		t.Helper()
		w := newModuleWorkspace(t, "spend-gate")
		w.write(t, "bare.tftest.hcl", strings.Replace(bare, "%s", override, 1))
		return w.terraform(t, "test", "-filter=bare.tftest.hcl")
	}
	run(t, "").fail(t, "The gate did not pass.")
	run(t, told).succeed(t)
}

func TestModules_spendGate(t *testing.T) {
	t.Parallel()
	const over = "Spend gate failed: Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD (602.84 %)"
	tests := map[string]struct {
		customer, mode string
		stops          bool
		says           []string
	}{
		"passed, block": {customer: emulator.MeteredCustomerID, mode: "block", says: []string{`status = "passed"`, "**Spend gate passed**: 0 of 1 customer failed."}},
		"passed, warn":  {customer: emulator.MeteredCustomerID, mode: "warn", says: []string{`status = "passed"`}},
		"warned, block": {customer: emulator.LegacyCustomerID, mode: "block", says: []string{`status = "warned"`, "Warning: Check block assertion failed", "Brasserie Quatre Vents SARL: 412.86 EUR of 500.00 EUR (82.57 %)"}},
		"failed, warn":  {customer: emulator.OverBudgetCustomerID, mode: "warn", says: []string{`status = "failed"`, "Warning: Check block assertion failed", over}},
		"failed, block": {customer: emulator.OverBudgetCustomerID, mode: "block", stops: true, says: []string{"Error: Resource postcondition failed", over}},
		"no budget":     {customer: emulator.UnbudgetedCustomerID, mode: "block", stops: true, says: []string{"Polder Data BV: no budget"}},
		"unknown mode":  {customer: emulator.MeteredCustomerID, mode: "stop", stops: true, says: []string{`mode must be "warn" or "block".`}},
	}
	subjects := map[string]subject{}
	for name, test := range tests {
		subjects[name] = subject{variables: map[string]string{"mode": test.mode}, text: required + `
variable "mode" {}

module "spend_gate" {
  source            = "./spend-gate"
  mode              = var.mode
  customer_ids      = ["` + test.customer + `"]
  warn_percent_used = 80
}

output "gate" { value = module.spend_gate }
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

// Each rule of one's own stops a plan through either module, and lets one pass.
func TestModules_spendGateRules(t *testing.T) {
	t.Parallel()
	const metered, over = `"` + emulator.MeteredCustomerID + `"`, `"` + emulator.OverBudgetCustomerID + `"`
	tests := map[string]struct {
		customer, passes, fails, says string
	}{
		"forecast":       {metered, "max_forecast_percent_used = 3100", "max_forecast_percent_used = 50", "Nordhavn Marine ApS: forecast "},
		"customer limit": {metered, "max_customer_total_cost = { EUR = 3046 }", "max_customer_total_cost = { EUR = 3045 }", "Nordhavn Marine ApS: 3045.12 EUR, limit 3045.00 EUR"},
		"budgets":        {metered, "budgets = { " + metered + " = 3046 }", "budgets = { " + metered + " = 3045 }", "Nordhavn Marine ApS: 3045.11968855241510377 EUR of 3045.00 EUR"},
		"exceptions":     {over, exceptedUntil(over, "2999-01-01"), exceptedUntil(over, "2026-01-01"), "the exception until 2026-01-01 (a migration) has ended"},
	}
	gate := func(module, customer, rules string) string {
		return "module \"gate\" {\nsource = \"./" + module + "\"\ncustomer_ids = [" + customer + "]\n" + rules + "\n}\n"
	}
	subjects := map[string]subject{}
	for name, test := range tests {
		for _, module := range []string{"spend-gate", "spend-gate-apply"} {
			subjects[name+", "+module+", passes"] = subject{text: required + gate(module, test.customer, test.passes)}
			subjects[name+", "+module+", fails"] = subject{text: required + gate(module, test.customer, test.fails)}
		}
	}
	_, environment := emulate(t, emulator.Options{})
	planned := planTogether(t, subjects, environment)
	for name, test := range tests {
		for _, module := range []string{"spend-gate", "spend-gate-apply"} {
			t.Run(name+", "+module, func(t *testing.T) {
				t.Parallel()
				planned.of(t, name+", "+module+", passes").succeed(t)
				planned.of(t, name+", "+module+", fails").fail(t, test.says)
			})
		}
	}
	// By itself, since Terraform does not say where an ephemeral resource is refused.
	for _, module := range []string{"spend-gate", "spend-gate-apply"} {
		t.Run("forecast warning, "+module, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, gate(module, metered, "warn_forecast_percent_used = 3100"), environment...)
			w.copyTree(t, module, filepath.Join(modules, module))
			w.terraform(t, "get").succeed(t)
			w.terraform(t, "plan").succeed(t)
			// A warning stops nothing, but one above the limit is refused.
			w.write(t, "main.tf", required+gate(module, metered, "max_forecast_percent_used = 50\nwarn_forecast_percent_used = 51"))
			w.terraform(t, "plan").fail(t, "51 is not below max_forecast_percent_used, which is 50.")
		})
	}
}

// A plan is saved, spend rises, and the plan is applied: what depends on the
// module is not made.
func TestModules_spendGateApply(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments, spent string
		holds            bool
	}{
		"spend has risen": {spent: "6000.01", holds: true},
		"it has not":      {spent: "6000.00"},
		"not enforced":    {arguments: "enforce = false", spent: "6000.01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{})
			w := newWorkspace(t, `
provider "partnercenter" {}

module "spend_gate_apply" {
  source       = "./spend-gate-apply"
  customer_ids = ["`+emulator.MeteredCustomerID+`"]
  `+test.arguments+`
}

resource "terraform_data" "workload" {
  depends_on = [module.spend_gate_apply]
}
`, environment...)
			w.copyTree(t, "spend-gate-apply", filepath.Join(modules, "spend-gate-apply"))
			w.terraform(t, "get").succeed(t)
			w.terraform(t, "plan", "-out=plan").succeed(t)
			if err := e.Spend(emulator.MeteredCustomerID, test.spent); err != nil {
				t.Fatal(err)
			}
			const risen = "Nordhavn Marine ApS: 6000.01 EUR of 6000.00 EUR (100.00 %), limit 100 %."
			applied := w.terraform(t, "apply", "plan")
			made := w.terraform(t, "state", "list").stdout
			if test.holds {
				applied.fail(t, "Error: Spend gate failed", risen)
				if made != "" {
					t.Errorf("it was made all the same: %s", made)
				}
				return
			}
			applied.succeed(t)
			if test.arguments != "" {
				applied.mention(t, "Warning: Spend gate failed", risen)
			}
			if made != "terraform_data.workload\n" {
				t.Errorf("not made: %q", made)
			}
		})
	}
}
