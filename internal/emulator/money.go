package emulator

import (
	"encoding/json"
	"math/big"
	"strings"
)

// Money is the text of a decimal, and arithmetic on it is exact: the API's
// figures have more digits than a float64 holds.

// decimal is digits divided by 10 to the power of scale.
type decimal struct {
	digits *big.Int
	scale  int
}

// parseDecimal reads a decimal. An empty one, such as an absent budget, is 0.
func parseDecimal(n json.Number) decimal {
	whole, fraction, _ := strings.Cut(n.String(), ".")
	digits, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return decimal{new(big.Int), 0}
	}
	return decimal{digits, len(fraction)}
}

// number writes the decimal without superfluous zeros.
func (d decimal) number() json.Number {
	text := new(big.Int).Abs(d.digits).String()
	if missing := d.scale + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	if d.scale > 0 {
		point := len(text) - d.scale
		text = strings.TrimRight(text[:point]+"."+text[point:], "0")
		text = strings.TrimSuffix(text, ".")
	}
	if d.digits.Sign() < 0 {
		text = "-" + text
	}
	return json.Number(text)
}

// at returns the digits of the decimal at a larger scale.
func (d decimal) at(scale int) *big.Int {
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale-d.scale)), nil)
	return power.Mul(power, d.digits)
}

func sum(terms ...json.Number) json.Number {
	total := decimal{new(big.Int), 0}
	for _, term := range terms {
		d := parseDecimal(term)
		scale := max(total.scale, d.scale)
		total = decimal{new(big.Int).Add(total.at(scale), d.at(scale)), scale}
	}
	return total.number()
}

func product(a, b json.Number) json.Number {
	x, y := parseDecimal(a), parseDecimal(b)
	return decimal{x.digits.Mul(x.digits, y.digits), x.scale + y.scale}.number()
}

func compare(a, b json.Number) int {
	x, y := parseDecimal(a), parseDecimal(b)
	scale := max(x.scale, y.scale)
	return x.at(scale).Cmp(y.at(scale))
}

// percent is what share of the budget a cost is, rounded to 2 decimals like the
// API's; 0 without a budget, or with one of 0.
func percent(cost, budget json.Number) json.Number {
	part, whole := parseDecimal(cost), parseDecimal(budget)
	if whole.digits.Sign() == 0 {
		return "0"
	}
	scale := max(part.scale, whole.scale)
	share := new(big.Rat).SetFrac(part.at(scale+2), whole.at(scale)).FloatString(2)
	return parseDecimal(json.Number(share)).number()
}

// portion is what share of an amount a part of the whole is due, to 17
// decimals.
func portion(amount, part, whole json.Number) json.Number {
	x, y, z := parseDecimal(amount), parseDecimal(part), parseDecimal(whole)
	scale := max(y.scale, z.scale)
	share := new(big.Rat).SetFrac(y.at(scale), z.at(scale))
	share.Mul(share, new(big.Rat).SetFrac(x.digits, decimal{big.NewInt(1), 0}.at(x.scale)))
	return parseDecimal(json.Number(share.FloatString(17))).number()
}

// cents rounds an amount to 2 decimals, halves away from zero.
func cents(amount json.Number) json.Number {
	d := parseDecimal(amount)
	text := new(big.Rat).SetFrac(d.digits, decimal{big.NewInt(1), 0}.at(d.scale)).FloatString(2)
	return parseDecimal(json.Number(text)).number()
}

func negative(amount json.Number) json.Number {
	return product("-1", amount)
}
