package pcclient

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

func TestUsage_none(t *testing.T) {
	t.Parallel()
	const code3000 = `{"code":3000,"description":"Customer does not have usage data.","data":[],"source":"PartnerApiServiceControllers"}`
	for name, test := range map[string]struct {
		answer reply
		none   bool // where the route is a subscription's
	}{
		"204":                         {says(http.StatusNoContent, ``), true},
		"400 and 3000":                {says(http.StatusBadRequest, code3000), true},
		"404 and 3000":                {says(http.StatusNotFound, code3000), true},
		"404 and 3000 as a text":      {says(http.StatusNotFound, `{"code":"3000","description":"Customer does not have usage data."}`), true},
		"404 and 3000, BOM":           {says(http.StatusNotFound, "\ufeff"+code3000), true},
		"400 and an invalid property": {says(http.StatusBadRequest, `{"code":3000,"description":"Invalid property: subscriptionId"}`), false},
		"404 and 3000 without words":  {says(http.StatusNotFound, `{"code":3000}`), false},
		"404 and a usage type":        {says(http.StatusNotFound, `{"code":3000,"description":"The value of usage is not valid."}`), false},
		"404 and no usage records":    {says(http.StatusNotFound, `{"code":3000,"description":"There are no usage records for this subscription"}`), true},
		"403 and 3000":                {says(http.StatusForbidden, code3000), false},
		"500 and 3000":                {says(http.StatusInternalServerError, code3000), false},
		"404 and another code":        {says(http.StatusNotFound, `{"code":20003,"description":"Subscription not found."}`), false},
		"400 and another code":        {says(http.StatusBadRequest, `{"code":30001,"description":"3000"}`), false},
		"404 and nothing":             {says(http.StatusNotFound, ``), false},
		"404 and the words alone":     {says(http.StatusNotFound, `{"description":"Customer does not have usage data."}`), false},
		"empty 200":                   {says(http.StatusOK, ``), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, test.answer)

			meters, err := c.SubscriptionMeterUsage(t.Context(), "customer", "subscription")
			if test.none {
				if err != nil || meters == nil || len(meters.Items) != 0 || meters.TotalCount != nil {
					t.Errorf("a subscription without usage is %+v, %v; want an empty list", meters, err)
				}
			} else {
				wantFailure(t, meters, err)
			}
			customers, err := customerUsage(t.Context(), c)
			wantFailure(t, customers, err)
			summary, err := c.UsageSummary(t.Context())
			wantFailure(t, summary, err)
		})
	}
}

func TestUsage_wordsForNone(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"Customer does not have usage data.",
		"The customer doesn't have any usage data",
		"Subscription doesn&#39;t have usage records.",
		"The subscription has no usage.",
		"No usage found for this subscription.",
		"No usage records were found.",
		"NO USAGE DATA FOUND FOR CUSTOMER 12345678-1234-1234-1234-123456789ABC",
		"Customer does not have usage data for the current billing period.",
		"Usage data not found.",
		"The usage records were not found for the subscription",
	} {
		c, _ := newClient(t, says(http.StatusNotFound, `{"code":3000,"description":"`+words+`"}`))
		meters, err := c.SubscriptionMeterUsage(t.Context(), "customer", "subscription")
		if err != nil || len(meters.Items) != 0 {
			t.Errorf("%q is %+v, %v, want an empty list", words, meters, err)
		}
	}
}

// What is about usage does not say that there is none.
func TestUsage_otherWordsAreErrors(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"The usage service is not available. Try again later.",
		"Usage data is not available at this time, retry later.",
		"Usage data is temporarily unavailable.",
		"You do not have usage permissions for this customer.",
		"You do not have usage data permissions.",
		"You are not authorized to read usage data of this customer",
		"The user has no usage role",
		"The user has no usage data role",
		"Request without usage scope",
		"Usage subscription could not be found",
		"Usage endpoint not found",
		"The usage service failed",
		"No usage data available at this time, retry later.",
		"No usage data could be read.",
		"No usage data: the service is down",
		"Customer does not have usage data. Retry later.",
	} {
		c, _ := newClient(t, says(http.StatusNotFound, `{"code":3000,"description":"`+words+`"}`))
		meters, err := c.SubscriptionMeterUsage(t.Context(), "customer", "subscription")
		if err == nil {
			t.Errorf("%q is %+v, want an error", words, meters)
		}
	}
}

func TestUsage_noneOnALaterPageIsAnError(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]reply{
		"204":          says(http.StatusNoContent, ``),
		"400 and 3000": says(http.StatusBadRequest, `{"code":3000,"description":"Customer does not have usage data."}`),
		"404 and 3000": says(http.StatusNotFound, `{"code":"3000","description":"Customer does not have usage data."}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, inTurn(t, says(http.StatusOK, pageWith("a", token("1"))), second))
			whole, err := c.SubscriptionMeterUsage(t.Context(), "customer", "subscription")
			if e := wantError(t, whole, err); e.Page != 2 {
				t.Errorf("the error is about page %d, want 2", e.Page)
			}
		})
	}
}

func TestUsage_idsAreEscaped(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, says(http.StatusOK, emptyPage))
	if _, err := c.SubscriptionMeterUsage(t.Context(), "A/../b?c", "d e#f"); err != nil {
		t.Fatal(err)
	}
	if got, want := w.urls()[0], "https://api.example/v1/customers/A%2F..%2Fb%3Fc/subscriptions/d%20e%23f/meterusagerecords"; got != want {
		t.Errorf("asked\n%s, want\n%s", got, want)
	}
}

func TestUsage_ownersAndBudgets(t *testing.T) {
	t.Parallel()
	for item, want := range map[string]string{
		`{"resourceId":"a","id":"b","resourceName":"c","name":"d","budget":{"amount":20},"customerSpendingBudget":{"amount":30}}`: "a c 20",
		`{"resourceId":"a","resourceName":"c","budget":{"amount":30},"customerSpendingBudget":{"amount":20}}`:                     "a c 20",
		`{"resourceId":"a","resourceName":"c","budget":{"amount":30,"usageSpendingBudget":20,"ammount":25}}`:                      "a c 20",
		`{"resourceId":"a","resourceName":"c","budget":{"amount":30},"customerSpendingBudget":{"usageSpendingBudget":0}}`:         "a c 0",
		`{"resourceId":" ","id":" b\t","resourceName":" ","name":" d ","budget":{"amount":1.50}}`:                                 "b d 1.5",
		`{"id":"b","name":"d","customerSpendingBudget":{"amount":30}}`:                                                            "b d 30",
		`{"resourceId":"","id":"b","resourceName":"","name":"d","budget":{"attributes":{}},"customerSpendingBudget":null}`:        "b d none",
		`{"resourceId":"a","resourceName":"c","budget":{"amount":0}}`:                                                             "a c 0",
		`{"resourceId":"a","resourceName":"c","budget":{"amount":null,"usageSpendingBudget":7.5}}`:                                "a c 7.5",
		`{"resourceId":"a","resourceName":"c","budget":{"ammount":9}}`:                                                            "a c 9",
	} {
		record, err := firstRecord(t, item)
		if err != nil {
			t.Fatal(err)
		}
		budget := "none"
		if amount := record.BudgetAmount(); amount != nil {
			budget = amount.String()
		}
		if got := fmt.Sprintf("%s %s %s", *record.OwnerID(), *record.Owner(), budget); got != want {
			t.Errorf("%s is read as %s, want %s", item, got, want)
		}
	}
}

// An answer about somebody else is believed of nobody.
func TestObject_ofSomebodyElse(t *testing.T) {
	t.Parallel()
	const asked, other = "11111111-0000-4000-8000-00000000abcd", "22222222-0000-4000-8000-00000000abcd"
	for id, right := range map[string]bool{
		`"resourceId":"` + asked + `","id":"` + asked + `"`: true,
		`"id":"11111111-0000-4000-8000-00000000ABCD "`:      true,
		`"name":"x"`:                true,
		`"resourceId":"x","id":"x"`: true,
		`"resourceId":"` + other + `","id":"` + other + `"`: false,
		`"resourceId":"","id":"` + other + `"`:              false,
	} {
		body := `{` + id + `,"totalCost":1,"currencyCode":"EUR","companyProfile":{"domain":"d"}}`
		for what, read := range map[string]func(*Client) error{
			"customer": func(c *Client) error {
				_, err := c.Customer(t.Context(), asked)
				return err
			},
			"customer's summary": func(c *Client) error {
				_, err := c.CustomerUsageSummary(t.Context(), asked)
				return err
			},
			"subscription's summary": func(c *Client) error {
				_, err := c.SubscriptionUsageSummary(t.Context(), other, asked)
				return err
			},
		} {
			c, _ := newClient(t, says(http.StatusOK, body))
			if err := read(c); (err == nil) != right {
				t.Errorf("%s, %s: %v", what, id, err)
			}
		}
	}
}

// BenchmarkCustomerUsageRecords reads a large partner in one page, from the
// wire to the last record, beside what encoding/json takes to decode it.
func BenchmarkCustomerUsageRecords(b *testing.B) {
	type page struct {
		Items []struct {
			ResourceID       *string          `json:"resourceId"`
			ResourceName     *string          `json:"resourceName"`
			ID               *string          `json:"id"`
			Name             *string          `json:"name"`
			TotalCost        *decimal.Decimal `json:"totalCost"`
			USDTotalCost     *decimal.Decimal `json:"usdTotalCost"`
			CurrencyCode     *string          `json:"currencyCode"`
			LastModifiedDate *time.Time       `json:"lastModifiedDate"`
			Budget           *struct {
				Amount *decimal.Decimal `json:"amount"`
			} `json:"budget"`
			PercentUsed *decimal.Decimal `json:"percentUsed"`
			IsUpgraded  *bool            `json:"isUpgraded"`
		} `json:"items"`
	}
	const customers = 10_000
	var body bytes.Buffer
	body.WriteString(`{"totalCount":10000,"items":[`)
	for i := range customers {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"budget":{"amount":20,"attributes":{"objectType":"SpendingBudget"}},"percentUsed":602.84,"isUpgraded":true,`+
			`"resourceId":"b1b1b1b1-cccc-dddd-eeee-%012[1]d","id":"b1b1b1b1-cccc-dddd-eeee-%012[1]d","resourceName":"Customer %[1]d","name":"Customer %[1]d",`+
			`"totalCost":120.5682999999995904716,"currencyCode":"SEK","usdTotalCost":12.39999999999999985235,`+
			`"lastModifiedDate":"2019-09-17T17:08:11.1433333+00:00","attributes":{"objectType":"CustomerMonthlyUsageRecord"}}`, i)
	}
	body.WriteString(`],"links":{"self":{"uri":"/customers/usagerecords","method":"GET","headers":[]}},"attributes":{"objectType":"Collection"}}`)
	answer := says(http.StatusOK, body.String())

	for name, read := range map[string]func() (int, error){
		"walk": func() (n int, err error) {
			c, _ := newClient(b, answer) // A new one, since a client asks a question once.
			for _, err := range c.CustomerUsageRecords().Items(b.Context()) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		},
		"encoding/json": func() (int, error) {
			var all page
			err := stdjson.Unmarshal(body.Bytes(), &all)
			return len(all.Items), err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(body.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if n, err := read(); err != nil || n != customers {
					b.Fatal(n, err)
				}
			}
		})
	}
}
