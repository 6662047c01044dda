package pcclient

import (
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
)

// errorBody is the content of an error response.
type errorBody struct {
	code     string
	messages []string
}

// The members of the error bodies that the API, its gateways and the services
// behind it are known to send, matched without regard to case
// (https://learn.microsoft.com/partner-center/developer/error-codes, OData,
// ASP.NET, RFC 9457). The first one present is used.
var (
	codeMembers = []string{"code", "errorCode", "error", "type"}

	messageMembers = []string{"description", "message", "error_description", "errorMessage", "title"}
	// All of these are used.
	detailMembers = []string{"detail", "messageDetail", "exceptionMessage", "errors", "details", "modelState"}
	// Errors nested in another one.
	errorMembers = []string{"error", "odata.error", "innererror", "innerException"}
)

// No real error is nested deeper than maxErrorDepth, and nobody reads more than
// maxMessages.
const (
	maxErrorDepth = 8
	maxMessages   = 10
)

// parseError reads an error: an object, a list of them, or a string.
func parseError(value any, depth int) (f errorBody) {
	if depth > maxErrorDepth {
		return f
	}
	switch v := value.(type) {
	case string:
		f.add(v)
	case []any:
		for _, element := range v {
			f.merge(parseError(element, depth+1))
		}
	case map[string]any:
		f.readObject(v, depth)
	}
	return f
}

func (f *errorBody) readObject(object map[string]any, depth int) {
	for _, name := range codeMembers {
		if f.code == "" {
			f.code = codeIn(member(object, name))
		}
	}
	for _, name := range messageMembers {
		if len(f.messages) == 0 {
			f.merge(messagesIn(member(object, name), depth))
		}
	}
	for _, name := range errorMembers {
		if inner, ok := member(object, name).(map[string]any); ok && (f.code == "" || len(f.messages) == 0) {
			f.merge(parseError(inner, depth+1))
		}
	}
	for _, name := range detailMembers {
		f.merge(messagesIn(member(object, name), depth))
	}
	if text, ok := member(object, "error").(string); ok && len(f.messages) == 0 && strings.Contains(text, " ") {
		f.code, f.messages = strings.TrimPrefix(f.code, text), []string{text}
	}
}

// messagesIn reads messages: a string, a list of strings or errors, strings by field
// name, or a string with its language.
func messagesIn(value any, depth int) (f errorBody) {
	object, ok := value.(map[string]any)
	if !ok {
		return parseError(value, depth+1)
	}
	if text, ok := member(object, "value").(string); ok {
		f.add(text)
		return f
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		about := parseError(object[name], depth+1)
		for _, message := range about.messages {
			if name != "" {
				message = name + ": " + message
			}
			f.add(message)
		}
	}
	return f
}

// codeIn reads a code: a number or a word. The type of an RFC 9457 problem that only
// repeats the status is no code.
func codeIn(value any) string {
	switch v := value.(type) {
	case float64:
		return fmt.Sprintf("%.0f", v)
	case string:
		if v != "about:blank" && !strings.Contains(v, "/rfc") {
			return v
		}
	}
	return ""
}

// merge adds the code and the messages of another error.
func (f *errorBody) merge(other errorBody) {
	if f.code == "" {
		f.code = other.code
	}
	for _, message := range other.messages {
		f.add(message)
	}
}

// add adds a message that is not there yet.
func (f *errorBody) add(message string) {
	message = strings.TrimSpace(html.UnescapeString(message))
	start := strings.ToLower(message[:min(len(message), len("<!doctype"))])
	if strings.HasPrefix(start, "<!doctype") || strings.HasPrefix(start, "<html") {
		message = htmlPage
	}
	if message != "" && len(f.messages) < maxMessages && !slices.Contains(f.messages, message) {
		f.messages = append(f.messages, message)
	}
}

// member finds a member by its exact name, or else by its name in any case.
func member(object map[string]any, name string) any {
	if value, ok := object[name]; ok {
		return value
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if strings.EqualFold(key, name) {
			return object[key]
		}
	}
	return nil
}
