# What a customer has spent this month, and where that leads.
data "partnercenter_customer_usage_summary" "this" {
  customer_id = var.customer_id
}

output "spend" {
  value = {
    cost     = data.partnercenter_customer_usage_summary.this.total_cost
    forecast = data.partnercenter_customer_usage_summary.this.forecast_cost # null on the first day
    budget   = data.partnercenter_customer_usage_summary.this.budget_amount # null without one
    currency = data.partnercenter_customer_usage_summary.this.currency_code # null without usage
  }
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}
