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

data "partnercenter_spend_gate" "all" {
  max_percent_used           = 100
  warn_percent_used          = 80
  warn_forecast_percent_used = 100
  require_budget             = false

  # Its violations are warnings until then, and violations again from then on.
  exceptions = [
    {
      customer_id = "e1ba3908-5eb7-4fc0-b9f3-7b26c6dd717a" # Fjord Logistics AS
      until       = "2099-01-01"
      reason      = "moves its data center"
    },
  ]

  lifecycle {
    # Stops the plan.
    postcondition {
      condition     = !var.block || self.passed
      error_message = self.summary
    }
  }
}

# Warns, and lets the plan go on.
check "spend" {
  assert {
    condition     = data.partnercenter_spend_gate.all.status == "passed"
    error_message = data.partnercenter_spend_gate.all.summary
  }
}

data "partnercenter_customer_usage_records" "all" {}

# One row per customer, each in its own currency.
output "spend" {
  value = join("\n", concat(
    [format("%-30s %20s %-4s %12s %9s", "customer", "spent", "", "budget", "used")],
    [
      for c in data.partnercenter_customer_usage_records.all.records : format("%-30s %20s %-4s %12s %9s",
        coalesce(c.customer_name, c.customer_id, "?"), try(format("%.2f", c.total_cost), "?"), coalesce(c.currency_code, "?"),
        coalesce(c.budget_amount, "-"), try("${c.percent_used} %", "-") # none of a budget of 0
      )
    ],
  ))
}

output "spend_by_currency" {
  value = data.partnercenter_customer_usage_records.all.totals.cost_by_currency
}
