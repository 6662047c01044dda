package emulator

import (
	"time"
	_ "time/tzdata" // Pacific time, wherever the tests run
)

// timestamp writes an instant with its offset and as many digits of a fraction
// as it has, up to 7: those of a .NET tick.
func timestamp(t time.Time) string {
	return t.Format("2006-01-02T15:04:05.9999999-07:00")
}

// utc writes an instant with as many digits of a fraction as it has, and a Z.
func utc(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.9999999Z")
}

// unzoned writes a time as some parts of the API do, without an offset.
func unzoned(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.9999999")
}

var pacific = mustLoadLocation("America/Los_Angeles")

func mustLoadLocation(name string) *time.Location {
	location, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // tzdata has every name
	}
	return location
}

// billingPeriod is the partner's cycle that asOf falls into: from the 28th to
// the 27th, that day included, in Pacific time.
func billingPeriod(asOf time.Time) (start, end time.Time) {
	year, month, day := asOf.In(pacific).Date()
	if day < 28 {
		month--
	}
	return time.Date(year, month, 28, 0, 0, 0, 0, pacific), time.Date(year, month+1, 27, 0, 0, 0, 0, pacific)
}

// planPeriod is the month of asOf, to the beginning of the next.
func planPeriod(asOf time.Time) (start, end time.Time) {
	year, month, _ := asOf.UTC().Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC), time.Date(year, month+1, 1, 0, 0, 0, 0, time.UTC)
}

// reported is when the figures of the customer at a position were last brought
// up to date: about a day before asOf, not at the same moment for any two
// neighbours, and with a fraction that does not end in 0.
func reported(asOf time.Time, position int) time.Time {
	const tick = 100 * time.Nanosecond
	age := 22*time.Hour + time.Duration(position%25)*7*time.Minute + time.Duration(position%25*1234562+8433333)*tick
	return asOf.Add(-age)
}
