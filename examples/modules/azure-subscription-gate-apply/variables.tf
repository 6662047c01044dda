variable "enforce" {
  type        = bool
  description = "Whether a gate that fails is an error. If false it is a warning."
  default     = true
  nullable    = false
}

variable "customer_id" {
  type        = string
  description = "The id of the customer, which is the tenant of the Azure subscription."
}

variable "azure_subscription_id" {
  type        = string
  description = "The id of the Azure subscription."
}

variable "currency_code" {
  type        = string
  description = "The ISO 4217 code of the customer's billing currency, which the limits are in."
}

variable "resource_group_names" {
  type        = list(string)
  description = "Names of the resource groups to check. Null means the whole Azure subscription."
  default     = null
}

variable "max_total_cost" {
  type        = number
  description = "What may have been spent this month. Null means no such rule."
  default     = null
}

variable "warn_total_cost" {
  type        = number
  description = "What may have been spent this month without a warning. Must be below max_total_cost; null means no warning."
  default     = null
}

variable "max_forecast_total_cost" {
  type        = number
  description = "What the forecast for the whole month may come to. Null means no such rule."
  default     = null
}

variable "warn_forecast_total_cost" {
  type        = number
  description = "What the forecast for the whole month may come to without a warning. Must be below max_forecast_total_cost; null means no warning."
  default     = null
}

variable "max_resource_group_total_cost" {
  type        = map(number)
  description = "What each resource group may have cost this month, by its name. Null means no such rule."
  default     = null
}

variable "max_usd_total_cost" {
  type        = number
  description = "What may have been spent this month, in Microsoft's USD figures. Null means no such rule."
  default     = null
}

variable "max_data_age" {
  type        = string
  description = "How old the newest figure may be, such as \"72h\". Null means no such rule."
  default     = null
}

variable "allow_missing" {
  type        = bool
  description = "Whether a resource group of resource_group_names without usage is only a warning."
  default     = null
}

variable "exceptions" {
  type        = list(object({ until = string, reason = string }))
  description = "Until when violations are only warnings, and why. Null means never."
  default     = null
}

variable "max_findings" {
  type        = number
  description = "How many violations, and how many warnings, are listed. Null means 100."
  default     = null
}
