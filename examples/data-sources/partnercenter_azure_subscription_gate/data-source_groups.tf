# Resource groups with limits of their own, and exceptions that end by themselves.
data "partnercenter_azure_subscription_gate" "groups" {
  customer_id           = var.tenant_id
  azure_subscription_id = var.azure_subscription_id
  currency_code         = "EUR"
  resource_group_names  = keys(var.resource_group_limits)

  max_resource_group_total_cost = var.resource_group_limits

  exceptions = var.exceptions

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}

# For a comment on a pull request, or the summary of a job.
output "report" {
  value = data.partnercenter_azure_subscription_gate.groups.report_markdown
}

variable "tenant_id" {
  type        = string
  description = "The tenant of the Azure subscription, which is the customer's id."
}

variable "azure_subscription_id" {
  type        = string
  description = "The id of the Azure subscription."
}

variable "resource_group_limits" {
  type        = map(number)
  description = "The most that each resource group may cost a month, in EUR."
  default     = { rg-fleet-web = 300, rg-network = 150 }
}

variable "exceptions" {
  type        = list(object({ until = string, reason = string }))
  description = "Until when exceeding a limit is only a warning, such as { until = \"2026-12-01\", reason = \"moving the database\" }."
  default     = []
}
