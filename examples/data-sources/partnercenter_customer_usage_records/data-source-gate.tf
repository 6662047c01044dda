# Stops the plan while one of these customers has no budget, or has spent more
# than it. A customer that is not listed stops it too.
data "partnercenter_customer_usage_records" "gate" {
  customer_ids    = var.customer_ids
  include_records = false

  lifecycle {
    postcondition {
      condition     = self.complete && self.totals.over_budget_count == 0 && self.totals.without_budget_count == 0
      error_message = "${self.totals.over_budget_count} of ${self.totals.record_count} customers are over their budget, and ${self.totals.without_budget_count} have none."
    }
  }
}

variable "customer_ids" {
  type        = list(string)
  description = "Tenant ids of the customers to watch."
}
