package datasources

import (
	"cmp"
	"slices"
	"strings"
)

// kept returns the records that a filter keeps.
func kept[T any](records []T, keeps func(*T) bool) []*T {
	list := make([]*T, 0, len(records))
	for i := range records {
		if keeps(&records[i]) {
			list = append(list, &records[i])
		}
	}
	return list
}

// everything is no filter.
func everything[T any](*T) bool { return true }

// missing returns the ids of an argument that no record is about.
func missing[T any](ids []string, records []T, about func(*T) *string) []string {
	roll := newRollCall(ids)
	for i := range records {
		roll.see(about(&records[i]))
	}
	return roll.missing()
}

// rollCall finds out which ids of an argument are listed.
type rollCall struct {
	ids  []string
	seen map[string]bool // by the ids in lower case
}

func newRollCall(ids []string) *rollCall {
	roll := &rollCall{ids, make(map[string]bool, len(ids))}
	for _, id := range ids {
		roll.seen[folded(id)] = false
	}
	return roll
}

func (r *rollCall) see(id *string) {
	if len(r.ids) == 0 {
		return
	}
	listed := folded(value(id))
	if _, asked := r.seen[listed]; asked {
		r.seen[listed] = true
	}
}

// missing is never nil.
func (r *rollCall) missing() []string {
	list := []string{}
	told := map[string]bool{}
	for _, id := range r.ids {
		if key := folded(id); !r.seen[key] && !told[key] {
			told[key] = true
			list = append(list, *lowered(new(strings.TrimSpace(id))))
		}
	}
	return list
}

// folded is a text of an argument, or what it is compared with: in any case, and
// with any white space around it.
func folded(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// mapped makes rows of records. It is never nil: no records are an empty list.
func mapped[T, Row any](records []*T, row func(*T) Row) []Row {
	list := make([]Row, len(records))
	for i, record := range records {
		list[i] = row(record)
	}
	return list
}

// oneOf returns a filter for the texts of an argument, in any case. Without the
// argument it keeps everything.
func oneOf(argument []string) func(*string) bool {
	wanted := make(map[string]bool, len(argument))
	for _, text := range argument {
		wanted[folded(text)] = true
	}
	return func(text *string) bool {
		return argument == nil || text != nil && wanted[folded(*text)]
	}
}

// orUnknown lets a filter keep what does not say: left out, its cost would be
// missing from what it belongs to.
func orUnknown(keeps func(*string) bool) func(*string) bool {
	return func(text *string) bool { return id(text) == "" || keeps(text) }
}

// compareTexts orders by bytes, null first.
func compareTexts(a, b *string) int { return cmp.Compare(value(a), value(b)) }

// compareKeys orders keys of two texts.
func compareKeys(a, b [2]string) int { return slices.Compare(a[:], b[:]) }
