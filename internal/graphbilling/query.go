package graphbilling

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// The periods of unbilled usage.
const (
	PeriodCurrent = "current"
	PeriodLast    = "last"
)

// DefaultMaxGroups is the limit of groups where a query has none.
const DefaultMaxGroups = 10_000

// Query says which usage to add up: either that of an invoice, or the unbilled usage of a
// period in a currency.
type Query struct {
	InvoiceID string

	CurrencyCode string // the partner's billing currency
	Period       string // PeriodCurrent, which is the default, or PeriodLast

	CustomerIDs          []string
	AzureSubscriptionIDs []string
	StartDate, EndDate   string // the first and the last usage date, as 2006-01-02; may be empty

	GroupBy   []string // names of keys, in the order in which the groups are sorted
	MaxGroups int      // 0 is DefaultMaxGroups
}

// The attribute sets of an export.
const (
	basic = "basic"
	full  = "full"
)

// tagPrefix begins a key that is a tag.
const tagPrefix = "tag:"

// key is what a query can group by.
type key struct {
	name  string
	id    column // tells the groups apart
	label column // the name of that id, or noColumn
	basic bool   // the attribute set basic has its columns
	exact bool   // it is compared by case
	tag   string // the name of a tag
}

var keys = []key{
	{name: "date", id: usageDate, label: noColumn, basic: true, exact: true},
	{name: "customer", id: customerID, label: customerName, basic: true},
	{name: "plan", id: planID, label: noColumn, basic: true},
	{name: "azure_subscription", id: subscriptionID, label: subscriptionName}, // Its name is not in basic.
	{name: "resource_group", id: resourceGroup, label: resourceGroup},
	{name: "resource", id: resourceURI, label: resourceURI, basic: true},
	{name: "service", id: meterCategory, label: meterCategory},
	{name: "meter", id: meterID, label: meterName},
	{name: "region", id: resourceLocation, label: resourceLocation},
	{name: "charge_type", id: chargeType, label: chargeType, basic: true},
}

// parseKey finds a key by its name.
func parseKey(name string) (key, error) {
	if tag, ok := strings.CutPrefix(name, tagPrefix); ok && strings.TrimSpace(tag) != "" {
		return key{name: name, id: tags, label: noColumn, exact: true, tag: tag}, nil
	}
	for _, k := range keys {
		if k.name == name {
			return k, nil
		}
	}
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	return key{}, fmt.Errorf("%.60q is not a key to group by: use %s or %sNAME", name, strings.Join(names, ", "), tagPrefix)
}

// ValidateKey returns an error unless a query can group by the name.
func ValidateKey(name string) error {
	_, err := parseKey(name)
	return err
}

// parseKeys finds all keys. Azure compares the names of tags without case.
func parseKeys(names []string) ([]key, error) {
	var parsed []key
	for _, name := range names {
		k, err := parseKey(name)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(parsed, func(other key) bool { return strings.EqualFold(other.name, name) }) {
			return nil, fmt.Errorf("%.60q is given twice to group by", name)
		}
		parsed = append(parsed, k)
	}
	return parsed, nil
}

// ErrNotDate is the error of a date that cannot be read.
var ErrNotDate = errors.New("is not a date such as 2026-01-31")

func checkDate(text string) error {
	if _, err := time.Parse(time.DateOnly, text); text != "" && err != nil {
		return fmt.Errorf("%.20q %w", text, ErrNotDate)
	}
	return nil
}

// checkOrder rejects dates between which there is none: nothing would be added up, and a
// gate would pass.
func (q *Query) checkOrder() error {
	if q.StartDate != "" && q.EndDate != "" && q.StartDate > q.EndDate {
		return fmt.Errorf("the start date %s is after the end date %s", q.StartDate, q.EndDate)
	}
	return nil
}

// question is what an export is started with. Queries of one question share the export.
type question struct {
	path string // below reports/partners/billing
	body string
}

// The bodies of the requests.
type (
	unbilledExport struct {
		CurrencyCode  string `json:"currencyCode"`
		BillingPeriod string `json:"billingPeriod"`
		AttributeSet  string `json:"attributeSet"`
	}
	billedExport struct {
		InvoiceID    string `json:"invoiceId"`
		AttributeSet string `json:"attributeSet"`
	}
)

func (q *Query) question(keys []key) (question, error) {
	set := basic
	if slices.ContainsFunc(keys, func(k key) bool { return !k.basic }) {
		set = full
	}
	var path string
	var parameters any
	switch {
	case q.InvoiceID != "":
		path, parameters = "usage/billed/export", billedExport{q.InvoiceID, set}
	case q.Period == "", q.Period == PeriodCurrent, q.Period == PeriodLast:
		path, parameters = "usage/unbilled/export", unbilledExport{strings.ToUpper(q.CurrencyCode), q.period(), set}
	default:
		return question{}, fmt.Errorf("%.20q is not a period: use %s or %s", q.Period, PeriodCurrent, PeriodLast)
	}
	body, err := json.Marshal(parameters)
	return question{path, string(body)}, err
}

func (q *Query) period() string {
	if q.Period == "" {
		return PeriodCurrent
	}
	return q.Period
}
