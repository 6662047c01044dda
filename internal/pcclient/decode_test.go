package pcclient

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"
)

func TestDecode_customersOfTheSample(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, inTurn(t, says(http.StatusOK, testdata(t, "customer_usage_records.json"))))
	whole, err := customerUsage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if w.urls()[0] != "https://api.example/v1/customers/usagerecords" {
		t.Errorf("asked %s", w.urls()[0])
	}
	if len(whole.Items) != 4 || *whole.TotalCount != 25 {
		t.Fatalf("%d items of %d, want 4 of 25", len(whole.Items), *whole.TotalCount)
	}
	legacy, over, none, within := whole.Items[0], whole.Items[1], whole.Items[2], whole.Items[3]

	if *legacy.OwnerID() != "a0a0a0a0-bbbb-cccc-dddd-e1e1e1e1e1e1" || *legacy.Owner() != "LEGACY AZURE CUSTOMER SE" || *legacy.IsUpgraded {
		t.Errorf("the legacy customer is %+v", legacy)
	}
	if *legacy.CurrencyLocale != "fr-FR" || legacy.CurrencyCode != nil || legacy.USDTotalCost.String() != "0" || legacy.BudgetAmount() != nil {
		t.Errorf("the legacy customer's money is %+v", legacy)
	}
	if got := legacy.LastModifiedDate.String(); got != "2019-08-01T23:00:16.57+00:00" {
		t.Errorf("the legacy record is of %s", got)
	}
	if over.TotalCost.String() != "120.5682999999995904716" || over.USDTotalCost.String() != "12.39999999999999985235" {
		t.Errorf("the costs are %s and %s", over.TotalCost, over.USDTotalCost)
	}
	if over.PercentUsed.String() != "602.84" || over.BudgetAmount().String() != "20" || *over.CurrencyCode != "SEK" || !*over.IsUpgraded {
		t.Errorf("the customer over budget is %+v", over)
	}
	if none.BudgetAmount() != nil || none.PercentUsed.String() != "0" || none.TotalCost.String() != "0" {
		t.Errorf("the customer without a budget is %+v", none)
	}
	if within.TotalCost.String() != "27.23292827625710931604" || within.USDTotalCost.String() != "33.280000000000001044" {
		t.Errorf("the costs are %s and %s", within.TotalCost, within.USDTotalCost)
	}
}

func TestDecode_metersOfTheSamples(t *testing.T) {
	t.Parallel()
	t.Run("Azure plan", func(t *testing.T) {
		t.Parallel()
		c, w := newClient(t, inTurn(t, says(http.StatusOK, testdata(t, "meter_usage_plan.json"))))
		whole, err := c.SubscriptionMeterUsage(t.Context(), "customer", "plan")
		if err != nil {
			t.Fatal(err)
		}
		if got := w.urls()[0]; got != "https://api.example/v1/customers/customer/subscriptions/plan/meterusagerecords" {
			t.Errorf("asked %s", got)
		}
		if len(whole.Items) != 4 || *whole.TotalCount != 4 {
			t.Fatalf("%d items of %d, want 4 of 4", len(whole.Items), *whole.TotalCount)
		}
		meter := whole.Items[1]
		if *meter.MeterID != "DZH318Z0BNVX-005J-Data Transfer Out (GB)" || *meter.MeterName != "Data Transfer Out" || *meter.Category != "Bandwidth" ||
			*meter.Subcategory != "Bandwidth" || meter.QuantityUsed.String() != "0.000224" || *meter.Unit != "1 GB" ||
			*meter.CurrencyCode != "GBP" || *meter.Attributes.ObjectType != "MeterUsageRecord" || *meter.Subscription() != "{subscription-id}" {
			t.Errorf("the meter is %+v", meter)
		}
	})
	t.Run("MS-AZR-0145P", func(t *testing.T) {
		t.Parallel()
		c, _ := newClient(t, inTurn(t, says(http.StatusOK, testdata(t, "meter_usage_legacy.json"))))
		whole, err := c.SubscriptionMeterUsage(t.Context(), "customer", "subscription")
		if err != nil {
			t.Fatal(err)
		}
		if len(whole.Items) != 1 {
			t.Fatalf("%d items, want 1", len(whole.Items))
		}
		record := whole.Items[0]
		if *record.Status != "active" || *record.OfferID != "MS-AZR-0145P" || *record.Attributes.ObjectType != "SubscriptionMonthlyUsageRecord" ||
			record.TotalCost.String() != "22.861172" || *record.CurrencyLocale != "fr-FR" ||
			*record.Subscription() != "a0a0a0a0-bbbb-cccc-dddd-e1e1e1e1e1e1" || *record.Owner() != "Microsoft Azure" {
			t.Errorf("the record is %+v", record)
		}
		if record.MeterID != nil || record.MeterName != nil || record.QuantityUsed != nil || record.Unit != nil || record.SubscriptionID != nil {
			t.Errorf("the record has fields of a meter: %+v", record)
		}
	})
}

func TestDecode_summaryOfTheSample(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, inTurn(t, says(http.StatusOK, testdata(t, "usage_summary.json"))))
	summary, err := c.UsageSummary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if w.urls()[0] != "https://api.example/v1/usagesummary" {
		t.Errorf("asked %s", w.urls()[0])
	}
	if *summary.OwnerID() != "11111111-4574-4539-bc42-0e539b9684c0" || *summary.Owner() != "PLAMUATT2NETNEW" || summary.TotalCost.String() != "22.861172" ||
		*summary.CurrencyLocale != "fr-FR" || summary.USDTotalCost != nil || summary.CurrencyCode != nil || summary.EmailsToNotify != nil ||
		*summary.CustomersOverBudget != 1 || *summary.CustomersTrendingOver != 0 || *summary.CustomersWithUsageBasedSubscription != 11 ||
		summary.BillingStartDate.String() != "2019-08-28T00:00:00-07:00" || summary.BillingEndDate.String() != "2019-09-27T00:00:00-07:00" {
		t.Errorf("the summary is %+v", summary)
	}
}

func TestDecode_requestHeaders(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, inTurn(t, says(http.StatusOK, emptyPage)))
	ctx, cancel := c.Operation(t.Context())
	defer cancel()
	if _, err := customerUsage(ctx, c); err != nil {
		t.Fatal(err)
	}
	request := w.requests()[0]
	if request.Method != http.MethodGet || request.Body != nil {
		t.Errorf("%s was sent, with the body %v", request.Method, request.Body)
	}
	for name, want := range map[string]string{
		"Accept": "application/json", "Authorization": "Bearer token-1", "User-Agent": "test/1.0",
	} {
		if got := request.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"MS-RequestId", "MS-CorrelationId"} {
		if got := request.Header.Get(name); !isGUID(got) {
			t.Errorf("%s is %q, want a GUID", name, got)
		}
	}
}

func isGUID(text string) bool {
	digits := strings.ReplaceAll(text, "-", "")
	return len(text) == 36 && len(digits) == 32 && strings.IndexFunc(digits, func(r rune) bool { return !unicode.Is(unicode.ASCII_Hex_Digit, r) }) < 0
}

// This runs over a real connection: who unpacks gzip is net/http.
func TestDecode_byteOrderMarkAndGzip(t *testing.T) {
	t.Parallel()
	for bomName, bom := range map[string]string{"no BOM": "", "BOM": "\xef\xbb\xbf"} {
		for packedName, packed := range map[string]bool{"plain": false, "gzip": true} {
			t.Run(packedName+", "+bomName, func(t *testing.T) {
				t.Parallel()
				var asked atomic.Int32
				send := func(response http.ResponseWriter, request *http.Request, status int, body string) {
					response.Header().Set("Content-Type", "application/json; charset=utf-8")
					if !packed {
						response.WriteHeader(status)
						io.WriteString(response, bom+body)
						return
					}
					if request.Header.Get("Accept-Encoding") != "gzip" {
						t.Errorf("Accept-Encoding is %q, want gzip", request.Header.Get("Accept-Encoding"))
					}
					response.Header().Set("Content-Encoding", "gzip")
					response.WriteHeader(status)
					zip := gzip.NewWriter(response)
					_, err := io.WriteString(zip, bom+body)
					if err := errors.Join(err, zip.Close()); err != nil {
						t.Error(err)
					}
				}
				server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
					switch {
					case request.URL.Path == "/v1/usagesummary":
						send(response, request, http.StatusForbidden, `{"code":900150,"description":"The role lacks rights."}`)
					case asked.Add(1) == 1:
						send(response, request, http.StatusOK, pageWith("a", token("1")))
					default:
						send(response, request, http.StatusOK, pageWith("b", "null"))
					}
				}))
				t.Cleanup(server.Close)
				c, _ := newClient(t, nil, func(o *Options) { o.Endpoint, o.Transport = parseURL(t, server.URL), nil })

				whole, err := customerUsage(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				if got := owners(whole); got != "a b" {
					t.Errorf("the records are of %q, want a b", got)
				}
				summary, err := c.UsageSummary(t.Context())
				if e := wantError(t, summary, err); e.Code != "900150" || e.Description != "The role lacks rights." {
					t.Errorf("the error is %v", e)
				}
			})
		}
	}
}

// firstRecord reads a page with one item.
func firstRecord(t *testing.T, item string) (*CustomerUsageRecord, error) {
	t.Helper()
	c, _ := newClient(t, inTurn(t, says(http.StatusOK, `{"items":[{"resourceId":"a"},`+item+`]}`)))
	whole, err := customerUsage(t.Context(), c)
	if err != nil {
		wantFailure(t, whole, err)
		return nil, err
	}
	return whole.Items[1], nil
}

func TestDecode_takes(t *testing.T) {
	t.Parallel()
	for name, item := range map[string]string{
		"unknown fields":         `{"totalCost":1.5,"new":{"deep":[1,{"x":null}],"totalCost":"7"},"attributes/objectType":"odd"}`,
		"keys in other case":     `{"TotalCost":"seven","totalcost":[],"TOTALCOST":9,"totalCost":1.5}`,
		"an escaped key":         `{"total\u0043ost":1.5}`,
		"blanks and line breaks": "\r\n{\t\"totalCost\" :\r\n 1.5 }",
		"null fields":            `{"totalCost":1.5,"usdTotalCost":null,"currencyCode":null,"lastModifiedDate":null,"budget":null,"isUpgraded":null,"name":null}`,
		"an exponent":            `{"totalCost":15e-1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record, err := firstRecord(t, item)
			if err != nil {
				t.Fatal(err)
			}
			if record.TotalCost.String() != "1.5" {
				t.Errorf("totalCost is %s, want 1.5", record.TotalCost)
			}
			if record.USDTotalCost != nil || record.CurrencyCode != nil || record.LastModifiedDate != nil || record.Budget != nil || record.IsUpgraded != nil || record.Name != nil {
				t.Errorf("the record has what was not sent: %+v", record)
			}
		})
	}
}

func TestDecode_keysMatchByCase(t *testing.T) {
	t.Parallel()
	record, err := firstRecord(t, `{"TotalCost":1.5,"resourceid":"b","Name":"c"}`)
	if err != nil {
		t.Fatal(err)
	}
	if record.TotalCost != nil || record.ResourceID != nil || record.Name != nil {
		t.Errorf("keys in other case were taken: %+v", record)
	}
}

func TestDecode_namesTheFieldOfAWrongType(t *testing.T) {
	t.Parallel()
	for item, want := range map[string]string{
		`{"totalCost":"1.5"}`:                      "the field items[1].totalCost of the response cannot be read: is a string where a number is expected",
		`{"totalCost":true}`:                       "the field items[1].totalCost of the response cannot be read: is a boolean where a number is expected",
		`{"totalCost":1e400}`:                      "the field items[1].totalCost of the response cannot be read: the number 1e400 has more than 60 digits",
		`{"totalCost":1e999999}`:                   "the field items[1].totalCost of the response cannot be read: ",
		`{"usdTotalCost":{}}`:                      "the field items[1].usdTotalCost of the response cannot be read: is an object",
		`{"lastModifiedDate":"yesterday"}`:         `the field items[1].lastModifiedDate of the response cannot be read: "yesterday" is not an RFC 3339 time`,
		`{"lastModifiedDate":1}`:                   "the field items[1].lastModifiedDate of the response cannot be read: is a number where a time is expected",
		`{"resourceId":5}`:                         "the field items[1].resourceId of the response cannot be read: is a number",
		`{"isUpgraded":"true"}`:                    "the field items[1].isUpgraded of the response cannot be read: is a string",
		`{"isUpgraded":1}`:                         "the field items[1].isUpgraded of the response cannot be read: is a number",
		`{"budget":5}`:                             "the field items[1].budget of the response cannot be read: is a number",
		`{"budget":{"amount":"20"}}`:               "the field items[1].budget.amount of the response cannot be read: is a string where a number is expected",
		`{"customerSpendingBudget":{"amount":[]}}`: "the field items[1].customerSpendingBudget.amount of the response cannot be read: is an array",
		`[]`:     "the field items[1] of the response cannot be read: is an array",
		`"text"`: "the field items[1] of the response cannot be read: is a string",
		`null`:   "the field items[1] of the response is null",
	} {
		t.Run(item, func(t *testing.T) {
			t.Parallel()
			_, err := firstRecord(t, item)
			wantText(t, err, "GET /v1/customers/usagerecords: 200 OK: ", want)
		})
	}
}

func TestDecode_refusesDoubtfulJSON(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ item, want string }{
		"a key twice":               {`{"totalCost":1,"totalCost":2}`, `duplicate object member name`},
		"a key twice, once escaped": {`{"totalCost":1,"total\u0043ost":2}`, `duplicate object member name`},
		"a line break in a text":    {"{\"name\":\"a\nb\"}", `invalid character`},
		"a comma too many":          {`{"totalCost":1,}`, `invalid character`},
		"a comment":                 {`{/* none */}`, `invalid character`},
		"single quotes":             {`{'totalCost':1}`, `invalid character`},
		"NaN":                       {`{"totalCost":NaN}`, `invalid character`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := firstRecord(t, test.item)
			wantText(t, err, "GET /v1/customers/usagerecords: 200 OK: ", "is not valid JSON, at byte", test.want)
		})
	}
}

// What an answer calls its fields goes to a terminal.
func TestDecode_errorIsOneLine(t *testing.T) {
	t.Parallel()
	for name, item := range map[string]string{
		"line break":        `{"a\nb":nothing}`,
		"terminal sequence": `{"\u001b[31mred":nothing}`,
		"long":              `{"` + strings.Repeat("long", 10_000) + `":nothing}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := firstRecord(t, item)
			wantText(t, err, "invalid character")
			wantOneLine(t, err.Error())
		})
	}
}

func TestDecode_object(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"null":             {`null`, "the response is null where an object is expected"},
		"array":            {`[]`, "the response is an array where an object is expected"},
		"empty":            {``, "the response has no body"},
		"BOM only":         {"\ufeff", "the response has no body"},
		"cut":              {`{"totalCost":1`, "the response is truncated"},
		"garbage after it": {`{"totalCost":1}x`, "not valid JSON"},
		"a second object":  {`{"totalCost":1}{}`, "not valid JSON"},
		"a field twice":    {`{"totalCost":1,"totalCost":1}`, "duplicate object member name"},
		"wrong type":       {`{"customersOverBudget":"1"}`, "the field customersOverBudget of the response cannot be read: is a string"},
		"a fraction":       {`{"customersOverBudget":1.5}`, "the field customersOverBudget of the response cannot be read"},
		"wrong list":       {`{"emailsToNotify":["a",5]}`, "the field emailsToNotify[1] of the response cannot be read: is a number"},
		"wrong time":       {`{"billingEndDate":"soon"}`, "the field billingEndDate of the response cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, w := newClient(t, says(http.StatusOK, test.body))
			summary, err := c.UsageSummary(t.Context())
			if e := wantError(t, summary, err); e.Path != "/v1/usagesummary" || e.Status != http.StatusOK || e.Page != 1 {
				t.Errorf("the error is %+v", e)
			}
			wantText(t, err, "GET /v1/usagesummary: 200 OK: ", test.want)
			w.wantRequests(t, 1)
		})
	}
	t.Run("with a BOM", func(t *testing.T) {
		t.Parallel()
		c, _ := newClient(t, says(http.StatusOK, "\ufeff"+`{"totalCost":22.861172,"emailsToNotify":["a@b.example"],"new":1}`))
		summary, err := c.UsageSummary(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if summary.TotalCost.String() != "22.861172" || len(summary.EmailsToNotify) != 1 {
			t.Errorf("the summary is %+v", summary)
		}
	})
}
