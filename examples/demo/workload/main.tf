terraform {
  required_version = ">= 1.10"

  required_providers {
    partnercenter = {
      source = "seed-12616aef/partnercenter"
    }
  }
}

provider "partnercenter" {}

variable "customer_id" {
  type        = string
  description = "The customer that the workload is for."
}

# Checked when the plan is made, and again when it is applied.
ephemeral "partnercenter_spend_gate" "customer" {
  customer_ids     = [var.customer_id]
  max_percent_used = 100
}

# Held back because it depends on the gate. If it has to be replaced, the old one
# stays until the gate has passed.
resource "terraform_data" "workload" {
  input = "a virtual machine"

  depends_on = [ephemeral.partnercenter_spend_gate.customer]

  lifecycle {
    create_before_destroy = true
  }
}
