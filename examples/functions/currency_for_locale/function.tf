# The region of a locale determines the currency.
output "currency_for_locale" {
  value = {
    france = provider::partnercenter::currency_for_locale("fr-FR") # EUR
    swiss  = provider::partnercenter::currency_for_locale("fr-CH") # CHF
    nobody = provider::partnercenter::currency_for_locale("fr")    # null: French is spoken in many countries
  }
}
