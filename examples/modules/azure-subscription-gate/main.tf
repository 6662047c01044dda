terraform {
  required_version = ">= 1.5"

  required_providers {
    partnercenter = {
      source = "seed-12616aef/partnercenter"
    }
  }
}

data "partnercenter_azure_subscription_gate" "this" {
  customer_id                   = var.customer_id
  azure_subscription_id         = var.azure_subscription_id
  currency_code                 = var.currency_code
  resource_group_names          = var.resource_group_names
  max_total_cost                = var.max_total_cost
  warn_total_cost               = var.warn_total_cost
  max_forecast_total_cost       = var.max_forecast_total_cost
  warn_forecast_total_cost      = var.warn_forecast_total_cost
  max_resource_group_total_cost = var.max_resource_group_total_cost
  max_usd_total_cost            = var.max_usd_total_cost
  max_data_age                  = var.max_data_age
  allow_missing                 = var.allow_missing
  exceptions                    = var.exceptions
  max_findings                  = var.max_findings

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
    condition     = data.partnercenter_azure_subscription_gate.this.status == "passed"
    error_message = data.partnercenter_azure_subscription_gate.this.summary
  }
}
