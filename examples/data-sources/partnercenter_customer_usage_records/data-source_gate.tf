# Stops the plan unless each of these customers is within a budget. A customer
# without a budget stops it, and so does one that Partner Center does not list.
data "partnercenter_customer_usage_records" "gate" {
  customer_ids = var.customer_ids

  lifecycle {
    postcondition {
      condition = self.complete && alltrue([for c in self.records : c.within_budget])
      error_message = "Not within a budget: ${join("; ", [
        for c in self.records : "${c.customer_name} has spent ${c.total_cost} ${coalesce(c.currency_code, "?")}, ${c.has_budget ? "its budget is ${c.budget_amount}" : "without a budget"}"
        if !c.within_budget
      ])}."
    }
  }
}

variable "customer_ids" {
  type        = list(string)
  description = "Tenant ids of the customers to watch."
}
