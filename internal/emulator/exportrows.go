package emulator

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// What a charge is. For a refund there is only the word of one-time charges
// (https://learn.microsoft.com/partner-center/recon-file-charge-types).
const (
	chargeNew    = "new"
	chargeRefund = "cancel"
)

// exportCell is a usageCell in the days of an export.
type exportCell struct {
	usageCell
	plan       azure
	from       time.Time
	days       int
	chargeType string
	// start and end are of the billing cycle that the usage belongs to.
	start, end time.Time
}

// exportCells are the cells of a month: all of its usage, one correction a plan,
// which is in the sums already, and what came late of the month before.
func (m usageMonth) exportCells() []exportCell {
	var all []exportCell
	if m.days > 0 {
		for _, plan := range m.plans {
			cells := plan.usageCells()
			corrected := firstCharged(cells)
			for i, cell := range cells {
				regular := exportCell{cell, plan, m.start, m.days, m.chargeType(), m.start, m.end()}
				if i != corrected {
					all = append(all, regular)
					continue
				}
				refund := regular
				refund.from, refund.days, refund.chargeType = m.start.AddDate(0, 0, min(4, m.days-1)), 1, chargeRefund
				refund.scale("-0.02")
				regular.scale("1.02")
				all = append(all, regular, refund)
			}
		}
	}
	before := usageMonth{start: m.start.AddDate(0, -1, 0)}
	for _, plan := range m.late {
		cells := plan.usageCells()
		if i := firstCharged(cells); i >= 0 {
			late := exportCell{cells[i], plan, m.start.AddDate(0, 0, -2), 2, chargeNew, before.start, before.end()}
			late.scale("0.01")
			all = append(all, late)
		}
	}
	return all
}

func (c *exportCell) scale(factor json.Number) {
	c.cost, c.quantity = product(c.cost, factor), product(c.quantity, factor)
}

// firstCharged is the position of the first cell that has cost anything, or -1.
func firstCharged(cells []usageCell) int {
	for i, cell := range cells {
		if compare(cell.cost, "0") != 0 {
			return i
		}
	}
	return -1
}

// exportLine is the line of a cell, cut where its rows differ.
type exportLine struct {
	parts [5]string

	date     string
	quantity division
	billing  division
	pricing  division
}

// append appends the line of a row, with the end of the line.
func (l *exportLine) append(line []byte, row int) []byte {
	line = append(line, l.parts[0]...)
	line = append(line, l.date...)
	line = append(line, l.parts[1]...)
	line = l.quantity.append(line, row)
	line = append(line, l.parts[2]...)
	line = l.billing.append(line, row)
	line = append(line, l.parts[3]...)
	line = l.pricing.append(line, row)
	return append(line, l.parts[4]...)
}

// divide divides a day's cost and quantity among rows.
func (l *exportLine) divide(c exportCell, day time.Time, cost, quantity json.Number, rows int) {
	l.date = quoteJSON(utc(day))
	l.quantity, l.billing = divide(quantity, rows), divide(cost, rows)
	l.pricing = divide(product(cost, usdRate(c.plan.currency)), rows)
}

// attributeWriter writes the attributes of a row, in the order of the documentation.
// Null ones are left out.
type attributeWriter struct {
	basic bool
	text  strings.Builder
	parts []string
}

// always writes an attribute of both sets, and full one of the full set only.
func (w *attributeWriter) always(name, value string) { w.raw(name, quoteJSON(value)) }

func (w *attributeWriter) full(name, value string) {
	if !w.basic {
		w.always(name, value)
	}
}

func (w *attributeWriter) raw(name, value string) {
	if w.text.Len() > 0 || len(w.parts) > 0 {
		w.text.WriteByte(',')
	}
	w.text.WriteString(`"` + name + `":` + value)
}

// varying writes the name of an attribute whose value differs from row to row.
func (w *attributeWriter) varying(name string) {
	w.raw(name, "")
	w.parts = append(w.parts, w.text.String())
	w.text.Reset()
}

func quoteJSON(text string) string {
	quoted, err := encode(text)
	if err != nil {
		return `""`
	}
	return string(quoted)
}

// exportText is what the lines of an export have in common.
type exportText struct {
	partnerName  string
	attributeSet string
	// invoiceID is empty in unbilled usage.
	invoiceID string
}

// line is the line of a cell, without what its rows differ in.
func (t exportText) line(c exportCell) exportLine {
	w := &attributeWriter{basic: t.attributeSet == attributesBasic}
	m, customer := c.meter, c.plan.customer
	owner := c.plan.entitlements()[c.resource.entitlement]
	place := placeOf(customer.currency)
	productID, rest, _ := strings.Cut(m.id, "-")
	skuID, _, _ := strings.Cut(rest, "-")
	namespace, _, _ := strings.Cut(c.resource.kind, "/")
	price := c.unitPrice()

	w.always("PartnerId", TenantID)
	w.always("PartnerName", t.partnerName)
	w.always("CustomerId", customer.id)
	w.always("CustomerName", customer.name)
	w.full("CustomerDomainName", customer.domain)
	w.full("CustomerCountry", place.country)
	w.full("MpnId", PartnerMPNID)
	if t.invoiceID != "" {
		w.always("InvoiceNumber", t.invoiceID)
	}
	w.always("ProductId", productID)
	w.always("SkuId", skuID)
	w.full("AvailabilityId", strings.ToUpper(strings.ReplaceAll(namedGUID("availability/"+m.id), "-", "")[:12]))
	w.always("SkuName", m.subcategory)
	w.full("ProductName", m.subcategory+" - "+m.name+" - "+place.meterRegion)
	w.always("PublisherName", "Microsoft")
	w.full("PublisherId", "")
	w.full("SubscriptionDescription", c.plan.name)
	w.always("SubscriptionId", c.plan.id)
	w.always("ChargeStartDate", utc(c.start))
	w.always("ChargeEndDate", utc(c.end))
	w.varying("UsageDate")
	w.full("MeterType", m.unit)
	w.full("MeterCategory", m.category)
	w.full("MeterId", namedGUID("meter/"+m.id))
	w.full("MeterSubCategory", m.subcategory)
	w.full("MeterName", m.name)
	w.full("MeterRegion", place.meterRegion)
	w.full("Unit", m.unit)
	w.full("ResourceLocation", place.location)
	w.full("ConsumedService", namespace)
	w.full("ResourceGroup", c.resource.group)
	w.always("ResourceURI", "/subscriptions/"+owner.id+"/resourceGroups/"+c.resource.group+"/providers/"+c.resource.path())
	w.always("ChargeType", c.chargeType)
	w.raw("UnitPrice", javaNumber(round(new(big.Rat).Mul(price, big.NewRat(20, 17)), amountDecimals).String()))
	w.varying("Quantity")
	w.always("UnitType", m.unit)
	w.varying("BillingPreTaxTotal")
	w.always("BillingCurrency", customer.currency)
	w.varying("PricingPreTaxTotal")
	w.always("PricingCurrency", pricingCurrency)
	w.full("ServiceInfo1", "")
	w.full("ServiceInfo2", "")
	w.full("Tags", c.tags())
	w.always("AdditionalInfo", c.additionalInfo())
	w.raw("EffectiveUnitPrice", javaNumber(round(price, amountDecimals).String()))
	w.raw("PCToBCExchangeRate", exchangeRate(customer.currency))
	if !w.basic {
		w.always("PCToBCExchangeRateDate", utc(c.start))
	}
	w.always("EntitlementId", owner.id)
	w.full("EntitlementDescription", owner.name)
	if !w.basic {
		w.raw("PartnerEarnedCreditPercentage", "15")
	}
	w.raw("CreditPercentage", "100")
	w.always("CreditType", "Azure Credit Applied")

	var line exportLine
	copy(line.parts[:], w.parts)
	line.parts[0], line.parts[4] = "{"+line.parts[0], w.text.String()+"}\n"
	return line
}

// pricingCurrency is that of the price list. Bills are in the customer's.
const pricingCurrency = "USD"

// unitPrice is the price in the pricing currency, after the partner earned credit
// of 15 percent.
func (c exportCell) unitPrice() *big.Rat {
	quantity := parseDecimal(c.quantity)
	if quantity.Sign() == 0 {
		return quantity
	}
	cost := parseDecimal(product(c.cost, usdRate(c.plan.currency)))
	return cost.Abs(cost.Quo(cost, quantity))
}

// exchangeRate is what a unit of the pricing currency costs, rounded.
func exchangeRate(currency string) string {
	rate := parseDecimal(usdRate(currency))
	return round(rate.Inv(rate), 10).String()
}

// place is where the resources of a customer are.
type place struct{ country, location, meterRegion string }

func placeOf(currency string) place {
	switch currency {
	case "CHF":
		return place{"CH", "switzerlandnorth", "CH North"}
	case "GBP":
		return place{"GB", "uksouth", "UK South"}
	case "JPY":
		return place{"JP", "japaneast", "JA East"}
	case "NOK":
		return place{"NO", "norwayeast", "NO East"}
	case "SEK":
		return place{"SE", "swedencentral", "SE Central"}
	case "USD":
		return place{"US", "eastus2", "US East 2"}
	default:
		return place{"DE", "westeurope", "EU West"}
	}
}

// tags are those of the resource, as JSON in a text. Some resources have none,
// and some write the name of a tag in another case.
func (c exportCell) tags() string {
	if strings.HasPrefix(c.resource.kind, "Microsoft.Network/") {
		return ""
	}
	environment := "production"
	if strings.HasSuffix(c.resource.group, "-test") || strings.HasSuffix(c.resource.group, "-dev") {
		environment = "development"
	}
	name := "env"
	if strings.HasPrefix(c.resource.kind, "Microsoft.Sql/") {
		name = "Env"
	}
	return fmt.Sprintf(`{"%s":"%s","cost-center":"%d","team":"%s"}`, name, environment, 4000+len(c.plan.customer.name), strings.TrimPrefix(c.resource.group, "rg-"))
}

// additionalInfo is JSON in a text, or empty.
func (c exportCell) additionalInfo() string {
	if c.meter.category != "Virtual Machines" {
		return ""
	}
	size := "Standard_" + strings.ReplaceAll(c.meter.name, " ", "_")
	return `{"ImageType":null,"ServiceType":"` + size + `","VMName":"` + c.resource.name + `"}`
}
