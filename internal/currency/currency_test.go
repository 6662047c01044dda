package currency

import "testing"

func TestForLocale(t *testing.T) {
	t.Parallel()
	for locale, want := range map[string]string{
		"fr-FR":       "EUR",
		"de-CH":       "CHF",
		"en-US":       "USD",
		"en-GB":       "GBP",
		"nb-NO":       "NOK",
		"ja-JP":       "JPY",
		"zh-Hans-CN":  "CNY",
		"fr_FR":       "EUR",
		"hr-HR":       "EUR",
		"bg-BG":       "EUR",
		"nl-CW":       "XCG",
		"nl-SX":       "XCG",
		"es-VE":       "VES",
		"en-SL":       "SLE",
		"ar-MR":       "MRU",
		"fr":          "", // no region, though France comes to mind
		"en":          "",
		"es-419":      "", // Latin America has no currency
		"und":         "",
		"iv":          "",
		"":            "",
		"French":      "",
		"x-klingon":   "",
		"en-ZZ":       "",
		"not a local": "",
	} {
		if got := ForLocale(locale); got != want {
			t.Errorf("ForLocale(%q) = %q, want %q", locale, got, want)
		}
	}
}
