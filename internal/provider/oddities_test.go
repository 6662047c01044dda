package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// identifying are the fields that an odd answer keeps: without them it would be
// another thing that the answer is about.
var identifying = []string{
	"id", "resourceId", "entitlementId", "subscriptionId", "customerId", "meterId", "offerId", "offer", "tenantId", "productType",
	"companyProfile", "usageStartTime", "usageEndTime", "infoFields", "infoField", "resource", "instanceData", "status", "currency",
}

// named are the fields that hold a name.
var named = []string{"name", "resourceName", "entitlementName", "friendlyName", "companyName", "meterName", "resourceGroupName", "offerName"}

var costs = []string{"totalCost", "usdTotalCost", "quantity", "quantityUsed", "balanceAmount", "totalCharges"}

// odd answers of Partner Center, each possible. They change what the emulator says.
var odd = map[string]func(answer map[string]any){
	// All have one name. Each is listed four times: as it is, with another cost,
	// without a name or currency, and without a cost.
	"alike": func(answer map[string]any) {
		items, ok := answer["items"].([]any)
		if !ok || len(items) == 0 {
			return
		}
		each(items, func(item map[string]any) {
			for _, name := range named {
				if item[name] != nil {
					item[name] = "Contoso"
				}
			}
		})
		for _, original := range items {
			another, nameless, costless := clone(original), clone(original), clone(original)
			for _, field := range costs {
				if another[field] != nil {
					another[field], nameless[field] = json.Number("6.5"), json.Number("7.5")
				}
			}
			remove(nameless, append(named, "currencyCode", "currencyLocale", "budget", "resourceUri", "lastModifiedDate", "category")...)
			remove(costless, costs...)
			items = append(items, another, nameless, costless)
		}
		answer["items"], answer["totalCount"] = items, len(items)
	},
	// Nothing is said of anybody but who it is.
	"bare": func(answer map[string]any) {
		items, ok := answer["items"].([]any)
		if !ok {
			items = []any{answer}
		}
		each(items, func(item map[string]any) {
			maps.DeleteFunc(item, func(field string, _ any) bool { return !slices.Contains(identifying, field) })
			if profile, ok := item["companyProfile"].(map[string]any); ok {
				remove(profile, "companyName", "domain")
			}
		})
	},
	// All is said, but not of whom.
	"anonymous": func(answer map[string]any) {
		if items, ok := answer["items"].([]any); ok {
			each(items, func(item map[string]any) { remove(item, append(named, identifying[:6]...)...) })
		}
	},
	"empty": func(answer map[string]any) {
		if _, ok := answer["items"].([]any); ok {
			answer["items"], answer["totalCount"] = []any{}, 0
		}
	},
}

func each(items []any, change func(map[string]any)) {
	for _, item := range items {
		if item, ok := item.(map[string]any); ok {
			change(item)
		}
	}
}

func clone(item any) map[string]any {
	original, _ := item.(map[string]any)
	return maps.Clone(original)
}

func remove(item map[string]any, fields ...string) {
	for _, field := range fields {
		delete(item, field)
	}
}

// oddly makes an emulator give odd answers.
func oddly(t *testing.T, e *emulator.Emulator, change func(map[string]any)) {
	t.Helper()
	e.Misbehave(emulator.Fault{Times: emulator.Always, Edit: func(body []byte) []byte {
		decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
		decoder.UseNumber()
		var answer map[string]any
		if decoder.Decode(&answer) != nil || answer["code"] != nil {
			return body
		}
		delete(answer, "links")
		change(answer)
		changed, err := json.Marshal(answer)
		if err != nil {
			t.Error(err)
		}
		return changed
	}})
}

// crashes are what HCL says that meets a null or a key that it did not expect, and what
// Terraform says of a provider that is gone.
var crashes = []string{
	"Invalid template interpolation", "Duplicate object key", "Error in function call", "Invalid function argument", "Invalid index",
	"Null value", "null value", "Unsupported", "Invalid value", "Invalid operand", "Inconsistent conditional", "must not be null", "Invalid for_each", "Invalid object key", "not null",
	"Plugin did not respond",
}

// holds fails the test if an expression of the configuration crashed.
func (o outcome) holds(t *testing.T) {
	t.Helper()
	said := strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(o.stdout+o.stderr)), " ")
	for _, crash := range crashes {
		if strings.Contains(said, crash) {
			t.Errorf("%q:\n%s", crash, o.stderr)
			return
		}
	}
}

var (
	stops = regexp.MustCompile(`condition += self\.|!self\.has_usage|(?m)^ephemeral "|= "block"`)
	lists = regexp.MustCompile(`spend_gate|self\.records`)
)

// subjects are the examples of data sources, each directory as one, the demo, and
// the blocks of the guides.
func subjects(t *testing.T) map[string]subject {
	t.Helper()
	all := map[string]subject{}
	for directory, cases := range dataSources {
		example := dataSourceExamples(t, directory)
		example.variables = cases[0].variables
		all[directory] = example
	}
	for _, file := range configurations(t) {
		previous := ""
		for _, block := range hclBlocks(t, content(t, file)) {
			text := block.text
			if block.marker == withPrevious {
				text = previous + text
			}
			previous = text
			if block.marker != needsAzureRM && readsAnything.MatchString(text) {
				all[block.name(file)] = subject{text: asConfiguration(text), variables: guideValues}
			}
		}
	}
	all["demo"] = subject{text: content(t, examples+"/demo/main.tf")}
	return all
}

// Whatever Partner Center says that can be, no example and no guide ends in an
// error of HCL, and a gate stops the plan where a figure is missing.
func TestOddities(t *testing.T) {
	t.Parallel()
	all := subjects(t)
	for what, change := range odd {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{})
			oddly(t, e, change)
			planEach(t, all, environment, func(t *testing.T, name string, planned outcome) {
				text := all[name].text
				if what != "anonymous" || !strings.Contains(text, "for_each    = toset") && !strings.Contains(text, "for_each = toset") {
					planned.holds(t) // Whom nobody can ask for is an error in for_each, and left out of nothing.
				}
				if stops.MatchString(text) && (what == "bare" || what == "alike" && lists.MatchString(text)) && planned.code == 0 {
					t.Errorf("the gate passes:\n%s", planned.stdout)
				}
			})
		})
	}
}

// No gate passes under a mock that is told nothing: what it says is false, 0,
// empty, or random text.
func TestExamples_bareMock(t *testing.T) {
	t.Parallel()
	all := subjects(t)
	maps.DeleteFunc(all, func(_ string, s subject) bool {
		return !stops.MatchString(s.text) || strings.Contains(s.text, "ephemeral") || strings.Contains(s.text, "spend_gate_apply")
	})
	w := newWorkspace(t, "")
	directories := w.addModules(t, all)
	for name, directory := range directories {
		var arguments strings.Builder
		for variable, value := range all[name].arguments() {
			arguments.WriteString("    " + variable + " = " + value + "\n")
		}
		w.write(t, directory+".tftest.hcl", `mock_provider "partnercenter" {}

run "bare" {
  command = plan
  module { source = "./`+directory+`" }
  variables {
`+arguments.String()+`  }
}
`)
	}
	if len(all) == 0 {
		t.Fatal("no gate is tested")
	}
	w.terraform(t, "get").succeed(t)
	tested := w.terraform(t, "test")
	tested.fail(t, fmt.Sprintf("0 passed, %d failed.", len(directories)))
	tested.holds(t)
}

// A subscription in two records, each within the limit, is above it.
func TestExamples_splitSubscription(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(examples, "data-sources", "partnercenter_subscription_usage_records")
	needLanguage(t, directory)
	for partner, passes := range map[string]bool{"": true, "2": false} {
		t.Run(partner, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{})
			oddly(t, e, func(answer map[string]any) {
				items, ok := answer["items"].([]any)
				if !ok || len(items) == 0 || partner == "" {
					return
				}
				second := clone(items[0])
				second["partnerOnRecord"] = partner
				answer["items"] = append(items, second)
			})
			w := newWorkspace(t, "provider \"partnercenter\" {}\n", environment...)
			declared := map[string]string{}
			for _, file := range entries(t, directory) {
				w.write(t, file, declareOnce(t, declared, content(t, filepath.Join(directory, file))))
			}
			w.environment = append(w.environment, "TF_VAR_customer_id="+emulator.MeteredCustomerID)
			planned := w.terraform(t, "plan")
			if passes {
				planned.succeed(t)
			} else {
				planned.fail(t, "Not all listed and within the limits")
			}
		})
	}
}
