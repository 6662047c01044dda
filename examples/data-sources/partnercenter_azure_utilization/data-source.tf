# What a legacy (MS-AZR-0145P) subscription used in a period, summed up by meter.
data "partnercenter_azure_utilization" "period" {
  customer_id     = var.customer_id
  subscription_id = var.subscription_id
  start_time      = var.start_time
  end_time        = var.end_time
}

output "quantity_by_meter" {
  value = [
    for row in data.partnercenter_azure_utilization.period.quantity_by_meter : {
      meter    = row.meter_name
      region   = row.region
      quantity = row.quantity
      unit     = row.unit
    }
  ]
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

variable "end_time" {
  type        = string
  description = "The end of the period, such as 2026-11-01T00:00:00Z."
}
