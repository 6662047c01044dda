# Looked at when the plan is made, and again when it is applied: a saved plan is
# stopped if spend has risen since.
ephemeral "partnercenter_spend_gate" "budgets" {
  customer_ids     = var.customer_ids
  max_percent_used = 100
}

# It holds back only what depends on it.
resource "terraform_data" "workload" {
  depends_on = [ephemeral.partnercenter_spend_gate.budgets]
}

variable "customer_ids" {
  type        = list(string)
  description = "Tenant ids of the customers to watch."
}
