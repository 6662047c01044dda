package pcclient

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

func TestTime_keepsWhatTheAPIWrote(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`"2019-09-17T17:08:11.1433333+00:00"`: "2019-09-17T17:08:11.1433333+00:00",
		`"2019-09-01T23:04:41.193+00:00"`:     "2019-09-01T23:04:41.193+00:00",
		`"2019-08-01T23:00:16.57+00:00"`:      "2019-08-01T23:00:16.57+00:00",
		`"2019-08-01T23:00:16.5+00:00"`:       "2019-08-01T23:00:16.5+00:00",
		`"2019-08-01T23:00:16.500000Z"`:       "2019-08-01T23:00:16.500000Z",
		`"2019-08-28T00:00:00-07:00"`:         "2019-08-28T00:00:00-07:00",
		`"2019-08-28T00:00:00+05:30"`:         "2019-08-28T00:00:00+05:30",
		`"2019-08-02T00:00:00"`:               "2019-08-02T00:00:00Z",
		`"2019-08-02T00:00:00.1234567"`:       "2019-08-02T00:00:00.1234567Z",
		`"9999-12-31T23:59:59.9999999Z"`:      "9999-12-31T23:59:59.9999999Z",
		`"2020-02-29T00:00:00Z"`:              "2020-02-29T00:00:00Z",
	} {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			var got Time
			if err := json.Unmarshal([]byte(raw), &got); err != nil {
				t.Fatal(err)
			}
			if got.String() != want {
				t.Errorf("%s became %s, want %s", raw, got.String(), want)
			}
			if got.IsZero() {
				t.Errorf("%s is taken for no time", raw)
			}
		})
	}
}

func TestTime_none(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`""`, `"0001-01-01T00:00:00"`, `"0001-01-01T00:00:00Z"`, `"0001-01-01T00:00:00.0000000+00:00"`, `"0001-01-01T00:00:00-08:00"`} {
		var got Time
		if err := json.Unmarshal([]byte(raw), &got); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
		if !got.IsZero() {
			t.Errorf("%s is the time %s, want none", raw, got.String())
		}
	}
	var absent *Time
	if !absent.IsZero() {
		t.Error("no time at all is a time")
	}
}

func TestTime_refusesAllElse(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`"2019-08-02T0:00:00Z"`:            "not an RFC 3339 time",
		`"2019-08-02T00:00:00,5Z"`:         "not an RFC 3339 time",
		`"2019-08-02T00:00:00+24:00"`:      "not an RFC 3339 time",
		`"yesterday"`:                      "not an RFC 3339 time",
		`"2019-08-02"`:                     "not an RFC 3339 time",
		`"2019-08-02 00:00:00Z"`:           "not an RFC 3339 time",
		`"2019-08-02T00:00Z"`:              "not an RFC 3339 time",
		`"2019-8-2T00:00:00Z"`:             "not an RFC 3339 time",
		`"2019-08-02T00:00:00.Z"`:          "not an RFC 3339 time",
		`"2019-08-02T00:00:00+0000"`:       "not an RFC 3339 time",
		`"2019-08-02T24:00:00Z"`:           "not an RFC 3339 time",
		`"2019-02-30T00:00:00Z"`:           "not an RFC 3339 time",
		`"2015-11-25T06: 41: 12Z"`:         "not an RFC 3339 time",
		`" 2019-08-02T00:00:00Z"`:          "not an RFC 3339 time",
		`"2019-08-02T00:00:00Z\n"`:         "not an RFC 3339 time",
		`"Fri, 02 Aug 2019 00:00:00 GMT"`:  "not an RFC 3339 time",
		`"\/Date(1564704000000)\/"`:        "not an RFC 3339 time",
		`1564704000`:                       "is a number where a time is expected",
		`null`:                             "is null where a time is expected",
		`{"$date":"2019-08-02T00:00:00Z"}`: "is an object where a time is expected",
	} {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			var got Time
			wantText(t, json.Unmarshal([]byte(raw), &got), want)
		})
	}
}

func TestTime_Compare(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		one, other string
		want       int
	}{
		"the same instant in two offsets": {"2019-08-28T00:00:00-07:00", "2019-08-28T07:00:00Z", 0},
		"later in text, earlier in time":  {"2019-08-28T05:00:00+09:00", "2019-08-27T23:00:00-08:00", -1},
		"without an offset it is UTC":     {"2019-08-28T00:00:00", "2019-08-28T00:00:00+00:00", 0},
		"digits count":                    {"2019-08-28T00:00:00.0000001Z", "2019-08-28T00:00:00Z", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, err := ParseTime(test.one)
			if err != nil {
				t.Fatal(err)
			}
			other, err := ParseTime(test.other)
			if err != nil {
				t.Fatal(err)
			}
			if got := one.Compare(&other); got != test.want {
				t.Errorf("%s against %s is %d, want %d", test.one, test.other, got, test.want)
			}
			if got := other.Compare(&one); got != -test.want {
				t.Errorf("the other way round it is %d, want %d", got, -test.want)
			}
		})
	}
}

// FuzzTime holds a time against package time, which reads the same and more.
func FuzzTime(f *testing.F) {
	for _, seed := range []string{
		"", "2019-09-17T17:08:11.1433333+00:00", "2019-08-28T00:00:00-07:00", "2019-08-02T00:00:00", "2019-08-02T00:00:00.1234567",
		"0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999Z", "2019-02-29T00:00:00Z", "2019-08-02T24:00:00Z", "2019-08-02T00:00:60Z",
		"2019-08-02T00:00:00,5Z", "2019-08-02T00:00:00+24:00", "2019-08-02 00:00:00Z", "2019-08-02T00:00:00." + strings.Repeat("1", 400), "\u0662019-08-02T00:00:00Z",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		got, err := ParseTime(written)
		if err != nil {
			wantOneLine(t, err.Error())
			return
		}
		if kept := got.String(); kept != written && kept != written+"Z" {
			t.Errorf("%s became %s", written, kept)
		}
		want, err := time.Parse(time.RFC3339, got.String())
		if err != nil || !got.Instant().Equal(want) {
			t.Errorf("%s is %s, want %s, %v", written, got.Instant(), want, err)
		}
	})
}
