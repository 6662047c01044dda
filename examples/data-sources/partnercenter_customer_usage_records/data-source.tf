# What every customer has spent this month, in its own currency.
data "partnercenter_customer_usage_records" "all" {}

output "spend_by_customer" {
  value = [
    for customer in data.partnercenter_customer_usage_records.all.records : {
      id       = customer.customer_id
      name     = customer.customer_name
      cost     = customer.total_cost
      currency = customer.currency_code
      budget   = customer.budget_amount # null without one
    }
  ]
}

# Exact sums. Currencies are never added to each other.
output "spend_by_currency" {
  value = data.partnercenter_customer_usage_records.all.totals.cost_by_currency
}
