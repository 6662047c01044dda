package datasources

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/currency"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// cost is the model of [costAttributes].
type cost struct {
	TotalCost        *pcclient.Decimal `tfsdk:"total_cost"`
	USDTotalCost     *pcclient.Decimal `tfsdk:"usd_total_cost"`
	CurrencyCode     *string           `tfsdk:"currency_code"`
	CurrencyDerived  *bool             `tfsdk:"currency_derived"`
	CurrencyLocale   *string           `tfsdk:"currency_locale"`
	LastModifiedDate *string           `tfsdk:"last_modified_date"`
}

func newCost(c *pcclient.Cost) cost {
	code, derived := currencyOf(c)
	return cost{
		TotalCost:        c.TotalCost,
		USDTotalCost:     usdOf(c),
		CurrencyCode:     nilIfEmpty(code),
		CurrencyDerived:  &derived,
		CurrencyLocale:   c.CurrencyLocale,
		LastModifiedDate: formatTime(c.LastModifiedDate),
	}
}

// currencyOf is the currency of a cost, empty if it is not known, and whether it is
// derived from the locale, as for legacy records.
func currencyOf(c *pcclient.Cost) (code string, derived bool) {
	if code := deref(normalizeCurrency(c.CurrencyCode), ""); code != "" {
		return code, false
	}
	code = currency.ForLocale(deref(c.CurrencyLocale, ""))
	return code, code != ""
}

// normalizeCurrency writes the code of a currency as ISO 4217 does, so that costs of one
// currency are added up.
func normalizeCurrency(code *string) *string {
	if code == nil {
		return nil
	}
	return nilIfEmpty(strings.ToUpper(strings.TrimSpace(*code)))
}

// usdOf returns Microsoft's figure in USD, if it is one: a 0 beside a cost that is
// not 0 stands there for want of any other.
func usdOf(c *pcclient.Cost) *pcclient.Decimal {
	free := c.TotalCost != nil && c.TotalCost.IsZero()
	if c.USDTotalCost != nil && c.USDTotalCost.IsZero() && !free {
		return nil
	}
	return c.USDTotalCost
}

// budget is the model of [budgetAttributes].
type budget struct {
	HasBudget    *bool             `tfsdk:"has_budget"`
	BudgetAmount *pcclient.Decimal `tfsdk:"budget_amount"`
	PercentUsed  *pcclient.Decimal `tfsdk:"percent_used"`
	WithinBudget *bool             `tfsdk:"within_budget"`
	OverBudget   *bool             `tfsdk:"over_budget"`
}

func newBudget(amount, spent, percentUsed *pcclient.Decimal) budget {
	b := budget{
		HasBudget:    new(amount != nil),
		BudgetAmount: amount,
		WithinBudget: new(withinBudget(amount, spent)),
		OverBudget:   new(overBudget(amount, spent)),
	}
	if amount != nil && amount.IsPositive() {
		b.PercentUsed = percentUsed // The API says 0 for a budget of 0, whatever the cost.
	}
	return b
}

func withinBudget(amount, spent *pcclient.Decimal) bool {
	return amount != nil && spent != nil && spent.LessThanOrEqual(amount.Decimal)
}

func overBudget(amount, spent *pcclient.Decimal) bool {
	return amount != nil && spent != nil && spent.GreaterThan(amount.Decimal)
}

var hundred = decimal.NewFromInt(100)

// atLeastPercent reports whether that share of the budget is spent, exactly,
// even for a budget of 0. A cost that is not known may be any.
func atLeastPercent(limit decimal.Decimal, amount, spent *pcclient.Decimal) bool {
	if amount == nil {
		return false
	}
	return spent == nil || spent.Mul(hundred).GreaterThanOrEqual(limit.Mul(amount.Decimal))
}

// normalizeGUID writes a GUID in lower case, and without white space around it, so that the
// ids of different data sources can be compared. Other ids stay as they are.
func normalizeGUID(text *string) *string {
	if trimmed := id(text); isGUID(trimmed) {
		return new(strings.ToLower(trimmed))
	}
	return text
}

// id is an argument without the white space around it, which is not part of it.
func id(argument *string) string { return strings.TrimSpace(deref(argument, "")) }

// deref is what a pointer points to, or a default for nil.
func deref[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// nilIfEmpty is null for an empty text.
func nilIfEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// unquote is the number, whether the API wrote it in quotes or not.
func unquote(d *pcclient.QuotedDecimal) *pcclient.Decimal {
	if d == nil {
		return nil
	}
	return &d.Decimal
}

// toDecimal is a number of the API for the gate.
func toDecimal(d *pcclient.Decimal) *decimal.Decimal {
	if d == nil {
		return nil
	}
	return &d.Decimal
}

// fromDecimal is a number of the gate for the encoder.
func fromDecimal(d *decimal.Decimal) *pcclient.Decimal {
	if d == nil {
		return nil
	}
	return &pcclient.Decimal{Decimal: *d}
}

// nonNilMap is never null.
func nonNilMap(texts pcclient.Texts) map[string]*string {
	if texts == nil {
		return map[string]*string{}
	}
	return texts
}
