terraform {
  required_providers {
    partnercenter = { source = "seed-12616aef/partnercenter" }
  }
}

variable "limit" {
  type = number
}

# Forecasts of customers with an Azure plan, which need no more requests.
data "partnercenter_spend_gate" "all" {
  is_upgraded               = true
  max_forecast_percent_used = var.limit
  require_budget            = false
}

check "spend" {
  assert {
    condition     = data.partnercenter_spend_gate.all.passed
    error_message = data.partnercenter_spend_gate.all.summary
  }
}

output "customers" {
  value = data.partnercenter_spend_gate.all.evaluated_customer_count
}

output "over_limit" {
  value = data.partnercenter_spend_gate.all.violation_count
}
