# Stops the plan once one of the customer's subscriptions costs more than a limit.
data "partnercenter_subscription_usage_records" "gate" {
  customer_id = var.customer_id

  lifecycle {
    postcondition {
      # A cost or currency that is null, and a currency without a limit, are
      # errors in try, and do not pass.
      condition = self.complete && alltrue([
        for s in self.records : try(s.total_cost <= var.limits[s.currency_code], false)
      ])
      error_message = "Not all listed and within the limits ${jsonencode(var.limits)}: ${join("; ", [
        for s in self.records : "${coalesce(s.subscription_name, "?")} (${s.subscription_id}) has cost ${coalesce(s.total_cost, "?")} ${coalesce(s.currency_code, "?")}"
        if !try(s.total_cost <= var.limits[s.currency_code], false)
      ])}."
    }
  }
}

variable "limits" {
  type        = map(number)
  description = "The most that a subscription may cost a month, by currency code."
  default     = { EUR = 5000, USD = 6000 }
}
