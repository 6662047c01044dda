# The Azure of a customer: which ids to ask the data sources for usage with.
data "partnercenter_subscriptions" "azure" {
  customer_id = var.customer_id
  azure_only  = true
}

output "azure" {
  value = [
    for subscription in data.partnercenter_subscriptions.azure.subscriptions : {
      id     = subscription.subscription_id
      name   = subscription.subscription_name
      offer  = subscription.is_azure_plan ? "Azure plan" : "MS-AZR-0145P"
      status = subscription.status
    }
  ]
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}
