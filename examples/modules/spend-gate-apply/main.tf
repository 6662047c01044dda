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
  customer_ids      = var.customer_ids
  max_percent_used  = var.max_percent_used
  warn_percent_used = var.warn_percent_used
  require_budget    = var.require_budget
  max_data_age      = var.max_data_age
  enforce           = var.enforce
}

# OpenTofu opens an ephemeral resource of a module in an apply only if an output
# of the module refers to it.
output "passed" {
  description = "Whether spend is within the limits. It is known while planning and while applying, and kept in neither plan nor state."
  value       = ephemeral.partnercenter_spend_gate.this.passed
  ephemeral   = true
}
