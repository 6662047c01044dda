# The Azure subscriptions of a customer, over all its Azure plans. A legacy
# (MS-AZR-0145P) subscription is one by itself, and has no entitlements.
data "partnercenter_subscriptions" "azure" {
  customer_id = var.customer_id
  azure_only  = true
}

data "partnercenter_azure_entitlements" "plan" {
  for_each = toset([
    for subscription in data.partnercenter_subscriptions.azure.subscriptions :
    subscription.subscription_id if subscription.is_azure_plan
  ])

  customer_id     = var.customer_id
  subscription_id = each.value
}

output "azure_subscriptions" {
  value = flatten([
    for plan_id, plan in data.partnercenter_azure_entitlements.plan : [
      for entitlement in plan.entitlements : {
        id      = entitlement.entitlement_id
        name    = entitlement.entitlement_name
        status  = entitlement.status
        plan_id = plan_id
      }
    ]
  ])
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}
