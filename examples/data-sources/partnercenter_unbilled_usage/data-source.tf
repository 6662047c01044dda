# What has been spent this month: each day, on each service, and by the value of a
# tag. The latter two share one export of Microsoft Graph; days need fewer columns.
data "partnercenter_unbilled_usage" "by_day" {
  currency_code = var.currency_code
  group_by      = ["date"]
}

data "partnercenter_unbilled_usage" "by_service" {
  currency_code = var.currency_code
  group_by      = ["service"]
}

data "partnercenter_unbilled_usage" "by_tag" {
  currency_code = var.currency_code
  group_by      = ["tag:${var.tag}"]
}

output "spend_by_day" {
  value = [
    for group in data.partnercenter_unbilled_usage.by_day.groups : {
      day      = group.usage_date
      cost     = group.cost
      currency = group.currency_code
    }
  ]
}

output "spend_by_service" {
  value = [
    for group in data.partnercenter_unbilled_usage.by_service.groups : {
      service  = group.service_name
      cost     = group.cost
      currency = group.currency_code
    }
  ]
}

output "spend_by_tag" {
  value = [
    for group in data.partnercenter_unbilled_usage.by_tag.groups : {
      value    = group.tags[var.tag] # null for resources without the tag
      cost     = group.cost
      currency = group.currency_code
    }
  ]
}

variable "currency_code" {
  type        = string
  description = "The billing currency of the partner, such as EUR."
}

variable "tag" {
  type        = string
  description = "The name of a tag."
  default     = "env"
}
