# What an invoice is about: what each customer, and each Azure subscription, has used.
data "partnercenter_billed_usage" "invoice" {
  invoice_id = var.invoice_id
  group_by   = ["customer", "azure_subscription"]
}

output "spend_by_azure_subscription" {
  value = [
    for group in data.partnercenter_billed_usage.invoice.groups : {
      customer           = group.customer_name
      azure_subscription = group.azure_subscription_name
      id                 = group.azure_subscription_id
      cost               = group.cost
      currency           = group.currency_code
    }
  ]
}

# The exact sum, before tax. The invoice may be about other things than usage, too.
output "spend_by_currency" {
  value = data.partnercenter_billed_usage.invoice.totals.cost_by_currency
}

variable "invoice_id" {
  type        = string
  description = "The id of an invoice, such as G012345678."
}
