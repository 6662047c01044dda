# Limits on money: by currency, since currencies are never added to each other. A
# currency without a limit fails, and so do figures older than three days.
data "partnercenter_spend_gate" "limits" {
  customer_ids   = var.customer_ids
  max_total_cost = var.limits
  max_data_age   = var.max_data_age

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}

# For a comment on a pull request, or the summary of a job.
output "report" {
  value = data.partnercenter_spend_gate.limits.report_markdown
}

variable "customer_ids" {
  type        = list(string)
  description = "Tenant ids of the customers to watch."
}

variable "limits" {
  type        = map(number)
  description = "What the customers together may spend a month, by currency code."
  default     = { EUR = 10000, SEK = 100000 }
}

variable "max_data_age" {
  type        = string
  description = "How old the newest figure may be."
  default     = "72h"
}
