package datasources

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newAzureUtilization() datasource.DataSource {
	return &source[azureUtilization]{
		name:   "azure_utilization",
		schema: azureUtilizationSchema,
		read:   readAzureUtilization,
	}
}

type azureUtilization struct {
	CustomerID     *string `tfsdk:"customer_id"`
	SubscriptionID *string `tfsdk:"subscription_id"`
	StartTime      *string `tfsdk:"start_time"`
	EndTime        *string `tfsdk:"end_time"`
	Granularity    *string `tfsdk:"granularity"`
	ShowDetails    *bool   `tfsdk:"show_details"`
	IncludeRecords *bool   `tfsdk:"include_records"`

	Records         []utilizationRecord `tfsdk:"records"`
	RecordCount     *int64              `tfsdk:"record_count"`
	QuantityByMeter []meterQuantity     `tfsdk:"quantity_by_meter"`
	collection
}

type utilizationRecord struct {
	UsageStartTime *string            `tfsdk:"usage_start_time"`
	UsageEndTime   *string            `tfsdk:"usage_end_time"`
	MeterID        *string            `tfsdk:"meter_id"`
	MeterName      *string            `tfsdk:"meter_name"`
	Category       *string            `tfsdk:"category"`
	Subcategory    *string            `tfsdk:"subcategory"`
	Region         *string            `tfsdk:"region"`
	Quantity       *pcclient.Decimal  `tfsdk:"quantity"`
	Unit           *string            `tfsdk:"unit"`
	ResourceURI    *string            `tfsdk:"resource_uri"`
	Location       *string            `tfsdk:"location"`
	PartNumber     *string            `tfsdk:"part_number"`
	OrderNumber    *string            `tfsdk:"order_number"`
	Tags           map[string]*string `tfsdk:"tags"`
	AdditionalInfo map[string]*string `tfsdk:"additional_info"`
	InfoFields     map[string]*string `tfsdk:"info_fields"`
}

type meterQuantity struct {
	MeterID     *string           `tfsdk:"meter_id"`
	MeterName   *string           `tfsdk:"meter_name"`
	Category    *string           `tfsdk:"category"`
	Subcategory *string           `tfsdk:"subcategory"`
	Region      *string           `tfsdk:"region"`
	Unit        *string           `tfsdk:"unit"`
	Quantity    *pcclient.Decimal `tfsdk:"quantity"`
	RecordCount int64             `tfsdk:"record_count"`
}

func azureUtilizationSchema() schema.Schema {
	textsByName := func(description string) schema.Attribute {
		return schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
	}
	meterAttributes := func() attributes {
		return attributes{
			"meter_id":    text("The id of the meter, a GUID in lower case. Null if the API returns none."),
			"meter_name":  text("The name of the meter. Null if the API returns none."),
			"category":    text("The category of the meter. Null if the API returns none."),
			"subcategory": text("The subcategory of the meter. Null if the API returns none."),
			"region":      text("The region of the meter. Null if the API returns none."),
			"unit":        text("The unit of `quantity`. Null if the API returns none."),
		}
	}
	return schema.Schema{
		MarkdownDescription: "What the resources of a legacy (MS-AZR-0145P) subscription used, by hour or by day: quantities, not costs. The API returns an empty list for Azure plans.\n\n" +
			"There may be millions of records. All pages are read, or there is an error; without `include_records`, memory use does not grow with the number of records. " +
			"While the data is not ready, the read waits for up to `max_retry_wait`; after that it fails with an error that says when to try again. " +
			"The route works with a sign-in as a user (App+User) and as an application (app-only). " +
			"See [Get a customer's utilization records for Azure](https://learn.microsoft.com/partner-center/developer/get-a-customer-s-utilization-record-for-azure).",
		Attributes: with(attributes{
			"customer_id":     customerID(),
			"subscription_id": idArgument("The id of the legacy subscription, a GUID in upper or lower case."),
			"start_time": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The start of the period, an RFC 3339 time. The period is when usage was reported to the billing system, so records may begin before it.",
				Validators:          []validator.String{rfc3339},
			},
			"end_time": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The end of the period, an RFC 3339 time after `start_time`.",
				Validators:          []validator.String{rfc3339, after{"start_time"}},
			},
			"granularity": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "`daily` or `hourly`. The API's default is `daily`.",
				Validators:          []validator.String{stringvalidator.OneOf("daily", "hourly")},
			},
			"show_details":    option("Whether to return one record per resource. The API's default is `true`."),
			"include_records": option("Whether to return `records`. With `false` they are null, and the sums are still returned. Defaults to `false`, since there may be very many records."),
			"record_count":    count("The number of records that were read. A record that repeats one of the same or the previous page in every field counts once."),
			"quantity_by_meter": rows("Exact sums of the quantities, by `meter_id`, `region` and `unit`. Names and categories are those of the newest record that has one.", with(meterAttributes(), attributes{
				"quantity":     number("The exact sum of the quantities, in `unit`. Null if a record has none."),
				"record_count": count("The number of records of this meter."),
			})),
			"records": rows("The records, by `usage_start_time`, `meter_id`, `resource_uri`. Null unless `include_records` is true.", with(meterAttributes(), attributes{
				"usage_start_time": text("The start of the hour or day, an RFC 3339 time with the API's offset. Null if the API returns none."),
				"usage_end_time":   text("The end of the hour or day, an RFC 3339 time with the API's offset. Null if the API returns none."),
				"quantity":         number("The quantity used, in `unit`, exactly. Null if the API returns none."),
				"resource_uri":     text("The resource's id in Azure Resource Manager. Null if the API returns none, as without details."),
				"location":         text("The region of the resource. Null if the API returns none."),
				"part_number":      text("The part number. Null if the API returns none."),
				"order_number":     text("The order number. Null if the API returns none."),
				"tags":             textsByName("The tags of the resource. Empty if the API returns none. A value is null where the API has null. A string that is not a JSON object is under `raw`."),
				"additional_info":  textsByName("Further information on the resource. Empty if the API returns none. A value is null where the API has null. A string that is not a JSON object is under `raw`."),
				"info_fields":      textsByName("Further information on the usage. Empty if the API returns none. A value is null where the API has null. A string that is not a JSON object is under `raw`."),
			})),
		}, collectionAttributes()),
	}
}

func readAzureUtilization(ctx context.Context, api *pcclient.Client, m *azureUtilization) error {
	query, err := m.query()
	if err != nil {
		return err
	}
	usage := api.AzureUtilization(id(m.CustomerID), id(m.SubscriptionID), query)
	include := deref(m.IncludeRecords, false)
	byMeter := map[meterKey]*meterSum{}
	records := []*pcclient.AzureUtilizationRecord{}
	read := 0
	for record, err := range usage.Items(ctx) {
		if err != nil {
			return err
		}
		read++
		key := newMeterKey(record)
		if byMeter[key] == nil {
			byMeter[key] = new(meterSum)
		}
		byMeter[key].add(record)
		if include {
			records = append(records, record)
		}
	}
	m.RecordCount = new(int64(read))
	m.collection = toCollection(read, usage.TotalCount(), usage.LargestCount())
	m.QuantityByMeter = quantityByMeter(byMeter)
	if include {
		m.Records = utilizationRows(records)
	}
	return nil
}

func (m *azureUtilization) query() (q pcclient.UtilizationQuery, err error) {
	q.Granularity, q.ShowDetails = deref(m.Granularity, ""), m.ShowDetails
	if q.Start, err = figures.Instant(*m.StartTime); err != nil {
		return q, err
	}
	q.End, err = figures.Instant(*m.EndTime)
	return q, err
}

// meterKey is what quantities are added up by. The names distinguish meters only
// where there is no id: with one, a meter that was renamed is the same.
type meterKey struct{ id, region, unit, name, category, subcategory string }

type meterSum struct {
	quantity                    total
	records                     int64
	name, category, subcategory newestName
}

func newMeterKey(r *pcclient.AzureUtilizationRecord) meterKey {
	key := meterKey{id: deref(normalizeGUID(r.Resource.ID), ""), region: deref(r.Resource.Region, ""), unit: deref(r.Unit, "")}
	if key.id == "" {
		key.name, key.category, key.subcategory = deref(r.Resource.Name, ""), deref(r.Resource.Category, ""), deref(r.Resource.Subcategory, "")
	}
	return key
}

func (s *meterSum) add(r *pcclient.AzureUtilizationRecord) {
	s.records++
	s.quantity.add(r.Quantity)
	s.name.update(r.Resource.Name, r.UsageStartTime)
	s.category.update(r.Resource.Category, r.UsageStartTime)
	s.subcategory.update(r.Resource.Subcategory, r.UsageStartTime)
}

func quantityByMeter(byMeter map[meterKey]*meterSum) []meterQuantity {
	list := make([]meterQuantity, 0, len(byMeter))
	for key, s := range byMeter {
		list = append(list, meterQuantity{
			MeterID:     nilIfEmpty(key.id),
			MeterName:   s.name.text,
			Category:    s.category.text,
			Subcategory: s.subcategory.text,
			Region:      nilIfEmpty(key.region),
			Unit:        nilIfEmpty(key.unit),
			Quantity:    s.quantity.sum(),
			RecordCount: s.records,
		})
	}
	slices.SortFunc(list, func(a, b meterQuantity) int {
		return cmp.Or(
			compareTexts(a.MeterID, b.MeterID),
			compareTexts(a.Region, b.Region),
			compareTexts(a.Unit, b.Unit),
			compareTexts(a.MeterName, b.MeterName),
			compareTexts(a.Category, b.Category),
			compareTexts(a.Subcategory, b.Subcategory),
		)
	})
	return list
}

func utilizationRows(records []*pcclient.AzureUtilizationRecord) []utilizationRecord {
	sortRecords(records, func(a, b *pcclient.AzureUtilizationRecord) int {
		return cmp.Or(
			compareNewestFirst(b.UsageStartTime, a.UsageStartTime),
			compareTexts(normalizeGUID(a.Resource.ID), normalizeGUID(b.Resource.ID)),
			compareTexts(a.InstanceData.ResourceURI, b.InstanceData.ResourceURI),
		)
	})
	return mapRows(records, newUtilizationRecord)
}

func newUtilizationRecord(r *pcclient.AzureUtilizationRecord) utilizationRecord {
	return utilizationRecord{
		UsageStartTime: formatTime(r.UsageStartTime),
		UsageEndTime:   formatTime(r.UsageEndTime),
		MeterID:        normalizeGUID(r.Resource.ID),
		MeterName:      r.Resource.Name,
		Category:       r.Resource.Category,
		Subcategory:    r.Resource.Subcategory,
		Region:         r.Resource.Region,
		Quantity:       r.Quantity,
		Unit:           r.Unit,
		ResourceURI:    r.InstanceData.ResourceURI,
		Location:       r.InstanceData.Location,
		PartNumber:     r.InstanceData.PartNumber,
		OrderNumber:    r.InstanceData.OrderNumber,
		Tags:           nonNilMap(r.InstanceData.Tags),
		AdditionalInfo: nonNilMap(r.InstanceData.AdditionalInfo),
		InfoFields:     nonNilMap(r.InfoFields),
	}
}
