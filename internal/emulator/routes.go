package emulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// route is one resource of the API.
type route struct {
	// path has wildcards such as {customer}, which the handler reads with
	// Request.PathValue.
	path string
	// userOnly marks the routes that refuse application-only tokens.
	userOnly bool
	handle   func(*snapshot, *http.Request) (response, error)
}

// allRoutes are the resources of the API. The first that matches answers, so
// that words stand before wildcards.
func allRoutes() []route {
	return slices.Concat(
		usageRoutes(),
		summaryRoutes(),
		resourceRoutes(),
		utilizationRoutes(),
		customerRoutes(),
		subscriptionRoutes(),
		rateCardRoutes(),
		invoiceRoutes(),
	)
}

// apiHandler returns the response of the API to a request, or that of a fault in
// its place. Either carries the ids by which Microsoft's support finds a call.
func (e *Emulator) apiHandler(r *http.Request, fault Fault) response {
	response, err := e.dispatch(r, fault)
	if err != nil {
		response = errorResponse(err)
	}
	for _, name := range []string{"MS-RequestId", "MS-CorrelationId"} {
		id := r.Header.Get(name)
		if id == "" {
			id = randomGUID()
		}
		response.header.Set(name, id)
	}
	return response
}

func (e *Emulator) dispatch(r *http.Request, fault Fault) (response, error) {
	if fault.responds() {
		return fault.apiResponse(), nil
	}
	if wait, refused := e.gateway.throttles(e.options); refused {
		return throttledResponse(wait), nil
	}
	if r.Method != http.MethodGet {
		return response{}, &apiError{
			status:      http.StatusMethodNotAllowed,
			code:        codeNotSupported,
			description: "The resource does not support the method " + r.Method + ".",
			header:      http.Header{"Allow": {http.MethodGet}},
		}
	}
	caller, err := authenticate(r)
	if err != nil {
		return response{}, err
	}
	if e.options.Replay != nil {
		return e.options.Replay.answer(r)
	}
	for _, route := range e.routes {
		if !route.matches(r) {
			continue
		}
		if route.userOnly && caller.appOnly() {
			return response{}, &apiError{
				status:      http.StatusForbidden,
				code:        codeNoAppOnly,
				description: "This API doesn't support application-only authentication.",
			}
		}
		return route.handle(e.snapshot.Load(), r)
	}
	return response{}, &apiError{
		status:      http.StatusNotFound,
		code:        codeNotFound,
		description: "No resource was found that matches the request URI.",
	}
}

// matches tells whether the request is for this route, and if so sets its path
// values. Words match in any case, as in the API, and one trailing slash is
// allowed, as in some of its links; a doubled slash is not.
func (t route) matches(r *http.Request) bool {
	pattern := strings.Split(t.path, "/")
	path := strings.Split(strings.TrimSuffix(r.URL.Path, "/"), "/")
	if len(path) != len(pattern) {
		return false
	}
	for i, word := range pattern {
		if !isWildcard(word) && !strings.EqualFold(word, path[i]) {
			return false
		}
	}
	for i, word := range pattern {
		if isWildcard(word) {
			r.SetPathValue(strings.Trim(word, "{}"), path[i])
		}
	}
	return true
}

func isWildcard(word string) bool {
	return strings.HasPrefix(word, "{")
}

// parameter returns a parameter of the query. The API takes its name in any
// case.
func parameter(r *http.Request, name string) string {
	for key, values := range r.URL.Query() {
		if strings.EqualFold(key, name) {
			return values[0]
		}
	}
	return ""
}

// numberParameter returns a parameter that is a number, 0 where it is missing.
func numberParameter(r *http.Request, name string, highest int) (int, error) {
	text := parameter(r, name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > highest {
		return 0, invalidInput("The parameter " + name + " is not a number from 0 to " + strconv.Itoa(highest) + ".")
	}
	return n, nil
}

func invalidInput(description string) error {
	return &apiError{status: http.StatusBadRequest, code: codeInvalidInput, description: description}
}
