# `sum()` adds binary fractions; this adds digits.
output "exact_sum" {
  value = {
    thousand_cents = provider::partnercenter::exact_sum([for _ in range(1000) : 0.01]) # 10
    pair           = provider::partnercenter::exact_sum([1.1, 2.2])                    # 3.3, where sum() is above it
    invoices       = provider::partnercenter::exact_sum(var.charges)
  }
}

variable "charges" {
  type        = list(number)
  description = "Charges in one currency."
  default     = [120.5682999999995904716, -20]
}
