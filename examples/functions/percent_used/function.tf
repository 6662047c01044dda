# The share of a budget, in percent. Without a budget it is null.
output "percent_used" {
  value = {
    over    = provider::partnercenter::percent_used(120.5682999999995904716, 20) # 602.84
    without = provider::partnercenter::percent_used(120.5682999999995904716, null)
  }
}
