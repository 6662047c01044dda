# Stops the plan once a resource group of these Azure subscriptions costs more
# than a limit. An Azure subscription without usage stops it too: its id may be
# wrong. With `allow_missing = true` it would pass.
data "partnercenter_subscription_resource_usage" "gate" {
  customer_id     = var.customer_id
  subscription_id = var.plan_id
  entitlement_ids = var.azure_subscription_ids
  include_records = false

  lifecycle {
    postcondition {
      # A cost or currency that is null, and a currency without a limit, are
      # errors in try, and do not pass.
      condition = self.complete && alltrue([
        for g in self.cost_by_resource_group : try(g.total_cost <= var.resource_group_limits[g.currency_code], false)
      ])
      error_message = "Not all listed and within the limits ${jsonencode(var.resource_group_limits)}: ${join("; ", [
        for g in self.cost_by_resource_group : "${coalesce(g.resource_group_name, "?")} of ${coalesce(g.entitlement_id, "?")} has cost ${coalesce(g.total_cost, "?")} ${coalesce(g.currency_code, "?")}"
        if !try(g.total_cost <= var.resource_group_limits[g.currency_code], false)
      ])}."
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

variable "azure_subscription_ids" {
  type        = list(string)
  description = "The ids of the Azure subscriptions to watch. Null for all of the plan."
  default     = null
}

variable "resource_group_limits" {
  type        = map(number)
  description = "The most that a resource group may cost a month, by currency code."
  default     = { EUR = 1000, USD = 1200 }
}
