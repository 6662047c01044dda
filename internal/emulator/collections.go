package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// collection is one page of a PagedResourceCollection.
type collection[T any] struct {
	TotalCount int        `json:"totalCount"`
	Items      []T        `json:"items"`
	Links      links      `json:"links"`
	Attributes attributes `json:"attributes"`
}

type links struct {
	Self link  `json:"self"`
	Next *link `json:"next,omitempty"`
}

type link struct {
	URI     string   `json:"uri"`
	Method  string   `json:"method"`
	Headers []header `json:"headers"`
}

type header struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type attributes struct {
	ObjectType string `json:"objectType"`
}

func linkTo(uri string, headers ...header) link {
	return link{URI: uri, Method: http.MethodGet, Headers: append([]header{}, headers...)}
}

// page is a page of a collection, ready to be sent to whoever has its token.
// The first page needs none.
type page struct {
	token  string
	answer answer
}

// continuationHeader carries the token of a page after the first.
const continuationHeader = "MS-ContinuationToken"

// paginate splits records into pages of the given size, 0 for a single one.
func paginate[T any](self string, records []T, size int) []page {
	if size <= 0 {
		size = len(records)
	}
	chunks := [][]T{{}}
	if len(records) > 0 {
		chunks = slices.Collect(slices.Chunk(records, size))
	}

	pages := make([]page, len(chunks))
	for i, chunk := range chunks {
		content := collection[T]{
			TotalCount: len(records),
			Items:      chunk,
			Links:      links{Self: linkTo(self)},
			Attributes: attributes{ObjectType: "Collection"},
		}
		if i+1 < len(chunks) {
			next := linkTo(nextURI(self, i), header{continuationHeader, continuationToken(self, i+1)})
			content.Links.Next = &next
		}
		if i > 0 {
			pages[i].token = continuationToken(self, i)
		}
		pages[i].answer = apiAnswer(http.StatusOK, content)
	}
	return pages
}

// nextURI is the same from page to page but for its beginning, which takes
// turns through the three that the API is known to write.
func nextURI(self string, page int) string {
	path := strings.Trim(self, "/") + "?seekOperation=Next"
	return [...]string{"/" + path, path, "/v1/" + path}[page%3]
}

// continuationToken names a page. It is opaque and has the characters that
// trip clients which put it into a URL: its beginning encodes to "++//", its
// length to a trailing "=".
func continuationToken(self string, page int) string {
	digest := sha256.Sum256([]byte(self + "#" + strconv.Itoa(page)))
	return base64.StdEncoding.EncodeToString(append([]byte{0xfb, 0xef, 0xff}, digest[:]...))
}

// collectionCache keeps collections by their self link, encoded: a large one
// takes longer to build than to send.
type collectionCache struct {
	mu    sync.Mutex
	pages map[string][]page
}

func (c *collectionCache) get(self string, build func() []page) []page {
	c.mu.Lock()
	defer c.mu.Unlock()
	pages, ok := c.pages[self]
	if !ok {
		pages = build()
		if c.pages == nil {
			c.pages = make(map[string][]page)
		}
		c.pages[self] = pages
	}
	return pages
}

// collect answers with the page of a collection that the request asks for.
func collect[T any](e *Emulator, r *http.Request, self string, records func() []T) (answer, error) {
	pages := e.collections.get(self, func() []page {
		return paginate(self, records(), e.options.PageSize)
	})
	token := r.Header.Get(continuationHeader)
	asked := slices.IndexFunc(pages, func(p page) bool { return p.token == token })
	if asked < 0 || isContinuation(r) != (token != "") {
		return answer{}, &refusal{
			status:      http.StatusBadRequest,
			code:        codeInvalidID,
			description: "The continuation token is missing or not valid for this collection.",
		}
	}
	return pages[asked].answer.clone(), nil
}

// isContinuation tells whether the query asks for the next page. The API takes
// the parameter and its value in any case.
func isContinuation(r *http.Request) bool {
	for name, values := range r.URL.Query() {
		if strings.EqualFold(name, "seekOperation") {
			return strings.EqualFold(values[0], "Next")
		}
	}
	return false
}
