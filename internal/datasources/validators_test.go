package datasources

import (
	"math/big"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// What is wrong with an argument is told with how to put it right.
func TestValidators_say(t *testing.T) {
	t.Parallel()
	gate := func(argument string, value any) providertest.Arguments {
		return providertest.Arguments{"max_percent_used": big.NewFloat(100), argument: value}
	}
	const byDomain, byName = `data "partnercenter_customer" by a domain`, `data "partnercenter_customers" by a name`
	for name, test := range map[string]struct {
		source    string
		arguments providertest.Arguments
		says      []string
		saysNot   string
	}{
		"a domain as an id": {"customer_usage_summary", providertest.Arguments{"customer_id": "contoso.onmicrosoft.com"}, []string{byDomain, byName}, ""},
		"a name as an id":   {"customer_usage_summary", providertest.Arguments{"customer_id": "Contoso"}, []string{byDomain, byName}, ""},
		"names in a list":   {"spend_gate", gate("customer_ids", providertest.List("Contoso AG")), []string{byDomain}, ""},
		"half an id":        {"customer_usage_summary", providertest.Arguments{"customer_id": "12345678-1234"}, []string{"is not an id such as"}, "data"},
		"another thing's id": {
			"subscription_usage_summary",
			providertest.Arguments{"customer_id": "12345678-1234-1234-1234-123456789abc", "subscription_id": "production"},
			[]string{"is not an id such as"},
			"data",
		},
		"no customer":      {"customer", nil, []string{"[customer_id,domain]"}, ""},
		"two customers":    {"customer", providertest.Arguments{"customer_id": "12345678-1234-1234-1234-123456789abc", "domain": "d.example"}, []string{"[customer_id,domain]"}, ""},
		"days":             {"spend_gate", gate("max_data_age", "3d"), []string{`"3d" is not a positive duration`, "write 72h."}, ""},
		"small letters":    {"spend_gate", gate("max_total_cost", money(map[string]float64{"eur": 1})), []string{`"eur" is not the code of a currency`, "write EUR."}, ""},
		"no such currency": {"spend_gate", gate("max_total_cost", money(map[string]float64{"euro": 1})), []string{"such as EUR."}, "write"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failure := server(t, refuseAll(t)).Read(t, "partnercenter_"+test.source, test.arguments).Fail(t)
			for _, want := range test.says {
				if !strings.Contains(failure.Detail, want) {
					t.Errorf("it does not say %q:\n%s", want, failure.Detail)
				}
			}
			if test.saysNot != "" && strings.Contains(failure.Detail, test.saysNot) {
				t.Errorf("it says %q:\n%s", test.saysNot, failure.Detail)
			}
		})
	}
}
