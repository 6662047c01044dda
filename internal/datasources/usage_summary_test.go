package datasources

import "testing"

func TestUsageSummary(t *testing.T) {
	t.Parallel()
	server(t, api{"/v1/usagesummary": {body: testdata(t, "usage_summary/full.json")}}).
		Read(t, "partnercenter_usage_summary", nil).Succeed(t).
		Golden(t, "usage_summary/full.golden.json")
}
