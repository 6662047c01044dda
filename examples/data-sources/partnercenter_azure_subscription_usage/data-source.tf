# What one Azure subscription has used this month, wherever its Azure plan is.
data "partnercenter_azure_subscription_usage" "this" {
  customer_id           = var.tenant_id
  azure_subscription_id = var.azure_subscription_id
}

output "cost_by_resource_group" {
  value = [
    for row in data.partnercenter_azure_subscription_usage.this.cost_by_resource_group : {
      name     = row.resource_group_name # null for what is in none
      cost     = row.total_cost
      currency = row.currency_code
    }
  ]
}

# Beside azurerm: data.azurerm_client_config.current.tenant_id
variable "tenant_id" {
  type        = string
  description = "The tenant of the Azure subscription, which is the customer's id."
}

# Beside azurerm: data.azurerm_client_config.current.subscription_id
variable "azure_subscription_id" {
  type        = string
  description = "The id of the Azure subscription."
}
