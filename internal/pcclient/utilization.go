package pcclient

import (
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// AzureUtilizationRecord is what a resource has used of a meter in an hour or a
// day
// (https://learn.microsoft.com/partner-center/developer/azure-utilization-record-resources).
type AzureUtilizationRecord struct {
	UsageStartTime *Time `json:"usageStartTime"`
	UsageEndTime   *Time `json:"usageEndTime"`
	Resource       struct {
		ID          *string `json:"id"`
		Name        *string `json:"name"`
		Category    *string `json:"category"`
		Subcategory *string `json:"subcategory"`
		Region      *string `json:"region"`
	} `json:"resource"` // the meter
	Quantity     *Decimal     `json:"quantity"`
	Unit         *string      `json:"unit"`
	InfoFields   Texts        `json:"infoFields"`
	InstanceData InstanceData `json:"instanceData"`
}

// InstanceData says which resource a record is about. It is empty where details
// are not asked for.
type InstanceData struct {
	ResourceURI    *string `json:"resourceUri"`
	Location       *string `json:"location"`
	PartNumber     *string `json:"partNumber"`
	OrderNumber    *string `json:"orderNumber"`
	Tags           Texts   `json:"tags"`
	AdditionalInfo Texts   `json:"additionalInfo"`
}

// UnmarshalJSONFrom takes anything but an object as nothing: the API writes null
// or an empty string.
func (d *InstanceData) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	if decoder.PeekKind() != '{' {
		return decoder.SkipValue()
	}
	type plain InstanceData
	return json.UnmarshalDecode(decoder, (*plain)(d))
}

// Texts are names and texts. The API writes them as an object, as null, as an
// empty string, or as a string that holds an object.
type Texts map[string]*string

// rawText is the name of a text that holds no object.
const rawText = "raw"

// UnmarshalJSONFrom accepts all of these. A value that is no string is kept in
// JSON, but for null.
func (t *Texts) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	*t = Texts{}
	switch decoder.PeekKind() {
	case '"':
		token, err := decoder.ReadToken()
		if err != nil {
			return err
		}
		text := token.String()
		if text != "" && t.fill([]byte(text), json.DefaultOptionsV2()) != nil {
			*t = Texts{rawText: &text}
		}
		return nil
	case '{':
		value, err := decoder.ReadValue()
		if err != nil {
			return err
		}
		return t.fill(value, lenient) // The decoder has been as strict as it is to be.
	case 'n':
		return decoder.SkipValue()
	default:
		return wrongKind(decoder, "an object")
	}
}

func (t *Texts) fill(object []byte, options json.Options) error {
	var values map[string]jsontext.Value
	if err := json.Unmarshal(object, &values, options); err != nil {
		return err
	}
	for name, value := range values {
		if value.Kind() == 'n' {
			(*t)[name] = nil
			continue
		}
		var text string
		if value.Kind() != '"' || json.Unmarshal(value, &text, options) != nil {
			text = string(value)
		}
		(*t)[name] = &text
	}
	return nil
}

// UtilizationQuery says which utilization to list: what was reported to the
// billing system in a period, which is later than it was used.
type UtilizationQuery struct {
	Start, End  time.Time
	Granularity string // daily or hourly; daily if it is empty
	ShowDetails *bool  // by resource; true if it is nil
}

// AzureUtilization lists the utilization of an MS-AZR-0145P subscription. It may
// have millions of records, so it is walked and not kept
// (https://learn.microsoft.com/partner-center/developer/get-a-customer-s-utilization-record-for-azure).
func (c *Client) AzureUtilization(customerID, subscriptionID string, query UtilizationQuery) *Pager[AzureUtilizationRecord] {
	const zulu = "2006-01-02T15:04:05Z"
	values := url.Values{
		"start_time": {query.Start.UTC().Format(zulu)},
		"end_time":   {query.End.UTC().Format(zulu)},
		"size":       {"1000"}, // The most that the API gives.
	}
	if query.Granularity != "" {
		values.Set("granularity", query.Granularity)
	}
	if query.ShowDetails != nil {
		values.Set("show_details", strconv.FormatBool(*query.ShowDetails))
	}
	first := route("customers", customerID, "subscriptions", subscriptionID, "utilizations", "azure").with(values)
	// Here the continuation is spelled in another way, and stands alone.
	first.seek = "seek_operation=Next"
	pager := newUsagePager[AzureUtilizationRecord](c, first)
	pager.noCache = true
	return pager
}
