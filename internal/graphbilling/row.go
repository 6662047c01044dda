package graphbilling

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// column is a column of the usage that is read
// (https://learn.microsoft.com/graph/api/resources/partners-billing-attributeset).
type column int8

const (
	usageDate column = iota
	customerID
	customerName
	planID
	subscriptionID
	subscriptionName
	resourceGroup
	resourceURI
	resourceLocation
	meterCategory
	meterID
	meterName
	unitType
	unit
	chargeType
	tags
	quantity
	billingTotal
	billingCurrency
	pricingTotal
	pricingCurrency
	columnCount

	noColumn column = -1
)

var columnNames = [columnCount]string{
	usageDate:        "UsageDate",
	customerID:       "CustomerId",
	customerName:     "CustomerName",
	planID:           "SubscriptionId", // in Microsoft's billing, which is not the Azure subscription
	subscriptionID:   "EntitlementId",
	subscriptionName: "EntitlementDescription",
	resourceGroup:    "ResourceGroup",
	resourceURI:      "ResourceURI",
	resourceLocation: "ResourceLocation",
	meterCategory:    "MeterCategory",
	meterID:          "MeterId",
	meterName:        "MeterName",
	unitType:         "UnitType",
	unit:             "Unit",
	chargeType:       "ChargeType",
	tags:             "Tags",
	quantity:         "Quantity",
	billingTotal:     "BillingPreTaxTotal",
	billingCurrency:  "BillingCurrency",
	pricingTotal:     "PricingPreTaxTotal",
	pricingCurrency:  "PricingCurrency",
}

func (c column) String() string { return columnNames[c] }

// maxKeys limits the spellings of keys that are remembered. A row has about 60 keys.
const maxKeys = 1000

// row reads the columns of one line after the other.
type row struct {
	decoder *jsontext.Decoder
	keys    map[string]column // by the key as it is written, with its quotes
	order   []orderedKey      // of the line before
	wanted  [columnCount]bool
	values  [columnCount][]byte // JSON; nil if absent or null
	scratch [columnCount][]byte // for texts with escape sequences
}

func newRow(wanted ...column) *row {
	r := &row{decoder: jsontext.NewDecoder(bytes.NewReader(nil)), keys: map[string]column{}}
	for _, c := range wanted {
		if c != noColumn {
			r.wanted[c] = true
		}
	}
	return r
}

// anyNames lets a row have keys twice that nobody reads, and texts with a lone surrogate.
var anyNames = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// parse reads a line, which the row refers to until the next one.
func (r *row) parse(line []byte) error {
	if !utf8.Valid(line) {
		return errors.New("it is not valid UTF-8")
	}
	if r.scan(line) {
		return nil
	}
	return r.decode(line)
}

// decode reads any line, and says what is wrong with it.
func (r *row) decode(line []byte) error {
	clear(r.values[:])
	d := r.decoder
	d.Reset(bytes.NewBuffer(line), anyNames...)
	if kind := d.PeekKind(); kind != '{' {
		if _, err := d.ReadToken(); err != nil {
			return syntaxError(err)
		}
		return errors.New("it is not an object")
	}
	if _, err := d.ReadToken(); err != nil {
		return syntaxError(err)
	}
	var seen [columnCount]bool
	for d.PeekKind() != '}' {
		name, err := d.ReadValue()
		if err != nil {
			return syntaxError(err)
		}
		c := r.column(name)
		if c == noColumn || !r.wanted[c] {
			if err := d.SkipValue(); err != nil {
				return syntaxError(err)
			}
			continue
		}
		if seen[c] {
			return fmt.Errorf("it has the field %s twice", c)
		}
		seen[c] = true
		value, err := d.ReadValue()
		if err != nil {
			return syntaxError(err)
		}
		if value.Kind() != 'n' {
			// A value is only lent until the next one, but the line stays.
			end := d.InputOffset()
			r.values[c] = line[end-int64(len(value)) : end]
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return syntaxError(err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("there is more behind the object")
	}
	return nil
}

// column finds the column of a key, which is compared without case: the documentation and
// the samples differ in it.
func (r *row) column(name []byte) column {
	if c, known := r.keys[string(name)]; known {
		return c
	}
	c := noColumn
	text, err := jsontext.AppendUnquote(nil, name)
	for i, known := range columnNames {
		if err == nil && strings.EqualFold(string(text), known) {
			c = column(i) //nolint:gosec // There are fewer than 128 columns.
		}
	}
	if len(r.keys) < maxKeys {
		r.keys[string(name)] = c
	}
	return c
}

// text returns a text without white space around it. It is empty if it is absent. It is
// valid until the next row.
func (r *row) text(c column) ([]byte, error) {
	value := r.values[c]
	if len(value) == 0 {
		return nil, nil
	}
	switch jsontext.Value(value).Kind() {
	case '"':
		if bytes.IndexByte(value, '\\') < 0 {
			return bytes.TrimSpace(value[1 : len(value)-1]), nil
		}
		// The only error is about a lone surrogate, which reads U+FFFD.
		r.scratch[c], _ = jsontext.AppendUnquote(r.scratch[c][:0], value)
		return bytes.TrimSpace(r.scratch[c]), nil
	case '0':
		return value, nil
	default:
		return nil, fmt.Errorf("the field %s is neither a text nor a number", c)
	}
}

// noDate is how .NET writes a date that is not set.
const noDate = "0001-01-01"

// date returns the day of a time, or nothing if it is absent.
func (r *row) date() ([]byte, error) {
	text, err := r.text(usageDate)
	if err != nil || len(text) == 0 {
		return nil, err
	}
	const day = len("2006-01-02")
	if len(text) >= day && (len(text) == day || text[day] == 'T' || text[day] == ' ') && isDate(text[:day]) {
		if string(text[:day]) == noDate {
			return nil, nil
		}
		return text[:day], nil
	}
	return nil, fmt.Errorf("the field %s is %.40q, which is not a date", usageDate, transport.OneLine(string(text)))
}

func isDate(text []byte) bool {
	for i, b := range text {
		if isDash := i == 4 || i == 7; isDash != (b == '-') || !isDash && (b < '0' || b > '9') {
			return false
		}
	}
	month, day := text[5:7], text[8:10]
	return string(month) >= "01" && string(month) <= "12" && string(day) >= "01" && string(day) <= "31"
}

// addTo adds a number of the row, which may be in quotes, to a sum.
func (r *row) addTo(sum *amount, c column) error {
	text, err := r.text(c)
	if err != nil {
		return err
	}
	if err := sum.add(text); err != nil {
		return fmt.Errorf("the field %s cannot be read: %w", c, err)
	}
	return nil
}

// tag returns the value of a tag, whose name Azure compares without case. It is empty if
// there is none.
func (r *row) tag(name string) ([]byte, error) {
	object := r.values[tags]
	if len(object) == 0 {
		return nil, nil
	}
	if jsontext.Value(object).Kind() != '{' {
		text, err := r.text(tags)
		if err != nil || len(text) == 0 {
			return nil, err
		}
		// Exports of Cost Management have the members without the braces.
		if object = text; text[0] == '"' {
			object = fmt.Appendf(nil, "{%s}", text)
		}
	}
	found, err := findTag(object, name)
	if err != nil {
		return nil, fmt.Errorf("the field %s cannot be read: %w", tags, err)
	}
	return found, nil
}

func findTag(object []byte, name string) (found []byte, err error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(object), anyNames...)
	if d.PeekKind() != '{' {
		return nil, errors.New("it is not an object")
	}
	_, _ = d.ReadToken()
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return nil, syntaxError(err)
		}
		isWanted := strings.EqualFold(token.String(), name)
		value, err := d.ReadValue()
		if err != nil {
			return nil, syntaxError(err)
		}
		if !isWanted || value.Kind() == 'n' {
			continue
		}
		if value.Kind() == '"' {
			value, _ = jsontext.AppendUnquote(nil, value)
		}
		if found != nil && !bytes.Equal(found, value) {
			return nil, fmt.Errorf("it has the tag %.40q twice, with different values", name)
		}
		found = bytes.Clone(value)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, syntaxError(err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more behind the object")
	}
	return found, nil
}

// syntaxError says what is wrong with JSON without repeating it.
func syntaxError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("it is cut short")
	}
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok && syntactic.Err != nil {
		return fmt.Errorf("it is not valid JSON: %w", syntactic.Err)
	}
	return errors.New("it is not valid JSON")
}
