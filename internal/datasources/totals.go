package datasources

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// collection is the model of [collectionAttributes].
type collection struct {
	TotalCount *int64 `tfsdk:"total_count"`
	Complete   *bool  `tfsdk:"complete"`

	listed       int
	largestCount *int64
}

func newCollection[T any](c *pcclient.Collection[T]) collection {
	return collectionOf(len(c.Items), c.TotalCount, c.LargestCount)
}

// collectionOf takes a list for complete if no page says that there is more.
func collectionOf(listed int, totalCount, largestCount *int64) collection {
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
	return fmt.Sprintf("Partner Center says that there are %d records, and listed %d on all pages together. "+
		"`complete` is false; totals and gates cover only what was listed.", *c.largestCount, c.listed)
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

// unknownCurrency is the key of costs whose currency cannot be told.
const unknownCurrency = "unknown"

// spend adds up costs.
type spend struct {
	records        int64
	byCurrency     sums
	usd            sum
	newest, oldest *pcclient.Time
}

func (s *spend) add(c *pcclient.Cost) {
	s.records++
	code, _ := currencyOf(c)
	if code == "" {
		code = unknownCurrency
	}
	if s.byCurrency == nil {
		s.byCurrency = sums{}
	}
	s.byCurrency.add(code, c.TotalCost)
	s.usd.add(usdOf(c))
	if modified := c.LastModifiedDate; !modified.IsZero() {
		if s.newest == nil || modified.Compare(s.newest) > 0 {
			s.newest = modified
		}
		if s.oldest == nil || modified.Compare(s.oldest) < 0 {
			s.oldest = modified
		}
	}
}

func (s *spend) totals() *totals {
	return &totals{
		RecordCount:        s.records,
		CostByCurrency:     s.byCurrency.totals(),
		USDTotalCost:       s.usd.total(),
		USDKnownCost:       s.usd.known(),
		USDComplete:        !s.usd.incomplete,
		LastModifiedDate:   instant(s.newest),
		OldestModifiedDate: instant(s.oldest),
	}
}

// groupCost is the model of [groupCostAttributes].
type groupCost struct {
	CurrencyCode *string           `tfsdk:"currency_code"`
	TotalCost    *pcclient.Decimal `tfsdk:"total_cost"`
	USDTotalCost *pcclient.Decimal `tfsdk:"usd_total_cost"`
}

// groups adds up costs by a key and the currency.
type groups[Key comparable] map[group[Key]]*groupSums

type group[Key comparable] struct {
	key      Key
	currency string
}

type groupSums struct{ total, usd sum }

func (g groups[Key]) add(key Key, c *pcclient.Cost) {
	code, _ := currencyOf(c)
	place := group[Key]{key, code}
	if g[place] == nil {
		g[place] = new(groupSums)
	}
	g[place].total.add(c.TotalCost)
	g[place].usd.add(usdOf(c))
}

// grouped makes rows of groups, by key and currency.
func grouped[Key comparable, Row any](g groups[Key], compare func(a, b Key) int, row func(Key, groupCost) Row) []Row {
	places := slices.SortedFunc(maps.Keys(g), func(a, b group[Key]) int {
		return cmp.Or(compare(a.key, b.key), cmp.Compare(a.currency, b.currency))
	})
	list := make([]Row, len(places))
	for i, place := range places {
		list[i] = row(place.key, groupCost{optional(place.currency), g[place].total.total(), g[place].usd.total()})
	}
	return list
}

// newestText keeps the text of the newest record that has one, such as the name of
// something that was renamed.
type newestText struct {
	text *string
	date *pcclient.Time
}

func (n *newestText) see(text *string, date *pcclient.Time) {
	if value(text) == "" {
		return
	}
	if n.text == nil || !date.IsZero() && (n.date.IsZero() || date.Compare(n.date) > 0) {
		n.text, n.date = text, date
	}
}

// sum adds up exactly, and remembers if a part of it is not known.
type sum struct {
	parts      decimal.Decimal
	incomplete bool
}

func (s *sum) add(part *pcclient.Decimal) {
	if part == nil {
		s.incomplete = true
		return
	}
	s.parts = s.parts.Add(part.Decimal)
}

// known is the sum of the parts that are known.
func (s *sum) known() *pcclient.Decimal { return &pcclient.Decimal{Decimal: s.parts} }

// total is null unless all parts are known.
func (s *sum) total() *pcclient.Decimal {
	if s.incomplete {
		return nil
	}
	return s.known()
}

// sums adds up by a key, such as a currency.
type sums map[string]*sum

func (s sums) add(key string, part *pcclient.Decimal) {
	if s[key] == nil {
		s[key] = new(sum)
	}
	s[key].add(part)
}

func (s sums) totals() map[string]*pcclient.Decimal {
	list := make(map[string]*pcclient.Decimal, len(s))
	for key, parts := range s {
		list[key] = parts.total()
	}
	return list
}
