# The gate on the response of the API in a file. A budget without an amount
# does not count.
variable "limit" {
  type = number
}

locals {
  usage    = jsondecode(trimprefix(file("response.json"), "\ufeff"))
  budgeted = [for c in local.usage.items : c if lookup(c.budget, "amount", null) != null]
  over     = [for c in local.budgeted : c.resourceName if c.totalCost * 100 > var.limit * c.budget.amount]
}

check "spend" {
  assert {
    condition     = length(local.usage.items) == local.usage.totalCount && length(local.over) == 0
    error_message = "Over the limit: ${join(", ", local.over)}"
  }
}

output "customers" {
  value = length(local.usage.items)
}

output "over_limit" {
  value = length(local.over)
}
