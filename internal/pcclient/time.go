package pcclient

import (
	"fmt"
	"regexp"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Time is an instant, kept as the API wrote it.
type Time struct {
	text    string
	instant time.Time
}

// notation is that of RFC 3339, with the offset left out at will. Package time
// is laxer.
var notation = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$`)

// ParseTime reads an RFC 3339 time. One without an offset, as invoices and rate
// cards have them, is UTC.
func ParseTime(text string) (Time, error) {
	if match := notation.FindStringSubmatch(text); match != nil {
		if match[2] == "" {
			text += "Z"
		}
		if instant, err := time.Parse(time.RFC3339, text); err == nil {
			return Time{text: text, instant: instant}, nil
		}
	}
	return Time{}, fmt.Errorf("%.40q is not an RFC 3339 time", text)
}

// IsZero reports whether there is no time: the API writes 0001-01-01 for "never".
func (t *Time) IsZero() bool {
	return t == nil || t.instant.Year() <= 1
}

// String returns the time with the API's own offset and digits.
func (t *Time) String() string { return t.text }

// MarshalText is the inverse of ParseTime.
func (t *Time) MarshalText() ([]byte, error) { return []byte(t.text), nil }

// Instant returns the point in time.
func (t *Time) Instant() time.Time { return t.instant }

// Compare orders two times by the instant, whatever their offsets.
func (t *Time) Compare(other *Time) int { return t.instant.Compare(other.instant) }

// UnmarshalJSONFrom accepts a JSON string that holds a time. The API writes an
// empty string where it has none.
func (t *Time) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	if kind := decoder.PeekKind(); kind != '"' {
		return wrongKind(decoder, "a time")
	}
	token, err := decoder.ReadToken()
	if err != nil {
		return err
	}
	text := token.String()
	if text == "" {
		*t = Time{}
		return nil
	}
	*t, err = ParseTime(text)
	return err
}
