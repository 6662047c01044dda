package emulator_test

import (
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

type resourceRecords struct {
	TotalCount int
	Items      []struct {
		ResourceURI, ResourceType      string
		EntitlementID, EntitlementName string
		ResourceGroupName, Name        string
		TotalCost                      json.Number
	}
}

type entitlements struct {
	TotalCount int
	Items      []struct{ ID, FriendlyName, Status, SubscriptionID string }
	Links      *struct{}
}

func TestResourceUsageRecordsAreWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	body := serve(t, emulator.Options{}).read(t, subscriptionPath(emulator.MeteredCustomerID, emulator.MeteredPlanID, "resourceusagerecords"))
	for _, want := range []string{
		`{"totalCount":21,"items":[{"subscriptionId":"87bbb368-e17a-4ded-90fb-edcd370d6146",` +
			`"resourceUri":"/subscriptions/36f675cc-81e7-4ef5-a8e2-5d940ed90475/resourceGroups/rg-fleet-web/providers/Microsoft.Web/serverFarms/plan-fleet-web",` +
			`"resourceType":"Microsoft.Web","entitlementId":"36f675cc-81e7-4ef5-a8e2-5d940ed90475","entitlementName":"Nordhavn Production",` +
			`"resourceGroupName":"rg-fleet-web","name":"plan-fleet-web","resourceName":"plan-fleet-web",` +
			`"totalCost":131.244658576609090972487,"currencyCode":"EUR","usdTotalCost":152.0075635634286491643344434,` +
			`"lastModifiedDate":"2026-11-19T06:56:58.0455609+00:00","attributes":{"objectType":"ResourceUsageRecord"}},`,
		`/providers/Microsoft.Sql/servers/sql-fleet/databases/bookings","resourceType":"Microsoft.Sql",`,
		`"name":"app-fleet-web","resourceName":"app-fleet-web","totalCost":0,"currencyCode":"EUR","usdTotalCost":0,`,
		`],"links":{"self":{"uri":"/customers/6a78bc81-09e8-486f-a388-61ea2d959e23/subscriptions/87bbb368-e17a-4ded-90fb-edcd370d6146/resourceusagerecords",`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("missing %s in %s", want, body)
		}
	}
}

func TestResourcesAreInTheEntitlementsOfThePlan(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	for name, test := range map[string]struct {
		customerID, planID   string
		resources, inPlan    int
		entitlements, groups int
		cost                 string
	}{
		"many resources": {emulator.MeteredCustomerID, emulator.MeteredPlanID, 21, 4, 3, 9, "3045.11968855241510377"},
		"a second plan":  {emulator.TwoPlansCustomerID, emulator.SecondPlanID, 6, 2, 2, 3, "1164.0689804687501505"},
		"no usage":       {emulator.IdleCustomerID, emulator.IdlePlanID, 0, 2, 0, 0, "0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			names := map[string]string{}
			list := decode[entitlements](t, service.read(t, subscriptionPath(test.customerID, test.planID, "azureEntitlements")))
			for _, e := range list.Items {
				names[e.ID] = e.FriendlyName
				if e.Status != "active" || e.SubscriptionID != test.planID {
					t.Errorf("entitlement %+v", e)
				}
			}
			if list.TotalCount != test.inPlan || len(names) != test.inPlan || list.Links != nil {
				t.Errorf("entitlements %+v", list)
			}

			records := decode[resourceRecords](t, service.read(t, subscriptionPath(test.customerID, test.planID, "resourceusagerecords")))
			used, groups, total := map[string]bool{}, map[string]bool{}, new(big.Rat)
			for _, r := range records.Items {
				used[r.EntitlementID] = true
				groups[r.EntitlementID+r.ResourceGroupName] = true
				total.Add(total, rational(t, r.TotalCost))
				if names[r.EntitlementID] != r.EntitlementName || !strings.HasSuffix(r.ResourceURI, "/"+r.Name) ||
					!strings.HasPrefix(r.ResourceURI, "/subscriptions/"+r.EntitlementID+"/resourceGroups/"+r.ResourceGroupName+"/providers/"+r.ResourceType+"/") {
					t.Errorf("record %+v", r)
				}
			}
			if records.TotalCount != test.resources || len(used) != test.entitlements || len(groups) != test.groups || total.Cmp(rational(t, json.Number(test.cost))) != 0 {
				t.Errorf("%d records in %d entitlements and %d groups, total %s", records.TotalCount, len(used), len(groups), total.FloatString(30))
			}
		})
	}
}

func TestEntitlementsAreWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	const want = `{"totalCount":4,"items":[{"id":"36f675cc-81e7-4ef5-a8e2-5d940ed90475","friendlyName":"Nordhavn Production","status":"active",` +
		`"subscriptionId":"87bbb368-e17a-4ded-90fb-edcd370d6146"},`
	for _, word := range []string{"azureEntitlements", "azureentitlements"} {
		body := service.read(t, subscriptionPath(emulator.MeteredCustomerID, emulator.MeteredPlanID, word))
		if !strings.HasPrefix(body, want) || !strings.HasSuffix(body, `}],"attributes":{"objectType":"Collection"}}`) || !strings.Contains(body, emulator.UnusedEntitlementID) {
			t.Error(body)
		}
	}
}

func TestPlansOnly(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	for _, rest := range []string{"resourceusagerecords", "azureEntitlements"} {
		wantError(t, service.get(t, subscriptionPath(emulator.LegacyCustomerID, emulator.LegacySubscriptionID, rest)), http.StatusBadRequest, 900141)
	}
}
