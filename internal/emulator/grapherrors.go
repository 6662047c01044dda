package emulator

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// graphError is an error response of Microsoft Graph.
type graphError struct {
	status  int
	code    string
	message string
	header  http.Header
}

func (e *graphError) Error() string { return e.message }

func badRequest(message string) error {
	return &graphError{status: http.StatusBadRequest, code: "BadRequest", message: message}
}

func invalidToken(message string) error {
	return &graphError{
		status:  http.StatusUnauthorized,
		code:    "InvalidAuthenticationToken",
		message: message,
		header:  http.Header{"Www-Authenticate": {`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`}},
	}
}

func tooManyRequests(seconds int) error {
	return &graphError{
		status:  http.StatusTooManyRequests,
		code:    graphCode(http.StatusTooManyRequests),
		message: "Too many requests.",
		header:  http.Header{"Retry-After": {strconv.Itoa(seconds)}},
	}
}

// graphError is the fault's own response to a request to Microsoft Graph.
func (f Fault) graphError() error {
	return &graphError{status: f.Status, code: cmp.Or(f.Error, graphCode(f.Status)), message: f.describe()}
}

// graphCode is the code that goes with a status.
func graphCode(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "BadRequest"
	case http.StatusUnauthorized:
		return "InvalidAuthenticationToken"
	case http.StatusForbidden:
		return "Authorization_RequestDenied"
	case http.StatusNotFound:
		return "ResourceNotFound"
	case http.StatusTooManyRequests:
		return "TooManyRequests"
	case http.StatusServiceUnavailable:
		return "ServiceUnavailable"
	default:
		return "UnknownError"
	}
}

// graphIDs are the ids by which Microsoft's support finds a request. The client's
// own is that of the service where the client has none.
type graphIDs struct{ request, client string }

func newGraphIDs(r *http.Request) graphIDs {
	request := randomGUID()
	return graphIDs{request, cmp.Or(r.Header.Get("client-request-id"), request)}
}

func (i graphIDs) set(header http.Header) {
	header.Set("request-id", i.request)
	header.Set("client-request-id", i.client)
}

// errorResponse is an error in the shape of Microsoft Graph.
func (i graphIDs) errorResponse(err error, asOf time.Time) response {
	var e *graphError
	if !errors.As(err, &e) {
		e = &graphError{status: http.StatusInternalServerError, code: "UnknownError", message: err.Error()}
	}
	type innerError struct {
		Date            string `json:"date"`
		RequestID       string `json:"request-id"`
		ClientRequestID string `json:"client-request-id"`
	}
	type content struct {
		Code       string     `json:"code"`
		Message    string     `json:"message"`
		InnerError innerError `json:"innerError"`
	}
	reply := graphResponse(e.status, struct {
		Error content `json:"error"`
	}{content{e.code, e.message, innerError{unzoned(asOf), i.request, i.client}}})
	maps.Copy(reply.header, e.header)
	return reply
}

// graphResponse is v as Microsoft Graph sends it: without a byte order mark.
func graphResponse(status int, v any) response {
	body, err := encode(v)
	if err != nil {
		return failedResponse(err)
	}
	reply := jsonResponse(status, body)
	reply.header.Set("Content-Type", "application/json")
	return reply
}
