package provider_test

import (
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// BenchmarkPlan is the time of a whole terraform plan, as at a terminal.
func BenchmarkPlan(b *testing.B) {
	const gate = `
provider "partnercenter" {}

data "partnercenter_customer_usage_records" "all" {
  include_records = false
}

check "spend" {
  assert {
    condition     = data.partnercenter_customer_usage_records.all.complete && data.partnercenter_customer_usage_records.all.totals.over_budget_count >= 0
    error_message = "Over budget."
  }
}
`
	const spendGate = `
provider "partnercenter" {}

data "partnercenter_spend_gate" "all" {
  max_percent_used = 1000000
  require_budget   = false
}

check "spend" {
  assert {
    condition     = data.partnercenter_spend_gate.all.passed
    error_message = data.partnercenter_spend_gate.all.summary
  }
}
`
	for _, size := range []struct {
		name          string
		configuration string
		customers     int
	}{
		{"empty", "", 1},
		{"customers=1", gate, 1},
		{"customers=10000", gate, 10_000},
		{"spend_gate=10000", spendGate, 10_000},
	} {
		b.Run(size.name, func(b *testing.B) {
			_, environment := emulate(b, emulator.Options{Customers: size.customers})
			w := newWorkspace(b, size.configuration, environment...)
			w.terraform(b, "plan").succeed(b)
			for b.Loop() {
				w.terraform(b, "plan").succeed(b)
			}
		})
	}
}
