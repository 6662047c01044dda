terraform {
  required_providers {
    partnercenter = { source = "seed-12616aef/partnercenter" }
  }
}

data "partnercenter_customer_usage_records" "all" {}

output "customers" {
  value = length(data.partnercenter_customer_usage_records.all.records)
}

output "over_budget" {
  value = data.partnercenter_customer_usage_records.all.totals.over_budget_count
}
