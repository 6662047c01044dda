package emulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

type customers struct {
	TotalCount        int
	ContinuationToken string
	Items             []struct {
		ID             string
		CompanyProfile struct{ TenantID, Domain, CompanyName string }
	}
	Links struct {
		Self struct{ URI string }
		Next *struct {
			URI     string
			Headers []struct{ Key, Value string }
		}
	}
}

func (c customers) names() string {
	names := []string{}
	for _, item := range c.Items {
		names = append(names, item.CompanyProfile.CompanyName)
	}
	return strings.Join(names, ", ")
}

func TestCustomersAreWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	const (
		want = `{"totalCount":25,"items":[{"id":"776f8cbe-f529-4c2d-b678-2392ad968c10",` +
			`"companyProfile":{"tenantId":"776f8cbe-f529-4c2d-b678-2392ad968c10","domain":"birchbarkfurnitureab.onmicrosoft.com",` +
			`"companyName":"Birch & Bark Furniture AB","attributes":{"objectType":"CustomerCompanyProfile"}},` +
			`"relationshipToPartner":"reseller","attributes":{"objectType":"Customer"}}],` +
			`"continuationToken":"TOKEN","links":{"self":{"uri":"/v1/customers?size=1","method":"GET","headers":[]},` +
			`"next":{"uri":"/v1/customers?size=1&seekOperation=Next","method":"GET","headers":[{"key":"MS-ContinuationToken","value":"TOKEN"}]}},` +
			`"attributes":{"objectType":"Collection"}}`
	)
	body := serve(t, emulator.Options{}).read(t, "/v1/customers?size=1")
	token := decode[customers](t, body).ContinuationToken
	if got := strings.ReplaceAll(body, token, "TOKEN"); got != want || !strings.HasPrefix(token, "++//") {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCustomersComeInPages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options emulator.Options
		query   string
		pages   int
		self    string
	}{
		"without a size":     {emulator.Options{}, "", 1, "/v1/customers?size=500"},
		"a size of 0":        {emulator.Options{}, "?size=0", 1, "/v1/customers?size=500"},
		"a size":             {emulator.Options{}, "?Size=10", 3, "/v1/customers?size=10"},
		"a smaller page":     {emulator.Options{PageSize: 5}, "?size=500", 5, "/v1/customers?size=5"},
		"a larger page":      {emulator.Options{PageSize: 50}, "?size=20", 2, "/v1/customers?size=20"},
		"more than one page": {emulator.Options{Customers: 501}, "", 2, "/v1/customers?size=500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := serve(t, test.options)
			ids := map[string]bool{}
			domains := map[string]bool{}
			page := decode[customers](t, service.read(t, "/v1/customers"+test.query))
			for pages := 1; ; pages++ {
				for _, item := range page.Items {
					ids[item.ID] = item.ID == item.CompanyProfile.TenantID
					domains[item.CompanyProfile.Domain] = true
				}
				if page.Links.Self.URI != test.self {
					t.Errorf("self %s", page.Links.Self.URI)
				}
				next := page.Links.Next
				if (next == nil) != (page.ContinuationToken == "") {
					t.Errorf("next %v, token %s", next, page.ContinuationToken)
				}
				if next == nil {
					if pages != test.pages || len(ids) != page.TotalCount || len(domains) != page.TotalCount {
						t.Errorf("%d pages, %d customers with %d domains of %d", pages, len(ids), len(domains), page.TotalCount)
					}
					return
				}
				page = decode[customers](t, service.read(t, next.URI, next.Headers[0].Key, next.Headers[0].Value))
			}
		})
	}
}

func TestCustomersAreFiltered(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	for filter, want := range map[string]string{
		`{"Field":"CompanyName","Value":"Fj","Operator":"starts_with"}`:                                                 "Fjord Logistics AS, Fjellro Hotell AS",
		`{"field":"companyname","value":"fjo","operator":"STARTS_WITH"}`:                                                "Fjord Logistics AS",
		`{"Field":"CompanyName","Value":"Hotel & ","Operator":"starts_with"}`:                                           "",
		`{"Field":"CompanyName","Value":"Moulin & ","Operator":"starts_with"}`:                                          "Moulin & Fils SAS",
		`{"Field":"Domain","Value":"` + strings.ToUpper(emulator.MeteredCustomerDomain) + `","Operator":"starts_with"}`: emulator.MeteredCustomerName,
		`{"Field":"Domain","Value":"lindqvisttandvardab.","Operator":"starts_with"}`:                                    "Lindqvist Tandvård AB",
	} {
		got := decode[customers](t, service.read(t, "/v1/customers?filter="+url.QueryEscape(filter)))
		if got.names() != want || got.TotalCount != len(got.Items) {
			t.Errorf("%s: %d customers %s, want %s", filter, got.TotalCount, got.names(), want)
		}
	}

	// The filter stays in the link to the next page.
	first := decode[customers](t, service.read(t, "/v1/customers?size=1&filter="+url.QueryEscape(`{"Field":"CompanyName","Value":"Fj","Operator":"starts_with"}`)))
	next := first.Links.Next
	second := decode[customers](t, service.read(t, next.URI, next.Headers[0].Key, next.Headers[0].Value))
	if first.names() != "Fjord Logistics AS" || second.names() != "Fjellro Hotell AS" || second.Links.Next != nil {
		t.Errorf("first %s, next %s, second %s", first.names(), next.URI, second.names())
	}
}

func TestCustomersAreRefused(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	filter := func(text string) string { return "?filter=" + url.QueryEscape(text) }
	for query, code := range map[string]int{
		"?size=501":    800002,
		"?size=-1":     800002,
		"?size=many":   800002,
		filter("cont"): 800002,
		filter(`{"Field":"Name","Value":"a","Operator":"starts_with"}`): 800002,
		filter(`{"Field":"Domain","Value":"a","Operator":"equals"}`):    800002,
		"?size=10&seekOperation=Next":                                   2000,
	} {
		wantError(t, service.get(t, "/v1/customers"+query), http.StatusBadRequest, code)
	}
	wantError(t, service.get(t, "/v1/customers?size=10&seekOperation=next", "MS-ContinuationToken", "AQAAAA=="), http.StatusBadRequest, 2000)
	wantError(t, service.get(t, "/v1/customers/contoso"), http.StatusBadRequest, 900118)
	wantError(t, service.get(t, "/v1/customers/00000000-0000-0000-0000-000000000000"), http.StatusForbidden, 20002)
}

func TestACustomerIsWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	const want = `{"id":"6513270e-269e-4d37-b2a7-4de452e6b438",` +
		`"companyProfile":{"tenantId":"6513270e-269e-4d37-b2a7-4de452e6b438","domain":"mapleridgeclinicsinc.onmicrosoft.com","companyName":"Maple Ridge Clinics Inc",` +
		`"attributes":{"objectType":"CustomerCompanyProfile"}},` +
		`"relationshipToPartner":"reseller","attributes":{"objectType":"Customer"},"allowDelegatedAccess":true,` +
		`"customDomains":["mapleridgeclinicsinc.onmicrosoft.com","mapleridgeclinicsinc.example"],` +
		`"links":{"self":{"uri":"/customers/6513270e-269e-4d37-b2a7-4de452e6b438","method":"GET","headers":[]}}}`
	if got := service.read(t, "/v1/customers/"+strings.ToUpper(emulator.TwoPlansCustomerID)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}

	access := map[string]int{}
	for _, item := range decode[customers](t, service.read(t, "/v1/customers")).Items {
		body := service.read(t, "/v1/customers/"+item.ID)
		for _, value := range []string{"true", "false", "null"} {
			if strings.Contains(body, `"allowDelegatedAccess":`+value) {
				access[value]++
			}
		}
	}
	if access["true"] != 20 || access["false"] != 4 || access["null"] != 1 {
		t.Errorf("delegated access %v", access)
	}
}

type subscriptions struct {
	TotalCount int
	Items      []struct {
		ID, OfferID, OfferName, FriendlyName, Status string
		BillingType, BillingCycle, UnitType          string
		CommitmentEndDate, CreationDate              string
		PartnerID                                    string
		Quantity                                     int
		ProductType                                  *struct{ ID string }
	}
	Links *struct{}
}

func TestSubscriptionsAreWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{PageSize: 1}) // they come in one page all the same
	for path, want := range map[string]string{
		customerPath(emulator.LegacyCustomerID, "subscriptions"): `{"totalCount":3,"items":[{"id":"74B8F932-73C0-4E10-B14C-80BB959A194D","offerId":"MS-AZR-0145P",` +
			`"offerName":"Microsoft Azure","friendlyName":"Microsoft Azure","quantity":1,"unitType":"Usage-based",` +
			`"creationDate":"2024-10-24T07:30:00.427Z","effectiveStartDate":"2024-10-24T00:00:00Z","commitmentEndDate":"9999-12-10T00:00:00Z",` +
			`"status":"active","billingType":"usage","billingCycle":"monthly",` +
			`"links":{"self":{"uri":"/customers/b225db66-0212-4eae-88fe-93cdbf1d1466/subscriptions/74B8F932-73C0-4E10-B14C-80BB959A194D","method":"GET","headers":[]}},` +
			`"orderId":"A2A6361F-9460-421D-9571-6311445F848A","attributes":{"objectType":"Subscription"}},`,
		customerPath(emulator.MeteredCustomerID, "subscriptions"): `{"totalCount":3,"items":[{"id":"87bbb368-e17a-4ded-90fb-edcd370d6146","offerId":"DZH318Z0BPS6:0001:DZH318Z0BML6",` +
			`"offerName":"Azure plan","friendlyName":"Azure plan","productType":{"id":"Azure"},` +
			`"quantity":1,"unitType":"Usage-based","creationDate":"2024-11-01T07:30:00.427Z","effectiveStartDate":"2024-11-01T00:00:00Z",` +
			`"commitmentEndDate":"9999-12-10T00:00:00Z","status":"active","billingType":"usage","billingCycle":"monthly","partnerId":"4821170",`,
	} {
		body := service.read(t, path)
		if !strings.HasPrefix(body, want) || !strings.HasSuffix(body, `}],"attributes":{"objectType":"Collection"}}`) {
			t.Errorf("got  %s\nwant %s", body, want)
		}
	}
}

func TestCustomersHaveSubscriptionsOfEveryStatus(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]emulator.Options{"sample": {}, "generated": {Customers: 60}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := serve(t, options)
			got, ids := map[string]int{}, map[string]bool{}
			all := decode[customers](t, service.read(t, "/v1/customers")).Items
			for _, c := range all {
				list := decode[subscriptions](t, service.read(t, customerPath(c.ID, "subscriptions")))
				for _, s := range list.Items {
					ids[strings.ToLower(s.ID)] = true
					got[s.Status]++
					got[s.BillingType]++
					if (s.CommitmentEndDate == "9999-12-10T00:00:00Z") != (s.BillingType == "usage") {
						t.Errorf("%+v", s)
					}
				}
				if list.TotalCount != len(list.Items) || list.Links != nil {
					t.Errorf("%+v", list)
				}
			}
			if len(ids) != got["usage"]+got["license"] || got["usage"] <= len(all) || got["license"] <= len(all) ||
				got["active"] == 0 || got["suspended"] == 0 || got["deleted"] == 0 {
				t.Errorf("%d ids, %v", len(ids), got)
			}
		})
	}
}
