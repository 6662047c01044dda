terraform {
  required_providers {
    partnercenter = {
      source = "seed-12616aef/partnercenter"
    }
  }
}

provider "partnercenter" {}

variable "block" {
  type        = bool
  default     = false
  description = "Whether customers over their budget stop the plan, or are only named."
}

data "partnercenter_customer_usage_records" "all" {
  lifecycle {
    # Stops the plan.
    postcondition {
      condition     = !var.block || self.complete && self.totals.over_budget_count == 0
      error_message = "Customers are over their budgets: ${join("; ", [for c in self.records : format("%s, %.2f of %.2f %s", c.customer_name, c.total_cost, c.budget_amount, c.currency_code) if c.over_budget])}."
    }
  }
}

locals {
  customers = data.partnercenter_customer_usage_records.all.records
  over      = [for c in local.customers : c if c.over_budget]
}

# Warns, and lets the plan go on.
check "budgets" {
  assert {
    condition     = data.partnercenter_customer_usage_records.all.complete && length(local.over) == 0
    error_message = "Customers are over their budgets: ${join("; ", [for c in local.over : format("%s, %.2f of %.2f %s", c.customer_name, c.total_cost, c.budget_amount, c.currency_code)])}."
  }
}

# A row a customer, each in its own currency.
output "spend" {
  value = join("\n", concat(
    [format("%-30s %20s %-4s %12s %9s", "customer", "spent", "", "budget", "used")],
    [
      for c in local.customers : format("%-30s %20s %-4s %12s %9s",
        c.customer_name, format("%.2f", c.total_cost), c.currency_code,
        c.has_budget ? tostring(c.budget_amount) : "-", c.has_budget ? "${c.percent_used} %" : "-"
      )
    ],
  ))
}

output "spend_by_currency" {
  value = data.partnercenter_customer_usage_records.all.totals.cost_by_currency
}
