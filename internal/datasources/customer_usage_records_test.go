package datasources

import (
	"testing"
)

const customersRoute = "/v1/customers/usagerecords"

func TestCustomerUsageRecords(t *testing.T) {
	t.Parallel()
	for _, sample := range []string{"sample", "sample_2020"} {
		s := server(t, api{customersRoute: {body: testdata(t, "testdata/customer_usage_records/"+sample+".json")}})
		r := read(t, s, "partnercenter_customer_usage_records", nil).succeed(t)
		r.golden(t, "customer_usage_records/"+sample+".golden.json")
	}
}
