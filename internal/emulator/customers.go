package emulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// customerRoutes are the customers and who they are.
func customerRoutes() []route {
	return []route{
		{path: "/v1/customers", handle: (*books).listCustomers},
		{path: "/v1/customers/{customer}", handle: (*books).readCustomer},
	}
}

// mostCustomers is the largest page of customers.
const mostCustomers = 500

// listedCustomer is a customer in a list: less than one read by its id.
type listedCustomer struct {
	ID                    string         `json:"id"`
	CompanyProfile        companyProfile `json:"companyProfile"`
	RelationshipToPartner string         `json:"relationshipToPartner"`
	Attributes            attributes     `json:"attributes"`
}

type companyProfile struct {
	TenantID    string `json:"tenantId"`
	Domain      string `json:"domain"`
	CompanyName string `json:"companyName"`
	// Address, Email and Links are left out in lists.
	Address    *companyAddress `json:"address,omitempty"`
	Email      string          `json:"email,omitempty"`
	Links      *links          `json:"links,omitempty"`
	Attributes attributes      `json:"attributes"`
}

func newListedCustomer(c customer) listedCustomer {
	return listedCustomer{
		ID: c.id,
		CompanyProfile: companyProfile{
			TenantID:    c.id,
			Domain:      c.domain,
			CompanyName: c.name,
			Attributes:  attributes{"CustomerCompanyProfile"},
		},
		RelationshipToPartner: "reseller",
		Attributes:            attributes{"Customer"},
	}
}

func (b *books) listCustomers(r *http.Request) (answer, error) {
	size, err := numberParameter(r, "size", mostCustomers)
	if err != nil {
		return answer{}, err
	}
	size = smaller(mostCustomers, size, b.options.PageSize)
	self := "/v1/customers?size=" + strconv.Itoa(size)
	wanted := func(customer) bool { return true }
	if text := parameter(r, "filter"); text != "" {
		if wanted, err = customerFilter(text); err != nil {
			return answer{}, err
		}
		self += "&filter=" + url.QueryEscape(text)
	}
	list := listing{
		self:   self,
		size:   size,
		next:   func(self string, _ int) string { return self + "&seekOperation=Next" },
		beside: true,
	}
	return collect(b, r, list, func() []listedCustomer {
		listed := []listedCustomer{}
		for _, c := range b.customers {
			if wanted(c) {
				listed = append(listed, newListedCustomer(c))
			}
		}
		return listed
	})
}

// smaller is the smallest of the sizes but for those of 0, which say nothing.
func smaller(size int, others ...int) int {
	for _, other := range others {
		if other > 0 {
			size = min(size, other)
		}
	}
	return size
}

// customerFilter reads a filter such as
// {"Field":"CompanyName","Value":"cont","Operator":"starts_with"}.
func customerFilter(text string) (func(customer) bool, error) {
	var filter struct { // keys match in any case
		Field    string `json:"Field"`
		Value    string `json:"Value"`
		Operator string `json:"Operator"`
	}
	if err := json.Unmarshal([]byte(text), &filter); err != nil {
		return nil, invalidInput("The filter is not valid.")
	}
	if !strings.EqualFold(filter.Operator, "starts_with") {
		return nil, invalidInput("The operator of the filter is not supported.")
	}
	begins := func(text string) bool {
		return strings.HasPrefix(strings.ToLower(text), strings.ToLower(filter.Value))
	}
	switch strings.ToLower(filter.Field) {
	case "companyname":
		return func(c customer) bool { return begins(c.name) }, nil
	case "domain":
		return func(c customer) bool { return begins(c.domain) }, nil
	default:
		return nil, invalidInput("The field of the filter is not supported.")
	}
}

// customerRecord is a customer read by its id.
type customerRecord struct {
	ID                    string         `json:"id"`
	CommerceID            string         `json:"commerceId"`
	CompanyProfile        companyProfile `json:"companyProfile"`
	BillingProfile        billingProfile `json:"billingProfile"`
	RelationshipToPartner string         `json:"relationshipToPartner"`
	// AllowDelegatedAccess is unknown for some.
	AllowDelegatedAccess *bool      `json:"allowDelegatedAccess"`
	CustomDomains        []string   `json:"customDomains"`
	Links                links      `json:"links"`
	Attributes           attributes `json:"attributes"`
}

type companyAddress struct {
	Country      string `json:"country"`
	Region       string `json:"region,omitempty"`
	City         string `json:"city"`
	AddressLine1 string `json:"addressLine1"`
	PostalCode   string `json:"postalCode"`
	PhoneNumber  string `json:"phoneNumber"`
}

type billingProfile struct {
	ID             string           `json:"id"`
	FirstName      string           `json:"firstName"`
	LastName       string           `json:"lastName"`
	Email          string           `json:"email"`
	Culture        string           `json:"culture"`
	Language       string           `json:"language"`
	CompanyName    string           `json:"companyName"`
	DefaultAddress billingAddress   `json:"defaultAddress"`
	Links          links            `json:"links"`
	Attributes     taggedAttributes `json:"attributes"`
}

type billingAddress struct {
	Country      string `json:"country"`
	City         string `json:"city"`
	State        string `json:"state,omitempty"`
	AddressLine1 string `json:"addressLine1"`
	PostalCode   string `json:"postalCode"`
	FirstName    string `json:"firstName"`
	LastName     string `json:"lastName"`
	PhoneNumber  string `json:"phoneNumber"`
}

// taggedAttributes are those of what can be changed.
type taggedAttributes struct {
	ETag       string `json:"etag"`
	ObjectType string `json:"objectType"`
}

func (b *books) readCustomer(r *http.Request) (answer, error) {
	c, err := b.customer(r.PathValue("customer"))
	if err != nil {
		return answer{}, err
	}
	language, country, _ := strings.Cut(c.culture, "-")
	place := countries()[country]
	path := "/customers/" + c.id
	email := "finance@" + c.domain
	listed := newListedCustomer(c)
	listed.CompanyProfile.Address = &companyAddress{
		Country:      country,
		Region:       place.state,
		City:         place.city,
		AddressLine1: place.street,
		PostalCode:   place.postalCode,
		PhoneNumber:  place.phone,
	}
	listed.CompanyProfile.Email = email
	listed.CompanyProfile.Links = &links{Self: linkTo(path + "/profiles/company")}
	return apiAnswer(http.StatusOK, customerRecord{
		ID:             c.id,
		CommerceID:     namedGUID("commerce/" + c.id),
		CompanyProfile: listed.CompanyProfile,
		BillingProfile: billingProfile{
			ID:          namedGUID("billing profile/" + c.id),
			FirstName:   "Robin",
			LastName:    "Marsh",
			Email:       email,
			Culture:     c.culture,
			Language:    language,
			CompanyName: c.name,
			DefaultAddress: billingAddress{
				Country:      country,
				City:         place.city,
				State:        place.state,
				AddressLine1: place.street,
				PostalCode:   place.postalCode,
				FirstName:    "Robin",
				LastName:     "Marsh",
				PhoneNumber:  place.phone,
			},
			Links:      links{Self: linkTo(path + "/profiles/billing")},
			Attributes: taggedAttributes{etag(c.id), "CustomerBillingProfile"},
		},
		RelationshipToPartner: listed.RelationshipToPartner,
		AllowDelegatedAccess:  c.allowsDelegatedAccess(),
		CustomDomains:         []string{c.domain, strings.TrimSuffix(c.domain, ".onmicrosoft.com") + ".example"},
		Links:                 links{Self: linkTo(path)},
		Attributes:            listed.Attributes,
	}), nil
}

// allowsDelegatedAccess is true for customers with an Azure plan, and for
// legacy ones false, or unknown where they have two subscriptions.
func (c customer) allowsDelegatedAccess() *bool {
	if c.legacy() && c.secondID != "" {
		return nil
	}
	return new(!c.legacy())
}

// etag is what a change would have to repeat.
func etag(id string) string {
	return segment([]byte(`{"id":"` + id + `","version":2}`))
}

// place is an address in a country, and the currency there.
type place struct {
	currency   string
	city       string
	state      string
	street     string
	postalCode string
	phone      string
}

func countries() map[string]place {
	return map[string]place{
		"AT": {"EUR", "Krems", "", "Donaulände 4", "3500", "+43 2732 5550100"},
		"CH": {"CHF", "Luzern", "LU", "Seestrasse 11", "6003", "+41 41 5550100"},
		"DE": {"EUR", "Mainz", "", "Uferweg 7", "55116", "+49 6131 5550100"},
		"DK": {"DKK", "Aarhus", "", "Nordhavnsgade 2", "8000", "+45 55 50 01 00"},
		"ES": {"EUR", "Oviedo", "", "Calle del Valle 3", "33003", "+34 985 555 010"},
		"FR": {"EUR", "Nantes", "", "12 quai des Moulins", "44000", "+33 2 55 50 01 00"},
		"GB": {"GBP", "Bristol", "", "5 Harrow Lane", "BS1 4ND", "+44 117 555 0100"},
		"JP": {"JPY", "Kanazawa", "Ishikawa", "1-2-3 Sakuragi", "920-0001", "+81 76 555 0100"},
		"NL": {"EUR", "Zwolle", "", "Polderweg 9", "8011 AA", "+31 38 555 0100"},
		"NO": {"NOK", "Bergen", "", "Fjordgata 8", "5003", "+47 55 50 01 00"},
		"SE": {"SEK", "Umeå", "", "Skogsvägen 6", "903 20", "+46 90 555 01 00"},
		"US": {"USD", "Portland", "OR", "100 Maple Street", "97201", "5035550100"},
	}
}
