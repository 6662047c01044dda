# The two customers that cost most. Their currencies differ, so only the figures
# in USD can be compared.
output "top_n" {
  value = [
    for record in provider::partnercenter::top_n(local.records, "usd_total_cost", 2) : record.customer_name
  ]
}

locals {
  # Such as the records of data.partnercenter_customer_usage_records.
  records = [
    { customer_name = "Fjord Logistics AS", currency_code = "NOK", total_cost = 28641.77, usd_total_cost = 2604.1 },
    { customer_name = "Idle GmbH", currency_code = null, total_cost = null, usd_total_cost = null },
    { customer_name = "Polder Data BV", currency_code = "EUR", total_cost = 1290.34, usd_total_cost = 1402.5 },
    { customer_name = "Tidewater Analytics LLC", currency_code = "USD", total_cost = 60284.15, usd_total_cost = 60284.15 },
  ]
}
