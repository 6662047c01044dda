package doctor

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
)

// What the API documents, and the types of the client do not say.

// documented are the fields that no data source has, by the type and the path. What is
// below one of them is documented too
// (https://learn.microsoft.com/partner-center/developer/partner-center-rest-resources).
var documented = map[string][]string{
	"":         {"links", "attributes", "attributes/objectType"},
	"Customer": {"items[].commerceId", "items[].billingProfile", "items[].userCredentials", "items[].associatedPartnerId", "items[].companyProfile.organizationRegistrationNumber", "items[].companyProfile.address", "items[].companyProfile.email"},
	"Subscription": prefixed("items[].", "entitlementId", "productType.displayName", "productType.subType", "parentSubscriptionId", "consumptionType", "commitmentEndDateTime", "cancellationAllowedUntilDate",
		"billingCycleEndDate", "billingCycleEndDateTime", "autoRenewEnabled", "hasPurchasableAddons", "isTrial", "actions", "termDuration", "renewalTermDuration", "refundOptions", "refundableQuantity", "isMicrosoftProduct",
		"publisherName", "suspensionReasons", "contractType", "promotionId", "migratedFromSubscriptionId", "attentionNeeded", "attentionReason", "actionTaken", "scheduledNextTermInstructions", "nextChargeInstructions"),
	"Invoice":        prefixed("items[].", "pdfDownloadLink", "taxReceipts", "invoiceDetails", "amendments", "state"),
	"InvoiceSummary": prefixed("items[].", "details"),

	// Microsoft's sample declares these of a blob.
	"manifest": {"blobs[].sizeInBytes", "blobs[].itemCount", "blobs[].SizeInBytes", "blobs[].ItemCount"},
	// The documentation spells these in two ways.
	"usageLine": {"BenefitOrderID", "BenefitID"},
}

func prefixed(prefix string, names ...string) []string {
	for i, name := range names {
		names[i] = prefix + name
	}
	return names
}

func isDocumented(root, path string) bool {
	name := path[strings.LastIndexByte(path, '.')+1:]
	of := strings.TrimPrefix(path, "items[].")
	return slices.Contains(documented[""], name) || slices.ContainsFunc(documented[root], func(d string) bool {
		return d == path || strings.TrimPrefix(d, "items[].") == of
	})
}

// optional are the fields that the API leaves out where they do not apply, by their last
// name.
var optional = map[string]bool{
	// There is no budget, or there is only the newer of two twins.
	"amount": true, "usageSpendingBudget": true, "ammount": true, "customerSpendingBudget": true, "spendingBudget": true, "budget": true,
	"emailsToNotify": true, "partnerOnRecord": true,
	// Customers tell these only one by one.
	"allowDelegatedAccess": true, "customDomains": true,
	// Of a legacy (MS-AZR-0145P) subscription, or only of others.
	"usdTotalCost": true, "productType": true, "commitmentEndDate": true, "partnerId": true, "orderId": true, "unitType": true,
	"amendsOf": true, "continuationToken": true, "tags": true, "additionalInfo": true, "partNumber": true, "orderNumber": true, "instanceData": true, "infoFields": true,
	"offerTerms": true, "excludedMeterIds": true,
}

func isOptional(root, path string) bool {
	name := path[strings.LastIndexByte(path, '.')+1:]
	if root == "MeterUsageRecord" {
		// It has the fields of two kinds of records.
		return true
	}
	switch root {
	case "operation":
		return name == "resourceLocation" || name == "error" || name == "lastActionDateTime"
	case "usageLine":
		return optionalColumns[name]
	}
	return optional[name]
}

// optionalColumns are the columns of an export that are empty on many lines. Spark, which
// writes the lines, leaves out what is null.
var optionalColumns = map[string]bool{
	"Tier2MpnId": true, "InvoiceNumber": true, "AvailabilityId": true, "PublisherId": true, "MeterRegion": true, "ResourceGroup": true, "ChargeType": true,
	"ServiceInfo1": true, "ServiceInfo2": true, "Tags": true, "AdditionalInfo": true, "PCToBCExchangeRateDate": true, "PartnerEarnedCreditPercentage": true,
	"CreditPercentage": true, "CreditType": true, "BenefitOrderId": true, "BenefitId": true, "BenefitType": true,
}

// twins are fields of which one is enough.
var twins = [][]string{{"resourceId", "id"}, {"resourceName", "name"}, {"currencyCode", "currencyLocale"}}

func alternatives(name string) []string {
	for _, names := range twins {
		if slices.Contains(names, name) {
			return names
		}
	}
	return nil
}

var (
	wholeGUID = regexp.MustCompile(`^(?i:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$`)
	word      = regexp.MustCompile(`^[A-Za-z_]{1,30}$`)

	invoiceID    = regexp.MustCompile(`^[A-Z]\d{6,12}$`)
	resourceURI  = regexp.MustCompile(`^(?i:/?subscriptions/[0-9a-f-]{36}(/.*)?)$`)
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
	anything     = regexp.MustCompile(``)

	// Microsoft Graph documents times with and without an offset.
	graphTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)?$`)
	// Lines are documented with one.
	lineTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$`)

	// forms are those of texts, by the last name of the path, or by the type and the path.
	forms = map[string]*regexp.Regexp{
		"id": wholeGUID, "resourceId": wholeGUID, "tenantId": wholeGUID, "subscriptionId": wholeGUID, "entitlementId": wholeGUID,
		"meterId":        regexp.MustCompile(`^(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-Z]{12}-[0-9A-Z]{4}-.+)$`),
		"offerId":        regexp.MustCompile(`^(?i:MS-AZR-\d{4}P|[0-9A-Z]{12}:[0-9A-Z]{4}:[0-9A-Z]{12}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`),
		"resourceUri":    resourceURI,
		"domain":         regexp.MustCompile(`^[^\s@/]+\.[^\s@/]+$`),
		"currencyCode":   currencyCode,
		"currency":       currencyCode,
		"currencyLocale": regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?-[A-Z]{2}$`),

		"operation createdDateTime": graphTime, "operation lastActionDateTime": graphTime, "manifest createdDateTime": graphTime,
		"operation id": anything, "manifest id": anything,
		"manifest partnerTenantId": wholeGUID,

		"PartnerId": wholeGUID, "CustomerId": wholeGUID, "SubscriptionId": wholeGUID, "EntitlementId": wholeGUID,
		"InvoiceNumber": invoiceID,
		"ResourceURI":   resourceURI,
		"UsageDate":     lineTime, "ChargeStartDate": lineTime, "ChargeEndDate": lineTime, "PCToBCExchangeRateDate": lineTime,
		"BillingCurrency": currencyCode, "PricingCurrency": currencyCode,

		"Invoice items[].id":                  invoiceID,
		"Subscription items[].productType.id": regexp.MustCompile(`^\w+$`),
	}

	// enumerations are the known values of texts, by the last name of the path.
	enumerations = map[string][]string{
		"status":                {"none", "active", "suspended", "deleted", "expired", "pending", "disabled", "warned", "cancelled"},
		"billingType":           {"none", "usage", "license"},
		"billingCycle":          {"unknown", "monthly", "annual", "none", "one_time", "triennial", "biennial"},
		"relationshipToPartner": {"none", "reseller", "advisor", "syndication", "microsoft_support", "unknown"},
		"documentType":          {"none", "invoice", "void_note", "adjustment_note"},
		"invoiceType":           {"Recurring", "OneTime", "one_time"},

		"operation status": {"notStarted", "running", "succeeded", "failed", "completed"},
		"dataFormat":       {"compressedJSON", "compressedJSONLines"},
		"partitionType":    {"default"},
		"schemaVersion":    {"1", "2"},
		"ChargeType":       {"new", "cancel"},
	}
)

// embeddedForm says how a text differs from the JSON object that it is documented to be.
func embeddedForm(root, name, text string) string {
	isObject := func(text string) bool {
		value := jsontext.Value(text)
		return value.Kind() == '{' && value.IsValid()
	}
	switch {
	case root != "usageLine" || name != "Tags" && name != "AdditionalInfo" || isObject(text):
		return ""
	case isObject("{" + text + "}"):
		return "the members of a JSON object without its braces"
	}
	return "a text that is not a JSON object"
}

func expectedForm(root, path, name string) (*regexp.Regexp, bool) {
	if form, ok := forms[root+" "+path]; ok {
		return form, true
	}
	form, ok := forms[name]
	return form, ok
}

// maxForm is how much of a form is shown.
const maxForm = 48

// formOf writes a for each small letter, A for each capital one, and 9 for each digit, so
// that the form can be seen, and the text cannot.
func formOf(text string) string {
	letters := []rune(text)
	cut := len(letters) > maxForm
	letters = letters[:min(len(letters), maxForm)]
	for i, r := range letters {
		switch {
		case unicode.IsDigit(r):
			letters[i] = '9'
		case unicode.IsUpper(r):
			letters[i] = 'A'
		case unicode.IsLetter(r), r > unicode.MaxASCII:
			letters[i] = 'a'
		case r < ' ':
			letters[i] = ' '
		}
	}
	if cut {
		return string(letters) + "…"
	}
	return string(letters)
}

// formOfURI says how a next link is written.
func formOfURI(uri string) string {
	parsed, err := url.Parse(uri)
	switch {
	case err != nil || uri == "":
		return "empty, or not a URL"
	case parsed.Host != "":
		return "absolute"
	case strings.HasPrefix(strings.ToLower(strings.TrimPrefix(parsed.Path, "/")), "v1/"):
		return "a path with the version"
	case strings.HasPrefix(parsed.Path, "/"):
		return "a path"
	}
	return "a path without the first slash"
}
