package emulator

import "time"

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

// pacific is the offset of Pacific time at an instant. The rule is that of the
// United States since 2007: summer from the second Sunday in March to the first
// in November, at two in the morning.
func pacific(t time.Time) *time.Location {
	standard, summer := time.FixedZone("", -8*60*60), time.FixedZone("", -7*60*60)
	year := t.In(standard).Year()
	begins := sundayFrom(time.Date(year, time.March, 8, 2, 0, 0, 0, standard))
	ends := sundayFrom(time.Date(year, time.November, 1, 2, 0, 0, 0, summer))
	if t.Before(begins) || !t.Before(ends) {
		return standard
	}
	return summer
}

// sundayFrom is the first Sunday from a day on, at the same time of the day.
func sundayFrom(t time.Time) time.Time {
	return t.AddDate(0, 0, (7-int(t.Weekday()))%7)
}

// pacificMidnight is the beginning of a day in Pacific time.
func pacificMidnight(year int, month time.Month, day int) time.Time {
	standard := time.Date(year, month, day, 0, 0, 0, 0, time.FixedZone("", -8*60*60))
	return time.Date(year, month, day, 0, 0, 0, 0, pacific(standard))
}

// billingPeriod is the partner's cycle that asOf falls into: from the 28th to
// the 27th, that day included, in Pacific time.
func billingPeriod(asOf time.Time) (start, end time.Time) {
	year, month, day := asOf.In(pacific(asOf)).Date()
	if day < 28 {
		month--
	}
	return pacificMidnight(year, month, 28), pacificMidnight(year, month+1, 27)
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
