package datasources

import (
	"context"
	"encoding/json"
	"flag"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

var update = flag.Bool("update", false, "write the golden files")

// An api answers the requests of a test, by path, with raw bytes. A path that is
// asked for again gets the answer again.
type api map[string]answer

type answer struct {
	status int // 0: 200
	header map[string]string
	body   string
}

func (a api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Path
	if token := r.Header.Get("MS-ContinuationToken"); token != "" {
		key += " " + token
	}
	answer, ok := a[key]
	if !ok {
		http.Error(w, "the test has no answer for "+key, http.StatusTeapot)
		return
	}
	w.Header().Set("MS-RequestId", "answered-request-id")
	w.Header().Set("MS-CorrelationId", "answered-correlation-id")
	for name, value := range answer.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(max(answer.status, http.StatusOK))
	_, _ = w.Write([]byte(answer.body))
}

// inMemory sends requests to a handler without a network.
type inMemory struct{ http.Handler }

func (m inMemory) Do(request *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	m.ServeHTTP(recorder, request)
	response := recorder.Result()
	response.Request = request
	return response, nil
}

type anyToken struct{}

func (anyToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "a-token", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// testProvider has the data sources of the real one, and reads from a handler.
type testProvider struct {
	provider.Provider
	handler http.Handler
}

func (testProvider) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "partnercenter"
}

func (testProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p testProvider) Configure(_ context.Context, _ provider.ConfigureRequest, response *provider.ConfigureResponse) {
	response.DataSourceData = pcclient.New(pcclient.Options{
		Endpoint:         &url.URL{Scheme: "https", Host: "api.example"},
		Credential:       anyToken{},
		MaxConcurrency:   8,
		MaxRetryWait:     time.Minute,
		RequestTimeout:   time.Minute,
		OperationTimeout: time.Minute,
		Transport:        inMemory{p.handler},
	})
}

func (testProvider) DataSources(context.Context) []func() datasource.DataSource { return All() }

func (testProvider) Resources(context.Context) []func() resource.Resource { return nil }

// server starts a provider that reads from a handler, behind the protocol that
// Terraform speaks.
func server(tb testing.TB, handler http.Handler) tfprotov6.ProviderServer {
	tb.Helper()
	s, err := providerserver.NewProtocol6WithError(testProvider{handler: handler})()
	if err != nil {
		tb.Fatal(err)
	}
	configured, err := s.ConfigureProvider(tb.Context(), &tfprotov6.ConfigureProviderRequest{Config: encode(tb, tftypes.NewValue(tftypes.Object{}, map[string]tftypes.Value{}))})
	if err != nil || len(configured.Diagnostics) > 0 {
		tb.Fatal(err, configured)
	}
	return s
}

// arguments of a data source, as tftypes takes them: string, bool, *big.Float,
// []tftypes.Value.
type arguments map[string]any

func list(texts ...string) []tftypes.Value {
	values := make([]tftypes.Value, len(texts))
	for i, text := range texts {
		values[i] = tftypes.NewValue(tftypes.String, text)
	}
	return values
}

// result is what Terraform gets for a data source.
type result struct {
	state       tftypes.Value
	diagnostics []*tfprotov6.Diagnostic
}

// read validates and reads a data source as Terraform does.
func read(tb testing.TB, s tfprotov6.ProviderServer, name string, args arguments) result {
	tb.Helper()
	schema := schemaType(tb, s, name)
	values := map[string]tftypes.Value{}
	for attribute, typ := range schema.AttributeTypes {
		values[attribute] = tftypes.NewValue(typ, args[attribute])
	}
	for attribute := range args {
		if _, ok := schema.AttributeTypes[attribute]; !ok {
			tb.Fatalf("%s has no attribute %s", name, attribute)
		}
	}
	config := encode(tb, tftypes.NewValue(schema, values))
	validated, err := s.ValidateDataResourceConfig(tb.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: config})
	if err != nil {
		tb.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return result{diagnostics: validated.Diagnostics}
	}
	response, err := s.ReadDataSource(tb.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: config})
	if err != nil {
		tb.Fatal(err)
	}
	state, err := response.State.Unmarshal(schema)
	if err != nil {
		tb.Fatal(err)
	}
	return result{state, response.Diagnostics}
}

func schemaType(tb testing.TB, s tfprotov6.ProviderServer, name string) tftypes.Object {
	tb.Helper()
	schemas, err := s.GetProviderSchema(tb.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		tb.Fatal(err)
	}
	schema, ok := schemas.DataSourceSchemas[name]
	if !ok {
		tb.Fatalf("there is no data source %s", name)
	}
	object, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		tb.Fatalf("the schema of %s is no object", name)
	}
	return object
}

func encode(tb testing.TB, value tftypes.Value) *tfprotov6.DynamicValue {
	tb.Helper()
	encoded, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		tb.Fatal(err)
	}
	return &encoded
}

// succeed fails the test if there was an error.
func (r result) succeed(tb testing.TB) result {
	tb.Helper()
	for _, d := range r.diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			tb.Fatalf("%s: %s", d.Summary, d.Detail)
		}
	}
	return r
}

// fail fails the test unless there was one error, and no state. It returns the
// error's text.
func (r result) fail(tb testing.TB) *tfprotov6.Diagnostic {
	tb.Helper()
	if len(r.diagnostics) != 1 || r.diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
		tb.Fatalf("want one error, got %d diagnostics: %+v", len(r.diagnostics), r.diagnostics)
	}
	if !r.state.IsNull() {
		tb.Fatalf("there is a state beside the error: %s", asJSON(tb, r.state))
	}
	return r.diagnostics[0]
}

// golden compares the whole state with testdata/<file>.
func (r result) golden(tb testing.TB, file string) {
	tb.Helper()
	file = filepath.Join("testdata", file)
	got := asJSON(tb, r.state)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	if diff := cmp.Diff(testdata(tb, file), got); diff != "" {
		tb.Errorf("state differs from %s (-want +got):\n%s", file, diff)
	}
}

// get returns the attribute at a path of names and indexes, as JSON.
func (r result) get(tb testing.TB, steps ...any) string {
	tb.Helper()
	value := plain(tb, r.state)
	for _, step := range steps {
		switch s := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			if !ok {
				tb.Fatalf("%v: %v is no object", steps, value)
			}
			if value, ok = object[s]; !ok {
				tb.Fatalf("%v: no %s", steps, s)
			}
		case int:
			list, ok := value.([]any)
			if !ok || s >= len(list) {
				tb.Fatalf("%v: no element %d in %v", steps, s, value)
			}
			value = list[s]
		}
	}
	text, err := json.Marshal(value)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func testdata(tb testing.TB, file string) string {
	tb.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return string(content)
}

func asJSON(tb testing.TB, value tftypes.Value) string {
	tb.Helper()
	text, err := json.MarshalIndent(plain(tb, value), "", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(text) + "\n"
}

// plain makes a value of Terraform one that encoding/json writes, with all the
// digits of its numbers.
func plain(tb testing.TB, value tftypes.Value) any {
	tb.Helper()
	if value.IsNull() {
		return nil
	}
	as := func(target any) {
		if err := value.As(target); err != nil {
			tb.Fatal(err)
		}
	}
	switch typ := value.Type(); {
	case typ.Is(tftypes.String):
		var text string
		as(&text)
		return text
	case typ.Is(tftypes.Bool):
		var flag bool
		as(&flag)
		return flag
	case typ.Is(tftypes.Number):
		var number big.Float
		as(&number)
		return json.Number(number.Text('f', -1))
	case typ.Is(tftypes.List{}):
		var values []tftypes.Value
		as(&values)
		list := make([]any, len(values))
		for i := range values {
			list[i] = plain(tb, values[i])
		}
		return list
	}
	var values map[string]tftypes.Value
	as(&values)
	object := make(map[string]any, len(values))
	for name, element := range maps.All(values) {
		object[name] = plain(tb, element)
	}
	return object
}
