package datasources

import (
	"cmp"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// formatTime is a time as the API writes it, or nil if it gives none.
func formatTime(t *pcclient.Time) *string {
	if t.IsZero() {
		return nil
	}
	return new(t.String())
}

// compareNewestFirst orders times, those that are not known last.
func compareNewestFirst(a, b *pcclient.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return b.Compare(a)
}

// isNewer compares two times. Of two for one instant, such as with different offsets, it is
// the same one whatever their order.
func isNewer(a, b *pcclient.Time) bool {
	return cmp.Or(a.Compare(b), cmp.Compare(b.String(), a.String())) > 0
}

// parseDateOrTime reads an RFC 3339 time, or a date, which is its beginning in UTC.
func parseDateOrTime(text string) (at time.Time, wholeDay bool, err error) {
	if at, err = time.Parse(time.DateOnly, text); err == nil {
		return at, true, nil
	}
	at, err = figures.Instant(text)
	return at, false, err
}
