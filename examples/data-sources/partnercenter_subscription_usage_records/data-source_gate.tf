# Stops the plan once one of the customer's subscriptions costs more than a limit.
# A function of the provider adds up, for which Terraform 1.8 or OpenTofu 1.7 is needed.
data "partnercenter_subscription_usage_records" "gate" {
  customer_id = var.customer_id

  lifecycle {
    postcondition {
      # A subscription may have several records, which count together. An id, cost
      # or currency that is null, and a currency without a limit, do not pass.
      condition = self.complete && alltrue([
        for s in self.records : s.subscription_id != null && try(provider::partnercenter::exact_sum([
          for r in self.records : r.total_cost if r.subscription_id == s.subscription_id && r.currency_code == s.currency_code
        ]) <= var.limits[s.currency_code], false)
      ])
      error_message = "Not all listed and within the limits ${jsonencode(var.limits)}: ${join("; ", [
        for s in self.records : "${coalesce(s.subscription_name, "?")} (${coalesce(s.subscription_id, "?")}) has cost ${coalesce(s.total_cost, "?")} ${coalesce(s.currency_code, "?")}"
      ])}."
    }
  }
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}

variable "limits" {
  type        = map(number)
  description = "The most that a subscription may cost a month, by currency code."
  default     = { EUR = 5000, USD = 6000 }
}
