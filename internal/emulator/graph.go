package emulator

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// isGraphPath tells whether a path is one of Microsoft Graph.
func isGraphPath(path string) bool {
	return strings.HasPrefix(path, "/v1.0/") || strings.HasPrefix(path, "/beta/")
}

// What follows the version in the paths of exports. The name of the action may
// have its namespace.
const (
	billingPath    = "reports/partners/billing/"
	unbilledAction = billingPath + "usage/unbilled/"
	billedAction   = billingPath + "usage/billed/"
	operationsPath = billingPath + "operations/"
	manifestsPath  = billingPath + "manifests/"
)

// graphHandler returns the response of Microsoft Graph to a request, or that of a
// fault in its place.
func (e *Emulator) graphHandler(r *http.Request, fault Fault) response {
	ids := newGraphIDs(r)
	reply, err := e.graphDispatch(r, fault)
	if err != nil {
		reply = ids.errorResponse(err, e.snapshot.Load().asOf)
	}
	ids.set(reply.header)
	return reply
}

func (e *Emulator) graphDispatch(r *http.Request, fault Fault) (response, error) {
	if fault.responds() {
		return response{}, fault.graphError()
	}
	if wait, refused := e.gateway.throttles(e.options); refused {
		return response{}, tooManyRequests(wait)
	}
	if err := authorizeExport(r); err != nil {
		return response{}, err
	}
	version, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	rest = strings.ToLower(strings.TrimSuffix(rest, "/"))
	base := baseURL(r) + "/" + version + "/"
	if action, isExport := strings.CutPrefix(rest, unbilledAction); isExport && isExportAction(action) {
		return e.startExport(r, base, (*snapshot).unbilledQuestion)
	}
	if action, isExport := strings.CutPrefix(rest, billedAction); isExport && isExportAction(action) {
		return e.startExport(r, base, (*snapshot).billedQuestion)
	}
	if id, isOperation := strings.CutPrefix(rest, operationsPath); isOperation {
		return e.readOperation(r, base, id, fault)
	}
	if id, isManifest := strings.CutPrefix(rest, manifestsPath); isManifest {
		return e.readManifest(r, base, id)
	}
	return response{}, &graphError{status: http.StatusBadRequest, code: "BadRequest", message: "Resource not found for the segment '" + rest[strings.LastIndexByte(rest, '/')+1:] + "'."}
}

func isExportAction(name string) bool {
	return name == "export" || name == "microsoft.graph.partners.billing.export"
}

// baseURL is where the client has found the emulator.
func baseURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// authorizeExport checks the token of a request about exports.
func authorizeExport(r *http.Request) error {
	bearer, err := readBearer(r, microsoftGraph())
	switch {
	case errors.Is(err, errNoToken):
		return invalidToken("Access token is empty.")
	case errors.Is(err, errAudience):
		return invalidToken("Access token validation failure. Invalid audience.")
	case errors.Is(err, errExpiredToken):
		return invalidToken("Lifetime validation failed, the token is expired.")
	case err != nil:
		return invalidToken("IDX14100: JWT is not well formed, there are no dots (.).")
	case !slices.Contains(bearer.Roles, exportPermission) && !slices.Contains(strings.Fields(bearer.Scope), exportPermission):
		return &graphError{status: http.StatusForbidden, code: "Authorization_RequestDenied", message: "Insufficient privileges to complete the operation."}
	default:
		return nil
	}
}

// startExport answers a request for an export, which is ready at once.
func (e *Emulator) startExport(r *http.Request, base string, read func(*snapshot, exportRequest) (exportQuestion, error)) (response, error) {
	if err := allowOnly(r, http.MethodPost); err != nil {
		return response{}, err
	}
	var asked exportRequest
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		return response{}, badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	s := e.snapshot.Load()
	question, err := read(s, asked)
	if err != nil {
		return response{}, err
	}
	id := e.exports.start(s, question)
	return response{
		status: http.StatusAccepted,
		header: http.Header{"Location": {base + operationsPath + id}},
	}, nil
}

// exportRequest is the body of either export.
type exportRequest struct {
	CurrencyCode  string  `json:"currencyCode"`
	BillingPeriod string  `json:"billingPeriod"`
	InvoiceID     string  `json:"invoiceId"`
	AttributeSet  *string `json:"attributeSet"`
}

// attributeSet is full where the request does not say.
func (a exportRequest) attributeSet() (string, error) {
	if a.AttributeSet == nil {
		return attributesFull, nil
	}
	if set := *a.AttributeSet; set == attributesFull || set == attributesBasic {
		return set, nil
	}
	return "", badRequest("Invalid value '" + *a.AttributeSet + "' for the parameter attributeSet.")
}

func (s *snapshot) unbilledQuestion(asked exportRequest) (exportQuestion, error) {
	set, err := asked.attributeSet()
	switch {
	case err != nil:
		return exportQuestion{}, err
	case len(asked.CurrencyCode) != 3:
		return exportQuestion{}, badRequest("The parameter currencyCode is missing or not a currency code.")
	case asked.BillingPeriod != periodCurrent && asked.BillingPeriod != periodLast:
		return exportQuestion{}, badRequest("The parameter billingPeriod is missing or not valid.")
	}
	return exportQuestion{currency: strings.ToUpper(asked.CurrencyCode), period: asked.BillingPeriod, attributeSet: set}, nil
}

// billedQuestion refuses an invoice that the partner does not have. How the API does
// that is not documented.
func (s *snapshot) billedQuestion(asked exportRequest) (exportQuestion, error) {
	set, err := asked.attributeSet()
	if err != nil {
		return exportQuestion{}, err
	}
	if asked.InvoiceID == "" {
		return exportQuestion{}, badRequest("The parameter invoiceId is missing.")
	}
	bill := s.invoice(asked.InvoiceID)
	if bill == nil {
		return exportQuestion{}, &graphError{status: http.StatusNotFound, code: "NotFound", message: "The invoice '" + asked.InvoiceID + "' was not found."}
	}
	return exportQuestion{currency: bill.currency, invoiceID: bill.id, attributeSet: set}, nil
}

func allowOnly(r *http.Request, method string) error {
	if r.Method == method {
		return nil
	}
	return &graphError{
		status:  http.StatusMethodNotAllowed,
		code:    "Request_BadRequest",
		message: "Specified HTTP method is not allowed for the request target.",
		header:  http.Header{"Allow": {method}},
	}
}
