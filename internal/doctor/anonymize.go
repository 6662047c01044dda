package doctor

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/currency"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// anonymizer replaces everything in responses that could tell whose they are: the words of
// every text and the digits of every number, but for what is listed in this file. The same
// word becomes the same other word in all responses of a recording, so that ids still belong
// together. Without the key, which is not kept, nothing can be found by trying.
type anonymizer struct {
	key      []byte
	endpoint string // of the API; links are written without it

	// Of all responses, in lower case, so that no replacement is by chance an original.
	originals map[string]bool
	words     map[string]string
	numbers   map[string]string
	used      map[string]bool
}

func newAnonymizer(endpoint string) *anonymizer {
	return &anonymizer{
		key: []byte(rand.Text()), endpoint: endpoint,
		originals: map[string]bool{}, words: map[string]string{}, numbers: map[string]string{}, used: map[string]bool{},
	}
}

// learn notes the words and numbers of a response.
func (a *anonymizer) learn(body []byte) {
	for _, w := range wordOrNumber.FindAllString(strings.ToLower(string(body)), -1) {
		a.originals[w] = true
	}
	decoder := jsontext.NewDecoder(bytes.NewReader(body), lenient)
	for {
		token, err := decoder.ReadToken()
		if err != nil {
			return
		}
		switch token.Kind() {
		case '"':
			text := strings.ToLower(token.String())
			a.originals[text] = true
			for _, w := range wordOrNumber.FindAllString(text, -1) {
				a.originals[w] = true
			}
		case '0':
			a.originals[token.String()] = true
		default:
		}
	}
}

// A word is what stands between spaces and punctuation, and a GUID is one.
var (
	wordOrNumber = regexp.MustCompile(guid.String() + `|[^\x00-/:-@\[-` + "`" + `{-\x7f]+`)
	maxAttempts  = 64
)

// text replaces the words of a text but those to keep.
func (a *anonymizer) text(text string, keep func(word string) bool) string {
	found := false
	replaced := wordOrNumber.ReplaceAllStringFunc(text, func(w string) string {
		found = true
		if keep != nil && keep(w) {
			return w
		}
		return a.word(w)
	})
	if !found && text != "" {
		return a.word(text)
	}
	return replaced
}

// word returns another word of the same form.
func (a *anonymizer) word(original string) string {
	folded := strings.ToLower(original)
	other, known := a.words[folded]
	for attempt := 0; !known; attempt++ {
		other = a.attempt(folded, attempt)
		known = !a.originals[other] && !a.used[other]
	}
	a.words[folded], a.used[other] = other, true
	return withCaseOf(original, other)
}

// attempt makes a word: letters that can be read aloud for letters, as many as it likes,
// since the lengths of the words of a name tell it; digits for digits; a GUID for a GUID.
// Where too few words are free, it makes longer ones.
func (a *anonymizer) attempt(folded string, attempt int) string {
	source := a.random("word", folded, attempt)
	if wholeGUID.MatchString(folded) {
		return guidFrom(source)
	}
	letters := []rune(folded)
	for range max(attempt-maxAttempts, 0) / maxAttempts {
		letters = append(letters, letters[len(letters)-1])
	}
	if !strings.ContainsFunc(folded, unicode.IsDigit) {
		letters = make([]rune, 4+strings.IndexRune("012345", pick(source, "012345")))
	}
	for i, r := range letters {
		switch {
		case r >= '0' && r <= '9':
			letters[i] = pick(source, "0123456789")
		case i%2 == 0:
			letters[i] = pick(source, "bdfgklmnprstvz")
		default:
			letters[i] = pick(source, "aeiou")
		}
	}
	return string(letters)
}

// withCaseOf writes a word in lower case as the original is written.
func withCaseOf(original, word string) string {
	hasLower := strings.ContainsFunc(original, unicode.IsLower)
	hasUpper := strings.ContainsFunc(original, unicode.IsUpper)
	first, _ := firstRune(original)
	switch {
	case hasUpper && !hasLower:
		return strings.ToUpper(word)
	case unicode.IsUpper(first) && !wholeGUID.MatchString(word):
		return strings.ToUpper(word[:1]) + word[1:]
	}
	return word
}

func firstRune(text string) (rune, bool) {
	for _, r := range text {
		return r, true
	}
	return 0, false
}

// number returns another number with as many digits. Zero stays zero, since it means
// something else than any other number.
func (a *anonymizer) number(original string) string {
	if strings.Trim(strings.ToLower(mantissa(original)), "-0.") == "" {
		return original
	}
	if other, known := a.numbers[original]; known {
		return other
	}
	other := ""
	for attempt := range maxAttempts {
		other = a.numberAttempt(original, attempt)
		if other != original && (!a.originals[other] || attempt > maxAttempts/2) && strings.Trim(mantissa(other), "-0.") != "" {
			break
		}
	}
	a.numbers[original] = other
	return other
}

// mantissa returns a number without its exponent.
func mantissa(number string) string {
	m, _, _ := strings.Cut(strings.ToLower(number), "e")
	return m
}

func (a *anonymizer) numberAttempt(original string, attempt int) string {
	source := a.random("number", original, attempt)
	end := len(mantissa(original))
	digits := []byte(original)
	whole := strings.TrimLeft(original, "-")
	start := len(original) - len(whole)
	for i := start; i < end; i++ {
		switch {
		case digits[i] == '.':
		case i == start && whole[0] == '0':
			// A whole number has no zero before it.
		case i == start && end-start >= 18 && !strings.Contains(whole, "."):
			digits[i] = '1' // It has to remain an integer of 64 bits.
		case i == start:
			digits[i] = pickDigit(source, "123456789")
		default:
			digits[i] = pickDigit(source, "0123456789")
		}
	}
	return string(digits)
}

// random returns bytes that depend on the key and the text.
func (a *anonymizer) random(kind, text string, attempt int) io.ByteReader {
	stream := &bytes.Buffer{}
	for block := range 1 + len(text)/16 {
		mac := hmac.New(sha256.New, a.key)
		_, _ = mac.Write(binary.BigEndian.AppendUint64([]byte(kind+"\x00"+text+"\x00"), uint64(attempt)<<32|uint64(block))) //nolint:gosec // Both are small.
		stream.Write(mac.Sum(nil))
	}
	return stream
}

func pick(source io.ByteReader, from string) rune {
	b, err := source.ReadByte()
	if err != nil {
		b = 0
	}
	return rune(from[int(b)%len(from)])
}

func pickDigit(source io.ByteReader, from string) byte {
	return strconv.FormatInt(int64(pick(source, from)-'0'), 10)[0]
}

func guidFrom(source io.ByteReader) string {
	var text strings.Builder
	for i := range 36 {
		switch i {
		case 8, 13, 18, 23:
			text.WriteByte('-')
		case 14:
			text.WriteByte('4')
		case 19:
			text.WriteRune(pick(source, "89ab"))
		default:
			text.WriteRune(pick(source, "0123456789abcdef"))
		}
	}
	return text.String()
}

// body replaces everything in a response that is JSON.
func (a *anonymizer) body(value jsontext.Value, of route, status int, noUsage bool) ([]byte, error) {
	var out bytes.Buffer
	w := &anonymousWriter{a, jsontext.NewEncoder(&out, lenient, jsontext.Multiline(true), jsontext.WithIndent("  ")), status != http.StatusOK, noUsage}
	var into reflect.Type
	switch {
	case status != http.StatusOK:
	case of.collection:
		into = reflect.TypeFor[envelope]()
	default:
		into = of.resource
	}
	err := w.write(value, into, of.resource, "", "")
	return out.Bytes(), err
}

// envelope is a page. Its items are of the route's type.
type envelope struct {
	TotalCount        *pcclient.Integer `json:"totalCount"`
	Items             []item            `json:"items"`
	ContinuationToken *string           `json:"continuationToken"`
}

type item struct{}

type anonymousWriter struct {
	*anonymizer
	encoder *jsontext.Encoder
	isError bool
	noUsage bool
}

// write writes a value that is decoded into a type, or nil if nobody decodes it, and that
// is a field of this name in a field of the other one.
func (w *anonymousWriter) write(value jsontext.Value, into, itemType reflect.Type, name, parent string) error {
	if into != nil && into.Kind() == reflect.Pointer {
		into = into.Elem()
	}
	if into == reflect.TypeFor[item]() {
		into = itemType
	}
	switch value.Kind() {
	case '{':
		if err := w.encoder.WriteToken(jsontext.BeginObject); err != nil {
			return err
		}
		for key, member := range members(value) {
			var field reflect.Type
			known := false
			if into != nil && into.Kind() == reflect.Struct {
				field, known = fieldType(into, key)
			}
			if err := w.encoder.WriteToken(jsontext.String(w.name(key, name, into, known))); err != nil {
				return err
			}
			if err := w.write(member, field, itemType, key, name); err != nil {
				return err
			}
		}
		return w.encoder.WriteToken(jsontext.EndObject)
	case '[':
		if err := w.encoder.WriteToken(jsontext.BeginArray); err != nil {
			return err
		}
		var of reflect.Type
		if into != nil && into.Kind() == reflect.Slice {
			of = into.Elem()
		}
		for element := range elements(value) {
			if err := w.write(element, of, itemType, name, parent); err != nil {
				return err
			}
		}
		return w.encoder.WriteToken(jsontext.EndArray)
	case '"':
		text, err := w.string(unquote(value), name, parent)
		if err != nil {
			return err
		}
		return w.encoder.WriteToken(jsontext.String(text))
	case '0':
		if (w.isError || parent == "error") && (name == "code" || name == "statusCode") || name == "totalCount" && parent == "" || name == "blobCount" {
			return w.encoder.WriteValue(value)
		}
		return w.encoder.WriteValue(jsontext.Value(w.number(string(value))))
	default:
		return w.encoder.WriteValue(value) // true, false, null
	}
}

// name returns the name of a field. The names in a map are data, and so may be those in an
// object that nobody knows.
func (w *anonymousWriter) name(key, parent string, into reflect.Type, known bool) string {
	inSchema := into != nil && into.Kind() == reflect.Struct
	if known || inSchema || parent == "rates" && quantity.MatchString(key) || schemaWords[key] {
		return key
	}
	return w.text(key, nil)
}

// string replaces a text.
func (w *anonymousWriter) string(text, name, parent string) (string, error) {
	switch {
	case strings.EqualFold(name, "sasToken"):
		return replacedSAS(text), nil
	case strings.EqualFold(name, "rootDirectory"):
		return "https://account.blob.core.windows.net/export", nil
	case text == "" || isKept(text, name, parent) || (w.isError || parent == "error") && name == "code" && errorCode.MatchString(text):
		return text, nil
	case strings.Contains(name, "@odata."):
		return w.text(text, func(word string) bool { return slices.Contains(graphWords, strings.ToLower(word)) }), nil
	case parent == "blobs" && name == "name":
		return w.text(text, func(word string) bool { return slices.Contains(blobWords, strings.ToLower(word)) }), nil
	case w.noUsage && (name == "description" || name == "message"):
		return "Customer does not have usage data.", nil
	case name == "uri":
		return w.uri(text), nil
	case strings.EqualFold(name, "resourceUri"):
		return w.text(text, func(word string) bool { return slices.Contains(armWords, strings.ToLower(word)) }), nil
	case name == "offerId":
		return w.text(text, func(word string) bool { return word == "DZH318Z0BPS6" }), nil
	}
	// A text may be a number in quotes, as in invoices, or JSON again.
	if number := jsontext.Value(text); number.Kind() == '0' && number.IsValid() {
		return w.number(text), nil
	}
	if object := jsontext.Value(text); text[0] == '{' && object.IsValid() {
		var out bytes.Buffer
		inner := &anonymousWriter{w.anonymizer, jsontext.NewEncoder(&out), false, false}
		err := inner.write(object, nil, nil, "", name)
		return strings.TrimSpace(out.String()), err
	}
	return w.text(text, nil), nil
}

// replacedSAS keeps the names of the parameters, and the values of those that say what the
// SAS allows.
func replacedSAS(sas string) string {
	const secret = "replaced"
	var kept []string
	for pair := range strings.SplitSeq(strings.TrimPrefix(sas, "?"), "&") {
		name, value, found := strings.Cut(pair, "=")
		switch {
		case !found || !slices.Contains(sasNames, name):
			kept = append(kept, secret+"="+secret)
		case sasValue.MatchString(value) && name != "sig":
			kept = append(kept, pair)
		default:
			kept = append(kept, name+"="+secret)
		}
	}
	return strings.Join(kept, "&")
}

var (
	sasNames = []string{"sv", "sr", "sp", "sdd", "st", "se", "skoid", "sktid", "skt", "ske", "sks", "skv", "spr", "scid", "sig"}
	sasValue = regexp.MustCompile(`^([a-z]{1,6}|\d|\d{4}-\d\d-\d\d(T\d\d(:|%3A)\d\d(:|%3A)\d\dZ)?)$`)
)

// uri replaces the ids and tokens of a link, so that it leads to the same response of the
// recording.
func (a *anonymizer) uri(link string) string {
	link = strings.TrimPrefix(link, a.endpoint)
	path, query, found := strings.Cut(link, "?")
	path = a.text(path, func(word string) bool { return slices.Contains(pathWords, strings.ToLower(word)) })
	if !found {
		return path
	}
	return path + "?" + a.query(query)
}

// query replaces the values of a query but those that name nobody.
func (a *anonymizer) query(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(value)
		switch {
		case slices.Contains(keptParameters, strings.ToLower(name)) && keptParameter.MatchString(plain) && err == nil:
		case slices.Contains(queryNames, strings.ToLower(name)):
			pairs[i] = name + "=" + a.text(value, nil)
		case found:
			pairs[i] = a.text(name, nil) + "=" + a.text(value, nil)
		default:
			pairs[i] = a.text(name, nil)
		}
	}
	return strings.Join(pairs, "&")
}

// What is kept, since it names nobody.
var (
	keptParameters = []string{"size", "offset", "seekoperation", "seek_operation", "granularity", "show_details", "start_time", "end_time", "currency", "region"}
	keptParameter  = regexp.MustCompile(`^(?i:\d{1,6}|[a-z]{2,6}|\d{4}-\d\d-\d\d(t\d\d:\d\d:\d\d(\.\d+)?(z|[+-]\d\d:\d\d)?)?)$`)
	queryNames     = []string{"filter"}
	pathWords      = []string{
		"v1", "customers", "usagerecords", "subscriptions", "usagesummary", "usagebudget", "meterusagerecords", "resourceusagerecords", "azureentitlements",
		"utilizations", "azure", "ratecards", "shared", "invoices", "summaries",
	}
	graphWords = []string{
		"https", "graph", "microsoft", "com", "v1", "0", "beta", "$metadata", "metadata", "reports", "partners", "billing", "operations", "manifests", "entity",
		"runningoperation", "exportsuccessoperation", "failedoperation", "operation", "manifest",
	}
	blobWords = []string{"part", "json", "gz"}
	armWords  = []string{"subscriptions", "resourcegroups", "providers"}

	// keptTexts are the known values of fields, by their name.
	keptTexts = map[string][]string{
		"method": {"GET"},
		"key":    {"MS-ContinuationToken"},
		"objectType": {
			"Collection", "SpendingBudget", "CustomerMonthlyUsageRecord", "SubscriptionMonthlyUsageRecord", "MeterUsageRecord", "ResourceUsageRecord",
			"PartnerUsageSummary", "CustomerUsageSummary", "SubscriptionUsageSummary", "Customer", "CustomerCompanyProfile", "CustomerBillingProfile",
			"Subscription", "AzureEntitlement", "AzureUtilizationRecord", "AzureRateCard", "Invoice", "InvoiceSummary", "InvoiceDetail",
		},
		"offerId": {"MS-AZR-0145P"},

		"status":         {"notStarted", "running", "succeeded", "failed", "completed"},
		"partitionValue": {"default"},
		"message":        {"No data available"},
		"CreditType":     {"Azure Credit Applied", "Credit Not Applied"},
		"termDuration":   {"P1M", "P1Y", "P3Y"},
	}
	quantity   = regexp.MustCompile(`^\d+(\.\d+)?$`)
	localeForm = regexp.MustCompile(`^[a-z]{2,3}-[A-Z]{2}$`)
	dayForm    = regexp.MustCompile(`^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?$`)
	errorCode  = regexp.MustCompile(`^\d{1,6}$`)
)

// isKept reports whether a text is one of the known ones, or a time.
func isKept(text, name, parent string) bool {
	isText := func(t string) bool { return strings.EqualFold(t, text) }
	if _, err := pcclient.ParseTime(text); err == nil || dayForm.MatchString(text) {
		return true
	}
	switch name {
	case "currencyCode", "currency", "BillingCurrency", "PricingCurrency":
		return currency.Known(text)
	case "currencyLocale", "locale":
		return localeForm.MatchString(text) && currency.ForLocale(text) != ""
	case "id":
		return parent == "productType" && text == "Azure"
	}
	return slices.ContainsFunc(enumerations[name], isText) || slices.Contains(keptTexts[name], text)
}

// schemaWords are the names of fields that the API documents, wherever they are.
var schemaWords = func() map[string]bool {
	words := map[string]bool{}
	var add func(reflect.Type)
	add = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice:
			add(of.Elem())
		case reflect.Struct:
			for _, name := range fieldNames(of) {
				field, _ := fieldType(of, name)
				words[name] = true
				add(field)
			}
		default:
		}
	}
	for _, r := range routes {
		add(r.resource)
	}
	for _, paths := range documented {
		for _, path := range paths {
			words[path[strings.LastIndexByte(path, '.')+1:]] = true
		}
	}
	for name := range strings.FieldsSeq("totalCount items continuationToken self next previous uri method headers key value etag description data source code message statusCode error errors errorCode errorMessage " +
		"displayName subType firstName lastName email culture language companyName defaultAddress country region city state addressLine1 addressLine2 postalCode phoneNumber " +
		"invoiceLineItemType billingProvider summary offer product sku availability activationLinks taxReceiptPdfDownloadLink") {
		words[name] = true
	}
	return words
}()
