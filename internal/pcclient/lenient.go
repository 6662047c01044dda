package pcclient

import (
	"bytes"
	"errors"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// lenient accepts what RFC 7493 does not: duplicate keys in an object, and strings
// that are not valid Unicode, whose invalid bytes become U+FFFD. A response is first
// decoded strictly, which finds duplicate keys.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

func isSyntactic(err error) bool {
	_, syntactic := errors.AsType[*jsontext.SyntacticError](err)
	return syntactic
}

// unmarshal decodes a whole response. Fields that T does not have cause no error,
// whatever they contain.
func unmarshal[T any](body []byte, to *T) error {
	err := json.Unmarshal(body, to)
	if !isSyntactic(err) {
		return err
	}
	if err := rejectDuplicates[T](body); err != nil {
		return err
	}
	*to = *new(T)
	return json.Unmarshal(body, to, lenient)
}

// rejectDuplicates returns an error if an object has a key twice that is decoded
// into a T.
func rejectDuplicates[T any](body []byte) error {
	return findDuplicates(jsontext.NewDecoder(bytes.NewBuffer(body), lenient), reflect.TypeFor[T]())
}

func findDuplicates(decoder *jsontext.Decoder, into reflect.Type) error {
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
			if err := findDuplicates(decoder, into.Elem()); err != nil {
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
		if err := findDuplicates(decoder, field); err != nil {
			return err
		}
	}
	_, err := decoder.ReadToken()
	return err
}

// fieldOf returns the type that a key is decoded into, or nil if it is skipped.
func fieldOf(into reflect.Type, name string) reflect.Type {
	switch into.Kind() {
	case reflect.Map, reflect.Slice: // A slice that is encoded as an object decodes all of its keys.
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
