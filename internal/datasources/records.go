package datasources

import (
	"cmp"
	"slices"
	"strings"
)

// kept returns the records that a filter keeps. They are shared with other data
// sources, so they are neither copied nor changed.
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
	list := []string{}
	if ids == nil {
		return list
	}
	listed := make(map[string]bool, len(records))
	for i := range records {
		listed[strings.ToLower(value(about(&records[i])))] = true
	}
	for _, id := range ids {
		if id = strings.ToLower(id); !listed[id] && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

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
		wanted[strings.ToLower(text)] = true
	}
	return func(text *string) bool {
		return argument == nil || text != nil && wanted[strings.ToLower(*text)]
	}
}

// compareTexts orders by bytes, null first.
func compareTexts(a, b *string) int { return cmp.Compare(value(a), value(b)) }

// compareKeys orders keys of two texts.
func compareKeys(a, b [2]string) int { return slices.Compare(a[:], b[:]) }
