# Stops the plan while a customer has used more than `max_percent_used` of its
# budget, or has none, or is not listed. Above `warn_percent_used` it warns.
data "partnercenter_spend_gate" "budgets" {
  customer_ids      = var.customer_ids
  max_percent_used  = 100
  warn_percent_used = 80

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}

# A warning does not stop the plan: let a check say it.
check "spend" {
  assert {
    condition     = data.partnercenter_spend_gate.budgets.status == "passed"
    error_message = data.partnercenter_spend_gate.budgets.summary
  }
}

variable "customer_ids" {
  type        = list(string)
  description = "Tenant ids of the customers to watch."
}
