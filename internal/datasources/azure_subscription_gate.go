package datasources

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
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

func newAzureSubscriptionGate() datasource.DataSource {
	return &source[azureSubscriptionGate]{
		name:   "azure_subscription_gate",
		schema: azureSubscriptionGateSchema,
		read:   readAzureSubscriptionGate,
	}
}

// AzureSubscriptionGateArguments say which Azure subscription is checked, and are
// the rules. All forms of the gate have them in common.
type AzureSubscriptionGateArguments struct {
	CustomerID                *string                      `tfsdk:"customer_id"`
	AzureSubscriptionID       *string                      `tfsdk:"azure_subscription_id"`
	CurrencyCode              *string                      `tfsdk:"currency_code"`
	ResourceGroupNames        []string                     `tfsdk:"resource_group_names"`
	AllowMissing              *bool                        `tfsdk:"allow_missing"`
	MaxTotalCost              *big.Float                   `tfsdk:"max_total_cost"`
	WarnTotalCost             *big.Float                   `tfsdk:"warn_total_cost"`
	MaxForecastTotalCost      *big.Float                   `tfsdk:"max_forecast_total_cost"`
	WarnForecastTotalCost     *big.Float                   `tfsdk:"warn_forecast_total_cost"`
	MaxResourceGroupTotalCost map[string]*big.Float        `tfsdk:"max_resource_group_total_cost"`
	MaxUSDTotalCost           *big.Float                   `tfsdk:"max_usd_total_cost"`
	MaxDataAge                *string                      `tfsdk:"max_data_age"`
	Exceptions                []azureSubscriptionException `tfsdk:"exceptions"`
	MaxFindings               *int64                       `tfsdk:"max_findings"`
}

type azureSubscriptionException struct {
	Until  string `tfsdk:"until"`
	Reason string `tfsdk:"reason"`
}

type azureSubscriptionGate struct {
	AzureSubscriptionGateArguments
	gateVerdict

	Violations       []resourceGroupFinding `tfsdk:"violations"`
	Warnings         []resourceGroupFinding `tfsdk:"warnings"`
	PlanID           *string                `tfsdk:"plan_id"`
	SubscriptionName *string                `tfsdk:"subscription_name"`
	HasUsage         *bool                  `tfsdk:"has_usage"`
	TotalCost        *pcclient.Decimal      `tfsdk:"total_cost"`
	USDTotalCost     *pcclient.Decimal      `tfsdk:"usd_total_cost"`
	ForecastCost     *pcclient.Decimal      `tfsdk:"forecast_cost"`
	LastModifiedDate *string                `tfsdk:"last_modified_date"`
}

type resourceGroupFinding struct {
	Rule              string            `tfsdk:"rule"`
	ResourceGroupName *string           `tfsdk:"resource_group_name"`
	Message           string            `tfsdk:"message"`
	Actual            *pcclient.Decimal `tfsdk:"actual"`
	Limit             *pcclient.Decimal `tfsdk:"limit"`
	CurrencyCode      *string           `tfsdk:"currency_code"`
}

// AzureSubscriptionGateAttributes explain [AzureSubscriptionGateArguments].
func AzureSubscriptionGateAttributes() map[string]schema.Attribute {
	limit := func(description string, more ...validator.Number) schema.Attribute {
		return schema.NumberAttribute{Optional: true, MarkdownDescription: description, Validators: append([]validator.Number{threshold{}}, more...)}
	}
	return attributes{
		"customer_id":           customerID(),
		"azure_subscription_id": idArgument("The id of the Azure subscription, a GUID in upper or lower case. One that no Azure plan of the customer lists is an error."),
		"currency_code": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "The ISO 4217 code of the currency that the limits are in, in capitals: the customer's billing currency. A cost in another currency, or in one that is not known, is a violation, and is never added or converted.",
			Validators:          []validator.String{currencyCode},
		},
		"resource_group_names": filterArgument("Checks only these resource groups: names, case-insensitive. One without usage is a violation, unless `allow_missing` is true. "+
			"Costs in no resource group are then not checked; those of a resource that does not say where it is are.", resourceGroupName),
		"allow_missing": option("Whether a resource group of `resource_group_names` without usage is only a warning. Defaults to `false`."),
		"max_total_cost": limit("What may have been spent so far in this billing period, in `currency_code`: more is a violation. At least one rule must be set.",
			numbervalidator.AtLeastOneOf(
				path.MatchRoot("warn_total_cost"), path.MatchRoot("max_forecast_total_cost"), path.MatchRoot("warn_forecast_total_cost"),
				path.MatchRoot("max_resource_group_total_cost"), path.MatchRoot("max_usd_total_cost"), path.MatchRoot("max_data_age"),
			)),
		"warn_total_cost": limit("What may have been spent so far without a warning, in `currency_code`. Must be below `max_total_cost`.", below{"max_total_cost"}),
		"max_forecast_total_cost": limit("What the forecast may come to, in `currency_code`: more is a violation. The forecast is the cost divided by the share of the calendar month (UTC) that has passed as of the newest figure. " +
			"In the first day of a month, the cost itself is compared, with a warning. A cost without a date is a violation."),
		"warn_forecast_total_cost": limit("What the forecast may come to without a warning, in `currency_code`. Must be below `max_forecast_total_cost`.", below{"max_forecast_total_cost"}),
		"max_resource_group_total_cost": schema.MapAttribute{
			Optional: true, ElementType: types.NumberType,
			MarkdownDescription: "What each resource group may have cost so far, in `currency_code`, by its name, case-insensitive. A resource group without an entry is not limited by this rule; an entry without usage is a warning. " +
				"A cost of which the resource group is not known is a violation.",
			Validators: []validator.Map{
				mapvalidator.SizeAtLeast(1), mapvalidator.NoNullValues(), mapvalidator.KeysAre(resourceGroupName),
				distinctKeys{"resource group"},
				mapvalidator.ValueNumbersAre(threshold{}),
			},
		},
		"max_usd_total_cost": limit("What may have been spent so far, in USD by Microsoft's own figures. A figure that is not known is a violation."),
		"max_data_age":       maxDataAge(),
		"exceptions": schema.ListNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Exceptions from all rules, with an end and a reason. Until one has ended, what would be a violation is a warning that says so, and why; from then on a violation says that it has ended.",
			NestedObject:        schema.NestedAttributeObject{Attributes: exceptionAttributes()},
			Validators:          []validator.List{listvalidator.NoNullValues()},
		},
		"max_findings": maxFindings(),
	}
}

// resourceGroupName accepts names. Which there are is known only from their usage.
var resourceGroupName = textValidator{"the name of a resource group", "Not a resource group", func(_ validator.StringRequest, text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("the name is empty")
	}
	return nil
}}

func azureSubscriptionGateSchema() schema.Schema {
	finding := attributes{
		"rule":                text("The rule: the name of its argument, or `currency`, `resource_group_found`, `usd_known`, `forecast_known`, `data_age_known` or `has_usage`."),
		"resource_group_name": text("The name of the resource group. Null if the finding is about all of them, or about resources in none."),
		"message":             text("What was found, in words, with the limit that was broken."),
		"actual":              number("The figure: an amount in `currency_code`, or hours for an age. Null if the rule has no figure, or it is not known."),
		"limit":               number("The limit, in the same unit. Null if the rule has none."),
		"currency_code":       text("The ISO 4217 code of the currency of `actual` and `limit`. Null where there is none, or it is not known."),
	}
	return schema.Schema{
		MarkdownDescription: "Whether what one Azure subscription has cost is within limits, in one block: for the repository of a workload, together with `data.azurerm_client_config`. It finds the Azure plan by itself. " +
			"Legacy (MS-AZR-0145P) subscriptions are not supported by the API. " + estimates + "\n\n" +
			"It fails closed: what is not known, not found, or in another currency is a violation. A gate that fails is a result, not an error: stop the plan with a `postcondition` on `passed`, " +
			"so that the report stays in the plan. It keeps no records in the state.\n\n" +
			"It is read while planning, so a plan that is saved and applied later is not checked again: the [ephemeral form](../ephemeral-resources/azure_subscription_gate.md) is. " +
			"Give neither the gate nor its module a `depends_on`: while what that names has pending changes, Terraform reads the gate during the apply, after making them.\n\n" +
			"Costs of resources in no resource group, such as a reservation, count towards the Azure subscription. " +
			"Its routes need a sign-in as a user (App+User). " +
			"See [Get usage data for subscription by resource](https://learn.microsoft.com/partner-center/developer/get-a-customer-subscription-resource-usage-records).",
		Attributes: with(AzureSubscriptionGateAttributes(), gateVerdictAttributes(
			"The verdict in one line: what was found, the worst first, and the limit that was exceeded, with at least one finding of every rule that failed.",
			"total", "resource groups", finding,
		), attributes{
			"plan_id":           text("The id of the Azure plan that contains the Azure subscription, a GUID in lower case. If several plans list it, the one in which it is active."),
			"subscription_name": text("The name of the Azure subscription. Null if the API returns none."),
			"has_usage":         boolean("Whether the Azure subscription has any usage in this billing period, in whatever resource group. If not, that is a warning. Also true if this cannot be determined."),
			"total_cost": number("The exact sum of what was checked, so far in this billing period, in `currency_code`: an estimate. 0 without usage. May be negative after a refund. " +
				"Null if a cost is not known, or in another currency."),
			"usd_total_cost":     number("The exact sum of Microsoft's own figures for what was checked, in USD. Null unless it is known for every resource."),
			"forecast_cost":      number("What `total_cost` comes to at the end of the month if it grows on as it has until `last_modified_date`, in `currency_code`. Null if that is not known, and in the first day of a month."),
			"last_modified_date": text("When the newest of the figures that were checked was updated, an RFC 3339 time with the API's offset and precision. Null without usage."),
		}),
	}
}

func readAzureSubscriptionGate(ctx context.Context, api *pcclient.Client, m *azureSubscriptionGate) error {
	verdict, subscription, err := m.evaluate(ctx, api)
	if err != nil {
		return err
	}
	m.PlanID = normalizeGUID(&subscription.plan)
	m.SubscriptionName = subscription.FriendlyName
	m.HasUsage = new(subscription.hasUsage())
	m.TotalCost = fromDecimal(verdict.TotalCost)
	m.USDTotalCost = fromDecimal(verdict.USDTotalCost)
	m.ForecastCost = fromDecimal(verdict.ForecastCost)
	m.LastModifiedDate = formatTime(subscription.newest)
	m.gateVerdict = newGateVerdict(verdict.Verdict)
	m.Violations = mapRows(pointers(verdict.Violations()), newResourceGroupFinding)
	m.Warnings = mapRows(pointers(verdict.Warnings()), newResourceGroupFinding)
	return nil
}

func newResourceGroupFinding(f *gate.Finding) resourceGroupFinding {
	return resourceGroupFinding{
		Rule:              f.Rule,
		ResourceGroupName: nilIfEmpty(f.SubjectName),
		Message:           f.Message,
		Actual:            fromDecimal(f.Actual),
		Limit:             fromDecimal(f.Limit),
		CurrencyCode:      nilIfEmpty(f.Currency),
	}
}

// Evaluate reads what the Azure subscription has cost, and applies the rules.
func (a *AzureSubscriptionGateArguments) Evaluate(ctx context.Context, api *pcclient.Client) (*gate.Verdict, error) {
	verdict, _, err := a.evaluate(ctx, api)
	if err != nil {
		return nil, err
	}
	return verdict.Verdict, nil
}

// checkedSubscription is an Azure subscription, and the newest date of what is
// checked of it.
type checkedSubscription struct {
	*azureSubscription

	newest *pcclient.Time
}

func (a *AzureSubscriptionGateArguments) evaluate(ctx context.Context, api *pcclient.Client) (*gate.AzureSubscriptionVerdict, *checkedSubscription, error) {
	rules, err := a.rules()
	if err != nil {
		return nil, nil, err
	}
	subscription, err := readAzureSubscription(ctx, api, id(a.CustomerID), id(a.AzureSubscriptionID))
	if err != nil {
		return nil, nil, err
	}
	checked := &checkedSubscription{azureSubscription: subscription}
	input := gate.AzureSubscription{Name: deref(subscription.FriendlyName, ""), Selected: a.ResourceGroupNames, HasUsage: subscription.hasUsage()}
	selected, tracker := matchesAny(a.ResourceGroupNames), newIDTracker(a.ResourceGroupNames)
	for i, r := range slices.Concat(subscription.resources, subscription.doubtful) {
		group, isDoubtful := r.ResourceGroup(), i >= len(subscription.resources)
		if !isDoubtful {
			tracker.mark(group)
		}
		records := &input.Grouped
		switch {
		case group != nil && !selected(group):
			continue
		case group != nil:
		case !r.IsInNoResourceGroup():
			records = &input.Unlocated
		case a.ResourceGroupNames != nil:
			continue
		default:
			records = &input.Ungrouped
		}
		record := newCostRecord(&r.Cost)
		record.SubjectName = deref(group, "")
		if isDoubtful { // What may be another's says nothing of how old the figures are.
			record.LastModified = nil
		} else if date := r.LastModifiedDate; !date.IsZero() && (checked.newest == nil || isNewer(date, checked.newest)) {
			checked.newest = date
		}
		*records = append(*records, record)
	}
	input.Missing = tracker.missing()
	return gate.EvaluateAzureSubscription(input, rules, time.Now()), checked, nil
}

func (a *AzureSubscriptionGateArguments) rules() (gate.AzureSubscriptionRules, error) {
	rules := gate.AzureSubscriptionRules{
		Currency:     *a.CurrencyCode,
		AllowMissing: deref(a.AllowMissing, false),
		MaxFindings:  int(deref(a.MaxFindings, defaultMaxFindings)),
	}
	var err error
	for _, limit := range []struct {
		argument *big.Float
		rule     **decimal.Decimal
	}{
		{a.MaxTotalCost, &rules.MaxTotalCost},
		{a.WarnTotalCost, &rules.WarnTotalCost},
		{a.MaxForecastTotalCost, &rules.MaxForecastTotalCost},
		{a.WarnForecastTotalCost, &rules.WarnForecastTotalCost},
		{a.MaxUSDTotalCost, &rules.MaxUSDTotalCost},
	} {
		if *limit.rule, err = limitOf(limit.argument); err != nil {
			return rules, err
		}
	}
	if rules.MaxResourceGroupTotalCost, err = limitsOf(a.MaxResourceGroupTotalCost, asWritten); err != nil {
		return rules, err
	}
	for _, exception := range a.Exceptions {
		until, _, err := parseDateOrTime(exception.Until)
		if err != nil {
			return rules, err
		}
		rules.Exceptions = append(rules.Exceptions, gate.Exception{Until: until, Reason: exception.Reason})
	}
	rules.MaxDataAge, err = ageOf(a.MaxDataAge)
	return rules, err
}
