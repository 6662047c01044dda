# What it used hour by hour and resource by resource, for a short period: there may
# be very many records, and all of them go into the state.
data "partnercenter_azure_utilization" "hours" {
  customer_id     = var.customer_id
  subscription_id = var.subscription_id
  start_time      = var.start_time
  end_time        = timeadd(var.start_time, "6h")
  granularity     = "hourly"
  include_records = true
}

output "hours_by_resource" {
  value = {
    for record in data.partnercenter_azure_utilization.hours.records :
    coalesce(record.resource_uri, "other") => {
      hour     = record.usage_start_time
      meter    = record.meter_name
      quantity = record.quantity
      unit     = record.unit
    }...
  }
}

variable "customer_id" {
  type        = string
  description = "The customer's tenant id."
}

variable "subscription_id" {
  type        = string
  description = "The id of the customer's legacy subscription in Partner Center."
}

variable "start_time" {
  type        = string
  description = "The start of the period, such as 2026-10-01T00:00:00Z."
}
