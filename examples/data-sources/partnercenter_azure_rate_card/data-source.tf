# Prices for legacy (MS-AZR-0145P) subscriptions. Without a filter the whole
# rate card goes into the state, which is large.
data "partnercenter_azure_rate_card" "this" {
  currency   = var.currency
  region     = var.region
  categories = var.categories
}

output "prices" {
  value = [
    for meter in data.partnercenter_azure_rate_card.this.meters : {
      id    = meter.meter_id
      name  = meter.meter_name
      place = meter.region
      unit  = meter.unit
      rates = meter.rates # in steps: each holds from its from_quantity on
    }
  ]
}

variable "currency" {
  type        = string
  description = "The currency to show prices in."
  default     = "EUR"
}

variable "region" {
  type        = string
  description = "The country whose prices to show."
  default     = "DE"
}

variable "categories" {
  type        = list(string)
  description = "The categories of meters to show."
  default     = ["Virtual Machines"]
}
