package doctor

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

const blobStorage = "Azure Blob Storage"

// maxLines is how many lines of a blob are looked at.
const maxLines = 50

// The steps of an export. Each is a route of the report.
const (
	exportStart = iota
	exportOperation
	exportManifest
	exportBlob
)

func exportRoutes(q graphbilling.Query) []route {
	start := "reports/partners/billing/usage/unbilled/export"
	if q.InvoiceID != "" {
		start = "reports/partners/billing/usage/billed/export"
	}
	return []route{
		exportStart:     {api: microsoftGraph, path: start},
		exportOperation: {api: microsoftGraph, path: "reports/partners/billing/operations/{operation_id}", resource: reflect.TypeFor[operation]()},
		exportManifest:  {api: microsoftGraph, path: "reports/partners/billing/manifests/{manifest_id}", resource: reflect.TypeFor[manifest]()},
		exportBlob:      {api: blobStorage, path: "{blob}", resource: reflect.TypeFor[usageLine](), anyCase: true},
	}
}

func (x *Examination) skipExport(q graphbilling.Query, reason string) {
	for _, r := range exportRoutes(q) {
		x.Routes = append(x.Routes, r.skipped(reason))
	}
}

// checkExport starts an export, waits for it, and looks at what arrived up to the first
// lines of its first blob.
func (x *Examination) checkExport(ctx context.Context, api *pcclient.Client, graph *graphbilling.Client, tap *tap, q graphbilling.Query, progress func(string, ...any)) {
	progress("Starting an export of Microsoft Graph, which may take half an hour")
	ctx, end := api.Operation(ctx)
	defer end()
	before := tap.count()
	sample, err := graph.Sample(ctx, q, maxLines)
	steps := stepsOf(tap.all(before))
	for _, e := range steps[exportOperation] {
		x.keepSecrets(e.body)
	}
	for _, e := range steps[exportManifest] {
		x.keepSecrets(e.body)
	}

	inline := inlineManifest(steps[exportOperation])
	last := exportStart
	for step, exchanges := range steps {
		if len(exchanges) > 0 || step == exportManifest && inline != nil {
			last = step
		}
	}
	for step, r := range exportRoutes(q) {
		switch {
		case step > last && err == nil && sample.Blobs == 0:
			x.Routes = append(x.Routes, r.skipped("the export has no blobs"))
			continue
		case step > last:
			x.Routes = append(x.Routes, r.skipped("the export did not get so far"))
			continue
		}
		isInline := step == exportManifest && len(steps[step]) == 0
		result := r.describe(steps[step])
		if err != nil && step == last {
			problem := explain("the export", err)
			if step == exportBlob {
				problem.Problem = withoutQuoted(problem.Problem)
			}
			problem.Advice = cmp.Or(problem.Advice, notExpected)
			result.Status, result.Problem = StatusFailed, &problem
		}
		shape := newShape(r)
		switch {
		case isInline:
			result.Notes = append(result.Notes, "inside the operation")
			shape.add(inline)
			result.addManifest(inline)
		case step == exportStart:
			result.addLocation(steps[step])
		case step == exportOperation:
			result.addStates(steps)
		case step == exportManifest:
			result.addManifest(steps[step][len(steps[step])-1].body)
		case sample != nil: // It is a blob.
			result.Records = new(len(sample.Lines))
			for _, line := range sample.Lines {
				shape.add(line)
			}
			x.lines = sample.Lines
		}
		if !isInline && r.resource != nil {
			for _, e := range steps[step] {
				if e.status == http.StatusOK && step != exportBlob {
					shape.add(e.body)
				}
			}
		}
		result.Differences = shape.differences()
		x.Routes = append(x.Routes, result)
		if n := len(steps[step]); n > 0 {
			x.exports = append(x.exports, recorded{steps[step][n-1], r, false})
		}
	}
}

// stepsOf sorts requests by the step of the export. The first GET is about the operation.
func stepsOf(exchanges []*exchange) [exportBlob + 1][]*exchange {
	var steps [exportBlob + 1][]*exchange
	for _, e := range exchanges {
		step := exportManifest
		switch operations := steps[exportOperation]; {
		case e.isBlob:
			step = exportBlob
		case e.method != http.MethodGet:
			step = exportStart
		case len(operations) == 0 || operations[len(operations)-1].url.Path == e.url.Path || strings.Contains(e.url.Path, "/operations/"):
			step = exportOperation
		}
		steps[step] = append(steps[step], e)
	}
	return steps
}

// describe says what is the same for all steps.
func (r route) describe(exchanges []*exchange) Route {
	result := Route{API: r.api, Route: r.path, Status: StatusOK, Throttling: map[string]string{}, Requests: len(exchanges)}
	for _, e := range exchanges {
		e.throttling(result.Throttling)
		result.Bytes += len(e.body)
		result.ByteOrderMark = result.ByteOrderMark || e.mark
		result.DurationMS += e.took.Milliseconds()
	}
	return result
}

func (r *Route) addLocation(exchanges []*exchange) {
	for _, e := range exchanges[max(len(exchanges)-1, 0):] {
		if location := e.header.Get("Location"); location != "" {
			r.Notes = append(r.Notes, fmt.Sprintf("status %d, Location: %s", e.status, formOfURI(location)))
		}
	}
}

// addStates notes the states of the export, and how long it ran.
func (r *Route) addStates(steps [exportBlob + 1][]*exchange) {
	var states []string
	for _, e := range steps[exportOperation] {
		if state := cmp.Or(operationStatus(e), "unknown"); len(states) == 0 || states[len(states)-1] != state {
			states = append(states, state)
		}
	}
	first, last := steps[exportStart][0], steps[exportOperation][len(steps[exportOperation])-1]
	r.Notes = append(r.Notes, strings.Join(states, ", then "), "ran "+seconds(last.sent.Add(last.took).Sub(first.sent)))
}

// addManifest notes what is not known of manifests in general, and is no secret.
func (r *Route) addManifest(body []byte) {
	var m manifest
	if json.Unmarshal(body, &m, lenient) != nil {
		return
	}
	r.Notes = append(r.Notes, counted(len(m.Blobs), "blob"))
	if values, err := url.ParseQuery(strings.TrimPrefix(text(m.SASToken), "?")); err == nil {
		if end, err := time.Parse(time.RFC3339, values.Get("se")); err == nil {
			r.Notes = append(r.Notes, fmt.Sprintf("its SAS is valid for %s more", time.Until(end).Round(time.Minute)))
		}
	}
}

// operationStatus returns the status of an export, if the response is about one.
func operationStatus(e *exchange) string {
	if e.isBlob || e.status != http.StatusOK || !strings.Contains(e.url.Path, "/operations/") {
		return ""
	}
	var o operation
	_ = json.Unmarshal(e.body, &o, lenient)
	if status := text(o.Status); word.MatchString(status) {
		return status
	}
	return ""
}

// inlineManifest returns the manifest that the last response about the operation has
// inside, or nil.
func inlineManifest(operations []*exchange) []byte {
	if len(operations) == 0 {
		return nil
	}
	var o struct {
		ResourceLocation jsontext.Value `json:"resourceLocation"`
	}
	_ = json.Unmarshal(operations[len(operations)-1].body, &o, lenient)
	if o.ResourceLocation.Kind() != '{' {
		return nil
	}
	return o.ResourceLocation
}

// minSecret keeps the report readable where a service sends nonsense for a secret.
const minSecret = 8

// keepSecrets notes the secrets of an operation or a manifest, which another field may
// repeat.
func (x *Examination) keepSecrets(body []byte) {
	var o operation
	var m manifest
	_ = json.Unmarshal(body, &o, lenient)
	_ = json.Unmarshal(body, &m, lenient)
	for _, found := range []*manifest{o.ResourceLocation, &m} {
		if found == nil {
			continue
		}
		sas := strings.TrimPrefix(text(found.SASToken), "?")
		values, _ := url.ParseQuery(sas)
		for _, secret := range []string{sas, values.Get("sig"), url.QueryEscape(values.Get("sig")), text(found.RootDirectory)} {
			if len(secret) >= minSecret {
				x.tokens = append(x.tokens, secret)
			}
		}
	}
}

var quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// withoutQuoted replaces what an error quotes of a line by its form.
func withoutQuoted(problem string) string {
	return quotedText.ReplaceAllStringFunc(problem, func(quoted string) string {
		plain, err := strconv.Unquote(quoted)
		if err != nil {
			return `"…"`
		}
		return strconv.Quote(formOf(plain))
	})
}

// What Microsoft Graph documents. The client reads only what it needs of it.

// operation is an export that runs or has ended
// (https://learn.microsoft.com/graph/api/resources/partners-billing-operation).
type operation struct {
	ID                 *string         `json:"id"`
	CreatedDateTime    *string         `json:"createdDateTime"`
	LastActionDateTime *string         `json:"lastActionDateTime"`
	Status             *string         `json:"status"`
	ResourceLocation   *manifest       `json:"resourceLocation"`
	Error              *operationError `json:"error"`
}

type operationError struct {
	Code    *string `json:"code"`
	Message *string `json:"message"`
}

// manifest says where the blobs are
// (https://learn.microsoft.com/graph/api/resources/partners-billing-manifest).
type manifest struct {
	ID              *string           `json:"id"`
	SchemaVersion   *string           `json:"schemaVersion"`
	DataFormat      *string           `json:"dataFormat"`
	CreatedDateTime *string           `json:"createdDateTime"`
	ETag            *string           `json:"eTag"`
	PartnerTenantID *string           `json:"partnerTenantId"`
	RootDirectory   *string           `json:"rootDirectory"`
	SASToken        *string           `json:"sasToken"`
	PartitionType   *string           `json:"partitionType"`
	BlobCount       *pcclient.Integer `json:"blobCount"`
	Blobs           []manifestBlob    `json:"blobs"`
}

type manifestBlob struct {
	Name           *string `json:"name"`
	PartitionValue *string `json:"partitionValue"`
}

// usageLine is a line of a blob, with the attribute set full
// (https://learn.microsoft.com/graph/api/resources/partners-billing-attributeset).
type usageLine struct {
	PartnerID                     *string           `json:"PartnerId"`
	PartnerName                   *string           `json:"PartnerName"`
	CustomerID                    *string           `json:"CustomerId"`
	CustomerName                  *string           `json:"CustomerName"`
	CustomerDomainName            *string           `json:"CustomerDomainName"`
	CustomerCountry               *string           `json:"CustomerCountry"`
	MpnID                         *string           `json:"MpnId"`
	Tier2MpnID                    *string           `json:"Tier2MpnId"`
	InvoiceNumber                 *string           `json:"InvoiceNumber"`
	ProductID                     *string           `json:"ProductId"`
	SkuID                         *string           `json:"SkuId"`
	AvailabilityID                *string           `json:"AvailabilityId"`
	SkuName                       *string           `json:"SkuName"`
	ProductName                   *string           `json:"ProductName"`
	PublisherName                 *string           `json:"PublisherName"`
	PublisherID                   *string           `json:"PublisherId"`
	SubscriptionDescription       *string           `json:"SubscriptionDescription"`
	SubscriptionID                *string           `json:"SubscriptionId"`
	ChargeStartDate               *string           `json:"ChargeStartDate"`
	ChargeEndDate                 *string           `json:"ChargeEndDate"`
	UsageDate                     *string           `json:"UsageDate"`
	MeterType                     *string           `json:"MeterType"`
	MeterCategory                 *string           `json:"MeterCategory"`
	MeterID                       *string           `json:"MeterId"`
	MeterSubCategory              *string           `json:"MeterSubCategory"`
	MeterName                     *string           `json:"MeterName"`
	MeterRegion                   *string           `json:"MeterRegion"`
	Unit                          *string           `json:"Unit"`
	ResourceLocation              *string           `json:"ResourceLocation"`
	ConsumedService               *string           `json:"ConsumedService"`
	ResourceGroup                 *string           `json:"ResourceGroup"`
	ResourceURI                   *string           `json:"ResourceURI"`
	ChargeType                    *string           `json:"ChargeType"`
	UnitPrice                     *pcclient.Decimal `json:"UnitPrice"`
	Quantity                      *pcclient.Decimal `json:"Quantity"`
	UnitType                      *string           `json:"UnitType"`
	BillingPreTaxTotal            *pcclient.Decimal `json:"BillingPreTaxTotal"`
	BillingCurrency               *string           `json:"BillingCurrency"`
	PricingPreTaxTotal            *pcclient.Decimal `json:"PricingPreTaxTotal"`
	PricingCurrency               *string           `json:"PricingCurrency"`
	ServiceInfo1                  *string           `json:"ServiceInfo1"`
	ServiceInfo2                  *string           `json:"ServiceInfo2"`
	Tags                          *string           `json:"Tags"`
	AdditionalInfo                *string           `json:"AdditionalInfo"`
	EffectiveUnitPrice            *pcclient.Decimal `json:"EffectiveUnitPrice"`
	PCToBCExchangeRate            *pcclient.Decimal `json:"PCToBCExchangeRate"`
	PCToBCExchangeRateDate        *string           `json:"PCToBCExchangeRateDate"`
	EntitlementID                 *string           `json:"EntitlementId"`
	EntitlementDescription        *string           `json:"EntitlementDescription"`
	PartnerEarnedCreditPercentage *pcclient.Decimal `json:"PartnerEarnedCreditPercentage"`
	CreditPercentage              *pcclient.Decimal `json:"CreditPercentage"`
	CreditType                    *string           `json:"CreditType"`
	BenefitOrderID                *string           `json:"BenefitOrderId"`
	BenefitID                     *string           `json:"BenefitId"`
	BenefitType                   *string           `json:"BenefitType"`
}
