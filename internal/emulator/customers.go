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
		{path: "/v1/customers", handle: (*snapshot).listCustomers},
		{path: "/v1/customers/{customer}", handle: (*snapshot).readCustomer},
	}
}

// maxCustomers is the largest page of customers.
const maxCustomers = 500

// listedCustomer is a customer in a list: less than one read by its id.
type listedCustomer struct {
	ID                    string         `json:"id"`
	CompanyProfile        companyProfile `json:"companyProfile"`
	RelationshipToPartner string         `json:"relationshipToPartner"`
	Attributes            attributes     `json:"attributes"`
}

type companyProfile struct {
	TenantID    string     `json:"tenantId"`
	Domain      string     `json:"domain"`
	CompanyName string     `json:"companyName"`
	Attributes  attributes `json:"attributes"`
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

func (s *snapshot) listCustomers(r *http.Request) (response, error) {
	size, err := numberParameter(r, "size", maxCustomers)
	if err != nil {
		return response{}, err
	}
	size = smaller(maxCustomers, size, s.options.PageSize)
	self := "/v1/customers?size=" + strconv.Itoa(size)
	wanted := func(customer) bool { return true }
	if text := parameter(r, "filter"); text != "" {
		if wanted, err = customerFilter(text); err != nil {
			return response{}, err
		}
		self += "&filter=" + url.QueryEscape(text)
	}
	list := pagination{
		self:   self,
		size:   size,
		next:   func(self string, _ int) string { return self + "&seekOperation=Next" },
		beside: true,
	}
	return collect(s, r, list, func() []listedCustomer {
		listed := []listedCustomer{}
		for _, c := range s.customers {
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
	listedCustomer
	// AllowDelegatedAccess is unknown for some.
	AllowDelegatedAccess *bool    `json:"allowDelegatedAccess"`
	CustomDomains        []string `json:"customDomains"`
	Links                links    `json:"links"`
}

func (s *snapshot) readCustomer(r *http.Request) (response, error) {
	c, err := s.customer(r.PathValue("customer"))
	if err != nil {
		return response{}, err
	}
	return apiResponse(http.StatusOK, customerRecord{
		listedCustomer:       newListedCustomer(c),
		AllowDelegatedAccess: c.allowsDelegatedAccess(),
		CustomDomains:        []string{c.domain, strings.TrimSuffix(c.domain, ".onmicrosoft.com") + ".example"},
		Links:                links{Self: linkTo("/customers/" + c.id)},
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
