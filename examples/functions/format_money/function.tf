# Rounds to as many digits as the currency has.
output "format_money" {
  value = {
    krona = provider::partnercenter::format_money(120.5683, "SEK") # 120.57 SEK
    yen   = provider::partnercenter::format_money(120.5683, "JPY") # 121 JPY
    dinar = provider::partnercenter::format_money(120.5683, "KWD") # 120.568 KWD
  }
}
