package emulator

import (
	"net/http"
	"time"
)

// subscriptionRoutes are what customers have subscribed to. Neither list comes
// in pages or has links.
func subscriptionRoutes() []route {
	return []route{
		{path: "/v1/customers/{customer}/subscriptions", handle: (*snapshot).listSubscriptions},
		{path: "/v1/customers/{customer}/subscriptions/{subscription}/azureEntitlements", handle: (*snapshot).azureEntitlements},
	}
}

// Offers, and the partner on record.
const (
	// PlanOfferID is the offer of every Azure plan.
	PlanOfferID = "DZH318Z0BPS6:0001:DZH318Z0BML6"
	// LegacyOfferID is the offer of every legacy Azure subscription.
	LegacyOfferID = "MS-AZR-0145P"
	// PartnerMPNID is the partner's number on the subscriptions.
	PartnerMPNID = "4821170"
)

func (c customer) offerID() string {
	if c.legacy() {
		return LegacyOfferID
	}
	return PlanOfferID
}

type subscriptionRecord struct {
	ID             string       `json:"id"`
	OfferID        string       `json:"offerId"`
	OfferName      string       `json:"offerName"`
	FriendlyName   string       `json:"friendlyName"`
	ProductType    *productType `json:"productType,omitempty"`
	Quantity       int          `json:"quantity"`
	UnitType       string       `json:"unitType"`
	CreationDate   string       `json:"creationDate"`
	EffectiveStart string       `json:"effectiveStartDate"`
	CommitmentEnd  string       `json:"commitmentEndDate"`
	Status         string       `json:"status"`
	BillingType    string       `json:"billingType"`
	BillingCycle   string       `json:"billingCycle"`
	PartnerID      string       `json:"partnerId,omitempty"`
	Links          links        `json:"links"`
	OrderID        string       `json:"orderId"`
	Attributes     attributes   `json:"attributes"`
}

type productType struct {
	ID string `json:"id"`
}

// noCommitmentEnd is what the API writes where nothing ends.
const noCommitmentEnd = "9999-12-10T00:00:00Z"

func (s *snapshot) listSubscriptions(r *http.Request) (response, error) {
	c, err := s.customer(r.PathValue("customer"))
	if err != nil {
		return response{}, err
	}
	records := []subscriptionRecord{}
	for i, a := range c.azures() {
		records = append(records, s.azureSubscription(a, i))
	}
	for i, l := range c.licences() {
		records = append(records, s.licenceSubscription(c, l, i))
	}
	return single(records), nil
}

// azureSubscription is a plan or a legacy subscription. The latter has its ids
// in capitals and no product type.
func (s *snapshot) azureSubscription(a azure, position int) subscriptionRecord {
	created := s.asOf.AddDate(-2, -position, -len(a.customer.name)).Add(90*time.Minute + 427*time.Millisecond)
	record := subscriptionRecord{
		ID:             a.resourceID(a.id),
		OfferID:        a.offerID(),
		OfferName:      a.name,
		FriendlyName:   a.name,
		Quantity:       1,
		UnitType:       "Usage-based",
		CreationDate:   utc(created),
		EffectiveStart: utc(created.Truncate(24 * time.Hour)),
		CommitmentEnd:  noCommitmentEnd,
		Status:         a.status,
		BillingType:    "usage",
		BillingCycle:   "monthly",
		Links:          selfLink(a.customer, a.resourceID(a.id)),
		OrderID:        a.resourceID(namedGUID("order/" + a.id)),
		Attributes:     attributes{"Subscription"},
	}
	if !a.legacy() {
		record.PartnerID = PartnerMPNID
		record.ProductType = &productType{"Azure"}
	}
	return record
}

func selfLink(c customer, subscriptionID string) links {
	return links{Self: linkTo("/customers/" + c.id + "/subscriptions/" + subscriptionID)}
}

// licence is a subscription to something other than Azure.
type licence struct {
	id       string
	offerID  string
	name     string
	nickname string
	seats    int
	status   string
}

// licences are one or two a customer. The second one is suspended with some
// customers and deleted with others.
func (c customer) licences() []licence {
	size := len(c.name)
	all := []licence{{
		id:       namedGUID("licence/business premium/" + c.id),
		offerID:  "CFQ7TTC0LCHC:0002:CFQ7TTC0RTQ6",
		name:     "Microsoft 365 Business Premium",
		nickname: "Microsoft 365 Business Premium",
		seats:    5 + size,
		status:   "active",
	}}
	if size%2 == 1 {
		status := "suspended"
		if size%4 == 1 {
			status = "deleted"
		}
		all = append(all, licence{
			id:       namedGUID("licence/exchange archiving/" + c.id),
			offerID:  "2828be95-46ba-4f91-b2fd-0bef192ecf60",
			name:     "Exchange Online Archiving for Exchange Online",
			nickname: "Mail archive",
			seats:    2,
			status:   status,
		})
	}
	return all
}

func (s *snapshot) licenceSubscription(c customer, l licence, position int) subscriptionRecord {
	begins := s.asOf.Truncate(24*time.Hour).AddDate(0, -3-position, 0)
	return subscriptionRecord{
		ID:             l.id,
		OfferID:        l.offerID,
		OfferName:      l.name,
		FriendlyName:   l.nickname,
		Quantity:       l.seats,
		UnitType:       "Licenses",
		CreationDate:   utc(begins.Add(23*time.Hour + 693*time.Millisecond)),
		EffectiveStart: utc(begins),
		CommitmentEnd:  utc(begins.AddDate(1, 0, -1)),
		Status:         l.status,
		BillingType:    "license",
		BillingCycle:   "monthly",
		PartnerID:      PartnerMPNID,
		Links:          selfLink(c, l.id),
		OrderID:        namedGUID("order/" + l.id),
		Attributes:     attributes{"Subscription"},
	}
}

type azureEntitlement struct {
	ID             string `json:"id"`
	FriendlyName   string `json:"friendlyName"`
	Status         string `json:"status"`
	SubscriptionID string `json:"subscriptionId"`
}

func (s *snapshot) azureEntitlements(r *http.Request) (response, error) {
	a, err := s.azure(r)
	if err != nil {
		return response{}, err
	}
	if a.legacy() {
		return response{}, errPlansOnly()
	}
	records := []azureEntitlement{}
	for _, e := range a.entitlements() {
		records = append(records, azureEntitlement{e.id, e.name, "active", a.id})
	}
	return single(records), nil
}
