# Stops the plan unless the customer is within a budget. A customer without a
# budget stops it, one without usage does not.
data "partnercenter_customer_usage_summary" "gate" {
  customer_id = var.customer_id

  lifecycle {
    postcondition {
      condition     = self.within_budget
      error_message = "Not within a budget: ${coalesce(self.customer_name, self.customer_id)} has spent ${coalesce(self.total_cost, "?")} ${coalesce(self.currency_code, "?")}, ${self.has_budget ? "its budget is ${self.budget_amount}" : "without a budget"}."
    }
  }
}

# A forecast is a guess, so it warns and stops nothing. In the first day of usage
# there is none yet, and that is said too.
check "forecast" {
  assert {
    condition = (
      !data.partnercenter_customer_usage_summary.gate.has_usage ||
      try(data.partnercenter_customer_usage_summary.gate.forecast_cost <= data.partnercenter_customer_usage_summary.gate.budget_amount, false)
    )
    error_message = "${coalesce(data.partnercenter_customer_usage_summary.gate.customer_name, var.customer_id)} may not stay within the budget: the forecast is ${try(format("%.2f %s", data.partnercenter_customer_usage_summary.gate.forecast_cost, coalesce(data.partnercenter_customer_usage_summary.gate.currency_code, "?")), "not known yet")}."
  }
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}
