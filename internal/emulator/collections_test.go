package emulator_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

type pageLinks struct {
	TotalCount int
	Items      []struct{ Name, MeterID string }
	Links      struct {
		Self struct{ URI string }
		Next *struct {
			URI     string
			Method  string
			Headers []struct{ Key, Value string }
		}
	}
}

// walk follows links.next to the end and returns the pages.
func walk(t *testing.T, service service, path string) []pageLinks {
	t.Helper()
	pages := []pageLinks{decode[pageLinks](t, service.read(t, path))}
	for next := pages[0].Links.Next; next != nil; next = pages[len(pages)-1].Links.Next {
		if len(pages) > 100 {
			t.Fatal("no end of pages")
		}
		uri := "/v1/" + strings.TrimPrefix(strings.TrimPrefix(next.URI, "/"), "v1/")
		pages = append(pages, decode[pageLinks](t, service.read(t, uri, next.Headers[0].Key, next.Headers[0].Value)))
	}
	return pages
}

func TestPagesHoldTheWholeCollectionOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path  string
		size  int
		pages int
	}{
		"customers":             {customersPath, 10, 3},
		"one each":              {customersPath, 1, 25},
		"as many as there are":  {customersPath, 25, 1},
		"more than there are":   {customersPath, 26, 1},
		"meters":                {metersPath(emulator.MeteredCustomerID, emulator.MeteredPlanID), 7, 5},
		"resources":             {subscriptionPath(emulator.MeteredCustomerID, emulator.MeteredPlanID, "resourceusagerecords"), 8, 3},
		"subscriptions":         {customerPath(emulator.TwoPlansCustomerID, "subscriptions/usagerecords"), 1, 2},
		"nothing":               {metersPath(emulator.IdleCustomerID, emulator.IdlePlanID), 7, 1},
		"a legacy subscription": {metersPath(emulator.LegacyCustomerID, emulator.LegacySubscriptionID), 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := walk(t, serve(t, emulator.Options{}), test.path)
			pages := walk(t, serve(t, emulator.Options{PageSize: test.size}), test.path)
			items := whole[0].Items[:0:0]
			for _, page := range pages {
				items = append(items, page.Items...)
				if page.TotalCount != len(whole[0].Items) || page.Links.Self != whole[0].Links.Self {
					t.Errorf("total %d, self %v", page.TotalCount, page.Links.Self)
				}
			}
			if len(whole) != 1 || len(pages) != test.pages || !slices.Equal(items, whole[0].Items) {
				t.Errorf("%d pages, want %d; %d items, want %d", len(pages), test.pages, len(items), len(whole[0].Items))
			}
		})
	}
}

func TestNextLinksTakeTheThreeShapesAndAnOpaqueToken(t *testing.T) {
	t.Parallel()
	pages := walk(t, serve(t, emulator.Options{PageSize: 5}), customersPath)
	tokens := map[string]bool{}
	for i, want := range []string{
		"/customers/usagerecords?seekOperation=Next",
		"customers/usagerecords?seekOperation=Next",
		"/v1/customers/usagerecords?seekOperation=Next",
		"/customers/usagerecords?seekOperation=Next",
	} {
		next := pages[i].Links.Next
		if next.URI != want || next.Method != http.MethodGet || len(next.Headers) != 1 || next.Headers[0].Key != "MS-ContinuationToken" {
			t.Errorf("page %d: next %+v, want %s", i, next, want)
		}
		token := next.Headers[0].Value
		tokens[token] = true
		for _, awkward := range []string{"/", "+", "="} {
			if !strings.Contains(token, awkward) {
				t.Errorf("token %s has no %s", token, awkward)
			}
		}
	}
	if len(tokens) != 4 {
		t.Errorf("tokens %v", tokens)
	}
}

func TestContinuationNeedsItsToken(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{PageSize: 5})
	const header = "MS-ContinuationToken"
	token := func(path string) string {
		return walk(t, service, path)[0].Links.Next.Headers[0].Value
	}
	customers, meters := token(customersPath), token(metersPath(emulator.MeteredCustomerID, emulator.MeteredPlanID))

	for name, got := range map[string]reply{
		"no token":             service.get(t, customersPath+"?seekOperation=Next"),
		"unknown token":        service.get(t, customersPath+"?seekOperation=Next", header, "AQAAAA=="),
		"another collection's": service.get(t, customersPath+"?seekOperation=Next", header, meters),
		"token without query":  service.get(t, customersPath, header, customers),
		"another operation":    service.get(t, customersPath+"?seekOperation=Previous", header, customers),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, got, http.StatusBadRequest, 2000)
		})
	}
	if got := service.get(t, customersPath+"?seekoperation=next", header, customers); got.status != http.StatusOK {
		t.Errorf("another case: %d %s", got.status, got.body)
	}
}
