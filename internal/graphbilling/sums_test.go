package graphbilling

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

// addUp adds up lines, as one blob for each list.
func addUp(t testing.TB, q Query, blobs ...[]string) (*Usage, error) {
	t.Helper()
	g := newGrouping(&q, mustKeys(t, q.GroupBy))
	total := newSums(g)
	for _, lines := range blobs {
		part := newSums(g)
		if err := readRows(strings.NewReader(compressed(lines...)), blob{}, part); err != nil {
			return nil, err
		}
		if err := total.merge(part); err != nil {
			return nil, err
		}
	}
	return total.usage(), nil
}

func mustAddUp(t testing.TB, q Query, blobs ...[]string) *Usage {
	t.Helper()
	usage, err := addUp(t, q, blobs...)
	if err != nil {
		t.Fatal(err)
	}
	return usage
}

// randomNumber is a number in any notation that JSON has, and its value.
func randomNumber(random *rand.Rand) (string, *big.Rat) {
	digits := strconv.FormatUint(random.Uint64(), 10)
	digits = strings.TrimLeft(digits[:1+random.IntN(len(digits))], "0")
	if digits == "" {
		digits = "0"
	}
	text := digits
	switch point := random.IntN(len(digits) + 1); {
	case point == 0:
		text = "0." + strings.Repeat("0", random.IntN(20)) + digits
	case point < len(digits):
		text = digits[:point] + "." + digits[point:]
	}
	if random.IntN(3) == 0 {
		text = "-" + text
	}
	switch random.IntN(6) {
	case 0:
		text += fmt.Sprintf("e%d", random.IntN(40)-20)
	case 1:
		text += fmt.Sprintf("E+%d", random.IntN(20))
	}
	value, _ := new(big.Rat).SetString(text)
	if random.IntN(3) == 0 {
		text = `"` + text + `"`
	}
	return text, value
}

// Sums are those of rational numbers, whatever the notation.
func TestAmount(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		random := rand.New(rand.NewPCG(seed, 2))
		want := map[string]*big.Rat{}
		var blobs [][]string
		for range 4 {
			var lines []string
			for range 1000 {
				customer := fmt.Sprintf("c%d", random.IntN(5))
				text, value := randomNumber(random)
				lines = append(lines, rowOf(customer, "2026-08-31", text))
				if want[customer] == nil {
					want[customer] = new(big.Rat)
				}
				want[customer].Add(want[customer], value)
			}
			blobs = append(blobs, lines)
		}
		usage := mustAddUp(t, euros, blobs...)
		total := new(big.Rat)
		for _, g := range usage.Groups {
			if got := g.Cost.Rat(); got.Cmp(want[*g.CustomerID]) != 0 || g.PricingCost.Rat().Cmp(got) != 0 {
				t.Errorf("seed %d: %s has cost %s and %s, want %s", seed, *g.CustomerID, g.Cost, g.PricingCost, want[*g.CustomerID].FloatString(60))
			}
			total.Add(total, want[*g.CustomerID])
		}
		if got := usage.Totals.CostByCurrency["EUR"]; len(usage.Groups) != 5 || got.Rat().Cmp(total) != 0 {
			t.Errorf("seed %d: the total is %s", seed, got)
		}
	}
}

// Integers of 18 digits overflow after nine of them.
func TestAmount_overflow(t *testing.T) {
	t.Parallel()
	for _, number := range []string{"999999999999999999", "-999999999999999999", "0.999999999999999999", "9999999999999999999", "-0.0000000000000000009"} {
		var a, b amount
		want := new(big.Rat)
		value, _ := new(big.Rat).SetString(number)
		for i := range 1000 {
			if err := []*amount{&a, &b}[i%2].add([]byte(number)); err != nil {
				t.Fatal(err)
			}
			want.Add(want, value)
		}
		a.merge(&b)
		if got := a.value(); got.Rat().Cmp(want) != 0 {
			t.Errorf("a thousand times %s is %s", number, got)
		}
	}
}

func FuzzParseShort(f *testing.F) {
	for _, seed := range []string{"0", "-", "-0", "1.", ".5", "00", "01", "-1.50", "1e5", "123456789012345678", "1234567890123456789", "0.123456789012345678", "--1", "1.2.3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return
		}
		coefficient, decimals, ok := parseShort([]byte(text))
		if !ok {
			return
		}
		var a, b amount
		a.addShort(coefficient, decimals)
		value, valid := new(big.Rat).SetString(text)
		if !valid || a.value().Rat().Cmp(value) != 0 {
			t.Errorf("%q is %s", text, a.value())
		}
		if err := b.add([]byte(text + "e0")); err != nil {
			t.Errorf("%q is no number in JSON: %v", text, err)
		}
	})
}

// What a row can look like.
func TestRow_forms(t *testing.T) {
	t.Parallel()
	const row = `{"CustomerId":"C","BillingPreTaxTotal":1.5,"BillingCurrency":"EUR","UsageDate":"2026-08-31","Tags":"{\"env\":\"prod\"}"`
	for name, line := range map[string]string{
		"as documented":               row + `}`,
		"lower case":                  `{"customerid":"C","billingpretaxtotal":1.5,"billingcurrency":"EUR","usagedate":"2026-08-31","tags":"{\"env\":\"prod\"}"}`,
		"escaped keys":                `{"\u0043ustomerId":"C","BillingPreTaxTotal":1.5,"BillingCurrency":"EUR","UsageDate":"2026-08-31","Tags":"{\"env\":\"prod\"}"}`,
		"white space":                 "\t {\n \"CustomerId\" : \" C \" , \"BillingPreTaxTotal\" : 1.5 , \"BillingCurrency\":\"eur\",\"UsageDate\":\"2026-08-31T23:59:59.1234567Z\",\"Tags\":\"{ \\\"ENV\\\" : \\\"prod\\\" }\"} \r",
		"escapes":                     `{"CustomerId":"\u0043","BillingPreTaxTotal":"\u0031.5","BillingCurrency":"EU\u0052","UsageDate":"2026-08-31 00:00:00","Tags":"{\"env\":\"pro\\u0064\"}"}`,
		"BOM":                         "\xef\xbb\xbf" + row + `}`,
		"carriage return":             row + "}\r",
		"unknown keys twice":          row + `,"X":1,"X":[{"y":"\ud800"}]}`,
		"lone surrogate in a name":    row + `,"CustomerName":"\ud800"}`,
		"nested":                      row + `,"More":{"CustomerId":"other"}}`,
		"null currency twice in case": row + `,"PricingCurrency":null,"Quantity":""}`,
		"tags without braces":         strings.Replace(row, `"{\"env\":\"prod\"}"`, `"\"env\": \"prod\",\"a\": \"b\""`, 1) + `}`,
		"tags as an object":           strings.Replace(row, `"{\"env\":\"prod\"}"`, `{"a":1,"Env":"prod"}`, 1) + `}`,
		"tag twice, alike":            strings.Replace(row, `"{\"env\":\"prod\"}"`, `{"ENV":"prod","Env":"prod"}`, 1) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line = strings.ReplaceAll(line, "\n", "")
			usage := mustAddUp(t, Query{GroupBy: []string{"customer", "date", "tag:env"}}, []string{line})
			g := usage.Groups[0]
			if len(usage.Groups) != 1 || *g.CustomerID != "c" || *g.UsageDate != "2026-08-31" || *g.Tags["env"] != "prod" || g.Cost.String() != "1.5" || *g.CurrencyCode != "EUR" || g.PricingCost != nil {
				t.Errorf("the groups are %s", describe(usage))
			}
		})
	}
}

// Absent, null and empty are the same.
func TestRow_absent(t *testing.T) {
	t.Parallel()
	// A row without a date may be of any day.
	q := Query{GroupBy: []string{"customer", "date", "meter", "tag:env", "resource_group"}, StartDate: "2026-08-01", EndDate: "2026-08-31"}
	usage := mustAddUp(t, q, []string{
		`{"BillingPreTaxTotal":1}`,
		`{"BillingPreTaxTotal":1,"CustomerId":null,"CustomerName":null,"UsageDate":null,"MeterId":null,"Tags":null,"BillingCurrency":null,"PricingPreTaxTotal":null,"PricingCurrency":null,"Quantity":null,"UnitType":null}`,
		`{"BillingPreTaxTotal":1,"CustomerId":"","CustomerName":"","UsageDate":"","MeterId":"","Tags":"","BillingCurrency":"","PricingPreTaxTotal":"","PricingCurrency":"","Quantity":"","UnitType":""}`,
		`{"BillingPreTaxTotal":1,"Tags":"{}","ResourceGroup":" "}`,
		`{"BillingPreTaxTotal":1,"Tags":"{\"env\":\"\"}"}`,
		`{"BillingPreTaxTotal":1,"UsageDate":"0001-01-01T00:00:00Z"}`,
	})
	if got := describe(usage); got != `{"Cost":"6","RowCount":6,"Tags":{"env":null}}`+"\n" {
		t.Errorf("the groups are %s", got)
	}
	if got := usage.Totals.CostByCurrency[UnknownCurrency]; got.String() != "6" {
		t.Errorf("the totals are %+v", usage.Totals)
	}
	if cost, ok := usage.Totals.PricingCostByCurrency[UnknownCurrency]; !ok || cost != nil {
		t.Errorf("the totals are %+v", usage.Totals)
	}
}

func TestTags_unreadable(t *testing.T) {
	t.Parallel()
	for tags, want := range map[string]string{
		`"env=prod"`:                        "line 1: the field Tags cannot be read: it is not an object",
		`"{\"env\":"`:                       "cut short",
		`"{\"env\":\"a\",\"ENV\":\"b\"}"`:   "it has the tag \"env\" twice, with different values",
		`"{\"env\":\"a\"} and more"`:        "more behind the object",
		`["env"]`:                           "the field Tags is neither a text nor a number",
		`"\"env\":\"a\"},{\"env\": \"b\"}"`: "more behind the object",
	} {
		_, err := addUp(t, Query{GroupBy: []string{"tag:env"}}, []string{`{"BillingPreTaxTotal":1,"Tags":` + tags + `}`})
		wiretest.WantText(t, err, want)
		// Nobody asks for them.
		if _, err := addUp(t, Query{GroupBy: []string{"customer"}}, []string{`{"BillingPreTaxTotal":1,"Tags":` + tags + `}`}); err != nil {
			t.Error(err)
		}
	}
}

// All keys, in the order of the query.
func TestGroups(t *testing.T) {
	t.Parallel()
	line := `{"CustomerId":"` + strings.ToUpper(customerA) + `","CustomerName":"Fabrikam","SubscriptionId":"PLAN","EntitlementId":"` + strings.ToUpper(azureA) + `","EntitlementDescription":"Production",` +
		`"UsageDate":"2026-08-31","MeterCategory":"Storage","MeterId":"M","MeterName":"LRS","UnitType":"1 GB","Unit":"GB","ResourceLocation":"westeurope","ResourceGroup":"RG-a","ResourceURI":"/subscriptions/x/RG-a/y","ChargeType":"new",` +
		`"Tags":"{\"Env\":\"Prod\"}","Quantity":"0.5","BillingPreTaxTotal":1.25,"BillingCurrency":"eur","PricingPreTaxTotal":1.5,"PricingCurrency":"usd"}`
	all := []string{"date", "customer", "plan", "azure_subscription", "resource_group", "resource", "service", "meter", "region", "charge_type", "tag:env", "tag:Owner"}
	for _, groupBy := range [][]string{all, backward(all)} {
		got := describe(mustAddUp(t, Query{GroupBy: groupBy}, []string{line, strings.NewReplacer("RG-a", "rg-A", "westeurope", "WestEurope").Replace(line)}))
		want := `{"AzureSubscriptionID":"` + azureA + `","AzureSubscriptionName":"Production","ChargeType":"new","Cost":"2.5","CurrencyCode":"EUR","CustomerID":"` + customerA + `","CustomerName":"Fabrikam",` +
			`"MeterID":"m","MeterName":"LRS","PlanID":"plan","PricingCost":"3","PricingCurrencyCode":"USD","Quantity":"1","Region":"westeurope","ResourceGroupName":"rg-A","ResourceURI":"/subscriptions/x/rg-A/y",` +
			`"RowCount":2,"ServiceName":"Storage","Tags":{"Owner":null,"env":"Prod"},"Unit":"1 GB","UsageDate":"2026-08-31"}` + "\n"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	if got := describe(mustAddUp(t, Query{}, []string{line})); got != `{"Cost":"1.25","CurrencyCode":"EUR","PricingCost":"1.5","PricingCurrencyCode":"USD","RowCount":1}`+"\n" {
		t.Errorf("without keys there is %s", got)
	}
}

// A group has one currency, one pricing currency, and one unit.
func TestGroups_ofCurrencies(t *testing.T) {
	t.Parallel()
	row := func(currency, pricing, unit string) string {
		return fmt.Sprintf(`{"MeterId":"m","BillingPreTaxTotal":1,"BillingCurrency":%q,"PricingPreTaxTotal":2,"PricingCurrency":%q,"Quantity":3,"Unit":%q}`, currency, pricing, unit)
	}
	usage := mustAddUp(t, Query{GroupBy: []string{"meter"}}, []string{row("EUR", "USD", "h"), row("EUR", "EUR", "h"), row("USD", "USD", "h"), row("eur", "usd", "GB"), row("EUR", "USD", "h")})
	var got []string
	for _, g := range usage.Groups {
		got = append(got, fmt.Sprintf("%s %s %s: %s %s %s", *g.CurrencyCode, *g.PricingCurrencyCode, *g.Unit, g.Cost, g.PricingCost, g.Quantity))
	}
	want := []string{"EUR EUR h: 1 2 3", "EUR USD GB: 1 2 3", "EUR USD h: 2 4 6", "USD USD h: 1 2 3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if totals := usage.Totals; len(totals.CostByCurrency) != 2 || totals.CostByCurrency["EUR"].String() != "4" || totals.PricingCostByCurrency["USD"].String() != "8" {
		t.Errorf("the totals are %+v", totals)
	}
}

// A name is that of the newest row that has one, in all groups, whatever the order.
func TestGroups_newestName(t *testing.T) {
	t.Parallel()
	row := func(name, date string) string {
		return fmt.Sprintf(`{"CustomerId":"c","CustomerName":%q,"UsageDate":%q,"BillingPreTaxTotal":1}`, name, date)
	}
	rows := []string{row("undated", ""), row("old", "2026-08-01"), row("newest", "2026-08-30"), row("a newest", "2026-08-30"), row("", "2026-08-31")}
	for i := range rows {
		usage := mustAddUp(t, Query{GroupBy: []string{"date", "customer"}}, rows[i:], rows[:i])
		for _, g := range usage.Groups {
			if *g.CustomerName != "newest" {
				t.Errorf("the name is %s", *g.CustomerName)
			}
		}
		if len(usage.Groups) != 4 || usage.Groups[0].UsageDate != nil || *usage.Groups[3].UsageDate != "2026-08-31" {
			t.Errorf("the groups are %s", describe(usage))
		}
	}
}

// Rows that are alike are several charges: an export is no list that shifts between pages.
func TestGroups_repeatedRows(t *testing.T) {
	t.Parallel()
	line := rowOf(customerA, "2026-08-31", "0.1")
	if got := costs(mustAddUp(t, euros, []string{line, line}, []string{line}), byCustomer); got != "Name of a=0.3" {
		t.Errorf("the costs are %s", got)
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	lines := []string{
		rowOf(strings.ToUpper(customerA), "2026-08-01", "1", `"EntitlementId":"`+azureA+`"`),
		rowOf(customerA, "2026-08-02T23:59:59Z", "2"),
		rowOf(customerB, "2026-08-03", "4", `"EntitlementId":"other"`),
		rowOf("", "", "8"),
	}
	for name, test := range map[string]struct {
		query        Query
		want         string
		missing      string
		missingAzure string
		first, last  string
	}{
		"none":               {Query{}, "15", "", "", "2026-08-01", "2026-08-03"},
		"customer":           {Query{CustomerIDs: []string{" " + strings.ToUpper(customerA) + " "}}, "11", "", "", "2026-08-01", "2026-08-02"},
		"customers":          {Query{CustomerIDs: []string{"X", customerB, "x", customerA}}, "15", "x", "", "2026-08-01", "2026-08-03"},
		"subscription":       {Query{AzureSubscriptionIDs: []string{azureA, "NONE"}}, "11", "", "none", "2026-08-01", "2026-08-02"},
		"both":               {Query{CustomerIDs: []string{customerB}, AzureSubscriptionIDs: []string{azureA}}, "8", "", "", "", ""},
		"from":               {Query{StartDate: "2026-08-02"}, "14", "", "", "2026-08-02", "2026-08-03"},
		"until":              {Query{EndDate: "2026-08-02"}, "11", "", "", "2026-08-01", "2026-08-02"},
		"day":                {Query{StartDate: "2026-08-02", EndDate: "2026-08-02"}, "10", "", "", "2026-08-02", "2026-08-02"},
		"listed, other days": {Query{CustomerIDs: []string{customerB}, EndDate: "2026-08-01"}, "8", "", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			usage := mustAddUp(t, test.query, lines[:2], lines[2:])
			text := func(p *string) string {
				if p == nil {
					return ""
				}
				return *p
			}
			got := []string{
				usage.Totals.CostByCurrency["EUR"].String(), strings.Join(usage.MissingCustomerIDs, " "), strings.Join(usage.MissingAzureSubscriptionIDs, " "),
				text(usage.Totals.FirstUsageDate), text(usage.Totals.LastUsageDate),
			}
			if want := []string{test.want, test.missing, test.missingAzure, test.first, test.last}; !slices.Equal(got, want) {
				t.Errorf("it is %q, want %q", got, want)
			}
		})
	}
}

func TestMaxGroups(t *testing.T) {
	t.Parallel()
	var blobs [][]string
	for i := range 4 {
		blobs = append(blobs, []string{rowOf(strconv.Itoa(i), "2026-08-31", "1"), rowOf(strconv.Itoa(i+1), "2026-08-31", "1")})
	}
	q := Query{GroupBy: []string{"customer"}, MaxGroups: 5}
	if usage := mustAddUp(t, q, blobs...); len(usage.Groups) != 5 {
		t.Errorf("there are %d groups", len(usage.Groups))
	}
	q.MaxGroups = 4
	_, err := addUp(t, q, blobs...)
	wiretest.WantText(t, err, "more than 4 groups, which is the limit of max_groups")

	client, _ := newTestClient(t, goodExchange().respond)
	_, err = client.Usage(t.Context(), Query{CurrencyCode: "EUR", GroupBy: []string{"customer"}, MaxGroups: 1})
	wiretest.WantText(t, err, "the usage has more than 1 groups")
	wantAdvice(t, err, "raise `max_groups`")
}

// The fast way and the slow one agree.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		rowOf(customerA, "2026-08-31", "1"), `{}`, `{"CustomerId":"\\"}`, `{"CustomerId":"\\\"","UsageDate":"x"}`, `{"CustomerId":null,"CustomerId":1}`, `{"CustomerId":tru}`,
		`{"CustomerId" : "a" , "Quantity" : -1.5e+7 }`, `{"CustomerId":"a",}`, `{"CustomerId":1-2}`, `{"CustomerId":"\ud800"}`, "{\"CustomerId\":\"\t\"}", `{"a":"b"}{`, `{"a":{"CustomerId":1}}`,
	} {
		f.Add(seed)
	}
	wanted := []column{customerID, usageDate, quantity, billingTotal}
	f.Fuzz(func(t *testing.T, line string) {
		fast, slow := newRow(wanted...), newRow(wanted...)
		if err := slow.decode([]byte(line)); err != nil {
			return // What the fast way skips is not checked.
		}
		if !fast.scan([]byte(line)) {
			return
		}
		for _, c := range wanted {
			if got, want := string(fast.values[c]), string(slow.values[c]); got != want {
				t.Errorf("%s is %q, want %q", c, got, want)
			}
		}
	})
}

func backward(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}
