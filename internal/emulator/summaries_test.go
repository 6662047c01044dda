package emulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

func customerPath(customerID, rest string) string {
	return "/v1/customers/" + customerID + "/" + rest
}

func subscriptionPath(customerID, subscriptionID, rest string) string {
	return customerPath(customerID, "subscriptions/"+subscriptionID+"/"+rest)
}

func TestSummariesAndBudgetsAreWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	const (
		plan = `"billingStartDate":"2026-11-01T00:00:00+00:00","billingEndDate":"2026-12-01T00:00:00+00:00",` +
			`"totalCost":3045.11968855241510377,"currencyCode":"EUR","usdTotalCost":3526.857623281407173186414,` +
			`"lastModifiedDate":"2026-11-19T06:56:58.0455609+00:00",`
		legacy = `"billingStartDate":"2026-10-28T00:00:00-07:00","billingEndDate":"2026-11-27T00:00:00-08:00",` +
			`"totalCost":412.861172,"currencyLocale":"fr-FR","lastModifiedDate":"2026-11-19T07:45:58.9097543+00:00",`
		self = `,"method":"GET","headers":[]}},"attributes":{"objectType":`
	)
	for name, test := range map[string]struct{ path, want string }{
		"a plan customer": {
			customerPath(emulator.MeteredCustomerID, "usagesummary"),
			`{"budget":{"amount":6000,"attributes":{"objectType":"SpendingBudget"}},` +
				`"resourceId":"6a78bc81-09e8-486f-a388-61ea2d959e23","resourceName":"Nordhavn Marine ApS",` + plan +
				`"attributes":{"objectType":"CustomerUsageSummary"}}`,
		},
		"a legacy customer": {
			customerPath(emulator.LegacyCustomerID, "usagesummary"),
			`{"budget":{"amount":500,"attributes":{"objectType":"SpendingBudget"}},` +
				`"id":"B225DB66-0212-4EAE-88FE-93CDBF1D1466","name":"Brasserie Quatre Vents SARL",` + legacy +
				`"links":{"self":{"uri":"/customers/b225db66-0212-4eae-88fe-93cdbf1d1466/usagesummary"` + self + `"CustomerUsageSummary"}}`,
		},
		"a plan": {
			subscriptionPath(emulator.MeteredCustomerID, emulator.MeteredPlanID, "usagesummary"),
			`{"resourceId":"87bbb368-e17a-4ded-90fb-edcd370d6146","resourceName":"Azure plan",` + plan +
				`"links":{"self":{"uri":"/customers/6a78bc81-09e8-486f-a388-61ea2d959e23/subscriptions/87bbb368-e17a-4ded-90fb-edcd370d6146/usagesummary"` +
				self + `"SubscriptionUsageSummary"}}`,
		},
		"a legacy subscription": {
			subscriptionPath(emulator.LegacyCustomerID, emulator.LegacySubscriptionID, "usagesummary"),
			`{"resourceId":"74B8F932-73C0-4E10-B14C-80BB959A194D","id":"74B8F932-73C0-4E10-B14C-80BB959A194D",` +
				`"resourceName":"Microsoft Azure","name":"Microsoft Azure",` + legacy +
				`"links":{"self":{"uri":"/customers/b225db66-0212-4eae-88fe-93cdbf1d1466/subscriptions/74b8f932-73c0-4e10-b14c-80bb959a194d/usagesummary"` +
				self + `"SubscriptionUsageSummary"}}`,
		},
		"a budget": {
			customerPath(emulator.MeteredCustomerID, "usagebudget"),
			`{"amount":6000,"usageSpendingBudget":6000,` +
				`"links":{"self":{"uri":"/v1/customers/6a78bc81-09e8-486f-a388-61ea2d959e23/usagebudget"` + self + `"SpendingBudget"}}`,
		},
		"no budget": {
			customerPath(emulator.UnbudgetedCustomerID, "usagebudget"),
			`{"links":{"self":{"uri":"/v1/customers/6a2d9ae9-cbee-49ce-a9a1-5492e15521a2/usagebudget"` + self + `"SpendingBudget"}}`,
		},
		"a budget beside no usage": {
			customerPath(emulator.IdleCustomerID, "usagebudget"),
			`{"amount":100,"usageSpendingBudget":100,` +
				`"links":{"self":{"uri":"/v1/customers/5eeee57e-cacc-4375-ada5-a2268d8dd08a/usagebudget"` + self + `"SpendingBudget"}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := service.read(t, test.path); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestSummaryWithoutABudgetKeepsTheObject(t *testing.T) {
	t.Parallel()
	body := serve(t, emulator.Options{}).read(t, customerPath(emulator.UnbudgetedCustomerID, "usagesummary"))
	if !strings.HasPrefix(body, `{"budget":{"attributes":{"objectType":"SpendingBudget"}},"resourceId":`) {
		t.Error(body)
	}
}

func TestNoUsageIsAnErrorOfSummaries(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	for _, path := range []string{
		customerPath(emulator.IdleCustomerID, "usagesummary"),
		subscriptionPath(emulator.IdleCustomerID, emulator.IdlePlanID, "usagesummary"),
	} {
		got := service.get(t, path)
		wantError(t, got, http.StatusNotFound, 3000)
		if !strings.Contains(got.body, `"description":"Customer does not have usage data."`) {
			t.Error(got.body)
		}
	}
	if err := service.Spend(emulator.IdleCustomerID, "0.01"); err != nil {
		t.Fatal(err)
	}
	service.read(t, customerPath(emulator.IdleCustomerID, "usagesummary"))
}

func TestSubscriptionUsageRecordsAreWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	const end = `"lastModifiedDate":"2026-11-19T07:24:58.5393857+00:00","attributes":{"objectType":"SubscriptionMonthlyUsageRecord"}}`
	for path, want := range map[string]string{
		customerPath(emulator.TwoPlansCustomerID, "subscriptions/usagerecords"): `{"totalCount":2,"items":[` +
			`{"status":"active","partnerOnRecord":"4821170","offerId":"DZH318Z0BPS6:0001:DZH318Z0BML6",` +
			`"resourceId":"d23f0824-128b-4f33-8c5c-7fd0a6a3a450","id":"d23f0824-128b-4f33-8c5c-7fd0a6a3a450","resourceName":"Azure plan","name":"Azure plan",` +
			`"totalCost":8148.4828632812510535,"currencyCode":"USD","usdTotalCost":8148.4828632812510535,` + end +
			`,{"status":"suspended","partnerOnRecord":"4821170","offerId":"DZH318Z0BPS6:0001:DZH318Z0BML6",` +
			`"resourceId":"9531985d-5d9d-49f8-9818-e811892f902b","id":"9531985d-5d9d-49f8-9818-e811892f902b","resourceName":"Azure plan","name":"Azure plan",` +
			`"totalCost":1164.0689804687501505,"currencyCode":"USD","usdTotalCost":1164.0689804687501505,` + end +
			`],"links":{"self":{"uri":"/customers/6513270e-269e-4d37-b2a7-4de452e6b438/subscriptions/usagerecords","method":"GET","headers":[]}},` +
			`"attributes":{"objectType":"Collection"}}`,
		customerPath(emulator.LegacyCustomerID, "subscriptions/usagerecords"): service.read(t, metersPath(emulator.LegacyCustomerID, emulator.LegacySubscriptionID)),
	} {
		if got := service.read(t, path); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	idle := service.read(t, customerPath(emulator.IdleCustomerID, "subscriptions/usagerecords"))
	if !strings.Contains(idle, `{"totalCount":1,`) || !strings.Contains(idle, `"totalCost":0,"currencyCode":"GBP","usdTotalCost":0,`) {
		t.Error(idle)
	}
}

func TestAzureRoutesRefuseALicence(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	list := decode[subscriptions](t, service.read(t, customerPath(emulator.MeteredCustomerID, "subscriptions")))
	licence := list.Items[1].ID
	for _, rest := range []string{"usagesummary", "meterusagerecords", "resourceusagerecords", "azureEntitlements", "utilizations/azure"} {
		wantError(t, service.get(t, subscriptionPath(emulator.MeteredCustomerID, licence, rest)), http.StatusBadRequest, 800011)
		wantError(t, service.get(t, subscriptionPath(emulator.MeteredCustomerID, emulator.IdlePlanID, rest)), http.StatusNotFound, 20003)
	}
}
