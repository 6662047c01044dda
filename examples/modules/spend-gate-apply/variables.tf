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
