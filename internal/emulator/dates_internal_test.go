package emulator

import (
	"testing"
	"time"
)

func TestBillingPeriodsKeepPacificTime(t *testing.T) {
	t.Parallel()
	for asOf, want := range map[string]string{
		"2026-11-20T06:00:00Z": "2026-10-28T00:00:00-07:00 2026-11-27T00:00:00-08:00", // winter begins on 1 November
		"2026-11-28T07:59:59Z": "2026-10-28T00:00:00-07:00 2026-11-27T00:00:00-08:00",
		"2026-11-28T08:00:00Z": "2026-11-28T00:00:00-08:00 2026-12-27T00:00:00-08:00",
		"2027-01-10T00:00:00Z": "2026-12-28T00:00:00-08:00 2027-01-27T00:00:00-08:00",
		"2026-03-20T00:00:00Z": "2026-02-28T00:00:00-08:00 2026-03-27T00:00:00-07:00", // summer begins on 8 March
		"2026-07-28T07:00:00Z": "2026-07-28T00:00:00-07:00 2026-08-27T00:00:00-07:00",
	} {
		instant, err := time.Parse(time.RFC3339, asOf)
		if err != nil {
			t.Fatal(err)
		}
		start, end := billingPeriod(instant)
		if got := timestamp(start) + " " + timestamp(end); got != want {
			t.Errorf("%s: %s, want %s", asOf, got, want)
		}
	}
}

func TestPacificTimeChangesAtTwo(t *testing.T) {
	t.Parallel()
	for instant, want := range map[string]string{
		"2026-03-08T09:59:59Z": "2026-03-08T01:59:59-08:00",
		"2026-03-08T10:00:00Z": "2026-03-08T03:00:00-07:00",
		"2026-11-01T08:59:59Z": "2026-11-01T01:59:59-07:00",
		"2026-11-01T09:00:00Z": "2026-11-01T01:00:00-08:00",
	} {
		parsed, err := time.Parse(time.RFC3339, instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := timestamp(parsed.In(pacific)); got != want {
			t.Errorf("%s: %s, want %s", instant, got, want)
		}
	}
}
