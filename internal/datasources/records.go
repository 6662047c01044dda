package datasources

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// filter returns the records that match.
func filter[T any](records []*T, matches func(*T) bool) []*T {
	return slices.DeleteFunc(slices.Clone(records), func(record *T) bool { return !matches(record) })
}

// pointers are to the elements of a list.
func pointers[T any](list []T) []*T {
	pointers := make([]*T, len(list))
	for i := range list {
		pointers[i] = &list[i]
	}
	return pointers
}

// missingIDs returns the ids of an argument that no record is about.
func missingIDs[T any](ids []string, records []*T, about func(*T) *string) []string {
	tracker := newIDTracker(ids)
	for _, record := range records {
		tracker.mark(about(record))
	}
	return tracker.missing()
}

// idTracker finds the ids of an argument that are not listed.
type idTracker struct {
	ids  []string
	seen map[string]bool // by the ids in lower case
}

func newIDTracker(ids []string) *idTracker {
	tracker := &idTracker{ids, make(map[string]bool, len(ids))}
	for _, id := range ids {
		tracker.seen[normalizeText(id)] = false
	}
	return tracker
}

func (t *idTracker) mark(id *string) {
	if len(t.ids) == 0 {
		return
	}
	listed := normalizeText(deref(id, ""))
	if _, asked := t.seen[listed]; asked {
		t.seen[listed] = true
	}
}

// missing returns the ids that no record had. It is never nil.
func (t *idTracker) missing() []string {
	list := []string{}
	added := map[string]bool{}
	for _, id := range t.ids {
		if key := normalizeText(id); !t.seen[key] && !added[key] {
			added[key] = true
			list = append(list, *normalizeGUID(new(strings.TrimSpace(id))))
		}
	}
	return list
}

// normalizeText makes texts comparable that differ only in case or in the white
// space around them.
func normalizeText(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// sortRecords sorts records. Those that are equal are sorted by all that they say, so
// that the order is the same whatever that of the API is.
func sortRecords[T any](records []*T, compare func(a, b *T) int) {
	slices.SortStableFunc(records, func(a, b *T) int {
		if order := compare(a, b); order != 0 {
			return order
		}
		return cmp.Compare(textOf(a), textOf(b))
	})
}

// textOf is JSON that is not the API's own: two records have the same if they say the same.
func textOf(record any) string {
	text, _ := json.Marshal(record, json.Deterministic(true), jsontext.AllowInvalidUTF8(true)) // It came from JSON.
	return string(text)
}

// mapRows makes rows of records. It is never nil: no records are an empty list.
func mapRows[T, Row any](records []*T, row func(*T) Row) []Row {
	list := make([]Row, len(records))
	for i, record := range records {
		list[i] = row(record)
	}
	return list
}

// matchesAny returns a filter for the texts of an argument, in any case. Without the
// argument it keeps everything.
func matchesAny(argument []string) func(*string) bool {
	wanted := make(map[string]bool, len(argument))
	for _, text := range argument {
		wanted[normalizeText(text)] = true
	}
	return func(text *string) bool {
		return argument == nil || text != nil && wanted[normalizeText(*text)]
	}
}

// matchesNull lets a filter keep records that lack the field: without their cost, a
// sum would be too small.
func matchesNull(keeps func(*string) bool) func(*string) bool {
	return func(text *string) bool { return id(text) == "" || keeps(text) }
}

// compareTexts orders by bytes, null first.
func compareTexts(a, b *string) int { return cmp.Compare(deref(a, ""), deref(b, "")) }

// compareKeys orders keys of two texts.
func compareKeys(a, b [2]string) int { return slices.Compare(a[:], b[:]) }
