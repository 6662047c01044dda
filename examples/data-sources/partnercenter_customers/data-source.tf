# Every customer of the partner, with or without Azure. `name_prefix` returns only
# those whose name begins with it.
data "partnercenter_customers" "all" {
  name_prefix = var.name_prefix
}

output "customers" {
  value = [
    for customer in data.partnercenter_customers.all.customers : {
      id     = customer.customer_id
      name   = customer.company_name
      domain = customer.domain
    }
  ]
}

variable "name_prefix" {
  type        = string
  description = "The beginning of the company names to look for. Null for all."
  default     = null
}
