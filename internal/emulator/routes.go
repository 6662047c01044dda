package emulator

import (
	"net/http"
	"strings"
)

// route is one resource of the API.
type route struct {
	// path has wildcards such as {customer}, which the handler reads with
	// Request.PathValue.
	path string
	// userOnly marks the routes that refuse application-only tokens.
	userOnly bool
	handle   func(*http.Request) (answer, error)
}

// answerAPI is the answer of the API to a request, or that of a fault in its
// place. Either carries the ids by which Microsoft's support finds a call.
func (e *Emulator) answerAPI(r *http.Request, fault Fault) answer {
	response, err := e.dispatch(r, fault)
	if err != nil {
		response = errorAnswer(err)
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

func (e *Emulator) dispatch(r *http.Request, fault Fault) (answer, error) {
	if fault.answers() {
		return fault.apiAnswer(), nil
	}
	if r.Method != http.MethodGet {
		return answer{}, &refusal{
			status:      http.StatusMethodNotAllowed,
			code:        codeNotSupported,
			description: "The resource does not support the method " + r.Method + ".",
			header:      http.Header{"Allow": {http.MethodGet}},
		}
	}
	caller, err := authenticate(r)
	if err != nil {
		return answer{}, err
	}
	for _, route := range e.routes {
		if !route.matches(r) {
			continue
		}
		if route.userOnly && caller.appOnly() {
			return answer{}, &refusal{
				status:      http.StatusForbidden,
				code:        codeNoAppOnly,
				description: "This API doesn't support application-only authentication.",
			}
		}
		return route.handle(r)
	}
	return answer{}, &refusal{
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
