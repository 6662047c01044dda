# The monthly budget of a customer. This needs no user: a client secret alone
# (app-only) is enough.
data "partnercenter_customer_usage_budget" "this" {
  customer_id = var.customer_id
}

output "budget" {
  value = data.partnercenter_customer_usage_budget.this.budget_amount # null without one; 0 is a budget
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}
