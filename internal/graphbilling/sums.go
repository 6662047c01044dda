package graphbilling

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// Usage is usage added up. Rows are not kept.
type Usage struct {
	Groups []Group // sorted by the keys of the query, in its order
	Totals Totals

	DataVersion     string         // the eTag of the export; another one means other data
	DataCreatedDate *pcclient.Time // nil if the export does not say

	// The ids of the query that no row of the export has, whatever its date. In lower
	// case, in the order of the query.
	MissingCustomerIDs          []string
	MissingAzureSubscriptionIDs []string
}

// Group is the sum of rows that agree in all keys of the query, and in their currencies.
// What the query does not group by is nil, and so is what the rows do not have.
type Group struct {
	UsageDate             *string // as 2006-01-02
	CustomerID            *string
	CustomerName          *string
	PlanID                *string
	AzureSubscriptionID   *string
	AzureSubscriptionName *string
	ResourceGroupName     *string
	ResourceURI           *string
	ServiceName           *string
	MeterID               *string
	MeterName             *string
	Unit                  *string
	Region                *string
	ChargeType            *string
	Tags                  map[string]*string // by the name in the query; nil without a tag

	Cost                pcclient.Decimal
	CurrencyCode        *string
	PricingCost         *pcclient.Decimal // nil if a row of the group has none
	PricingCurrencyCode *string
	Quantity            *pcclient.Decimal // nil unless grouped by meter, or if a row has none
	RowCount            int64
}

// UnknownCurrency is the key of a sum of rows that do not say their currency.
const UnknownCurrency = "unknown"

// Totals are sums over all groups.
type Totals struct {
	RowCount              int64
	CostByCurrency        map[string]pcclient.Decimal
	PricingCostByCurrency map[string]*pcclient.Decimal // nil if a row has none
	FirstUsageDate        *string
	LastUsageDate         *string
}

// TooManyGroupsError says that a query has more groups than it may have.
type TooManyGroupsError struct{ Max int }

func (e TooManyGroupsError) Error() string {
	return fmt.Sprintf("the usage has more than %d groups, which is the limit of max_groups", e.Max)
}

// grouping is a query as the sums need it.
type grouping struct {
	keys          []key
	maxGroups     int
	byMeter       bool
	customers     map[string]int // ids in lower case, with their place in the query
	subscriptions map[string]int
	start, end    string
}

func newGrouping(q *Query, keys []key) *grouping {
	return &grouping{
		keys:          keys,
		maxGroups:     cmp.Or(q.MaxGroups, DefaultMaxGroups),
		byMeter:       slices.ContainsFunc(keys, func(k key) bool { return k.id == meterID }),
		customers:     indexIDs(q.CustomerIDs),
		subscriptions: indexIDs(q.AzureSubscriptionIDs),
		start:         q.StartDate,
		end:           q.EndDate,
	}
}

func indexIDs(ids []string) map[string]int {
	index := map[string]int{}
	for i, id := range ids {
		id = strings.ToLower(strings.TrimSpace(id))
		if _, twice := index[id]; !twice {
			index[id] = i
		}
	}
	return index
}

// columns are the columns that are read of each row.
func (g *grouping) columns() []column {
	wanted := []column{usageDate, billingTotal, billingCurrency, pricingTotal, pricingCurrency}
	for _, k := range g.keys {
		wanted = append(wanted, k.id, k.label)
	}
	if g.byMeter {
		wanted = append(wanted, quantity, unitType, unit)
	}
	if len(g.customers) > 0 {
		wanted = append(wanted, customerID)
	}
	if len(g.subscriptions) > 0 {
		wanted = append(wanted, subscriptionID)
	}
	return wanted
}

// sums are what has been added up of some rows.
type sums struct {
	*grouping
	groups map[string]*group
	labels []map[string]*label // of each key, by id

	foundCustomers, foundSubscriptions map[string]bool

	first, last string
	keyBuffer   []byte
}

// group is the sum of the rows with one key.
type group struct {
	labels   []*label // of each key; nil if it has none
	rows     int64
	cost     amount
	pricing  amount
	quantity amount
}

// label is the name of an id, as on its newest row that has one.
type label struct{ text, date string }

// update takes the name of another row. Of two rows of one day it prefers the name that
// is later in the alphabet, so that the order of the rows does not matter.
func (l *label) update(text, date []byte) {
	if len(text) == 0 || string(date) < l.date && l.text != "" {
		return
	}
	if l.text == "" || string(date) > l.date || string(text) > l.text {
		if string(text) != l.text {
			l.text = string(text)
		}
		if string(date) != l.date {
			l.date = string(date)
		}
	}
}

func newSums(g *grouping) *sums {
	s := &sums{
		grouping: g, groups: map[string]*group{}, labels: make([]map[string]*label, len(g.keys)),
		foundCustomers: map[string]bool{}, foundSubscriptions: map[string]bool{},
	}
	for i := range s.labels {
		s.labels[i] = map[string]*label{}
	}
	return s
}

// add adds a row. It returns an error if the row cannot be read, or if there are too many
// groups.
func (s *sums) add(r *row) error {
	date, err := r.date()
	if err != nil {
		return err
	}
	if wanted, err := s.selects(r, date); !wanted || err != nil {
		return err
	}
	g, err := s.group(r)
	if err != nil {
		return err
	}
	for i, l := range g.labels {
		if l == nil {
			continue
		}
		name, err := r.text(s.keys[i].label)
		if err != nil {
			return err
		}
		l.update(name, date)
	}
	if len(date) > 0 {
		s.span(string(date), string(date))
	}
	return s.addAmounts(g, r)
}

func (s *sums) addAmounts(g *group, r *row) error {
	g.rows++
	if err := r.addTo(&g.cost, billingTotal); err != nil {
		return err
	}
	if g.cost.unknown { // Without it a sum would be too small.
		return fmt.Errorf("it has no %s", billingTotal)
	}
	if err := r.addTo(&g.pricing, pricingTotal); err != nil || !s.byMeter {
		return err
	}
	return r.addTo(&g.quantity, quantity)
}

// span extends the time of the rows.
func (s *sums) span(first, last string) {
	if first != "" && (s.first == "" || first < s.first) {
		s.first = strings.Clone(first)
	}
	if last > s.last {
		s.last = strings.Clone(last)
	}
}

// selects reports whether the filters keep a row. One that lacks what a filter looks at is
// kept.
func (s *sums) selects(r *row, date []byte) (bool, error) {
	byCustomer, err := s.matches(r, customerID, s.customers, s.foundCustomers)
	if err != nil {
		return false, err
	}
	bySubscription, err := s.matches(r, subscriptionID, s.subscriptions, s.foundSubscriptions)
	if err != nil {
		return false, err
	}
	inTime := len(date) == 0 || string(date) >= s.start && (s.end == "" || string(date) <= s.end)
	return byCustomer && bySubscription && inTime, nil
}

// matches compares an id with those of the query, and remembers that it was found.
func (s *sums) matches(r *row, c column, wanted map[string]int, found map[string]bool) (bool, error) {
	if len(wanted) == 0 {
		return true, nil
	}
	id, err := r.text(c)
	if err != nil || len(id) == 0 {
		return true, err
	}
	s.keyBuffer = appendFolded(s.keyBuffer[:0], id)
	if _, ok := wanted[string(s.keyBuffer)]; !ok {
		return false, nil
	}
	if !found[string(s.keyBuffer)] {
		found[string(s.keyBuffer)] = true
	}
	return true, nil
}

// group finds the group of a row, or begins it.
func (s *sums) group(r *row) (*group, error) {
	key := s.keyBuffer[:0]
	var err error
	for _, k := range s.keys {
		if key, err = k.appendTo(key, r); err != nil {
			return nil, err
		}
	}
	for _, c := range []column{billingCurrency, pricingCurrency} {
		code, err := r.text(c)
		if err != nil {
			return nil, err
		}
		key = appendPart(key, code)
		upper(key[len(key)-len(code):])
	}
	if s.byMeter { // Quantities in different units are not added.
		used, err := r.text(unitType)
		if err == nil && len(used) == 0 {
			used, err = r.text(unit)
		}
		if err != nil {
			return nil, err
		}
		key = appendPart(key, used)
	}
	s.keyBuffer = key
	if g, ok := s.groups[string(key)]; ok {
		return g, nil
	}
	return s.newGroup(string(key))
}

func (s *sums) newGroup(key string) (*group, error) {
	if len(s.groups) >= s.maxGroups {
		return nil, TooManyGroupsError{s.maxGroups}
	}
	g := &group{labels: make([]*label, len(s.keys))}
	parts := splitParts(key)
	for i, k := range s.keys {
		if k.label == noColumn || parts[i] == "" {
			continue
		}
		l, ok := s.labels[i][parts[i]]
		if !ok {
			l = &label{}
			s.labels[i][parts[i]] = l
		}
		g.labels[i] = l
	}
	s.groups[key] = g
	return g, nil
}

// appendTo appends the value that a row has for a key.
func (k *key) appendTo(to []byte, r *row) (_ []byte, err error) {
	var value []byte
	switch k.id {
	case tags:
		value, err = r.tag(k.tag)
	case usageDate:
		value, err = r.date()
	default:
		value, err = r.text(k.id)
	}
	if err != nil {
		return to, err
	}
	if k.exact {
		return appendPart(to, value), nil
	}
	return appendFoldedPart(to, value), nil
}

// appendPart appends a part of a key, with its length before it, so that no two keys are
// written alike.
func appendPart(to, part []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(to, uint32(len(part))), part...) //nolint:gosec // A line is shorter.
}

func appendFoldedPart(to, part []byte) []byte {
	start := len(to)
	to = appendFolded(binary.LittleEndian.AppendUint32(to, 0), part)
	binary.LittleEndian.PutUint32(to[start:], uint32(len(to)-start-4)) //nolint:gosec // A line is shorter.
	return to
}

// appendFolded appends a text in lower case.
func appendFolded(to, text []byte) []byte {
	for _, b := range text {
		if b >= 0x80 {
			return append(to, strings.ToLower(string(text))...)
		}
	}
	for _, b := range text {
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		to = append(to, b)
	}
	return to
}

// upper changes the code of a currency to capitals.
func upper(code []byte) {
	for i, b := range code {
		if 'a' <= b && b <= 'z' {
			code[i] = b - ('a' - 'A')
		}
	}
}

func splitParts(key string) []string {
	var parts []string
	for len(key) > 0 {
		length := binary.LittleEndian.Uint32([]byte(key[:4]))
		parts = append(parts, key[4:4+length])
		key = key[4+length:]
	}
	return parts
}

// merge adds the sums of other rows.
func (s *sums) merge(other *sums) error {
	for key, g := range other.groups {
		into, ok := s.groups[key]
		if !ok {
			var err error
			if into, err = s.newGroup(key); err != nil {
				return err
			}
		}
		into.rows += g.rows
		into.cost.merge(&g.cost)
		into.pricing.merge(&g.pricing)
		into.quantity.merge(&g.quantity)
	}
	for i, labels := range other.labels {
		for id, l := range labels {
			s.labels[i][id].update([]byte(l.text), []byte(l.date))
		}
	}
	maps.Copy(s.foundCustomers, other.foundCustomers)
	maps.Copy(s.foundSubscriptions, other.foundSubscriptions)
	s.span(other.first, other.last)
	return nil
}

// rows is the number of rows added up.
func (s *sums) rows() int {
	count := 0
	for _, g := range s.groups {
		count += int(g.rows)
	}
	return count
}

// usage is the result, in a fixed order.
func (s *sums) usage() *Usage {
	u := &Usage{
		Totals: Totals{
			CostByCurrency:        map[string]pcclient.Decimal{},
			PricingCostByCurrency: map[string]*pcclient.Decimal{},
			FirstUsageDate:        nilIfEmpty(s.first),
			LastUsageDate:         nilIfEmpty(s.last),
		},
		Groups:                      make([]Group, 0, len(s.groups)),
		MissingCustomerIDs:          missing(s.customers, s.foundCustomers),
		MissingAzureSubscriptionIDs: missing(s.subscriptions, s.foundSubscriptions),
	}
	byKey := make(map[string][]string, len(s.groups))
	for key := range s.groups {
		byKey[key] = splitParts(key)
	}
	pricing := map[string]*amount{}
	for _, key := range slices.SortedFunc(maps.Keys(s.groups), func(a, b string) int { return slices.Compare(byKey[a], byKey[b]) }) {
		g := s.groups[key]
		group := s.row(byKey[key], g)
		u.Groups = append(u.Groups, group)
		u.Totals.RowCount += g.rows
		code := currencyKey(group.CurrencyCode)
		u.Totals.CostByCurrency[code] = pcclient.Decimal{Decimal: u.Totals.CostByCurrency[code].Add(group.Cost.Decimal)}
		code = currencyKey(group.PricingCurrencyCode)
		if pricing[code] == nil {
			pricing[code] = &amount{}
		}
		pricing[code].merge(&g.pricing)
	}
	for code, a := range pricing {
		u.Totals.PricingCostByCurrency[code] = a.value()
	}
	return u
}

func currencyKey(code *string) string {
	if code == nil {
		return UnknownCurrency
	}
	return *code
}

// missing lists ids that were not found, in the order of the query.
func missing(wanted map[string]int, found map[string]bool) []string {
	list := []string{}
	for _, id := range slices.SortedFunc(maps.Keys(wanted), func(a, b string) int { return cmp.Compare(wanted[a], wanted[b]) }) {
		if !found[id] {
			list = append(list, id)
		}
	}
	return list
}

// row is a group with its keys.
func (s *sums) row(parts []string, g *group) Group {
	rest := parts[len(s.keys):]
	row := Group{
		Cost:                *g.cost.value(),
		CurrencyCode:        nilIfEmpty(rest[0]),
		PricingCost:         g.pricing.value(),
		PricingCurrencyCode: nilIfEmpty(rest[1]),
		RowCount:            g.rows,
	}
	if s.byMeter {
		row.Quantity, row.Unit = g.quantity.value(), nilIfEmpty(rest[2])
	}
	for i, k := range s.keys {
		id, name := nilIfEmpty(parts[i]), (*string)(nil)
		if g.labels[i] != nil {
			name = nilIfEmpty(g.labels[i].text)
		}
		switch k.id {
		case usageDate:
			row.UsageDate = id
		case customerID:
			row.CustomerID, row.CustomerName = id, name
		case planID:
			row.PlanID = id
		case subscriptionID:
			row.AzureSubscriptionID, row.AzureSubscriptionName = id, name
		case resourceGroup:
			row.ResourceGroupName = name
		case resourceURI:
			row.ResourceURI = name
		case meterCategory:
			row.ServiceName = name
		case meterID:
			row.MeterID, row.MeterName = id, name
		case resourceLocation:
			row.Region = name
		case chargeType:
			row.ChargeType = name
		default: // tags
			if row.Tags == nil {
				row.Tags = map[string]*string{}
			}
			row.Tags[k.tag] = id
		}
	}
	return row
}

func nilIfEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
