# Checked during the apply, before the workload is created or updated. To check it
# now: `terraform apply -invoke=action.partnercenter_spend_gate.budgets`
action "partnercenter_spend_gate" "budgets" {
  config {
    customer_ids      = var.customer_ids
    max_percent_used  = 100
    warn_percent_used = 80
  }
}

resource "terraform_data" "workload" {
  lifecycle {
    action_trigger {
      events  = [before_create, before_update]
      actions = [action.partnercenter_spend_gate.budgets]
    }
  }
}

variable "customer_ids" {
  type        = list(string)
  description = "Tenant ids of the customers to watch."
}
