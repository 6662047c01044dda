package provider_test

import (
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/doctor"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

const replayed = `
provider "partnercenter" {}

variable "customer_id" {}
variable "plan_id" {}
variable "legacy_customer_id" {}
variable "subscription_id" {}

data "partnercenter_customers" "all" {}

data "partnercenter_customer_usage_records" "all" {}

data "partnercenter_spend_gate" "all" {
  max_percent_used = 100
}

data "partnercenter_customer" "one" {
  customer_id = var.customer_id
}

data "partnercenter_customer_usage_summary" "one" {
  customer_id = var.customer_id
}

data "partnercenter_subscription_meter_usage" "plan" {
  customer_id     = var.customer_id
  subscription_id = var.plan_id
}

data "partnercenter_subscription_resource_usage" "plan" {
  customer_id     = var.customer_id
  subscription_id = var.plan_id
}

data "partnercenter_azure_utilization" "legacy" {
  customer_id     = var.legacy_customer_id
  subscription_id = var.subscription_id
  start_time      = "2026-01-01T00:00:00Z"
  end_time        = "2026-01-02T00:00:00Z"
}

data "partnercenter_azure_rate_card" "euro" {
  currency = "EUR"
  region   = "DE"
}

data "partnercenter_invoices" "all" {}

output "figures" {
  value = {
    customers   = data.partnercenter_customers.all.total_count
    complete    = data.partnercenter_customer_usage_records.all.complete
    currencies  = length(data.partnercenter_customer_usage_records.all.totals.cost_by_currency)
    names       = length(distinct(data.partnercenter_customer_usage_records.all.records[*].customer_name))
    evaluated   = data.partnercenter_spend_gate.all.evaluated_customer_count
    same_name   = data.partnercenter_customer.one.company_name == data.partnercenter_customer_usage_summary.one.customer_name
    meters      = length(data.partnercenter_subscription_meter_usage.plan.records)
    resources   = length(data.partnercenter_subscription_resource_usage.plan.records)
    utilization = data.partnercenter_azure_utilization.legacy.record_count
    invoices    = length(data.partnercenter_invoices.all.invoices)
  }
}
`

// A user records a partner, and a maintainer plans with what was recorded.
func TestTerraform_replay(t *testing.T) {
	t.Parallel()
	e := emulator.New(emulator.Options{PageSize: 10})
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	variables := map[string]string{}
	for _, variable := range e.Environment(server.URL) {
		name, value, _ := strings.Cut(variable, "=")
		variables[name] = value
	}
	examined, err := doctor.Examine(t.Context(), doctor.Options{
		Environment: config.Environment{Getenv: func(name string) string { return variables[name] }},
		MaxPages:    10,
		Progress:    io.Discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	directory := t.TempDir()
	if _, err := examined.Record(directory); err != nil {
		t.Fatal(err)
	}
	recording, err := emulator.ReadRecording(os.DirFS(directory))
	if err != nil {
		t.Fatal(err)
	}

	_, environment := emulate(t, emulator.Options{Replay: recording})
	for name, id := range recording.IDs {
		environment = append(environment, "TF_VAR_"+name+"="+id)
	}
	w := newWorkspace(t, replayed, environment...)
	w.terraform(t, "plan", "-out=plan").succeed(t)
	shown := w.terraform(t, "show", "-json", "plan").succeed(t).stdout
	var plan struct {
		Values struct {
			Outputs map[string]struct {
				Value map[string]any `json:"value"`
			} `json:"outputs"`
		} `json:"planned_values"`
	}
	if err := json.Unmarshal([]byte(shown), &plan); err != nil {
		t.Fatal(err)
	}
	got := plan.Values.Outputs["figures"].Value
	want := map[string]any{
		"customers": 25.0, "complete": true, "evaluated": 25.0, "same_name": true, "currencies": 7.0, "names": 25.0,
		"meters": 4.0, "resources": 6.0, "utilization": 6.0, "invoices": 37.0,
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
	if strings.Contains(shown, "Nordhavn") || strings.Contains(shown, emulator.MeteredCustomerID) {
		t.Error("the plan has an original")
	}
}
