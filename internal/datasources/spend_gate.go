package datasources

import (
	"context"
	"math/big"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/numbervalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/gate"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newSpendGate() datasource.DataSource {
	return &source[spendGate]{
		name:   "spend_gate",
		schema: spendGateSchema,
		read:   readSpendGate,
	}
}

type spendGate struct {
	CustomerIDs             []string              `tfsdk:"customer_ids"`
	ExcludeCustomerIDs      []string              `tfsdk:"exclude_customer_ids"`
	IsUpgraded              *bool                 `tfsdk:"is_upgraded"`
	AllowMissing            *bool                 `tfsdk:"allow_missing"`
	AllowEmpty              *bool                 `tfsdk:"allow_empty"`
	AllowIncomplete         *bool                 `tfsdk:"allow_incomplete"`
	MaxPercentUsed          *big.Float            `tfsdk:"max_percent_used"`
	WarnPercentUsed         *big.Float            `tfsdk:"warn_percent_used"`
	MaxUSDTotalCost         *big.Float            `tfsdk:"max_usd_total_cost"`
	MaxTotalCost            map[string]*big.Float `tfsdk:"max_total_cost"`
	MaxCustomerUSDTotalCost *big.Float            `tfsdk:"max_customer_usd_total_cost"`
	RequireBudget           *bool                 `tfsdk:"require_budget"`
	MaxDataAge              *string               `tfsdk:"max_data_age"`

	Passed                 *bool           `tfsdk:"passed"`
	Status                 *string         `tfsdk:"status"`
	Summary                *string         `tfsdk:"summary"`
	Messages               []string        `tfsdk:"messages"`
	Violations             []gateFinding   `tfsdk:"violations"`
	Warnings               []gateFinding   `tfsdk:"warnings"`
	ReportMarkdown         *string         `tfsdk:"report_markdown"`
	EvaluatedCustomerCount *int64          `tfsdk:"evaluated_customer_count"`
	MissingCustomerIDs     []string        `tfsdk:"missing_customer_ids"`
	Totals                 *customerTotals `tfsdk:"totals"`
}

type gateFinding struct {
	Rule         string     `tfsdk:"rule"`
	CustomerID   *string    `tfsdk:"customer_id"`
	CustomerName *string    `tfsdk:"customer_name"`
	Message      string     `tfsdk:"message"`
	Actual       *big.Float `tfsdk:"actual"`
	Limit        *big.Float `tfsdk:"limit"`
	CurrencyCode *string    `tfsdk:"currency_code"`
}

func spendGateSchema() schema.Schema {
	limit := func(description string, more ...validator.Number) schema.Attribute {
		return schema.NumberAttribute{Optional: true, MarkdownDescription: description, Validators: append([]validator.Number{notNegative{}}, more...)}
	}
	var rules []path.Expression
	for _, rule := range []string{"warn_percent_used", "max_usd_total_cost", "max_total_cost", "max_customer_usd_total_cost", "require_budget", "max_data_age"} {
		rules = append(rules, path.MatchRoot(rule))
	}
	findings := func(description string) schema.Attribute {
		return rows(description, attributes{
			"rule":          text("The rule: the name of its argument, or `complete`, `customer_found`, `not_empty`, `usd_known`, `currency_limited`, `has_budget` or `data_age_known`."),
			"customer_id":   text("The id of the customer, in lower case. Null if it is about all of them."),
			"customer_name": text("The name of the customer. Null if it is about all of them, or the API gives none."),
			"message":       text("What was found, in words."),
			"actual":        number("What there is: percent to four decimals, an amount in `currency_code`, hours for an age. Null if the rule has no number, or it is not known."),
			"limit":         number("What the limit is, in the same unit. Null if the rule has no number."),
			"currency_code": text("The ISO 4217 code of the currency of `actual` and `limit`, for percentages that of the budget. Null where there is none."),
		})
	}
	return schema.Schema{
		MarkdownDescription: "Whether the spend of customers keeps within limits, in one block. " + estimates + "\n\n" +
			"It fails closed: what is not known, not listed, or without a limit is a violation. A gate that fails is a result, not an error: stop the plan with a `postcondition` on `passed`, " +
			"so that the report stays in the plan. It is read while planning, so a plan that is saved and applied later is not checked again. It keeps no records in the state.\n\n" +
			"The route needs a sign-in as a user (App+User). " +
			"See [Get usage records for all customers](https://learn.microsoft.com/partner-center/developer/get-a-customer-s-usage-records).",
		Attributes: attributes{
			"customer_ids":         filter("Looks at these customers only: ids (tenant ids), GUIDs in any case. One that the API does not list is a violation, unless `allow_missing` is true.", guid{}),
			"exclude_customer_ids": filter("Looks not at these customers: ids (tenant ids), GUIDs in any case.", guid{}),
			"is_upgraded":          option("Looks at customers with an Azure plan only (`true`), or at legacy (MS-AZR-0145P) ones only (`false`)."),
			"allow_missing":        option("Whether a customer of `customer_ids` that the API does not list is a warning only. Defaults to `false`."),
			"allow_empty":          option("Whether it is a warning only that there is nobody to look at. Defaults to `false`."),
			"allow_incomplete":     option("Whether it is a warning only that the API lists fewer customers than it says there are. Defaults to `false`."),
			"max_percent_used": limit("The share of each customer's budget, in percent, that may be used: more is a violation. At least one rule must be set.",
				numbervalidator.AtLeastOneOf(rules...)),
			"warn_percent_used":  limit("The share of each customer's budget, in percent, from which on there is a warning. Must be below `max_percent_used`.", below{"max_percent_used"}),
			"max_usd_total_cost": limit("What all customers together may have spent, in USD by Microsoft's own figures. A figure that is not known is a violation."),
			"max_total_cost": schema.MapAttribute{
				Optional: true, ElementType: types.NumberType,
				MarkdownDescription: "What all customers together may have spent in each currency, by its ISO 4217 code. A currency with costs and without a limit is a violation.",
				Validators:          []validator.Map{mapvalidator.SizeAtLeast(1), mapvalidator.NoNullValues(), mapvalidator.KeysAre(currencyCode{}), mapvalidator.ValueNumbersAre(notNegative{})},
			},
			"max_customer_usd_total_cost": limit("What each customer may have spent, in USD by Microsoft's own figures. A figure that is not known is a violation."),
			"require_budget": option("Whether a customer without a budget is a violation. Defaults to `true` where `max_percent_used` or `warn_percent_used` is set, which say nothing about such a customer, and else to `false`. " +
				"With `false`, `summary` still counts them."),
			"max_data_age": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "How old the newest figure may be, as a Go duration such as `48h`. Figures are about a day old. That none has a date is a violation.",
				Validators:          []validator.String{duration{}},
			},
			"passed":                   boolean("Whether nothing is violated, whatever the warnings."),
			"status":                   text("`passed`, `warned` or `failed`."),
			"summary":                  text("The verdict in a line, with the worst customers by name."),
			"messages":                 texts("What was found, in words: violations, then warnings, worst first."),
			"violations":               findings("What is violated, worst first. Empty if the gate passed."),
			"warnings":                 findings("What is not, but should be looked at, worst first."),
			"report_markdown":          text("A table of the worst 20 customers and a Mermaid chart, for a comment on a pull request or the summary of a job."),
			"evaluated_customer_count": count("The number of customers that were looked at."),
			"missing_customer_ids":     texts("The ids of `customer_ids` that the API does not list, in lower case and in that order."),
			"totals": object("Exact sums and counts of the customers that were looked at.", with(totalsAttributes(), attributes{
				"over_budget_count":    count("The number of customers over their budget."),
				"without_budget_count": count("The number of customers without a budget."),
			})),
		},
	}
}

func readSpendGate(ctx context.Context, api *pcclient.Client, m *spendGate) error {
	all, err := api.CustomerUsageRecords(ctx)
	if err != nil {
		return err
	}
	rules, err := m.rules()
	if err != nil {
		return err
	}
	owner := func(r *pcclient.CustomerUsageRecord) *string { return r.OwnerID() }
	m.MissingCustomerIDs = missing(m.CustomerIDs, all.Items, owner)
	records := kept(all.Items, m.selects())
	if m.Totals, err = newCustomerTotals(records); err != nil {
		return err
	}
	verdict := gate.Evaluate(gate.Spend{
		Customers: mapped(records, newGateCustomer),
		Missing:   m.MissingCustomerIDs,
		Listed:    len(all.Items),
		Total:     all.TotalCount,
	}, rules, time.Now())
	return m.set(verdict)
}

// selects returns what the arguments ask to look at.
func (m *spendGate) selects() func(*pcclient.CustomerUsageRecord) bool {
	included := oneOf(m.CustomerIDs)
	excluded := func(*string) bool { return false }
	if m.ExcludeCustomerIDs != nil {
		excluded = oneOf(m.ExcludeCustomerIDs)
	}
	return func(r *pcclient.CustomerUsageRecord) bool {
		return included(r.OwnerID()) && !excluded(r.OwnerID()) &&
			(m.IsUpgraded == nil || *m.IsUpgraded == whether(r.IsUpgraded))
	}
}

func (m *spendGate) rules() (gate.Rules, error) {
	rules := gate.Rules{
		RequireBudget:   m.RequireBudget,
		AllowMissing:    whether(m.AllowMissing),
		AllowEmpty:      whether(m.AllowEmpty),
		AllowIncomplete: whether(m.AllowIncomplete),
	}
	var err error
	for _, limit := range []struct {
		argument *big.Float
		rule     **decimal.Decimal
	}{
		{m.MaxPercentUsed, &rules.MaxPercentUsed},
		{m.WarnPercentUsed, &rules.WarnPercentUsed},
		{m.MaxUSDTotalCost, &rules.MaxUSDTotalCost},
		{m.MaxCustomerUSDTotalCost, &rules.MaxCustomerUSDTotalCost},
	} {
		if *limit.rule, err = limitOf(limit.argument); err != nil {
			return rules, err
		}
	}
	for code, argument := range m.MaxTotalCost {
		limit, err := limitOf(argument)
		if err != nil {
			return rules, err
		}
		if rules.MaxTotalCost == nil {
			rules.MaxTotalCost = map[string]decimal.Decimal{}
		}
		rules.MaxTotalCost[code] = *limit
	}
	if m.MaxDataAge != nil {
		age, err := time.ParseDuration(*m.MaxDataAge)
		if err != nil {
			return rules, err
		}
		rules.MaxDataAge = &age
	}
	return rules, nil
}

// limitOf is a limit as it is written, or nil where there is none.
func limitOf(argument *big.Float) (*decimal.Decimal, error) {
	if argument == nil {
		return nil, nil //nolint:nilnil // No limit, and no error.
	}
	limit, err := written(argument)
	return &limit, err
}

func newGateCustomer(r *pcclient.CustomerUsageRecord) gate.Customer {
	code, _ := currencyOf(&r.Cost)
	c := gate.Customer{
		ID:       value(lowered(r.OwnerID())),
		Name:     value(r.Owner()),
		Currency: code,
		Cost:     plain(r.TotalCost),
		USDCost:  plain(usdOf(&r.Cost)),
		Budget:   plain(r.BudgetAmount()),
	}
	if !r.LastModifiedDate.IsZero() {
		c.LastModified = new(r.LastModifiedDate.Instant())
	}
	return c
}

// plain is the number without what the client knows of it.
func plain(d *pcclient.Decimal) *decimal.Decimal {
	if d == nil {
		return nil
	}
	return &d.Decimal
}

func (m *spendGate) set(verdict *gate.Verdict) error {
	m.Passed = new(verdict.Passed())
	m.Status = new(verdict.Status())
	m.Summary = new(verdict.Summary())
	m.Messages = verdict.Messages()
	m.ReportMarkdown = new(verdict.Markdown())
	m.EvaluatedCustomerCount = new(int64(len(verdict.Customers)))
	var err error
	if m.Violations, err = newGateFindings(verdict.Violations); err != nil {
		return err
	}
	m.Warnings, err = newGateFindings(verdict.Warnings)
	return err
}

func newGateFindings(findings []gate.Finding) ([]gateFinding, error) {
	list := make([]gateFinding, len(findings))
	for i, f := range findings {
		list[i] = gateFinding{
			Rule:         f.Rule,
			CustomerID:   optional(f.CustomerID),
			CustomerName: optional(f.CustomerName),
			Message:      f.Message,
			CurrencyCode: optional(f.Currency),
		}
		var err error
		if list[i].Actual, err = computed(known(f.Actual)); err != nil {
			return nil, err
		}
		if list[i].Limit, err = computed(known(f.Limit)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// known is the opposite of plain.
func known(d *decimal.Decimal) *pcclient.Decimal {
	if d == nil {
		return nil
	}
	return &pcclient.Decimal{Decimal: *d}
}
