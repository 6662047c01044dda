package emulator_test

import (
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

const (
	utilizationPath = "/v1/customers/" + emulator.LegacyCustomerID + "/subscriptions/" + emulator.LegacySubscriptionID + "/utilizations/azure"
	twoDays         = "?start_time=2026-11-01T00:00:00Z&end_time=2026-11-03T00:00:00Z"
)

type utilization struct {
	TotalCount int
	Items      []struct {
		UsageStartTime, UsageEndTime string
		Resource                     struct{ ID string }
		Quantity                     json.Number
	}
	Links struct {
		Self struct{ URI string }
		Next *struct {
			URI     string
			Headers []struct{ Key, Value string }
		}
	}
}

// readUtilization follows a pagination to its end and hands on each page.
func readUtilization(t *testing.T, service service, path string, use func(utilization)) {
	t.Helper()
	page := decode[utilization](t, service.read(t, path))
	for use(page); page.Links.Next != nil; use(page) {
		next := page.Links.Next
		page = decode[utilization](t, service.read(t, "/v1/"+next.URI, next.Headers[0].Key, next.Headers[0].Value))
	}
}

func TestUtilizationIsWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	body := serve(t, emulator.Options{}).read(t, utilizationPath+twoDays+"&size=6")
	const (
		when  = `{"usageStartTime":"2026-10-30T17:00:00-07:00","usageEndTime":"2026-10-31T17:00:00-07:00","resource":{`
		group = `"instanceData":{"resourceUri":"/subscriptions/f3897744-3d12-4224-8782-7347f2511711/resourceGroups/RG-`
		end   = `},"attributes":{"objectType":"AzureUtilizationRecord"}}`
		path  = `customers/b225db66-0212-4eae-88fe-93cdbf1d1466/subscriptions/74b8f932-73c0-4e10-b14c-80bb959a194d/utilizations/azure`
		place = `"location":"westeurope","partNumber":"","orderNumber":""`
	)
	for _, want := range []string{
		`{"totalCount":12,"items":[` + when + `"id":"7d6c4d9b-a81c-455b-8434-51af9a5a5b71","name":"Compute Hours","category":"Virtual Machines",` +
			`"subcategory":"Standard_D2s_v3 VM","region":"EU West"},"quantity":24,"unit":"Hours","infoFields":{},` +
			group + `BRASSERIE/providers/Microsoft.Compute/virtualMachines/vm-kitchen-01",` + place + `,"tags":{"costCentre":"4711","owner":"Küche"},` +
			`"additionalInfo":{"ImageType":"Canonical","ServiceType":"Standard_D2s_v3","VMName":""}` + end,
		`"quantity":0.217790327034891,`,
		place + `,"additionalInfo":"{\"DiskType\":\"Premium_LRS\"}"` + end,
		`"quantity":1.000000000000000000001,`,
		place + `,"tags":"","additionalInfo":""` + end,
		`"infoFields":{"meteredRegion":"EU West","meteredService":"Networking","meteredServiceType":"","project":"quatre-vents"},"instanceData":null,"attributes":`,
		place + `,"tags":{},"additionalInfo":{"VCores":"2"}` + end,
		`/vaults/kv-quatrevents",` + place + end + `],"links":{"self":{"uri":"` + path +
			`?start_time=2026-11-01T00:00:00Z&end_time=2026-11-03T00:00:00Z&granularity=Daily&show_details=True&size=6","method":"GET","headers":[]},` +
			`"next":{"uri":"` + path + `?seek_operation=Next","method":"GET","headers":[{"key":"MS-ContinuationToken","value":"++//`,
		`=="}]}},"attributes":{"objectType":"Collection"}}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("missing %s", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
}

func TestUtilizationIsReadInPages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options emulator.Options
		query   string
		pages   int
		records int
		self    string
	}{
		"daily":             {emulator.Options{}, twoDays, 1, 12, "&granularity=Daily&show_details=True&size=1000"},
		"hourly":            {emulator.Options{}, twoDays + "&granularity=HOURLY&show_details=false", 1, 288, "&granularity=Hourly&show_details=False&size=1000"},
		"an offset":         {emulator.Options{}, "?start_time=2026-11-01T01:00:00%2B01:00&end_time=2026-11-02T16:00:00-08:00", 1, 12, "&granularity=Daily&show_details=True&size=1000"},
		"a size":            {emulator.Options{}, twoDays + "&size=5&show_details=True", 3, 12, "&granularity=Daily&show_details=True&size=5"},
		"a page size":       {emulator.Options{PageSize: 4}, twoDays + "&size=1000&granularity=Daily", 3, 12, "&granularity=Daily&show_details=True&size=4"},
		"a part of a day":   {emulator.Options{}, "?start_time=2026-11-01T06:00:00Z&end_time=2026-11-02T06:00:00Z", 1, 12, ""},
		"a number":          {emulator.Options{Utilization: 2500}, twoDays, 3, 2500, "&granularity=Daily&show_details=True&size=1000"},
		"fewer than a day":  {emulator.Options{Utilization: 3}, twoDays, 1, 3, ""},
		"more than a round": {emulator.Options{Utilization: 6006}, twoDays + "&granularity=hourly", 7, 6006, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pages, last := 0, ""
			sums, count := map[string]*big.Rat{}, 0
			readUtilization(t, serve(t, test.options), utilizationPath+test.query, func(page utilization) {
				pages++
				count += len(page.Items)
				if page.TotalCount != test.records || !strings.HasSuffix(page.Links.Self.URI, test.self) {
					t.Errorf("total %d, self %s", page.TotalCount, page.Links.Self.URI)
				}
				for _, r := range page.Items {
					if sums[r.Resource.ID] == nil {
						sums[r.Resource.ID] = new(big.Rat)
					}
					sums[r.Resource.ID].Add(sums[r.Resource.ID], rational(t, r.Quantity))
					if r.UsageStartTime[:19] < last || r.UsageStartTime >= r.UsageEndTime {
						t.Errorf("from %s to %s after %s", r.UsageStartTime, r.UsageEndTime, last)
					}
					last = r.UsageStartTime[:19]
				}
			})
			if pages != test.pages || count != test.records {
				t.Errorf("%d pages, %d records", pages, count)
			}
			want := emulator.UtilizationQuantities(test.records)
			for id, quantity := range want {
				if sums[id] == nil || sums[id].Cmp(rational(t, json.Number(quantity))) != 0 {
					t.Errorf("meter %s: %v, want %s", id, sums[id], quantity)
				}
			}
			if len(want) != len(sums) {
				t.Errorf("%d meters, want %d", len(sums), len(want))
			}
		})
	}
}

func TestUtilizationLeavesDetailsOut(t *testing.T) {
	t.Parallel()
	body := serve(t, emulator.Options{}).read(t, utilizationPath+twoDays+"&show_details=False")
	if strings.Contains(body, "instanceData") || !strings.Contains(body, `"infoFields":{},"attributes":`) {
		t.Error(body)
	}
}

func TestUtilizationOfAPlanIsEmpty(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{Utilization: 10})
	path := subscriptionPath(emulator.MeteredCustomerID, emulator.MeteredPlanID, "utilizations/azure")
	if body := service.read(t, path+twoDays); !strings.HasPrefix(body, `{"totalCount":0,"items":[],"links":{"self":{"uri":"customers/`) || strings.Contains(body, `"next"`) {
		t.Error(body)
	}
}

func TestUtilizationIsRefused(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{PageSize: 5})
	const header = "MS-ContinuationToken"
	token := decode[utilization](t, service.read(t, utilizationPath+twoDays)).Links.Next.Headers[0].Value
	other := continuationOf(t, service, customersPath)
	for name, test := range map[string]struct {
		query, token string
		code         int
	}{
		"no times":               {"", "", 800002},
		"no end":                 {"?start_time=2026-11-01T00:00:00Z", "", 800002},
		"no offset":              {"?start_time=2026-11-01T00:00:00&end_time=2026-11-03T00:00:00Z", "", 800002},
		"a plus sign":            {"?start_time=2026-11-01T00:00:00+00:00&end_time=2026-11-03T00:00:00Z", "", 800002},
		"the end first":          {"?start_time=2026-11-03T00:00:00Z&end_time=2026-11-01T00:00:00Z", "", 800002},
		"no time between":        {"?start_time=2026-11-01T00:00:00Z&end_time=2026-11-01T00:00:00Z", "", 800002},
		"another granularity":    {twoDays + "&granularity=monthly", "", 800002},
		"other details":          {twoDays + "&show_details=some", "", 800002},
		"a page too large":       {twoDays + "&size=1001", "", 800002},
		"no token":               {"?seek_operation=Next", "", 2000},
		"unknown token":          {"?seek_operation=Next", "AQAAAA==", 2000},
		"another collection's":   {"?seek_operation=Next", other, 2000},
		"token without query":    {twoDays, token, 2000},
		"the query repeated":     {twoDays + "&seek_operation=Next", token, 2000},
		"spelled as elsewhere":   {"?seekOperation=Next", token, 2000},
		"a token that is cut":    {"?seek_operation=Next", token[:len(token)-8], 2000},
		"a token not encoded":    {"?seek_operation=Next", "++//", 2000},
		"an operation of no use": {"?seek_operation=Previous", token, 2000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			headers := []string{header, test.token}
			if test.token == "" {
				headers = nil
			}
			wantError(t, service.get(t, utilizationPath+test.query, headers...), http.StatusBadRequest, test.code)
		})
	}
	elsewhere := subscriptionPath(emulator.MeteredCustomerID, emulator.MeteredPlanID, "utilizations/azure?seek_operation=Next")
	wantError(t, service.get(t, elsewhere, header, token), http.StatusBadRequest, 2000)
}

func continuationOf(t *testing.T, service service, path string) string {
	t.Helper()
	return decode[pageLinks](t, service.read(t, path)).Links.Next.Headers[0].Value
}

func TestUtilizationIsNotReady(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	service.Misbehave(
		emulator.Fault{Path: "utilizations/azure"},
		emulator.Fault{Path: "utilizations/azure", Status: http.StatusNoContent, RetryAfter: "Fri, 20 Nov 2026 06:15:00 GMT"},
	)
	next := decode[utilization](t, service.read(t, utilizationPath+twoDays+"&size=6")).Links.Next
	read := func() reply {
		return service.get(t, "/v1/"+next.URI, next.Headers[0].Key, next.Headers[0].Value)
	}
	if got := read(); got.status != http.StatusNoContent || got.header.Get("Retry-After") != "Fri, 20 Nov 2026 06:15:00 GMT" || got.body != "" {
		t.Errorf("got %+v", got)
	}
	if got := read(); got.status != http.StatusOK || !strings.Contains(got.body, `"quantity":24.024,`) {
		t.Errorf("got %+v", got)
	}
}

func TestAMillionRecordsComePageByPage(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{Utilization: 1_000_000})
	page := decode[utilization](t, service.read(t, utilizationPath+twoDays))
	if page.TotalCount != 1_000_000 || len(page.Items) != 1000 || page.Links.Next == nil {
		t.Errorf("total %d, %d items", page.TotalCount, len(page.Items))
	}
	// The first instance has 166,667 rounds: 166 times from 1 to 1.999 times
	// its quantity of 24, then once to 1.666: 24 × (166 × 1499.5 + 667 × 1.333).
	if got := emulator.UtilizationQuantities(1_000_000)[page.Items[0].Resource.ID]; got != "5995346.664" {
		t.Errorf("sum %s", got)
	}
}

// BenchmarkUtilization reads pages of a million records, and says how much
// memory the emulator holds meanwhile.
func BenchmarkUtilization(b *testing.B) {
	e := emulator.New(emulator.Options{Utilization: 1_000_000})
	path, token := utilizationPath+twoDays, ""
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, http.NoBody)
		r.Header.Set("Authorization", "Bearer "+emulator.UserAccessToken())
		if token != "" {
			r.Header.Set("MS-ContinuationToken", token)
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
		_, rest, found := strings.Cut(w.Body.String(), `"MS-ContinuationToken","value":"`)
		path, token = utilizationPath+twoDays, ""
		if found {
			path = utilizationPath + "?seek_operation=Next"
			token, _, _ = strings.Cut(rest, `"`)
		}
	}
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.HeapAlloc)/1e6, "MB-held")
}
