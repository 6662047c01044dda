package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// guideValues are what the guides' variables are planned with. Their ids are those
// of the emulator, whose figures have a fixed date.
var guideValues = map[string]string{
	"customer_ids":          `["` + emulator.MeteredCustomerID + `"]`,
	"tenant_id":             emulator.MeteredCustomerID,
	"azure_subscription_id": emulator.MeteredEntitlementID,
	"max_data_age":          "1000000h",
	"currency_code":         "EUR",
	"day":                   "2026-11-19",
	"invoice_id":            emulator.LatestInvoiceID,
}

// notPlanned is how many blocks are about a provider that is not installed here.
const notPlanned = 1

const (
	withPrevious  = "<!-- with: previous -->"
	needsAzureRM  = "<!-- not planned: azurerm -->"
	moduleAddress = "github.com/seed-12616aef/terraform-provider-partnercenter//examples/modules/"
)

// guideBlock is a configuration of a guide.
type guideBlock struct {
	marker, text string
	line         int
}

// name is where the block stands.
func (b guideBlock) name(file string) string {
	return fmt.Sprintf("%s:%d", strings.TrimPrefix(filepath.ToSlash(file), "../../"), b.line)
}

// hclBlocks returns what is fenced as a configuration, with the comment that
// stands right before it.
func hclBlocks(t *testing.T, text string) []guideBlock {
	t.Helper()
	var found []guideBlock
	var before, indent string
	var block *guideBlock
	for i, line := range strings.Split(text, "\n") {
		fence := strings.TrimSpace(line)
		switch {
		case block != nil && fence == "```":
			found = append(found, *block)
			block = nil
		case block != nil:
			block.text += strings.TrimPrefix(line, indent) + "\n"
		case fence == "```hcl" || fence == "```terraform":
			indent, _, _ = strings.Cut(line, "`")
			block = &guideBlock{marker: before, line: i + 1}
		}
		before = fence
	}
	if block != nil {
		t.Fatalf("the block of line %d does not end", block.line)
	}
	return found
}

var (
	usedVariable     = regexp.MustCompile(`\bvar\.(\w+)`)
	declaredVariable = regexp.MustCompile(`(?m)^variable "(\w+)"`)
	readsAnything    = regexp.MustCompile(`(?m)^\s*(data|ephemeral|action|module) "`)
)

// asConfiguration adds what a guide takes for granted.
func asConfiguration(text string) string {
	if !strings.Contains(text, "required_providers") {
		text = required + text
	}
	if !strings.Contains(text, `provider "partnercenter"`) {
		text += "\nprovider \"partnercenter\" {}\n"
	}
	declared := map[string]bool{}
	for _, match := range declaredVariable.FindAllStringSubmatch(text, -1) {
		declared[match[1]] = true
	}
	for _, match := range usedVariable.FindAllStringSubmatch(text, -1) {
		if !declared[match[1]] {
			declared[match[1]] = true
			kind := "string"
			if strings.HasPrefix(guideValues[match[1]], "[") {
				kind = "list(string)"
			}
			text += "\nvariable \"" + match[1] + "\" { type = " + kind + " }\n"
		}
	}
	return strings.NewReplacer(
		moduleAddress, "./",
		"contoso.onmicrosoft.com", emulator.MeteredCustomerDomain,
	).Replace(text)
}

// configurations are the guides and the READMEs.
func configurations(t *testing.T) []string {
	t.Helper()
	files := []string{"../../README.md", "../../policies/README.md"}
	for _, module := range entries(t, modules) {
		files = append(files, filepath.Join(modules, module, "README.md"))
	}
	for _, name := range entries(t, guides) {
		files = append(files, filepath.Join(guides, name))
	}
	return files
}

// Every configuration in a guide, and in a README, is planned as it stands, against
// the emulator. One that reads nothing is validated.
func TestGuides(t *testing.T) {
	t.Parallel()
	needTerraform(t)
	blocks := t.TempDir()
	planned, skipped := map[string]subject{}, 0
	for _, file := range configurations(t) {
		previous := ""
		for _, block := range hclBlocks(t, content(t, file)) {
			text := block.text
			switch block.marker {
			case withPrevious:
				text = previous + text
			case needsAzureRM:
				skipped++
				continue
			}
			previous = text
			name := block.name(file)
			directory := filepath.Join(blocks, strings.ReplaceAll(name, "/", "-"))
			if err := os.Mkdir(directory, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(directory, "main.tf"), []byte(block.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if lacks(t, directory) != "" { // Then it cannot be formatted either.
				if err := os.RemoveAll(directory); err != nil {
					t.Fatal(err)
				}
			}
			if readsAnything.MatchString(text) {
				planned[name] = subject{text: asConfiguration(text), variables: guideValues}
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWorkspace(t, "")
				w.write(t, "main.tf", asConfiguration(text))
				w.terraform(t, "validate").succeed(t)
			})
		}
	}
	if skipped != notPlanned {
		t.Errorf("%d blocks are not planned, not %d", skipped, notPlanned)
	}
	if len(planned) == 0 {
		t.Error("no block is planned")
	}
	newWorkspace(t, "").terraform(t, "fmt", "-check", "-diff", "-recursive", blocks).succeed(t)
	_, environment := emulate(t, emulator.Options{})
	planEach(t, planned, environment, func(t *testing.T, _ string, planned outcome) { planned.succeed(t) })
}

func TestHCLBlocks(t *testing.T) {
	t.Parallel()
	got := hclBlocks(t, "```hcl\na = 1\n```\n```shell\nno\n```\n<!-- with: previous -->\n   ```terraform\n   b {\n     c = 2\n   }\n   ```\n")
	want := []guideBlock{{"", "a = 1\n", 1}, {withPrevious, "b {\n  c = 2\n}\n", 8}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// What the guides say of Terraform itself is so.

func TestGuides_emptyPlan(t *testing.T) {
	t.Parallel()
	const gate = `data "partnercenter_spend_gate" "gate" {
    customer_ids     = ["` + emulator.MeteredCustomerID + `"]
    max_percent_used = 100
  }
`
	const check = `
  assert {
    condition     = data.partnercenter_spend_gate.gate.status == "passed"
    error_message = data.partnercenter_spend_gate.gate.summary
  }
`
	for name, test := range map[string]struct {
		configuration, spent string
		code                 int
	}{
		"data source outside the check":        {gate + `check "spend" {` + check + `}`, "3000", 0},
		"… that fails":                         {gate + `check "spend" {` + check + `}`, "7000", 0},
		"data source in a check":               {"check \"spend\" {\n" + gate + check + "}", "3000", 2},
		"output of the report, spend changed":  {gate + `output "report" { value = data.partnercenter_spend_gate.gate.report_markdown }`, "3000", 2},
		"output of the verdict, spend changed": {gate + `output "passed" { value = data.partnercenter_spend_gate.gate.passed }`, "3000", 0},
		"… and the verdict too":                {gate + `output "passed" { value = data.partnercenter_spend_gate.gate.passed }`, "7000", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{})
			w := newWorkspace(t, "provider \"partnercenter\" {}\n"+test.configuration, environment...)
			w.terraform(t, "apply", "-auto-approve").succeed(t)
			if err := e.Spend(emulator.MeteredCustomerID, test.spent); err != nil {
				t.Fatal(err)
			}
			if planned := w.terraform(t, "plan", "-detailed-exitcode"); planned.code != test.code {
				t.Errorf("exit code %d, not %d\n%s\n%s", planned.code, test.code, planned.stdout, planned.stderr)
			}
		})
	}
}

// A plan that was stopped can be read, and not be applied.
func TestGuides_stoppedPlan(t *testing.T) {
	t.Parallel()
	_, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, `
provider "partnercenter" {}

module "spend_gate" {
  source       = "./spend-gate"
  customer_ids = ["`+emulator.OverBudgetCustomerID+`"]
}
`, environment...)
	w.copyTree(t, "spend-gate", filepath.Join(modules, "spend-gate"))
	w.terraform(t, "get").succeed(t)
	w.terraform(t, "plan", "-out=plan.tfplan", "-detailed-exitcode").fail(t, "Error: Resource postcondition failed")
	w.terraform(t, "apply", "plan.tfplan").fail(t, "incomplete plan")
	var plan struct {
		Errored    bool `json:"errored"`
		PriorState struct {
			Values struct {
				RootModule struct {
					ChildModules []struct {
						Resources []struct {
							Values struct {
								Report string `json:"report_markdown"`
							} `json:"values"`
						} `json:"resources"`
					} `json:"child_modules"`
				} `json:"root_module"`
			} `json:"values"`
		} `json:"prior_state"`
		Checks []struct {
			Status  string `json:"status"`
			Address struct {
				ToDisplay string `json:"to_display"`
			} `json:"address"`
			Instances []struct {
				Problems []struct {
					Message string `json:"message"`
				} `json:"problems"`
			} `json:"instances"`
		} `json:"checks"`
	}
	if err := json.Unmarshal([]byte(w.terraform(t, "show", "-json", "plan.tfplan").succeed(t).stdout), &plan); err != nil {
		t.Fatal(err)
	}
	if !plan.Errored {
		t.Error("the plan does not say that it failed")
	}
	children := plan.PriorState.Values.RootModule.ChildModules
	if len(children) != 1 || len(children[0].Resources) != 1 || !strings.HasPrefix(children[0].Resources[0].Values.Report, "**Spend gate failed**: ") {
		t.Errorf("the report is not where the guides read it: %+v", children)
	}
	statuses := map[string]string{}
	for _, check := range plan.Checks {
		statuses[check.Address.ToDisplay] = check.Status
		for _, instance := range check.Instances {
			for _, problem := range instance.Problems {
				statuses[check.Address.ToDisplay] += " " + problem.Message
			}
		}
	}
	want := map[string]string{
		"module.spend_gate.data.partnercenter_spend_gate.this": "fail Spend gate failed: Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD (602.84 %), limit 100 %",
		"module.spend_gate.check.spend":                        "unknown",
		"module.spend_gate.var.mode":                           "pass",
	}
	if !maps.Equal(statuses, want) {
		t.Errorf("got %v", statuses)
	}
}

// A gate that depends on something that changes, by itself or through its module,
// fails after what it should have stopped. The data source does not stop the plan
// either; the ephemeral gate does.
func TestGuides_dependsOn(t *testing.T) {
	t.Parallel()
	const waits = "depends_on = [terraform_data.workload]"
	for name, gate := range map[string]string{
		"data source": `data "partnercenter_spend_gate" "gate" {
  customer_ids     = ["` + emulator.MeteredCustomerID + `"]
  max_percent_used = 100
  ` + waits + `
  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}`,
		"ephemeral": `ephemeral "partnercenter_spend_gate" "gate" {
  customer_ids     = ["` + emulator.MeteredCustomerID + `"]
  max_percent_used = 100
  ` + waits + `
}`,
		"module of a data source": `module "spend_gate" {
  source       = "./spend-gate"
  customer_ids = ["` + emulator.MeteredCustomerID + `"]
  ` + waits + `
}`,
		"module of an ephemeral": `module "spend_gate" {
  source       = "./spend-gate-apply"
  customer_ids = ["` + emulator.MeteredCustomerID + `"]
  ` + waits + `
}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{})
			w := newWorkspace(t, `
provider "partnercenter" {}

resource "terraform_data" "workload" {}

`+gate, environment...)
			for _, module := range entries(t, modules) {
				w.copyTree(t, module, filepath.Join(modules, module))
			}
			w.terraform(t, "get").succeed(t)
			spend := func() {
				if err := e.Spend(emulator.MeteredCustomerID, "7200.50"); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Contains(name, "data source") {
				spend()
			}
			w.terraform(t, "plan", "-out=plan").succeed(t)
			spend()
			w.terraform(t, "apply", "plan").fail(t, "Spend gate failed")
			if made := w.terraform(t, "state", "list").stdout; !strings.Contains(made, "terraform_data.workload\n") {
				t.Errorf("it was held back, and the guides say that it is not: %q", made)
			}
		})
	}
}

// A postcondition lets a destroy through, the ephemeral gate does not.
func TestGuides_destroy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		gate, depends string
		stops         bool
	}{
		"postcondition": {`data "partnercenter_spend_gate" "gate" {
  customer_ids     = ["` + emulator.MeteredCustomerID + `"]
  max_percent_used = 100
  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}`, "data.partnercenter_spend_gate.gate", false},
		"ephemeral": {`ephemeral "partnercenter_spend_gate" "gate" {
  customer_ids     = ["` + emulator.MeteredCustomerID + `"]
  max_percent_used = 100
  enforce          = var.enforce
}`, "ephemeral.partnercenter_spend_gate.gate", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{})
			w := newWorkspace(t, `
provider "partnercenter" {}

variable "enforce" { default = true }

resource "terraform_data" "workload" {
  depends_on = [`+test.depends+`]
}

`+test.gate, environment...)
			w.terraform(t, "apply", "-auto-approve").succeed(t)
			if err := e.Spend(emulator.MeteredCustomerID, "7200.50"); err != nil {
				t.Fatal(err)
			}
			if test.stops {
				w.terraform(t, "destroy", "-auto-approve").fail(t, "Error: Spend gate failed")
			}
			w.terraform(t, "destroy", "-auto-approve", "-var=enforce=false").succeed(t).mention(t, "Destroy complete! Resources: 1 destroyed.")
		})
	}
}

// A condition that is null is an error, in a check too.
func TestGuides_null(t *testing.T) {
	t.Parallel()
	_, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, `
provider "partnercenter" {}

data "partnercenter_customer_usage_records" "one" {
  customer_ids = ["`+emulator.UnbudgetedCustomerID+`"]
}

check "null" {
  assert {
    condition     = data.partnercenter_customer_usage_records.one.records[0].percent_used == null ? null : true
    error_message = "Not reached."
  }
}
`, environment...)
	w.terraform(t, "plan").fail(t, "Condition expression must return either true or false, not null")
}

// The data source and the ephemeral gate beside it ask once, in a plan and in an
// apply.
func TestGuides_askedOnce(t *testing.T) {
	t.Parallel()
	e, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, `
provider "partnercenter" {}

data "partnercenter_spend_gate" "gate" {
  customer_ids     = ["`+emulator.MeteredCustomerID+`"]
  max_percent_used = 100
}

ephemeral "partnercenter_spend_gate" "gate" {
  customer_ids     = ["`+emulator.MeteredCustomerID+`"]
  max_percent_used = 100
}

resource "terraform_data" "workload" {
  depends_on = [ephemeral.partnercenter_spend_gate.gate]
}
`, environment...)
	asked := func() (times int) {
		for _, request := range e.Requests() {
			if strings.HasSuffix(request.Path, "/customers/usagerecords") {
				times++
			}
		}
		return times
	}
	w.terraform(t, "plan", "-out=plan").succeed(t)
	if got := asked(); got != 1 {
		t.Errorf("the plan asks %d times", got)
	}
	w.terraform(t, "apply", "plan").succeed(t)
	if got := asked(); got != 2 {
		t.Errorf("plan and apply ask %d times", got)
	}
}
