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

# Looked at when the plan is made, and again when it is applied.
ephemeral "partnercenter_spend_gate" "customer" {
  customer_ids     = [var.customer_id]
  max_percent_used = 100
}

# It holds back only what depends on it.
resource "terraform_data" "workload" {
  input = "a virtual machine"

  depends_on = [ephemeral.partnercenter_spend_gate.customer]
}
