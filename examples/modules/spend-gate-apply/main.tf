terraform {
  required_version = ">= 1.10"

  required_providers {
    partnercenter = {
      source = "seed-12616aef/partnercenter"
    }
  }
}

# Checked when the plan is made, and again when it is applied. If it fails, nothing
# that depends on this module is created or changed.
ephemeral "partnercenter_spend_gate" "this" {
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
  enforce                     = var.enforce
}

# OpenTofu opens an ephemeral resource of a module in an apply only if an output
# of the module refers to it.
output "passed" {
  description = "Whether spend is within the limits. It is known while planning and while applying, and kept in neither plan nor state."
  value       = ephemeral.partnercenter_spend_gate.this.passed
  ephemeral   = true
}
