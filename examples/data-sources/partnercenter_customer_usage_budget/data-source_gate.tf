# Stops the plan while a customer has no budget, which every gate on
# `within_budget` needs.
data "partnercenter_customer_usage_budget" "gate" {
  for_each    = var.customer_ids
  customer_id = each.value

  lifecycle {
    postcondition {
      condition     = self.has_budget
      error_message = "The customer ${self.customer_id} has no budget."
    }
  }
}

variable "customer_ids" {
  type        = set(string)
  description = "Tenant ids of the customers that must have a budget."
  nullable    = false

  validation {
    condition     = length(var.customer_ids) > 0
    error_message = "Without customers, nobody is looked at, and nothing fails."
  }
}
