package currency

import (
	"testing"

	"github.com/shopspring/decimal"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ amount, code, want string }{
		{"120.5683", "SEK", "120.57 SEK"},
		{"120.5", "JPY", "121 JPY"},
		{"120.5683", "BHD", "120.568 BHD"},
		{"120.5683", "CLF", "120.5683 CLF"},
		{"120.5683", "HUF", "120.57 HUF"}, // CLDR has none.
		{"-0.125", "EUR", "-0.13 EUR"},
		{"-0.001", "EUR", "0.00 EUR"},
		{"1", "XCG", "1.00 XCG"},
		{"12345678901234567890.125", "USD", "12345678901234567890.13 USD"},
	} {
		if got, err := Format(decimal.RequireFromString(test.amount), test.code); err != nil || got != test.want {
			t.Errorf("%s %s: %q, %v, want %q", test.amount, test.code, got, err, test.want)
		}
	}
	for _, code := range []string{"", "eur", "EURO", "XXX", "XAU", "HRK", "BGN", "ANG", "ZWL"} {
		if got, err := Format(decimal.New(1, 0), code); err == nil {
			t.Errorf("%s is a currency: %q", code, got)
		}
	}
}

// Whatever currency a region has can be written.
func TestFormat_regions(t *testing.T) {
	t.Parallel()
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			code := ForLocale("und-" + string(first) + string(second))
			if code == "" {
				continue
			}
			if _, err := Format(decimal.New(1, 0), code); err != nil {
				t.Errorf("%c%c: %v", first, second, err)
			}
		}
	}
}
