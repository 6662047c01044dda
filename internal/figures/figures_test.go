package figures

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
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
		{"more digits than a quotient has", "0.123456789012345678901234567890", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", "0.12345678901234567890123456789"},
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

// A share that is rounded twice can come out one hundredth too high.
func TestForecastPercent(t *testing.T) {
	t.Parallel()
	const start, end = "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"
	for _, test := range []struct{ name, cost, budget, asOf, want string }{
		{"a third of the month", "100", "600", "2026-11-11T00:00:00Z", "50"},
		// The forecast is 0.00004999999999999999999999…, which 20 digits round up.
		{"once", "0.0000116666666666666666666665", "1", "2026-11-08T00:00:00Z", "0"},
		{"a budget of 0", "1", "0", "2026-11-08T00:00:00Z", ""},
		{"a budget below 0", "1", "-1", "2026-11-08T00:00:00Z", ""},
		{"before a day", "1", "1", "2026-11-01T23:59:59Z", ""},
	} {
		percent, known := ForecastPercent(decimal.RequireFromString(test.cost), decimal.RequireFromString(test.budget), at(t, start), at(t, end), at(t, test.asOf))
		if got := percent.String(); known != (test.want != "") || known && got != test.want {
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
		{"50", "-100", ""},
		{"-200", "-100", ""},
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

// What goes through Terraform's protocol is equal to the literal that a user
// compares it with.
func TestNumber_isTheLiteralOfHCL(t *testing.T) {
	t.Parallel()
	for _, literal := range []string{
		"0", "0.5", "0.1", "120.5682999999995904716", "12.39999999999999985235", "27.23292827625710931604", "33.280000000000001044",
		"1e59", "1e-60", "-123.456e10", "1e149", "1e-148", strings.Repeat("7", 60) + "." + strings.Repeat("3", 60),
		strings.Repeat("7", 93) + "." + strings.Repeat("3", 60), strings.Repeat("9", 153),
		"9999999999999999999999999999999999999999", "0.999999999999999999999999999999999999999",
		"0.9999999999999999999999999999999999999999",
		// As close to the float64 of 0.1 and of 0.3 as 40 digits come.
		"0.100000000000000005551115123125782702118", "0.299999999999999988897769753748434595764",
	} {
		got := throughProtocol(t, Number(decimal.RequireFromString(literal)))
		if want, _ := new(big.Rat).SetString(literal); got.Cmp(want) != 0 {
			t.Errorf("%s becomes %s", literal, got.FloatString(160))
		}
	}
}

func TestNumber_everyNumberSurvives(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 5_000 {
		digits := make([]byte, 1+random.IntN(153))
		for i := range digits {
			digits[i] = byte('0' + random.IntN(10))
		}
		literal := fmt.Sprintf("%se-%d", digits, random.IntN(len(digits)+1))
		got := throughProtocol(t, Number(decimal.RequireFromString(literal)))
		if want, _ := new(big.Rat).SetString(literal); got.Cmp(want) != 0 {
			t.Fatalf("%s becomes %s", literal, got.FloatString(160))
		}
	}
}

// What HCL has computed goes back as it came, however many digits it has, and
// nothing fails.
func TestNumber_ofHCLArithmetic(t *testing.T) {
	t.Parallel()
	quotient := func(a, b int64) *big.Float {
		return new(big.Float).SetPrec(512).Quo(new(big.Float).SetPrec(512).SetInt64(a), new(big.Float).SetPrec(512).SetInt64(b))
	}
	product := new(big.Float).SetPrec(512).Mul(quotient(105, 100), quotient(100, 1))
	for _, f := range []*big.Float{quotient(200, 3), quotient(10, 3), quotient(-1, 7), quotient(1, 1<<62), product} {
		written, err := Written(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := Number(written); got.Cmp(f) != 0 {
			t.Errorf("%s becomes %s", f.Text('g', 20), got.Text('f', -1))
		}
	}
	long := decimal.RequireFromString(strings.Repeat("7", 400) + "." + strings.Repeat("3", 400))
	if got := Number(long); got.Prec() != 512 || got.Text('g', 20) != "7.7777777777777777778e+399" {
		t.Errorf("%s", got.Text('g', 20))
	}
}

// throughProtocol is the number that Terraform reads of what terraform-plugin-go
// writes: a float64 if it is one, or else text.
func throughProtocol(t *testing.T, float *big.Float) *big.Rat {
	t.Helper()
	if short, accuracy := float.Float64(); accuracy == big.Exact {
		return new(big.Rat).SetFloat64(short)
	}
	number, ok := new(big.Rat).SetString(float.Text('f', -1))
	if !ok {
		t.Fatalf("%s is not a number", float.Text('f', -1))
	}
	return number
}
