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
		CurrencyCode:     optional(code),
		CurrencyDerived:  &derived,
		CurrencyLocale:   c.CurrencyLocale,
		LastModifiedDate: instant(c.LastModifiedDate),
	}
}

// currencyOf tells the currency of a cost, if it can be told, and whether it is
// derived from the locale, as for legacy records.
func currencyOf(c *pcclient.Cost) (code string, derived bool) {
	if code := value(capitals(c.CurrencyCode)); code != "" {
		return code, false
	}
	code = currency.ForLocale(value(c.CurrencyLocale))
	return code, code != ""
}

// capitals writes the code of a currency as ISO 4217 does, so that costs of one
// currency are added up.
func capitals(code *string) *string {
	if code == nil {
		return nil
	}
	return optional(strings.ToUpper(strings.TrimSpace(*code)))
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

func instant(t *pcclient.Time) *string {
	if t.IsZero() {
		return nil
	}
	return new(t.String())
}

// lowered writes a GUID in lower case, and without white space around it, so that the
// ids of different data sources can be compared. Other ids stay as they are.
func lowered(text *string) *string {
	if trimmed := id(text); isGUID(trimmed) {
		return new(strings.ToLower(trimmed))
	}
	return text
}

// id is an argument without the white space around it, which is not part of it.
func id(argument *string) string { return strings.TrimSpace(value(argument)) }

// value is the text, or an empty one for null.
func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// optional is null for an empty text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// whether is a boolean that is false unless it says otherwise.
func whether(flag *bool) bool { return flag != nil && *flag }

// unless is a boolean that is true unless it says otherwise.
func unless(flag *bool) bool { return flag == nil || *flag }
