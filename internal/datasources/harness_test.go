package datasources

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// server starts a provider that has all data sources and reads from a handler.
func server(tb testing.TB, handler http.Handler) *providertest.Server {
	tb.Helper()
	return serverWith(tb, handler, nil)
}

// serverWith starts one with other options.
func serverWith(tb testing.TB, handler http.Handler, change func(*pcclient.Options)) *providertest.Server {
	tb.Helper()
	s := providertest.New(tb, testProvider{handler: handler, change: change})
	if problems := s.Configure(tb, nil); len(problems) > 0 {
		tb.Fatalf("%+v", problems[0])
	}
	return s
}

func testdata(tb testing.TB, file string) string {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		tb.Fatal(err)
	}
	return string(content)
}

// compressed is a text as gzip.
func compressed(tb testing.TB, text string) string {
	tb.Helper()
	var blob bytes.Buffer
	writer := gzip.NewWriter(&blob)
	_, _ = writer.Write([]byte(text))
	if err := writer.Close(); err != nil {
		tb.Fatal(err)
	}
	return blob.String()
}

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
	for _, prefix := range []string{"", "x-ms-"} { // of Microsoft Graph, and of Azure Blob Storage
		w.Header().Set(prefix+"request-id", "answered-request-id")
		w.Header().Set(prefix+"client-request-id", "answered-correlation-id")
	}
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
	change  func(*pcclient.Options) // may be nil
}

func (testProvider) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "partnercenter"
}

func (testProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p testProvider) Configure(_ context.Context, _ provider.ConfigureRequest, response *provider.ConfigureResponse) {
	options := pcclient.Options{
		Endpoint:         &url.URL{Scheme: "https", Host: "api.example"},
		Graph:            pcclient.Graph{Endpoint: &url.URL{Scheme: "https", Host: "graph.example"}},
		Credential:       anyToken{},
		OperationTimeout: time.Minute,
		Options: transport.Options{
			MaxConcurrency: 8,
			MaxRetryWait:   time.Minute,
			RequestTimeout: time.Minute,
			Transport:      inMemory{p.handler},
		},
	}
	if p.change != nil {
		p.change(&options)
	}
	response.DataSourceData = NewClients(options)
}

func (testProvider) DataSources(context.Context) []func() datasource.DataSource { return All() }

func (testProvider) Resources(context.Context) []func() resource.Resource { return nil }
