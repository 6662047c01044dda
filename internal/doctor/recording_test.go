package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// environmentOf is an environment in which only these variables are set.
func environmentOf(variables []string) config.Environment {
	values := map[string]string{}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		values[name] = value
	}
	return config.Environment{Getenv: func(name string) string { return values[name] }, LookPath: func(string) (string, error) { return "", os.ErrNotExist }}
}

// examine examines an emulator.
func examine(t *testing.T, maxPages int, options emulator.Options, faults ...emulator.Fault) (*Examination, *emulator.Emulator) {
	t.Helper()
	return examineWith(t, nil, maxPages, options, faults...)
}

// examineWith starts an export, too.
func examineWith(t *testing.T, q *graphbilling.Query, maxPages int, options emulator.Options, faults ...emulator.Fault) (*Examination, *emulator.Emulator) {
	t.Helper()
	e := emulator.New(options)
	e.Misbehave(faults...)
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	x, err := Examine(t.Context(), Options{
		Environment: environmentOf(append(e.Environment(server.URL), "PARTNERCENTER_MAX_RETRIES=0")),
		Version:     "test", MaxPages: maxPages, Export: q, Progress: &bytes.Buffer{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return x, e
}

// withPrivacy adds to each object what nobody knows, with names and secrets in it.
func withPrivacy(body []byte) []byte {
	const private = `{"private":{"Contoso Ltd":"Contoso Ltd","owner":["jane.doe@contoso.example",4711081547,"+49 30 901820"],"nested":{"jane.doe":true,"since":null}},` +
		`"homepage":"https://contoso.example/jane?token=c2VjcmV0","note":"Zürich 東京","tagText":"{\"cost center\":\"Contoso-4711081547\"}","flag":"X",`
	return bytes.ReplaceAll(body, []byte(`{"budget":`), []byte(private+`"budget":`))
}

var oddities = []emulator.Fault{
	{Path: "customers/usagerecords", Edit: withPrivacy, Times: emulator.Always},
	{Path: "invoices/summaries", Status: http.StatusForbidden, Code: 900150, Description: "Jane Doe of Contoso Ltd may not read this."},
	{Path: "azure-shared", Body: new("<html>Contoso Ltd</html>")},
	{Path: "usagebudget", Body: new(`{"amount":12.50,"contoso":"Contoso Ltd"`)},
}

// Every text and number of the responses, and every word of them, is gone, but for what
// says nothing about anybody. What may stay is listed here again, by value.
func TestRecord_anonymous(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options emulator.Options
		faults  []emulator.Fault
		export  *graphbilling.Query
	}{
		"export":   {export: unbilledExport},
		"linked":   {export: &graphbilling.Query{InvoiceID: emulator.LatestInvoiceID}, options: emulator.Options{ManifestLink: true}},
		"pages":    {options: emulator.Options{PageSize: 3}},
		"large":    {options: emulator.Options{Customers: 60, PageSize: 20}},
		"oddities": {faults: oddities},
		"app-only": {faults: []emulator.Fault{{Path: "usagesummary", Status: http.StatusForbidden, Code: 900329, Times: emulator.Always}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, _ := examineWith(t, test.export, 2, test.options, test.faults...)
			directory := t.TempDir()
			if _, err := x.Record(directory); err != nil {
				t.Fatal(err)
			}
			if (len(x.lines) > 0) != (test.export != nil) {
				t.Fatalf("%d lines", len(x.lines))
			}
			texts, numbers, words := map[string]bool{}, map[string]bool{}, map[string]bool{}
			originals := x.lines
			for _, e := range slices.Concat(x.exchanges, x.exports) {
				originals = append(originals, e.body)
			}
			for _, body := range originals {
				collect(body, texts, numbers)
				for _, w := range wordsOf(string(body)) {
					words[strings.ToLower(w)] = true
				}
			}
			for text := range texts {
				texts[strings.ToLower(text)] = true
			}
			recorded := map[string]string{}
			files, err := filepath.Glob(filepath.Join(directory, "*"))
			if err != nil || len(files) < 15 {
				t.Fatal(len(files), err)
			}
			for _, file := range files {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				recorded[filepath.Base(file)] = string(content)
			}
			for file, content := range recorded {
				left, leftNumbers := map[string]bool{}, map[string]bool{}
				collect([]byte(content), left, leftNumbers)
				if strings.HasSuffix(file, ".jsonl") {
					for line := range strings.Lines(content) {
						collect([]byte(line), left, leftNumbers)
					}
				}
				if file == recordingFile {
					leftNumbers = nil // Statuses.
				}
				for text := range left {
					if texts[strings.ToLower(text)] && !mayStay(text) {
						t.Errorf("%s: the text %q is left", file, text)
					}
					path, query, _ := strings.Cut(text, "?")
					if query != "" && !mayStayQuery.MatchString(query) {
						path = text
					}
					for _, w := range wordsOf(path) {
						if len(w) >= 3 && words[strings.ToLower(w)] && !mayStay(text) && !mayStay(w) {
							t.Errorf("%s: the word %q of %q is left", file, w, text)
						}
					}
				}
				for number := range leftNumbers {
					if len(strings.Trim(number, "-0.")) >= 3 && numbers[number] && !slices.Contains([]string{"900150", "900329", "1200"}, number) {
						t.Errorf("%s: the number %s is left", file, number)
					}
				}
				for _, private := range []string{"contoso", "jane", "4711081547", "901820", "rich", "東京", "nordhavn"} {
					if strings.Contains(strings.ToLower(content), private) {
						t.Errorf("%s: %s is left", file, private)
					}
				}
			}
		})
	}
}

var (
	aWord        = regexp.MustCompile(`(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+[.][0-9]+|[^\s!-/:-@\[-\x60{-~]+`)
	mayStayQuery = regexp.MustCompile(`(?i)^((size|offset)=\d+|seek_?Operation=Next|granularity=daily|show_details=true|(start|end)_time=[0-9T:Z%A+-]+|&)+$`)
)

func wordsOf(text string) []string { return aWord.FindAllString(text, -1) }

var (
	mayStayWhole = regexp.MustCompile(`^(|\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)?|[A-Z]{3}|[a-z]{2}-[A-Z]{2}|MS-AZR-0145P|DZH318Z0BPS6|GET|MS-ContinuationToken|Azure|` +
		`(size|offset|seekOperation|start_time|end_time|seek_operation)=.*|` +
		`test|application|json|charset|utf|html|text|[a-zA-Z{}_/]+/\{[a-z_]+\}.*|` + // In recording.json: the program, the routes.
		`\d\d-[a-z-]+(-[a-zA-Z]+)*\.json|\d\d-(Microsoft-Graph|Azure-Blob-Storage)-[a-z-]+\.jsonl?|customers|usagesummary|usagerecords|/?(v1/)?[a-z/]*(customers|usagesummary|usagerecords|ratecards|invoices|summaries)[a-z/-]*(\?[A-Za-z_]+=[A-Za-z0-9]+(&[A-Za-z_]+=[A-Za-z0-9]+)*)?)$`)
	mayStayWords = strings.Fields(`active none deleted suspended expired pending disabled usage license monthly annual unknown reseller invoice adjustment_note Recurring OneTime one_time
		subscriptions resourceGroups resourceusagerecords meterusagerecords usagerecords usagebudget usagesummary customers azureEntitlements utilizations azure ratecards invoices summaries providers
		size offset seekOperation Next granularity show_details start_time end_time true Daily
		reports partners billing operations manifests microsoft graph exportSuccessOperation succeeded default part blob compressedJSON compressedJSONLines metadata entity new Azure Credit Applied 1 2`)

	// A SAS says what it allows, and until when.
	mayStaySAS = regexp.MustCompile(`^((skoid|sktid|scid|sig)=replaced|(skt|ske|se)=\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\dZ|(sks|sr|sp)=[a-z]{1,2}|sdd=\d|(sv|skv)=\d{4}-\d\d-\d\d|&)+$`)
)

func mayStay(text string) bool {
	return mayStayWhole.MatchString(text) || mayStaySAS.MatchString(text) || slices.ContainsFunc(mayStayWords, func(w string) bool { return strings.EqualFold(w, text) }) ||
		strings.HasSuffix(text, "Record") || strings.HasSuffix(text, "Summary") || slices.Contains([]string{
		"#microsoft.graph.partners.billing.exportSuccessOperation", "Azure Credit Applied", "https://account.blob.core.windows.net/export",
		"Collection", "SpendingBudget", "Customer", "CustomerCompanyProfile", "Subscription", "AzureEntitlement", "AzureRateCard", "Invoice", "InvoiceDetail", "CustomerBillingProfile",
	}, text)
}

// collect collects the texts and numbers of JSON, read in another way than by the
// anonymizer.
func collect(body []byte, texts, numbers map[string]bool) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return
	}
	var walk func(any)
	walk = func(value any) {
		switch v := value.(type) {
		case string:
			texts[v] = true
		case json.Number:
			numbers[v.String()] = true
		case []any:
			for _, element := range v {
				walk(element)
			}
		case map[string]any:
			for _, member := range v {
				walk(member)
			}
		}
	}
	walk(value)
}

// The provider decodes what was recorded as it decodes the original: the same fields, null
// where that was, zero where that was, and the same ids equal.
func TestRecord_decodes(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]emulator.Options{"sample": {}, "pages": {PageSize: 3}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, _ := examine(t, 100, options, emulator.Fault{Path: "customers/usagerecords", Edit: withPrivacy, Times: emulator.Always})
			directory := t.TempDir()
			if _, err := x.Record(directory); err != nil {
				t.Fatal(err)
			}
			recording, err := emulator.ReadRecording(os.DirFS(directory))
			if err != nil {
				t.Fatal(err)
			}
			again, e := examine(t, 100, emulator.Options{Replay: recording})
			if !again.Works || len(again.exchanges) != len(x.exchanges) {
				t.Errorf("%d responses were read again, of %d", len(again.exchanges), len(x.exchanges))
			}
			for i, original := range x.exchanges {
				if i >= len(again.exchanges) {
					break
				}
				replayed := again.exchanges[i]
				var a, b any
				if err := json.Unmarshal(original.body, &a); err != nil {
					t.Fatal(err)
				}
				if err := json.Unmarshal(replayed.body, &b); err != nil {
					t.Fatal(err)
				}
				if difference := compare(a, b, "", map[string]string{}); difference != "" {
					t.Errorf("%s: %s", original.url.Path, difference)
				}
			}
			// Its report is the same but for the figures.
			for i, r := range x.Routes {
				want, got := r, again.Routes[i]
				want.DurationMS, want.Bytes, got.DurationMS, got.Bytes = 0, 0, 0, 0
				want.ByteOrderMark, got.ByteOrderMark = false, false
				want.Differences, got.Differences = nil, nil
				if !reflect.DeepEqual(want, got) {
					t.Errorf("the report is\n%+v, want\n%+v", got, want)
				}
			}
			for _, r := range e.Requests() {
				if r.Method != http.MethodGet && !strings.HasSuffix(r.Path, "/token") {
					t.Errorf("it sends %s %s", r.Method, r.Path)
				}
			}
		})
	}
}

// compare compares the structure of two values, and that equal texts stay equal.
func compare(a, b any, path string, same map[string]string) string {
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok || len(other) != len(a) {
			return fmt.Sprintf("%s: %v became %v", path, a, b)
		}
		for key, member := range a {
			value, there := other[key]
			if !there {
				if slices.Contains([]string{".tags", ".additionalInfo", ".infoFields"}, path[max(strings.LastIndexByte(path, '.'), 0):]) || strings.Contains(path, "private") {
					continue // The keys are data.
				}
				return path + "." + key + " is gone"
			}
			if difference := compare(member, value, path+"."+key, same); difference != "" {
				return difference
			}
		}
	case []any:
		other, ok := b.([]any)
		if !ok || len(other) != len(a) {
			return path + " has another length"
		}
		for i := range a {
			if difference := compare(a[i], other[i], path, same); difference != "" {
				return difference
			}
		}
	case string:
		other, ok := b.(string)
		key := strings.ToLower(a)
		if !ok || (a == "") != (other == "") || same[key] != "" && same[key] != strings.ToLower(other) && !strings.HasSuffix(path, "uri") {
			return fmt.Sprintf("%s: %q became %v, elsewhere %q", path, a, b, same[key])
		}
		if uuidForm.MatchString(a) != uuidForm.MatchString(other) {
			return fmt.Sprintf("%s: %q became %q", path, a, other)
		}
		if !strings.HasSuffix(path, "uri") {
			same[key] = strings.ToLower(other)
		}
	case float64:
		other, ok := b.(float64)
		if !ok || (a == 0) != (other == 0) || (a < 0) != (other < 0) || (a == float64(int64(a))) != (other == float64(int64(other))) && path != "" && a < 1e15 && a > 1 && strings.HasSuffix(path, "Count") {
			return fmt.Sprintf("%s: %v became %v", path, a, b)
		}
	default:
		if !reflect.DeepEqual(a, b) {
			return fmt.Sprintf("%s: %v became %v", path, a, b)
		}
	}
	return ""
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// The numbers of a recording have the digits' shape of the originals, and decode alike.
func FuzzAnonymize(f *testing.F) {
	for _, body := range []string{
		`{"totalCount":1,"items":[{"totalCost":-0.10e+3,"resourceName":"A","usdTotalCost":0.000,"x":9223372036854775807}]}`,
		`{"a":"Ä","a":"\ud800","b":["-","  ","€"],"c":{"Jane":{"id":"B1B1B1B1-CCCC-DDDD-EEEE-F2F2F2F2F2F2"}}}`,
		`[1,10,100,1e5,-1.5,"2019-08-01T23:00:16.57+00:00","{\"a\":1}"]`, `"text"`, `0`, `null`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if !json.Valid(body) || bytes.Contains(body, []byte(`\u`)) {
			return
		}
		a := newAnonymizer("")
		a.learn(body)
		for _, r := range []route{routes[0], routes[1], routes[2]} {
			e := recorded{&exchange{status: 200, body: body, url: &url.URL{}}, r, false}
			out, err := a.anyBody(e)
			if err != nil {
				return // Nested too deep, for example.
			}
			if !json.Valid(out) {
				t.Errorf("%s became %s", body, out)
			}
			before, _ := kindsOf(body)
			after, _ := kindsOf(out)
			if before != after {
				t.Errorf("%s became %s", body, out)
			}
		}
	})
}

// kindsOf writes the structure of JSON.
func kindsOf(body []byte) (string, error) {
	var kinds strings.Builder
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if err != nil {
			return kinds.String(), err
		}
		switch v := token.(type) {
		case json.Delim:
			kinds.WriteString(v.String())
		case string:
			kinds.WriteString(`"`)
			if v == "" {
				kinds.WriteString("empty")
			}
		case json.Number:
			d, err := pcclient.ParseDecimal(v.String())
			fmt.Fprintf(&kinds, "%v %d,", err == nil && d.IsZero(), len(v))
		default:
			fmt.Fprintf(&kinds, "%v,", v)
		}
	}
}
