# Checked during the apply, before the workload is created or updated. To check it
# now: `terraform apply -invoke=action.partnercenter_azure_subscription_gate.this`
action "partnercenter_azure_subscription_gate" "this" {
  config {
    customer_id           = var.tenant_id
    azure_subscription_id = var.azure_subscription_id
    currency_code         = "EUR"
    max_total_cost        = 2000
    warn_total_cost       = 1600
  }
}

resource "terraform_data" "workload" {
  lifecycle {
    action_trigger {
      events  = [before_create, before_update]
      actions = [action.partnercenter_azure_subscription_gate.this]
    }
  }
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
