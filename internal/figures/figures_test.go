package figures

import (
	"math/big"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

func TestForecast(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, cost, start, end, asOf, want string }{
		{"a third of the month", "100", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-11-11T00:00:00Z", "300"},
		{"exactly a day", "1.1", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-11-02T00:00:00Z", "33"},
		{"a nanosecond less", "1.1", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-11-01T23:59:59.999999999Z", ""},
		{"before the period", "1", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-10-01T00:00:00Z", ""},
		{"at the end", "7.25", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", "7.25"},
		{"after the end", "7.25", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", "7.25"},
		{"other offsets", "100", "2026-11-01T00:00:00-08:00", "2026-12-01T08:00:00Z", "2026-11-11T10:00:00+02:00", "300"},
		{"not even", "1", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-11-08T00:00:00Z", "4.28571428571428571429"},
		{"twenty digits", "120.5682999999995904716", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-11-16T00:00:00Z", "241.1365999999991809432"},
		{"a refund", "-100", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-11-11T00:00:00Z", "-300"},
		{"a period shorter than a day", "1", "2026-11-01T00:00:00Z", "2026-11-01T12:00:00Z", "2026-11-03T00:00:00Z", ""},
		{"the longest period", "1", "0001-01-01T00:00:00Z", "0801-01-01T00:00:00Z", "0401-01-01T00:00:00Z", "2"},
	} {
		forecast, known := Forecast(decimal.RequireFromString(test.cost), at(t, test.start), at(t, test.end), at(t, test.asOf))
		if got := forecast.String(); known != (test.want != "") || known && got != test.want {
			t.Errorf("%s: %s, %t, want %q", test.name, got, known, test.want)
		}
	}
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

func TestPercentUsed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ cost, budget, want string }{
		{"120.5683", "20", "602.84"},
		{"50", "100", "50"},
		{"0.00005", "1", "0.01"},
		{"0.00004999999999999999", "1", "0"},
		{"-0.00005", "1", "-0.01"},
		{"1", "3", "33.33"},
		{"0", "100", "0"},
		{"1", "0", ""},
		{"0", "0.00", ""},
	} {
		percent, known := PercentUsed(decimal.RequireFromString(test.cost), decimal.RequireFromString(test.budget))
		if got := percent.String(); known != (test.want != "") || known && got != test.want {
			t.Errorf("%s of %s: %s, %t, want %q", test.cost, test.budget, got, known, test.want)
		}
	}
}

func TestWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0", "0.1", "-120.5682999999995904716", "99999999999999999999.99999999999999999", "0.000000000000000000000000000001"} {
		float, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Written(float)
		if err != nil || got.String() != text {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	if _, err := Written(new(big.Float).SetInf(true)); err == nil {
		t.Error("infinity is written")
	}
}
