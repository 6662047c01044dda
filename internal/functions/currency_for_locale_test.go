package functions_test

import "testing"

func TestCurrencyForLocale(t *testing.T) {
	t.Parallel()
	check(t, "currency_for_locale", []call{
		{name: "a region", arguments: []string{`"fr-FR"`}, want: `"EUR"`},
		{name: "the newest euro", arguments: []string{`"bg-BG"`}, want: `"EUR"`},
		{name: "not the language's", arguments: []string{`"fr-CH"`}, want: `"CHF"`},
		{name: "white space", arguments: []string{`" fr-FR\t"`}, want: `"EUR"`},
		{name: "no region", arguments: []string{`"fr"`}, want: "null"},
		{name: "no country", arguments: []string{`"es-419"`}, want: "null"},
		{name: "no locale", arguments: []string{`"French"`}, want: "null"},
		{name: "empty", arguments: []string{`""`}, want: "null"},
		{name: "null", arguments: []string{"null"}, want: "null"},
	})
}
