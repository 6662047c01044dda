package doctor

import (
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Report is what the doctor found.
type Report struct {
	Version  string   `json:"version"`
	Works    bool     `json:"works"` // that everything that was tried works
	SignIns  []SignIn `json:"sign_ins"`
	Routes   []Route  `json:"routes"`
	Requests Requests `json:"requests"`

	tokens []string // that a response may have repeated
}

// Requests counts what was sent.
type Requests struct {
	API     int `json:"api"`     // GET
	Exports int `json:"exports"` // POST, which start an export
	SignIn  int `json:"sign_in"`
}

// SignIn is the sign-in to one API.
type SignIn struct {
	API        string   `json:"api"`
	Works      bool     `json:"works"`
	Optional   bool     `json:"optional"`         // nothing that was asked for needs it, so that its problems do not count
	Reason     string   `json:"reason,omitempty"` // why it was not tried
	Credential string   `json:"credential"`       // empty if none could be chosen
	Source     string   `json:"source"`
	TenantID   string   `json:"tenant_id"`
	ClientID   string   `json:"client_id"`
	Authority  string   `json:"authority"`
	Endpoint   string   `json:"endpoint"`
	Token      *Token   `json:"token"`
	Problems   []Advice `json:"problems"`
}

// Token is what an access token says of itself. It never has the token.
type Token struct {
	Kind        string     `json:"kind"` // App, App+User, or unknown if the token cannot be read
	TenantID    string     `json:"tenant_id"`
	Audience    string     `json:"audience"`
	Permissions string     `json:"permissions"`
	MultiFactor *bool      `json:"multifactor"` // null if the token does not say
	Expires     *time.Time `json:"expires"`
}

// Advice is a problem in the words of the provider.
type Advice struct {
	Summary string `json:"summary"`
	Problem string `json:"problem"`
	Advice  string `json:"advice"`
	IDs     string `json:"ids"`
}

// The results of a route.
const (
	StatusOK      = "ok"
	StatusNoUsage = "no usage"
	StatusFailed  = "failed"
	StatusSkipped = "skipped"
)

// Route is what a route of the API responded.
type Route struct {
	API        string   `json:"api"`
	Route      string   `json:"route"`
	Status     string   `json:"status"`
	Reason     string   `json:"reason,omitempty"` // why it was skipped
	Problem    *Advice  `json:"problem,omitempty"`
	Notes      []string `json:"notes,omitempty"`
	Requests   int      `json:"requests"`
	DurationMS int64    `json:"duration_ms"`

	Records    *int   `json:"records,omitempty"` // read; null for a single object
	TotalCount *int64 `json:"total_count,omitempty"`
	Pages      int    `json:"pages"`
	MorePages  bool   `json:"more_pages"` // that were not read
	NextLinks  []Next `json:"next_links,omitempty"`

	Throttling    map[string]string `json:"throttling,omitempty"` // headers
	ByteOrderMark bool              `json:"byte_order_mark"`
	Bytes         int               `json:"bytes"`
	Differences   []Difference      `json:"differences"`
}

// Next is how a page links to the next one.
type Next struct {
	Form    string   `json:"form"`              // of the URI
	Headers []string `json:"headers,omitempty"` // that belong to the next request
	Token   bool     `json:"token"`             // there is a token beside the items
}

// The kinds of differences.
const (
	KindUnknown   = "unknown field"
	KindMissing   = "missing field"
	KindType      = "other type"
	KindForm      = "other form"
	KindValue     = "unknown value"
	KindDuplicate = "duplicate field"
)

// Difference is how a response differs from what the provider expects. It has no value
// from the response, only its type or form.
type Difference struct {
	Field  string `json:"field"`
	Kind   string `json:"kind"`
	Detail string `json:"detail"`
	Count  int    `json:"count"`
	Of     int    `json:"of"`
}

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	text, err := json.Marshal(r, jsontext.Multiline(true), jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, r.withoutTokens(string(text))+"\n")
	return err
}

// withoutTokens removes the tokens of the requests, which a name or a header of a response
// may repeat.
func (r *Report) withoutTokens(text string) string {
	for _, token := range r.tokens {
		text = strings.ReplaceAll(text, token, "[token]")
	}
	return text
}
