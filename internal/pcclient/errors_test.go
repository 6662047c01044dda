package pcclient

import (
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"
)

// refused reads the partner's summary, which is answered with an error.
func refused(t *testing.T, status int, body string, headers ...string) *Error {
	t.Helper()
	c, w := newClient(t, says(status, body, headers...))
	summary, err := c.UsageSummary(t.Context())
	w.wantRequests(t, 1)
	return wantError(t, summary, err)
}

func TestErrors_bodies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, code, description string }{
		"a: number": {
			`{"code":20002,"description":"Access denied.","data":["x"],"source":"PartnerFD"}`, "20002", "Access denied.",
		},
		"a: text": {
			`{"code":"900150","description":"The role lacks rights.","data":[{"deep":1}],"source":"PartnerApiServiceControllers"}`, "900150", "The role lacks rights.",
		},
		"a: zero":            {`{"code":0,"description":"Exception not defined."}`, "0", "Exception not defined."},
		"a: large number":    {`{"code":1000000000,"description":"d"}`, "1000000000", "d"},
		"a: HTML entities":   {`{"code":1,"description":"The id &quot;a&quot; isn&#39;t one of &lt;yours&gt;"}`, "1", `The id "a" isn't one of <yours>`},
		"a: JSON within":     {`{"code":1,"description":"{\"error\":\"x\"}"}`, "1", `{"error":"x"}`},
		"a: no code":         {`{"description":"d"}`, "", "d"},
		"a: code null":       {`{"code":null,"description":"d"}`, "", "d"},
		"a: no description":  {`{"code":2000}`, "2000", "the response has no description"},
		"a: keys twice":      {`{"code":1,"code":2,"description":"d"}`, "2", "d"},
		"a: invalid UTF-8":   {"{\"code\":1,\"description\":\"caf\xe9\"}", "1", "caf\ufffd"},
		"a: with a BOM":      {"\ufeff" + `{"code":1,"description":"d"}`, "1", "d"},
		"a: blanks around":   {" \r\n" + `{"code":1,"description":"d"}` + "\r\n", "1", "d"},
		"a: a name as code":  {`{"code":"Forbidden","description":"d"}`, "Forbidden", "d"},
		"a: unknown members": {`{"code":1,"description":"d","more":{"code":7,"description":"other"}}`, "1", "d"},
		"b": {
			`{"code":600061,"message":"m","description":"d","errorName":"n","isRetryable":false,"parameters":{},"errorMessageExtended":"x"}`, "600061", "d",
		},
		"b: message only": {`{"code":600061,"message":"m","description":"","errorName":"n"}`, "600061", "m"},
		"c":               {`{"statusCode":403,"message":"Out of call volume quota."}`, "", "Out of call volume quota."},
		"d: empty":        {``, "", "the response is empty"},
		"d: blank":        {" \r\n", "", "the response is empty"},
		"d: BOM":          {"\ufeff", "", "the response is empty"},
		"e":               {`Authentication failed. MFA required. (10001)`, "10001", "Authentication failed. MFA required. (10001)"},
		"e: lines":        {"Authentication failed.\r\nMFA required. (10001)\r\n", "10001", "Authentication failed. MFA required. (10001)"},
		"e: no code":      {`Unknown error`, "", "Unknown error"},
		"e: a number":     {`(10001) came first`, "", "(10001) came first"},
		"f": {
			`{"error":"invalid_grant","error_description":"AADSTS50076: MFA.","error_codes":[50076],"trace_id":"t","correlation_id":"c"}`,
			"invalid_grant", "AADSTS50076: MFA.",
		},
		"g: number": {`{"errorCode":3000,"errorMessage":"Customer does not have usage data."}`, "3000", "Customer does not have usage data."},
		"g: text":   {`{"errorCode":"3000","errorMessage":"d"}`, "3000", "d"},
		"HTML": {
			`<!DOCTYPE html><html><body><h1>403 Forbidden</h1><p>hush</p></body></html>`, "",
			"the response is an HTML page; a proxy or a gateway may have responded in place of the API",
		},
		"HTML, BOM":        {"\ufeff\r\n<html>", "", "the response is an HTML page; a proxy or a gateway may have responded in place of the API"},
		"cut JSON":         {`{"code":1,"descr`, "", "the response is not in any known format of API errors"},
		"another JSON":     {`{"words":{"text":"m"}}`, "", "the response has no description"},
		"an empty object":  {`{}`, "", "the response has no description"},
		"keys in capitals": {`{"Code":1,"Description":"d"}`, "1", "d"},

		"OData":               {`{"error":{"code":"x","message":"m"}}`, "x", "m"},
		"OData, inner":        {`{"error":{"code":"x","message":"m","innererror":{"code":"y","message":"n","date":"2020"}}}`, "x", "m"},
		"OData, inner only":   {`{"error":{"code":"","message":"","innererror":{"code":"y","message":"n"}}}`, "y", "n"},
		"OData, details":      {`{"error":{"code":"x","message":"m","details":[{"code":"y","message":"n","target":"t"},{"message":"o"}]}}`, "x", "m; n; o"},
		"OData 3":             {`{"odata.error":{"code":"x","message":{"lang":"en-US","value":"m"}}}`, "x", "m"},
		"OData, code only":    {`{"error":{"code":"x"}}`, "x", "the response has no description"},
		"an error that talks": {`{"error":"The service is closed."}`, "", "The service is closed."},
		"Web API":             {`{"Message":"An error has occurred.","ExceptionMessage":"Why.","ExceptionType":"System.Exception","StackTrace":"   at X.Y()"}`, "", "An error has occurred.; Why."},
		"Web API, detail":     {`{"Message":"No resource.","MessageDetail":"No action."}`, "", "No resource.; No action."},
		"Web API, model":      {`{"Message":"The request is invalid.","ModelState":{"customerId":["Not a GUID."]}}`, "", "The request is invalid.; customerId: Not a GUID."},
		"problem":             {`{"type":"https://example.com/out-of-credit","title":"No credit.","status":403,"detail":"30 of 50.","instance":"/x"}`, "https://example.com/out-of-credit", "No credit.; 30 of 50."},
		"problem of HTTP":     {`{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.4","title":"Forbidden","status":403,"traceId":"00-1"}`, "", "Forbidden"},
		"problem, no type":    {`{"type":"about:blank","title":"Forbidden","status":403}`, "", "Forbidden"},
		"validation": {
			`{"title":"One or more validation errors occurred.","status":400,"errors":{"start":["Too early.","Too odd."],"":["All wrong."]}}`, "",
			"One or more validation errors occurred.; All wrong.; start: Too early.; start: Too odd.",
		},
		"description is a list":   {`{"code":2000,"description":["One.","Two."]}`, "2000", "One.; Two."},
		"description of objects":  {`{"code":2000,"description":[{"code":"x","message":"One."},"Two."]}`, "2000", "One.; Two."},
		"errors of texts":         {`{"code":2000,"errors":["One.","One."]}`, "2000", "One."},
		"a list":                  {`[{"code":2000,"description":"One."},{"code":3000,"description":"Two."}]`, "2000", "One.; Two."},
		"a list of texts":         {`["One."]`, "", "One."},
		"an empty list":           {`[]`, "", "the response has no description"},
		"a page within":           {`{"code":1,"message":"<!DOCTYPE html><html>hush</html>"}`, "1", "the response is an HTML page; a proxy or a gateway may have responded in place of the API"},
		"nothing but numbers":     {`{"message":5,"details":{"x":[[[7]]]}}`, "", "the response has no description"},
		"deeper than anyone goes": {strings.Repeat(`{"error":`, 500) + `{"message":"m"}` + strings.Repeat(`}`, 500), "", "the response has no description"},
		"null":                    {`null`, "", "null"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := refused(t, http.StatusForbidden, test.body)
			if e.Code != test.code || e.Description != test.description {
				t.Errorf("the code is %q, the description %q; want %q, %q", e.Code, e.Description, test.code, test.description)
			}
			if e.Method != "GET" || e.Path != "/v1/usagesummary" || e.Page != 1 || e.Status != 403 || e.Err != nil {
				t.Errorf("the error is %+v", e)
			}
			want := "GET /v1/usagesummary: 403 Forbidden"
			if test.code != "" {
				want += ", code " + test.code
			}
			if got := e.Error(); got != want+": "+test.description {
				t.Errorf("the error reads\n%s, want\n%s", got, want+": "+test.description)
			}
		})
	}
}

func TestErrors_statusWithoutAName(t *testing.T) {
	t.Parallel()
	if got, want := refused(t, 499, `{"description":"d"}`).Error(), "GET /v1/usagesummary: 499: d"; got != want {
		t.Errorf("the error reads %q, want %q", got, want)
	}
}

func TestErrors_areFitForATerminal(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"line breaks":        `{"code":1,"description":"one\r\ntwo\n\tthree\u2028four\u0085five"}`,
		"control characters": `{"code":1,"description":"\u001b[31mred\u0007\u0000\u202eright to left\ufeff"}`,
		"as entities":        `{"code":1,"description":"one&#10;two&#27;[31m&#x202e;"}`,
		"in the code":        `{"code":"1\n\u001b[31m2","description":"d"}`,
		"long code":          `{"code":"` + strings.Repeat("1", 2_000) + `","description":"d"}`,
		"long":               `{"code":1,"description":"` + strings.Repeat("ä", 2_000) + `"}`,
		"long text":          strings.Repeat("long ", 1_000),
		"raw bytes":          "\x00\x1b[31m\xff\xfe text",
		"a body of its own":  strings.Repeat("x", 10<<20),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantOneLine(t, refused(t, http.StatusBadRequest, body).Error())
		})
	}
	e := refused(t, http.StatusBadRequest, `{"code":1,"description":"`+strings.Repeat("ä", 2_000)+`"}`)
	if want := strings.Repeat("ä", 300) + "…"; e.Description != want {
		t.Errorf("a description of 2,000 characters became %q", e.Description)
	}
}

// longToken is as long as the tokens of Entra are.
var longToken = "eyJ0eXAiOiJKV1QifQ." + strings.Repeat("c2VjcmV0", 200) + ".c2lnbmF0dXJl"

func TestErrors_doNotRepeatTheToken(t *testing.T) {
	t.Parallel()
	for tokenName, accessToken := range map[string]string{"short": "hush-hush", "long": longToken} {
		for bodyName, body := range map[string]string{
			"description":        `{"code":1,"description":"The token TOKEN is not valid."}`,
			"message":            `{"statusCode":401,"message":"Bearer TOKEN"}`,
			"plain text":         `Authorization: Bearer TOKEN`,
			"at the end":         `{"code":1,"description":"` + strings.Repeat("x ", 145) + `TOKEN"}`,
			"code":               `{"code":"TOKEN","description":"d"}`,
			"error":              `{"error":"TOKEN"}`,
			"escaped characters": `{"code":1,"description":"\u0022TOKEN\u0022"}`,
		} {
			t.Run(tokenName+" in "+bodyName, func(t *testing.T) {
				t.Parallel()
				c, _ := newClient(t, says(http.StatusForbidden, strings.ReplaceAll(body, "TOKEN", accessToken)), func(o *Options) {
					o.Credential = alwaysToken(accessToken)
				})
				summary, err := c.UsageSummary(t.Context())
				wantFailure(t, summary, err)
				// Five characters of it may be anybody's.
				wantNothingOf(t, err, accessToken, accessToken[:5])
			})
		}
	}
}

func TestErrors_ids(t *testing.T) {
	t.Parallel()
	t.Run("of the answer", func(t *testing.T) {
		t.Parallel()
		e := refused(t, http.StatusForbidden, ``, "ms-requestid", "theirs-1", "MS-CorrelationId", "theirs-2")
		if e.RequestID != "theirs-1" || e.CorrelationID != "theirs-2" {
			t.Errorf("the ids are %q and %q", e.RequestID, e.CorrelationID)
		}
	})
	for name, answer := range map[string]reply{
		"sent, since the answer has none": says(http.StatusForbidden, ``),
		"sent, since there is no answer":  fails(syscall.ECONNRESET),
		"sent, since it cannot be read":   says(http.StatusOK, `[]`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, w := newClient(t, answer)
			ctx, cancel := c.Operation(t.Context())
			defer cancel()
			summary, err := c.UsageSummary(ctx)
			e := wantError(t, summary, err)
			sent := w.requests()[0].Header
			if !isGUID(e.RequestID) || e.RequestID != sent.Get("MS-RequestId") || !isGUID(e.CorrelationID) || e.CorrelationID != sent.Get("MS-CorrelationId") {
				t.Errorf("the ids are %q and %q, sent were %q and %q", e.RequestID, e.CorrelationID, sent.Get("MS-RequestId"), sent.Get("MS-CorrelationId"))
			}
		})
	}
}

func TestErrors_doNotHaveTheQuery(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]reply{
		"refused":   says(http.StatusForbidden, `{"code":1,"description":"d"}`),
		"not JSON":  says(http.StatusOK, `<html>`),
		"a loop":    says(http.StatusOK, pageWith("b", `{"uri":"/customers/usagerecords?key=hush"}`)),
		"reset":     fails(&url.Error{Op: "Get", URL: "https://api.example/v1/customers/usagerecords?key=hush", Err: syscall.ECONNRESET}),
		"wrapped":   fails(&net.OpError{Op: "read", Net: "tcp", Err: &url.Error{Op: "Get", URL: "https://api.example/?key=hush", Err: io.EOF}}),
		"cut":       saysBody(http.StatusOK, cut(`{"items":[`)),
		"empty 200": says(http.StatusOK, ``),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, w := newClient(t, inTurn(t, says(http.StatusOK, pageWith("a", `{"uri":"/customers/usagerecords?key=hush"}`)), second))
			whole, err := customerUsage(t.Context(), c)
			if e := wantError(t, whole, err); e.Path != "/v1/customers/usagerecords" || e.Page != 2 {
				t.Errorf("the error is about page %d of %s", e.Page, e.Path)
			}
			w.wantRequests(t, 2)
			wantNothingOf(t, err, "hush", "token-1", "?")
		})
	}
}

func TestErrors_connection(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, fails(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}))
	summary, err := c.UsageSummary(t.Context())
	if e := wantError(t, summary, err); e.Status != 0 || e.Code != "" || e.Description != "" {
		t.Errorf("the error is %+v", e)
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v does not say why", err)
	}
	if got := err.Error(); !strings.HasPrefix(got, "GET /v1/usagesummary: read tcp") {
		t.Errorf("the error reads %s", got)
	}
}

func TestErrors_retryAfter(t *testing.T) {
	t.Parallel()
	e := refused(t, http.StatusTooManyRequests, `{"statusCode":429,"message":"Rate limit is exceeded. Try again in 57 seconds."}`, "Retry-After", "57")
	if e.RetryAfter != 57*time.Second || e.Description != "Rate limit is exceeded. Try again in 57 seconds." {
		t.Errorf("the error is %+v", e)
	}
}

func TestErrors_appOnlyToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token string
		want  bool
	}{
		"says app":                  {tokenOf(`{"aud":"https://api.partnercenter.microsoft.com","idtyp":"app","roles":[]}`), true},
		"says app and has a scope":  {tokenOf(`{"idtyp":"app","scp":"user_impersonation"}`), true},
		"has no scope":              {tokenOf(`{"appid":"x"}`), true},
		"a user's":                  {tokenOf(`{"idtyp":"user","scp":"user_impersonation"}`), false},
		"has a scope":               {tokenOf(`{"scp":"user_impersonation"}`), false},
		"opaque":                    {"opaque", false},
		"three parts of anything":   {"a.b.c", false},
		"three parts, not Base64":   {"a.!.c", false},
		"three parts, JSON of none": {"a." + base64.RawURLEncoding.EncodeToString([]byte(`[]`)) + ".c", false},
		"empty parts":               {"..", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, says(http.StatusForbidden, `{"code":900329,"description":"d"}`), func(o *Options) { o.Credential = alwaysToken(test.token) })
			summary, err := c.UsageSummary(t.Context())
			if e := wantError(t, summary, err); e.AppOnly != test.want {
				t.Errorf("AppOnly is %t, want %t", e.AppOnly, test.want)
			}
		})
	}
}

func FuzzDescribe(f *testing.F) {
	for _, seed := range []string{
		``, ` `, "\ufeff", `null`, `{}`, `[]`, `<html>`, `{"code":20002,"description":"d"}`, `{"code":"x","message":"m"}`, `{"code":1e400}`, `{"code":-1.5}`,
		`{"statusCode":429,"message":"Rate limit is exceeded."}`, `Authentication failed. MFA required. (10001)`, `(99999999999999999999999)`,
		`{"error":"e","error_description":"AADSTS1: d","error_codes":[1]}`, `{"errorCode":1,"errorMessage":"m"}`, `{"description":{}}`, `{"code":[]}`,
		`{"error":{"code":"x","message":{"value":"m"},"details":[{"message":"n"}],"innererror":{}}}`, `[{"Message":"m"}]`, `{"title":"t","errors":{"a":["b"]}}`,
		"{\"description\":\"\xff\\u0000\\ud800 &#0;&#x1b;&#xd800;\"}", `{"description":"` + strings.Repeat("ä ", 500) + `"}`, strings.Repeat("(1)", 500),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		code, description := describe(body)
		wantOneLine(t, code)
		wantOneLine(t, description)
		if len(strings.TrimSpace(string(body))) == 0 && description == "" {
			t.Error("nothing is said about an empty body")
		}
	})
}
