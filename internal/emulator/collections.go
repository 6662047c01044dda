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
	TotalCount int `json:"totalCount"`
	Items      []T `json:"items"`
	// ContinuationToken is that of the next page, where the collection writes
	// it beside the items as well.
	ContinuationToken string     `json:"continuationToken,omitempty"`
	Links             *links     `json:"links,omitempty"`
	Attributes        attributes `json:"attributes"`
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
	token    string
	response response
}

// continuationHeader carries the token of a page after the first.
const continuationHeader = "MS-ContinuationToken"

// pagination is how a collection is divided into pages and linked.
type pagination struct {
	self string
	// size is how many items a page has, 0 for a single page.
	size int
	// next writes the address of the page after the given one.
	next func(self string, page int) string
	// beside writes the continuation token beside the items as well.
	beside bool
}

// usagePagination is the pagination of usage records, of which the API documents
// that they come in pages and no more.
func (s *snapshot) usagePagination(self string) pagination {
	return pagination{self: self, size: s.options.PageSize, next: nextURI}
}

// paginate splits records into pages.
func paginate[T any](l pagination, records []T) []page {
	size := l.size
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
			Links:      &links{Self: linkTo(l.self)},
			Attributes: attributes{ObjectType: "Collection"},
		}
		if i+1 < len(chunks) {
			token := continuationToken(l.self, i+1)
			next := linkTo(l.next(l.self, i), header{continuationHeader, token})
			content.Links.Next = &next
			if l.beside {
				content.ContinuationToken = token
			}
		}
		if i > 0 {
			pages[i].token = continuationToken(l.self, i)
		}
		pages[i].response = apiResponse(http.StatusOK, content)
	}
	return pages
}

// single is the response of a collection that has neither pages nor links.
func single[T any](records []T) response {
	return apiResponse(http.StatusOK, collection[T]{
		TotalCount: len(records),
		Items:      records,
		Attributes: attributes{ObjectType: "Collection"},
	})
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

// collectionCache keeps collections by their path and self link, encoded: a
// large one takes longer to build than to send.
type collectionCache struct {
	mu    sync.Mutex
	pages map[string][]page
}

func (c *collectionCache) get(key string, build func() []page) []page {
	c.mu.Lock()
	defer c.mu.Unlock()
	pages, ok := c.pages[key]
	if !ok {
		pages = build()
		if c.pages == nil {
			c.pages = make(map[string][]page)
		}
		c.pages[key] = pages
	}
	return pages
}

// collect returns the page of a collection that the request asks for.
func collect[T any](s *snapshot, r *http.Request, l pagination, records func() []T) (response, error) {
	// Two collections can have the same self link, since one of the documented
	// ones names another route.
	key := strings.ToLower(strings.TrimSuffix(r.URL.Path, "/")) + " " + l.self
	pages := s.collections.get(key, func() []page {
		return paginate(l, records())
	})
	token := r.Header.Get(continuationHeader)
	asked := slices.IndexFunc(pages, func(p page) bool { return p.token == token })
	if asked < 0 || isContinuation(r) != (token != "") {
		return response{}, invalidContinuation()
	}
	return pages[asked].response.clone(), nil
}

func invalidContinuation() error {
	return &apiError{
		status:      http.StatusBadRequest,
		code:        codeInvalidID,
		description: "The continuation token is missing or not valid for this collection.",
	}
}

// isContinuation tells whether the query asks for the next page.
func isContinuation(r *http.Request) bool {
	return strings.EqualFold(parameter(r, "seekOperation"), "Next")
}
