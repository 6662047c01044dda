package emulator

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// amountDecimals are the decimals of the amounts of most rows. Those that take
// what rounding leaves over have more.
const amountDecimals = 12

// weight is how much of a month's usage a day has: less at weekends, and not the
// same on any two days in a row.
func weight(day time.Time, seed int) int64 {
	share := int64(1000)
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		share = 640
	}
	return share + int64((day.YearDay()*37+seed*101)%173)
}

// divideByDays divides an amount among days, exactly.
func divideByDays(amount json.Number, from time.Time, days, seed int) []json.Number {
	var whole int64
	for d := range days {
		whole += weight(from.AddDate(0, 0, d), seed)
	}
	parts := make([]json.Number, days)
	total, rest := parseDecimal(amount), parseDecimal(amount)
	for d := range parts {
		share := big.NewRat(weight(from.AddDate(0, 0, d), seed), whole)
		parts[d] = round(share.Mul(share, total), amountDecimals)
		if d == days-1 {
			parts[d] = formatDecimal(rest)
		}
		rest.Sub(rest, parseDecimal(parts[d]))
	}
	return parts
}

// division divides an amount among rows, exactly, without keeping them: in pairs
// one is larger and one smaller by the same, and what rounding leaves over is the
// last one's.
type division struct {
	rows int
	unit int64 // in 10 to the -amountDecimals
	last string
}

func divide(amount json.Number, rows int) division {
	if rows == 1 {
		return division{rows: 1, last: javaNumber(amount.String())}
	}
	whole := parseDecimal(amount)
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(amountDecimals), nil))
	part := new(big.Rat).Quo(whole, big.NewRat(int64(rows), 1))
	part.Mul(part, scale)
	d := division{rows: rows}
	// An amount that is too large is the last row's alone.
	if unit := new(big.Int).Quo(part.Num(), part.Denom()); unit.IsInt64() && unit.Int64() < math.MaxInt64/2 && unit.Int64() > math.MinInt64/2 {
		d.unit = unit.Int64()
	}
	taken := new(big.Rat).Quo(big.NewRat(d.unit, 1), scale)
	taken.Mul(taken, big.NewRat(int64(rows-1), 1))
	d.last = javaNumber(formatDecimal(whole.Sub(whole, taken)).String())
	return d
}

// append appends the amount of a row.
func (d division) append(line []byte, row int) []byte {
	if row == d.rows-1 {
		return append(line, d.last...)
	}
	const steps = 997
	off := d.unit / 2 / steps * int64(row/2*7919%steps)
	switch {
	case row%2 == 1:
		off = -off
	case row == d.rows-2: // without a partner
		off = 0
	}
	return appendAmount(line, d.unit+off)
}

// appendAmount appends an amount in 10 to the -amountDecimals.
func appendAmount(line []byte, amount int64) []byte {
	const scale = 1_000_000_000_000
	if whole := amount / scale; whole != 0 || amount == 0 {
		line = strconv.AppendInt(line, whole, 10)
		amount %= scale
		if amount == 0 {
			return line
		}
		if amount < 0 {
			amount = -amount
		}
		return appendFraction(line, amount)
	}
	if amount > scale/1000 || amount < -scale/1000 {
		if amount < 0 {
			line, amount = append(line, '-'), -amount
		}
		return appendFraction(append(line, '0'), amount)
	}
	return append(line, javaNumber(formatDecimal(big.NewRat(amount, scale)).String())...)
}

func appendFraction(line []byte, fraction int64) []byte {
	var digits [amountDecimals]byte
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = byte('0' + fraction%10)
		fraction /= 10
	}
	end := len(digits)
	for end > 0 && digits[end-1] == '0' {
		end--
	}
	return append(append(line, '.'), digits[:end]...)
}

// javaNumber writes a small number with an exponent, as Java does, and thus
// whoever wrote the exports: 0.00012 is 1.2E-4.
func javaNumber(text string) string {
	digits, isNegative := strings.CutPrefix(text, "-")
	digits, isSmall := strings.CutPrefix(digits, "0.000")
	if !isSmall {
		return text
	}
	significant := strings.TrimLeft(digits, "0")
	exponent := 4 + len(digits) - len(significant)
	if len(significant) == 1 {
		significant += "0"
	}
	small := significant[:1] + "." + significant[1:] + "E-" + strconv.Itoa(exponent)
	if isNegative {
		return "-" + small
	}
	return small
}
