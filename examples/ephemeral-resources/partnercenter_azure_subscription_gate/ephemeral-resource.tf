# Checked when the plan is made, and again when it is applied: a saved plan is
# stopped if spend has risen since.
ephemeral "partnercenter_azure_subscription_gate" "this" {
  customer_id           = var.tenant_id
  azure_subscription_id = var.azure_subscription_id
  currency_code         = "EUR"
  max_total_cost        = 2000
}

# Held back because it depends on the gate. If it has to be replaced, the old one
# stays until the gate has passed.
resource "terraform_data" "workload" {
  depends_on = [ephemeral.partnercenter_azure_subscription_gate.this]

  lifecycle {
    create_before_destroy = true
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
