package pcclient

import (
	"bytes"
	"errors"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// lenient reads what is no JSON by the letter of RFC 7493: a key twice in an
// object, and text that is no Unicode, whose faults become U+FFFD. An answer is
// read by the letter first, since that is how a key that is twice is noticed.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

func isSyntactic(err error) bool {
	_, syntactic := errors.AsType[*jsontext.SyntacticError](err)
	return syntactic
}

// unmarshal reads a whole answer. What nobody reads is no error, whatever is in it.
func unmarshal[T any](body []byte, to *T) error {
	err := json.Unmarshal(body, to)
	if !isSyntactic(err) {
		return err
	}
	if err := refuseTwins[T](body); err != nil {
		return err
	}
	*to = *new(T)
	return json.Unmarshal(body, to, lenient)
}

// refuseTwins finds a key that is twice in an object, if it is one that is read
// into a T.
func refuseTwins[T any](body []byte) error {
	return findTwins(jsontext.NewDecoder(bytes.NewBuffer(body), lenient), reflect.TypeFor[T]())
}

func findTwins(decoder *jsontext.Decoder, into reflect.Type) error {
	for into.Kind() == reflect.Pointer {
		into = into.Elem()
	}
	kind := decoder.PeekKind()
	if kind != '{' && (kind != '[' || into.Kind() != reflect.Slice) {
		return decoder.SkipValue()
	}
	if _, err := decoder.ReadToken(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for next := decoder.PeekKind(); next != '}' && next != ']'; next = decoder.PeekKind() {
		if kind == '[' {
			if err := findTwins(decoder, into.Elem()); err != nil {
				return err
			}
			continue
		}
		token, err := decoder.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		field := fieldOf(into, name)
		if field == nil {
			if err := decoder.SkipValue(); err != nil {
				return err
			}
			continue
		}
		if seen[name] {
			return &jsontext.SyntacticError{ByteOffset: decoder.InputOffset(), JSONPointer: decoder.StackPointer(), Err: jsontext.ErrDuplicateName}
		}
		seen[name] = true
		if err := findTwins(decoder, field); err != nil {
			return err
		}
	}
	_, err := decoder.ReadToken()
	return err
}

// fieldOf is the type that a key is read into, or nil if nobody reads it.
func fieldOf(into reflect.Type, name string) reflect.Type {
	switch into.Kind() {
	case reflect.Map, reflect.Slice: // A slice that is written as an object has all of its keys.
		return into.Elem()
	case reflect.Struct:
		for _, field := range reflect.VisibleFields(into) {
			if tag, _, _ := strings.Cut(field.Tag.Get("json"), ","); tag == name && tag != "" {
				return field.Type
			}
		}
	default:
	}
	return nil
}
