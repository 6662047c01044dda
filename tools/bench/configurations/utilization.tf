terraform {
  required_providers {
    partnercenter = { source = "seed-12616aef/partnercenter" }
  }
}

variable "customer" {
  type = string
}

variable "subscription" {
  type = string
}

data "partnercenter_azure_utilization" "all" {
  customer_id     = var.customer
  subscription_id = var.subscription
  start_time      = "2026-11-01T00:00:00Z"
  end_time        = "2026-11-20T00:00:00Z"
}

output "records" {
  value = data.partnercenter_azure_utilization.all.record_count
}
