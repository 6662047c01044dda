# The gate on the response of the API as data "http" reads it, with a token that
# was there before. A budget without an amount does not count.
terraform {
  required_providers {
    http = { source = "hashicorp/http" }
  }
}

variable "limit" {
  type = number
}

variable "endpoint" {
  type = string
}

variable "token" {
  type      = string
  sensitive = true
}

data "http" "usage" {
  url             = "${var.endpoint}/v1/customers/usagerecords"
  request_headers = { Authorization = "Bearer ${var.token}" }

  lifecycle {
    postcondition {
      condition     = self.status_code == 200
      error_message = "Status ${self.status_code}."
    }
  }
}

locals {
  usage    = jsondecode(trimprefix(data.http.usage.response_body, "\ufeff"))
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
