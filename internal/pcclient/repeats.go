package pcclient

import "hash/maphash"

// How many pages are compared with each record.
const (
	everRead           = 0 // all pages
	sinceThePageBefore = 2 // this page and the one before, so that memory does not grow
)

// repeats finds the records of a collection that repeat an earlier one in every
// field: if a list shifts while its pages are read, the last record of a page comes
// again as the first of the next. Records are compared as the API sent them: two that
// differ in anything, even in the case of an id, are two.
type repeats struct {
	window int // pages
	pages  []map[fingerprint]struct{}
}

// fingerprint is a hash of a record, long enough to be unique.
type fingerprint [2]uint64

var fingerprintSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func newRepeats(window int) *repeats { return &repeats{window: window} }

// turnPage begins the next page.
func (r *repeats) turnPage() {
	if r.window == everRead && len(r.pages) > 0 {
		return
	}
	r.pages = append(r.pages, map[fingerprint]struct{}{})
	if r.window != everRead && len(r.pages) > r.window {
		r.pages = r.pages[1:]
	}
}

// isRepeat reports whether a record has been seen, and remembers it.
func (r *repeats) isRepeat(record []byte) bool {
	told := fingerprint{maphash.Bytes(fingerprintSeeds[0], record), maphash.Bytes(fingerprintSeeds[1], record)}
	for _, page := range r.pages {
		if _, seen := page[told]; seen {
			return true
		}
	}
	r.pages[len(r.pages)-1][told] = struct{}{}
	return false
}
