package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// invoiceRoutes are the bills of past months.
func invoiceRoutes() []route {
	return []route{
		{path: "/v1/invoices", handle: (*snapshot).listInvoices},
		{path: "/v1/invoices/summaries", userOnly: true, handle: (*snapshot).invoiceSummaries},
	}
}

// Invoices of the partner.
const (
	// LatestInvoiceID is of last month's Azure plans in euros, and not paid.
	LatestInvoiceID = "G000024143"
	// AmendedInvoiceID has been corrected by the credit note CreditNoteID.
	AmendedInvoiceID = "G000024141"
	CreditNoteID     = "G000024841"
	// QuotedInvoiceID has its amounts in quotes.
	QuotedInvoiceID = "G000024130"
)

// invoiceMonths is how far back the invoices go.
const invoiceMonths = 14

// The two types of invoices: of legacy offers, and of the others.
const (
	recurring = "Recurring"
	oneTime   = "OneTime"
)

// invoice is a bill, or a credit note, whose charges are negative.
type invoice struct {
	id         string
	kind       string
	currency   string
	date       time.Time
	start, end time.Time
	charges    json.Number
	paid       bool
	// amends is the id of what a credit note corrects.
	amends string
	// quoted invoices have their amounts in quotes.
	quoted bool
}

// pastInvoices are what the partner's customers cost in past months, growing
// slowly towards the current costs: each month one for legacy customers in the
// partner's currency and one for the Azure plans in euros, later also in US
// dollars, and at last in pounds, for which nothing has been paid yet.
func pastInvoices(p partner) []invoice {
	invoices := []invoice{}
	series := []struct {
		kind, currency, prefix string
		number, months         int
	}{
		{recurring, p.currency, "D0200", 61040, invoiceMonths},
		{oneTime, "EUR", "G0000", 24130, invoiceMonths},
		{oneTime, "USD", "G0000", 24330, 6},
		{oneTime, "GBP", "G0000", 24530, 2},
	}
	for _, s := range series {
		costs := []json.Number{}
		for _, c := range p.customers {
			if c.currency == s.currency && c.legacy() == (s.kind == recurring) {
				costs = append(costs, c.cost)
			}
		}
		total := sum(costs...)
		if compare(total, "0") == 0 {
			continue
		}
		for month := invoiceMonths - s.months; month < invoiceMonths; month++ {
			id := fmt.Sprintf("%s%05d", s.prefix, s.number+month)
			bill := invoice{
				id:       id,
				kind:     s.kind,
				currency: s.currency,
				charges:  roundToCents(product(total, thousandths(860+10*month))),
				paid:     month < invoiceMonths-1 && s.currency != "GBP",
				quoted:   id == QuotedInvoiceID,
			}
			bill.setDates(p.asOf.AddDate(0, month-invoiceMonths, 1-p.asOf.Day()))
			invoices = append(invoices, bill)
			if id == AmendedInvoiceID {
				invoices = append(invoices, bill.creditNote())
			}
		}
	}
	return invoices
}

// setDates makes it the invoice of a month. Legacy invoices close on the 27th,
// the others at the end of the month and are written some days later.
func (i *invoice) setDates(month time.Time) {
	year, m, _ := month.Date()
	if i.kind == recurring {
		i.start = time.Date(year, m-1, 28, 0, 0, 0, 0, time.UTC)
		i.end = time.Date(year, m, 27, 0, 0, 0, 0, time.UTC)
		i.date = i.end.AddDate(0, 0, 1)
		return
	}
	i.start = time.Date(year, m, 1, 0, 0, 0, 0, time.UTC)
	i.end = i.start.AddDate(0, 1, -1)
	i.date = i.start.AddDate(0, 1, 7).Add(82*time.Minute + 47*time.Second + 603895*time.Microsecond)
}

// creditNote takes back an eighth, two weeks later.
func (i invoice) creditNote() invoice {
	note := i
	note.id = CreditNoteID
	note.amends = i.id
	note.date = i.date.AddDate(0, 0, 14)
	note.charges = negate(roundToCents(product(i.charges, "0.125")))
	return note
}

type invoiceRecord struct {
	ID                     string     `json:"id"`
	InvoiceDate            string     `json:"invoiceDate"`
	BillingPeriodStartDate string     `json:"billingPeriodStartDate"`
	BillingPeriodEndDate   string     `json:"billingPeriodEndDate"`
	TotalCharges           any        `json:"totalCharges"`
	PaidAmount             any        `json:"paidAmount"`
	CurrencyCode           string     `json:"currencyCode"`
	CurrencySymbol         string     `json:"currencySymbol"`
	DocumentType           string     `json:"documentType"`
	AmendsOf               string     `json:"amendsOf,omitempty"`
	InvoiceType            string     `json:"invoiceType"`
	Links                  links      `json:"links"`
	Attributes             attributes `json:"attributes"`
}

// listInvoices comes in pages by number of the first item, where a size is
// asked for.
func (s *snapshot) listInvoices(r *http.Request) (response, error) {
	const most = 1_000_000
	size, err := numberParameter(r, "size", most)
	if err != nil {
		return response{}, err
	}
	offset, err := numberParameter(r, "offset", most)
	if err != nil {
		return response{}, err
	}
	size = smaller(most, size, s.options.PageSize)
	page := collection[invoiceRecord]{
		TotalCount: len(s.invoices),
		Items:      []invoiceRecord{},
		Links:      &links{Self: linkTo("/invoices")},
		Attributes: attributes{"Collection"},
	}
	if size < most || offset > 0 {
		page.Links.Self = linkTo(invoicesPage(size, offset))
	}
	end := min(offset+size, len(s.invoices))
	for i := offset; i < end; i++ {
		page.Items = append(page.Items, newInvoiceRecord(s.invoices[i]))
	}
	if end < len(s.invoices) {
		next := linkTo(invoicesPage(size, end))
		page.Links.Next = &next
	}
	return apiResponse(http.StatusOK, page), nil
}

func invoicesPage(size, offset int) string {
	return "/invoices?size=" + strconv.Itoa(size) + "&offset=" + strconv.Itoa(offset)
}

// newInvoiceRecord writes the periods and the dates of legacy invoices without
// an offset.
func newInvoiceRecord(i invoice) invoiceRecord {
	date := unzoned(i.date)
	if i.kind == oneTime {
		date = utc(i.date)
	}
	record := invoiceRecord{
		ID:                     i.id,
		InvoiceDate:            date,
		BillingPeriodStartDate: unzoned(i.start),
		BillingPeriodEndDate:   unzoned(i.end),
		TotalCharges:           i.charges,
		PaidAmount:             i.payment(),
		CurrencyCode:           i.currency,
		CurrencySymbol:         symbol(i.currency),
		DocumentType:           "invoice",
		AmendsOf:               i.amends,
		InvoiceType:            i.kind,
		Links:                  links{Self: linkTo("/invoices/" + i.kind + "-" + i.id)},
		Attributes:             attributes{"Invoice"},
	}
	if i.amends != "" {
		record.DocumentType = "adjustment_note"
	}
	if i.quoted {
		record.TotalCharges, record.PaidAmount = i.charges.String(), i.payment().String()
	}
	return record
}

// payment is negative where the partner has paid.
func (i invoice) payment() json.Number {
	if !i.paid {
		return "0"
	}
	return negate(i.charges)
}

func symbol(currency string) string {
	switch currency {
	case "EUR":
		return "€"
	case "GBP":
		return "£"
	case "USD":
		return "$"
	default:
		return currency
	}
}

// invoiceSummary is what is owed in a currency; as a detail of another, for one
// type of invoices, it has neither details nor links.
type invoiceSummary struct {
	BalanceAmount            json.Number            `json:"balanceAmount"`
	CurrencyCode             string                 `json:"currencyCode"`
	CurrencySymbol           string                 `json:"currencySymbol"`
	AccountingDate           string                 `json:"accountingDate"`
	FirstInvoiceCreationDate string                 `json:"firstInvoiceCreationDate"`
	LastPaymentDate          string                 `json:"lastPaymentDate"`
	LastPaymentAmount        json.Number            `json:"lastPaymentAmount"`
	LatestInvoiceDate        string                 `json:"latestInvoiceDate"`
	Details                  []invoiceSummaryDetail `json:"details,omitempty"`
	Links                    *links                 `json:"links,omitempty"`
	Attributes               attributes             `json:"attributes"`
}

type invoiceSummaryDetail struct {
	InvoiceType string         `json:"invoiceType"`
	Summary     invoiceSummary `json:"summary"`
}

// invoiceSummaries has links to another route, as documented.
func (s *snapshot) invoiceSummaries(*http.Request) (response, error) {
	page := collection[invoiceSummary]{
		Items:      []invoiceSummary{},
		Links:      &links{Self: linkTo("/invoices/summaries")},
		Attributes: attributes{"Collection"},
	}
	for _, currency := range []string{"GBP", "EUR", "USD"} {
		all := slices.DeleteFunc(slices.Clone(s.invoices), func(i invoice) bool { return i.currency != currency })
		if len(all) == 0 {
			continue
		}
		summary := newInvoiceSummary(all)
		for _, kind := range []string{recurring, oneTime} {
			some := slices.DeleteFunc(slices.Clone(all), func(i invoice) bool { return i.kind != kind })
			if len(some) > 0 {
				summary.Details = append(summary.Details, invoiceSummaryDetail{kind, newInvoiceSummary(some)})
			}
		}
		summary.Links = &links{Self: linkTo("/invoices/summary")}
		page.Items = append(page.Items, summary)
	}
	page.TotalCount = len(page.Items)
	return apiResponse(http.StatusOK, page), nil
}

// newInvoiceSummary sums up invoices of one currency, at least one. Each has
// been paid ten days after its date.
func newInvoiceSummary(invoices []invoice) invoiceSummary {
	summary := invoiceSummary{
		BalanceAmount:     "0",
		CurrencyCode:      invoices[0].currency,
		CurrencySymbol:    symbol(invoices[0].currency),
		LastPaymentAmount: "0",
		Attributes:        attributes{"InvoiceSummary"},
	}
	first, latest, paid := invoices[0].date, invoices[0].date, time.Time{}
	for _, i := range invoices {
		if i.date.Before(first) {
			first = i.date
		}
		if i.date.After(latest) {
			latest = i.date
		}
		if !i.paid {
			summary.BalanceAmount = sum(summary.BalanceAmount, i.charges)
		} else if date := day(i.date).AddDate(0, 0, 10); i.amends == "" && !date.Before(paid) {
			paid, summary.LastPaymentAmount = date, i.charges
		}
	}
	summary.AccountingDate = unzoned(day(latest))
	summary.FirstInvoiceCreationDate = unzoned(day(first))
	summary.LastPaymentDate = unzoned(paid) // 0001-01-01 stands for never
	summary.LatestInvoiceDate = unzoned(day(latest))
	return summary
}

// day is the beginning of a day.
func day(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }
