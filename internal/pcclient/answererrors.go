package pcclient

import (
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
)

// faultBody is what an error body says.
type faultBody struct {
	code  string
	words []string
}

// The members of all error bodies that the API, its gateways and the services
// behind it are known to send, in any case of their letters
// (https://learn.microsoft.com/partner-center/developer/error-codes, OData,
// ASP.NET, RFC 9457). The first that is there counts.
var (
	codeMembers = []string{"code", "errorCode", "error", "type"}

	wordMembers = []string{"description", "message", "error_description", "errorMessage", "title"}
	// Each of these adds something.
	moreMembers = []string{"detail", "messageDetail", "exceptionMessage", "errors", "details", "modelState"}
	// Whole errors, within or around another one.
	errorMembers = []string{"error", "odata.error", "innererror", "innerException"}
)

// deepestFault is deeper than any error is nested, and mostWords are more than
// anyone reads.
const (
	deepestFault = 8
	mostWords    = 10
)

// faultIn reads an error: an object, a list of them, or a text.
func faultIn(value any, depth int) (f faultBody) {
	if depth > deepestFault {
		return f
	}
	switch v := value.(type) {
	case string:
		f.add(v)
	case []any:
		for _, element := range v {
			f.merge(faultIn(element, depth+1))
		}
	case map[string]any:
		f.readObject(v, depth)
	}
	return f
}

func (f *faultBody) readObject(object map[string]any, depth int) {
	for _, name := range codeMembers {
		if f.code == "" {
			f.code = codeIn(member(object, name))
		}
	}
	for _, name := range wordMembers {
		if len(f.words) == 0 {
			f.merge(wordsIn(member(object, name), depth))
		}
	}
	for _, name := range errorMembers {
		if inner, ok := member(object, name).(map[string]any); ok && (f.code == "" || len(f.words) == 0) {
			f.merge(faultIn(inner, depth+1))
		}
	}
	for _, name := range moreMembers {
		f.merge(wordsIn(member(object, name), depth))
	}
	if text, ok := member(object, "error").(string); ok && len(f.words) == 0 && strings.Contains(text, " ") {
		f.code, f.words = strings.TrimPrefix(f.code, text), []string{text}
	}
}

// wordsIn reads words: a text, a list of them or of errors, texts by the name of
// what they are about, or a text with its language.
func wordsIn(value any, depth int) (f faultBody) {
	object, ok := value.(map[string]any)
	if !ok {
		return faultIn(value, depth+1)
	}
	if text, ok := member(object, "value").(string); ok {
		f.add(text)
		return f
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		about := faultIn(object[name], depth+1)
		for _, words := range about.words {
			if name != "" {
				words = name + ": " + words
			}
			f.add(words)
		}
	}
	return f
}

// codeIn reads a code: a number or a word. That an error has no type of its own,
// or one of HTTP's, is no code.
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

// merge adds what another error says.
func (f *faultBody) merge(other faultBody) {
	if f.code == "" {
		f.code = other.code
	}
	for _, words := range other.words {
		f.add(words)
	}
}

// add adds words that have not been said.
func (f *faultBody) add(words string) {
	words = strings.TrimSpace(html.UnescapeString(words))
	start := strings.ToLower(words[:min(len(words), len("<!doctype"))])
	if strings.HasPrefix(start, "<!doctype") || strings.HasPrefix(start, "<html") {
		words = browserPage
	}
	if words != "" && len(f.words) < mostWords && !slices.Contains(f.words, words) {
		f.words = append(f.words, words)
	}
}

// member finds a member by its name, in any case if not as it is.
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
