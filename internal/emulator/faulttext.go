package emulator

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ParseFault reads a fault from text: a path and a colon, both left out for
// every API request, then words in any order.
//
//	customers/usagerecords: status=429 retry-after=2 times=3
//	usagesummary: status=403 code=900329 description="no application tokens"
//	token: reset times=always
//	delay=5s
//	operations/*: operation=running times=3 retry-after=2
//	part-00001-*: encoding=plain
//
// The words are status, retry-after, code, error, description, operation
// (notStarted, running, unknownFutureValue, completed or failed), encoding (plain,
// deflate or utf-16), date, location, body, content-type, pad, delay, trickle,
// framing (chunked, or until-close), after, times (a number, or always), and, with
// no value, gzip, cut-body and reset. A value with spaces stands in double quotes
// or back quotes, as in Go.
func ParseFault(text string) (Fault, error) {
	fault, err := parseFault(text)
	if err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return fault, nil
}

func parseFault(text string) (Fault, error) {
	var fault Fault
	words := text
	// A colon after the first = belongs to a value, such as an HTTP date.
	if path, rest, found := strings.Cut(text, ":"); found && !strings.Contains(path, "=") {
		fault.Path = strings.TrimSpace(path)
		words = rest
	}
	words = strings.TrimSpace(words)
	if words == "" {
		return Fault{}, errors.New("says nothing to do")
	}
	for words != "" {
		name, value, rest, err := cutWord(words)
		if err != nil {
			return Fault{}, err
		}
		if err := fault.set(name, value); err != nil {
			return Fault{}, err
		}
		words = strings.TrimSpace(rest)
	}
	return fault, nil
}

// cutWord splits the first word off, with its value if it has one.
func cutWord(words string) (name string, value *string, rest string, err error) {
	end := strings.IndexAny(words, "= \t")
	if end < 0 {
		return words, nil, "", nil
	}
	name, rest = words[:end], words[end+1:]
	if words[end] != '=' {
		return name, nil, rest, nil
	}
	if strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "`") {
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return "", nil, "", fmt.Errorf("%s: the closing quote is missing", name)
		}
		text, err := strconv.Unquote(quoted)
		if err != nil {
			return "", nil, "", fmt.Errorf("%s: %w", name, err)
		}
		return name, &text, rest[len(quoted):], nil
	}
	text, rest, _ := strings.Cut(rest, " ")
	return name, &text, rest, nil
}

// set gives one field its value; nil stands for a word without one.
func (f *Fault) set(name string, value *string) error {
	switch name {
	case "gzip", "cut-body", "reset":
		if value != nil {
			return fmt.Errorf("%s takes no value", name)
		}
		f.Gzip = f.Gzip || name == "gzip"
		f.CutBody = f.CutBody || name == "cut-body"
		f.Reset = f.Reset || name == "reset"
		return nil
	case "status", "retry-after", "code", "error", "description", "operation", "encoding", "date", "location", "body", "content-type", "pad", "delay", "trickle", "framing", "after", "times":
		if value == nil {
			return fmt.Errorf("%s needs a value, as in %s=…", name, name)
		}
		return f.setValue(name, *value)
	default:
		return fmt.Errorf("unknown word %q; known are status, retry-after, code, error, description, operation, encoding, date, location, body, content-type, pad, delay, trickle, framing, after, times, gzip, cut-body, reset", name)
	}
}

func (f *Fault) setValue(name, value string) (err error) {
	switch name {
	case "status":
		f.Status, err = number(name, value, 200, 599)
	case "retry-after":
		f.RetryAfter = value
	case "code":
		f.Code, err = number(name, value, 0, 99_999_999)
	case "error":
		f.Error = value
	case "description":
		f.Description = value
	case "operation":
		f.Operation, err = choice(name, value, "notStarted", "running", "unknownFutureValue", "completed", "failed")
	case "encoding":
		f.Encoding, err = choice(name, value, Plain, Deflate, UTF16)
	case "date":
		f.Date = value
	case "location":
		f.Location = value
	case "body":
		f.Body = &value
	case "content-type":
		f.ContentType = value
	case "pad":
		f.Pad, err = number(name, value, 1, 1<<30)
	case "delay":
		f.Delay, err = duration(name, value)
	case "trickle":
		f.Trickle, err = duration(name, value)
	case "framing":
		f.Framing, err = choice(name, value, Chunked, UntilClose)
	case "after":
		f.After, err = number(name, value, 0, 1_000_000)
	case "times":
		if value == "always" {
			f.Times = Always
			return nil
		}
		f.Times, err = number(name, value, 1, 1_000_000)
	}
	return err
}

func number(name, text string, low, high int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%s %q is not a number from %d to %d", name, text, low, high)
	}
	return n, nil
}

// choice returns the choice that the text is.
func choice(name, text string, choices ...string) (string, error) {
	if !slices.Contains(choices, text) {
		return "", fmt.Errorf("%s %q is not one of %s", name, text, strings.Join(choices, ", "))
	}
	return text, nil
}

func duration(name, text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%s %q is not a duration such as 500ms or 2s", name, text)
	}
	return d, nil
}
