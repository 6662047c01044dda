terraform {
  required_providers {
    http = { source = "hashicorp/http" }
  }
}

# The customer of each plan.
variable "plans" {
  type = map(string)
}

variable "endpoint" {
  type = string
}

variable "token" {
  type      = string
  sensitive = true
}

data "http" "meters" {
  for_each = var.plans

  url             = "${var.endpoint}/v1/customers/${each.value}/subscriptions/${each.key}/meterusagerecords"
  request_headers = { Authorization = "Bearer ${var.token}" }

  lifecycle {
    postcondition {
      condition     = self.status_code == 200
      error_message = "Status ${self.status_code}."
    }
  }
}

output "meters" {
  value = length(flatten([for r in data.http.meters : jsondecode(trimprefix(r.response_body, "\ufeff")).items]))
}
