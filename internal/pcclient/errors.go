package pcclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// Error is a failed read: what was requested, what came back, and the ids that
// Microsoft's support asks for. It never holds a token or a body.
type Error struct {
	Method string
	Path   string // without host and query
	Page   int    // from 1

	Status      int    // of the response; 0 without one
	Code        string // the API's own error code, a number or a word
	Description string // the API's own, or what is wrong with the response
	RetryAfter  time.Duration
	NotReady    bool   // the data is being prepared: ask again after RetryAfter
	AppOnly     bool   // the token was the application's own, not a user's
	WithoutMFA  bool   // its user had not passed multifactor authentication
	OtherTenant string // the tenant of the token, if it is not the configured one

	// Claims are those of the token, if they can be read.
	Claims *entra.Claims

	RequestID     string // MS-RequestId
	CorrelationID string // MS-CorrelationId

	Err error // why there is no response, or none that can be read
}

func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s", e.Method, e.Path)
	if e.Page > 1 {
		fmt.Fprintf(&text, " (page %d)", e.Page)
	}
	if e.Status != 0 {
		text.WriteString(strings.TrimRight(fmt.Sprintf(": %d %s", e.Status, http.StatusText(e.Status)), " "))
	}
	if e.Code != "" {
		fmt.Fprintf(&text, ", code %s", e.Code)
	}
	if e.Description != "" {
		fmt.Fprintf(&text, ": %s", e.Description)
	}
	if e.Err != nil {
		fmt.Fprintf(&text, ": %s", e.Err)
	}
	return text.String()
}

func (e *Error) Unwrap() error { return e.Err }

// noUsageText matches "Customer does not have usage data." and similar descriptions:
// one sentence that says only this. "not available" or "no permission" mean
// something else.
var noUsageText = regexp.MustCompile(`(?i)^[^.,;:]*` +
	`((\bno|\bnot have( any)?|n't have( any)?) usage( data| records?)?( (was |were )?found)?|\busage (data|records?) (was |were )?not found)` +
	`( (for|in) [^.,;:]*)?\.?$`)

// noUsage reports whether the error is how the API says that a customer or a
// subscription has no usage, in response to the first request: a 204, or code 3000
// with 400 or 404, if the description is about usage. The code alone can also mean
// an invalid property.
func noUsage(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Page != 1 {
		return false
	}
	return e.Status == http.StatusNoContent && !e.NotReady ||
		e.Code == "3000" && (e.Status == http.StatusBadRequest || e.Status == http.StatusNotFound) && noUsageText.MatchString(e.Description)
}

// responseError describes a response other than 200.
func responseError(response *http.Response, body []byte, tenantID string) *Error {
	token := bearerToken(response.Request)
	if token != "" {
		// A response may repeat the request.
		body = bytes.ReplaceAll(body, []byte(token), []byte("[token]"))
	}
	e := &Error{RetryAfter: transport.RetryAfter(response), NotReady: isNotReady(response)}
	if claims, readable := entra.ReadClaims(token); readable {
		e.Claims = &claims
		e.AppOnly, e.WithoutMFA, e.OtherTenant = claims.AppOnly(), claims.WithoutMFA(), claims.OtherTenant(tenantID)
	}
	e.Code, e.Description = describe(body)
	if e.Description == "" {
		e.Description = "the response has no description"
	}
	return e
}

// htmlPage describes HTML.
const htmlPage = "the response is an HTML page; a proxy or a gateway may have responded in place of the API"

// maxDepth is the limit of the JSON library.
const maxDepth = 10_000

// codeInText finds the code of "Authentication failed. MFA required. (10001)".
var codeInText = regexp.MustCompile(`\((\d+)\)$`)

// describe finds the code and the description in an error body: JSON of any
// known shape, plain text, HTML, or nothing.
func describe(body []byte) (code, description string) {
	body = bytes.TrimSpace(transport.TrimBOM(body))
	switch {
	case len(body) == 0:
		return "", "the response is empty"
	case body[0] == '<':
		return "", htmlPage
	case body[0] != '{' && body[0] != '[':
		text := transport.OneLine(string(body))
		if match := codeInText.FindStringSubmatch(text); match != nil {
			code = match[1]
		}
		return code, text
	}
	var value any
	if json.Unmarshal(body, &value, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil {
		return "", "the response is not in any known format of API errors"
	}
	f := parseError(value, 0)
	return transport.OneLine(f.code), transport.OneLine(strings.Join(f.messages, "; "))
}

// withCause adds the context's cause to an earlier error.
func withCause(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	if cause == nil || errors.Is(err, ErrOperationTimeout) { // net/http may have returned it.
		return err
	}
	if err == nil || err == ctx.Err() { //nolint:errorlint // errors.Is takes a network timeout for that of a context.
		return cause
	}
	return fmt.Errorf("%w; before that: %w", cause, err)
}

// decodeError says which field of a response cannot be read, in terms of the API
// instead of Go types.
func decodeError(err error) error {
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntactic) && errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the response is truncated, at byte %d (%s)", syntactic.ByteOffset, fieldName(syntactic.JSONPointer))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the response is truncated")
	case errors.As(err, &semantic):
		problem := "has a value of the wrong type"
		if semantic.Err != nil {
			problem = semantic.Err.Error()
		} else if kind := semantic.JSONKind; kind != 0 {
			problem = "is " + kindName(kind) + ", which is not the documented type"
		}
		return fmt.Errorf("the field %s of the response cannot be read: %s", fieldName(semantic.JSONPointer), problem)
	case errors.As(err, &syntactic) && strings.Contains(syntactic.Err.Error(), "max depth"):
		return fmt.Errorf("the response is nested more than %d deep, which is the limit", maxDepth)
	case errors.As(err, &syntactic):
		return fmt.Errorf("the response is not valid JSON, at byte %d (%s): %w", syntactic.ByteOffset, fieldName(syntactic.JSONPointer), syntactic.Err)
	}
	return err
}

// fieldName writes /items/3/totalCost as items[3].totalCost.
func fieldName(pointer jsontext.Pointer) string {
	var name strings.Builder
	for token := range pointer.Tokens() {
		switch {
		case strings.Trim(token, "0123456789") == "":
			name.WriteString("[" + token + "]")
		case name.Len() > 0:
			name.WriteString("." + token)
		default:
			name.WriteString(token)
		}
	}
	if name.Len() == 0 {
		return "at the top"
	}
	return transport.OneLine(name.String())
}

// wrongKind reports that the next value is not what is expected.
func wrongKind(decoder *jsontext.Decoder, expected string) error {
	kind := decoder.PeekKind()
	if kind == 0 {
		_, err := decoder.ReadToken()
		return err
	}
	return fmt.Errorf("is %s where %s is expected", kindName(kind), expected)
}

// notAnObject reports that a response is not an object.
func notAnObject(decoder *jsontext.Decoder) error {
	return fmt.Errorf("the response %w", wrongKind(decoder, "an object"))
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{', '}':
		return "an object"
	case '[', ']':
		return "an array"
	default:
		return "no JSON value"
	}
}
