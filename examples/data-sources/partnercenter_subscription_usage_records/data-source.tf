# What each subscription of a customer has used this month: one record for each
# Azure plan, and one for each legacy (MS-AZR-0145P) subscription.
data "partnercenter_subscription_usage_records" "this" {
  customer_id = var.customer_id
}

output "spend_by_subscription" {
  value = [
    for subscription in data.partnercenter_subscription_usage_records.this.records : {
      id       = subscription.subscription_id
      name     = subscription.subscription_name
      status   = subscription.status
      cost     = subscription.total_cost
      currency = subscription.currency_code
    }
  ]
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}
