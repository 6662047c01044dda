terraform {
  required_providers {
    partnercenter = { source = "seed-12616aef/partnercenter" }
  }
}

# The customer of each plan.
variable "plans" {
  type = map(string)
}

data "partnercenter_subscription_meter_usage" "each" {
  for_each = var.plans

  customer_id     = each.value
  subscription_id = each.key
}

output "meters" {
  value = length(flatten(values(data.partnercenter_subscription_meter_usage.each)[*].records))
}
