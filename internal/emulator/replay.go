package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// Recording has responses of an API, to be sent again. They are in a directory with a
// recording.json that lists them.
type Recording struct {
	// IDs are those that one can ask about, by the name of an argument.
	IDs map[string]string

	responses []recordedResponse
}

// recordedResponse is a response, and the request that it is sent to.
type recordedResponse struct {
	path         string
	query        url.Values
	continuation string
	response     response
}

// recordingVersion is the format that can be read.
const recordingVersion = 1

// ReadRecording reads a recording.
func ReadRecording(directory fs.FS) (*Recording, error) {
	list, err := fs.ReadFile(directory, "recording.json")
	if err != nil {
		return nil, err
	}
	var content struct {
		Version   int               `json:"version"`
		IDs       map[string]string `json:"ids"`
		Responses []struct {
			Path          string            `json:"path"`
			Query         string            `json:"query"`
			Continuation  string            `json:"continuation_token"`
			Status        int               `json:"status"`
			Headers       map[string]string `json:"headers"`
			ByteOrderMark bool              `json:"byte_order_mark"`
			File          string            `json:"file"`
		} `json:"responses"`
	}
	if err := json.Unmarshal(list, &content); err != nil {
		return nil, fmt.Errorf("recording.json: %w", err)
	}
	if content.Version != recordingVersion {
		return nil, fmt.Errorf("recording.json has version %d; this emulator reads version %d", content.Version, recordingVersion)
	}
	recording := &Recording{IDs: content.IDs}
	for _, r := range content.Responses {
		query, err := url.ParseQuery(r.Query)
		if err != nil {
			return nil, fmt.Errorf("recording.json: %s: %w", r.Path, err)
		}
		if r.Status < http.StatusOK || r.Status > 599 {
			return nil, fmt.Errorf("recording.json: %s: %d is not a status", r.Path, r.Status)
		}
		recorded := recordedResponse{path: r.Path, query: query, continuation: r.Continuation, response: response{status: r.Status, header: http.Header{}}}
		for name, value := range r.Headers {
			recorded.response.header.Set(name, value)
		}
		if r.File != "" {
			if recorded.response.body, err = fs.ReadFile(directory, r.File); err != nil {
				return nil, err
			}
		}
		if r.ByteOrderMark {
			recorded.response.body = append([]byte(byteOrderMark), recorded.response.body...)
		}
		recording.responses = append(recording.responses, recorded)
	}
	if len(recording.responses) == 0 {
		return nil, errors.New("recording.json has no responses")
	}
	recording.endLists()
	return recording, nil
}

// Responses is how many there are.
func (r *Recording) Responses() int { return len(r.responses) }

// answer returns the response to a request.
func (r *Recording) answer(request *http.Request) (response, error) {
	wanted := recordedResponse{path: request.URL.Path, query: request.URL.Query(), continuation: request.Header.Get(continuationHeader)}
	for _, isSame := range []func(recordedResponse) bool{wanted.equals, wanted.resembles} {
		for _, recorded := range r.responses {
			if isSame(recorded) {
				return recorded.response.clone(), nil
			}
		}
	}
	return response{}, &apiError{status: http.StatusNotFound, code: codeNotFound, description: "The recording has no response to this request."}
}

// equals reports whether two requests ask for the same.
func (r recordedResponse) equals(other recordedResponse) bool {
	return samePath(r.path, other.path) && r.continuation == other.continuation && sameQuery(r.query, other.query)
}

// resembles reports whether two requests ask for the same but for the period, the size of
// the pages, or the market, of which a recording has one only.
func (r recordedResponse) resembles(other recordedResponse) bool {
	return samePath(r.path, other.path) && r.continuation == other.continuation && sameQuery(withoutChoices(r.query), withoutChoices(other.query))
}

func samePath(a, b string) bool {
	return strings.EqualFold(strings.Trim(a, "/"), strings.Trim(b, "/"))
}

// sameQuery compares queries. The names of parameters are in any case.
func sameQuery(a, b url.Values) bool {
	return maps.Equal(lowerNames(a), lowerNames(b))
}

func lowerNames(query url.Values) map[string]string {
	lower := map[string]string{}
	for name, values := range query {
		lower[strings.ToLower(name)] = values[0]
	}
	return lower
}

func withoutChoices(query url.Values) url.Values {
	query = maps.Clone(query)
	maps.DeleteFunc(query, func(name string, _ []string) bool {
		switch strings.ToLower(name) {
		case "start_time", "end_time", "granularity", "show_details", "size", "currency", "region":
			return true
		}
		return false
	})
	return query
}

// endLists removes the next link of a page whose next page was not recorded, so that the
// list ends there. Its total count stays, and says that the list is not complete.
func (r *Recording) endLists() {
	for i, recorded := range r.responses {
		var page map[string]json.RawMessage
		body := strings.TrimPrefix(string(recorded.response.body), byteOrderMark)
		if recorded.response.status != http.StatusOK || json.Unmarshal([]byte(body), &page) != nil || page["items"] == nil {
			continue
		}
		var token string
		var pageLinks struct {
			Next *link `json:"next"`
		}
		_ = json.Unmarshal(page["continuationToken"], &token)
		_ = json.Unmarshal(page["links"], &pageLinks)
		var query url.Values
		if next := pageLinks.Next; next != nil {
			_, text, _ := strings.Cut(next.URI, "?")
			query, _ = url.ParseQuery(strings.ReplaceAll(text, "?", "&"))
			for _, h := range next.Headers {
				if strings.EqualFold(h.Key, continuationHeader) {
					token = h.Value
				}
			}
		}
		if pageLinks.Next == nil && token == "" || r.hasPage(recorded.path, token, query) {
			continue
		}
		delete(page, "continuationToken")
		delete(page, "links")
		if shorter, err := json.Marshal(page); err == nil {
			r.responses[i].response.body = shorter
		}
	}
}

// hasPage reports whether the recording has the next page of a list.
func (r *Recording) hasPage(path, token string, query url.Values) bool {
	for _, recorded := range r.responses {
		if samePath(recorded.path, path) && recorded.continuation == token && (token != "" || sameQuery(recorded.query, query)) {
			return true
		}
	}
	return false
}
