package datasources

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
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

// sortRecords sorts records. Those that are equal are sorted by all of their fields, so
// that the order is the same whatever that of the API is.
func sortRecords[T any](records []*T, compare func(a, b *T) int) {
	slices.SortStableFunc(records, func(a, b *T) int {
		if order := compare(a, b); order != 0 {
			return order
		}
		return compareFields(reflect.ValueOf(a), reflect.ValueOf(b))
	})
}

// compareFields orders what is decoded from a response, null first.
func compareFields(a, b reflect.Value) int {
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return cmp.Compare(toInt(!a.IsNil()), toInt(!b.IsNil()))
		}
		return compareFields(a.Elem(), b.Elem())
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Int64:
		return cmp.Compare(a.Int(), b.Int())
	case reflect.Bool:
		return cmp.Compare(toInt(a.Bool()), toInt(b.Bool()))
	case reflect.Slice:
		for i := range min(a.Len(), b.Len()) {
			if order := compareFields(a.Index(i), b.Index(i)); order != 0 {
				return order
			}
		}
		return cmp.Compare(a.Len(), b.Len())
	case reflect.Map:
		return compareMaps(a, b)
	case reflect.Struct:
		switch x := a.Interface().(type) {
		case pcclient.Decimal:
			return x.Cmp(b.Interface().(pcclient.Decimal).Decimal) //nolint:forcetypeassert // Both are of one type.
		case pcclient.Time:
			other := b.Interface().(pcclient.Time) //nolint:forcetypeassert // Both are of one type.
			return cmp.Compare(x.String(), other.String())
		}
		for i := range a.NumField() {
			if order := compareFields(a.Field(i), b.Field(i)); order != 0 {
				return order
			}
		}
	default:
	}
	return 0
}

// compareMaps orders maps by their keys, and then by their values in that order.
func compareMaps(a, b reflect.Value) int {
	byText := func(x, y reflect.Value) int { return cmp.Compare(x.String(), y.String()) }
	keys, others := slices.SortedFunc(slices.Values(a.MapKeys()), byText), slices.SortedFunc(slices.Values(b.MapKeys()), byText)
	if order := slices.CompareFunc(keys, others, byText); order != 0 {
		return order
	}
	for _, key := range keys {
		if order := compareFields(a.MapIndex(key), b.MapIndex(key)); order != 0 {
			return order
		}
	}
	return 0
}

func toInt(is bool) int {
	if is {
		return 1
	}
	return 0
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
