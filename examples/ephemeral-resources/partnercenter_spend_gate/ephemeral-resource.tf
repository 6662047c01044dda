# Checked when the plan is made, and again when it is applied: a saved plan is
# stopped if spend has risen since.
ephemeral "partnercenter_spend_gate" "budgets" {
  customer_ids     = var.customer_ids
  max_percent_used = 100
}

# Held back because it depends on the gate. If it has to be replaced, the old one
# stays until the gate has passed.
resource "terraform_data" "workload" {
  depends_on = [ephemeral.partnercenter_spend_gate.budgets]

  lifecycle {
    create_before_destroy = true
  }
}

variable "customer_ids" {
  type        = list(string)
  description = "Tenant ids of the customers to watch."
}
