package datasources

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// What is not told of a subscription is no reason to leave it out.
func TestSubscriptions_filtersKeepTheUnknown(t *testing.T) {
	t.Parallel()
	const name = "partnercenter_subscriptions"
	s := subjectOf(t, name)
	body := `{"items":[
		{"friendlyName":"a","offerId":"DZH318Z0BPS6:0001:x","productType":{"id":"Azure"},"status":"active"},
		{"friendlyName":"b","offerId":"DZH318Z0BPS6:0001:x","status":"suspended"},
		{"friendlyName":"c","status":""},
		{"friendlyName":"d","offerId":"MS-AZR-0145P"},
		{"friendlyName":"e","offerId":"DZH318Z0BPS6:0001:x","productType":{"id":"License"}},
		{"friendlyName":"f","offerId":"CFQ7TTC0LH16:0001:x","status":"Active"}]}`
	for what, test := range map[string]struct {
		arguments providertest.Arguments
		want      []any
	}{
		"status":     {providertest.Arguments{"status": "active"}, []any{"a", "c", "d", "e", "f"}},
		"azure only": {providertest.Arguments{"azure_only": true}, []any{"a", "b", "c", "d"}},
	} {
		r := server(t, s.answers(t, answer{body: body})).Read(t, name, withArguments(s.arguments, test.arguments)).Succeed(t)
		names := []any{}
		rows, _ := r.Get(t, "subscriptions").([]any)
		for i := range rows {
			names = append(names, r.Get(t, "subscriptions", i, "subscription_name"))
		}
		if diff := cmp.Diff(test.want, names); diff != "" {
			t.Errorf("%s:\n%s", what, diff)
		}
	}
}
