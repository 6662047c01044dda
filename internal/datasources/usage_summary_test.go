package datasources

import "testing"

func TestUsageSummary(t *testing.T) {
	t.Parallel()
	for _, sample := range []string{"sample", "full"} {
		server(t, api{"/v1/usagesummary": {body: testdata(t, "usage_summary/"+sample+".json")}}).
			Read(t, "partnercenter_usage_summary", nil).Succeed(t).
			Golden(t, "usage_summary/"+sample+".golden.json")
	}
}
