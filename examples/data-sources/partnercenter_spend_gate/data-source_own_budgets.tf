# Budgets of one's own, from a file with the columns customer_id and budget. It
# stops on where spend leads, not only on where it is.
data "partnercenter_spend_gate" "own_budgets" {
  customer_ids = keys(local.budgets)
  budgets      = local.budgets

  max_forecast_percent_used  = 120
  warn_forecast_percent_used = 100

  # Violations of this customer are warnings until then, and violations again
  # from then on.
  exceptions = var.exceptions

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}

locals {
  budgets = { for row in csvdecode(file(var.budgets_file)) : row.customer_id => tonumber(row.budget) }
}

variable "budgets_file" {
  type        = string
  description = "A CSV file with a budget for each customer, in its billing currency."
  default     = "budgets.csv"
}

variable "exceptions" {
  type = list(object({
    customer_id = string
    until       = string # a date, or an RFC 3339 time
    reason      = string
  }))
  description = "Customers that may exceed their limits for a while, and why."
  default     = []
}
