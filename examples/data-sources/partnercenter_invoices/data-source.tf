# The bills of a month. They are written after it, so they are looked for by
# their date from its first day on, and told by the end of their billing period.
data "partnercenter_invoices" "later" {
  period_start = "${var.month}-01"
}

output "bills" {
  value = [
    for invoice in data.partnercenter_invoices.later.invoices : {
      id       = invoice.invoice_id
      charges  = invoice.total_charges
      currency = invoice.currency_code
      type     = invoice.invoice_type
      amends   = invoice.amends_of
    } if substr(coalesce(invoice.billing_period_end_date, "unknown"), 0, 7) == var.month
  ]
}

# Exact sums of all that was billed since, by currency.
output "charges_by_currency" {
  value = data.partnercenter_invoices.later.totals.charges_by_currency
}

variable "month" {
  type        = string
  description = "The month, such as 2026-10."

  validation {
    condition     = can(regex("^[0-9]{4}-[0-9]{2}$", var.month))
    error_message = "A month looks like 2026-10."
  }
}
