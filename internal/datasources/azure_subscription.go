package datasources

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// azureSubscription is an Azure subscription in an Azure plan, and what it has
// used.
type azureSubscription struct {
	foundEntitlement

	resources []*pcclient.ResourceUsageRecord
	// doubtful are resources of which it cannot be told whether they belong to it,
	// and so neither what they cost it: they have no cost.
	doubtful []*pcclient.ResourceUsageRecord
}

// hasUsage is also true if that is not known.
func (s *azureSubscription) hasUsage() bool { return len(s.resources)+len(s.doubtful) > 0 }

// readAzureSubscription reads what one Azure subscription has used, wherever its
// Azure plan is.
func readAzureSubscription(ctx context.Context, api *pcclient.Client, customerID, azureSubscriptionID string) (*azureSubscription, error) {
	plans, err := azurePlans(ctx, api, customerID)
	if err != nil {
		return nil, err
	}
	listings, gone, err := findEntitlement(ctx, api, plans, customerID, azureSubscriptionID)
	if err != nil {
		return nil, err
	}
	subscription := azureSubscription{foundEntitlement: currentOf(listings)}
	var doubtful []*pcclient.ResourceUsageRecord
	// In all of them: one that it has left lists it no longer, and has what it cost there.
	for _, plan := range plans {
		all, err := api.SubscriptionResourceUsage(ctx, customerID, plan)
		// A plan that lists it is there, and so may be what it has cost.
		if slices.Contains(gone, plan) && isStatusNotFound(err) || isNotFound(err) && !isListedIn(listings, plan) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := requireComplete(all, "resource usage records"); err != nil {
			return nil, err
		}
		for _, record := range all.Items {
			switch owner := deref(record.Entitlement(), ""); {
			case strings.EqualFold(owner, azureSubscriptionID):
				subscription.resources = append(subscription.resources, record)
			case owner == "":
				doubtful = append(doubtful, record)
			}
		}
	}
	subscription.doubtful = unknownCosts(doubtful, azureSubscriptionID)
	return &subscription, nil
}

// azurePlans are the ids of all subscriptions of a customer that may be Azure plans.
func azurePlans(ctx context.Context, api *pcclient.Client, customerID string) ([]string, error) {
	subscriptions, err := api.SubscriptionKinds(ctx, customerID)
	if err != nil {
		return nil, err
	}
	if err := requireComplete(subscriptions, "subscriptions"); err != nil {
		return nil, err
	}
	var plans []string
	seen := map[string]bool{}
	for _, subscription := range subscriptions.Items {
		if !subscription.MayBeAzurePlan() {
			continue
		}
		plan := id(subscription.ID)
		if plan == "" {
			return nil, errors.New("the list contains a subscription without an id, which may be an Azure plan")
		}
		if !seen[normalizeText(plan)] {
			seen[normalizeText(plan)] = true
			plans = append(plans, plan)
		}
	}
	return plans, nil
}

// foundEntitlement is an Azure subscription as an Azure plan lists it.
type foundEntitlement struct {
	plan string
	pcclient.AzureEntitlement
}

// findEntitlement looks for the Azure subscription in all plans: it moves from one
// to another, and may be in both. It also returns the plans whose Azure subscriptions are
// not found.
func findEntitlement(ctx context.Context, api *pcclient.Client, plans []string, customerID, azureSubscriptionID string) (found []foundEntitlement, gone []string, err error) {
	for _, plan := range plans {
		entitlements, err := api.AzureEntitlements(ctx, customerID, plan)
		if isStatusNotFound(err) {
			gone = append(gone, plan)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		if err := requireComplete(entitlements, "Azure entitlements"); err != nil {
			return nil, nil, err
		}
		matches := filter(entitlements.Items, func(e *pcclient.AzureEntitlement) bool {
			return strings.EqualFold(id(e.ID), azureSubscriptionID)
		})
		if len(matches) > 0 {
			found = append(found, foundEntitlement{plan, *matches[0]})
		}
	}
	if len(found) == 0 {
		detail := fmt.Sprintf("None of the %d Azure plans of the customer has the Azure subscription %s. Check both ids.", len(plans), azureSubscriptionID)
		if len(gone) > 0 {
			detail += fmt.Sprintf(" Partner Center knows no Azure subscriptions of %d of these plans (404 Not Found).", len(gone))
		}
		return nil, nil, &argumentError{argument: "azure_subscription_id", summary: "Azure subscription not found", detail: detail}
	}
	return found, gone, nil
}

// notFound are the codes by which Partner Center says that there is no such
// subscription (https://learn.microsoft.com/partner-center/developer/error-codes).
var notFound = []string{"1000", "20003", "900118"}

// isNotFound reports whether Partner Center itself knows nothing of what was asked
// for, such as a plan that was deleted. A 404 with another code, or without one,
// is of something on the way, and may hide what is there.
func isNotFound(err error) bool {
	e, failed := errors.AsType[*pcclient.Error](err)
	return failed && e.Status == http.StatusNotFound && slices.Contains(notFound, e.Code)
}

func isStatusNotFound(err error) bool {
	e, failed := errors.AsType[*pcclient.Error](err)
	return failed && e.Status == http.StatusNotFound
}

func isListedIn(listings []foundEntitlement, plan string) bool {
	return slices.ContainsFunc(listings, func(l foundEntitlement) bool { return l.plan == plan })
}

// currentOf is the listing in which the Azure subscription is active, or else the
// first one.
func currentOf(listings []foundEntitlement) foundEntitlement {
	for _, l := range listings {
		if strings.EqualFold(deref(l.Status, ""), "active") {
			return l
		}
	}
	return listings[0]
}

// unknownCosts are resources of which it cannot be told whether they belong to an
// Azure subscription, and so neither what they cost it.
func unknownCosts(records []*pcclient.ResourceUsageRecord, azureSubscriptionID string) []*pcclient.ResourceUsageRecord {
	return mapRows(records, func(r *pcclient.ResourceUsageRecord) *pcclient.ResourceUsageRecord {
		unknown := *r
		unknown.EntitlementID, unknown.TotalCost, unknown.USDTotalCost = &azureSubscriptionID, nil, nil
		return &unknown
	})
}
