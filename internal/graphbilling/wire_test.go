package graphbilling

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

const (
	testOperation = "https://graph.microsoft.com/v1.0/reports/partners/billing/operations/56b0dd38-1f26-4a5d-9c8a-7d2d4a7e4c11"
	testManifest  = "https://graph.microsoft.com/v1.0/reports/partners/billing/manifests/56b0dd38-1f26-4a5d-9c8a-7d2d4a7e4c11"
	testRoot      = "https://contosoexports.blob.core.windows.net/unbilledusagefastpath/v1/202608020035/PartnerTenantId=66f469a3/Fragment=basic/PartitionType=default"
	testSAS       = "skoid=0d&sktid=9c&sv=2021-08-06&sr=d&sdd=7&sp=rl&se=2026-08-02T02%3A00%3A00Z&sig=hushhush%2Bsignature%3D"
	accessToken   = "graph-token-1"
)

// inlineManifest is a manifest as the operation has it.
func inlineManifest(sas, blobs string) string {
	count := strings.Count(blobs, `"name"`)
	return fmt.Sprintf(`{"id":"1","schemaVersion":"2","dataFormat":"compressedJSON","createdDateTime":"2026-08-02T00:38:11.1234567Z","eTag":"RwDrn7fbiTXy6UULE",`+
		`"partnerTenantId":"66f469a3","rootDirectory":%q,"sasToken":%q,"partitionType":"default","blobCount":%d,"blobs":[%s]}`, testRoot, sas, count, blobs)
}

// succeeded is an operation that has ended, with its manifest.
func succeeded(blobs string) string { return succeededWith(testSAS, blobs) }

func succeededWith(sas, blobs string) string {
	return `{"@odata.type":"#microsoft.graph.partners.billing.exportSuccessOperation","id":"1","createdDateTime":"2026-08-02T09:43:00","lastActionDateTime":"2026-08-02T09:43:05.1234567Z","status":"succeeded","resourceLocation":` +
		inlineManifest(sas, blobs) + `}`
}

const running = `{"@odata.type":"#microsoft.graph.partners.billing.runningOperation","id":"1","createdDateTime":"2026-08-02T09:43:00","status":"running"}`

func failed(code, message string) string {
	return fmt.Sprintf(`{"@odata.type":"#microsoft.graph.partners.billing.failedOperation","id":"1","status":"failed","error":{"code":%q,"message":%q}}`, code, message)
}

const twoBlobs = `{"name":"part-00000.json.gz","partitionValue":"default"},{"name":"part-00001.json.gz","partitionValue":"default"}`

// compressed is a blob of these lines.
func compressed(lines ...string) string {
	var blob bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&blob, gzip.BestSpeed)
	_, _ = writer.Write([]byte(strings.Join(lines, "\n")))
	_ = writer.Close()
	return blob.String()
}

// exchange plays Microsoft Graph and Azure Blob Storage.
type exchange struct {
	export, operation, manifest wiretest.Responder
	blobs                       map[string]wiretest.Responder
}

// newExchange has an export of two blobs, which is ready at once.
func newExchange(first, second string) *exchange {
	return &exchange{
		export:    wiretest.Respond(http.StatusAccepted, "", "Location", testOperation, "request-id", "graph-1"),
		operation: wiretest.Respond(http.StatusOK, succeeded(twoBlobs), "request-id", "graph-2"),
		blobs: map[string]wiretest.Responder{
			"part-00000.json.gz": wiretest.Respond(http.StatusOK, first),
			"part-00001.json.gz": wiretest.Respond(http.StatusOK, second),
		},
	}
}

func (e *exchange) respond(request *http.Request) (*http.Response, error) {
	path := request.URL.Path
	switch {
	case strings.HasSuffix(path, "/export"):
		return e.export(request)
	case strings.Contains(path, "/operations/"):
		return e.operation(request)
	case strings.Contains(path, "/manifests/"):
		return e.manifest(request)
	}
	return e.blobs[path[strings.LastIndex(path, "/")+1:]](request)
}

type tokenFunc func() (string, error)

func (f tokenFunc) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := f()
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(time.Hour)}, err
}

// newTestClient returns a client whose requests get these responses, and its wire.
func newTestClient(t testing.TB, respond wiretest.Responder, changes ...func(*pcclient.Options)) (*Client, *wiretest.Wire) {
	t.Helper()
	w := &wiretest.Wire{Respond: respond}
	o := pcclient.Options{
		Endpoint:         wiretest.ParseURL(t, "https://api.example"),
		Credential:       tokenFunc(func() (string, error) { return accessToken, nil }),
		Graph:            pcclient.Graph{Endpoint: wiretest.ParseURL(t, Endpoint)},
		OperationTimeout: 30 * time.Minute,
		Options: transport.Options{
			MaxConcurrency: 8,
			MaxRetries:     5,
			MaxRetryWait:   2 * time.Minute,
			RequestTimeout: 3 * time.Minute,
			Transport:      w,
		},
	}
	for _, change := range changes {
		change(&o)
	}
	return New(pcclient.New(o)), w
}

func mustKeys(t testing.TB, names []string) []key {
	t.Helper()
	keys, err := parseKeys(names)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func apiError(t *testing.T, err error) *pcclient.Error {
	t.Helper()
	e, ok := errors.AsType[*pcclient.Error](err)
	if !ok {
		t.Fatalf("the error is %T: %v", err, err)
	}
	return e
}
