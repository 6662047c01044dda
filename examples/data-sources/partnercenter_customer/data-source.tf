# A customer by the domain, for its id.
data "partnercenter_customer" "this" {
  domain = var.domain
}

output "customer" {
  value = {
    id      = data.partnercenter_customer.this.customer_id
    name    = data.partnercenter_customer.this.company_name
    domains = data.partnercenter_customer.this.custom_domains
  }
}

variable "domain" {
  type        = string
  description = "The customer's first domain, such as contoso.onmicrosoft.com."
}
