package emulator

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Always makes a Fault hit every request that it matches.
const Always = -1

// Fault is one way to misbehave. Fields that are left out leave that part of
// the response as it would be.
type Fault struct {
	// Path is the end of the paths to hit, in whole segments and any case:
	// "customers/usagerecords", say. A * in it stands for any part of a segment, as
	// in "operations/*" and "part-00001-*". Empty stands for every request but those
	// to sign in: these are hit only by a path of their own, such as "token" or
	// "devicecode".
	Path string
	// After is how many requests to let pass first: 1 hits the second page.
	After int
	// Times is how many requests to hit: 0 is one, Always is all of them.
	Times int

	// Status answers with an error: in the API's shape, in that of its gateway
	// for a 429 without a code, or in that of Entra, Microsoft Graph or Azure
	// Storage, whose request it is.
	Status int
	// RetryAfter is the header of that name, sent as it stands: seconds or an
	// HTTP date.
	RetryAfter string
	// Code is the code in the error body; 0 stands for one that goes with the
	// status. On a sign-in endpoint it is the number of an AADSTS error.
	Code int
	// Error is the name of the error on a sign-in endpoint, such as
	// "expired_token" or "authorization_declined", and its code in Microsoft Graph
	// and Azure Storage; empty stands for one that goes with the status.
	Error string
	// Description is the text in the error body.
	Description string

	// Operation is the status of an operation of Microsoft Graph: notStarted,
	// running, unknownFutureValue, completed, which is a success, or failed, with
	// the code and the description.
	Operation string
	// Encoding is how a blob is written, instead of as gzip of UTF-8: one of Plain,
	// Deflate and UTF16.
	Encoding string

	// Date is the header of that name: what the clock of the service says.
	Date string
	// Location is the header of that name, where a redirect leads to.
	Location string
	// Body replaces the body, with no byte order mark added; without a status
	// it is sent as a success.
	Body *string
	// Edit changes the body that would be sent.
	Edit func([]byte) []byte
	// ContentType replaces the content type.
	ContentType string
	// Pad is how many spaces follow the body, which is as good with them.
	Pad int
	// Gzip compresses the body, whether the client takes that or not.
	Gzip bool

	// Delay holds the response back.
	Delay time.Duration
	// Trickle is the time that each byte of the body takes.
	Trickle time.Duration
	// Framing is how the end of the body is told: by its length, or as one of
	// Chunked and UntilClose.
	Framing string
	// CutBody announces the whole body, sends half of it and hangs up.
	CutBody bool
	// Reset closes the connection instead of answering, or with CutBody instead
	// of hanging up.
	Reset bool
}

// The framings of a body that do not tell its length.
const (
	// Chunked ends the body with an empty chunk.
	Chunked = "chunked"
	// UntilClose ends the body with the connection, as HTTP/1.0 did: half of
	// it looks like all of it.
	UntilClose = "until-close"
)

// matches tells whether the fault hits requests for a path.
func (f Fault) matches(url string) bool {
	if f.Path == "" {
		return !isSignInPath(url)
	}
	pattern := strings.Split(strings.Trim(strings.ToLower(f.Path), "/"), "/")
	segments := strings.Split(strings.ToLower(url), "/")
	if len(segments) <= len(pattern) { // The first one is empty.
		return false
	}
	for i, segment := range segments[len(segments)-len(pattern):] {
		if matched, err := path.Match(pattern[i], segment); err != nil || !matched {
			return false
		}
	}
	return true
}

// changesBody tells whether the fault needs the whole body.
func (f Fault) changesBody() bool {
	return f.Edit != nil || f.Pad > 0 || f.Gzip || f.Trickle > 0 || f.Framing == UntilClose || f.CutBody
}

// responds tells whether the fault has a response of its own.
func (f Fault) responds() bool { return f.Status != 0 || f.Body != nil }

// apiResponse is the fault's own response to an API request.
func (f Fault) apiResponse() response {
	if f.Status == http.StatusTooManyRequests && f.Code == 0 {
		return apiResponse(f.Status, f.throttled())
	}
	code := f.Code
	if code == 0 {
		code = defaultCode(f.Status)
	}
	return errorResponse(&apiError{status: f.Status, code: code, description: f.describe()})
}

// signInResponse is the fault's own response to a request to sign in.
func (f Fault) signInResponse(asOf time.Time) response {
	refused := defaultSignInError(f.Status)
	if f.Error != "" {
		refused.kind, refused.code = f.Error, defaultSignInCode(f.Error, refused.code)
	}
	if f.Code != 0 {
		refused.code = f.Code
	}
	refused.message = f.describe()
	return refused.answer(asOf)
}

// apply changes the parts of a response that are the same for every kind of it.
func (f Fault) apply(a response) response {
	switch {
	case f.Status != 0:
		a.status = f.Status
	case f.Body != nil:
		a.status = http.StatusOK
	}
	if f.Body != nil {
		a.body, a.stream = []byte(*f.Body), nil
	}
	if f.Edit != nil {
		a.body = f.Edit(a.body)
	}
	if f.ContentType != "" {
		a.header.Set("Content-Type", f.ContentType)
	}
	if f.RetryAfter != "" {
		a.header.Set("Retry-After", f.RetryAfter)
	}
	if f.Date != "" {
		a.header.Set("Date", f.Date)
	}
	if f.Location != "" {
		a.header.Set("Location", f.Location)
	}
	if !hasBody(a.status) {
		a.body = nil
		a.header.Del("Content-Type")
	}
	return a
}

func (f Fault) describe() string {
	if f.Description != "" {
		return f.Description
	}
	return http.StatusText(f.Status) + "."
}

// throttled is the error body of the gateway in front of the API.
func (f Fault) throttled() any {
	message := f.Description
	if message == "" {
		message = "Rate limit is exceeded. Try again later."
		if seconds, err := strconv.Atoi(f.RetryAfter); err == nil {
			message = fmt.Sprintf("Rate limit is exceeded. Try again in %d seconds.", seconds)
		}
	}
	return struct {
		StatusCode int    `json:"statusCode"`
		Message    string `json:"message"`
	}{f.Status, message}
}

// defaultCode is the API's code that goes with a status.
func defaultCode(status int) int {
	switch status {
	case http.StatusBadRequest:
		return codeInvalidInput
	case http.StatusUnauthorized:
		return codeAccessDenied
	case http.StatusForbidden:
		return codeAuthorizationFailed
	case http.StatusNotFound:
		return codeNotFound
	default:
		return codeUnexpected
	}
}

// defaultSignInError is Entra's error that goes with a status.
func defaultSignInError(status int) signInError {
	switch {
	case status == http.StatusUnauthorized:
		return signInError{status: status, kind: "invalid_client", code: 7000215}
	case status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		return signInError{status: status, kind: "temporarily_unavailable", code: 90033}
	default:
		return signInError{status: status, kind: "invalid_grant", code: 70000}
	}
}

// defaultSignInCode is the number that goes with the name of an error.
func defaultSignInCode(kind string, other int) int {
	switch kind {
	case "authorization_declined":
		return 65004
	case "authorization_pending":
		return 70016
	case "bad_verification_code":
		return 70018
	case "expired_token":
		return 70020
	default:
		return other
	}
}

// faultQueue holds the faults that are still to come.
type faultQueue struct {
	mu     sync.Mutex
	faults []Fault
}

func (q *faultQueue) add(faults []Fault) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.faults = append(q.faults, faults...)
}

// take returns the first fault that matches the path and counts it as used; if
// none does, one that changes nothing.
func (q *faultQueue) take(url string) Fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.IndexFunc(q.faults, func(f Fault) bool { return f.matches(url) })
	if i < 0 {
		return Fault{}
	}
	if q.faults[i].After > 0 {
		q.faults[i].After--
		return Fault{}
	}
	fault := q.faults[i]
	switch {
	case fault.Times < 0:
	case fault.Times > 1:
		q.faults[i].Times--
	default:
		q.faults = slices.Delete(q.faults, i, i+1)
	}
	return fault
}
