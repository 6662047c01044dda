package provider

import (
	"errors"
	"maps"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// graphClient serves an emulator that misbehaves, signs in to it with its environment, in
// which some variables are changed, and reads its exports.
func graphClient(t *testing.T, options emulator.Options, faults []string, changes map[string]string) *graphbilling.Client {
	t.Helper()
	e := emulator.New(options)
	for _, text := range faults {
		fault, err := emulator.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		e.Misbehave(fault)
	}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	environment := map[string]string{}
	for _, variable := range e.Environment(server.URL) {
		name, value, _ := strings.Cut(variable, "=")
		environment[name] = value
	}
	maps.Copy(environment, changes)
	return graphbilling.New(pcclient.New(optionsFrom(t, nil, systemWith(environment))))
}

// The emulator's exports and what it says of usage agree, whoever signs in and however
// the export comes.
func TestGraph_emulator(t *testing.T) {
	t.Parallel()
	const noRefreshToken, noSecret = "PARTNERCENTER_REFRESH_TOKEN", "PARTNERCENTER_CLIENT_SECRET"
	for name, test := range map[string]struct {
		options emulator.Options
		changes map[string]string
		faults  []string
	}{
		"application":        {options: emulator.Options{AppOnly: true}},
		"user":               {},
		"OIDC":               {options: emulator.Options{AppOnly: true}, changes: map[string]string{noSecret: "", "PARTNERCENTER_OIDC_TOKEN": emulator.FederatedAssertion}},
		"access token":       {changes: map[string]string{noRefreshToken: "", noSecret: "", "PARTNERCENTER_GRAPH_ACCESS_TOKEN": emulator.GraphAppAccessToken()}},
		"linked":             {options: emulator.Options{ManifestLink: true}},
		"many rows":          {options: emulator.Options{Rows: 8_000}},
		"running":            {faults: []string{"operations/*: operation=running retry-after=1"}},
		"completed":          {faults: []string{"operations/*: operation=completed"}},
		"a SAS that ended":   {faults: []string{"part-00001-*: status=403"}},
		"twice":              {faults: []string{"part-00001-*: status=403", "operations/*: after=1 status=404"}},
		"throttled":          {faults: []string{"unbilled/export: status=429 retry-after=1"}},
		"cut":                {faults: []string{"part-00002-*: cut-body"}},
		"cut without a sign": {faults: []string{"part-00002-*: cut-body framing=until-close"}},
		"reset":              {faults: []string{"part-00000-*: cut-body reset"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := graphClient(t, test.options, test.faults, test.changes)
			usage, err := client.Usage(t.Context(), graphbilling.Query{CurrencyCode: "USD", StartDate: "2026-11-01", GroupBy: []string{"customer"}})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, group := range usage.Groups {
				got[*group.CustomerName] = group.Cost.String() + " " + *group.CurrencyCode + ", " + group.PricingCost.String() + " " + *group.PricingCurrencyCode
			}
			if want := map[string]string{
				"Copper Kettle Brewing Co": "-184.2750000000000341 USD, -184.2750000000000341 USD",
				"Lumen Park Schools":       "2207.480000000000018189 USD, 2207.480000000000018189 USD",
				"Maple Ridge Clinics Inc":  "9312.551843750001204 USD, 9312.551843750001204 USD",
				"Tidewater Analytics LLC":  "60284.14999999999795236 USD, 60284.14999999999795236 USD",
			}; !maps.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestGraph_emulatorRefuses(t *testing.T) {
	t.Parallel()
	dollars := graphbilling.Query{CurrencyCode: "USD", GroupBy: []string{"customer"}}
	for name, test := range map[string]struct {
		options emulator.Options
		faults  []string
		query   graphbilling.Query
		want    []string
	}{
		"no consent, application": {emulator.Options{AppOnly: true, NoConsent: true}, nil, dollars, []string{"Authorization_RequestDenied", "Add the application permission `PartnerBilling.Read.All`"}},
		"no consent, user":        {emulator.Options{NoConsent: true}, nil, dollars, []string{"AADSTS65001", "Add the delegated permission `PartnerBilling.Read.All`"}},
		"a legacy invoice":        {emulator.Options{}, nil, graphbilling.Query{InvoiceID: "D020061053", GroupBy: []string{"customer"}}, []string{"5000", "legacy commerce"}},
		"no such currency":        {emulator.Options{}, nil, graphbilling.Query{CurrencyCode: "CAD", GroupBy: []string{"customer"}}, []string{"5000", "No data available"}},
		"no such invoice":         {emulator.Options{}, nil, graphbilling.Query{InvoiceID: "G999999999", GroupBy: []string{"customer"}}, []string{"was not found", "Check `invoice_id`"}},
		"each SAS has ended":      {emulator.Options{SASLifetime: -1}, nil, dollars, []string{"AuthenticationFailed"}},
		"not gzip":                {emulator.Options{}, []string{"part-00003-*: encoding=plain"}, dollars, []string{"the blob is not gzip"}},
		"deflated":                {emulator.Options{}, []string{"part-00003-*: encoding=deflate"}, dollars, []string{"the blob is not gzip"}},
		"UTF-16":                  {emulator.Options{}, []string{"part-00003-*: encoding=utf-16"}, dollars, []string{"not valid UTF-8"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := graphClient(t, test.options, test.faults, nil).Usage(t.Context(), test.query)
			if err == nil {
				t.Fatal("it is read")
			}
			advice := ""
			if e, ok := errors.AsType[*graphbilling.Error](err); ok {
				advice = e.Advice
			}
			for _, want := range test.want {
				if said := err.Error() + "\n" + advice; !strings.Contains(said, want) {
					t.Errorf("%q is not said:\n%s", want, said)
				}
			}
		})
	}
}
