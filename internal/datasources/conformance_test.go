package datasources

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

const (
	aCustomer      = "a0a0a0a0-bbbb-4ccc-8ddd-e1e1e1e1e1e1"
	aSubscription  = "b1b1b1b1-cccc-4ddd-8eee-f2f2f2f2f2f2"
	anEntitlement  = "e0e0e0e0-1111-4222-8333-444444444444"
	ofCustomer     = "/v1/customers/" + aCustomer
	ofSubscription = ofCustomer + "/subscriptions/" + aSubscription
)

// subject is a data source as it is read from raw bytes.
type subject struct {
	providertest.DataSource
	arguments providertest.Arguments
	path      string // of the first request
}

// subjectOf is a data source with the ids that the samples have.
func subjectOf(t *testing.T, name string) subject {
	t.Helper()
	d, ok := providertest.DataSources[name]
	if !ok {
		t.Fatalf("there is no %s in providertest.DataSources", name)
	}
	arguments := maps.Clone(d.Arguments)
	for argument, id := range map[string]string{"customer_id": aCustomer, "subscription_id": aSubscription, "azure_subscription_id": anEntitlement} {
		if _, ok := arguments[argument]; ok {
			arguments[argument] = id
		}
	}
	return subject{d, arguments, d.PathOf(arguments)}
}

var (
	bothIDs     = providertest.Arguments{"customer_id": aCustomer, "subscription_id": aSubscription}
	oneCustomer = providertest.Arguments{"customer_id": aCustomer}
)

// upperPlan is the plan of the samples, as the API writes it there.
const upperPlan = "B1B1B1B1-CCCC-4DDD-8EEE-F2F2F2F2F2F2"

// answers is an API that answers a subject's first request like this, and the
// others with their samples.
func (s subject) answers(t *testing.T, first answer) api {
	t.Helper()
	a := api{s.path: first}
	for path, sample := range s.More {
		body := testdata(t, sample)
		if strings.HasSuffix(path, ".gz") {
			body = compressed(t, body)
		}
		a[providertest.DataSource{Path: path}.PathOf(s.arguments)] = answer{body: body}
	}
	return a
}

// sampled is an API that answers with the samples.
func (s subject) sampled(t *testing.T) api {
	t.Helper()
	if s.Export {
		return s.answers(t, answer{status: http.StatusAccepted, header: map[string]string{"Location": "https://graph.example" + providertest.SampleOperation}})
	}
	return s.answers(t, answer{body: testdata(t, s.Sample)})
}

// TestSamples reads the sample of every data source, and compares the whole state.
func TestSamples(t *testing.T) {
	t.Parallel()
	for name := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject := subjectOf(t, name)
			r := server(t, subject.sampled(t)).Read(t, name, subject.arguments).Succeed(t)
			r.Golden(t, strings.TrimPrefix(name, "partnercenter_")+"/"+strings.TrimSuffix(filepath.Base(subject.Sample), ".json")+".golden.json")
		})
	}
}

// eachDataSource yields every data source there is, by name.
func eachDataSource(t *testing.T) iter.Seq2[string, datasource.DataSource] {
	t.Helper()
	return func(yield func(string, datasource.DataSource) bool) {
		for _, construct := range All() {
			d := construct()
			var metadata datasource.MetadataResponse
			d.Metadata(t.Context(), datasource.MetadataRequest{ProviderTypeName: "partnercenter"}, &metadata)
			if !yield(metadata.TypeName, d) {
				return
			}
		}
	}
}

// eachCollection runs a test for each data source that reads a list.
func eachCollection(t *testing.T, test func(t *testing.T, name string, subject subject)) {
	t.Helper()
	for name := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject := subjectOf(t, name)
			if subject.Records == "" {
				t.Skip("no collection")
			}
			test(t, name, subject)
		})
	}
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	for name, d := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var response datasource.SchemaResponse
			d.Schema(t.Context(), datasource.SchemaRequest{}, &response)
			if problems := response.Schema.ValidateImplementation(t.Context()); problems.HasError() {
				t.Error(problems)
			}
			checkDescription(t, "the data source", response.Schema.MarkdownDescription)
			if len(response.Schema.Blocks) > 0 {
				t.Error("results and arguments are attributes, not blocks")
			}
			checkAttributes(t, "", response.Schema.Attributes)
		})
	}
}

func checkAttributes(t *testing.T, path string, fields map[string]schema.Attribute) {
	t.Helper()
	if _, ok := fields["id"]; ok {
		t.Errorf("%sid: an id says whose it is", path)
	}
	for name, attribute := range fields {
		place := path + name
		checkDescription(t, place, attribute.GetMarkdownDescription())
		if attribute.IsSensitive() {
			t.Errorf("%s is sensitive: Terraform would suppress messages that mention it", place)
		}
		if strings.Contains(name, "cost") || strings.Contains(name, "amount") || strings.HasSuffix(name, "percent_used") {
			switch attribute.(type) {
			case schema.NumberAttribute, schema.MapAttribute, schema.ListNestedAttribute:
			default:
				t.Errorf("%s is a %T: money and percentages are numbers without a size", place, attribute)
			}
		}
		switch a := attribute.(type) {
		case schema.BoolAttribute, schema.Int64Attribute, schema.NumberAttribute, schema.StringAttribute, schema.ListAttribute, schema.MapAttribute:
		case schema.SingleNestedAttribute:
			checkAttributes(t, place+".", a.Attributes)
		case schema.ListNestedAttribute:
			checkAttributes(t, place+"[*].", a.NestedObject.Attributes)
		default:
			t.Errorf("%s is a %T, which is not used here: sets are slow, floats inexact, dynamic values undocumented", place, attribute)
		}
	}
}

func checkDescription(t *testing.T, place, description string) {
	t.Helper()
	if !strings.HasSuffix(description, ".") && !strings.HasSuffix(description, ").") {
		t.Errorf("the description of %s is no sentence: %q", place, description)
	}
}

var (
	filters       = regexp.MustCompile(`^(Returns|Checks) only|^Whether to return only`)
	attributeName = regexp.MustCompile("`([a-z]+(?:_[a-z]+)+)`")
)

// Texts that several data sources share are true of each: what they mention is there.
func TestDescriptions_shared(t *testing.T) {
	t.Parallel()
	// What may be mentioned though it is no attribute: arguments of the provider, terms
	// of Terraform and of the API, rules of the gates that have no argument, what usage can
	// be grouped by, and other data sources and their attributes.
	others := map[string]bool{
		"operation_timeout": true, "azure_subscription": true, "resource_group": true,
		"partnercenter_invoices": true, "partnercenter_billed_usage": true, "subscription_id": true,
		"max_retry_wait": true, "depends_on": true, "void_note": true, "adjustment_note": true,
		"customer_found": true, "not_empty": true, "usd_known": true, "currency_limited": true, "has_budget": true,
		"data_age_known": true, "forecast_known": true, "one_budget": true, "resource_group_found": true,
	}
	for name, d := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var response datasource.SchemaResponse
			d.Schema(t.Context(), datasource.SchemaRequest{}, &response)
			descriptions := map[string]string{"the data source": response.Schema.MarkdownDescription}
			names, filtered, budgets := map[string]bool{}, false, false
			var collect func(path string, fields map[string]schema.Attribute)
			collect = func(path string, fields map[string]schema.Attribute) {
				for name, attribute := range fields {
					description := attribute.GetMarkdownDescription()
					descriptions[path+name] = description
					names[name] = true
					filtered = filtered || attribute.IsOptional() && filters.MatchString(description)
					budgets = budgets || strings.Contains(name, "budget")
					switch a := attribute.(type) {
					case schema.SingleNestedAttribute:
						collect(path+name+".", a.Attributes)
					case schema.ListNestedAttribute:
						collect(path+name+".", a.NestedObject.Attributes)
					}
				}
			}
			collect("", response.Schema.Attributes)
			for place, description := range descriptions {
				if !filtered && strings.Contains(description, "filter") {
					t.Errorf("%s is about filters, which there are none of: %q", place, description)
				}
				if !budgets && strings.Contains(description, "budget") {
					t.Errorf("%s is about budgets, which there are none of: %q", place, description)
				}
				for _, match := range attributeName.FindAllStringSubmatch(description, -1) {
					if !names[match[1]] && !others[match[1]] {
						t.Errorf("%s mentions %s, which there is none of: %q", place, match[1], description)
					}
				}
			}
		})
	}
}

// Whoever adds a data source shows how it is used, which the documentation is
// generated from, and where to find it.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	for name := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			short := strings.TrimPrefix(name, "partnercenter_")
			page := "docs/data-sources/" + short + ".md"
			for _, file := range []string{"examples/data-sources/" + name + "/data-source.tf", page} {
				if _, err := os.Stat("../../" + file); err != nil {
					t.Error(err)
				}
			}
			for file, mention := range map[string]string{
				"README.md":                             "[`" + name + "`](" + page + ")",
				"templates/guides/which-data-source.md": "[" + short + "](../data-sources/" + short + ".md)",
			} {
				content, err := os.ReadFile("../../" + file)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(string(content), mention) {
					t.Errorf("%s does not have %s", file, mention)
				}
			}
		})
	}
}

func TestEmptyObject(t *testing.T) {
	t.Parallel()
	for name := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject := subjectOf(t, name)
			if subject.Records != "" || subject.IsList || subject.Export {
				t.Skip("a collection")
			}
			read := server(t, api{subject.path: {body: `{}`}}).Read(t, name, subject.arguments)
			if name != "partnercenter_customer_usage_budget" { // Without anything in it, it says that there is no budget.
				if failure := read.Fail(t); !strings.Contains(failure.Detail, "none of the expected fields") {
					t.Error(failure.Detail)
				}
				return
			}
			state, _ := read.Succeed(t).Get(t).(map[string]any)
			for field, value := range state {
				if _, isNumber := value.(json.Number); isNumber {
					t.Errorf("%s is %v, though the API says nothing", field, value)
				}
			}
			checkFlags(t, state)
		})
	}
}

func TestEmptyCollection(t *testing.T) {
	t.Parallel()
	eachCollection(t, func(t *testing.T, name string, subject subject) {
		r := server(t, api{subject.path: {body: `{"totalCount":0,"items":[]}`}}).Read(t, name, subject.arguments).Succeed(t)
		r.Golden(t, strings.TrimPrefix(name, "partnercenter_")+"/empty.golden.json")
	})
}

// An item in which the API says nothing has nulls, not zeros; but booleans are
// never null.
func TestSilentItem(t *testing.T) {
	t.Parallel()
	eachCollection(t, func(t *testing.T, name string, subject subject) {
		r := server(t, api{subject.path: {body: `{"items":[{}]}`}}).Read(t, name, subject.arguments).Succeed(t)
		row, ok := r.Get(t, subject.Records, 0).(map[string]any)
		if !ok {
			t.Fatal("there is no row")
		}
		for field, value := range row {
			switch v := value.(type) {
			case nil, bool:
			case []any:
				if len(v) > 0 {
					t.Errorf("%s is %v, though the API says nothing", field, v)
				}
			case map[string]any:
				if len(v) > 0 {
					t.Errorf("%s is %v, though the API says nothing", field, v)
				}
			default:
				t.Errorf("%s is %v, though the API says nothing", field, v)
			}
		}
		checkFlags(t, row)
		if totals, ok := r.Get(t).(map[string]any)["totals"]; ok {
			checkFlags(t, totals)
		}
	})
}

// A null in a list of texts stays null, and an empty text stays one.
func TestTexts_null(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		list       []any
	}{
		{"partnercenter_customer", `{"customDomains":["a",null,""]}`, []any{"custom_domains"}},
		{"partnercenter_usage_summary", `{"emailsToNotify":["a",null,""]}`, []any{"emails_to_notify"}},
		{"partnercenter_azure_rate_card", `{"meters":[{"tags":["a",null,""]}]}`, []any{"meters", 0, "tags"}},
		{"partnercenter_azure_rate_card", `{"offerTerms":[{"excludedMeterIds":["a",null,""]}]}`, []any{"offer_terms", 0, "excluded_meter_ids"}},
	} {
		s := subjectOf(t, test.name)
		r := server(t, api{s.path: {body: test.body}}).Read(t, test.name, s.arguments).Succeed(t)
		if diff := cmp.Diff([]any{"a", nil, ""}, r.Get(t, test.list...)); diff != "" {
			t.Errorf("%s: %s", test.body, diff)
		}
	}
}

// flags are the results that are booleans, which are never null.
var flags = []string{"has_usage", "has_budget", "allow_delegated_access", "is_tax_included", "is_azure_plan", "is_azure_legacy", "within_budget", "over_budget", "is_upgraded", "currency_derived", "complete", "usd_complete", "excludes_azure_plan"}

func checkFlags(t *testing.T, results any) {
	t.Helper()
	fields, ok := results.(map[string]any)
	if !ok {
		t.Fatalf("%v is no object", results)
	}
	for _, flag := range flags {
		if value, there := fields[flag]; there && value == nil {
			t.Errorf("%s is null", flag)
		}
	}
}

// A list of two pages is whole, and a list whose second page fails is an error.
// TestFaults has the other ways to fail.
func TestPages(t *testing.T) {
	t.Parallel()
	eachCollection(t, func(t *testing.T, name string, subject subject) {
		items, total := itemsOf(t, subject.Sample)
		next := `"links":{"next":{"uri":"` + strings.TrimPrefix(subject.path, "/v1") + `?seekOperation=Next","method":"GET","headers":[{"key":"MS-ContinuationToken","value":"a/+="}]}}`
		pages := api{
			subject.path:           {body: `{"totalCount":` + total + `,"items":[` + items[0] + `],` + next + `}`},
			subject.path + " a/+=": {body: "\xef\xbb\xbf" + `{"items":[` + strings.Join(items[1:], ",") + `]}`},
		}
		got := server(t, pages).Read(t, name, subject.arguments).Succeed(t)
		whole := server(t, api{subject.path: {body: testdata(t, subject.Sample)}}).Read(t, name, subject.arguments).Succeed(t)
		if !got.State.Equal(whole.State) {
			t.Errorf("two pages give another state than one:\n%v\n%v", got.State, whole.State)
		}

		for problem, page := range map[string]answer{
			"403":          {status: http.StatusForbidden, body: `{"code":20002,"description":"No relationship."}`},
			"no usage":     {status: http.StatusBadRequest, body: `{"code":3000,"description":"Customer does not have usage data."}`},
			"without list": {body: `{"totalCount":2}`},
		} {
			pages[subject.path+" a/+="] = page
			failure := server(t, pages).Read(t, name, subject.arguments).Fail(t)
			if !strings.HasPrefix(failure.Summary, "Could not read ") || !strings.Contains(failure.Detail, "(page 2)") {
				t.Errorf("%s: %s: %s", problem, failure.Summary, failure.Detail)
			}
		}
	})
}

var (
	figure = regexp.MustCompile(`("(?:totalCost|quantity|totalCharges|balanceAmount|status|companyName|domain)":\s*"?-?)(\w)`)
	offset = regexp.MustCompile(`(\+00:00|Z)"`)
)

// Records that are alike in what they are sorted by are in one order, too.
func TestOrder(t *testing.T) {
	t.Parallel()
	eachCollection(t, func(t *testing.T, name string, subject subject) {
		items, _ := itemsOf(t, subject.Sample)
		for _, item := range items {
			items = append(items, figure.ReplaceAllString(item, "${1}9$2"), offset.ReplaceAllString(item, `-00:00"`))
		}
		one := server(t, api{subject.path: {body: `{"items":[` + strings.Join(items, ",") + `]}`}}).Read(t, name, subject.arguments).Succeed(t)
		slices.Reverse(items)
		other := server(t, api{subject.path: {body: `{"items":[` + strings.Join(items, ",") + `]}`}}).Read(t, name, subject.arguments).Succeed(t)
		if !one.State.Equal(other.State) {
			t.Errorf("the other order gives another state:\n%v\n%v", one.State, other.State)
		}
	})
}

// itemsOf splits a sample into its items, byte for byte.
func itemsOf(t *testing.T, sample string) (items []string, totalCount string) {
	t.Helper()
	var page struct {
		TotalCount json.Number       `json:"totalCount"`
		Items      []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal([]byte(testdata(t, sample)), &page); err != nil {
		t.Fatal(err)
	}
	for _, item := range page.Items {
		items = append(items, string(item))
	}
	if len(items) < 2 {
		t.Fatal("the sample must have two items to make two pages of")
	}
	return items, page.TotalCount.String()
}

// What goes wrong is told once, with what was asked, what came back and the ids,
// and leaves no state.
func TestErrors(t *testing.T) {
	t.Parallel()
	for name := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject := subjectOf(t, name)
			if subject.Export {
				t.Skip("TestExport_errors has those of Microsoft Graph")
			}
			for _, test := range []struct {
				answer answer
				want   []string
			}{
				{answer{status: 400, body: `{"code":"2000","description":"Invalid id."}`}, []string{"400 Bad Request", "code 2000", "Invalid id."}},
				{answer{status: 401, body: `{"code":900420,"description":"Audience."}`}, []string{"401 Unauthorized", "audience", "access_token"}},
				{answer{status: 401, body: `{"code":900421}`}, []string{"multifactor"}},
				{answer{status: 403, body: `Authentication failed. MFA required. (10001)`}, []string{"MFA required", "multifactor"}},
				{answer{status: 403, body: `{"code":900329,"description":"Not for applications."}`}, []string{"app-only", "refresh_token"}},
				{answer{status: 403, body: `{"code":1002,"description":"This resource can't be accessed by application credentials."}`}, []string{"app-only", "refresh_token"}},
				{answer{status: 403, body: `{"code":20002,"description":"Access denied.","data":[],"source":"PartnerFD"}`}, []string{"code 20002", "relationship"}},
				{answer{status: 403, body: `{"code":900150}`}, []string{"role"}},
				{answer{status: 403}, []string{"the response is empty", "role"}},
				{answer{status: 404, body: `{"code":20003,"description":"Not found."}`}, []string{"subscription_id"}},
				{answer{status: 404, body: `{"code":1000}`}, []string{"404 Not Found", "ids"}},
				{answer{status: 429, body: `{"statusCode":429,"message":"Rate limit is exceeded. Try again in 600 seconds."}`, header: map[string]string{"Retry-After": "600"}}, []string{"429", "Rate limit", "10m0s", "max_retry_wait"}},
				{answer{status: 503, body: `{"code":800003,"description":"Down."}`, header: map[string]string{"Retry-After": "3600"}}, []string{"503", "1h0m0s", "max_retry_wait"}},
				{answer{status: 408, body: `{}`}, []string{"408", "again"}},
				{answer{status: 503, body: `<html><title>Service Unavailable</title></html>`}, []string{"503", "HTML page", "again"}},
				{answer{status: 302, header: map[string]string{"Location": "https://elsewhere.example/"}}, []string{"302", "redirect"}},
				{answer{body: `<!DOCTYPE html><html></html>`}, []string{"200 OK", "HTML page"}},
				{answer{body: ``}, []string{"200 OK", "no body"}},
				{answer{body: `[]`}, []string{"an array where an object is expected"}},
				{answer{body: `null`}, []string{"null where an object is expected"}},
				{answer{body: `Try again later.`}, []string{"200 OK", "not valid JSON"}},
				{answer{status: 206, body: `{"items":[]}`}, []string{"206 Partial Content"}},
				{answer{status: 409, body: `{}`}, []string{"409 Conflict"}},
				{answer{status: 202}, []string{"202 Accepted"}},
			} {
				failure := server(t, subject.answers(t, test.answer)).Read(t, name, subject.arguments).Fail(t)
				if strings.ContainsAny(failure.Summary, ":") || !strings.HasPrefix(failure.Summary, "Could not read ") {
					t.Errorf("summary %q", failure.Summary)
				}
				for _, want := range append(test.want, "GET "+subject.path, "MS-RequestId: answered-request-id", "MS-CorrelationId: answered-correlation-id") {
					if !strings.Contains(failure.Detail, want) {
						t.Errorf("%d %s: the error does not say %q:\n%s", test.answer.status, test.answer.body, want, failure.Detail)
					}
				}
				if parts := strings.Split(failure.Detail, "\n\n"); len(parts) < 3 || strings.HasPrefix(parts[1], "MS-") {
					t.Errorf("%d %s: the error does not say what to do:\n%s", test.answer.status, test.answer.body, failure.Detail)
				}
				if strings.Contains(failure.Detail, "a-token") {
					t.Errorf("the error has the token:\n%s", failure.Detail)
				}
			}
		})
	}
}

// Code 3000 and 204 say that there is no usage: no error for a subscription, but
// one for the lists of the whole partner, which cannot be without any.
func TestNoUsage(t *testing.T) {
	t.Parallel()
	for name := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject := subjectOf(t, name)
			for _, none := range []answer{
				{status: http.StatusNoContent},
				{status: http.StatusBadRequest, body: `{"code":3000,"description":"Customer does not have usage data."}`},
				{status: http.StatusNotFound, body: `{"code":"3000","description":"Customer does not have usage data."}`},
			} {
				r := server(t, subject.answers(t, none)).Read(t, name, subject.arguments)
				switch {
				case !subject.NoUsage:
					r.Fail(t)
				case subject.Records == "":
					if r.Succeed(t).Get(t, "has_usage") != false {
						t.Errorf("%d: there is usage", none.status)
					}
				default:
					if list, ok := r.Succeed(t).Get(t, subject.Records).([]any); !ok || len(list) > 0 {
						t.Errorf("%d: the list is %v, not empty", none.status, list)
					}
				}
			}
		})
	}
}

// Ids are checked before anything is sent.
func TestIDs(t *testing.T) {
	t.Parallel()
	for name := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject := subjectOf(t, name)
			for argument := range subject.arguments {
				if !strings.HasSuffix(argument, "_id") {
					continue
				}
				wrong := []string{"", "contoso", "../usagerecords", "{" + aCustomer + "}", "urn:uuid:" + aCustomer, strings.ReplaceAll(aCustomer, "-", ""), aCustomer + "/"}
				if argument == "invoice_id" {
					wrong = []string{"", " ", "G01 2", "../G012345678", "G012345678/", "G012345678?", "-"}
				}
				for _, bad := range wrong {
					arguments := maps.Clone(subject.arguments)
					arguments[argument] = bad
					failure := server(t, refuseAll(t)).Read(t, name, arguments).Fail(t)
					checkBlame(t, failure, argument)
				}
				// White space around an id is not part of it.
				arguments := maps.Clone(subject.arguments)
				arguments[argument] = fmt.Sprintf(" %s\n", arguments[argument])
				server(t, subject.sampled(t)).Read(t, name, arguments).Succeed(t)
			}
		})
	}
}

var (
	guidText = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
	otherID  = regexp.MustCompile(`("(?:offerId|orderId|meterId)":\s*)"[^"]*"`)
)

// GUIDs of results are in lower case, so that those of all data sources are the same.
func TestGUIDs(t *testing.T) {
	t.Parallel()
	eachCollection(t, func(t *testing.T, name string, subject subject) {
		body := otherID.ReplaceAllString(testdata(t, subject.Sample), `$1"`+aCustomer+`"`)
		body = guidText.ReplaceAllStringFunc(body, strings.ToUpper)
		r := server(t, subject.answers(t, answer{body: body})).Read(t, name, subject.arguments).Succeed(t)
		rows, _ := r.Get(t, subject.Records).([]any)
		for i, row := range rows {
			attributes, _ := row.(map[string]any)
			for attribute, value := range attributes {
				if text, ok := value.(string); ok && strings.HasSuffix(attribute, "_id") && guidText.MatchString(text) && text != strings.ToLower(text) {
					t.Errorf("%s of row %d is %s", attribute, i, text)
				}
			}
		}
	})
}

// refuseAll is an API that must not be asked.
func refuseAll(t *testing.T) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a request was sent: %s", r.URL)
	})
}

func checkBlame(t *testing.T, failure *tfprotov6.Diagnostic, argument string) {
	t.Helper()
	if got := failure.Attribute.String(); !strings.Contains(got, `AttributeName("`+argument+`")`) {
		t.Errorf("the error %q is on %s, not on %s", failure.Summary, got, argument)
	}
}

func TestNotConfigured(t *testing.T) {
	t.Parallel()
	for name := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failure := providertest.New(t, testProvider{}).Read(t, name, subjectOf(t, name).arguments).Fail(t)
			if !strings.Contains(failure.Detail, "bug in the provider") {
				t.Error(failure.Detail)
			}
		})
	}
}

func TestWrongProviderData(t *testing.T) {
	t.Parallel()
	for name, d := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			configurable, ok := d.(datasource.DataSourceWithConfigure)
			if !ok {
				t.Fatal("the data source cannot be configured")
			}
			var response datasource.ConfigureResponse
			configurable.Configure(context.Background(), datasource.ConfigureRequest{ProviderData: "nonsense"}, &response)
			if !response.Diagnostics.HasError() {
				t.Error("no error")
			}
		})
	}
}
