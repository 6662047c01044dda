# Stops the plan once storage costs more than a limit, in the plan's currency.
data "partnercenter_subscription_meter_usage" "storage" {
  customer_id     = var.customer_id
  subscription_id = var.plan_id
  categories      = ["Storage"]
  include_records = false

  lifecycle {
    postcondition {
      # Every currency of the plan must have a limit, and keep within it.
      condition = self.complete && alltrue([
        for currency, cost in self.totals.cost_by_currency :
        try(cost <= var.storage_limits[currency], false)
      ])
      error_message = "Storage costs too much: ${jsonencode(self.totals.cost_by_currency)}, limits are ${jsonencode(var.storage_limits)}."
    }
  }
}

variable "storage_limits" {
  type        = map(number)
  description = "The most that storage may cost a month, by currency code."
  default     = { EUR = 500, GBP = 400 }
}
