package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
)

// response is one that has not been sent, so that a fault can still change it.
type response struct {
	status int
	header http.Header
	body   []byte
	// stream writes a body that is too large to be kept.
	stream func(io.Writer) error
}

// clone returns a response whose header can be changed without changing this
// one's. The body is shared: nobody changes that.
func (a response) clone() response {
	a.header = a.header.Clone()
	return a
}

// hasBody tells whether HTTP allows a body under a final status.
func hasBody(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// byteOrderMark opens many of the real API's JSON bodies, errors included.
const byteOrderMark = "\ufeff"

// apiResponse is v in the API's encoding.
func apiResponse(status int, v any) response {
	body, err := encode(v)
	if err != nil {
		return failedResponse(err)
	}
	return jsonResponse(status, append([]byte(byteOrderMark), body...))
}

// jsonResponse is a body that is JSON already.
func jsonResponse(status int, body []byte) response {
	return response{
		status: status,
		header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		body:   body,
	}
}

// failedResponse is an error of the emulator itself.
func failedResponse(err error) response {
	return response{
		status: http.StatusInternalServerError,
		header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		body:   []byte(err.Error()),
	}
}

// encode returns v as compact JSON that leaves &, < and > alone, as .NET
// services do.
func encode(v any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}

// apiError is an error response of the API.
type apiError struct {
	status      int
	code        int
	description string
	header      http.Header
}

func (r *apiError) Error() string { return r.description }

// apiErrorBody is the main shape of the API's error bodies.
type apiErrorBody struct {
	Code        int      `json:"code"`
	Description string   `json:"description"`
	Data        []string `json:"data"`
	Source      string   `json:"source"`
}

// errorResponse turns a handler's error into a response.
func errorResponse(err error) response {
	var r *apiError
	if !errors.As(err, &r) {
		r = &apiError{status: http.StatusInternalServerError, code: codeUnexpected, description: err.Error()}
	}
	a := apiResponse(r.status, apiErrorBody{
		Code:        r.code,
		Description: r.description,
		Data:        []string{},
		Source:      "PartnerApiServiceControllers",
	})
	maps.Copy(a.header, r.header)
	return a
}

// Codes of the API's errors.
const (
	codeAccessDenied        = 400
	codeNotFound            = 1000
	codeAuthorizationFailed = 1002
	codeInvalidID           = 2000
	codeNoUsage             = 3000
	codeNoRelationship      = 20002
	codeUnknownSubscription = 20003
	codeTokenMissing        = 800001
	codeInvalidInput        = 800002
	codeUnexpected          = 800003
	codeNoAzureSubscription = 800011
	codeInvalidCustomerID   = 900118
	codeNotSupported        = 900141
	codeNoAppOnly           = 900329
)
