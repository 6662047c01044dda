package datasources

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

const subscriptionGate = "partnercenter_azure_subscription_gate"

// gateArguments are those of a gate in EUR, with rules.
func gateArguments(rules providertest.Arguments) providertest.Arguments {
	return withArguments(providertest.Arguments{"customer_id": aCustomer, "azure_subscription_id": anEntitlement, "currency_code": "EUR"}, rules)
}

// justNow is the same for all records.
var justNow = time.Now().UTC().Format(time.RFC3339)

// oneResource is a record of the Azure subscription, with other fields.
func oneResource(fields string) string {
	return `{"entitlementId":"` + anEntitlement + `","lastModifiedDate":"` + justNow + `",` + fields + `}`
}

// resourcesAre answers with these resource records in one Azure plan.
func resourcesAre(t *testing.T, records ...string) api {
	t.Helper()
	return ownUsage(t, api{planPath + "/resourceusagerecords": {body: `{"items":[` + strings.Join(records, ",") + `]}`}})
}

// groupRulesOf are the rules of findings with their resource groups, in order.
func groupRulesOf(t *testing.T, r providertest.Result, findings string) []string {
	t.Helper()
	rules := []string{}
	list, _ := r.Get(t, findings).([]any)
	for _, element := range list {
		finding, _ := element.(map[string]any)
		name, _ := finding["resource_group_name"].(string)
		rules = append(rules, strings.TrimSuffix(fmt.Sprint(finding["rule"], " ", name), " "))
	}
	return rules
}

func limits(byName map[string]float64) map[string]tftypes.Value { return money(byName) }

func exceptionUntil(until, reason string) []tftypes.Value {
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"until": tftypes.String, "reason": tftypes.String}}
	return []tftypes.Value{tftypes.NewValue(object, map[string]tftypes.Value{
		"until": tftypes.NewValue(tftypes.String, until), "reason": tftypes.NewValue(tftypes.String, reason),
	})}
}

// Every way past that was tried on the other gate is tried on this one.
func TestAzureSubscriptionGate(t *testing.T) {
	t.Parallel()
	web := oneResource(`"resourceGroupName":"rg-web","totalCost":60,"usdTotalCost":66,"currencyCode":"EUR"`)
	at := func(date, fields string) string {
		return `{"entitlementId":"` + anEntitlement + `","lastModifiedDate":"` + date + `",` + fields + `}`
	}
	const inWeb = `"resourceGroupName":"rg-web","currencyCode":"EUR","usdTotalCost":1,`
	hundred := providertest.Arguments{"max_total_cost": big.NewFloat(100)}
	tomorrow := time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly)
	for name, test := range map[string]struct {
		records              []string
		rules                providertest.Arguments
		violations, warnings []string
	}{
		"within":                                  {[]string{web}, hundred, nil, nil},
		"the same row twice is one":               {[]string{web, web}, hundred, nil, nil},
		"two rows of one resource are two":        {[]string{web, strings.Replace(web, `:60`, `:40.01`, 1)}, hundred, []string{"max_total_cost"}, nil},
		"a group in another case":                 {[]string{web, oneResource(`"resourceGroupName":"RG-WEB","totalCost":0.01,"currencyCode":"EUR"`)}, providertest.Arguments{"max_resource_group_total_cost": limits(map[string]float64{"Rg-Web": 60})}, []string{"max_resource_group_total_cost RG-WEB"}, nil},
		"a group by its resources' URIs":          {[]string{oneResource(`"resourceUri":"/SUBSCRIPTIONS/x/resourcegroups/RG-Web/providers/a/b/c","totalCost":61,"currencyCode":"EUR"`)}, providertest.Arguments{"max_resource_group_total_cost": limits(map[string]float64{"rg-web": 60})}, []string{"max_resource_group_total_cost RG-Web"}, nil},
		"a group that is not there":               {[]string{web}, withArguments(hundred, providertest.Arguments{"resource_group_names": providertest.List("rg-404", "RG-WEB")}), []string{"resource_group_found rg-404"}, nil},
		"a group that is not there, allowed":      {[]string{web}, withArguments(hundred, providertest.Arguments{"resource_group_names": providertest.List("rg-404"), "allow_missing": true}), nil, []string{"resource_group_found rg-404"}},
		"another group":                           {[]string{web, oneResource(`"resourceGroupName":"rg-data","totalCost":1000,"currencyCode":"SEK"`)}, withArguments(hundred, providertest.Arguments{"resource_group_names": providertest.List(" RG-WEB ")}), nil, nil},
		"in no group":                             {[]string{web, oneResource(`"resourceUri":"/providers/Microsoft.Capacity/reservationOrders/x","totalCost":41,"currencyCode":"EUR"`)}, hundred, []string{"max_total_cost"}, nil},
		"in no group, beside selected ones":       {[]string{web, oneResource(`"resourceUri":"/subscriptions/x/providers/Microsoft.Security/pricings/x","totalCost":41,"currencyCode":"EUR"`)}, withArguments(hundred, providertest.Arguments{"resource_group_names": providertest.List("rg-web")}), nil, nil},
		"nobody knows in which group":             {[]string{web, oneResource(`"resourceGroupName":" ","totalCost":41,"currencyCode":"EUR"`)}, withArguments(hundred, providertest.Arguments{"resource_group_names": providertest.List("rg-web")}), []string{"max_total_cost"}, nil},
		"nobody knows in which group, with limit": {[]string{web, oneResource(`"resourceUri":"x","totalCost":41,"currencyCode":"EUR"`)}, providertest.Arguments{"max_resource_group_total_cost": limits(map[string]float64{"rg-web": 60})}, []string{"max_resource_group_total_cost"}, nil},
		"nobody knows whose it is":                {[]string{web, `{"resourceGroupName":"rg-web","totalCost":1,"currencyCode":"EUR","usdTotalCost":1}`}, withArguments(hundred, providertest.Arguments{"max_usd_total_cost": big.NewFloat(1e9)}), []string{"max_total_cost", "usd_known rg-web"}, nil},
		"nobody knows whose it is, but of when":   {[]string{at("2019-09-17T17:08:11Z", inWeb+`"totalCost":1`), `{"resourceGroupName":"rg-404","totalCost":1,"currencyCode":"EUR","lastModifiedDate":"` + justNow + `"}`}, providertest.Arguments{"max_data_age": "48h", "resource_group_names": providertest.List("rg-web", "rg-404")}, []string{"max_data_age", "resource_group_found rg-404"}, nil},
		"costs that cancel out":                   {[]string{web, oneResource(`"resourceGroupName":"a","totalCost":1000000`), oneResource(`"resourceGroupName":"b","totalCost":-1000000`)}, hundred, []string{"currency a", "currency b"}, nil},
		"costs in another currency":               {[]string{web, oneResource(`"resourceGroupName":"a","totalCost":1,"currencyCode":"SEK"`)}, hundred, []string{"currency a"}, nil},
		"a currency in small letters":             {[]string{oneResource(`"resourceGroupName":"a","totalCost":101,"currencyCode":" eur "`)}, hundred, []string{"max_total_cost"}, nil},
		"a currency of a locale":                  {[]string{oneResource(`"resourceGroupName":"a","totalCost":101,"currencyLocale":"fr-FR"`)}, hundred, []string{"max_total_cost"}, nil},
		"a row without a cost":                    {[]string{web, oneResource(`"resourceGroupName":"a","currencyCode":"EUR"`)}, hundred, []string{"max_total_cost"}, nil},
		"a row without anything":                  {[]string{`{"entitlementId":"` + anEntitlement + `"}`}, hundred, []string{"currency"}, nil},
		"a USD figure of 0 beside a cost":         {[]string{oneResource(`"resourceGroupName":"a","totalCost":5,"currencyCode":"EUR","usdTotalCost":0`)}, providertest.Arguments{"max_usd_total_cost": big.NewFloat(1)}, []string{"usd_known a"}, nil},
		"one date in the year 9999":               {[]string{at("9999-12-31T00:00:00Z", inWeb+`"totalCost":1`), at("2019-09-17T17:08:11Z", inWeb+`"totalCost":2`)}, providertest.Arguments{"max_data_age": "48h"}, []string{"max_data_age"}, nil},
		"a forecast in the year 9999":             {[]string{at("9999-12-31T00:00:00Z", inWeb+`"totalCost":1`)}, providertest.Arguments{"max_forecast_total_cost": big.NewFloat(100)}, []string{"forecast_known rg-web"}, nil},
		"a forecast of never":                     {[]string{at("0001-01-01T00:00:00", inWeb+`"totalCost":1`)}, providertest.Arguments{"warn_forecast_total_cost": big.NewFloat(100), "max_data_age": "48h"}, []string{"data_age_known", "forecast_known rg-web"}, nil},
		"figures of years ago":                    {[]string{at("2019-09-17T17:08:11Z", inWeb+`"totalCost":1`)}, providertest.Arguments{"max_data_age": "48h"}, []string{"max_data_age"}, nil},
		"an exception":                            {[]string{web}, providertest.Arguments{"max_total_cost": big.NewFloat(1), "exceptions": exceptionUntil(tomorrow, "a migration")}, nil, []string{"max_total_cost"}},
		"an exception that has ended":             {[]string{web}, providertest.Arguments{"max_total_cost": big.NewFloat(1), "exceptions": exceptionUntil("2026-01-01T00:00:00Z", "a migration")}, []string{"max_total_cost"}, nil},
		"no usage":                                {nil, withArguments(hundred, providertest.Arguments{"max_data_age": "1h", "max_forecast_total_cost": big.NewFloat(0)}), nil, []string{"has_usage"}},
		"a limit of a group without usage":        {nil, providertest.Arguments{"max_resource_group_total_cost": limits(map[string]float64{"rg-web": 1})}, nil, []string{"has_usage", "resource_group_found rg-web"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := server(t, resourcesAre(t, test.records...)).Read(t, subscriptionGate, gateArguments(test.rules)).Succeed(t)
			if diff := cmp.Diff(append([]string{}, test.violations...), groupRulesOf(t, r, "violations")); diff != "" {
				t.Errorf("violations:\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, test.warnings...), groupRulesOf(t, r, "warnings")); diff != "" {
				t.Errorf("warnings:\n%s", diff)
			}
			if got := r.Get(t, "passed"); got != (len(test.violations) == 0) {
				t.Errorf("passed is %v", got)
			}
			if got := r.Get(t, "has_usage"); got != (len(test.records) > 0) {
				t.Errorf("has_usage is %v", got)
			}
		})
	}
}

// An Azure subscription that is in two plans has cost what it has cost in both.
func TestAzureSubscriptionGate_twoPlans(t *testing.T) {
	t.Parallel()
	const second = "b2b2b2b2-cccc-4ddd-8eee-f2f2f2f2f2f2"
	own := oneResource(`"resourceGroupName":"rg","totalCost":60,"currencyCode":"EUR"`)
	lists := answer{body: `{"items":[{"id":"` + anEntitlement + `","status":"deleted"}]}`}
	a := api{
		ofCustomer + "/subscriptions":                                     {body: `{"items":[{"id":"` + aSubscription + `"},{"id":"` + second + `"}]}`},
		ofSubscription + "/azureEntitlements":                             lists,
		ofSubscription + "/resourceusagerecords":                          {body: `{"items":[` + own + `]}`},
		ofCustomer + "/subscriptions/" + second + "/azureEntitlements":    lists,
		ofCustomer + "/subscriptions/" + second + "/resourceusagerecords": {body: `{"items":[` + own + `]}`},
	}
	r := server(t, a).Read(t, subscriptionGate, gateArguments(providertest.Arguments{"max_total_cost": big.NewFloat(119.99)})).Succeed(t)
	if r.Get(t, "passed") != false || r.Get(t, "total_cost") != json.Number("120") {
		t.Errorf("passed is %v for %v", r.Get(t, "passed"), r.Get(t, "total_cost"))
	}
	failure := server(t, a).Read(t, subscriptionGate, withArguments(gateArguments(nil), providertest.Arguments{"max_total_cost": big.NewFloat(1), "azure_subscription_id": aCustomer})).Fail(t)
	checkBlame(t, failure, "azure_subscription_id")
	for path, bad := range map[string]answer{
		ofSubscription + "/resourceusagerecords":                          {status: 204, header: map[string]string{"Retry-After": "900"}},
		ofCustomer + "/subscriptions":                                     {body: `{"totalCount":3,"items":[{"id":"` + aSubscription + `"},{"id":"` + second + `"}]}`},
		ofCustomer + "/subscriptions/" + second + "/resourceusagerecords": {status: 400, body: `{"code":3000,"description":"Invalid property: subscriptionId"}`},
	} {
		broken := maps.Clone(a)
		broken[path] = bad
		server(t, broken).Read(t, subscriptionGate, gateArguments(providertest.Arguments{"max_total_cost": big.NewFloat(1e9)})).Fail(t)
	}
}

// What is not known is null, and has a result of its own in every finding.
func TestAzureSubscriptionGate_golden(t *testing.T) {
	t.Parallel()
	s := subjectOf(t, subscriptionGate)
	read := func(rules providertest.Arguments) providertest.Result {
		return server(t, s.answers(t, answer{body: testdata(t, s.Sample)})).Read(t, subscriptionGate, gateArguments(rules)).Succeed(t)
	}
	read(providertest.Arguments{
		"max_total_cost": big.NewFloat(148), "max_resource_group_total_cost": limits(map[string]float64{"rg-web": 100, "DATA": 20.25, "rg-404": 5}),
	}).Golden(t, "azure_subscription_gate/failed.golden.json")
	read(providertest.Arguments{
		"max_resource_group_total_cost": limits(map[string]float64{"rg-web": 100}), "exceptions": exceptionUntil("9999-12-31", "::error:: a `migration`"),
	}).Golden(t, "azure_subscription_gate/excepted.golden.json")
}

// The state is the same in whichever order the API lists resources.
func TestAzureSubscriptionGate_orderOfResources(t *testing.T) {
	t.Parallel()
	resources := []string{
		oneResource(`"resourceGroupName":"rg-web","totalCost":60,"currencyCode":"EUR"`),
		oneResource(`"resourceGroupName":"RG-WEB","totalCost":70,"currencyCode":"SEK"`),
		oneResource(`"resourceGroupName":"Rg-Web","totalCost":80`),
		oneResource(`"resourceUri":"x","totalCost":41,"currencyCode":"EUR"`),
		oneResource(`"resourceUri":"/providers/Microsoft.Capacity/reservationOrders/x","totalCost":41,"currencyCode":"EUR"`),
	}
	read := func() any {
		rules := providertest.Arguments{"max_total_cost": big.NewFloat(1), "max_usd_total_cost": big.NewFloat(1)}
		return server(t, resourcesAre(t, resources...)).Read(t, subscriptionGate, gateArguments(rules)).Succeed(t).Get(t)
	}
	before := read()
	slices.Reverse(resources)
	if diff := cmp.Diff(before, read()); diff != "" {
		t.Error(diff)
	}
}

func TestAzureSubscriptionGate_badArguments(t *testing.T) {
	t.Parallel()
	rule := providertest.Arguments{"max_data_age": "2h"}
	for name, test := range map[string]struct {
		arguments providertest.Arguments
		blame     string
	}{
		"no rule":                    {providertest.Arguments{"allow_missing": true}, "max_total_cost"},
		"small letters":              {withArguments(rule, providertest.Arguments{"currency_code": "eur"}), "currency_code"},
		"no currency":                {withArguments(rule, providertest.Arguments{"currency_code": "Euro"}), "currency_code"},
		"infinite":                   {providertest.Arguments{"max_total_cost": new(big.Float).SetInf(false)}, "max_total_cost"},
		"infinite forecast":          {providertest.Arguments{"max_forecast_total_cost": new(big.Float).SetInf(false)}, "max_forecast_total_cost"},
		"infinite in a map":          {providertest.Arguments{"max_resource_group_total_cost": map[string]tftypes.Value{"a": tftypes.NewValue(tftypes.Number, new(big.Float).SetInf(false))}}, "max_resource_group_total_cost"},
		"negative":                   {providertest.Arguments{"warn_total_cost": big.NewFloat(-1)}, "warn_total_cost"},
		"negative in a map":          {providertest.Arguments{"max_resource_group_total_cost": limits(map[string]float64{"a": -1})}, "max_resource_group_total_cost"},
		"warns too late":             {providertest.Arguments{"max_total_cost": big.NewFloat(80), "warn_total_cost": big.NewFloat(80)}, "warn_total_cost"},
		"warns of forecast too late": {providertest.Arguments{"max_forecast_total_cost": big.NewFloat(80), "warn_forecast_total_cost": big.NewFloat(81)}, "warn_forecast_total_cost"},
		"empty map":                  {providertest.Arguments{"max_resource_group_total_cost": limits(nil)}, "max_resource_group_total_cost"},
		"nameless group":             {providertest.Arguments{"max_resource_group_total_cost": limits(map[string]float64{" ": 1})}, "max_resource_group_total_cost"},
		"one group twice":            {providertest.Arguments{"max_resource_group_total_cost": limits(map[string]float64{"RG": 1, "rg": 2})}, "max_resource_group_total_cost"},
		"no group":                   {withArguments(rule, providertest.Arguments{"resource_group_names": providertest.List()}), "resource_group_names"},
		"a group without a name":     {withArguments(rule, providertest.Arguments{"resource_group_names": providertest.List("")}), "resource_group_names"},
		"no duration":                {providertest.Arguments{"max_data_age": "2 days"}, "max_data_age"},
		"too many findings":          {withArguments(rule, providertest.Arguments{"max_findings": 10001}), "max_findings"},
		"an exception for ever":      {withArguments(rule, providertest.Arguments{"exceptions": exceptionUntil("never", "a migration")}), "exceptions"},
		"an invisible reason":        {withArguments(rule, providertest.Arguments{"exceptions": exceptionUntil("2026-12-01", "\u200b \u202e")}), "exceptions"},
		"an exception for nothing":   {withArguments(rule, providertest.Arguments{"exceptions": exceptionUntil("2026-12-01", " ")}), "exceptions"},
	} {
		failure := server(t, refuseAll(t)).Read(t, subscriptionGate, gateArguments(test.arguments)).Fail(t)
		t.Log(name, failure.Summary, failure.Detail)
		checkBlame(t, failure, test.blame)
	}
}

func TestAzureSubscriptionGate_argumentsAreEverywhere(t *testing.T) {
	t.Parallel()
	checkArgumentsAreEverywhere(t, AzureSubscriptionGateAttributes(), "azure_subscription_gate_test.go", "workload-subscription.md", "azure-subscription-gate")
}

// Terraform calculates with binary fractions of 512 bits, which have more digits
// than Terraform's protocol carries exactly. As a limit they are numbers like any other.
func TestAzureSubscriptionGate_calculatedLimits(t *testing.T) {
	t.Parallel()
	quotient := new(big.Float).SetPrec(512).Quo(big.NewFloat(200).SetPrec(512), big.NewFloat(3).SetPrec(512))
	for cost, passes := range map[string]bool{"66.66": true, "66.67": false} {
		for _, rules := range []providertest.Arguments{
			{"max_total_cost": quotient},
			{"max_resource_group_total_cost": map[string]tftypes.Value{"rg": tftypes.NewValue(tftypes.Number, quotient)}},
		} {
			r := server(t, resourcesAre(t, oneResource(`"resourceGroupName":"rg","totalCost":`+cost+`,"currencyCode":"EUR"`))).Read(t, subscriptionGate, gateArguments(rules)).Succeed(t)
			if got := r.Get(t, "passed"); got != passes {
				t.Errorf("%s: passed is %v", cost, got)
			}
		}
	}
}
