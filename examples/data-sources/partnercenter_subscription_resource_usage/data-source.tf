# What an Azure plan has used this month, by Azure subscription and by resource.
data "partnercenter_subscription_resource_usage" "plan" {
  customer_id     = var.customer_id
  subscription_id = var.plan_id
}

output "cost_by_azure_subscription" {
  value = [
    for row in data.partnercenter_subscription_resource_usage.plan.cost_by_entitlement : {
      id       = row.entitlement_id # null for what belongs to none
      name     = row.entitlement_name
      cost     = row.total_cost
      currency = row.currency_code
    }
  ]
}

output "cost_by_resource" {
  value = [
    for resource in data.partnercenter_subscription_resource_usage.plan.records : {
      uri      = resource.resource_uri
      cost     = resource.total_cost
      currency = resource.currency_code
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
