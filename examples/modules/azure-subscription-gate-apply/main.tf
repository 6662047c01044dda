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
ephemeral "partnercenter_azure_subscription_gate" "this" {
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
  enforce                       = var.enforce
}

# OpenTofu opens an ephemeral resource of a module in an apply only if an output
# of the module refers to it.
output "passed" {
  description = "Whether the cost is within the limits. It is known while planning and while applying, and kept in neither plan nor state."
  value       = ephemeral.partnercenter_azure_subscription_gate.this.passed
  ephemeral   = true
}
