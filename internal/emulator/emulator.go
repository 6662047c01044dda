package emulator

import (
	"crypto/x509"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Options shape an Emulator. The zero value is the sample partner of 25
// customers, without faults.
type Options struct {
	// Customers is how many customers to generate; 0 stands for the sample
	// partner of 25 customers.
	Customers int
	// OverBudget is how many of the generated customers are over their budget;
	// 0 stands for the share of the sample, 4 of 25.
	OverBudget int
	// PageSize splits collections into pages with links.next; 0 answers each in
	// one page.
	PageSize int
	// Latency is added to every API response.
	Latency time.Duration
	// Utilization is how many utilization records a legacy subscription has,
	// whatever the time asked for; 0 stands for a handful a day or an hour.
	Utilization int
	// ThrottleEvery refuses one of this number of API requests, the last one,
	// with a 429 that asks to wait for a second; 0 refuses none.
	ThrottleEvery int
	// Quota is how many API requests a second are let through, after a first
	// QuotaBurst; 0 is any number. The others get a 429 with the seconds until
	// there is room for one, rounded up.
	Quota      float64
	QuotaBurst int

	// Replay has the responses to send in place of those of the partner; nil
	// stands for none.
	Replay *Recording
	// Rows is how many rows an export of Microsoft Graph has; fewer than the
	// usage is divided into by days, as with 0, are not possible.
	Rows int
	// ManifestLink makes an operation of Microsoft Graph link to its manifest, as
	// documented, instead of having it inline, as observed.
	ManifestLink bool
	// SASLifetime is how long the SAS of a manifest is good for; 0 stands for an
	// hour. One of a negative lifetime has ended.
	SASLifetime time.Duration

	// DevicePolls is how often a device code is answered with
	// authorization_pending before its user has signed in: 0 stands for once,
	// a negative number for never.
	DevicePolls int
	// RevokeRotated makes a refresh token invalid once it has been exchanged
	// for another. Otherwise the old one stays good, as with Entra.
	RevokeRotated bool
	// AppOnly leaves the user out of the environment: the application signs in
	// as itself.
	AppOnly bool
	// NoConsent leaves the application without the permission of Microsoft
	// Graph.
	NoConsent bool
	// Certificates are registered with ClientID: client assertions signed with
	// their keys are taken in place of the secret.
	Certificates []*x509.Certificate
}

// Emulator is a Partner Center, its token endpoint, Microsoft Graph and the blobs
// of its exports. It is an http.Handler, safe for concurrent use.
type Emulator struct {
	options Options
	routes  []route
	// snapshot is replaced when the spend changes, by one call at a time.
	snapshot atomic.Pointer[snapshot]
	spending sync.Mutex
	grants   grants
	exports  exportStore
	faults   faultQueue
	gateway  gateway
	requests requestLog
}

// New returns an Emulator that has received no requests yet.
func New(options Options) *Emulator {
	e := &Emulator{options: options, routes: allRoutes()}
	p := samplePartner()
	if options.Customers > 0 {
		p = newPartner(options)
	}
	e.snapshot.Store(&snapshot{partner: p, options: options})
	return e
}

// Environment returns the variables that make the provider sign in to an emulator
// served at baseURL, each as NAME=value: as App+User, or as the application alone
// with Options.AppOnly.
func (e *Emulator) Environment(baseURL string) []string {
	environment := []string{
		"PARTNERCENTER_ENDPOINT=" + baseURL,
		"PARTNERCENTER_GRAPH_ENDPOINT=" + baseURL,
		"PARTNERCENTER_AUTHORITY_HOST=" + baseURL,
		"PARTNERCENTER_TENANT_ID=" + TenantID,
		"PARTNERCENTER_CLIENT_ID=" + ClientID,
		"PARTNERCENTER_CLIENT_SECRET=" + ClientSecret,
	}
	if !e.options.AppOnly {
		environment = append(environment, "PARTNERCENTER_REFRESH_TOKEN="+RefreshToken)
	}
	return environment
}

// Misbehave queues faults. Each request gets the first one that matches it, and
// no other.
func (e *Emulator) Misbehave(faults ...Fault) {
	e.faults.add(faults)
}

// Requests returns every request received so far, in order of arrival, those
// to the sign-in endpoints included.
func (e *Emulator) Requests() []Request {
	return e.requests.list()
}

// ServeHTTP answers one request.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number := e.requests.begin(r)
	fault := e.faults.take(r.URL.Path)

	var reply response
	delay := fault.Delay
	switch {
	case isSignInPath(r.URL.Path):
		reply = e.signInHandler(r, fault)
	case isGraphPath(r.URL.Path):
		reply = e.graphHandler(r, fault)
	case isBlobPath(r.URL.Path):
		reply = e.blobHandler(r, fault)
	default:
		reply = e.apiHandler(r, fault)
	}
	if !isSignInPath(r.URL.Path) {
		delay += e.options.Latency
	}

	reply = fault.apply(reply)
	clientGone := !pause(r.Context(), delay)
	e.requests.end(number)
	if !clientGone {
		fault.send(r.Context(), w, reply)
	}
}
