# Stops the plan once storage costs more than a limit, in the plan's currency.
data "partnercenter_subscription_meter_usage" "storage" {
  customer_id     = var.customer_id
  subscription_id = var.plan_id
  include_records = false

  lifecycle {
    postcondition {
      # What has no category may be storage. A cost or currency that is null, and
      # a currency without a limit, are errors in try, and do not pass.
      condition = self.complete && alltrue([
        for row in self.cost_by_category : try(row.total_cost <= var.storage_limits[row.currency_code], false)
        if coalesce(row.category, "Storage") == "Storage"
      ])
      error_message = "Storage costs too much: ${jsonencode([
        for row in self.cost_by_category : row if coalesce(row.category, "Storage") == "Storage"
      ])}, limits are ${jsonencode(var.storage_limits)}."
    }
  }
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}

variable "plan_id" {
  type        = string
  description = "The id of the customer's Azure plan in Partner Center."
}

variable "storage_limits" {
  type        = map(number)
  description = "The most that storage may cost a month, by currency code."
  default     = { EUR = 500, GBP = 400 }
}
