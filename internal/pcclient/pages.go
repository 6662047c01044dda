package pcclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// These are far beyond any collection that a partner has.
const (
	maxPages = 100_000
	maxItems = 1_000_000
)

// Collection is a whole collection, all pages of it.
type Collection[T any] struct {
	Items      []T
	TotalCount *int64 // as the API says on the first page; nil if it does not

	LargestCount *int64 // as it says on any page
}

// collect reads a whole collection.
func collect[T any](ctx context.Context, c *Client, first pageRequest) (*Collection[T], error) {
	all := listing[T]{client: c}
	return all.collect(ctx, first)
}

// collectUsage reads a whole collection of usage. That there is no usage makes it
// empty.
func collectUsage[T any](ctx context.Context, c *Client, first pageRequest) (*Collection[T], error) {
	all := listing[T]{client: c, mayBeUnused: true}
	return all.collect(ctx, first)
}

// Walk reads a collection that may be too large to be held in memory.
type Walk[T any] struct {
	listing listing[T]
	first   pageRequest
}

// Items yields every item of every page, or an error as the last. An item is
// not to be relied on before the walk has ended without one.
func (w *Walk[T]) Items(ctx context.Context) iter.Seq2[T, error] {
	return w.listing.items(ctx, w.first)
}

// TotalCount is how many items the API says there are, if it does. It is known
// after the walk.
func (w *Walk[T]) TotalCount() *int64 { return w.listing.totalCount }

// LargestCount is the most that any page says there are, likewise.
func (w *Walk[T]) LargestCount() *int64 { return w.listing.largestCount }

// listing walks a collection page by page.
type listing[T any] struct {
	client      *Client
	mayBeUnused bool // that there is no usage makes it empty
	mayOverrun  bool // the last page has a token, and what follows it is an error
	noCache     bool // it is too large for the cache
	totalCount  *int64

	largestCount *int64
}

func (l *listing[T]) collect(ctx context.Context, first pageRequest) (*Collection[T], error) {
	whole := &Collection[T]{}
	for item, err := range l.items(ctx, first) {
		if err != nil {
			return nil, err
		}
		whole.Items = append(whole.Items, item)
	}
	whole.TotalCount, whole.LargestCount = l.totalCount, l.largestCount
	return whole, nil
}

func (l *listing[T]) items(ctx context.Context, next pageRequest) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[string]bool{}
		get, records := l.client.getCached, newRepeats(everRead)
		if l.noCache {
			get, records = l.client.ready, newRepeats(sinceThePageBefore)
		}
		read := 0
		for {
			answer, err := get(ctx, next)
			if err != nil {
				if !l.isEnd(next, err) || l.largestCount != nil && *l.largestCount > int64(read) {
					yield(none, err)
				}
				return
			}
			seen[next.cacheKey()] = true

			records.turnPage()
			envelope, goOn, err := readPage(answer.body, records, func(item T, err error) bool {
				if read++; read > l.client.maxItems && !l.noCache {
					yield(none, answer.explain(ctx, fmt.Errorf("the list has more than %d items, which is the limit", l.client.maxItems)))
					return false
				}
				return yield(item, err)
			})
			if !goOn {
				return
			}
			if err != nil {
				yield(none, answer.explain(ctx, decodeError(err)))
				return
			}
			if next.number == 1 {
				l.totalCount = envelope.totalCount
			}
			if said := envelope.totalCount; said != nil && (l.largestCount == nil || *said > *l.largestCount) {
				l.largestCount = said
			}
			following, err := l.client.nextPage(next, envelope)
			switch {
			case err != nil:
			case following == nil:
				return
			case !following.canBeSent():
				err = errors.New("the link to the next page has a header that HTTP does not allow")
			case seen[following.cacheKey()]:
				err = errors.New("the answer links to a page that has been read already, so that the list would never end")
			case following.number > l.client.maxPages:
				err = fmt.Errorf("the list has more than %d pages, which is the limit", l.client.maxPages)
			}
			if err != nil {
				yield(none, answer.explain(ctx, err))
				return
			}
			next = *following
		}
	}
}

// isEnd reports whether an error is how the list ends.
func (l *listing[T]) isEnd(p pageRequest, err error) bool {
	return l.mayBeUnused && noUsage(err) || l.mayOverrun && isPastTheEnd(p, err)
}

// isPastTheEnd reports whether an error is how the list of customers ends if it is
// walked by bare tokens: with 400 and code 2000, which mean nothing of the kind
// anywhere else.
func isPastTheEnd(p pageRequest, err error) bool {
	e, failed := errors.AsType[*Error](err)
	return failed && p.bare && e.Status == http.StatusBadRequest && e.Code == "2000"
}

// cacheKey tells the pages of a collection apart: on many they differ in their
// token only.
func (p pageRequest) cacheKey() string {
	return p.path + "?" + p.query + " " + p.header[http.CanonicalHeaderKey(continuationHeader)]
}

// headerName is what HTTP calls a token.
var headerName = regexp.MustCompile("^[-!#$%&'*+.^_`|~0-9A-Za-z]+$")

// canBeSent reports whether HTTP allows the headers of a next link.
func (p pageRequest) canBeSent() bool {
	for name, value := range p.header {
		if !headerName.MatchString(name) || strings.ContainsFunc(value, unicode.IsControl) {
			return false
		}
	}
	return true
}

// envelope is what a page says beside its items.
type envelope struct {
	totalCount        *int64
	next              *link
	continuationToken string
}

// link is a next link. Its headers belong to the request that follows it.
type link struct {
	URI     string `json:"uri"`
	Method  string `json:"method"`
	Headers []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"headers"`
}

type links struct {
	Next *link `json:"next"`
}

// wirePage has the fields of a page that are read.
type wirePage[T any] struct {
	Items             []T      `json:"items"`
	TotalCount        *Integer `json:"totalCount"`
	ContinuationToken string   `json:"continuationToken"`
	Links             links    `json:"links"`
}

// readPage yields the items of a page one by one, without those that repeat a
// record. It reports whether to go on. A page without an array of items, or one
// that is cut short, is an error.
func readPage[T any](body []byte, records *repeats, yield func(T, error) bool) (e envelope, goOn bool, err error) {
	r := pageReader[T]{body: body, records: records, yield: yield}
	e, goOn, err = r.read(jsontext.NewDecoder(bytes.NewBuffer(body)))
	if !goOn || !isSyntactic(err) {
		return e, goOn, err
	}
	// What is wrong may be in a field that nobody reads. It goes on where it ended.
	if err := refuseTwins[wirePage[T]](body); err != nil {
		return e, true, err
	}
	return r.read(jsontext.NewDecoder(bytes.NewBuffer(body), lenient))
}

// pageReader reads a page.
type pageReader[T any] struct {
	body    []byte
	records *repeats
	yield   func(T, error) bool
	done    int // items that have been read
}

func (r *pageReader[T]) read(decoder *jsontext.Decoder) (e envelope, goOn bool, err error) {
	if kind := decoder.PeekKind(); kind != '{' {
		return e, true, wrongAnswer(decoder)
	}
	if _, err := decoder.ReadToken(); err != nil {
		return e, true, err
	}
	found := false
	for decoder.PeekKind() != '}' {
		name, err := decoder.ReadToken()
		if err != nil {
			return e, true, err
		}
		switch name.String() {
		case "items":
			found = true
			if goOn, err = r.readItems(decoder); !goOn {
				return e, false, nil
			}
		case "totalCount":
			e.totalCount, err = readTotalCount(decoder)
		case "continuationToken":
			err = json.UnmarshalDecode(decoder, &e.continuationToken)
		case "links":
			var l links
			err = json.UnmarshalDecode(decoder, &l)
			// One with headers is not empty, and does not end the list.
			if l.Next != nil && (l.Next.URI != "" || len(l.Next.Headers) > 0) {
				e.next = l.Next
			}
		default:
			err = decoder.SkipValue()
		}
		if err != nil {
			return e, true, err
		}
	}
	if _, err := decoder.ReadToken(); err != nil {
		return e, true, err
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return e, true, errors.New("the answer goes on after its end")
	}
	if !found {
		return e, true, errors.New("the answer has no array of items")
	}
	return e, true, nil
}

// readTotalCount takes a negative number for none.
func readTotalCount(decoder *jsontext.Decoder) (*int64, error) {
	var count *Integer
	if err := json.UnmarshalDecode(decoder, &count); err != nil || count == nil || *count < 0 {
		return nil, err
	}
	return (*int64)(count), nil
}

func (r *pageReader[T]) readItems(decoder *jsontext.Decoder) (goOn bool, err error) {
	if kind := decoder.PeekKind(); kind != '[' {
		return true, fmt.Errorf("the field items of the answer %w", wrongKind(decoder, "an array"))
	}
	if _, err := decoder.ReadToken(); err != nil {
		return true, err
	}
	for i := 0; decoder.PeekKind() != ']'; i++ {
		if i < r.done {
			if err := decoder.SkipValue(); err != nil {
				return true, err
			}
			continue
		}
		var item T
		if decoder.PeekKind() == 'n' {
			return true, fmt.Errorf("the field items[%d] of the answer is null", i)
		}
		start := decoder.InputOffset()
		if err := json.UnmarshalDecode(decoder, &item); err != nil {
			return true, err
		}
		r.done++
		if r.records.isRepeat(bytes.TrimLeft(r.body[start:decoder.InputOffset()], ", \t\r\n")) {
			continue
		}
		if !r.yield(item, nil) {
			return false, nil
		}
	}
	_, err = decoder.ReadToken()
	return true, err
}

// nextPage finds the page after p, or nil after the last one. A collection
// goes on where its links say so, or else where it gives a bare token.
func (c *Client) nextPage(p pageRequest, e envelope) (*pageRequest, error) {
	switch {
	case e.next != nil:
		return c.follow(p, e.next)
	case e.continuationToken != "":
		query := p.seek
		if query == "" {
			values, err := url.ParseQuery(p.query)
			if err != nil {
				return nil, err
			}
			values.Set("seekOperation", "Next")
			query = values.Encode()
		}
		return &pageRequest{
			number: p.number + 1,
			path:   p.path,
			query:  query,
			seek:   p.seek,
			bare:   true,
			header: map[string]string{http.CanonicalHeaderKey(continuationHeader): e.continuationToken},
		}, nil
	}
	return nil, nil //nolint:nilnil // No page follows, and that is no error.
}

// follow resolves a next link. It is seen as /customers?…, customers?… and
// /v1/customers?…; a whole URL has to name this very host.
func (c *Client) follow(p pageRequest, l *link) (*pageRequest, error) {
	if l.Method != "" && !strings.EqualFold(l.Method, http.MethodGet) {
		return nil, errors.New("the link to the next page asks for something else than GET")
	}
	// Some links have their second parameter behind another question mark.
	path, query, _ := strings.Cut(l.URI, "?")
	target, err := url.Parse(path)
	if err != nil || strings.TrimSpace(path) == "" {
		return nil, errors.New("the link to the next page has no usable address")
	}
	if target.Host != "" || target.Scheme != "" {
		if target.Host != c.endpoint.Host || target.Scheme != c.endpoint.Scheme {
			return nil, fmt.Errorf("the link to the next page leads to another host (%s), and the access token must not go there", transport.OneLine(target.Host))
		}
	}
	base := strings.Trim(c.endpoint.EscapedPath(), "/")
	relative := strings.TrimLeft(target.EscapedPath(), "/")
	if base != "" {
		relative = strings.TrimPrefix(relative, base+"/")
	}
	if version, rest, found := strings.Cut(relative, "/"); found && strings.EqualFold(version, "v1") {
		relative = rest
	}
	if decoded, err := url.PathUnescape(relative); err != nil || strings.Contains("/"+decoded+"/", "/../") {
		return nil, errors.New("the link to the next page has no usable address")
	}
	header := map[string]string{}
	for _, pair := range l.Headers {
		header[http.CanonicalHeaderKey(pair.Key)] = pair.Value
	}
	return &pageRequest{
		number: p.number + 1,
		path:   relative,
		query:  strings.ReplaceAll(query, "?", "&"),
		seek:   p.seek,
		header: header,
	}, nil
}
