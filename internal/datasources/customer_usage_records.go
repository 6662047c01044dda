package datasources

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newCustomerUsageRecords() datasource.DataSource {
	return &source[customerUsageRecords]{
		name:   "customer_usage_records",
		schema: customerUsageRecordsSchema,
		read:   readCustomerUsageRecords,
	}
}

type customerUsageRecords struct {
	CustomerIDs    []string   `tfsdk:"customer_ids"`
	AllowMissing   *bool      `tfsdk:"allow_missing"`
	IsUpgraded     *bool      `tfsdk:"is_upgraded"`
	MinPercentUsed *big.Float `tfsdk:"min_percent_used"`
	IncludeRecords *bool      `tfsdk:"include_records"`

	Records            []customerUsageRecord `tfsdk:"records"`
	Totals             *customerTotals       `tfsdk:"totals"`
	MissingCustomerIDs []string              `tfsdk:"missing_customer_ids"`
	collection
}

type customerUsageRecord struct {
	CustomerID   *string `tfsdk:"customer_id"`
	CustomerName *string `tfsdk:"customer_name"`
	IsUpgraded   bool    `tfsdk:"is_upgraded"`
	budget
	cost
}

type customerTotals struct {
	totals
	OverBudgetCount    int64 `tfsdk:"over_budget_count"`
	WithoutBudgetCount int64 `tfsdk:"without_budget_count"`
}

func customerUsageRecordsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What every customer has spent on Azure in the current billing period, against its budget: Azure plan and legacy (MS-AZR-0145P) alike. " + estimates + "\n\n" +
			"All pages are read, or there is an error. The route needs a sign-in as a user (App+User). " +
			"See [Get usage records for all customers](https://learn.microsoft.com/partner-center/developer/get-a-customer-s-usage-records).",
		Attributes: with(attributes{
			"customer_ids": filter("Keeps these customers only: ids (tenant ids), GUIDs in any case. One that the API does not list is an error, unless `allow_missing` is true.", guid{}),
			"allow_missing": option("Whether a customer of `customer_ids` that the API does not list is no error. It is in `missing_customer_ids` then. " +
				"A customer without any usage may not be listed. Defaults to `false`."),
			"is_upgraded": option("Keeps customers with an Azure plan only (`true`), or legacy (MS-AZR-0145P) ones only (`false`). One of whom the API does not say is kept."),
			"min_percent_used": schema.NumberAttribute{
				Optional: true,
				MarkdownDescription: "Keeps customers only that have a budget and have used at least this share of it, in percent, compared exactly. " +
					"One whose cost is not known is kept.",
			},
			"include_records":      includeRecords(),
			"missing_customer_ids": texts("The ids of `customer_ids` that the API does not list, in lower case and in that order."),
			"totals": object("Exact sums and counts of the records, after the filters.", with(totalsAttributes(), attributes{
				"over_budget_count":    count("The number of customers over their budget."),
				"without_budget_count": count("The number of customers without a budget."),
			})),
			"records": rows("One record per customer, sorted by `customer_name`, then `customer_id`. Null if `include_records` is false.", with(attributes{
				"customer_id":   text("The customer's id (tenant id), in lower case."),
				"customer_name": text("The customer's company name. Null if the API gives none."),
				"is_upgraded":   boolean("Whether the customer has an Azure plan. False for a legacy (MS-AZR-0145P) customer."),
			}, budgetAttributes(), costAttributes())),
		}, collectionAttributes()),
	}
}

func readCustomerUsageRecords(ctx context.Context, api *pcclient.Client, m *customerUsageRecords) error {
	keeps, err := m.filter()
	if err != nil {
		return err
	}
	all, listed, asked := api.CustomerUsageRecords(), 0, newRollCall(m.CustomerIDs)
	var spent customerSpend
	var records []pcclient.CustomerUsageRecord
	for record, err := range all.Items(ctx) {
		if err != nil {
			return err
		}
		listed++
		asked.see(record.OwnerID())
		if !keeps(&record) {
			continue
		}
		spent.add(&record)
		if unless(m.IncludeRecords) {
			records = append(records, record)
		}
	}
	m.collection = collectionOf(listed, all.TotalCount())
	m.MissingCustomerIDs = asked.missing()
	if len(m.MissingCustomerIDs) > 0 && !whether(m.AllowMissing) {
		return &argumentError{
			argument: "customer_ids",
			summary:  "Customer not listed",
			detail: fmt.Sprintf("Partner Center lists no usage record for %s. Check the ids. "+
				"If these customers may have no usage yet, set allow_missing = true.", strings.Join(m.MissingCustomerIDs, ", ")),
		}
	}
	if unless(m.IncludeRecords) {
		m.Records = customerUsageRows(records)
	}
	m.Totals = spent.totals()
	return nil
}

// filter returns what the arguments ask to keep.
func (m *customerUsageRecords) filter() (func(*pcclient.CustomerUsageRecord) bool, error) {
	var minimum decimal.Decimal
	if m.MinPercentUsed != nil {
		var err error
		if minimum, err = figures.Written(m.MinPercentUsed); err != nil {
			return nil, err
		}
	}
	wanted := orUnknown(oneOf(m.CustomerIDs))
	return func(r *pcclient.CustomerUsageRecord) bool {
		return wanted(r.OwnerID()) &&
			(m.IsUpgraded == nil || r.IsUpgraded == nil || *m.IsUpgraded == *r.IsUpgraded) &&
			(m.MinPercentUsed == nil || atLeastPercent(minimum, r.BudgetAmount(), r.TotalCost))
	}, nil
}

// customerSpend adds up the costs of customers, and counts their budgets.
type customerSpend struct {
	spend
	overBudget, withoutBudget int64
}

func (s *customerSpend) add(r *pcclient.CustomerUsageRecord) {
	s.spend.add(&r.Cost)
	switch amount := r.BudgetAmount(); {
	case amount == nil:
		s.withoutBudget++
	case overBudget(amount, r.TotalCost):
		s.overBudget++
	}
}

func (s *customerSpend) totals() *customerTotals {
	return &customerTotals{totals: *s.spend.totals(), OverBudgetCount: s.overBudget, WithoutBudgetCount: s.withoutBudget}
}

func customerUsageRows(records []pcclient.CustomerUsageRecord) []customerUsageRecord {
	list := kept(records, everything)
	slices.SortStableFunc(list, func(a, b *pcclient.CustomerUsageRecord) int {
		return cmp.Or(compareTexts(a.Owner(), b.Owner()), compareTexts(lowered(a.OwnerID()), lowered(b.OwnerID())))
	})
	return mapped(list, newCustomerUsageRecord)
}

func newCustomerUsageRecord(r *pcclient.CustomerUsageRecord) customerUsageRecord {
	return customerUsageRecord{
		CustomerID:   lowered(r.OwnerID()),
		CustomerName: r.Owner(),
		IsUpgraded:   whether(r.IsUpgraded),
		budget:       newBudget(r.BudgetAmount(), r.TotalCost, r.PercentUsed),
		cost:         newCost(&r.Cost),
	}
}
