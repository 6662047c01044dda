# Stops the plan unless each of these customers is within a budget. A customer
# without a budget stops it, and so does one that Partner Center does not list.
data "partnercenter_customer_usage_records" "gate" {
  customer_ids = var.customer_ids

  lifecycle {
    postcondition {
      # alltrue([]) is true, and nobody is not everybody.
      condition = self.complete && length(self.records) > 0 && alltrue([for c in self.records : c.within_budget])
      error_message = "Not within a budget: ${join("; ", [
        for c in self.records : "${coalesce(c.customer_name, c.customer_id, "?")} has spent ${coalesce(c.total_cost, "?")} ${coalesce(c.currency_code, "?")}, ${c.has_budget ? "its budget is ${c.budget_amount}" : "without a budget"}"
        if !c.within_budget
      ])}."
    }
  }
}

variable "customer_ids" {
  type        = list(string)
  description = "Tenant ids of the customers to watch."
}
