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
	*pcclient.AzureEntitlement

	plan      string
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
	current, err := findEntitlement(ctx, api, plans, customerID, azureSubscriptionID)
	if err != nil {
		return nil, err
	}
	subscription := azureSubscription{AzureEntitlement: current.entitlement, plan: current.id}
	var doubtful []*pcclient.ResourceUsageRecord
	// In all of them: one that it has left lists it no longer, and has what it cost there.
	for _, plan := range plans {
		all, err := api.SubscriptionResourceUsage(ctx, customerID, plan.id)
		if plan.isWithoutUsage(err) {
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

// azurePlan is a subscription that may be an Azure plan.
type azurePlan struct {
	id          string
	entitlement *pcclient.AzureEntitlement // nil if the plan does not list the Azure subscription
	isGone      bool                       // 404 when asked for its Azure subscriptions
}

func (p *azurePlan) isActive() bool {
	return strings.EqualFold(deref(p.entitlement.Status, ""), "active")
}

// notFound are the codes by which Partner Center says that there is no such
// subscription (https://learn.microsoft.com/partner-center/developer/error-codes).
var notFound = []string{"1000", "20003", "900118"}

// isWithoutUsage reports whether an error of the plan's usage means that there is none.
// A plan that lists the Azure subscription is there, and so may be what that has cost.
// If the plan is not gone, a 404 with another code, or without one, is of something
// on the way, and may hide what is there.
func (p *azurePlan) isWithoutUsage(err error) bool {
	e, failed := errors.AsType[*pcclient.Error](err)
	return failed && e.Status == http.StatusNotFound && p.entitlement == nil && (p.isGone || slices.Contains(notFound, e.Code))
}

// azurePlans are all subscriptions of a customer that may be Azure plans.
func azurePlans(ctx context.Context, api *pcclient.Client, customerID string) ([]*azurePlan, error) {
	subscriptions, err := api.SubscriptionKinds(ctx, customerID)
	if err != nil {
		return nil, err
	}
	if err := requireComplete(subscriptions, "subscriptions"); err != nil {
		return nil, err
	}
	var plans []*azurePlan
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
			plans = append(plans, &azurePlan{id: plan})
		}
	}
	return plans, nil
}

// findEntitlement looks for the Azure subscription in all plans: it moves from one
// to another, and may be in both. It returns the plan in which it is active, or else
// the first one that lists it.
func findEntitlement(ctx context.Context, api *pcclient.Client, plans []*azurePlan, customerID, azureSubscriptionID string) (current *azurePlan, err error) {
	gone := 0
	for _, plan := range plans {
		entitlements, err := api.AzureEntitlements(ctx, customerID, plan.id)
		if e, failed := errors.AsType[*pcclient.Error](err); failed && e.Status == http.StatusNotFound {
			plan.isGone = true
			gone++
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := requireComplete(entitlements, "Azure entitlements"); err != nil {
			return nil, err
		}
		matches := filter(entitlements.Items, func(e *pcclient.AzureEntitlement) bool {
			return strings.EqualFold(id(e.ID), azureSubscriptionID)
		})
		if len(matches) == 0 {
			continue
		}
		plan.entitlement = matches[0]
		if current == nil || plan.isActive() && !current.isActive() {
			current = plan
		}
	}
	if current == nil {
		detail := fmt.Sprintf("None of the %d Azure plans of the customer has the Azure subscription %s. Check both ids.", len(plans), azureSubscriptionID)
		if gone > 0 {
			detail += fmt.Sprintf(" Partner Center knows no Azure subscriptions of %d of these plans (404 Not Found).", gone)
		}
		return nil, &argumentError{argument: "azure_subscription_id", summary: "Azure subscription not found", detail: detail}
	}
	return current, nil
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
