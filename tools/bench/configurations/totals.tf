terraform {
  required_providers {
    partnercenter = { source = "seed-12616aef/partnercenter" }
  }
}

data "partnercenter_customer_usage_records" "all" {
  include_records = false
}

check "spend" {
  assert {
    condition     = data.partnercenter_customer_usage_records.all.complete && data.partnercenter_customer_usage_records.all.totals.over_budget_count == 0
    error_message = "Customers are over their budget."
  }
}

output "customers" {
  value = data.partnercenter_customer_usage_records.all.totals.record_count
}

output "over_budget" {
  value = data.partnercenter_customer_usage_records.all.totals.over_budget_count
}
