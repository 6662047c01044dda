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

// PageLimitError means that a list has more pages than [Options] allow.
type PageLimitError struct{ MaxPages int }

func (e PageLimitError) Error() string {
	return fmt.Sprintf("the list has more than %d pages, which is the limit", e.MaxPages)
}

// Collection is a whole collection, all pages of it.
type Collection[T any] struct {
	Items        []*T
	TotalCount   *int64 // as the first page says; nil if it does not
	LargestCount *int64 // the largest that any page says
}

// Pager reads a collection page by page.
type Pager[T any] struct {
	client         *Client
	first          pageRequest
	noUsageIsEmpty bool // that there is no usage makes it empty
	endsWithError  bool // the last page has a token, and the request for the next page fails
	noCache        bool // it is too large for the cache

	totalCount, largestCount *int64
}

func newPager[T any](c *Client, first pageRequest) *Pager[T] {
	return &Pager[T]{client: c, first: first}
}

func newUsagePager[T any](c *Client, first pageRequest) *Pager[T] {
	return &Pager[T]{client: c, first: first, noUsageIsEmpty: true}
}

// TotalCount is how many items there are, as the first page says, or nil if it does
// not. It is known after [Pager.Items].
func (p *Pager[T]) TotalCount() *int64 { return p.totalCount }

// LargestCount is the largest number of items that any page says, likewise.
func (p *Pager[T]) LargestCount() *int64 { return p.largestCount }

// All returns the whole collection.
func (p *Pager[T]) All(ctx context.Context) (*Collection[T], error) {
	all := &Collection[T]{}
	for item, err := range p.Items(ctx) {
		if err != nil {
			return nil, err
		}
		all.Items = append(all.Items, item)
	}
	all.TotalCount, all.LargestCount = p.totalCount, p.largestCount
	return all, nil
}

// Items yields every item of every page. An error is the last that it yields: the
// items before it are not the whole collection.
func (p *Pager[T]) Items(ctx context.Context) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		page := p.first
		read := map[string]bool{}
		get, records := p.client.getCached, newRepeats(everRead)
		if p.noCache {
			get, records = p.client.ready, newRepeats(sinceThePageBefore)
		}
		items := 0
		for {
			response, err := get(ctx, page)
			if err != nil {
				if !p.isEnd(page, err) || p.largestCount != nil && *p.largestCount > int64(items) {
					yield(nil, err)
				}
				return
			}
			read[page.cacheKey()] = true

			records.turnPage()
			before := items
			envelope, goOn, err := readPage(response.Body, records, func(item *T, err error) bool {
				if items++; items > p.client.maxItems && !p.noCache {
					yield(nil, response.Explain(ctx, fmt.Errorf("the list has more than %d items, which is the limit", p.client.maxItems)))
					return false
				}
				return yield(item, err)
			})
			if !goOn {
				return
			}
			if err != nil {
				yield(nil, response.Explain(ctx, decodeError(err)))
				return
			}
			p.count(page, envelope.totalCount)
			progress := transport.ProgressOf(ctx)
			progress.AddPage(items - before)
			if page.number == 1 && p.totalCount != nil {
				progress.AddTotalCount(*p.totalCount)
			}
			next, err := p.client.nextPage(page, envelope)
			switch {
			case err != nil:
			case next == nil:
				return
			case !next.canBeSent():
				err = errors.New("the link to the next page has a header that HTTP does not allow")
			case read[next.cacheKey()]:
				err = errors.New("the response links to a page that has already been read, so the list would never end")
			case next.number > p.client.maxPages:
				err = PageLimitError{p.client.maxPages}
			}
			if err != nil {
				yield(nil, response.Explain(ctx, err))
				return
			}
			page = *next
		}
	}
}

// count notes the number of items that a page says there are.
func (p *Pager[T]) count(page pageRequest, totalCount *int64) {
	if page.number == 1 {
		p.totalCount = totalCount
	}
	if totalCount != nil && (p.largestCount == nil || *totalCount > *p.largestCount) {
		p.largestCount = totalCount
	}
}

// isEnd reports whether an error is how the list ends.
func (p *Pager[T]) isEnd(page pageRequest, err error) bool {
	return p.noUsageIsEmpty && noUsage(err) || p.endsWithError && isPastTheEnd(page, err)
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
func readPage[T any](body []byte, records *repeats, yield func(*T, error) bool) (e envelope, goOn bool, err error) {
	r := pageReader[T]{body: body, records: records, yield: yield}
	e, goOn, err = r.read(jsontext.NewDecoder(bytes.NewBuffer(body)))
	if !goOn || !isSyntactic(err) {
		return e, goOn, err
	}
	// What is wrong may be in a field that nobody reads. It goes on where it ended.
	if err := rejectDuplicates[wirePage[T]](body); err != nil {
		return e, true, err
	}
	return r.read(jsontext.NewDecoder(bytes.NewBuffer(body), lenient))
}

// pageReader reads a page.
type pageReader[T any] struct {
	body    []byte
	records *repeats
	yield   func(*T, error) bool
	done    int // items that have been read
}

func (r *pageReader[T]) read(decoder *jsontext.Decoder) (e envelope, goOn bool, err error) {
	if kind := decoder.PeekKind(); kind != '{' {
		return e, true, notAnObject(decoder)
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
		return e, true, errors.New("trailing data after the JSON response")
	}
	if !found {
		return e, true, errors.New("the response has no items array")
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
		return true, fmt.Errorf("the field items of the response %w", wrongKind(decoder, "an array"))
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
			return true, fmt.Errorf("the field items[%d] of the response is null", i)
		}
		start := decoder.InputOffset()
		if err := json.UnmarshalDecode(decoder, &item); err != nil {
			return true, err
		}
		r.done++
		if r.records.isRepeat(bytes.TrimLeft(r.body[start:decoder.InputOffset()], ", \t\r\n")) {
			continue
		}
		if !r.yield(&item, nil) {
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
		return nil, errors.New("the link to the next page uses a method other than GET")
	}
	// Some links have their second parameter behind another question mark.
	path, query, _ := strings.Cut(l.URI, "?")
	target, err := url.Parse(path)
	if err != nil || strings.TrimSpace(path) == "" {
		return nil, errors.New("the link to the next page has no valid URL")
	}
	if (target.Host != "" || target.Scheme != "") && !transport.SameHost(target, c.options.Endpoint) {
		return nil, fmt.Errorf("the link to the next page leads to another host (%s), and the access token must not go there", transport.OneLine(target.Host))
	}
	base := strings.Trim(c.options.Endpoint.EscapedPath(), "/")
	relative := strings.TrimLeft(target.EscapedPath(), "/")
	if base != "" {
		relative = strings.TrimPrefix(relative, base+"/")
	}
	if version, rest, found := strings.Cut(relative, "/"); found && strings.EqualFold(version, "v1") {
		relative = rest
	}
	if decoded, err := url.PathUnescape(relative); err != nil || strings.Contains("/"+decoded+"/", "/../") {
		return nil, errors.New("the link to the next page has no valid URL")
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
