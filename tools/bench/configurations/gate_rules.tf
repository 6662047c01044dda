terraform {
  required_providers {
    partnercenter = { source = "seed-12616aef/partnercenter" }
  }
}

variable "limit" {
  type = number
}

# All rules. A fifth of the customers is above the limit that warns, ten are over their budget. Legacy customers are left out: their
# forecasts need a request each, and their costs in USD are not known.
locals {
  limits = { for code in ["CHF", "EUR", "GBP", "JPY", "NOK", "SEK", "USD"] : code => 1e15 }
  nobody = "00000000-0000-4000-8000-000000000000"
}

data "partnercenter_spend_gate" "all" {
  is_upgraded                 = true
  max_percent_used            = 100
  warn_percent_used           = var.limit
  max_forecast_percent_used   = 1e6
  warn_forecast_percent_used  = 1e5
  require_budget              = false
  max_total_cost              = local.limits
  max_usd_total_cost          = 1e15
  max_customer_total_cost     = local.limits
  max_customer_usd_total_cost = 1e15
  budgets                     = { (local.nobody) = 1 }
  allow_missing               = true
  exceptions                  = [{ customer_id = local.nobody, until = "2999-01-01", reason = "nobody" }]
  max_data_age                = "1000000h"
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
  value = data.partnercenter_spend_gate.all.violation_count + data.partnercenter_spend_gate.all.warning_count
}
