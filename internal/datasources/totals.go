package datasources

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// collection is the model of [collectionAttributes] and [filteredCollectionAttributes].
type collection struct {
	TotalCount *int64 `tfsdk:"total_count"`
	Complete   *bool  `tfsdk:"complete"`

	listed       int
	largestCount *int64
}

func newCollection[T any](c *pcclient.Collection[T]) collection {
	return toCollection(len(c.Items), c.TotalCount, c.LargestCount)
}

// toCollection takes a list for complete if no page says that there is more.
func toCollection(listed int, totalCount, largestCount *int64) collection {
	return collection{
		TotalCount:   totalCount,
		Complete:     new(largestCount == nil || int64(listed) >= *largestCount),
		listed:       listed,
		largestCount: largestCount,
	}
}

// shortfall says what is missing from a list that is not complete.
func (c collection) shortfall() string {
	if *c.Complete {
		return ""
	}
	return c.counts() + " `complete` is false; totals and gates cover only what was listed."
}

func (c collection) counts() string {
	return fmt.Sprintf("Partner Center states that there are %d records, but listed %d on all pages.", *c.largestCount, c.listed)
}

// requireComplete makes a list that is shorter than the API says an error, where it
// cannot be a warning: what is looked for may be in the rest.
func requireComplete[T any](c *pcclient.Collection[T], what string) error {
	if list := newCollection(c); !*list.Complete {
		return fmt.Errorf("the list of %s is incomplete: %s What is looked for may be in the rest. Try again: the list may have changed while it was read", what, list.counts())
	}
	return nil
}

// totals is the model of [totalsAttributes].
type totals struct {
	RecordCount        int64                        `tfsdk:"record_count"`
	CostByCurrency     map[string]*pcclient.Decimal `tfsdk:"cost_by_currency"`
	USDTotalCost       *pcclient.Decimal            `tfsdk:"usd_total_cost"`
	USDKnownCost       *pcclient.Decimal            `tfsdk:"usd_known_cost"`
	USDComplete        bool                         `tfsdk:"usd_complete"`
	LastModifiedDate   *string                      `tfsdk:"last_modified_date"`
	OldestModifiedDate *string                      `tfsdk:"oldest_modified_date"`
}

// unknownCurrency is the key of costs whose currency is not known.
const unknownCurrency = "unknown"

// costTotals adds up costs.
type costTotals struct {
	records        int64
	byCurrency     totalByKey
	usd            total
	newest, oldest *pcclient.Time
}

func (s *costTotals) add(c *pcclient.Cost) {
	s.records++
	code, _ := currencyOf(c)
	if code == "" {
		code = unknownCurrency
	}
	if s.byCurrency == nil {
		s.byCurrency = totalByKey{}
	}
	s.byCurrency.add(code, c.TotalCost)
	s.usd.add(usdOf(c))
	if modified := c.LastModifiedDate; !modified.IsZero() {
		if s.newest == nil || isNewer(modified, s.newest) {
			s.newest = modified
		}
		if s.oldest == nil || isNewer(s.oldest, modified) {
			s.oldest = modified
		}
	}
}

func (s *costTotals) totals() *totals {
	return &totals{
		RecordCount:        s.records,
		CostByCurrency:     s.byCurrency.toMap(),
		USDTotalCost:       s.usd.sum(),
		USDKnownCost:       s.usd.knownSum(),
		USDComplete:        !s.usd.incomplete,
		LastModifiedDate:   formatTime(s.newest),
		OldestModifiedDate: formatTime(s.oldest),
	}
}

// groupCost is the model of [groupCostAttributes].
type groupCost struct {
	CurrencyCode *string           `tfsdk:"currency_code"`
	TotalCost    *pcclient.Decimal `tfsdk:"total_cost"`
	USDTotalCost *pcclient.Decimal `tfsdk:"usd_total_cost"`
}

// costsByKey adds up costs by a key and the currency.
type costsByKey[Key comparable] map[costKey[Key]]*costTotal

type costKey[Key comparable] struct {
	key      Key
	currency string
}

type costTotal struct{ total, usd total }

func (g costsByKey[Key]) add(key Key, c *pcclient.Cost) {
	code, _ := currencyOf(c)
	place := costKey[Key]{key, code}
	if g[place] == nil {
		g[place] = new(costTotal)
	}
	g[place].total.add(c.TotalCost)
	g[place].usd.add(usdOf(c))
}

// costRows makes rows of groups, by key and currency.
func costRows[Key comparable, Row any](g costsByKey[Key], compare func(a, b Key) int, row func(Key, groupCost) Row) []Row {
	places := slices.SortedFunc(maps.Keys(g), func(a, b costKey[Key]) int {
		return cmp.Or(compare(a.key, b.key), cmp.Compare(a.currency, b.currency))
	})
	list := make([]Row, len(places))
	for i, place := range places {
		list[i] = row(place.key, groupCost{nilIfEmpty(place.currency), g[place].total.sum(), g[place].usd.sum()})
	}
	return list
}

// newestName keeps the text of the newest record that has one, such as the name of
// something that was renamed. Of several of one time it keeps the first in the alphabet, so
// that their order does not matter.
type newestName struct {
	text *string
	date *pcclient.Time
}

func (n *newestName) update(text *string, date *pcclient.Time) {
	if deref(text, "") == "" {
		return
	}
	if n.text == nil || cmp.Or(compareNewestFirst(n.date, date), compareTexts(n.text, text)) > 0 {
		n.text, n.date = text, date
	}
}

// sum adds up exactly, and remembers if a part of it is not known.
type total struct {
	known      decimal.Decimal
	incomplete bool
}

func (s *total) add(part *pcclient.Decimal) {
	if part == nil {
		s.incomplete = true
		return
	}
	s.known = s.known.Add(part.Decimal)
}

// knownSum is the sum of the parts that are known.
func (s *total) knownSum() *pcclient.Decimal { return &pcclient.Decimal{Decimal: s.known} }

// sum is null unless all parts are known.
func (s *total) sum() *pcclient.Decimal {
	if s.incomplete {
		return nil
	}
	return s.knownSum()
}

// totalByKey adds up by a key, such as a currency.
type totalByKey map[string]*total

func (s totalByKey) add(key string, part *pcclient.Decimal) {
	if s[key] == nil {
		s[key] = new(total)
	}
	s[key].add(part)
}

func (s totalByKey) toMap() map[string]*pcclient.Decimal {
	list := make(map[string]*pcclient.Decimal, len(s))
	for key, parts := range s {
		list[key] = parts.sum()
	}
	return list
}
