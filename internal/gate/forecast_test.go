package gate

import (
	"testing"
	"time"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

func TestForecastOf(t *testing.T) {
	t.Parallel()
	const november, december = "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"
	for name, test := range map[string]struct {
		cost, date, start, end string
		want                   string // empty if it is not known
		basis                  basis
	}{
		"half of a period":             {"120.5682999999995904716", "2026-11-16T00:00:00Z", november, december, "241.1365999999991809432", ofPeriod},
		"a leap February":              {"1", "2028-02-15T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z", "2", ofPeriod},
		"exactly a day":                {"1.1", "2026-11-02T00:00:00Z", november, december, "33", ofPeriod},
		"a nanosecond less":            {"1.1", "2026-11-01T23:59:59.999999999Z", november, december, "1.1", ofCost},
		"the first instant":            {"1.1", november, november, december, "1.1", ofCost},
		"the end":                      {"7.25", december, november, december, "7.25", ofPeriod},
		"right after it":               {"7.25", "2026-12-01T00:00:00.000000001Z", november, december, "7.25", ofCost},
		"a day after it":               {"7.25", "2026-12-02T00:00:00Z", november, december, "7.25", ofCost},
		"more than a day after it":     {"7.25", "2026-12-02T00:00:01Z", november, december, "", ofNothing},
		"before it":                    {"7.25", "2026-10-31T23:59:59Z", november, december, "", ofNothing},
		"nothing, without a date":      {"0", "", "", "", "0", ofPeriod},
		"without a date":               {"1", "", november, december, "", ofNothing},
		"ahead of the clock":           {"1", "9999-11-16T00:00:00Z", "9999-11-01T00:00:00Z", "9999-12-01T00:00:00Z", "", ofNothing},
		"without a period":             {"1", "2026-11-16T00:00:00Z", "", "", "", ofNothing},
		"a period that ends too early": {"1", november, november, november, "", ofNothing},
		"a period that ends before":    {"1", "2026-11-16T00:00:00Z", december, november, "", ofNothing},
		"shorter than a day":           {"1", november, november, "2026-11-01T23:59:59Z", "", ofNothing},
		"as long as may be":            {"1", "2026-11-01T00:00:00Z", "2026-10-01T00:00:00Z", "2026-12-02T00:00:00Z", "2", ofPeriod},
		"longer":                       {"1", "2026-11-01T00:00:00Z", "2026-10-01T00:00:00Z", "2026-12-02T00:00:01Z", "", ofNothing},
		"of years":                     {"1", "2026-11-16T00:00:00Z", "0001-01-01T00:00:00Z", december, "", ofNothing},
		"a refund does not grow":       {"-10", "2026-11-16T00:00:00Z", november, december, "-10", ofPeriod},
		"a cost that is not known":     {"", "2026-11-16T00:00:00Z", november, december, "", ofNothing},
	} {
		var date *time.Time
		if test.date != "" {
			date = new(at(t, test.date))
		}
		var period *Period
		if test.start != "" {
			period = &Period{at(t, test.start), at(t, test.end)}
		}
		forecast, basis := forecastOf(number(t, test.cost), date, period, at(t, "2028-03-01T00:00:00Z"))
		got := ""
		if rounded := forecast.rounded(20); rounded != nil {
			got = rounded.String()
		}
		if got != test.want || basis != test.basis {
			t.Errorf("%s: %q, %d, want %q, %d", name, got, basis, test.want, test.basis)
		}
	}
}

func TestMonthOf(t *testing.T) {
	t.Parallel()
	for date, want := range map[string][2]string{
		"2026-11-01T00:00:00Z":           {"2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"},
		"2026-11-30T23:59:59.999999999Z": {"2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"},
		"2026-11-30T23:30:00-01:00":      {"2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		"2028-02-29T12:00:00Z":           {"2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"},
	} {
		if got := MonthOf(at(t, date)); !got.Start.Equal(at(t, want[0])) || !got.End.Equal(at(t, want[1])) {
			t.Errorf("%s: %v, want %v", date, got, want)
		}
	}
}

// The forecasts of a customer's records are added, each for its own period, and are
// never less than the costs.
func TestSubject_forecast(t *testing.T) {
	t.Parallel()
	november := &Period{at(t, "2026-11-01T00:00:00Z"), at(t, "2026-12-01T00:00:00Z")}
	legacy := &Period{at(t, "2026-10-28T00:00:00Z"), at(t, "2026-11-28T00:00:00Z")}
	record := func(cost, date string, period *Period) Record {
		return Record{Cost: number(t, cost), LastModified: new(at(t, date)), Period: period}
	}
	for name, test := range map[string]struct {
		records []Record
		want    string
		basis   basis
	}{
		"two periods":             {[]Record{record("30", "2026-11-11T00:00:00Z", november), record("10", "2026-11-07T00:00:00Z", legacy)}, "121", ofPeriod},
		"one has just begun":      {[]Record{record("30", "2026-11-11T00:00:00Z", november), record("10", "2026-11-01T12:00:00Z", november)}, "100", ofCost},
		"one is not known":        {[]Record{record("30", "2026-11-11T00:00:00Z", november), record("10", "2026-11-01T12:00:00Z", nil)}, "", ofNothing},
		"a refund takes off once": {[]Record{record("30", "2026-11-16T00:00:00Z", november), record("-20", "2026-11-04T00:00:00Z", november)}, "40", ofPeriod},
	} {
		s := &subject{records: test.records}
		forecast, basis := s.forecast(now)
		got := ""
		if rounded := forecast.rounded(20); rounded != nil {
			got = rounded.String()
		}
		if got != test.want || basis != test.basis {
			t.Errorf("%s: %q, %d, want %q, %d", name, got, basis, test.want, test.basis)
		}
	}
}
