# Stops the plan once the subscription costs more than a limit. Subscriptions
# have no budgets in Partner Center, so the limits stand here.
data "partnercenter_subscription_usage_summary" "gate" {
  customer_id     = var.customer_id
  subscription_id = var.subscription_id

  lifecycle {
    postcondition {
      # No usage, which has no currency, passes. A cost or currency that is null,
      # and a currency without a limit, are errors in try, and do not.
      condition     = self.has_usage ? try(self.total_cost <= var.limits[self.currency_code], false) : self.currency_code == null
      error_message = "Not within its limit: ${coalesce(self.subscription_name, self.subscription_id)} has cost ${coalesce(self.total_cost, "?")} ${coalesce(self.currency_code, "?")}, limits are ${jsonencode(var.limits)}."
    }
  }
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}

variable "subscription_id" {
  type        = string
  description = "The id of the customer's Azure plan or legacy subscription in Partner Center."
}

variable "limits" {
  type        = map(number)
  description = "The most that the subscription may cost a month, by currency code."
  default     = { EUR = 5000, USD = 6000 }
}
