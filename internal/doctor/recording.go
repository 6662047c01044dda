package doctor

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// recordingVersion changes with the format, which the emulator reads.
const recordingVersion = 1

// recordingFile lists the responses of a recording, which are in files beside it.
const recordingFile = "recording.json"

type recording struct {
	Version   int                `json:"version"`
	Program   string             `json:"program"`
	IDs       recordedIDs        `json:"ids"`
	Responses []recordedResponse `json:"responses"`
	Exports   []recordedExport   `json:"exports,omitempty"` // which the emulator does not read
}

// recordedIDs are those that one can ask about.
type recordedIDs struct {
	Customer             string `json:"customer_id"`
	Plan                 string `json:"plan_id"`
	SubscriptionCustomer string `json:"legacy_customer_id"`
	Subscription         string `json:"subscription_id"`
}

type recordedResponse struct {
	Route         string            `json:"route"`
	Path          string            `json:"path"`
	Query         string            `json:"query,omitempty"`
	Continuation  string            `json:"continuation_token,omitempty"`
	Status        int               `json:"status"`
	Headers       map[string]string `json:"headers"`
	ByteOrderMark bool              `json:"byte_order_mark,omitempty"`
	File          string            `json:"file,omitempty"` // has the body
}

// recordedExport is the last response of one step of an export.
type recordedExport struct {
	Route   string            `json:"route"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	File    string            `json:"file,omitempty"` // has the body, or the first lines of a blob
}

// PrepareDirectory creates a directory for a recording. One with files in it is an error.
func PrepareDirectory(directory string) error {
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(directory)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty", directory)
	}
	return nil
}

// Record writes the responses to a directory, without anybody's names, ids and amounts. It
// returns how many there are.
func (x *Examination) Record(directory string) (int, error) {
	a := newAnonymizer(x.endpoint.String())
	for _, e := range x.exchanges {
		a.learn(e.body)
		a.learn([]byte(e.url.Path + "?" + e.url.RawQuery + " " + e.continuation))
	}
	for _, e := range x.exports {
		a.learn(e.body)
	}
	for _, line := range x.lines {
		a.learn(line)
	}
	r := recording{Version: recordingVersion, Program: "partnercenter " + x.Version, Responses: []recordedResponse{}}
	files := map[string][]byte{}
	for i, e := range x.exchanges {
		if e.status == 0 {
			continue
		}
		response := recordedResponse{
			Route:         e.route.path,
			Path:          a.uri(strings.TrimPrefix(e.url.Path, strings.TrimRight(x.endpoint.Path, "/"))),
			Query:         a.query(e.url.RawQuery),
			Continuation:  a.text(e.continuation, nil),
			Status:        e.status,
			Headers:       e.recordedHeaders(),
			ByteOrderMark: e.mark,
		}
		if len(e.body) > 0 {
			body, err := a.anyBody(e)
			if err != nil {
				return 0, err
			}
			response.File = fileName(i+1, e.route.path, ".json")
			files[response.File] = body
		}
		r.Responses = append(r.Responses, response)
	}
	for _, e := range x.exports {
		if e.status == 0 {
			continue
		}
		response, body, err := x.recordExport(a, e)
		if err != nil {
			return 0, err
		}
		if len(body) > 0 {
			response.File = fileName(len(x.exchanges)+len(r.Exports)+1, e.route.api+" "+e.route.path, response.File)
			files[response.File] = body
		}
		r.Exports = append(r.Exports, response)
	}
	id := func(id string) string { return strings.ToLower(a.text(id, nil)) }
	r.IDs = recordedIDs{id(x.ids.Customer), id(x.ids.Plan), id(x.ids.SubscriptionCustomer), id(x.ids.Subscription)}
	list, err := json.Marshal(r, jsontext.Multiline(true), jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return 0, err
	}
	files[recordingFile] = append(list, '\n')
	for name, content := range files {
		if err := writeFile(filepath.Join(directory, name), []byte(x.withoutTokens(string(content)))); err != nil {
			return 0, err
		}
	}
	return len(r.Responses) + len(r.Exports), nil
}

// recordExport replaces everything in a step of an export. The file is the extension only.
func (x *Examination) recordExport(a *anonymizer, e recorded) (response recordedExport, body []byte, err error) {
	response = recordedExport{Route: e.route.path, Status: e.status, Headers: e.recordedHeaders(), File: ".json"}
	switch {
	case e.isBlob:
		delete(response.Headers, "Content-Type") // It is not that of the lines.
		response.File = ".jsonl"
		for _, line := range x.lines {
			replaced, err := a.anyBody(recorded{&exchange{status: http.StatusOK, body: line}, e.route, false})
			if err != nil {
				return response, nil, err
			}
			compact := jsontext.Value(replaced)
			if compact.Compact(lenient) == nil {
				replaced = compact
			}
			body = append(append(body, bytes.TrimSpace(replaced)...), '\n')
		}
	case len(e.body) > 0:
		body, err = a.anyBody(e)
	}
	if len(body) == 0 {
		response.File = ""
	}
	return response, body, err
}

func fileName(number int, path, extension string) string {
	return fmt.Sprintf("%02d-%s%s", number, strings.Trim(notInFileName.ReplaceAllString(path, "-"), "-"), extension)
}

var notInFileName = regexp.MustCompile(`[^0-9A-Za-z]+`)

func writeFile(name string, content []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(0o600)) //nolint:gosec // The user names the directory.
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return cmp.Or(err, file.Close())
}

// anyBody replaces everything in a body. What is not JSON is replaced as a whole, by
// something that cannot be read either.
func (a *anonymizer) anyBody(e recorded) ([]byte, error) {
	body := jsontext.Value(strings.TrimSpace(string(e.body)))
	switch {
	case body.IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)):
		return a.body(body, e.route, e.status, e.noUsage)
	case strings.HasPrefix(string(body), "<"):
		return []byte("<html></html>"), nil
	case len(body) == 0:
		return []byte(" "), nil
	case body[0] != '{' && body[0] != '[':
		return []byte(a.text(string(body), nil)), nil
	}
	return body[:1], nil
}

// recordedHeaders returns the headers that say how the API behaves, and nothing of whom.
func (e *exchange) recordedHeaders() map[string]string {
	headers := map[string]string{}
	e.throttling(headers)
	for name, value := range headers {
		if !strings.EqualFold(name, "Retry-After") && strings.Trim(value, "0123456789") != "" {
			delete(headers, name)
		}
	}
	headers["Content-Type"] = "application/json; charset=utf-8"
	if kind := e.header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") {
		headers["Content-Type"] = "text/html"
	}
	return headers
}
