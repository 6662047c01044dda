terraform {
  required_version = ">= 1.5"

  required_providers {
    partnercenter = {
      source = "seed-12616aef/partnercenter"
    }
  }
}

data "partnercenter_spend_gate" "this" {
  customer_ids                = var.customer_ids
  max_percent_used            = var.max_percent_used
  warn_percent_used           = var.warn_percent_used
  require_budget              = var.require_budget
  max_data_age                = var.max_data_age
  exclude_customer_ids        = var.exclude_customer_ids
  is_upgraded                 = var.is_upgraded
  max_total_cost              = var.max_total_cost
  max_usd_total_cost          = var.max_usd_total_cost
  max_customer_usd_total_cost = var.max_customer_usd_total_cost
  max_forecast_percent_used   = var.max_forecast_percent_used
  warn_forecast_percent_used  = var.warn_forecast_percent_used
  max_customer_total_cost     = var.max_customer_total_cost
  budgets                     = var.budgets
  exceptions                  = var.exceptions
  allow_missing               = var.allow_missing
  allow_empty                 = var.allow_empty
  allow_incomplete            = var.allow_incomplete
  max_findings                = var.max_findings

  lifecycle {
    # Stops the plan.
    postcondition {
      condition     = var.mode != "block" || self.passed
      error_message = self.summary
    }
  }
}

# Warns, and lets the plan go on: of everything in the mode "warn", and of what
# is not yet a violation in the mode "block".
check "spend" {
  assert {
    condition     = data.partnercenter_spend_gate.this.status == "passed"
    error_message = data.partnercenter_spend_gate.this.summary
  }
}
