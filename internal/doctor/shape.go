package doctor

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// shape compares responses with the type that the client decodes them into. The fields
// are those of the type, so that the two cannot differ.
type shape struct {
	route   route
	root    string                        // name of the type
	objects map[string]int                // objects, by their path
	fields  map[string]map[string]*absent // fields that the type has, by the path of the object
	found   map[[3]string]*Difference     // by path, kind and detail
}

// absent counts how often a field was there.
type absent struct{ there, null int }

func newShape(r route) *shape {
	return &shape{
		route: r, root: nameOf(r.resource),
		objects: map[string]int{}, fields: map[string]map[string]*absent{}, found: map[[3]string]*Difference{},
	}
}

func nameOf(resource reflect.Type) string {
	if resource == nil {
		return "" // The response has no body.
	}
	return resource.Name()
}

// add adds a response.
func (s *shape) add(body []byte) {
	value := jsontext.Value(bytes.TrimSpace(body))
	if !value.IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) {
		return // The client says what is wrong.
	}
	if !s.route.collection {
		s.value(value, s.route.resource, "")
		return
	}
	if value.Kind() != '{' {
		s.note("", KindType, expected(value.Kind(), "an object"))
		return
	}
	for name, value := range members(value) {
		switch name {
		case "items":
			s.list(value, s.route.resource, "items")
		case "totalCount":
			s.value(value, reflect.TypeFor[*pcclient.Integer](), name)
		case "continuationToken":
			s.value(value, reflect.TypeFor[*string](), name)
		case "links", "attributes":
		default:
			s.note(name, KindUnknown, kindName(value.Kind()))
		}
	}
}

var (
	decimalType       = reflect.TypeFor[pcclient.Decimal]()
	quotedDecimalType = reflect.TypeFor[pcclient.QuotedDecimal]()
	integerType       = reflect.TypeFor[pcclient.Integer]()
	timeType          = reflect.TypeFor[pcclient.Time]()
	textsType         = reflect.TypeFor[pcclient.Texts]()
	instanceDataType  = reflect.TypeFor[pcclient.InstanceData]()
	ratesType         = reflect.TypeFor[pcclient.AzureRates]()
	manifestType      = reflect.TypeFor[manifest]()
)

// value compares a value with the type that it is decoded into.
func (s *shape) value(value jsontext.Value, into reflect.Type, path string) {
	if into.Kind() == reflect.Pointer {
		into = into.Elem()
	}
	kind := value.Kind()
	if kind == 'n' {
		return // It is absent.
	}
	want := func(kinds, expectedKind string) bool {
		if strings.ContainsRune(kinds, rune(kind)) {
			return true
		}
		s.note(path, KindType, expected(kind, expectedKind))
		return false
	}
	switch {
	case into == decimalType:
		want("0", "a number")
	case into == quotedDecimalType:
		want(`0"`, "a number")
	case into == integerType:
		if want("0", "a whole number") && json.Unmarshal(value, new(pcclient.Integer)) != nil {
			s.note(path, KindType, "a number with a fraction where a whole number is expected")
		}
	case into == timeType:
		if want(`"`, "a time") {
			s.time(unquote(value), path)
		}
	case into == textsType:
		want(`{"`, "an object")
	case into == manifestType && path != "": // It is a route of its own in the report.
	case into == ratesType:
		want("{", "an object")
	case into == instanceDataType && kind == '"':
	case into.Kind() == reflect.Struct:
		if want("{", "an object") {
			s.object(value, into, path)
		}
	case into.Kind() == reflect.Slice:
		s.list(value, into.Elem(), path)
	case into.Kind() == reflect.Map:
		want("{", "an object")
	case into.Kind() == reflect.Bool:
		want("tf", "a boolean")
	case into.Kind() == reflect.String:
		if want(`"`, "a string") {
			s.text(unquote(value), path)
		}
	}
}

func (s *shape) list(value jsontext.Value, of reflect.Type, path string) {
	if kind := value.Kind(); kind != '[' {
		if kind != 'n' {
			s.note(path, KindType, expected(kind, "an array"))
		}
		return
	}
	for element := range elements(value) {
		s.value(element, of, path+"[]")
	}
}

func (s *shape) object(value jsontext.Value, into reflect.Type, path string) {
	s.objects[path]++
	known := s.fields[path]
	if known == nil {
		known = map[string]*absent{}
		s.fields[path] = known
		for _, name := range fieldNames(into) {
			known[name] = &absent{}
		}
	}
	seen := map[string]bool{}
	for name, value := range members(value) {
		at := join(path, name)
		field, ok := fieldType(into, name)
		if strings.Contains(name, "@odata.") {
			continue // An annotation.
		}
		if other := caseless(into, name); !ok && s.route.anyCase && other != "" {
			if !isDocumented(s.root, at) {
				s.note(at, KindUnknown, kindName(value.Kind())+"; it differs from "+other+" in case only")
			}
			name, at = other, join(path, other)
			field, ok = fieldType(into, name)
		}
		switch {
		case !ok:
			s.unknown(name, value.Kind(), known, path)
			continue
		case seen[name]:
			s.note(at, KindDuplicate, "more than once in an object")
		case value.Kind() == 'n':
			known[name].null++
		default:
			known[name].there++
		}
		seen[name] = true
		s.value(value, field, at)
	}
}

// unknown notes a field that the type does not have, unless it is documented: the
// provider leaves out what no data source has.
func (s *shape) unknown(name string, kind jsontext.Kind, known map[string]*absent, path string) {
	at := join(path, name)
	if isDocumented(s.root, at) {
		return
	}
	for other := range known {
		if strings.EqualFold(other, name) {
			s.note(at, KindUnknown, kindName(kind)+"; it differs from "+other+" in case only")
			return
		}
	}
	s.note(at, KindUnknown, kindName(kind))
}

func (s *shape) time(text, path string) {
	parsed, err := pcclient.ParseTime(text)
	switch {
	case text == "":
	case err != nil:
		s.note(path, KindForm, "a time such as "+formOf(text))
	case parsed.String() != text && !s.route.localDates && !parsed.IsZero():
		s.note(path, KindForm, "a time without an offset")
	}
}

func (s *shape) text(text, path string) {
	name := path[strings.LastIndexByte(path, '.')+1:]
	if text == "" {
		return
	}
	if form, ok := expectedForm(s.root, path, name); ok && !form.MatchString(text) {
		s.note(path, KindForm, "a text such as "+formOf(text))
	}
	if detail := embeddedForm(s.root, name, text); detail != "" {
		s.note(path, KindForm, detail)
	}
	values := enumerations[s.root+" "+path]
	if values == nil {
		values = enumerations[name]
	}
	if values != nil && !slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, text) }) {
		detail := "a text such as " + formOf(text)
		if word.MatchString(text) {
			detail = text
		}
		s.note(path, KindValue, detail)
	}
}

func (s *shape) note(path, kind, detail string) {
	// The names of fields come from the network.
	path, detail = transport.OneLine(cmp.Or(path, "the response")), transport.OneLine(detail)
	key := [3]string{path, kind, detail}
	if s.found[key] == nil {
		s.found[key] = &Difference{Field: path, Kind: kind, Detail: detail}
	}
	s.found[key].Count++
}

// maxDifferences limits the list: a response of another kind would differ in everything.
const maxDifferences = 100

// differences returns what differs, in the order of the fields.
func (s *shape) differences() []Difference {
	for path, fields := range s.fields {
		for name, count := range fields {
			at := join(path, name)
			if count.there > 0 || isOptional(s.root, at) || slices.ContainsFunc(alternatives(name), func(other string) bool { return fields[other] != nil && fields[other].there > 0 }) {
				continue
			}
			detail := "never there"
			if count.null > 0 {
				detail = "never there, or null"
			}
			s.found[[3]string{at, KindMissing, detail}] = &Difference{Field: at, Kind: KindMissing, Detail: detail, Count: s.objects[path]}
		}
	}
	all := []Difference{}
	for _, d := range slices.SortedFunc(maps.Values(s.found), func(a, b *Difference) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Detail, b.Detail))
	}) {
		d.Of = max(s.objects[d.Field[:max(strings.LastIndexByte(d.Field, '.'), 0)]], d.Count)
		all = append(all, *d)
	}
	return all[:min(len(all), maxDifferences)]
}

// fieldNames returns the fields of a type, as JSON names them.
func fieldNames(of reflect.Type) []string {
	var names []string
	for _, field := range reflect.VisibleFields(of) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func fieldType(of reflect.Type, name string) (reflect.Type, bool) {
	for _, field := range reflect.VisibleFields(of) {
		if tag, _, _ := strings.Cut(field.Tag.Get("json"), ","); tag == name && tag != "" {
			return field.Type, true
		}
	}
	return nil, false
}

// caseless finds the field that a name differs from in case only, or "".
func caseless(of reflect.Type, name string) string {
	for _, known := range fieldNames(of) {
		if strings.EqualFold(known, name) {
			return known
		}
	}
	return ""
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// members yields the members of an object, also those of the same name.
func members(object jsontext.Value) func(yield func(string, jsontext.Value) bool) {
	return func(yield func(string, jsontext.Value) bool) {
		decoder := jsontext.NewDecoder(bytes.NewReader(object), lenient)
		if _, err := decoder.ReadToken(); err != nil {
			return
		}
		for decoder.PeekKind() != '}' {
			name, err := decoder.ReadToken()
			if err != nil {
				return
			}
			key := name.String()
			value, err := decoder.ReadValue()
			if err != nil || !yield(key, value.Clone()) {
				return
			}
		}
	}
}

// elements yields the elements of an array.
func elements(array jsontext.Value) func(yield func(jsontext.Value) bool) {
	return func(yield func(jsontext.Value) bool) {
		decoder := jsontext.NewDecoder(bytes.NewReader(array), lenient)
		if _, err := decoder.ReadToken(); err != nil {
			return
		}
		for decoder.PeekKind() != ']' {
			value, err := decoder.ReadValue()
			if err != nil || !yield(value.Clone()) {
				return
			}
		}
	}
}

func unquote(value jsontext.Value) string {
	var text string
	_ = json.Unmarshal(value, &text, lenient)
	return text
}

func expected(kind jsontext.Kind, want string) string {
	return fmt.Sprintf("%s where %s is expected", kindName(kind), want)
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	default:
		return "an array"
	}
}
