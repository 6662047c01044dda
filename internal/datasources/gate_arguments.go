package datasources

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/numbervalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/gate"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// GateArguments select the customers of a spend gate, and are its rules. All forms of the gate
// have them in common.
type GateArguments struct {
	CustomerIDs             []string              `tfsdk:"customer_ids"`
	ExcludeCustomerIDs      []string              `tfsdk:"exclude_customer_ids"`
	IsUpgraded              *bool                 `tfsdk:"is_upgraded"`
	AllowMissing            *bool                 `tfsdk:"allow_missing"`
	AllowEmpty              *bool                 `tfsdk:"allow_empty"`
	AllowIncomplete         *bool                 `tfsdk:"allow_incomplete"`
	MaxPercentUsed          *big.Float            `tfsdk:"max_percent_used"`
	WarnPercentUsed         *big.Float            `tfsdk:"warn_percent_used"`
	MaxForecastPercentUsed  *big.Float            `tfsdk:"max_forecast_percent_used"`
	WarnForecastPercentUsed *big.Float            `tfsdk:"warn_forecast_percent_used"`
	MaxUSDTotalCost         *big.Float            `tfsdk:"max_usd_total_cost"`
	MaxTotalCost            map[string]*big.Float `tfsdk:"max_total_cost"`
	MaxCustomerTotalCost    map[string]*big.Float `tfsdk:"max_customer_total_cost"`
	MaxCustomerUSDTotalCost *big.Float            `tfsdk:"max_customer_usd_total_cost"`
	Budgets                 map[string]*big.Float `tfsdk:"budgets"`
	Exceptions              []gateException       `tfsdk:"exceptions"`
	RequireBudget           *bool                 `tfsdk:"require_budget"`
	MaxDataAge              *string               `tfsdk:"max_data_age"`
	MaxFindings             *int64                `tfsdk:"max_findings"`
}

type gateException struct {
	CustomerID string `tfsdk:"customer_id"`
	Until      string `tfsdk:"until"`
	Reason     string `tfsdk:"reason"`
}

// Findings that are listed. The upper limit keeps a state at a size that Terraform
// handles.
const (
	defaultMaxFindings = 100
	mostFindings       = 10_000
)

// GateAttributes explain [GateArguments].
func GateAttributes() map[string]schema.Attribute {
	limit := func(description string, more ...validator.Number) schema.Attribute {
		return schema.NumberAttribute{Optional: true, MarkdownDescription: description, Validators: append([]validator.Number{threshold{}}, more...)}
	}
	limitsByCurrency := func(description string) schema.Attribute {
		return schema.MapAttribute{
			Optional: true, ElementType: types.NumberType, MarkdownDescription: description,
			Validators: []validator.Map{mapvalidator.SizeAtLeast(1), mapvalidator.NoNullValues(), mapvalidator.KeysAre(currencyCode), mapvalidator.ValueNumbersAre(threshold{})},
		}
	}
	shares := []path.Expression{path.MatchRoot("warn_percent_used"), path.MatchRoot("max_forecast_percent_used"), path.MatchRoot("warn_forecast_percent_used")}
	limits := append([]path.Expression{
		path.MatchRoot("max_usd_total_cost"), path.MatchRoot("max_total_cost"), path.MatchRoot("max_customer_total_cost"),
		path.MatchRoot("max_customer_usd_total_cost"), path.MatchRoot("max_data_age"),
	}, shares...)
	rules := append([]path.Expression{path.MatchRoot("require_budget")}, limits...)
	return attributes{
		"customer_ids":         filterArgument("Checks only these customers: ids (tenant ids), GUIDs in upper or lower case. One that the API does not list is a violation, unless `allow_missing` is true.", guid),
		"exclude_customer_ids": filterArgument("Excludes these customers: ids (tenant ids), GUIDs in upper or lower case.", guid),
		"is_upgraded":          option("Checks only customers with an Azure plan (`true`), or only legacy (MS-AZR-0145P) customers (`false`). If the API does not say which one a customer is, it is checked in both cases."),
		"allow_missing":        option("Whether a customer of `customer_ids` that the API does not list is only a warning. Defaults to `false`."),
		"allow_empty":          option("Whether it is only a warning that no customer is selected. Defaults to `false`."),
		"allow_incomplete":     option("Whether it is only a warning that the API lists fewer customers than it says there are. Defaults to `false`."),
		"max_percent_used": limit("The share of each customer's budget, in percent, that may be used: more is a violation. At least one rule must be set.",
			numbervalidator.AtLeastOneOf(rules...)),
		"warn_percent_used": limit("The share of each customer's budget, in percent, above which there is a warning. Must be below `max_percent_used`.", below{"max_percent_used"}),
		"max_forecast_percent_used": limit("The share of each customer's budget, in percent, that may be used at the end of the billing period, if its cost keeps growing at the same rate: more is a violation. " +
			"The forecast is as of the figure's own date: the cost ÷ the share of the period that had passed then. The period of an Azure plan is the calendar month in UTC; that of any other customer is read from its usage summary, one request each. " +
			"On the first day of a period the cost itself is compared, and there is a warning `forecast_known`. If the date or the period of a cost is not known or not plausible, that is a violation `forecast_known`."),
		"warn_forecast_percent_used":  limit("The same share, above which there is a warning. Must be below `max_forecast_percent_used`.", below{"max_forecast_percent_used"}),
		"max_usd_total_cost":          limit("What all customers together may have spent, in USD by Microsoft's own figures. A figure that is not known is a violation."),
		"max_total_cost":              limitsByCurrency("What all customers together may have spent in each currency, by its ISO 4217 code. A currency with costs and without a limit is a violation."),
		"max_customer_total_cost":     limitsByCurrency("What each customer may have spent in each currency, by its ISO 4217 code. A customer with costs in a currency without a limit is a violation."),
		"max_customer_usd_total_cost": limit("What each customer may have spent, in USD by Microsoft's own figures. A figure that is not known is a violation."),
		"require_budget": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether a customer without a budget is a violation. Defaults to `true` where a share of the budget is limited, which says nothing about such a customer, and else to `false`. " +
				"With `false`, `summary` still counts them.",
			Validators: []validator.Bool{limitsNothing{append([]path.Expression{path.MatchRoot("max_percent_used")}, limits...)}},
		},
		"budgets": schema.MapAttribute{
			Optional: true, ElementType: types.NumberType,
			MarkdownDescription: "Budgets by customer id (tenant id, a GUID in upper or lower case), each in the customer's billing currency and in place of the one in Partner Center, such as those of a file. " +
				"A customer that is not in the map keeps its budget in Partner Center. One of the map that is not checked is a violation `customer_found`, unless `allow_missing` is true. A budget is one amount: costs in several currencies are a violation `one_budget`, and in one that is not known `currency_limited`. " +
				"Needs a rule about budgets: one of the `…_percent_used`, or `require_budget = true`.",
			Validators: []validator.Map{
				mapvalidator.SizeAtLeast(1), mapvalidator.NoNullValues(), mapvalidator.KeysAre(guid), mapvalidator.ValueNumbersAre(threshold{}),
				distinctKeys{"id"},
				budgetsNeedRule{append([]path.Expression{path.MatchRoot("max_percent_used"), path.MatchRoot("require_budget")}, shares...)},
			},
		},
		"exceptions": schema.ListNestedAttribute{
			Optional: true,
			MarkdownDescription: "Customers whose violations are only warnings for a while, which say so and why. They still count in what all customers have spent together. " +
				"From `until` on, they are violations again, which say that the exception has ended. Of several for one customer, any that has not ended applies.",
			Validators: []validator.List{listvalidator.NoNullValues()},
			NestedObject: schema.NestedAttributeObject{Attributes: with(exceptionAttributes(), attributes{
				"customer_id": schema.StringAttribute{Required: true, MarkdownDescription: "The customer's id (tenant id), a GUID in upper or lower case.", Validators: []validator.String{guid}},
			})},
		},
		"max_data_age": maxDataAge(),
		"max_findings": maxFindings(),
	}
}

// Arguments that all gates have.

func maxDataAge() schema.Attribute {
	return schema.StringAttribute{
		Optional:            true,
		MarkdownDescription: "How old the newest figure may be, as a Go duration such as `48h`. Figures are about a day old. A figure dated more than a day ahead of the clock counts as one without a date. If no figure has a date, that is a violation.",
		Validators:          []validator.String{duration},
	}
}

func maxFindings() schema.Attribute {
	return schema.Int64Attribute{
		Optional: true,
		MarkdownDescription: fmt.Sprintf("How many violations, and how many warnings, are listed, the worst first: from 0 to %d. Defaults to %d. "+
			"The counts, the verdict and the first line of the report are always those of all.", mostFindings, defaultMaxFindings),
		Validators: []validator.Int64{int64validator.Between(0, mostFindings)},
	}
}

// exceptionAttributes are those of every exception.
func exceptionAttributes() attributes {
	return attributes{
		"until":  schema.StringAttribute{Required: true, MarkdownDescription: "When the exception ends: an RFC 3339 time, or a date, which is 00:00 UTC of that day.", Validators: []validator.String{dateOrTime}},
		"reason": schema.StringAttribute{Required: true, MarkdownDescription: "Why there is an exception, for the messages and the report.", Validators: []validator.String{notBlank}},
	}
}

// Evaluate reads the usage records and applies the rules.
func (a *GateArguments) Evaluate(ctx context.Context, api *pcclient.Client) (*gate.Verdict, error) {
	verdict, _, err := a.evaluate(ctx, api)
	return verdict, err
}

// gateInput is what a gate has evaluated.
type gateInput struct {
	spent   customerSpend
	missing []string
}

func (a *GateArguments) evaluate(ctx context.Context, api *pcclient.Client) (*gate.Verdict, gateInput, error) {
	var input gateInput
	rules, err := a.rules()
	if err != nil {
		return nil, input, err
	}
	var evaluation *gate.SpendEvaluation
	var withoutPeriod [][]gate.Record // customers with a record whose period the list does not say
	reader := customerReader{all: api.CustomerUsageRecords(), tracker: newIDTracker(a.CustomerIDs), keeps: a.selects()}
	begin := func() {
		input.spent, evaluation, withoutPeriod = customerSpend{}, gate.BeginSpend(rules, time.Now()), nil
	}
	err = reader.read(ctx, begin, func(customer ...*pcclient.CustomerUsageRecord) {
		input.spent.add(customer, newCustomerBudget(customer))
		records := mapRows(customer, newGateRecord)
		if rules.NeedPeriods() && slices.ContainsFunc(customer, func(r *pcclient.CustomerUsageRecord) bool { return !deref(r.IsUpgraded, false) }) {
			withoutPeriod = append(withoutPeriod, records)
			return
		}
		evaluation.Add(records...)
	})
	if err != nil {
		return nil, input, err
	}
	if err := readPeriods(ctx, api, withoutPeriod); err != nil {
		return nil, input, err
	}
	for _, records := range withoutPeriod {
		evaluation.Add(records...)
	}
	input.missing = reader.tracker.missing()
	return evaluation.Verdict(gate.SpendList{Missing: input.missing, Listed: reader.listed, Total: reader.all.LargestCount()}), input, nil
}

// selects returns a filter for the records of the selected customers. A customer
// that may be one of them, for all that the API says, is one.
func (a *GateArguments) selects() func(*pcclient.CustomerUsageRecord) bool {
	included := matchesNull(matchesAny(a.CustomerIDs))
	excluded := func(*string) bool { return false }
	if a.ExcludeCustomerIDs != nil {
		excluded = matchesAny(a.ExcludeCustomerIDs)
	}
	return func(r *pcclient.CustomerUsageRecord) bool {
		return included(r.OwnerID()) && !excluded(r.OwnerID()) &&
			(a.IsUpgraded == nil || r.IsUpgraded == nil || *a.IsUpgraded == *r.IsUpgraded)
	}
}

func (a *GateArguments) rules() (gate.SpendRules, error) {
	rules := gate.SpendRules{
		RequireBudget:   a.RequireBudget,
		AllowMissing:    deref(a.AllowMissing, false),
		AllowEmpty:      deref(a.AllowEmpty, false),
		AllowIncomplete: deref(a.AllowIncomplete, false),
		MaxFindings:     defaultMaxFindings,
	}
	if a.MaxFindings != nil {
		rules.MaxFindings = int(*a.MaxFindings)
	}
	var err error
	for _, limit := range []struct {
		argument *big.Float
		rule     **decimal.Decimal
	}{
		{a.MaxPercentUsed, &rules.MaxPercentUsed},
		{a.WarnPercentUsed, &rules.WarnPercentUsed},
		{a.MaxForecastPercentUsed, &rules.MaxForecastPercentUsed},
		{a.WarnForecastPercentUsed, &rules.WarnForecastPercentUsed},
		{a.MaxUSDTotalCost, &rules.MaxUSDTotalCost},
		{a.MaxCustomerUSDTotalCost, &rules.MaxCustomerUSDTotalCost},
	} {
		if *limit.rule, err = limitOf(limit.argument); err != nil {
			return rules, err
		}
	}
	for _, limits := range []struct {
		argument map[string]*big.Float
		rule     *map[string]decimal.Decimal
		key      func(string) string
	}{
		{a.MaxTotalCost, &rules.MaxTotalCost, asWritten},
		{a.MaxCustomerTotalCost, &rules.MaxCustomerTotalCost, asWritten},
		{a.Budgets, &rules.Budgets, normalizeText},
	} {
		if *limits.rule, err = limitsOf(limits.argument, limits.key); err != nil {
			return rules, err
		}
	}
	for _, exception := range a.Exceptions {
		until, _, err := parseDateOrTime(exception.Until)
		if err != nil {
			return rules, err
		}
		rules.Exceptions = append(rules.Exceptions, gate.Exception{SubjectID: normalizeText(exception.CustomerID), Until: until, Reason: exception.Reason})
	}
	rules.MaxDataAge, err = ageOf(a.MaxDataAge)
	return rules, err
}

// ageOf is an age, or nil where there is none.
func ageOf(argument *string) (*time.Duration, error) {
	if argument == nil {
		return nil, nil //nolint:nilnil // No limit, and no error.
	}
	age, err := time.ParseDuration(*argument)
	return &age, err
}

// limitDecimals are the decimals of a limit, which are as many as a figure has.
// Those that come after are noise: HCL calculates with binary fractions, in which
// 100 * 1.05 is a little less than 105.
const limitDecimals = 60

// limitOf is a limit as it is written, or nil where there is none.
func limitOf(argument *big.Float) (*decimal.Decimal, error) {
	if argument == nil {
		return nil, nil //nolint:nilnil // No limit, and no error.
	}
	limit, err := figures.Written(argument)
	return new(limit.Round(limitDecimals)), err
}

// asWritten is the key of a limit that needs no other form.
func asWritten(key string) string { return key }

// limitsOf are limits by key, or nil where there are none.
func limitsOf(argument map[string]*big.Float, key func(string) string) (map[string]decimal.Decimal, error) {
	if argument == nil {
		return nil, nil //nolint:nilnil // No limits, and no error.
	}
	limits := make(map[string]decimal.Decimal, len(argument))
	for written, number := range argument {
		limit, err := limitOf(number)
		if err != nil {
			return nil, err
		}
		limits[key(written)] = *limit
	}
	return limits, nil
}

// maxPeriodReads is how many billing periods are waited for at once. How many
// requests are under way at once is up to the client.
const maxPeriodReads = 64

// readPeriods gives the records of customers that have no period that of the customer's
// usage summary.
func readPeriods(ctx context.Context, api *pcclient.Client, customers [][]gate.Record) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxPeriodReads)
	for _, records := range customers {
		customerID := records[0].SubjectID
		if !isGUID(customerID) { // Nothing can be asked about it.
			continue
		}
		group.Go(func() error {
			usage, err := api.CustomerUsageSummary(ctx, customerID)
			if err != nil {
				return err
			}
			period := gatePeriod(usage)
			for i := range records {
				if records[i].Period == nil {
					records[i].Period = period
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// gatePeriod is the billing period of a usage summary, or nil if that has none.
func gatePeriod(usage *pcclient.CustomerUsageSummary) *gate.Period {
	if usage == nil || usage.BillingStartDate.IsZero() || usage.BillingEndDate.IsZero() {
		return nil
	}
	return &gate.Period{Start: usage.BillingStartDate.Instant(), End: endOf(&usage.Cost, &usage.Period)}
}

func newGateRecord(r *pcclient.CustomerUsageRecord) gate.Record {
	record := newCostRecord(&r.Cost)
	record.SubjectID = deref(normalizeGUID(r.OwnerID()), "")
	record.SubjectName = deref(r.Owner(), "")
	record.Budget = toDecimal(r.BudgetAmount())
	if deref(r.IsUpgraded, false) && record.LastModified != nil {
		record.Period = new(gate.MonthOf(*record.LastModified)) // That of an Azure plan.
	}
	return record
}

// newCostRecord is a record of a cost, not yet of anybody's.
func newCostRecord(c *pcclient.Cost) gate.Record {
	code, _ := currencyOf(c)
	record := gate.Record{Currency: code, Cost: toDecimal(c.TotalCost), USDCost: toDecimal(usdOf(c))}
	if !c.LastModifiedDate.IsZero() {
		record.LastModified = new(c.LastModifiedDate.Instant())
	}
	return record
}
