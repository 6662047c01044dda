package provider_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// What policies/rego says to the plans that Terraform really makes. That it knows
// every shape of a plan is for its own tests, policies/rego/spend_test.rego.
func TestPolicies(t *testing.T) {
	t.Parallel()
	const (
		gate = `
data "partnercenter_spend_gate" "budgets" {
  customer_ids     = [%customer]
  max_percent_used = 100
  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}
`
		workload = `
resource "terraform_data" "workload" { input = "running" }
`
		nobody   = "no partnercenter_spend_gate has passed in this plan"
		partial  = "the plan is not complete (-target or -exclude), so a gate may not have been read"
		errored  = "the plan ended with an error"
		untold   = "data.partnercenter_spend_gate.budgets: nothing in this plan tells that it was read, so its verdict may be that of an earlier one. A gate with a postcondition tells, but not with -destroy"
		overrun  = "data.partnercenter_spend_gate.budgets: Spend gate failed: Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD (602.84 %), limit 100 %"
		deferred = "data.partnercenter_spend_gate.budgets: it is read while applying, so nothing is known of its spend yet"
		risen    = "data.partnercenter_spend_gate.budgets: Spend gate failed: Nordhavn Marine ApS: 7200.50 EUR of 6000.00 EUR (120.01 %), limit 100 %"
		expired  = "PARTNERCENTER_REFRESH_TOKEN=expired"
		failing  = "data \"partnercenter_customer\" \"nobody\" {\n  domain = \"nobody.example\"\n}\n"
		pending  = "data.partnercenter_spend_gate.budgets: a condition has the status unknown"
	)
	within, over := `"`+emulator.MeteredCustomerID+`"`, `"`+emulator.OverBudgetCustomerID+`"`
	about := func(configuration, customer string) string {
		return strings.ReplaceAll(configuration, "%customer", customer)
	}
	unconditional, _, _ := strings.Cut(gate, "  lifecycle")
	unconditional += "}\n"
	nested := "check \"spend\" {" + unconditional + `
  assert {
    condition     = data.partnercenter_spend_gate.budgets.passed
    error_message = data.partnercenter_spend_gate.budgets.summary
  }
}
`
	const records = `
data "partnercenter_customer_usage_records" "all" {
  customer_ids = [%customer]
}
`
	const inModule = `module "spend" { source = "./spend" }`
	of := func(provider, configuration string) string {
		return strings.Replace("terraform {\n required_providers {\n other = { source = \""+provider+"\" }\n }\n}\nprovider \"other\" {}\n"+configuration,
			"\" {\n  customer_ids", "\" {\n  provider = other\n  customer_ids", 1)
	}
	untrusted := func(provider string) string {
		return "data.partnercenter_spend_gate.budgets: it is of the provider " + provider + ", whose verdict nobody knows"
	}
	// What Terraform does not say of a plan without a condition, if it is not at least 1.8.
	whole := needTerraform(t).has(8, never)

	for name, test := range map[string]struct {
		root, module string
		applied      bool   // before it is planned
		before       string // applied in place of root
		spent        string // after that
		then         string // of the environment, after that
		arguments    []string
		environment  string
		code         int
		want         []string
	}{
		"passed":                              {root: about(gate, within) + workload},
		"failed":                              {root: about(gate, over) + workload, code: 1, want: []string{overrun, nobody, errored}},
		"failed, not blocked":                 {root: about(unconditional, over) + workload, want: []string{overrun, nobody}},
		"passed in a module":                  {root: inModule + workload, module: about(gate, within)},
		"failed in a module":                  {root: inModule + workload, module: about(unconditional, over), want: []string{"module.spend." + overrun, nobody}},
		"passed in a check":                   {root: about(nested, within) + workload},
		"failed in a check":                   {root: about(nested, over) + workload, want: []string{overrun, nobody}},
		"unreadable in a check":               {root: about(nested, within) + workload, environment: expired, want: []string{"data.partnercenter_spend_gate.budgets: it was not evaluated", nobody}},
		"deferred":                            {root: about(gate, "terraform_data.workload.output") + strings.Replace(workload, `"running"`, within, 1), want: []string{deferred, pending, nobody}},
		"deferred in a check":                 {root: about(nested, "terraform_data.workload.output") + strings.Replace(workload, `"running"`, within, 1), want: []string{deferred, nobody}},
		"no gate":                             {root: workload, want: []string{nobody}},
		"a forged gate":                       {root: `resource "terraform_data" "forged" { input = { resources = [{ mode = "data", type = "partnercenter_spend_gate", values = { passed = true } }] } }`, applied: true, want: []string{nobody}},
		"passed before, removed":              {root: workload, before: about(gate, within) + workload, want: []string{nobody}},
		"passed before, none now":             {root: about(strings.Replace(gate, "{", "{\n  count = 0", 1), within) + workload, before: about(gate, within) + workload, want: []string{nobody}},
		"passed before, error":                {root: about(unconditional, within) + workload, applied: true, then: expired, code: 1, want: []string{errored}},
		"passed before with condition, error": {root: about(gate, within) + workload, applied: true, then: expired, code: 1, want: []string{errored, pending}},
		"passed, error of another":            {root: about(gate, within) + workload + failing, code: 1, want: []string{errored}},
		"passed before, no refresh":           {root: about(gate, within) + workload, applied: true, spent: "7200.50", arguments: []string{"-refresh=false"}, code: 1, want: []string{risen, nobody, errored}},
		"passed before, refresh only":         {root: about(unconditional, within) + workload, applied: true, spent: "7200.50", arguments: []string{"-refresh-only"}, want: []string{risen, nobody}},
		"passed before, destroy unread":       {root: about(unconditional, within) + workload, applied: true, spent: "7200.50", arguments: []string{"-destroy", "-refresh=false"}, want: []string{untold}},
		"condition before, destroy unread":    {root: about(gate, within) + workload, applied: true, spent: "7200.50", arguments: []string{"-destroy", "-refresh=false"}, want: []string{untold, pending}},
		"passed before, deferred":             {root: about(gate, "terraform_data.workload.output") + strings.Replace(workload, `"running"`, within, 1), before: about(gate, within) + workload, want: []string{deferred, pending, nobody}},
		"of another namespace":                {root: inModule, module: of("evil/partnercenter", about(unconditional, within)), want: []string{"module.spend." + untrusted("registry.terraform.io/evil/partnercenter"), nobody}},
		"of another registry":                 {root: inModule, module: of("registry.example.com/evil/partnercenter", about(gate, within)), want: []string{"module.spend." + untrusted("registry.example.com/evil/partnercenter"), nobody}},
		"of another registry, beside":         {root: inModule + about(gate, within), module: of("registry.example.com/"+source, about(gate, within)), want: []string{"module.spend." + untrusted("registry.example.com/"+source)}},
		"passed before, targeted":             {root: about(unconditional, within) + workload, applied: true, arguments: []string{"-target=terraform_data.workload"}, want: []string{partial}},
		// Of a condition, this is known without the plan saying that it is not complete.
		"condition before, targeted": {root: about(gate, within) + workload, applied: true, arguments: []string{"-target=terraform_data.workload"}, want: []string{partial, pending}},
		"records within budgets":     {root: about(gate+records, within)},
		"records over a budget":      {root: about(gate, within) + about(records, over), want: []string{"data.partnercenter_customer_usage_records.all: Tidewater Analytics LLC (" + emulator.OverBudgetCustomerID + ") is not within a budget"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if i := slices.Index(test.want, partial); i >= 0 && !whole { // Others do not say that a plan is not complete.
				test.want[i] = untold
			}
			e, environment := emulate(t, emulator.Options{})
			if test.environment != "" {
				environment = append(environment, test.environment)
			}
			const provider = "provider \"partnercenter\" {}\n"
			w := newWorkspace(t, provider+test.root, environment...)
			w.write(t, "terraform.rc", `provider_installation {
  dev_overrides {
    "`+source+`" = "`+filepath.ToSlash(programs)+`"
    "evil/partnercenter" = "`+filepath.ToSlash(programs)+`"
    "registry.example.com/evil/partnercenter" = "`+filepath.ToSlash(programs)+`"
    "registry.example.com/`+source+`" = "`+filepath.ToSlash(programs)+`"
  }
  direct {}
}`)
			if test.module != "" {
				if !strings.Contains(test.module, "required_providers") {
					test.module = required + test.module
				}
				w.module(t, "spend", test.module)
				w.terraform(t, "get").succeed(t)
			}
			if test.before != "" {
				w.write(t, "main.tf", required+provider+test.before)
			}
			if test.applied || test.before != "" {
				w.terraform(t, "apply", "-auto-approve").succeed(t)
			}
			w.write(t, "main.tf", required+provider+test.root)
			if test.spent != "" {
				if err := e.Spend(emulator.MeteredCustomerID, test.spent); err != nil {
					t.Fatal(err)
				}
			}
			if test.then != "" {
				w.environment = append(w.environment, test.then)
			}
			// A plan that a condition stops is written all the same.
			planned := w.terraform(t, append([]string{"plan", "-out=plan"}, test.arguments...)...)
			if planned.code != test.code {
				t.Fatalf("exit code %d, not %d\n%s\n%s", planned.code, test.code, planned.stdout, planned.stderr)
			}
			plan := w.terraform(t, "show", "-json", "plan").succeed(t).stdout
			slices.Sort(test.want)
			for form, input := range map[string]string{"raw": plan, "HCP": `{"plan":` + plan + `,"run":{"id":"run-1"}}`} {
				if diff := cmp.Diff(test.want, w.denials(t, input)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", form, diff)
				}
			}
		})
	}
}

// opa is the arguments of go that run OPA.
var opa = []string{"tool", "-modfile=../../tools/opa/go.mod", "opa"}

// buildOPA leaves it in Go's cache, so that not every test builds it.
var buildOPA = sync.OnceValue(func() error {
	output, err := exec.Command("go", append(opa, "version")...).CombinedOutput() //nolint:noctx // Once for all tests.
	if err != nil {
		return errors.New(string(output))
	}
	return nil
})

// denials are the messages of data.terraform.spend.deny, sorted, nil if there are none.
func (w *workspace) denials(t *testing.T, input string) []string {
	t.Helper()
	if err := buildOPA(); err != nil {
		t.Fatal(err)
	}
	w.write(t, "input.json", input)
	var stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), "go", slices.Concat(opa, []string{
		"eval", "--format", "json", "--data", "../../policies/rego/spend.rego",
		"--input", filepath.Join(w.directory, "input.json"), "data.terraform.spend.deny",
	})...)
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, output, stderr.String())
	}
	var answer struct {
		Result []struct {
			Expressions []struct {
				Value []string `json:"value"`
			} `json:"expressions"`
		} `json:"result"`
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		t.Fatal(err)
	}
	// No result is what a misspelt query gives, too.
	if len(answer.Result) != 1 || len(answer.Result[0].Expressions) != 1 {
		t.Fatalf("not an answer: %s", output)
	}
	messages := answer.Result[0].Expressions[0].Value
	if len(messages) == 0 {
		return nil
	}
	slices.Sort(messages)
	return messages
}
