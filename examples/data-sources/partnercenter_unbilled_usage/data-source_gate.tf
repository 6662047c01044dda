# Stops the plan if too much was spent in one day, yesterday if none is given, or if
# nothing is known of that day. No user has to sign in: a client secret, a certificate
# or an OIDC token is enough (app-only).
data "partnercenter_unbilled_usage" "day" {
  currency_code = var.currency_code
  period        = local.period
  start_date    = local.day
  end_date      = local.day
  customer_ids  = var.customer_ids

  lifecycle {
    postcondition {
      condition     = self.totals.last_usage_date == local.day
      error_message = "The usage of ${local.day} is not there yet."
    }

    postcondition {
      # A currency without a limit is an error in try, and does not pass.
      condition = alltrue([
        for code, cost in self.totals.cost_by_currency : try(cost <= var.daily_limits[code], false)
      ])
      error_message = "Not within the limits ${jsonencode(var.daily_limits)} on ${local.day}: ${join("; ", [
        for group in self.groups : "${coalesce(group.customer_name, group.customer_id, "?")} has spent ${group.cost} ${coalesce(group.currency_code, "?")}"
      ])}."
    }
  }
}

locals {
  now = coalesce(var.now, plantimestamp())
  day = coalesce(var.day, formatdate("YYYY-MM-DD", timeadd(local.now, "-24h")))
  # On the first day of a month, yesterday is in the last one.
  period = substr(local.day, 0, 7) == formatdate("YYYY-MM", local.now) ? "current" : "last"
}

variable "currency_code" {
  type        = string
  description = "The billing currency of the partner, such as EUR."
}

variable "daily_limits" {
  type        = map(number)
  description = "The most that may be spent in a day, by currency code."
  default     = { EUR = 1000 }
}

variable "customer_ids" {
  type        = list(string)
  description = "The ids of the customers to look at. Null for all."
  default     = null
}

variable "day" {
  type        = string
  description = "The day to look at. Null for yesterday."
  default     = null
}

variable "now" {
  type        = string
  description = "A time that stands in for the current one, for tests."
  default     = null
}
