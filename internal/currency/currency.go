// Package currency finds the currency of a locale, for the records of legacy
// Azure subscriptions (MS-AZR-0145P), which name a culture such as fr-FR in
// place of a currency, and writes amounts of money for people.
package currency

import (
	"strings"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
)

// newer has the changes of ISO 4217 since the data of golang.org/x/text.
var newer = map[string]string{
	"BG": "EUR", // 2026
	"CW": "XCG", // 2025
	"HR": "EUR", // 2023
	"MR": "MRU", // 2018
	"SL": "SLE", // 2022
	"SX": "XCG", // 2025
	"VE": "VES", // 2018
}

// ForLocale returns the ISO 4217 code of the currency of the region that the
// locale spells out. It is empty for a locale without a region, with one that is
// no country (es-419), or that is not a locale.
func ForLocale(locale string) string {
	tag, err := language.Parse(strings.TrimSpace(locale))
	if err != nil {
		return ""
	}
	_, _, region := tag.Raw()
	if code, found := newer[region.String()]; found {
		return code
	}
	unit, found := currency.FromRegion(region)
	if !found {
		return ""
	}
	return unit.String()
}
