package datasources

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// manyCustomers is an answer with n customers, with numbers as long as the API's.
func manyCustomers(n int) string {
	var body strings.Builder
	fmt.Fprintf(&body, `{"totalCount":%d,"items":[`, n)
	for i := range n {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"budget":{"amount":%d,"attributes":{"objectType":"SpendingBudget"}},"percentUsed":%d.84,"isUpgraded":true,`+
			`"resourceId":"00000000-0000-4000-8000-%012d","id":"00000000-0000-4000-8000-%012d","resourceName":"Customer %d","name":"Customer %d",`+
			`"totalCost":%d.5682999999995904716,"currencyCode":"SEK","usdTotalCost":%d.39999999999999985235,`+
			`"lastModifiedDate":"2026-11-19T17:08:11.1433333+00:00","attributes":{"objectType":"CustomerMonthlyUsageRecord"}}`,
			i%500, i%200, i, i, i, i, i%1000, i%100)
	}
	body.WriteString(`],"links":{"self":{"uri":"/customers/usagerecords","method":"GET","headers":[]}},"attributes":{"objectType":"Collection"}}`)
	return body.String()
}

// BenchmarkCustomerUsageRecords is what reading 10,000 customers takes in the
// provider, from the answer's bytes to Terraform's.
func BenchmarkCustomerUsageRecords(b *testing.B) {
	body := manyCustomers(10_000)
	for name, arguments := range map[string]providertest.Arguments{
		"totals":  {"include_records": false},
		"records": {"include_records": true},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				// A new provider each time, since one remembers the answer.
				server(b, api{"/v1/customers/usagerecords": {body: body}}).Read(b, "partnercenter_customer_usage_records", arguments).Succeed(b)
			}
		})
	}
}
