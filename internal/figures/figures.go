// Package figures makes the figures that Partner Center does not give, for the
// data sources and the functions alike.
package figures

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"time"

	"github.com/shopspring/decimal"
)

// day is how much of a period has to pass before a forecast says anything.
var day = decimal.NewFromInt(int64(24 * time.Hour))

// forecastDigits are the decimals of a forecast that does not come out even, if the
// cost itself has no more.
const forecastDigits = 20

var hundred = decimal.NewFromInt(100)

// Forecast is what a cost comes to at the end of a period if it grows on as it
// has so far. The end is the first instant that is no longer in the period.
// Nothing is known before a day has passed.
func Forecast(cost decimal.Decimal, start, end, asOf time.Time) (forecast decimal.Decimal, known bool) {
	period, elapsed, known := Passed(start, end, asOf)
	if !known {
		return decimal.Zero, false
	}
	return cost.Mul(period).DivRound(elapsed, max(forecastDigits, -cost.Exponent())), true
}

// ForecastPercent is the share of a budget that the forecast uses, rounded as
// [PercentUsed] is, and only once.
func ForecastPercent(cost, budget decimal.Decimal, start, end, asOf time.Time) (percent decimal.Decimal, known bool) {
	period, elapsed, known := Passed(start, end, asOf)
	if !known {
		return decimal.Zero, false
	}
	return PercentUsed(cost.Mul(period), budget.Mul(elapsed))
}

// Passed is how long a period is, and how much of it has passed. It is not known
// before a day has.
func Passed(start, end, asOf time.Time) (period, elapsed decimal.Decimal, known bool) {
	period = between(start, end)
	elapsed = decimal.Min(between(start, asOf), period)
	return period, elapsed, elapsed.GreaterThanOrEqual(day)
}

// between counts nanoseconds. A [time.Duration] ends at 292 years, and says so by being
// the longest there is.
func between(start, end time.Time) decimal.Decimal {
	if d := end.Sub(start); d != math.MinInt64 && d != math.MaxInt64 {
		return decimal.NewFromInt(int64(d))
	}
	return decimal.New(end.Unix()-start.Unix(), 9).
		Add(decimal.NewFromInt(int64(end.Nanosecond() - start.Nanosecond())))
}

// PercentUsed is the share of a budget that is used, rounded like the API's: to
// two decimals, half away from zero. Nothing is known of a budget of 0 or less, of
// which a cost would be a share below 0.
func PercentUsed(cost, budget decimal.Decimal) (percent decimal.Decimal, known bool) {
	if !budget.IsPositive() {
		return decimal.Zero, false
	}
	return cost.Mul(hundred).DivRound(budget, 2), true
}

// Written is the decimal that stands in the configuration.
func Written(f *big.Float) (decimal.Decimal, error) {
	return decimal.NewFromString(f.Text('f', -1))
}

// notation is that of RFC 3339. Package time is laxer.
var notation = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// Instant reads an RFC 3339 time.
func Instant(text string) (time.Time, error) {
	if !notation.MatchString(text) {
		return time.Time{}, fmt.Errorf("%.40q is not an RFC 3339 time", text)
	}
	return time.Parse(time.RFC3339, text)
}

// Number is the opposite of [Written]: the number that Terraform's protocol writes
// with the same digits. Only what a 512-bit float, which is what a literal of HCL
// is, cannot hold is rounded to the nearest of these: numbers of more than 153 digits.
//
// It has no more bits than it needs. The protocol writes the shortest text that
// has the same ones, and that takes ten times as long for 512 bits: it was a third
// of the time that ten thousand records took.
func Number(d decimal.Decimal) *big.Float {
	// Three bits and a third for each digit, and those of a float64: so many tell
	// the number from all others, and from any that is written as a float64.
	exponent := int64(d.Exponent())
	digits := int64(d.NumDigits()) + exponent
	if exponent < 0 {
		digits = max(digits, 1) - exponent
	}
	bits := uint(min(56+digits*10/3, 512)) //nolint:gosec // It is positive.
	float, _, _ := big.ParseFloat(d.String(), 10, bits, big.ToNearestEven)
	return float
}
