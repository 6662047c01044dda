package emulator

import (
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// utilizationRoutes are what legacy subscriptions have used, day by day or hour
// by hour.
func utilizationRoutes() []route {
	return []route{
		{path: "/v1/customers/{customer}/subscriptions/{subscription}/utilizations/azure", handle: (*snapshot).azureUtilization},
	}
}

// maxUtilization is the largest page of utilization records, and the usual
// one.
const maxUtilization = 1000

// utilizationQuery is what was asked for, and how much of it has been read. A
// continuation token carries it: so no page but the one being sent is kept.
type utilizationQuery struct {
	Path    string    `json:"path"`
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Hourly  bool      `json:"hourly"`
	Details bool      `json:"details"`
	Size    int       `json:"size"`
	Read    int       `json:"read"`
}

// azureUtilization answers a plan with an empty list, like the API.
func (s *snapshot) azureUtilization(r *http.Request) (response, error) {
	a, err := s.azure(r)
	if err != nil {
		return response{}, err
	}
	// The links of this collection alone begin without a slash.
	path := strings.TrimPrefix(a.path(), "/") + "/utilizations/azure"
	query, err := s.readUtilizationQuery(r, path)
	if err != nil {
		return response{}, err
	}
	usage := newUtilization(a, query, s.options.Utilization)
	last := min(query.Read+query.Size, usage.count)
	page := collection[utilizationRecord]{
		TotalCount: usage.count,
		Items:      make([]utilizationRecord, 0, last-query.Read),
		Links:      &links{Self: linkTo(query.uri())},
		Attributes: attributes{"Collection"},
	}
	for i := query.Read; i < last; i++ {
		page.Items = append(page.Items, usage.record(i))
	}
	if last < usage.count {
		query.Read = last
		next := linkTo(path+"?seek_operation=Next", header{continuationHeader, query.token()})
		page.Links.Next = &next
	}
	return apiResponse(http.StatusOK, page), nil
}

// readUtilizationQuery reads a first request from its parameters, and a further
// one from its token: that has one parameter, and it is not spelled as on the
// other routes.
func (s *snapshot) readUtilizationQuery(r *http.Request, path string) (utilizationQuery, error) {
	token := r.Header.Get(continuationHeader)
	if seek := strings.EqualFold(r.URL.RawQuery, "seek_operation=Next"); seek || token != "" {
		query, ok := parseUtilizationToken(token)
		if !seek || !ok || query.Path != path {
			return utilizationQuery{}, invalidContinuation()
		}
		return query, nil
	}

	query := utilizationQuery{Path: path, Details: true}
	var err error
	if query.Start, err = timeParameter(r, "start_time"); err != nil {
		return query, err
	}
	if query.End, err = timeParameter(r, "end_time"); err != nil {
		return query, err
	}
	if !query.Start.Before(query.End) {
		return query, invalidInput("The parameter start_time is not before end_time.")
	}
	switch strings.ToLower(parameter(r, "granularity")) {
	case "", "daily":
	case "hourly":
		query.Hourly = true
	default:
		return query, invalidInput("The parameter granularity is neither daily nor hourly.")
	}
	if text := parameter(r, "show_details"); text != "" {
		if query.Details, err = strconv.ParseBool(strings.ToLower(text)); err != nil {
			return query, invalidInput("The parameter show_details is neither true nor false.")
		}
	}
	size, err := numberParameter(r, "size", maxUtilization)
	query.Size = smaller(maxUtilization, size, s.options.PageSize)
	return query, err
}

// timeParameter returns a parameter that is a time. A plus sign that is not
// encoded arrives as a blank, and is refused.
func timeParameter(r *http.Request, name string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, parameter(r, name))
	if err != nil {
		return time.Time{}, invalidInput("The parameter " + name + " is missing or not a date and time with an offset.")
	}
	return t.UTC(), nil
}

// uri is the address of the first page, with the values spelled the way .NET
// does.
func (q utilizationQuery) uri() string {
	granularity, details := "Daily", "False"
	if q.Hourly {
		granularity = "Hourly"
	}
	if q.Details {
		details = "True"
	}
	return q.Path + "?start_time=" + utc(q.Start) + "&end_time=" + utc(q.End) +
		"&granularity=" + granularity + "&show_details=" + details + "&size=" + strconv.Itoa(q.Size)
}

// tokenMark opens the tokens; in base64 it is "++//".
const tokenMark = "\xfb\xef\xff"

// token is opaque, and has the same awkward characters as those of the other
// collections.
func (q utilizationQuery) token() string {
	content, err := encode(q)
	if err != nil {
		return ""
	}
	text := sealed(string(content))
	text += strings.Repeat(" ", (4-len(text)%3)%3) // for a "=" at the end
	return base64.StdEncoding.EncodeToString([]byte(tokenMark + text))
}

func parseUtilizationToken(token string) (utilizationQuery, bool) {
	content, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return utilizationQuery{}, false
	}
	text, marked := strings.CutPrefix(strings.TrimRight(string(content), " "), tokenMark)
	if !marked || !isSealed(text) {
		return utilizationQuery{}, false
	}
	var q utilizationQuery
	err = json.Unmarshal([]byte(text[:strings.LastIndexByte(text, '.')]), &q)
	return q, err == nil
}

// instance is a resource that uses the same thing day after day.
type instance struct {
	meter    rateCardMeter
	quantity json.Number
	group    string
	kind     string
	name     string
	// tags and details are what the API is known to send: maps, and in their
	// place nothing, "" or JSON in a string.
	tags    any
	details any
	// bare instances have no instance data.
	bare bool
	info map[string]string
}

// instances are what a legacy subscription has. No two use the same meter.
func instances() []instance {
	meters := rateCardMeters()
	none := map[string]string{}
	return []instance{
		{
			meter: meters[0], quantity: "24", group: "RG-BRASSERIE", kind: "Microsoft.Compute/virtualMachines", name: "vm-kitchen-01",
			tags:    map[string]string{"costCentre": "4711", "owner": "Küche"},
			details: map[string]string{"ImageType": "Canonical", "ServiceType": "Standard_D2s_v3", "VMName": ""},
			info:    none,
		},
		{
			meter: meters[4], quantity: "0.217790327034891", group: "RG-BRASSERIE", kind: "Microsoft.Compute/disks", name: "vm-kitchen-01_OsDisk",
			details: `{"DiskType":"Premium_LRS"}`,
			info:    none,
		},
		{
			meter: meters[8], quantity: "1.000000000000000000001", group: "RG-SHARED", kind: "Microsoft.Storage/storageAccounts", name: "quatreventsmenu",
			tags: "", details: "",
			info: none,
		},
		{
			meter: meters[12], quantity: "3.4028234663852886", bare: true,
			info: map[string]string{"meteredRegion": "EU West", "meteredService": "Networking", "meteredServiceType": "", "project": "quatre-vents"},
		},
		{
			meter: meters[16], quantity: "0.03333333333333333333", group: "RG-SHARED", kind: "Microsoft.Sql/servers", name: "sql-reservations",
			tags: map[string]string{}, details: map[string]string{"VCores": "2"},
			info: none,
		},
		{
			meter: meters[20], quantity: "0.000012", group: "RG-SHARED", kind: "Microsoft.KeyVault/vaults", name: "kv-quatrevents",
			info: none,
		},
	}
}

type utilizationRecord struct {
	UsageStartTime string              `json:"usageStartTime"`
	UsageEndTime   string              `json:"usageEndTime"`
	Resource       utilizationResource `json:"resource"`
	Quantity       json.Number         `json:"quantity"`
	Unit           string              `json:"unit"`
	InfoFields     map[string]string   `json:"infoFields"`
	// InstanceData is left out without details, and null for some instances.
	InstanceData any        `json:"instanceData,omitempty"`
	Attributes   attributes `json:"attributes"`
}

type utilizationResource struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Category    string `json:"category"`
	Subcategory string `json:"subcategory"`
	Region      string `json:"region"`
}

type utilizationInstance struct {
	ResourceURI    string `json:"resourceUri"`
	Location       string `json:"location"`
	PartNumber     string `json:"partNumber"`
	OrderNumber    string `json:"orderNumber"`
	Tags           any    `json:"tags,omitempty"`
	AdditionalInfo any    `json:"additionalInfo,omitempty"`
}

// utilization makes records one by one.
type utilization struct {
	subscription string
	instances    []instance
	details      bool
	// first is when the first period began. Usage is reported a day late, so
	// this is a day before the time asked for.
	first   time.Time
	period  time.Duration
	periods int
	count   int
}

// newUtilization takes the number of records, or with 0 makes one for each
// instance and period.
func newUtilization(a azure, q utilizationQuery, count int) utilization {
	u := utilization{
		subscription: namedGUID("legacy entitlement/" + a.id),
		details:      q.Details,
		period:       24 * time.Hour,
	}
	if q.Hourly {
		u.period = time.Hour
	}
	if !a.legacy() {
		return u
	}
	u.instances = instances()
	start := q.Start.Truncate(u.period)
	u.first = start.Add(-24 * time.Hour)
	u.periods = int((q.End.Sub(start) + u.period - 1) / u.period)
	u.count = count
	if u.count == 0 {
		u.count = u.periods * len(u.instances)
	}
	return u
}

// record is the record at a position. Without details it leaves out which
// resource it was.
func (u utilization) record(i int) utilizationRecord {
	used := u.instances[i%len(u.instances)]
	start := u.first.Add(time.Duration(i*u.periods/u.count) * u.period)
	end := start.Add(u.period)
	record := utilizationRecord{
		UsageStartTime: timestamp(start.In(pacific)),
		UsageEndTime:   timestamp(end.In(pacific)),
		Resource: utilizationResource{
			ID:          used.meter.ID,
			Name:        used.meter.Name,
			Category:    used.meter.Category,
			Subcategory: used.meter.Subcategory,
			Region:      used.meter.Region,
		},
		Quantity:   product(used.quantity, thousandths(growth(i/len(u.instances)))),
		Unit:       used.meter.Unit,
		InfoFields: used.info,
		Attributes: attributes{"AzureUtilizationRecord"},
	}
	switch {
	case !u.details:
	case used.bare:
		record.InstanceData = json.RawMessage("null")
	default:
		record.InstanceData = &utilizationInstance{
			ResourceURI:    "/subscriptions/" + u.subscription + "/resourceGroups/" + used.group + "/providers/" + used.kind + "/" + used.name,
			Location:       "westeurope",
			Tags:           used.tags,
			AdditionalInfo: used.details,
		}
	}
	return record
}

// growth is how much more an instance uses in a round than its quantity, in
// thousandths of that: 1000 in the first round, 1001 in the second, and so on,
// and again from 1000 after a thousand rounds.
func growth(round int) int { return 1000 + round%1000 }

func thousandths(n int) json.Number {
	return formatDecimal(big.NewRat(int64(n), 1000))
}

// UtilizationQuantities are the exact sums by meter id of the first records of
// any pagination of utilization: of all of them, with Options.Utilization.
func UtilizationQuantities(records int) map[string]string {
	all := instances()
	sums := make(map[string]string, len(all))
	for position, used := range all {
		total := 0
		for i := position; i < records; i += len(all) {
			total += growth(i / len(all))
		}
		if total > 0 {
			sums[used.meter.ID] = product(used.quantity, thousandths(total)).String()
		}
	}
	return sums
}
