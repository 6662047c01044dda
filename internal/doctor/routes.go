package doctor

import (
	"context"
	"reflect"
	"strings"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// IDs are what the routes are asked about. What is empty is chosen from the responses.
type IDs struct {
	Customer string // with the plan
	Plan     string // an Azure plan
	// An MS-AZR-0145P subscription, and its customer if that is another one.
	Subscription         string
	SubscriptionCustomer string

	fallback string // a customer of the list of customers
}

// route is a route of the API.
type route struct {
	api        string
	path       string // {customer_id}, {plan_id} and {subscription_id} stand for the ids
	resource   reflect.Type
	collection bool
	localDates bool // its dates have no offset
	anyCase    bool // the names of its fields are compared without case
	read       func(ctx context.Context, api *pcclient.Client, ids IDs) error
}

// routes are all that the data sources read, in an order in which one finds the ids for
// the next. Each is read with the client's method that the data source uses.
var routes = []route{
	collectionOf("customers", func(ctx context.Context, api *pcclient.Client, _ IDs) (*pcclient.Collection[pcclient.Customer], error) {
		return api.Customers(ctx, "")
	}),
	collectionOf("customers/usagerecords", func(ctx context.Context, api *pcclient.Client, _ IDs) (*pcclient.Collection[pcclient.CustomerUsageRecord], error) {
		return api.CustomerUsageRecords().All(ctx)
	}),
	objectOf("usagesummary", func(ctx context.Context, api *pcclient.Client, _ IDs) (*pcclient.UsageSummary, error) {
		return api.UsageSummary(ctx)
	}),
	objectOf("customers/{customer_id}", func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.Customer, error) {
		return api.Customer(ctx, ids.Customer)
	}),
	objectOf("customers/{customer_id}/usagesummary", func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.CustomerUsageSummary, error) {
		return api.CustomerUsageSummary(ctx, ids.Customer)
	}),
	objectOf("customers/{customer_id}/usagebudget", func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.SpendingBudget, error) {
		return api.CustomerUsageBudget(ctx, ids.Customer)
	}),
	collectionOf("customers/{customer_id}/subscriptions/usagerecords", func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.Collection[pcclient.SubscriptionUsageRecord], error) {
		return api.SubscriptionUsageRecords(ctx, ids.Customer)
	}),
	collectionOf(subscriptionsPath, func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.Collection[pcclient.Subscription], error) {
		return api.Subscriptions(ctx, ids.Customer)
	}),
	objectOf("customers/{customer_id}/subscriptions/{plan_id}/usagesummary", func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.SubscriptionUsageSummary, error) {
		return api.SubscriptionUsageSummary(ctx, ids.Customer, ids.Plan)
	}),
	collectionOf("customers/{customer_id}/subscriptions/{plan_id}/meterusagerecords", func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.Collection[pcclient.MeterUsageRecord], error) {
		return api.SubscriptionMeterUsage(ctx, ids.Customer, ids.Plan)
	}),
	collectionOf("customers/{customer_id}/subscriptions/{plan_id}/resourceusagerecords", func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.Collection[pcclient.ResourceUsageRecord], error) {
		return api.SubscriptionResourceUsage(ctx, ids.Customer, ids.Plan)
	}),
	collectionOf("customers/{customer_id}/subscriptions/{plan_id}/azureEntitlements", func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.Collection[pcclient.AzureEntitlement], error) {
		return api.AzureEntitlements(ctx, ids.Customer, ids.Plan)
	}),
	collectionOf(legacySubscriptionsPath, func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.Collection[pcclient.Subscription], error) {
		return api.Subscriptions(ctx, ids.SubscriptionCustomer)
	}),
	objectOf(legacyPath+"/usagesummary", func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.SubscriptionUsageSummary, error) {
		return api.SubscriptionUsageSummary(ctx, ids.SubscriptionCustomer, ids.Subscription)
	}),
	collectionOf(legacyPath+"/meterusagerecords", func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.Collection[pcclient.MeterUsageRecord], error) {
		return api.SubscriptionMeterUsage(ctx, ids.SubscriptionCustomer, ids.Subscription)
	}),
	collectionOf(legacyPath+"/utilizations/azure", func(ctx context.Context, api *pcclient.Client, ids IDs) (*pcclient.Collection[pcclient.AzureUtilizationRecord], error) {
		// What was reported the day before yesterday has been processed.
		today := time.Now().UTC().Truncate(24 * time.Hour)
		return api.AzureUtilization(ids.SubscriptionCustomer, ids.Subscription, pcclient.UtilizationQuery{Start: today.AddDate(0, 0, -2), End: today.AddDate(0, 0, -1)}).All(ctx)
	}),
	withLocalDates(objectOf("ratecards/azure", func(ctx context.Context, api *pcclient.Client, _ IDs) (*pcclient.AzureRateCard, error) {
		return api.AzureRateCard(ctx, false, "", "")
	})),
	withLocalDates(objectOf("ratecards/azure-shared", func(ctx context.Context, api *pcclient.Client, _ IDs) (*pcclient.AzureRateCard, error) {
		return api.AzureRateCard(ctx, true, "", "")
	})),
	withLocalDates(collectionOf("invoices", func(ctx context.Context, api *pcclient.Client, _ IDs) (*pcclient.Collection[pcclient.Invoice], error) {
		return api.Invoices(ctx)
	})),
	withLocalDates(collectionOf("invoices/summaries", func(ctx context.Context, api *pcclient.Client, _ IDs) (*pcclient.Collection[pcclient.InvoiceSummary], error) {
		return api.InvoiceSummaries(ctx)
	})),
}

const (
	subscriptionsPath       = "customers/{customer_id}/subscriptions"
	legacySubscriptionsPath = "customers/{legacy_customer_id}/subscriptions"
	legacyPath              = "customers/{legacy_customer_id}/subscriptions/{subscription_id}"
)

func collectionOf[T any](path string, read func(context.Context, *pcclient.Client, IDs) (*pcclient.Collection[T], error)) route {
	return route{api: partnerCenter, path: path, resource: reflect.TypeFor[T](), collection: true, read: func(ctx context.Context, api *pcclient.Client, ids IDs) error {
		_, err := read(ctx, api, ids)
		return err
	}}
}

func objectOf[T any](path string, read func(context.Context, *pcclient.Client, IDs) (*T, error)) route {
	return route{api: partnerCenter, path: path, resource: reflect.TypeFor[T](), read: func(ctx context.Context, api *pcclient.Client, ids IDs) error {
		_, err := read(ctx, api, ids)
		return err
	}}
}

func withLocalDates(r route) route {
	r.localDates = true
	return r
}

// missing says why a route cannot be read, or "".
func (r route) missing(ids IDs) string {
	switch {
	case strings.Contains(r.path, "{customer_id}") && ids.Customer == "":
		return "no customer was found; -customer names one"
	case strings.Contains(r.path, "{plan_id}") && ids.Plan == "":
		return "the customer has no Azure plan; -customer and -plan name one"
	case strings.Contains(r.path, "{legacy_customer_id}") && ids.SubscriptionCustomer == "":
		return "no customer without an Azure plan was found; -customer and -subscription name a legacy (MS-AZR-0145P) subscription"
	case strings.Contains(r.path, "{subscription_id}") && ids.Subscription == "":
		return "the customer has no legacy (MS-AZR-0145P) subscription; -customer and -subscription name one"
	case r.path == legacySubscriptionsPath && strings.EqualFold(ids.Customer, ids.SubscriptionCustomer):
		return "the same customer as above"
	}
	return ""
}

// choose completes the ids from the responses so far.
func (ids *IDs) choose(path string, responses []*exchange) {
	switch path {
	case "customers/usagerecords":
		ids.chooseByUsage(itemsOf[pcclient.CustomerUsageRecord](responses))
	case "customers":
		for _, c := range itemsOf[pcclient.Customer](responses) {
			ids.fallback = first(ids.fallback, text(c.ID))
		}
	case subscriptionsPath, legacySubscriptionsPath:
		customer := ids.Customer
		if path == legacySubscriptionsPath {
			customer = ids.SubscriptionCustomer
		}
		ids.chooseSubscription(customer, itemsOf[pcclient.Subscription](responses))
	case "usagesummary":
		// Both lists of customers have been read.
		ids.Customer = first(ids.Customer, ids.fallback)
	}
}

// chooseByUsage prefers customers that cost something.
func (ids *IDs) chooseByUsage(records []pcclient.CustomerUsageRecord) {
	if ids.Customer != "" {
		return
	}
	for _, wantCost := range []bool{true, false} {
		for _, r := range records {
			id := text(r.OwnerID())
			switch isPlan := r.IsUpgraded != nil && *r.IsUpgraded; {
			case wantCost && (r.TotalCost == nil || r.TotalCost.IsZero()):
			case isPlan:
				ids.Customer = first(ids.Customer, id)
			default:
				ids.SubscriptionCustomer = first(ids.SubscriptionCustomer, id)
			}
		}
	}
	ids.Customer = first(ids.Customer, ids.SubscriptionCustomer)
}

func (ids *IDs) chooseSubscription(customer string, subscriptions []pcclient.Subscription) {
	for _, s := range subscriptions {
		isActive := s.Status == nil || strings.EqualFold(*s.Status, "active")
		switch id := text(s.ID); {
		case !isActive:
		case s.IsAzurePlan() && customer == ids.Customer:
			ids.Plan = first(ids.Plan, id)
		case s.IsAzureLegacy() && ids.Subscription == "":
			ids.Subscription, ids.SubscriptionCustomer = id, customer
		}
	}
}
