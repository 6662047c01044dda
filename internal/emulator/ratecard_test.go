package emulator_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

const rateCardPath = "/v1/ratecards/azure"

type rateCard struct {
	Locale, Currency string
	Meters           []struct {
		ID, EffectiveDate string
		Rates             map[string]json.Number
		Tags              []string
	}
	OfferTerms []struct {
		ExcludedMeterIDs []string
		EffectiveDate    string
	}
}

func TestRateCardIsWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	body := serve(t, emulator.Options{}).read(t, rateCardPath)
	for _, want := range []string{
		`{"locale":"en","currency":"USD","isTaxIncluded":false,"meters":[{"id":"7d6c4d9b-a81c-455b-8434-51af9a5a5b71","name":"Compute Hours",` +
			`"rates":{"0":0.1122},"tags":[],"category":"Virtual Machines","subcategory":"Standard_D2s_v3 VM","region":"EU West","unit":"Hours",` +
			`"includedQuantity":0.0,"effectiveDate":"2026-01-01T00:00:00Z"},`,
		`"rates":{"0":0.0196,"1024":0.0189,"51200":0.018816,"512000":0.0180320000000000001},`,
		`"rates":{"0":0,"10240":0.083,"153600":0.05,"5":0.087,"51200":0.07},`,
		`"includedQuantity":5.0,`,
		`"rates":{"0":5,"0.5":10},`,
		`"tags":["Low Priority","Preview"],`,
		`],"offerTerms":[{"name":"Overage discount","discount":0.15,"excludedMeterIds":["7d6c4d9b-a81c-455b-8434-51af9a5a5b71","`,
		`"],"effectiveDate":"2014-01-01T00:00:00"}],"attributes":{"objectType":"AzureRateCard"}}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("missing %s", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
	card := decode[rateCard](t, body)
	ids, tagged := map[string]bool{}, 0
	for _, m := range card.Meters {
		ids[m.ID] = true
		if len(m.Tags) > 0 {
			tagged++
		}
	}
	if len(ids) != 40 || tagged != 1 {
		t.Errorf("%d meters, %d with tags", len(ids), tagged)
	}
	for _, id := range card.OfferTerms[0].ExcludedMeterIDs {
		if !ids[id] {
			t.Errorf("excluded meter %s is not on the card", id)
		}
	}
	for id := range emulator.UtilizationQuantities(100) {
		if !ids[id] {
			t.Errorf("meter %s is used and has no price", id)
		}
	}
}

func TestRateCardCurrencies(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	for name, test := range map[string]struct {
		path, locale       string
		language, currency string
		rate               json.Number
	}{
		"default":             {rateCardPath, "", "en", "USD", "0.1122"},
		"a currency":          {rateCardPath + "?currency=eur&region=FR", "", "en", "EUR", "0.09687348"},
		"a region":            {rateCardPath + "?region=JP", "ja-JP", "ja", "USD", "0.1122"},
		"a locale":            {rateCardPath, "fr-FR", "fr", "EUR", "0.09687348"},
		"a locale, overruled": {rateCardPath + "?Currency=NOK", "fr-FR", "fr", "NOK", "1.14024372"},
		"shared":              {rateCardPath + "-shared", "", "en", "EUR", "0.082342458"},
		"shared in dollars":   {rateCardPath + "-shared?currency=USD&region=US", "", "en", "USD", "0.09537"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			card := decode[rateCard](t, service.read(t, test.path, "X-Locale", test.locale))
			if card.Locale != test.language || card.Currency != test.currency || card.Meters[0].Rates["0"] != test.rate || len(card.Meters) != 40 || card.OfferTerms == nil {
				t.Errorf("%s %s %s, %d meters", card.Locale, card.Currency, card.Meters[0].Rates["0"], len(card.Meters))
			}
		})
	}
	for _, query := range []string{"?currency=XXX", "?currency=EURO", "?region=FRA"} {
		wantError(t, service.get(t, rateCardPath+query), http.StatusBadRequest, 800002)
	}
}
