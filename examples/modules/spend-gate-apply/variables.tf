variable "enforce" {
  type        = bool
  description = "Whether a gate that fails is an error. If false it is a warning."
  default     = true
  nullable    = false
}

variable "customer_ids" {
  type        = list(string)
  description = "Tenant ids of the customers to check. Null means all of them."
  default     = null
}

variable "max_percent_used" {
  type        = number
  description = "The share of each customer's budget, in percent, that may be used. Null means no such rule."
  default     = 100
}

variable "warn_percent_used" {
  type        = number
  description = "The share of each customer's budget, in percent, above which there is a warning. Must be below max_percent_used; null means no warning."
  default     = null
}

variable "require_budget" {
  type        = bool
  description = "Whether a customer without a budget fails the gate. Null means true wherever a share of the budget is a rule."
  default     = null
}

variable "max_data_age" {
  type        = string
  description = "How old the newest figure may be, such as \"72h\". Null means no such rule."
  default     = null
}

variable "exclude_customer_ids" {
  type        = list(string)
  description = "Tenant ids of customers that are not checked. Null means none."
  default     = null
}

variable "is_upgraded" {
  type        = bool
  description = "Checks only customers with an Azure plan (true), or only legacy customers (false). Null means all."
  default     = null
}

variable "max_total_cost" {
  type        = map(number)
  description = "What all customers together may have spent, by currency code. Null means no such rule."
  default     = null
}

variable "max_usd_total_cost" {
  type        = number
  description = "What all customers together may have spent, in Microsoft's USD figures. Null means no such rule."
  default     = null
}

variable "max_customer_usd_total_cost" {
  type        = number
  description = "What each customer may have spent, in Microsoft's USD figures. Null means no such rule."
  default     = null
}

variable "allow_missing" {
  type        = bool
  description = "Whether a customer of customer_ids that Partner Center does not list is only a warning."
  default     = null
}

variable "allow_empty" {
  type        = bool
  description = "Whether it is only a warning that no customer is selected."
  default     = null
}

variable "allow_incomplete" {
  type        = bool
  description = "Whether it is only a warning that Partner Center lists fewer customers than it says there are."
  default     = null
}

variable "max_findings" {
  type        = number
  description = "How many violations, and how many warnings, are listed. Null means 100."
  default     = null
}

variable "max_forecast_percent_used" {
  type        = number
  description = "The share of each customer's budget, in percent, that may be used at the end of the billing period by forecast. Null means no such rule."
  default     = null
}

variable "warn_forecast_percent_used" {
  type        = number
  description = "The share that the forecast uses, in percent, above which there is a warning. Must be below max_forecast_percent_used; null means no warning."
  default     = null
}

variable "max_customer_total_cost" {
  type        = map(number)
  description = "What each customer may have spent, by currency code. Null means no such rule."
  default     = null
}

variable "budgets" {
  type        = map(number)
  description = "Budgets by customer id, in the customer's billing currency, in place of those in Partner Center. Null means none."
  default     = null
}

variable "exceptions" {
  type = list(object({
    customer_id = string
    until       = string
    reason      = string
  }))
  description = "Customers whose violations are only warnings until a date or an RFC 3339 time. Null means none."
  default     = null
}
