# What the partner owes Microsoft, in each currency.
data "partnercenter_invoice_summaries" "this" {}

output "balance_by_currency" {
  value = [
    for summary in data.partnercenter_invoice_summaries.this.summaries : {
      currency     = summary.currency_code
      balance      = summary.balance_amount
      as_of        = summary.accounting_date
      last_payment = summary.last_payment_date # null without one
    }
  ]
}
