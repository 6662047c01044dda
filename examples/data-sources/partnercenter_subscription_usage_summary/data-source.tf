# What an Azure plan or a legacy (MS-AZR-0145P) subscription has used this month,
# and where that leads.
data "partnercenter_subscription_usage_summary" "this" {
  customer_id     = var.customer_id
  subscription_id = var.subscription_id
}

output "spend" {
  value = {
    name     = data.partnercenter_subscription_usage_summary.this.subscription_name
    cost     = data.partnercenter_subscription_usage_summary.this.total_cost
    forecast = data.partnercenter_subscription_usage_summary.this.forecast_cost # null on the first day
    currency = data.partnercenter_subscription_usage_summary.this.currency_code # null without usage
  }
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}

variable "subscription_id" {
  type        = string
  description = "The id of the customer's Azure plan or legacy subscription in Partner Center."
}
