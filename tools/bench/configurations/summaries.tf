terraform {
  required_providers {
    partnercenter = { source = "seed-12616aef/partnercenter" }
  }
}

variable "customers" {
  type = set(string)
}

data "partnercenter_customer_usage_summary" "each" {
  for_each = var.customers

  customer_id = each.key
}

output "customers" {
  value = length(data.partnercenter_customer_usage_summary.each)
}

output "over_budget" {
  value = sha256(join(",", sort([for id, s in data.partnercenter_customer_usage_summary.each : id if s.over_budget])))
}
