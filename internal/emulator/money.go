package emulator

import (
	"encoding/json"
	"math/big"
	"strings"
)

// Money is the text of a decimal, and arithmetic on it is exact: the API's
// figures have more digits than a float64 holds.

// parseDecimal reads a decimal. An empty one, such as an absent budget, is 0.
func parseDecimal(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return new(big.Rat)
	}
	return r
}

// formatDecimal writes all digits of a decimal, without trailing zeros.
func formatDecimal(r *big.Rat) json.Number {
	digits, _ := r.FloatPrec()
	return json.Number(r.FloatString(digits))
}

// round rounds to a number of decimals, halves away from zero.
func round(r *big.Rat, decimals int) json.Number {
	text := r.FloatString(decimals)
	if decimals > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		text = "0"
	}
	return json.Number(text)
}

func sum(terms ...json.Number) json.Number {
	total := new(big.Rat)
	for _, term := range terms {
		total.Add(total, parseDecimal(term))
	}
	return formatDecimal(total)
}

func product(a, b json.Number) json.Number {
	x := parseDecimal(a)
	return formatDecimal(x.Mul(x, parseDecimal(b)))
}

func compare(a, b json.Number) int { return parseDecimal(a).Cmp(parseDecimal(b)) }

// percent is the share of the budget that a cost is, rounded to 2 decimals like
// the API's; 0 without a budget, or with one of 0.
func percent(cost, budget json.Number) json.Number {
	whole := parseDecimal(budget)
	if whole.Sign() == 0 {
		return "0"
	}
	share := new(big.Rat).Quo(parseDecimal(cost), whole)
	return round(share.Mul(share, big.NewRat(100, 1)), 2)
}

// portion is the share of an amount that a part of the whole is due, rounded to
// 17 decimals.
func portion(amount, part, whole json.Number) json.Number {
	share := new(big.Rat).Quo(parseDecimal(part), parseDecimal(whole))
	return round(share.Mul(share, parseDecimal(amount)), 17)
}

// roundToCents rounds an amount to 2 decimals.
func roundToCents(amount json.Number) json.Number { return round(parseDecimal(amount), 2) }

func negate(amount json.Number) json.Number { return product("-1", amount) }
