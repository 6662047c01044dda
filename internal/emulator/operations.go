package emulator

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// exportStore has the exports that have been started.
type exportStore struct {
	mu         sync.Mutex
	operations map[string]*exportOperation
	// data are those of the blobs, by their directory. Exports of the same data
	// share them.
	data map[string]*exportData
}

// exportOperation is an export of data, or one that fails.
type exportOperation struct {
	id     string
	data   *exportData
	failed string
}

// codeNoData is why exports fail: they have no data yet, or none at all, or are not
// supported.
const codeNoData = 5000

const noData = "No data available"

// start starts an export, and returns the id of its operation.
func (x *exportStore) start(s *snapshot, q exportQuestion) string {
	operation := &exportOperation{}
	bill := s.invoice(q.invoiceID)
	switch {
	case bill != nil && bill.kind == recurring:
		operation.failed = fmt.Sprintf("No usage data available currently for Invoice %s. Please try again later.", bill.id)
	case bill == nil && !s.isBillingCurrency(q.currency):
		operation.failed = noData
	default:
		operation.data = newExportData(s, q)
	}

	x.mu.Lock()
	defer x.mu.Unlock()
	if x.operations == nil {
		x.operations, x.data = map[string]*exportOperation{}, map[string]*exportData{}
	}
	operation.id = namedGUID("operation " + strconv.Itoa(len(x.operations)))
	x.operations[operation.id] = operation
	if operation.data != nil {
		if known := x.data[operation.data.directory]; known != nil {
			operation.data = known
		}
		x.data[operation.data.directory] = operation.data
	}
	return operation.id
}

func (x *exportStore) operation(id string) (*exportOperation, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	operation := x.operations[id]
	if operation == nil {
		return nil, &graphError{status: http.StatusNotFound, code: graphCode(http.StatusNotFound), message: "The resource could not be found."}
	}
	return operation, nil
}

// directory finds data by the directory of their blobs; nil if there are none.
func (x *exportStore) directory(name string) *exportData {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.data[name]
}

// wireOperation is an operation in one of its three kinds. Of the times, one has a
// zone, as documented.
type wireOperation struct {
	ODataContext       string        `json:"@odata.context"`
	ODataType          string        `json:"@odata.type"`
	ID                 string        `json:"id"`
	CreatedDateTime    string        `json:"createdDateTime"`
	LastActionDateTime string        `json:"lastActionDateTime"`
	Status             string        `json:"status"`
	ResourceLink       string        `json:"resourceLocation@odata.navigationLink,omitempty"`
	ResourceLocation   *wireManifest `json:"resourceLocation,omitempty"`
	Error              *wireFailure  `json:"error,omitempty"`
}

type wireFailure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (e *Emulator) readOperation(r *http.Request, base, id string, fault Fault) (response, error) {
	if err := allowOnly(r, http.MethodGet); err != nil {
		return response{}, err
	}
	operation, err := e.exports.operation(id)
	if err != nil {
		return response{}, err
	}
	asOf := e.snapshot.Load().asOf
	reply := wireOperation{
		ODataContext:       base + "$metadata#reports/partners/billing/operations/$entity",
		ID:                 id,
		CreatedDateTime:    unzoned(asOf),
		LastActionDateTime: utc(asOf.Add(3*time.Second + 4182367*100*time.Nanosecond)),
		Status:             fault.Operation,
	}
	failure := operation.failed
	switch {
	case fault.Operation == "failed":
		failure = cmp.Or(fault.Description, operation.failed, noData)
	case fault.Operation != "" && fault.Operation != "completed":
		reply.ODataType = "#microsoft.graph.partners.billing.runningOperation"
		return graphResponse(http.StatusOK, reply), nil
	}
	if failure != "" {
		reply.ODataType = "#microsoft.graph.partners.billing.failedOperation"
		reply.Status = "failed"
		reply.Error = &wireFailure{strconv.Itoa(cmp.Or(fault.Code, codeNoData)), failure}
		return graphResponse(http.StatusOK, reply), nil
	}
	reply.ODataType = "#microsoft.graph.partners.billing.exportSuccessOperation"
	reply.Status = cmp.Or(fault.Operation, "succeeded")
	if e.options.ManifestLink {
		reply.ResourceLink = base + manifestsPath + id
	} else {
		reply.ResourceLocation = e.newManifest(r, operation)
	}
	return graphResponse(http.StatusOK, reply), nil
}

// wireManifest says where the blobs are.
type wireManifest struct {
	ODataContext    string     `json:"@odata.context,omitempty"`
	ID              string     `json:"id"`
	SchemaVersion   string     `json:"schemaVersion"`
	DataFormat      string     `json:"dataFormat"`
	CreatedDateTime string     `json:"createdDateTime"`
	ETag            string     `json:"eTag"`
	PartnerTenantID string     `json:"partnerTenantId"`
	RootDirectory   string     `json:"rootDirectory"`
	SASToken        string     `json:"sasToken"`
	PartitionType   string     `json:"partitionType"`
	BlobCount       int        `json:"blobCount"`
	Blobs           []wireBlob `json:"blobs"`
}

type wireBlob struct {
	Name           string `json:"name"`
	PartitionValue string `json:"partitionValue"`
}

// newManifest is the manifest of an operation that has succeeded, with a SAS of its
// own. Inline, it says what has been observed, and what is documented otherwise.
func (e *Emulator) newManifest(r *http.Request, operation *exportOperation) *wireManifest {
	data := operation.data
	manifest := &wireManifest{
		ID:              operation.id,
		SchemaVersion:   "2",
		DataFormat:      "compressedJSON",
		CreatedDateTime: utc(data.version.Add(42*time.Minute + 5138274*100*time.Nanosecond)),
		ETag:            data.prepare().eTag,
		PartnerTenantID: TenantID,
		RootDirectory:   baseURL(r) + blobPrefix + data.directory,
		SASToken:        newSAS(data.directory, e.options.SASLifetime),
		PartitionType:   "default",
		Blobs:           []wireBlob{},
	}
	if e.options.ManifestLink {
		manifest.SchemaVersion, manifest.DataFormat, manifest.PartitionType = "1", "compressedJSONLines", "Default"
	}
	for _, name := range data.blobNames() {
		manifest.Blobs = append(manifest.Blobs, wireBlob{name, strings.ToLower(manifest.PartitionType)})
	}
	manifest.BlobCount = len(manifest.Blobs)
	return manifest
}

func (e *Emulator) readManifest(r *http.Request, base, id string) (response, error) {
	if err := allowOnly(r, http.MethodGet); err != nil {
		return response{}, err
	}
	operation, err := e.exports.operation(id)
	if err != nil {
		return response{}, err
	}
	if operation.data == nil {
		return response{}, &graphError{status: http.StatusNotFound, code: graphCode(http.StatusNotFound), message: "The export has failed, and has no manifest."}
	}
	manifest := e.newManifest(r, operation)
	manifest.ODataContext = base + "$metadata#reports/partners/billing/manifests/$entity"
	return graphResponse(http.StatusOK, manifest), nil
}
