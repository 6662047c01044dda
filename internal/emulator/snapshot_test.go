package emulator_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

func TestSpendChangesEveryLaterAnswer(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	paths := map[string]string{
		customersPath: `"percentUsed":120.01,"isUpgraded":true,"resourceId":"6a78bc81-09e8-486f-a388-61ea2d959e23","id":"6a78bc81-09e8-486f-a388-61ea2d959e23",` +
			`"resourceName":"Nordhavn Marine ApS","name":"Nordhavn Marine ApS","totalCost":7200.50,"currencyCode":"EUR","usdTotalCost":8339.6191,`,
		customerPath(emulator.MeteredCustomerID, "usagesummary"):                                     `"totalCost":7200.50,"currencyCode":"EUR","usdTotalCost":8339.6191,`,
		customerPath(emulator.MeteredCustomerID, "subscriptions/usagerecords"):                       `"totalCost":7200.50,"currencyCode":"EUR","usdTotalCost":8339.6191,`,
		subscriptionPath(emulator.MeteredCustomerID, emulator.MeteredPlanID, "usagesummary"):         `"totalCost":7200.50,"currencyCode":"EUR","usdTotalCost":8339.6191,`,
		subscriptionPath(emulator.MeteredCustomerID, emulator.MeteredPlanID, "resourceusagerecords"): `"totalCost":310.34155,"currencyCode":"EUR",`,
		subscriptionPath(emulator.MeteredCustomerID, emulator.MeteredPlanID, "meterusagerecords"):    `"totalCost":29.56`,
	}
	invoices := service.read(t, "/v1/invoices")
	for path, want := range paths {
		if strings.Contains(service.read(t, path), want) { // read once, so that it is cached
			t.Errorf("%s: %s before it is spent", path, want)
		}
	}
	if err := service.Spend(strings.ToUpper(emulator.MeteredCustomerID), "7200.50"); err != nil {
		t.Fatal(err)
	}
	for path, want := range paths {
		if body := service.read(t, path); !strings.Contains(body, want) {
			t.Errorf("%s: missing %s in %s", path, want, body)
		}
	}
	if service.read(t, "/v1/invoices") != invoices {
		t.Error("the invoices of past months have changed")
	}
}

func TestSpendOfALegacyCustomerIsInTheTotal(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	if err := service.Spend(emulator.LegacyCustomerID, "-0.000000000000000000000000000001"); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		summaryPath: `"totalCost":1285.767960999999999999999999999999,`,
		metersPath(emulator.LegacyCustomerID, emulator.LegacySubscriptionID): `"totalCost":-0.000000000000000000000000000001,"currencyLocale":"fr-FR","usdTotalCost":0,`,
	} {
		if body := service.read(t, path); !strings.Contains(body, want) {
			t.Errorf("missing %s in %s", want, body)
		}
	}
}

func TestSpendOfNothingIsNoUsage(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	if err := service.Spend(emulator.MeteredCustomerID, "0.00"); err != nil {
		t.Fatal(err)
	}
	wantError(t, service.get(t, customerPath(emulator.MeteredCustomerID, "usagesummary")), http.StatusNotFound, 3000)
	if body := service.read(t, metersPath(emulator.MeteredCustomerID, emulator.MeteredPlanID)); !strings.HasPrefix(body, `{"totalCount":0,"items":[],`) {
		t.Error(body)
	}
}

func TestSpendIsRefused(t *testing.T) {
	t.Parallel()
	e := emulator.New(emulator.Options{})
	for _, cost := range []string{"", "much", "1e3", "+1", "01", "1.", ".5", "NaN", "1,5", " 1"} {
		if err := e.Spend(emulator.MeteredCustomerID, cost); err == nil || !strings.Contains(err.Error(), "is not a decimal") {
			t.Errorf("%q: %v", cost, err)
		}
	}
	if err := e.Spend("nobody", "1"); err == nil || err.Error() != `there is no customer "nobody"` {
		t.Error(err)
	}
}

func TestSpendWhileItIsRead(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{PageSize: 10})
	var group sync.WaitGroup
	for _, cost := range []string{"1", "2", "3", "4"} {
		group.Go(func() {
			if err := service.Spend(emulator.MeteredCustomerID, cost); err != nil {
				t.Error(err)
			}
			walk(t, service, customersPath)
		})
		group.Go(func() { walk(t, service, metersPath(emulator.MeteredCustomerID, emulator.MeteredPlanID)) })
	}
	group.Wait()
}
