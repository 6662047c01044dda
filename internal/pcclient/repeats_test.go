package pcclient

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// A list that shifts between two pages repeats records.
func TestRepeats(t *testing.T) {
	t.Parallel()
	const a, b, c = `{"resourceId":"A","totalCost":60}`, `{"resourceId":"b","totalCost":60}`, `{"resourceId":"c"}`
	page := func(next string, items ...string) reply {
		return says(http.StatusOK, `{"totalCount":3,"items":[`+strings.Join(items, " ,\n")+`],"links":{"next":`+next+`}}`)
	}
	for name, test := range map[string]struct {
		pages []reply
		want  int
	}{
		"on two pages":                     {[]reply{page(token("1"), a, b), page("null", b, c)}, 3},
		"on one page":                      {[]reply{page("null", a, a, b)}, 2},
		"three times":                      {[]reply{page(token("1"), a, b), page(token("2"), b), page("null", a, b)}, 2},
		"another cost":                     {[]reply{page("null", a, `{"resourceId":"A","totalCost":61}`)}, 2},
		"another number in the last digit": {[]reply{page("null", `{"totalCost":120.5682999999995904716}`, `{"totalCost":120.5682999999995904717}`)}, 2},
		"another field that nobody reads":  {[]reply{page("null", a, `{"resourceId":"A","totalCost":60,"note":1}`)}, 2},
		"the id in another case":           {[]reply{page("null", a, strings.ToLower(a))}, 2},
		"in an answer with a key twice":    {[]reply{page(token("1"), a, b), page("null", b, `{"note":1,"note":2}`, a)}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := newClient(t, inTurn(t, test.pages...))
			whole, err := customerUsage(t.Context(), client)
			if err != nil || len(whole.Items) != test.want || *whole.TotalCount != 3 {
				t.Errorf("read %+v, %v, want %d records", whole, err, test.want)
			}
		})
	}
}

// Utilization may have millions of records: only those of the page before are
// remembered.
func TestRepeats_utilization(t *testing.T) {
	t.Parallel()
	var pages []reply
	for i := range 50 {
		next := "null"
		if i < 49 {
			next = token(strconv.Itoa(i))
		}
		pages = append(pages, says(http.StatusOK, fmt.Sprintf(`{"items":[{"quantity":%d},{"quantity":%d}],"links":{"next":%s}}`, i, i+1, next)))
	}
	client, _ := newClient(t, inTurn(t, pages...))
	count := 0
	for _, err := range client.AzureUtilization("c", "s", UtilizationQuery{}).Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count != 51 {
		t.Errorf("%d records, want 51", count)
	}
	records := newRepeats(sinceThePageBefore)
	for i := range 1_000 {
		records.turnPage()
		records.isRepeat([]byte(strconv.Itoa(i)))
	}
	if len(records.pages) != 2 {
		t.Errorf("%d pages are remembered, want 2", len(records.pages))
	}
}
