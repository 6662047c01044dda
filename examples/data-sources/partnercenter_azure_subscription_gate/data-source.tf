# Stops the plan once the workload's own Azure subscription has cost more than its
# limit, or will have at the end of the month. Below that it warns.
data "partnercenter_azure_subscription_gate" "this" {
  customer_id             = var.tenant_id
  azure_subscription_id   = var.azure_subscription_id
  currency_code           = "EUR"
  max_total_cost          = var.limit
  warn_total_cost         = var.limit * 0.8
  max_forecast_total_cost = var.limit * 1.5

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}

# A warning does not stop the plan: let a check say it.
check "spend" {
  assert {
    condition     = data.partnercenter_azure_subscription_gate.this.status == "passed"
    error_message = data.partnercenter_azure_subscription_gate.this.summary
  }
}

# Stands for the workload: what depends on the gate is never changed before it.
resource "terraform_data" "workload" {
  depends_on = [data.partnercenter_azure_subscription_gate.this]
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

variable "limit" {
  type        = number
  description = "The most that the Azure subscription may cost a month, in EUR."
  default     = 2100
}
