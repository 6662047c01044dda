# The partner's legacy (MS-AZR-0145P) customers together. It leaves out everyone
# on an Azure plan, so gate on `partnercenter_customer_usage_records` instead.
data "partnercenter_usage_summary" "partner" {}

output "legacy_spend" {
  value = {
    cost     = data.partnercenter_usage_summary.partner.total_cost
    currency = data.partnercenter_usage_summary.partner.currency_code
    until    = data.partnercenter_usage_summary.partner.last_modified_date
  }
}
