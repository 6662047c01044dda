# The API answers 404 for a customer without usage, who is over no budget.
terraform {
  required_providers {
    http = { source = "hashicorp/http" }
  }
}

variable "customers" {
  type = set(string)
}

variable "endpoint" {
  type = string
}

variable "token" {
  type      = string
  sensitive = true
}

data "http" "summary" {
  for_each = var.customers

  url             = "${var.endpoint}/v1/customers/${each.key}/usagesummary"
  request_headers = { Authorization = "Bearer ${var.token}" }

  retry {
    attempts = 5
  }

  lifecycle {
    postcondition {
      condition     = contains([200, 404], self.status_code)
      error_message = "Status ${self.status_code}."
    }
  }
}

locals {
  summaries = { for id, r in data.http.summary : id => jsondecode(trimprefix(r.response_body, "\ufeff")) if r.status_code == 200 }
  budgeted  = { for id, s in local.summaries : id => s if lookup(s.budget, "amount", null) != null }
}

output "customers" {
  value = length(data.http.summary)
}

output "over_budget" {
  value = sha256(join(",", sort([for id, s in local.budgeted : id if s.totalCost > s.budget.amount])))
}
