package pcclient

import (
	"net/http"
	"testing"
)

// What nobody reads is no error, whatever is in it.
func TestLenient_fieldsThatNobodyReads(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a lone surrogate":                    `{"items":[{"resourceId":"a"},{"resourceId":"b","totalCost":1.25,"note":"\ud800"}]}`,
		"a lone surrogate as a key":           `{"items":[{"resourceId":"a"},{"resourceId":"b","totalCost":1.25,"\udc00":1}]}`,
		"text that is not UTF-8":              "{\"items\":[{\"resourceId\":\"a\"},{\"resourceId\":\"b\",\"totalCost\":1.25}],\"note\":\"\xff\"}",
		"a key twice":                         `{"items":[{"resourceId":"a"},{"resourceId":"b","note":1,"totalCost":1.25,"note":2}]}`,
		"a key twice in the first":            `{"items":[{"resourceId":"a","note":1,"note":2},{"resourceId":"b","totalCost":1.25}]}`,
		"a key twice, deep inside":            `{"items":[{"resourceId":"a"},{"resourceId":"b","totalCost":1.25,"note":[{"deep":{"totalCost":1,"totalCost":2}}]}]}`,
		"a key twice in what is read in part": `{"items":[{"resourceId":"a"},{"resourceId":"b","totalCost":1.25,"budget":{"amount":5,"attributes":1,"attributes":2}}]}`,
		"a key twice beside the items":        `{"note":1,"items":[{"resourceId":"a"},{"resourceId":"b","totalCost":1.25}],"note":2}`,
		"a key twice in the links":            `{"items":[{"resourceId":"a"},{"resourceId":"b","totalCost":1.25}],"links":{"self":{},"self":{}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, says(http.StatusOK, body))
			whole, err := customerUsage(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if len(whole.Items) != 2 || *whole.Items[0].ResourceID != "a" || *whole.Items[1].ResourceID != "b" || whole.Items[1].TotalCost.String() != "1.25" {
				t.Errorf("read %+v", whole.Items)
			}
		})
	}
	c, _ := newClient(t, says(http.StatusOK, `{"totalCost":1.25,"note":{"a":1,"a":"\ud800"},"resourceName":"Fabrikam"}`))
	summary, err := c.UsageSummary(t.Context())
	if err != nil || summary.TotalCost.String() != "1.25" || *summary.Owner() != "Fabrikam" {
		t.Errorf("the summary is %+v, %v", summary, err)
	}
}

func TestLenient_loneSurrogatesBecomeReplacements(t *testing.T) {
	t.Parallel()
	r, err := firstRecord(t, `{"resourceName":"a\ud800b","name":"\udc00"}`)
	if err != nil || *r.ResourceName != "a\ufffdb" || *r.Name != "\ufffd" {
		t.Errorf("read %+v, %v", r, err)
	}
	c, _ := newClient(t, says(http.StatusOK, `{"items":[{"instanceData":{"tags":{"a":"\ud800","b":"c"}}}]}`))
	for record, err := range c.AzureUtilization("c", "s", UtilizationQuery{}).Items(t.Context()) {
		if err != nil || *record.InstanceData.Tags["a"] != "\ufffd" || *record.InstanceData.Tags["b"] != "c" {
			t.Errorf("read %+v, %v", record, err)
		}
	}
}

// Which of the two should count?
func TestLenient_twinsThatAreRead(t *testing.T) {
	t.Parallel()
	for body, field := range map[string]string{
		`{"items":[{},{"totalCost":1,"totalCost":1}]}`:                                            "items[1].totalCost",
		`{"items":[{},{"totalCost":1,"note":"\ud800","total\u0043ost":2}]}`:                       "items[1].totalCost",
		`{"items":[{"budget":{"amount":1,"amount":2}}]}`:                                          "items[0].budget.amount",
		`{"items":[{"budget":{"amount":1},"budget":{}}]}`:                                         "items[0].budget",
		`{"items":[],"items":[]}`:                                                                 "items",
		`{"items":[],"totalCount":1,"totalCount":1}`:                                              "totalCount",
		`{"items":[],"continuationToken":"a","continuationToken":"b"}`:                            "continuationToken",
		`{"items":[],"links":{},"links":{}}`:                                                      "links",
		`{"items":[],"links":{"next":{"uri":"a"},"next":{}}}`:                                     "links.next",
		`{"items":[],"links":{"next":{"uri":"a","uri":"b"}}}`:                                     "links.next.uri",
		`{"items":[],"links":{"next":{"uri":"a","headers":[{"key":"k","value":"a","key":"b"}]}}}`: "links.next.headers[0].key",
	} {
		c, _ := newClient(t, says(http.StatusOK, body))
		whole, err := customerUsage(t.Context(), c)
		wantFailure(t, whole, err)
		wantText(t, err, "("+field+")", "duplicate object member name")
	}
	for body, field := range map[string]string{
		`{"totalCost":1,"totalCost":2}`:      "totalCost",
		`{"totalCost":1,"totalCost":null}`:   "totalCost",
		`{"resourceId":"","resourceId":"b"}`: "resourceId",
	} {
		c, _ := newClient(t, says(http.StatusOK, body))
		summary, err := c.UsageSummary(t.Context())
		wantFailure(t, summary, err)
		wantText(t, err, "("+field+")", "duplicate object member name")
	}
	for _, record := range []string{`{"instanceData":{"tags":{"a":"1","a":"2"}}}`, `{"resource":{"id":"1","id":"2"}}`, `{"infoFields":{"a":1,"a":2}}`} {
		c, _ := newClient(t, says(http.StatusOK, `{"items":[`+record+`]}`))
		for _, err := range c.AzureUtilization("c", "s", UtilizationQuery{}).Items(t.Context()) {
			wantText(t, err, "duplicate object member name")
		}
	}
	c, _ := newClient(t, says(http.StatusOK, `{"meters":[{"rates":{"0":1,"0":2}}]}`))
	card, err := c.AzureRateCard(t.Context(), false, "", "")
	wantFailure(t, card, err)
	wantText(t, err, "(meters[0].rates", "duplicate object member name")
}

// An answer with something else in it is not one of nulls.
func TestObject_ofSomethingElse(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"code":1}`, `{"attributes":{"objectType":"Fault"}}`, `{"totalCost":null,"links":{}}`} {
		c, _ := newClient(t, says(http.StatusOK, body))
		partner, err := c.UsageSummary(t.Context())
		wantFailure(t, partner, err)
		customer, err := c.CustomerUsageSummary(t.Context(), "c")
		wantFailure(t, customer, err)
		subscription, err := c.SubscriptionUsageSummary(t.Context(), "c", "s")
		wantFailure(t, subscription, err)
		card, err := c.AzureRateCard(t.Context(), false, "", "")
		wantFailure(t, card, err)
		wantText(t, err, "none of the expected fields")
	}
	for body, isBudget := range map[string]bool{
		`{}`: true, `{"attributes":{"objectType":"SpendingBudget"}}`: true, `{"amount":null,"attributes":{},"new":1}`: true,
		`{"amount":0}`: true, `{"code":1}`: false, `{"code":1,"attributes":{}}`: false, `{"message":"Not now."}`: false,
	} {
		c, _ := newClient(t, says(http.StatusOK, body))
		budget, err := c.CustomerUsageBudget(t.Context(), "c")
		if isBudget != (err == nil) {
			t.Errorf("%s: %+v, %v", body, budget, err)
		}
	}
}

func TestInteger(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]int64{`3`: 3, `3.0`: 3, `3e0`: 3, `30e-1`: 3, `0`: 0, `9223372036854775807`: 1<<63 - 1} {
		c, _ := newClient(t, says(http.StatusOK, `{"totalCount":`+literal+`,"items":[]}`))
		whole, err := customerUsage(t.Context(), c)
		if err != nil || whole.TotalCount == nil || *whole.TotalCount != want {
			t.Errorf("%s: %+v, %v", literal, whole, err)
		}
	}
	for _, literal := range []string{`3.5`, `"3"`, `9223372036854775808`, `1e999999`, `true`, `{}`} {
		c, _ := newClient(t, says(http.StatusOK, `{"totalCount":`+literal+`,"items":[]}`))
		whole, err := customerUsage(t.Context(), c)
		wantFailure(t, whole, err)
		wantText(t, err, "the field totalCount")
	}
	// A negative number counts nothing.
	for _, literal := range []string{`-1`, `null`} {
		c, _ := newClient(t, says(http.StatusOK, `{"totalCount":`+literal+`,"items":[]}`))
		if whole, err := customerUsage(t.Context(), c); err != nil || whole.TotalCount != nil {
			t.Errorf("%s: %+v, %v", literal, whole, err)
		}
	}
}

func TestPages_emptyNextIsTheEnd(t *testing.T) {
	t.Parallel()
	for _, next := range []string{`{}`, `{"uri":""}`, `{"uri":null}`, `{"method":"GET","headers":[]}`, `null`} {
		c, w := newClient(t, says(http.StatusOK, `{"items":[{"resourceId":"a"}],"links":{"next":`+next+`}}`))
		whole, err := customerUsage(t.Context(), c)
		if err != nil || len(whole.Items) != 1 {
			t.Errorf("%s: %+v, %v", next, whole, err)
		}
		w.wantRequests(t, 1)
	}
}

// A next link that has a token but no address says that there is more.
func TestPages_nextWithoutAddress(t *testing.T) {
	t.Parallel()
	for _, next := range []string{
		`{"uri":"","headers":[{"key":"MS-ContinuationToken","value":"T"}]}`,
		`{"headers":[{"key":"MS-ContinuationToken","value":"T"}]}`,
		`{"uri":" "}`,
	} {
		c, w := newClient(t, says(http.StatusOK, `{"items":[{"resourceId":"a"}],"links":{"next":`+next+`}}`))
		whole, err := customerUsage(t.Context(), c)
		if err == nil {
			t.Errorf("%s: %+v, want an error", next, whole)
			continue
		}
		wantText(t, err, "no valid URL")
		w.wantRequests(t, 1)
	}
}
