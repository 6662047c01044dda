# The gate on the API's answer in a file. A budget without an amount is none.
variable "limit" {
  type = number
}

locals {
  answer   = jsondecode(trimprefix(file("answer.json"), "\ufeff"))
  budgeted = [for c in local.answer.items : c if lookup(c.budget, "amount", null) != null]
  over     = [for c in local.budgeted : c.resourceName if c.totalCost * 100 > var.limit * c.budget.amount]
}

check "spend" {
  assert {
    condition     = length(local.answer.items) == local.answer.totalCount && length(local.over) == 0
    error_message = "Over the limit: ${join(", ", local.over)}"
  }
}

output "customers" {
  value = length(local.answer.items)
}

output "over_limit" {
  value = length(local.over)
}

output "who" {
  value = sha256(join(",", sort(local.over)))
}
