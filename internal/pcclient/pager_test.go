package pcclient

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// pageWith is a page with one record and a next link, all of it raw JSON.
func pageWith(id, next string) string {
	return `{"totalCount":2,"items":[{"resourceId":"` + id + `","totalCost":1.5}],"links":{"self":{"uri":"/customers/usagerecords","method":"GET","headers":[]},"next":` + next + `}}`
}

// token is a next link with a continuation token, to the same address as always.
func token(value string) string {
	return `{"uri":"/customers/usagerecords?seekOperation=Next","method":"GET","headers":[{"key":"MS-ContinuationToken","value":"` + value + `"}]}`
}

func TestPages_nextShapes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ endpoint, next, want string }{
		"slash": {
			"https://api.example", "/customers/usagerecords?seekOperation=Next",
			"https://api.example/v1/customers/usagerecords?seekOperation=Next",
		},
		"no slash": {
			"https://api.example", "customers/usagerecords?seekOperation=Next",
			"https://api.example/v1/customers/usagerecords?seekOperation=Next",
		},
		"version": {
			"https://api.example", "/v1/customers/usagerecords?seekOperation=Next",
			"https://api.example/v1/customers/usagerecords?seekOperation=Next",
		},
		"version without a slash": {
			"https://api.example", "v1/customers/usagerecords?seekOperation=Next",
			"https://api.example/v1/customers/usagerecords?seekOperation=Next",
		},
		"version in capitals": {
			"https://api.example", "/V1/customers/usagerecords?a=b",
			"https://api.example/v1/customers/usagerecords?a=b",
		},
		"whole URL": {
			"https://api.example", "https://api.example/v1/customers/usagerecords?seekOperation=Next",
			"https://api.example/v1/customers/usagerecords?seekOperation=Next",
		},
		"whole URL, written differently": {
			"https://api.example", "HTTPS://API.example:443/v1/customers/usagerecords?a=b",
			"https://api.example/v1/customers/usagerecords?a=b",
		},
		"whole URL with a port": {
			"https://api.example:8443", "https://api.example:8443/v1/customers/usagerecords?a=b",
			"https://api.example:8443/v1/customers/usagerecords?a=b",
		},
		"another route": {
			"https://api.example", "/customers/more", "https://api.example/v1/customers/more",
		},
		"base path, slash": {
			"https://proxy.example/pc", "/customers/usagerecords?a=b", "https://proxy.example/pc/v1/customers/usagerecords?a=b",
		},
		"base path, no slash": {
			"https://proxy.example/pc", "customers/usagerecords?a=b", "https://proxy.example/pc/v1/customers/usagerecords?a=b",
		},
		"base path, version": {
			"https://proxy.example/pc", "/v1/customers/usagerecords?a=b", "https://proxy.example/pc/v1/customers/usagerecords?a=b",
		},
		"base path in the link": {
			"https://proxy.example/pc", "/pc/v1/customers/usagerecords?a=b", "https://proxy.example/pc/v1/customers/usagerecords?a=b",
		},
		"base path, whole URL": {
			"https://proxy.example/pc", "https://proxy.example/pc/v1/customers/usagerecords?a=b", "https://proxy.example/pc/v1/customers/usagerecords?a=b",
		},
		"base path that ends in a slash": {
			"https://proxy.example/a/b/", "/customers/usagerecords?a=b", "https://proxy.example/a/b/v1/customers/usagerecords?a=b",
		},
		"query byte for byte": {
			"https://api.example", "/customers/usagerecords?t=a%2Fb+c%3D=&t=,;/&empty=&size",
			"https://api.example/v1/customers/usagerecords?t=a%2Fb+c%3D=&t=,;/&empty=&size",
		},
		"two question marks": {
			"https://api.example", "/customers/usagerecords?size=2?seekOperation=Next",
			"https://api.example/v1/customers/usagerecords?size=2&seekOperation=Next",
		},
		"escaped path": {
			"https://api.example", "/customers/a%2Fb%20c/usagerecords", "https://api.example/v1/customers/a%2Fb%20c/usagerecords",
		},
		"slash at the end": {
			"https://api.example", "/customers/usagerecords/", "https://api.example/v1/customers/usagerecords/",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, w := newClient(t, inTurn(t,
				says(http.StatusOK, pageWith("a", `{"uri":"`+test.next+`","method":"GET","headers":[]}`)),
				says(http.StatusOK, pageWith("b", "null")),
			), func(o *Options) { o.Endpoint = parseURL(t, test.endpoint) })
			whole, err := customerUsage(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if got := owners(whole); got != "a b" {
				t.Errorf("the records are of %q, want a b", got)
			}
			if got := w.urls()[1]; got != test.want {
				t.Errorf("the second request went to\n%s, want\n%s", got, test.want)
			}
		})
	}
}

func TestPages_headersOfALinkGoWithTheNextRequestOnly(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, inTurn(t,
		says(http.StatusOK, pageWith("a", `{"uri":"/customers/usagerecords?seekOperation=Next","method":"GET","headers":[
			{"key":"ms-continuationtoken","value":"guid,guid_hash/+a==,guid"},{"key":"X-Also","value":"this one"}]}`)),
		says(http.StatusOK, pageWith("b", `{"uri":"/customers/usagerecords?seekOperation=Next","headers":[{"key":"X-Other","value":"2"}]}`)),
		says(http.StatusOK, pageWith("c", `{"uri":"/customers/usagerecords?page=4","headers":null}`)),
		says(http.StatusOK, pageWith("d", "null")),
	))
	if _, err := customerUsage(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	w.wantRequests(t, 4)
	for i, want := range []map[string]string{
		{"MS-ContinuationToken": "", "X-Also": "", "X-Other": ""},
		{"MS-ContinuationToken": "guid,guid_hash/+a==,guid", "X-Also": "this one", "X-Other": ""},
		{"MS-ContinuationToken": "", "X-Also": "", "X-Other": "2"},
		{"MS-ContinuationToken": "", "X-Also": "", "X-Other": ""},
	} {
		for name, value := range want {
			if got := w.requests()[i].Header.Get(name); got != value {
				t.Errorf("page %d was asked for with %s: %q, want %q", i+1, name, got, value)
			}
		}
	}
}

// A link may name headers that are not its to set.
func TestPages_headersOfALinkDoNotReplaceOurs(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, inTurn(t,
		says(http.StatusOK, pageWith("a", `{"uri":"/customers/usagerecords?page=2","headers":[
			{"key":"Authorization","value":"Bearer theirs"},{"key":"Accept","value":"text/xml"},{"key":"MS-RequestId","value":"theirs"}]}`)),
		says(http.StatusOK, pageWith("b", "null")),
	))
	if _, err := customerUsage(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	header := w.requests()[1].Header
	if header.Get("Authorization") != "Bearer token-1" || header.Get("Accept") != "application/json" || header.Get("MS-RequestId") == "theirs" {
		t.Errorf("the second page was asked for with %v", header)
	}
}

func TestPages_firstRequestHasNoQuery(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, inTurn(t, says(http.StatusOK, emptyPage)))
	if _, err := customerUsage(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got := w.urls(); !slices.Equal(got, []string{"https://api.example/v1/customers/usagerecords"}) {
		t.Errorf("the requests went to %s", got)
	}
}

func TestPages_sameAddressWithAnotherTokenIsNoLoop(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, inTurn(t,
		says(http.StatusOK, pageWith("a", token("1"))),
		says(http.StatusOK, pageWith("b", token("2"))),
		says(http.StatusOK, pageWith("c", token("3"))),
		says(http.StatusOK, pageWith("d", "null")),
	))
	whole, err := customerUsage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if got := owners(whole); got != "a b c d" {
		t.Errorf("the records are of %q, want a b c d", got)
	}
}

func TestPages_loopsEnd(t *testing.T) {
	t.Parallel()
	for name, nexts := range map[string][]string{
		"to itself":                    {`{"uri":"/customers/usagerecords"}`},
		"to itself in another shape":   {`{"uri":"https://api.example/v1/customers/usagerecords"}`},
		"the same token":               {token("1"), token("1")},
		"A B A":                        {token("1"), token("2"), token("1")},
		"back to the first page":       {token("1"), `{"uri":"v1/customers/usagerecords"}`},
		"a token in small letters":     {token("1"), strings.ReplaceAll(token("1"), "MS-C", "ms-c")},
		"other headers, same token":    {token("1"), strings.ReplaceAll(token("1"), `"headers":[`, `"headers":[{"key":"X-Page","value":"3"},`)},
		"address and no headers again": {`{"uri":"/customers/usagerecords?page=2"}`, `{"uri":"/customers/usagerecords?page=2","headers":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var pages []reply
			for _, next := range nexts {
				pages = append(pages, says(http.StatusOK, pageWith("a", next)))
			}
			c, _ := newClient(t, inTurn(t, pages...))
			whole, err := customerUsage(t.Context(), c)
			e := wantError(t, whole, err)
			wantText(t, err, "already been read")
			if e.Page != len(nexts) {
				t.Errorf("the error is about page %d, want %d", e.Page, len(nexts))
			}
		})
	}
}

func TestPages_areNotWithoutEnd(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, inTurn(t, says(http.StatusOK, pageWith("a", token("next")))))
	var last error
	for _, err := range newPager[CustomerUsageRecord](c, pageRequest{number: maxPages, path: "customers/usagerecords"}).Items(t.Context()) {
		last = err
	}
	wantText(t, last, "more than 100000 pages")
	w.wantRequests(t, 1)
}

func TestPages_bareContinuationToken(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, inTurn(t,
		says(http.StatusOK, `{"items":[{"resourceId":"a"}],"continuationToken":"AQ/+=="}`),
		says(http.StatusOK, `{"items":[{"resourceId":"b"}],"continuationToken":"BQ==","links":{"self":{"uri":"/customers/usagerecords"}}}`),
		says(http.StatusOK, `{"items":[{"resourceId":"c"}],"continuationToken":"","links":null}`),
	))
	whole, err := customerUsage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if got := owners(whole); got != "a b c" {
		t.Errorf("the records are of %q, want a b c", got)
	}
	for i, want := range []string{"", "AQ/+==", "BQ=="} {
		if got := w.requests()[i].Header.Get("MS-ContinuationToken"); got != want {
			t.Errorf("page %d was asked for with the token %q, want %q", i+1, got, want)
		}
	}
	if got := w.urls()[1]; got != "https://api.example/v1/customers/usagerecords?seekOperation=Next" {
		t.Errorf("the second request went to %s", got)
	}
}

func TestPages_bareContinuationTokenAgainIsALoop(t *testing.T) {
	t.Parallel()
	same := says(http.StatusOK, `{"items":[],"continuationToken":"AQ=="}`)
	c, _ := newClient(t, inTurn(t, same, same))
	whole, err := customerUsage(t.Context(), c)
	wantFailure(t, whole, err)
	wantText(t, err, "already been read")
}

func TestPages_linkGoesBeforeBareToken(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, inTurn(t,
		says(http.StatusOK, `{"continuationToken":"bare","items":[],"links":{"next":`+token("linked")+`}}`),
		says(http.StatusOK, emptyPage),
	))
	if _, err := customerUsage(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got := w.requests()[1].Header.Get("MS-ContinuationToken"); got != "linked" {
		t.Errorf("the second page was asked for with the token %q, want linked", got)
	}
}

func TestPages_failingSecondPageIsNoPartialList(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		second reply
		status int
	}{
		"500":                {says(http.StatusInternalServerError, `{"code":800003,"description":"Unexpected."}`), 500},
		"403":                {says(http.StatusForbidden, `{"code":900150,"description":"No."}`), 403},
		"404":                {says(http.StatusNotFound, ``), 404},
		"past the end":       {says(http.StatusBadRequest, `{"code":2000,"description":"Invalid."}`), 400},
		"no usage":           {says(http.StatusNotFound, `{"code":3000,"description":"Customer does not have usage data."}`), 404},
		"204":                {says(http.StatusNoContent, ``), 204},
		"empty 200":          {says(http.StatusOK, ``), 200},
		"blank 200":          {says(http.StatusOK, "\ufeff \r\n"), 200},
		"cut connection":     {saysBody(http.StatusOK, cut(`{"items":[{"resourceId":"b"}`)), 200},
		"cut array":          {says(http.StatusOK, `{"items":[{"resourceId":"b"}`), 200},
		"no items":           {says(http.StatusOK, `{"totalCount":2}`), 200},
		"reset connection":   {fails(io.ErrUnexpectedEOF), 0},
		"redirect":           {says(http.StatusFound, ``, "Location", "https://evil.example/"), 302},
		"accepted for later": {says(http.StatusAccepted, emptyPage), 202},
		"part of it":         {says(http.StatusPartialContent, emptyPage), 206},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, inTurn(t, says(http.StatusOK, pageWith("a", token("1"))), test.second))
			whole, err := customerUsage(t.Context(), c)
			e := wantError(t, whole, err)
			if e.Page != 2 || e.Status != test.status || e.Path != "/v1/customers/usagerecords" {
				t.Errorf("the error is about page %d of %s with status %d, want page 2 with %d", e.Page, e.Path, e.Status, test.status)
			}
			wantText(t, err, "GET /v1/customers/usagerecords (page 2): ")
		})
	}
}

func TestPages_nextMustNotLeaveTheAPI(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ endpoint, next string }{
		"another host":                  {"https://api.example", `https://evil.example/v1/customers/usagerecords`},
		"another port":                  {"https://api.example", `https://api.example:8443/v1/customers/usagerecords`},
		"another scheme":                {"https://api.example", `http://api.example/v1/customers/usagerecords`},
		"a scheme of no network":        {"https://api.example", `file:///etc/passwd`},
		"a scheme without a host":       {"https://api.example", `https:customers/usagerecords?page=2`},
		"a scheme and three slashes":    {"https://api.example", `https:///customers/usagerecords?page=2`},
		"host without a scheme":         {"https://api.example", `//evil.example/v1/customers/usagerecords`},
		"our host without a scheme":     {"https://api.example", `//api.example/v1/customers/usagerecords?page=2`},
		"our host as user":              {"https://api.example", `https://api.example@evil.example/v1/customers/usagerecords`},
		"our host as user and password": {"https://api.example", `https://api.example:443@evil.example/v1/customers/usagerecords`},
		"our host as a subdomain":       {"https://api.example", `https://api.example.evil.example/v1/customers/usagerecords`},
		"backslash for a slash":         {"https://api.example", `https://evil.example\\@api.example/v1/customers/usagerecords`},
		"dots":                          {"https://api.example", `/../admin`},
		"dots after the version":        {"https://api.example", `/v1/../admin`},
		"dots in the middle":            {"https://api.example", `/customers/../../admin`},
		"dots at the end":               {"https://api.example", `/customers/..`},
		"dots in a whole URL":           {"https://api.example", `https://api.example/v1/../../admin`},
		"dots out of the base path":     {"https://proxy.example/pc", `/../other`},
		"dots after the base path":      {"https://proxy.example/pc", `/pc/../other`},
		"escaped dots":                  {"https://api.example", `/%2e%2e/admin`},
		"half escaped dots":             {"https://api.example", `/customers/.%2E/.%2E/admin`},
		"dots with an escaped slash":    {"https://api.example", `/customers/..%2f..%2fadmin`},
		"escaped dots, base path":       {"https://proxy.example/pc", `/%2e%2e/%2e%2e/other`},
		"a query only":                  {"https://api.example", `?page=2`},
		"no escape":                     {"https://api.example", `/customers/%zz`},
		"a line break in the path":      {"https://api.example", `/customers\r\nHost: evil.example/`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, w := newClient(t, inTurn(t,
				says(http.StatusOK, pageWith("a", `{"uri":"`+test.next+`","method":"GET","headers":[]}`)),
			), func(o *Options) { o.Endpoint = parseURL(t, test.endpoint) })
			whole, err := customerUsage(t.Context(), c)
			wantFailure(t, whole, err)
			wantText(t, err, "the link to the next page")
			w.wantRequests(t, 1)
		})
	}
}

// These look like other hosts to somebody, but not to Go.
func TestPages_nextStaysAtTheAPI(t *testing.T) {
	t.Parallel()
	for _, next := range []string{
		`https://evil.example@api.example/v1/customers/usagerecords?page=2`,
		`https://user:password@api.example/v1/customers/usagerecords?page=2`,
		`///evil.example/customers?page=2`,
		`/\\evil.example/customers?page=2`,
		`\\\\evil.example/customers?page=2`,
		`/https://evil.example/customers?page=2`,
		`/customers/usagerecords?next=https://evil.example/`,
		`/customers/usagerecords#@evil.example/?page=2`,
	} {
		t.Run(next, func(t *testing.T) {
			t.Parallel()
			c, w := newClient(t, inTurn(t,
				says(http.StatusOK, pageWith("a", `{"uri":"`+next+`"}`)),
				says(http.StatusOK, emptyPage),
			))
			// Whether it is followed is all the same: only the host matters.
			_, _ = customerUsage(t.Context(), c)
			for _, request := range w.requests() {
				if request.URL.Scheme != "https" || request.URL.Host != "api.example" || request.URL.User != nil || request.Host != "api.example" {
					t.Errorf("a request went to %s (Host: %s)", request.URL, request.Host)
				}
			}
		})
	}
}

// The client has to find fault with such a link itself: the error that would
// otherwise come from building the request shows its whole query.
func TestPages_controlCharacterInTheQueryOfNext(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, inTurn(t, says(http.StatusOK, pageWith("a", `{"uri":"/customers/usagerecords?key=hush\u0001"}`))))
	whole, err := customerUsage(t.Context(), c)
	wantNothingOf(t, err, "hush")
	wantFailure(t, whole, err)
	w.wantRequests(t, 1)
}

func TestPages_methodOfNext(t *testing.T) {
	t.Parallel()
	for method, followed := range map[string]bool{
		`"GET"`: true, `"get"`: true, `""`: true, `null`: true, `"POST"`: false, `"DELETE"`: false, `"GET "`: false, `5`: false,
	} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			c, w := newClient(t, inTurn(t,
				says(http.StatusOK, pageWith("a", `{"uri":"/customers/usagerecords?page=2","method":`+method+`}`)),
				says(http.StatusOK, emptyPage),
			))
			whole, err := customerUsage(t.Context(), c)
			if followed {
				if err != nil {
					t.Error(err)
				}
				w.wantRequests(t, 2)
				return
			}
			wantFailure(t, whole, err)
			w.wantRequests(t, 1)
		})
	}
}

func TestPages_redirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, page := range []string{"first", "later"} {
			t.Run(http.StatusText(status)+" of the "+page+" page", func(t *testing.T) {
				t.Parallel()
				var seen, asked atomic.Int32
				other := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
					seen.Add(1)
					io.WriteString(response, onePage)
				}))
				t.Cleanup(other.Close)
				api := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
					if asked.Add(1) == 1 && page == "later" {
						io.WriteString(response, pageWith("a", token("1")))
						return
					}
					http.Redirect(response, request, other.URL+"/v1/customers/usagerecords", status)
				}))
				t.Cleanup(api.Close)
				c, _ := newClient(t, nil, func(o *Options) {
					o.Endpoint, o.Transport = parseURL(t, api.URL), nil
				})
				whole, err := customerUsage(t.Context(), c)
				if e := wantError(t, whole, err); e.Status != status {
					t.Errorf("the status is %d, want %d", e.Status, status)
				}
				wantNothingOf(t, err, other.URL)
				if n := seen.Load(); n != 0 {
					t.Errorf("the other host got %d requests", n)
				}
			})
		}
	}
}

func TestPages_brokenPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"cut in the array":       {`{"items":[{"resourceId":"a"},`, "the response is truncated, at byte"},
		"cut after an item":      {`{"items":[{"resourceId":"a"}`, "the response is truncated"},
		"cut after the array":    {`{"items":[{"resourceId":"a"}]`, "the response is truncated"},
		"cut in a number":        {`{"items":[{"totalCost":12.`, "(items[0].totalCost)"},
		"cut in a text":          {`{"items":[{"resourceId":"a`, "the response is truncated"},
		"cut in a key":           {`{"items":[],"lin`, "the response is truncated"},
		"cut in a skipped value": {`{"attributes":{"objectType":`, "the response is truncated"},
		"cut in the links":       {`{"items":[],"links":{"next":`, "the response is truncated"},
		"only a brace":           {`{`, "the response is truncated"},
		"garbage after it":       {`{"items":[]}x`, "trailing data after the JSON response"},
		"a second object":        {`{"items":[]}{"items":[]}`, "trailing data after the JSON response"},
		"a second BOM":           {"\ufeff\ufeff" + emptyPage, "not valid JSON"},
		"no items":               {`{"totalCount":0}`, "no items array"},
		"an empty object":        {`{}`, "no items array"},
		"items in another case":  {`{"Items":[]}`, "no items array"},
		"items null":             {`{"items":null}`, "the field items of the response is null where an array is expected"},
		"items an object":        {`{"items":{}}`, "the field items of the response is an object where an array is expected"},
		"items a text":           {`{"items":"none"}`, "the field items of the response is a string where an array is expected"},
		"items twice":            {`{"items":[],"items":[]}`, "duplicate object member name"},
		"an item null":           {`{"items":[{"resourceId":"a"},null]}`, "is null"},
		"an item a number":       {`{"items":[5]}`, "items[0]"},
		"an item an array":       {`{"items":[[]]}`, "items[0]"},
		"an array at the top":    {`[{"resourceId":"a"}]`, "the response is an array where an object is expected"},
		"null at the top":        {`null`, "the response is null where an object is expected"},
		"a text at the top":      {`"items"`, "the response is a string where an object is expected"},
		"HTML":                   {`<!DOCTYPE html><html></html>`, "the response is an HTML page"},
		"empty":                  {``, "the response has no body"},
		"blank":                  {" \r\n\t", "the response has no body"},
		"a BOM only":             {"\ufeff", "the response has no body"},
		"totalCount a text":      {`{"totalCount":"1","items":[]}`, "the field totalCount of the response cannot be read: is a string"},
		"totalCount a fraction":  {`{"totalCount":1.5,"items":[]}`, "the field totalCount of the response cannot be read"},
		"totalCount an object":   {`{"totalCount":{},"items":[]}`, "the field totalCount of the response cannot be read: is an object"},
		"totalCount too large":   {`{"totalCount":99999999999999999999,"items":[]}`, "the field totalCount of the response cannot be read"},
		"links a text":           {`{"items":[],"links":"next"}`, "the field links of the response cannot be read: is a string"},
		"next a text":            {`{"items":[],"links":{"next":"/customers"}}`, "the field links.next of the response cannot be read: is a string"},
		"a header a number":      {`{"items":[],"links":{"next":{"uri":"/c","headers":[{"key":"a","value":1}]}}}`, "links.next.headers[0].value"},
		"continuation a number":  {`{"items":[],"continuationToken":5}`, "the field continuationToken of the response cannot be read: is a number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, w := newClient(t, says(http.StatusOK, test.body))
			whole, err := customerUsage(t.Context(), c)
			e := wantError(t, whole, err)
			wantText(t, err, test.want)
			if e.Page != 1 || e.Status != http.StatusOK || e.Path != "/v1/customers/usagerecords" || e.RequestID == "" {
				t.Errorf("the error does not say what was asked: %+v", e)
			}
			w.wantRequests(t, 1)
		})
	}
}

func TestPages_totalCountIsOfTheFirstPage(t *testing.T) {
	t.Parallel()
	const next = `"links":{"next":{"uri":"/customers/usagerecords?page=2"}}`
	number := func(n int64) *int64 { return &n }
	for name, test := range map[string]struct {
		first, second string
		want          *int64
	}{
		"both pages":     {`"totalCount":25,`, `"totalCount":4,`, number(25)},
		"second only":    {``, `"totalCount":4,`, nil},
		"first only":     {`"totalCount":25,`, ``, number(25)},
		"null":           {`"totalCount":null,`, `"totalCount":4,`, nil},
		"absent":         {``, ``, nil},
		"zero":           {`"totalCount":0,`, `"totalCount":4,`, number(0)},
		"in other case":  {`"TotalCount":25,`, ``, nil},
		"beyond float64": {`"totalCount":9007199254740993,`, ``, number(9007199254740993)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, inTurn(t,
				says(http.StatusOK, `{`+test.first+`"items":[],`+next+`}`),
				says(http.StatusOK, `{`+test.second+`"items":[]}`),
			))
			whole, err := customerUsage(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if (whole.TotalCount == nil) != (test.want == nil) || test.want != nil && *whole.TotalCount != *test.want {
				t.Errorf("TotalCount is %v, want %v", whole.TotalCount, test.want)
			}
		})
	}
}

// The order of members is nobody's promise.
func TestPages_anyOrderOfMembers(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, inTurn(t,
		says(http.StatusOK, `{"links":{"next":`+token("1")+`},"attributes":{"objectType":"Collection"},"items":[{"resourceId":"a"}],"totalCount":2}`),
		says(http.StatusOK, `{"items":[{"resourceId":"b"}],"links":{"next":null}}`),
	))
	whole, err := customerUsage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if owners(whole) != "a b" || whole.TotalCount == nil || *whole.TotalCount != 2 {
		t.Errorf("read %q of %v", owners(whole), whole.TotalCount)
	}
}

// FuzzPage holds what is read from a page against another decoder.
func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		emptyPage, onePage, pageWith("a", token("1")), pageWith("a", "null"), `{"items":[null]}`, `{"items":null}`, `{}`, `[]`, `null`, ``,
		`{"items":[{"resourceId":"a"}`, `{"items":[]}x`, `{"items":[],"items":[]}`, `{"Items":[{}],"items":[{},{}]}`, `{"it\u0065ms":[{}]}`,
		`{"items":[{"totalCost":1e999999}]}`, `{"items":[{"name":"a"},{"name":"b"},{"name":"a"}],"x":{"y":"\ud800","y":1}}`, `{"items":[{"totalCost":"1"}]}`, `{"totalCount":1.5,"items":[]}`, "{\"items\":[{\"name\":\"\xff\"}]}",
		testdata(f, "customer_usage_records.json"), testdata(f, "meter_usage_legacy.json"), testdata(f, "meter_usage_plan.json"),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		items, records := 0, newRepeats(everRead)
		records.turnPage()
		e, goOn, err := readPage(slices.Clone(body), records, func(*CustomerUsageRecord, error) bool {
			items++
			return true
		})
		if !goOn {
			t.Fatal("the walk ended although all items were wanted")
		}
		if err != nil {
			if decodeError(err).Error() == "" {
				t.Error("the error says nothing")
			}
			return
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(body, &members); err != nil {
			t.Fatalf("a page was read that is no JSON: %v", err)
		}
		var want []json.RawMessage
		if err := json.Unmarshal(members["items"], &want); err != nil {
			t.Fatalf("a page was read without items, but with %v: %v", slices.Sorted(maps.Keys(members)), err)
		}
		once := map[string]bool{}
		for _, item := range want {
			once[string(item)] = true
		}
		if items != len(once) {
			t.Errorf("%d items were read, want %d", items, len(once))
		}
		c, _ := newClient(t, nil)
		following, err := c.nextPage(pageRequest{number: 1, path: "customers/usagerecords"}, e)
		if err != nil || following == nil {
			return
		}
		// Whatever a link says, the next request goes to our host, below /v1/.
		target := parseURL(t, c.options.Endpoint.JoinPath("v1", following.path).String())
		if target.Host != "api.example" || !strings.HasPrefix(target.Path+"/", "/v1/") || strings.Contains(target.Path+"/", "/../") {
			t.Errorf("the next page is %s", target)
		}
	})
}

// A walk that is given up in the middle reads no further page.
func TestPages_stopEarly(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, inTurn(t, says(http.StatusOK, `{"items":[{"resourceId":"a"},{"resourceId":"b"}],"links":{"next":`+token("1")+`}}`)))
	for item, err := range newPager[CustomerUsageRecord](c, pageRequest{number: 1, path: "customers/usagerecords"}).Items(t.Context()) {
		if err != nil || *item.ResourceID != "a" {
			t.Fatal(item, err)
		}
		break
	}
	w.wantRequests(t, 1)
}

// The items before a broken one are yielded, the error comes last.
func TestPages_errorIsTheLastItem(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, inTurn(t, says(http.StatusOK, `{"items":[{"resourceId":"a"},{"resourceId":5},{"resourceId":"c"}]}`)))
	var got []error
	for _, err := range newPager[CustomerUsageRecord](c, pageRequest{number: 1, path: "customers/usagerecords"}).Items(t.Context()) {
		got = append(got, err)
	}
	if len(got) != 2 || got[0] != nil || got[1] == nil {
		t.Fatalf("the walk yielded %v, want one item and one error", got)
	}
	if _, ok := errors.AsType[*Error](got[1]); !ok {
		t.Errorf("the error is %T", got[1])
	}
}

// A few kilobytes of gzip are millions of empty objects, and each of these would
// take hundreds of bytes once it is decoded.
func TestItems_limit(t *testing.T) {
	t.Parallel()
	// Each is another one, since a record that is repeated counts once.
	made := 0
	items := func(n int) string {
		var list []string
		for range n {
			made++
			list = append(list, fmt.Sprintf(`{"resourceId":"%d"}`, made))
		}
		return strings.Join(list, ",")
	}
	limit := func(o *Options) { o.MaxItems = 100 }
	for name, test := range map[string]struct {
		pages []reply
		fits  bool
		want  string
	}{
		"one page":              {[]reply{says(http.StatusOK, `{"items":[`+items(99)+`]}`)}, true, ""},
		"one page too large":    {[]reply{says(http.StatusOK, `{"items":[`+items(100)+`]}`)}, false, "the response has more than 100 objects, which is the limit"},
		"in a field of an item": {[]reply{says(http.StatusOK, `{"items":[{"budget":[`+items(100)+`]}]}`)}, false, "the response has more than 100 objects, which is the limit"},
		"several pages": {[]reply{
			says(http.StatusOK, `{"continuationToken":"1","items":[`+items(60)+`]}`), says(http.StatusOK, `{"items":[`+items(40)+`]}`),
		}, true, ""},
		"several pages, one more": {[]reply{
			says(http.StatusOK, `{"continuationToken":"1","items":[`+items(60)+`]}`), says(http.StatusOK, `{"items":[`+items(41)+`]}`),
		}, false, "GET /v1/customers/usagerecords (page 2): 200 OK: the list has more than 100 items, which is the limit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, inTurn(t, test.pages...), limit)
			whole, err := customerUsage(t.Context(), c)
			if test.fits {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantFailure(t, whole, err)
			wantText(t, err, test.want)
		})
	}
	t.Run("an object alone", func(t *testing.T) {
		t.Parallel()
		c, _ := newClient(t, says(http.StatusOK, `{"emails":[`+items(100)+`]}`), limit)
		summary, err := c.UsageSummary(t.Context())
		wantFailure(t, summary, err)
		wantText(t, err, "the response has more than 100 objects, which is the limit")
	})
}
