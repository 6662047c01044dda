package gate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"
)

// Record is what one usage record says of the spend of a subject. What is not known
// is nil, or empty.
type Record struct {
	SubjectID    string
	SubjectName  string
	Rest         string // what the record is part of, if it is about no subject
	Currency     string // ISO 4217
	Cost         *decimal.Decimal
	USDCost      *decimal.Decimal
	Budget       *decimal.Decimal // in Currency; nil without one
	LastModified *time.Time
	Period       *Period // of the cost, for forecasts
}

// subject is what a limit is about, such as a customer or a resource group: what
// all of its records say together. A customer has several if the list shifted
// between two pages while a figure changed, or if it has both a legacy subscription
// and an Azure plan.
type subject struct {
	kind     *kind
	id, name string
	rest     string // what it is, if it is no subject but the rest beside them
	records  []Record
	costs    []cost           // one per currency
	usdCost  *decimal.Decimal // nil unless known of every record
	budget   *decimal.Decimal
	conflict bool             // the records name different budgets
	rounded  *decimal.Decimal // share of the budget, once it is needed

	violations, warnings []*Finding // about it
}

// cost is an amount in one currency, which is empty if it is not known.
type cost struct {
	currency string
	amount   *decimal.Decimal // nil unless known of every record
	isSpent  bool             // a record has a cost that is not 0, or not known
}

func newCost(record *Record) cost {
	return cost{record.Currency, record.Cost, record.Cost == nil || !record.Cost.IsZero()}
}

func (c *cost) add(other cost) {
	c.amount = add(c.amount, other.amount)
	c.isSpent = c.isSpent || other.isSpent
}

// newSubject makes one subject of all records of it, of which there is at least one. It
// sorts them, so that their order makes no difference.
func newSubject(kind *kind, records []Record) *subject {
	slices.SortFunc(records, newestFirst)
	first := &records[0]
	s := &subject{
		kind: kind, id: first.SubjectID, name: first.SubjectName, rest: first.Rest,
		records: records,
		costs:   []cost{newCost(first)},
		usdCost: first.USDCost,
		budget:  first.Budget,
	}
	for i := range records[1:] {
		s.merge(&records[1+i])
	}
	return s
}

func (s *subject) merge(record *Record) {
	s.name = cmp.Or(s.name, record.SubjectName)
	s.usdCost = add(s.usdCost, record.USDCost)
	same := slices.IndexFunc(s.costs, func(known cost) bool { return known.currency == record.Currency })
	if same >= 0 {
		s.costs[same].add(newCost(record))
	} else {
		s.costs = append(s.costs, newCost(record))
	}
	switch {
	case (s.budget == nil) != (record.Budget == nil):
		s.conflict = true
	case s.budget != nil:
		// A budget of 100 EUR is not one of 100 SEK.
		s.conflict = s.conflict || same < 0 || !s.budget.Equal(*record.Budget)
	}
}

// newestFirst orders the records of a subject, those without a date last.
func newestFirst(a, b Record) int {
	var aDate, bDate time.Time
	if a.LastModified != nil {
		aDate = *a.LastModified
	}
	if b.LastModified != nil {
		bDate = *b.LastModified
	}
	return cmp.Or(bDate.Compare(aDate), cmp.Compare(a.SubjectName, b.SubjectName), cmp.Compare(a.Currency, b.Currency))
}

// add is nil unless both parts are known.
func add(a, b *decimal.Decimal) *decimal.Decimal {
	if a == nil || b == nil {
		return nil
	}
	return new(a.Add(*b))
}

// budgeted is the cost to compare with the budget, or nil if no budget can be
// compared: there is none, or the records name different ones.
func (s *subject) budgeted() *cost {
	if s.budget == nil || s.conflict {
		return nil
	}
	return &s.costs[0]
}

// share is a figure in percent of the budget.
func (s *subject) share(figure *fraction) fraction {
	return fraction{figure.numerator.Shift(2), figure.times(*s.budget), false}
}

// percentUsed is the share of the budget that is used, rounded half away from
// zero. It is nil if it is not known, and for a budget of 0.
func (s *subject) percentUsed(decimals int32) *decimal.Decimal {
	budgeted := s.budgeted()
	if budgeted == nil || budgeted.amount == nil {
		return nil
	}
	share := s.share(whole(budgeted.amount))
	return share.rounded(decimals)
}

// displayName is the name on one line, or the id of a subject without a name.
func (s *subject) displayName() string {
	return cmp.Or(s.rest, oneLine(s.name), s.id, "a "+s.kind.noun+" without a name")
}

// oneLine removes line breaks and what is invisible but changes what is seen.
func oneLine(text string) string {
	printable := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(printable), " ")
}

// worstFirst orders subjects by the share of their budget that is used, then by
// their cost in USD, then by name and id. Those of whom something is not known
// come first: they may be anything.
func worstFirst(a, b *subject) int {
	if order := compareShares(a, b); order != 0 {
		return order
	}
	return cmp.Or(
		compareKnown(a.usdCost, b.usdCost),
		cmp.Compare(a.name, b.name),
		cmp.Compare(a.id, b.id),
		cmp.Compare(a.rest, b.rest),
	)
}

// compareShares compares cost ÷ budget exactly. Subjects without a budget come last.
func compareShares(a, b *subject) int {
	aCost, bCost := a.budgeted(), b.budgeted()
	switch {
	case a.conflict || b.conflict:
		return toInt(b.conflict) - toInt(a.conflict)
	case aCost == nil || bCost == nil:
		return toInt(aCost == nil) - toInt(bCost == nil)
	case aCost.amount == nil || bCost.amount == nil:
		return toInt(bCost.amount == nil) - toInt(aCost.amount == nil)
	case !a.budget.IsPositive() || !b.budget.IsPositive():
		aOver, bOver := a.exceedsNothing(), b.exceedsNothing()
		if aOver || bOver {
			return toInt(bOver) - toInt(aOver)
		}
		// Nothing of nothing is no share.
		return toInt(!a.budget.IsPositive()) - toInt(!b.budget.IsPositive())
	}
	if order := b.roundedShare().Cmp(a.roundedShare()); order != 0 {
		return order
	}
	return bCost.amount.Mul(*a.budget).Cmp(aCost.amount.Mul(*b.budget))
}

// roundedShare is the share that is used of a budget of more than 0. Comparing rounded
// shares first takes less time, since each subject is compared with many.
func (s *subject) roundedShare() decimal.Decimal {
	if s.rounded == nil {
		s.rounded = s.percentUsed(4)
	}
	return *s.rounded
}

// exceedsNothing reports whether there is a cost above a budget of 0 or less.
func (s *subject) exceedsNothing() bool {
	return !s.budget.IsPositive() && s.budgeted().amount.GreaterThan(*s.budget)
}

func compareKnown(a, b *decimal.Decimal) int {
	if a == nil || b == nil {
		return toInt(b == nil) - toInt(a == nil)
	}
	return b.Cmp(*a)
}

// totals are costs added up by currency.
type totals map[string]*cost

func (t totals) add(part cost) {
	if total := t[part.currency]; total != nil {
		total.add(part)
	} else {
		t[part.currency] = new(part)
	}
}

func (t totals) inOrder() []cost {
	list := make([]cost, 0, len(t))
	for _, code := range slices.Sorted(maps.Keys(t)) {
		list = append(list, *t[code])
	}
	return list
}
