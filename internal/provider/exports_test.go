package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// posts counts the exports that were started.
func posts(e *emulator.Emulator) int {
	count := 0
	for _, request := range e.Requests() {
		if request.Method == http.MethodPost && strings.HasSuffix(request.Path, "/export") {
			count++
		}
	}
	return count
}

// A client secret is enough for daily usage, and one export for all that is asked of it.
// What needs a user says so.
func TestExports_appOnly(t *testing.T) {
	t.Parallel()
	const usage = `
provider "partnercenter" {}

data "partnercenter_unbilled_usage" "each" {
  for_each      = toset(["date", "customer", "plan"])
  currency_code = "EUR"
  group_by      = [each.key]
}

locals {
  sums = distinct([for usage in data.partnercenter_unbilled_usage.each : usage.totals.cost_by_currency["EUR"]])
}

output "sums" {
  value = length(local.sums)
}
`
	e, environment := emulate(t, emulator.Options{AppOnly: true})
	w := newWorkspace(t, usage, environment...)
	w.terraform(t, "apply", "-auto-approve").succeed(t).mention(t, "sums = 1")
	if count := posts(e); count != 1 {
		t.Errorf("%d exports were started, want one", count)
	}

	e, environment = emulate(t, emulator.Options{AppOnly: true})
	w = newWorkspace(t, usage+"\ndata \"partnercenter_spend_gate\" \"gate\" {\n  max_percent_used = 100\n}\n", environment...)
	w.terraform(t, "plan").fail(t, "Could not read spend gate", "app-only", "refresh_token")
	if count := posts(e); count != 1 {
		t.Errorf("%d exports were started, want one", count)
	}
}

// A gate on an export stops the plan, and so does an export that cannot be read.
func TestExports_gate(t *testing.T) {
	t.Parallel()
	const gate = `
provider "partnercenter" {}

data "partnercenter_billed_usage" "invoice" {
  invoice_id = "` + emulator.LatestInvoiceID + `"

  lifecycle {
    postcondition {
      condition     = self.totals.cost_by_currency["EUR"] <= var.limit
      error_message = "The invoice has ${self.totals.cost_by_currency["EUR"]} EUR of usage."
    }
  }
}

resource "terraform_data" "workload" {
  depends_on = [data.partnercenter_billed_usage.invoice]
}

variable "limit" {
  type = number
}
`
	for name, test := range map[string]struct {
		options emulator.Options
		limit   string
		fault   emulator.Fault
		fails   []string
	}{
		"passes":          {limit: "9415.3"},
		"stops":           {limit: "9415.29", fails: []string{"The invoice has 9415.3 EUR of usage."}},
		"not compressed":  {limit: "9415.3", fault: emulator.Fault{Path: "part-00001-*", Encoding: emulator.Plain}, fails: []string{"Could not read billed usage", "GET part-00001-", "request-id:"}},
		"no consent":      {options: emulator.Options{NoConsent: true, AppOnly: true}, limit: "9415.3", fails: []string{"Could not read billed usage", "403 Forbidden", "PartnerBilling.Read.All", "application permission"}},
		"not ready, 5000": {limit: "9415.3", fault: emulator.Fault{Path: "operations/*", Operation: "failed"}, fails: []string{"code 5000", "not ready yet"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, test.options)
			if test.fault.Path != "" {
				test.fault.Times = emulator.Always
				e.Misbehave(test.fault)
			}
			w := newWorkspace(t, gate, append(environment, "TF_VAR_limit="+test.limit)...)
			planned := w.terraform(t, "plan")
			if test.fails != nil {
				planned.fail(t, test.fails...)
				return
			}
			planned.succeed(t).mention(t, "terraform_data.workload will be created")
		})
	}
}
