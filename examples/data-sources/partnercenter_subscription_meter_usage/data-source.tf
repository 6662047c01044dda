# What an Azure plan has used this month, by category of its meters.
data "partnercenter_subscription_meter_usage" "plan" {
  customer_id     = var.customer_id
  subscription_id = var.plan_id
  include_records = false
}

output "cost_by_category" {
  value = [
    for row in data.partnercenter_subscription_meter_usage.plan.cost_by_category : {
      category = row.category # null for what has none
      cost     = row.total_cost
      currency = row.currency_code
    }
  ]
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}

variable "plan_id" {
  type        = string
  description = "The id of the customer's Azure plan in Partner Center."
}
