package provider_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// What policies says to the plans that Terraform really makes, in the form in which
// each engine is handed a plan. That it knows every shape of a plan is for its own
// tests, policies/rego/spend_test.rego.
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
		nobody   = "no partnercenter_azure_subscription_gate or partnercenter_spend_gate has passed in this plan"
		partial  = "the plan is not complete (-target or -exclude), so a gate may not have been read"
		errored  = "the plan ended with an error"
		untold   = "data.partnercenter_spend_gate.budgets: nothing in this plan tells that it was read, so its verdict may be that of an earlier one. A gate with a postcondition tells, but not with -destroy or -invoke"
		overrun  = "data.partnercenter_spend_gate.budgets: Spend gate failed: Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD (602.84 %), limit 100 %"
		deferred = "data.partnercenter_spend_gate.budgets: it is read while applying, so nothing is known of its spend yet"
		risen    = "data.partnercenter_spend_gate.budgets: Spend gate failed: Nordhavn Marine ApS: 7200.50 EUR of 6000.00 EUR (120.01 %), limit 100 %"
		expired  = "PARTNERCENTER_REFRESH_TOKEN=expired"
		failing  = "data \"partnercenter_customer\" \"nobody\" {\n  domain = \"nobody.example\"\n}\n"
		pending  = "data.partnercenter_spend_gate.budgets: a condition has the status unknown"
		near     = "data.partnercenter_spend_gate.budgets: Brasserie Quatre Vents SARL: 412.86 EUR of 500.00 EUR (82.57 %), limit 80 %"
		nearly   = "data.partnercenter_spend_gate.budgets: Spend gate passed with warnings: Brasserie Quatre Vents SARL: 412.86 EUR of 500.00 EUR (82.57 %), limit 80 %"
		output   = "output \"place\" { value = \"here\" }\n"
		// What the action refers to, and outputs of that, are in its plan.
		invoked = `
resource "terraform_data" "age" { input = "100000h" }

action "partnercenter_spend_gate" "now" {
  config {
    max_data_age = terraform_data.age.output
  }
}

output "age" { value = terraform_data.age.output }
`
	)
	within, over := `"`+emulator.MeteredCustomerID+`"`, `"`+emulator.OverBudgetCustomerID+`"`
	about := func(configuration, customer string) string {
		return strings.ReplaceAll(configuration, "%customer", customer)
	}
	unconditional, _, _ := strings.Cut(gate, "  lifecycle")
	unconditional += "}\n"
	warning := strings.Replace(gate, "{", "{\n  warn_percent_used = 80", 1)
	legacy := `"` + emulator.LegacyCustomerID + `"`
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
		whole        bool // has a gate that has passed without a condition
		want         []string
		warns        []string
	}{
		"passed":                              {root: about(gate, within) + workload},
		"failed":                              {root: about(gate, over) + workload, code: 1, want: []string{overrun, nobody, errored}},
		"failed, not blocked":                 {root: about(unconditional, over) + workload, want: []string{overrun, nobody}},
		"warned":                              {root: about(warning, legacy) + workload, warns: []string{near}},
		"warned, no list":                     {root: about(strings.Replace(warning, "{", "{\n  max_findings = 0", 1), legacy) + workload, warns: []string{nearly}},
		"warned in a module":                  {root: inModule + workload, module: about(warning, legacy), warns: []string{"module.spend." + near}},
		"passed in a module":                  {root: inModule + workload, module: about(gate, within)},
		"failed in a module":                  {root: inModule + workload, module: about(unconditional, over), want: []string{"module.spend." + overrun, nobody}},
		"one of several failed":               {whole: true, root: strings.Replace(about(unconditional, "each.key"), "{", "{\n  for_each = toset(["+within+", "+over+"])", 1) + workload, want: []string{strings.Replace(overrun, "budgets:", "budgets["+over+"]:", 1)}},
		"none of several":                     {root: strings.Replace(about(unconditional, "each.key"), "{", "{\n  for_each = toset([])", 1) + workload, want: []string{nobody}},
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
		"nothing to destroy, unread":          {root: about(unconditional, within), applied: true, spent: "7200.50", arguments: []string{"-destroy", "-refresh=false"}, want: []string{untold}},
		"an output to destroy, unread":        {root: about(unconditional, within) + output, applied: true, spent: "7200.50", arguments: []string{"-destroy", "-refresh=false"}, want: []string{untold}},
		"passed before, invoked":              {root: about(unconditional, within) + invoked, applied: true, spent: "7200.50", arguments: []string{"-invoke=action.partnercenter_spend_gate.now"}, want: []string{untold}},
		"condition before, invoked":           {root: about(gate, within) + invoked, applied: true, spent: "7200.50", arguments: []string{"-invoke=action.partnercenter_spend_gate.now"}, want: []string{untold, pending}},
		"nothing to do":                       {whole: true, root: about(unconditional, within), applied: true},
		"all removed":                         {whole: true, root: about(unconditional, within), before: about(unconditional, within) + workload},
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
			if strings.Contains(test.root, invoked) {
				since(t, "actions", 14)
			}
			if test.whole {
				since(t, "plans that say whether they are complete", 8)
			}
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
			w.judged(t, plan, verdict{test.want, test.warns})
		})
	}
}

// The gate for one Azure subscription is judged like the other, and neither excuses
// the other.
func TestPolicies_azureSubscriptionGate(t *testing.T) {
	t.Parallel()
	const (
		workload = "resource \"terraform_data\" \"workload\" { input = \"running\" }\n"
		gate     = `
data "partnercenter_azure_subscription_gate" "this" {
  customer_id           = "` + emulator.MeteredCustomerID + `"
  azure_subscription_id = "` + emulator.MeteredEntitlementID + `"
  currency_code         = "EUR"
  %s
  lifecycle {
    postcondition {
      condition     = %s
      error_message = self.summary
    }
  }
}
`
		passing = "max_total_cost = 1000000"
		failing = "max_total_cost = 1"
		warning = "warn_total_cost = 1"
		address = "data.partnercenter_azure_subscription_gate.this"
		nobody  = "no partnercenter_azure_subscription_gate or partnercenter_spend_gate has passed in this plan"
		errored = "the plan ended with an error"
		other   = `
data "partnercenter_spend_gate" "all" {
  customer_ids   = ["` + emulator.MeteredCustomerID + `"]
  max_total_cost = { EUR = 1 }
}
`
	)
	for name, test := range map[string]struct {
		root         string
		code         int
		denied, warn []string // what each message begins with
	}{
		"passed":              {root: fmt.Sprintf(gate, passing, "self.passed")},
		"failed":              {root: fmt.Sprintf(gate, failing, "self.passed"), code: 1, denied: []string{address + ": Azure subscription gate failed", nobody, errored}},
		"failed, not blocked": {root: fmt.Sprintf(gate, failing, "self.status != null"), denied: []string{address + ": Azure subscription gate failed", nobody}},
		"warned":              {root: fmt.Sprintf(gate, warning, "self.passed"), warn: []string{address + ": "}},
		"the other failed":    {root: fmt.Sprintf(gate, passing, "self.passed") + other, denied: []string{"data.partnercenter_spend_gate.all: Spend gate failed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, environment := emulate(t, emulator.Options{})
			w := newWorkspace(t, "provider \"partnercenter\" {}\n"+test.root+workload, environment...)
			if planned := w.terraform(t, "plan", "-out=plan"); planned.code != test.code {
				t.Fatalf("exit code %d, not %d\n%s\n%s", planned.code, test.code, planned.stdout, planned.stderr)
			}
			plan := w.terraform(t, "show", "-json", "plan").succeed(t).stdout
			said := w.evaluate(t, map[string]evaluation{"OPA": {plan, "data.terraform.spend"}})["OPA"]
			begin := func(texts, beginnings []string) bool {
				slices.Sort(beginnings)
				return slices.EqualFunc(texts, beginnings, strings.HasPrefix)
			}
			if !begin(said.Deny, test.denied) || !begin(said.Warn, test.warn) {
				t.Errorf("denied %q, warned %q", said.Deny, said.Warn)
			}
			w.judged(t, plan, said)
		})
	}
}

// What carries the verdict of a gate is all that Spacelift knows of it, unless a hook
// hands the plan over.
func TestPolicies_carrier(t *testing.T) {
	t.Parallel()
	const (
		workload = "resource \"terraform_data\" \"workload\" { input = \"running\" }\n"
		nobody   = "no partnercenter_azure_subscription_gate or partnercenter_spend_gate has passed in this plan"
		carrier  = "module.spend_gate.terraform_data.verdict[0]: "
		overrun  = carrier + "Spend gate failed: Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD (602.84 %), limit 100 %"
		risen    = carrier + "Spend gate failed: Nordhavn Marine ApS: 7200.50 EUR of 6000.00 EUR (120.01 %), limit 100 %"
		near     = carrier + "Spend gate passed with warnings: Brasserie Quatre Vents SARL: 412.86 EUR of 500.00 EUR (82.57 %), limit 80 %"
		unknown  = carrier + "it was not evaluated"
		earlier  = "terraform_data.verdict: it carries the verdict of an earlier run"
		kept     = `
resource "terraform_data" "verdict" {
  input = {
    type       = "partnercenter_spend_gate"
    passed     = true
    status     = "passed"
    planned_at = %planned_at
  }
  lifecycle { ignore_changes = [input] }
}
`
	)
	gate := func(customers string) string {
		return `
module "spend_gate" {
  source            = "./spend-gate"
  mode              = "warn"
  customer_ids      = [` + customers + `]
  warn_percent_used = 80
  carry_verdict     = true
}
`
	}
	within := gate(`"` + emulator.MeteredCustomerID + `"`)
	for name, test := range map[string]struct {
		root      string
		before    string // applied before it is planned; then spend rises
		arguments []string
		want      verdict
	}{
		"passed":                          {root: within + workload},
		"failed":                          {root: gate(`"`+emulator.OverBudgetCustomerID+`"`) + workload, want: verdict{Deny: []string{overrun, nobody}}},
		"warned":                          {root: gate(`"`+emulator.LegacyCustomerID+`"`) + workload, want: verdict{Warn: []string{near}}},
		"not carried":                     {root: strings.Replace(within, "carry_verdict", "# carry_verdict", 1) + workload, want: verdict{Deny: []string{nobody}}},
		"deferred":                        {root: gate("terraform_data.workload.output") + strings.Replace(workload, "running", emulator.MeteredCustomerID, 1), want: verdict{Deny: []string{unknown, nobody}}},
		"passed before":                   {root: within + workload, before: within + workload, want: verdict{Deny: []string{risen, nobody}}},
		"passed before, no refresh":       {root: within + workload, before: within + workload, arguments: []string{"-refresh=false"}, want: verdict{Deny: []string{risen, nobody}}},
		"passed before, refresh only":     {root: within + workload, before: within + workload, arguments: []string{"-refresh-only"}, want: verdict{Deny: []string{nobody}}},
		"passed before, targeted":         {root: within + workload, before: within + workload, arguments: []string{"-target=terraform_data.workload"}, want: verdict{Deny: []string{nobody}}},
		"passed before, target of itself": {root: within + workload, before: within + workload, arguments: []string{"-target=module.spend_gate"}, want: verdict{Deny: []string{risen, nobody}}},
		"passed before, destroy":          {root: within + workload, before: within + workload, arguments: []string{"-destroy"}, want: verdict{Deny: []string{nobody}}},
		"passed before, destroy unread":   {root: within + workload, before: within + workload, arguments: []string{"-destroy", "-refresh=false"}, want: verdict{Deny: []string{nobody}}},
		"passed before, removed":          {root: workload, before: within + workload, want: verdict{Deny: []string{nobody}}},
		"kept from before":                {root: strings.Replace(kept, "%planned_at", "plantimestamp()", 1) + workload, before: strings.Replace(kept, "%planned_at", `"2026-01-01T00:00:00Z"`, 1) + workload, want: verdict{Deny: []string{earlier}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{})
			const provider = "provider \"partnercenter\" {}\n"
			w := newWorkspace(t, provider+test.root, environment...)
			w.copyTree(t, "spend-gate", filepath.Join(modules, "spend-gate"))
			if test.before != "" {
				w.write(t, "main.tf", required+provider+test.before)
				w.terraform(t, "get").succeed(t)
				w.terraform(t, "apply", "-auto-approve").succeed(t)
				if err := e.Spend(emulator.MeteredCustomerID, "7200.50"); err != nil {
					t.Fatal(err)
				}
			}
			w.write(t, "main.tf", required+provider+test.root)
			w.terraform(t, "get").succeed(t)
			w.terraform(t, append([]string{"plan", "-out=plan"}, test.arguments...)...).succeed(t)
			plan := w.terraform(t, "show", "-json", "plan").succeed(t).stdout
			got := w.evaluate(t, map[string]evaluation{"Spacelift": {spacelift(t, plan, false), "data.spacelift"}})
			slices.Sort(test.want.Deny)
			if diff := cmp.Diff(test.want, got["Spacelift"]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Nobody is judged by the entry of an engine that has not got the rules.
func TestPolicies_rulesMissing(t *testing.T) {
	t.Parallel()
	for entry, query := range map[string]string{
		"rego/env0.rego":                   "data.env0.deny",
		"rego/conftest.rego":               "data.main.deny",
		"scalr/spend_gate/spend_gate.rego": "data.terraform.deny",
	} {
		output, err := exec.CommandContext(t.Context(), tool(t, "opa"), "eval", "--format", "raw", "--data", "../../policies/"+entry, query).CombinedOutput()
		if err != nil || !strings.Contains(string(output), "are missing") {
			t.Errorf("%s: %v\n%s", entry, err, output)
		}
	}
}

// verdict is what a policy has to say, sorted.
type verdict struct{ Deny, Warn []string }

// evaluation is an input and the package that judges it.
type evaluation struct{ input, in string }

// judged fails the test unless all engines come to this verdict on a plan.
func (w *workspace) judged(t *testing.T, plan string, want verdict) {
	t.Helper()
	slices.Sort(want.Deny)
	slices.Sort(want.Warn)
	evaluations := map[string]evaluation{
		"OPA":             {plan, "data.terraform.spend"},
		"HCP Terraform":   {`{"plan":` + plan + `,"run":{"id":"run-1"}}`, "data.terraform.spend"},
		"env zero":        {`{"plan":` + plan + `,"deploymentRequest":{"type":"deploy"},"costEstimation":{"totalMonthlyCost":0},"approvers":[]}`, "data.env0"},
		"Scalr":           {`{"tfplan":` + plan + `,"tfrun":{"source":"vcs","is_dry":false}}`, "data.terraform"},
		"Scalr, advisory": {`{"tfplan":` + plan + `,"tfrun":{"source":"vcs","is_dry":false}}`, "data.advisory"},
	}
	if strings.Contains(plan, `"timestamp":"`) { // Terraform 1.5 and OpenTofu.
		evaluations["Spacelift"] = evaluation{spacelift(t, plan, true), "data.spacelift"}
	}
	got := w.evaluate(t, evaluations)
	// Which conftest does not hang on the version of Terraform, and takes minutes to build.
	if os.Getenv("TF_ACC_TERRAFORM_PATH") == "" {
		got["conftest"] = w.conftest(t, plan)
	}
	for engine, verdict := range got {
		want := want
		switch engine {
		case "Scalr":
			want.Warn = nil
		case "Scalr, advisory":
			want.Deny, want.Warn = want.Warn, nil
		}
		if diff := cmp.Diff(want, verdict); diff != "" {
			t.Errorf("%s (-want +got):\n%s", engine, diff)
		}
	}
}

// spacelift is a plan as Spacelift hands it over: changes of resources, and the
// whole of it if a hook has written it to plan.custom.spacelift.json.
func spacelift(t *testing.T, plan string, hook bool) string {
	t.Helper()
	type change struct {
		Address      string `json:"address"`
		Mode         string `json:"mode,omitempty"`
		Type         string `json:"type"`
		Name         string `json:"name"`
		ProviderName string `json:"provider_name"`
		Change       struct {
			Actions []string        `json:"actions"`
			Before  json.RawMessage `json:"before"`
			After   json.RawMessage `json:"after"`
		} `json:"change"`
	}
	var whole struct {
		ResourceChanges  []change  `json:"resource_changes"`
		TerraformVersion string    `json:"terraform_version"`
		Timestamp        time.Time `json:"timestamp"`
	}
	if err := json.Unmarshal([]byte(plan), &whole); err != nil {
		t.Fatal(err)
	}
	managed := []change{}
	for _, c := range whole.ResourceChanges {
		if c.Mode == "managed" {
			c.Mode = ""
			managed = append(managed, c)
		}
	}
	input := map[string]any{
		"spacelift": map[string]any{"run": map[string]any{"type": "TRACKED", "created_at": whole.Timestamp.UnixNano()}},
		"terraform": map[string]any{"resource_changes": managed, "terraform_version": whole.TerraformVersion},
	}
	if hook {
		input["third_party_metadata"] = map[string]any{"custom": map[string]any{"plan": json.RawMessage(plan)}}
	}
	text, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tools are programs of the modules under tools, as Go keeps them built.
var tools = map[string]func() (string, error){"opa": buildTool("opa", "opa"), "conftest": buildTool("opa", "conftest"), "gojq": buildTool("gojq", "gojq")}

func buildTool(module, name string) func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		command := exec.Command("go", "tool", "-n", "-modfile=../../tools/"+module+"/go.mod", name) //nolint:noctx // Once for all tests.
		output, err := command.Output()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			return "", errors.New(string(exit.Stderr))
		}
		return strings.TrimSpace(string(output)), err
	})
}

func tool(t *testing.T, name string) string {
	t.Helper()
	program, err := tools[name]()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// evaluate asks OPA what the packages deny and warn of.
func (w *workspace) evaluate(t *testing.T, evaluations map[string]evaluation) map[string]verdict {
	t.Helper()
	const policies = "../../policies/"
	// Spacelift takes one text, of a package of this name. Two packages of Scalr have
	// the same name, and are never loaded together.
	for name, renamed := range map[string][3]string{
		"spacelift.rego": {"rego/spend.rego", "package terraform.spend", "package spacelift"},
		"advisory.rego":  {"scalr/spend_gate_warnings/spend_gate_warnings.rego", "package terraform", "package advisory"},
	} {
		text, err := os.ReadFile(policies + renamed[0])
		if err != nil {
			t.Fatal(err)
		}
		w.write(t, name, strings.Replace(string(text), "\n"+renamed[1]+"\n", "\n"+renamed[2]+"\n", 1))
	}
	inputs, engines := map[string]json.RawMessage{}, slices.Sorted(maps.Keys(evaluations))
	var query []string
	for i, engine := range engines {
		inputs[engine] = json.RawMessage(evaluations[engine].input)
		for _, rule := range []string{"deny", "warn"} {
			if evaluations[engine].in == "data.terraform" && rule == "warn" || evaluations[engine].in == "data.advisory" && rule == "warn" {
				continue // Scalr knows no warnings.
			}
			query = append(query, fmt.Sprintf("%s%d := %s.%s with input as input[%q]", rule, i, evaluations[engine].in, rule, engine))
		}
	}
	text, err := json.Marshal(inputs)
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, "input.json", string(text))
	var stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), tool(t, "opa"),
		"eval", "--format", "json", "--data", policies+"rego", "--data", policies+"scalr/spend_gate/spend_gate.rego",
		"--data", filepath.Join(w.directory, "spacelift.rego"), "--data", filepath.Join(w.directory, "advisory.rego"),
		"--input", filepath.Join(w.directory, "input.json"), strings.Join(query, "; "))
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, output, stderr.String())
	}
	var answer struct {
		Result []struct {
			Bindings map[string][]string `json:"bindings"`
		} `json:"result"`
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		t.Fatal(err)
	}
	// No result is what a misspelt query gives, too.
	if len(answer.Result) != 1 {
		t.Fatalf("not an answer: %s", output)
	}
	verdicts := map[string]verdict{}
	for i, engine := range engines {
		bindings := answer.Result[0].Bindings
		verdicts[engine] = verdict{sorted(bindings[fmt.Sprintf("deny%d", i)]), sorted(bindings[fmt.Sprintf("warn%d", i)])}
	}
	return verdicts
}

// conftest is what conftest says of a plan without being told of a package.
func (w *workspace) conftest(t *testing.T, plan string) verdict {
	t.Helper()
	w.write(t, "plan.json", plan)
	command := exec.CommandContext(t.Context(), tool(t, "conftest"), "test", "--policy", "../../policies/rego", "--output", "json", filepath.Join(w.directory, "plan.json"))
	output, err := command.Output()
	type message struct {
		Msg string `json:"msg"`
	}
	var answer []struct {
		Failures []message `json:"failures"`
		Warnings []message `json:"warnings"`
	}
	if err := json.Unmarshal(output, &answer); err != nil || len(answer) != 1 {
		t.Fatalf("%v: %s", err, output)
	}
	if denied := len(answer[0].Failures) > 0; denied != (err != nil) {
		t.Errorf("conftest: %v, with these failures: %v", err, answer[0].Failures)
	}
	text := func(messages []message) []string {
		var texts []string
		for _, m := range messages {
			texts = append(texts, m.Msg)
		}
		return sorted(texts)
	}
	return verdict{text(answer[0].Failures), text(answer[0].Warnings)}
}

// sorted are the texts in order, nil if there are none.
func sorted(texts []string) []string {
	if len(texts) == 0 {
		return nil
	}
	slices.Sort(texts)
	return texts
}
