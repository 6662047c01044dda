package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
)

// answer is a response that has not been sent, so that a fault can still
// change it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// clone returns an answer whose header can be changed without changing this
// one's. The body is shared: nobody changes that.
func (a answer) clone() answer {
	a.header = a.header.Clone()
	return a
}

// hasBody tells whether HTTP allows a body under a final status.
func hasBody(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// byteOrderMark opens many of the real API's JSON bodies, errors included.
const byteOrderMark = "\ufeff"

// apiAnswer is v in the API's encoding.
func apiAnswer(status int, v any) answer {
	body, err := encode(v)
	if err != nil {
		return plainAnswer(http.StatusInternalServerError, err.Error())
	}
	return jsonAnswer(status, append([]byte(byteOrderMark), body...))
}

// jsonAnswer is a body that is JSON already.
func jsonAnswer(status int, body []byte) answer {
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		body:   body,
	}
}

func plainAnswer(status int, text string) answer {
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		body:   []byte(text),
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

// refusal is an error answer of the API.
type refusal struct {
	status      int
	code        int
	description string
	header      http.Header
}

func (r *refusal) Error() string { return r.description }

// apiError is the main shape of the API's error bodies.
type apiError struct {
	Code        int      `json:"code"`
	Description string   `json:"description"`
	Data        []string `json:"data"`
	Source      string   `json:"source"`
}

// errorAnswer turns a handler's error into an answer.
func errorAnswer(err error) answer {
	var r *refusal
	if !errors.As(err, &r) {
		r = &refusal{status: http.StatusInternalServerError, code: codeUnexpected, description: err.Error()}
	}
	a := apiAnswer(r.status, apiError{
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
