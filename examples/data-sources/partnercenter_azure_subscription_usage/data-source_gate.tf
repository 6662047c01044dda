# Stops the plan once the workload's own Azure subscription costs more than a
# limit.
data "partnercenter_azure_subscription_usage" "gate" {
  customer_id           = var.tenant_id
  azure_subscription_id = var.azure_subscription_id

  lifecycle {
    postcondition {
      # No usage yet, which has no currency, passes. A cost or currency that is
      # null, and a currency without a limit, are errors in try, and do not.
      condition     = self.has_usage ? try(self.total_cost <= var.limits[self.currency_code], false) : self.currency_code == null
      error_message = "Not within its limit: ${coalesce(self.subscription_name, self.azure_subscription_id)} has cost ${coalesce(self.total_cost, "?")} ${coalesce(self.currency_code, "?")}, limits are ${jsonencode(var.limits)}."
    }
  }
}

# Stands for the workload: what depends on the gate is never changed before it.
resource "terraform_data" "workload" {
  depends_on = [data.partnercenter_azure_subscription_usage.gate]
}

variable "tenant_id" {
  type        = string
  description = "The tenant of the Azure subscription, which is the customer's id."
}

variable "azure_subscription_id" {
  type        = string
  description = "The id of the Azure subscription."
}

variable "limits" {
  type        = map(number)
  description = "The most that the Azure subscription may cost a month, by currency code."
  default     = { EUR = 2000, USD = 2300 }
}
