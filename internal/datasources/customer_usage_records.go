package datasources

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

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

func customerUsageRecordsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What every customer has spent on Azure in the current billing period, compared with its budget, on Azure plans and on the legacy offer (MS-AZR-0145P). " + estimates + "\n\n" +
			"Reads all pages, or fails. The route needs a sign-in as a user (App+User). " +
			"See [Get usage records for all customers](https://learn.microsoft.com/partner-center/developer/get-a-customer-s-usage-records).",
		Attributes: with(attributes{
			"customer_ids": filterArgument("Returns only these customers: ids (tenant ids), GUIDs in upper or lower case. An id that the API does not list is an error, unless `allow_missing` is true.", guid),
			"allow_missing": option("Whether to accept that the API does not list a customer of `customer_ids`. The customer is then in `missing_customer_ids` instead of an error. " +
				"A customer without any usage may not be listed. Defaults to `false`."),
			"is_upgraded": option("Returns only customers with an Azure plan (`true`), or only legacy (MS-AZR-0145P) customers (`false`). If the API does not say which one a customer is, it is returned in both cases."),
			"min_percent_used": schema.NumberAttribute{
				Optional: true,
				MarkdownDescription: "Returns only customers that have a budget and have used at least this share of it, in percent, compared exactly. " +
					"A customer whose cost is not known, or whose records have different budgets, is returned too.",
			},
			"include_records":      includeRecords(),
			"missing_customer_ids": texts("The ids of `customer_ids` that the API does not list, in lower case and in the order of the argument."),
			"totals": object("Exact sums and counts of the records, after the filters.", with(totalsAttributes(), attributes{
				"over_budget_count":    count("The number of customers over their budget, or whose records have different budgets."),
				"without_budget_count": count("The number of customers without a budget."),
			})),
			"records": rows("One record per customer, sorted by `customer_name`, then `customer_id`. If a customer has several, `within_budget` and `over_budget` apply to all of them together. Null if `include_records` is false.", with(attributes{
				"customer_id":   text("The customer's id (tenant id), a GUID in lower case."),
				"customer_name": text("The customer's company name. Null if the API returns none."),
				"is_upgraded":   boolean("Whether the customer has an Azure plan. False for a legacy (MS-AZR-0145P) customer."),
			}, budgetAttributes(), attributes{
				"within_budget": boolean("Whether the customer has a budget and the `total_cost` of all its records together is at most the budget, compared exactly. " +
					"False without a budget, so that a condition on it fails then, and if the records have different budgets or currencies."),
				"over_budget": boolean("Whether the customer has a budget and the `total_cost` of all its records together is more than the budget, compared exactly, or whether its records have different budgets or currencies. " +
					"False without a budget: use `within_budget` to block."),
			}, costAttributes())),
		}, filteredCollectionAttributes()),
	}
}

func readCustomerUsageRecords(ctx context.Context, api *pcclient.Client, m *customerUsageRecords) error {
	minimum, err := limitOf(m.MinPercentUsed)
	if err != nil {
		return err
	}
	var spent customerSpend
	var records []*selectedCustomer
	reader := customerReader{all: api.CustomerUsageRecords(), tracker: newIDTracker(m.CustomerIDs), keeps: m.selects()}
	err = reader.read(ctx, func() { spent, records = customerSpend{}, nil }, func(customer ...*pcclient.CustomerUsageRecord) {
		budget := newCustomerBudget(customer)
		if minimum != nil && !budget.isAtLeast(*minimum) {
			return
		}
		spent.add(customer, budget)
		if !deref(m.IncludeRecords, true) {
			return
		}
		for _, record := range customer {
			records = append(records, &selectedCustomer{record, budget.isWithin(), budget.isOver()})
		}
	})
	if err != nil {
		return err
	}
	m.collection = toCollection(reader.listed, reader.all.TotalCount(), reader.all.LargestCount())
	m.MissingCustomerIDs = reader.tracker.missing()
	if len(m.MissingCustomerIDs) > 0 && !deref(m.AllowMissing, false) {
		return &argumentError{
			argument: "customer_ids",
			summary:  "Customer not listed",
			detail: fmt.Sprintf("Partner Center lists no usage record for %s. Check the ids. "+
				"If these customers may have no usage yet, set allow_missing = true.", strings.Join(m.MissingCustomerIDs, ", ")),
		}
	}
	if deref(m.IncludeRecords, true) {
		m.Records = customerUsageRows(records)
	}
	m.Totals = spent.totals()
	return nil
}

// selects returns a filter for the customers that the arguments name.
func (m *customerUsageRecords) selects() func(*pcclient.CustomerUsageRecord) bool {
	wanted := matchesNull(matchesAny(m.CustomerIDs))
	return func(r *pcclient.CustomerUsageRecord) bool {
		return wanted(r.OwnerID()) && (m.IsUpgraded == nil || r.IsUpgraded == nil || *m.IsUpgraded == *r.IsUpgraded)
	}
}

// selectedCustomer is a record, and whether its customer is within its budget, or over.
type selectedCustomer struct {
	*pcclient.CustomerUsageRecord
	within, over bool
}

func customerUsageRows(records []*selectedCustomer) []customerUsageRecord {
	sortRecords(records, func(a, b *selectedCustomer) int {
		return cmp.Or(compareTexts(a.Owner(), b.Owner()), compareTexts(normalizeGUID(a.OwnerID()), normalizeGUID(b.OwnerID())))
	})
	return mapRows(records, newCustomerUsageRecord)
}

func newCustomerUsageRecord(r *selectedCustomer) customerUsageRecord {
	row := customerUsageRecord{
		CustomerID:   normalizeGUID(r.OwnerID()),
		CustomerName: r.Owner(),
		IsUpgraded:   deref(r.IsUpgraded, false),
		budget:       newBudget(r.BudgetAmount(), r.TotalCost, r.PercentUsed),
		cost:         newCost(&r.Cost),
	}
	row.WithinBudget, row.OverBudget = &r.within, &r.over
	return row
}
