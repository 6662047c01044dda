package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxRows is how many customers the table has, unless more than that have findings.
const maxRows = 20

// Markdown is the verdict for a comment on a pull request or the summary of a job:
// GitHub-flavoured Markdown with a table and a Mermaid chart.
func (v *Verdict) Markdown() string {
	groups := v.group()
	rows := v.tableRows(groups)
	var text strings.Builder
	v.writeLead(&text, groups)
	v.writeGeneralFindings(&text)
	v.writeTable(&text, rows, groups)
	v.writeChart(&text, rows)
	return text.String()
}

// groups are the customers by what the rules found about them.
type groups struct {
	failed, warned, others []*customer
	violations, warnings   map[*customer][]*Finding
}

func (v *Verdict) group() groups {
	g := groups{violations: byCustomer(v.violations), warnings: byCustomer(v.warnings)}
	for _, c := range v.customers {
		switch {
		case g.violations[c] != nil:
			g.failed = append(g.failed, c)
		case g.warnings[c] != nil:
			g.warned = append(g.warned, c)
		default:
			g.others = append(g.others, c)
		}
	}
	return g
}

func byCustomer(findings []Finding) map[*customer][]*Finding {
	found := map[*customer][]*Finding{}
	for i := range findings {
		if f := &findings[i]; f.customer != nil {
			found[f.customer] = append(found[f.customer], f)
		}
	}
	return found
}

// tableRows are the failed customers, the warned, and the others, each worst
// first.
func (v *Verdict) tableRows(g groups) []*customer {
	most := max(maxRows, min(len(g.failed)+len(g.warned), v.rules.MaxFindings))
	var rows []*customer
	for _, customers := range [][]*customer{g.failed, g.warned, g.others} {
		rows = append(rows, worst(customers, most-len(rows))...)
	}
	return rows
}

// writeLead writes what a reader has to know in one paragraph.
func (v *Verdict) writeLead(text *strings.Builder, g groups) {
	var counts []string
	general := 0
	for i := range v.violations {
		general += toInt(v.violations[i].CustomerID == "" && v.violations[i].customer == nil)
	}
	if general > 0 {
		counts = append(counts, countOf(general, "rule")+" about all customers failed")
	}
	counts = append(counts, fmt.Sprintf("%s of %s failed", wholeNumber(len(g.failed)), groupDigits(countOf(len(v.customers), "customer"))))
	withoutBudget := 0
	for _, c := range v.customers {
		withoutBudget += toInt(c.budget == nil && !c.conflict)
	}
	for _, count := range []struct {
		n    int
		what string
	}{{len(g.warned), "warned"}, {withoutBudget, "without a budget"}, {len(v.spend.Missing), "not listed"}} {
		if count.n > 0 {
			counts = append(counts, wholeNumber(count.n)+" "+count.what)
		}
	}
	verdict := map[string]string{"failed": "failed", "warned": "passed with warnings", "passed": "passed"}[v.Status()]
	sentences := []string{
		fmt.Sprintf("**Spend gate %s**: %s.", verdict, strings.Join(counts, ", ")),
		"Spend: " + v.totalsText() + ".",
		"Limits: " + strings.Join(v.rules.texts(), ", ") + ".",
		"Figures: " + v.datesText() + ".",
	}
	text.WriteString(strings.Join(sentences, " ") + "\n")
}

func (v *Verdict) totalsText() string {
	var amounts []string
	for _, total := range v.totals {
		switch {
		case total.amount == nil && total.currency == "":
			amounts = append(amounts, "a cost that is not known")
		case total.amount == nil:
			amounts = append(amounts, "a cost in "+escapeMarkdown(total.currency)+" that is not known")
		case total.currency == "":
			amounts = append(amounts, groupDigits(total.amount.String())+" in a currency that is not known")
		default:
			amounts = append(amounts, escapeMarkdown(groupDigits(money(*total.amount, total.currency))))
		}
	}
	if len(amounts) == 0 {
		return "none"
	}
	return strings.Join(amounts, ", ")
}

// texts are the rules in words.
func (r *Rules) texts() []string {
	var texts []string
	if r.MaxPercentUsed != nil {
		texts = append(texts, percent(r.MaxPercentUsed)+" of each budget")
	}
	if r.WarnPercentUsed != nil {
		texts = append(texts, "a warning above "+percent(r.WarnPercentUsed)+" of each budget")
	}
	for _, code := range slices.Sorted(maps.Keys(r.MaxTotalCost)) {
		texts = append(texts, groupDigits(money(r.MaxTotalCost[code], code))+" all together")
	}
	if r.MaxUSDTotalCost != nil {
		texts = append(texts, groupDigits(money(*r.MaxUSDTotalCost, "USD"))+" all together")
	}
	if r.MaxCustomerUSDTotalCost != nil {
		texts = append(texts, groupDigits(money(*r.MaxCustomerUSDTotalCost, "USD"))+" per customer")
	}
	if r.requiresBudget() {
		texts = append(texts, "a budget for each customer")
	}
	if r.MaxDataAge != nil {
		texts = append(texts, "figures at most "+hoursText(*r.MaxDataAge)+" old")
	}
	return texts
}

func (v *Verdict) datesText() string {
	const layout = "2006-01-02 15:04"
	switch {
	case v.newest == nil:
		return "without a date"
	case v.oldest.Equal(*v.newest):
		return v.newest.UTC().Format(layout + " MST")
	}
	return v.oldest.UTC().Format(layout) + " to " + v.newest.UTC().Format(layout+" MST")
}

// writeGeneralFindings lists the findings that the table has no row for.
func (v *Verdict) writeGeneralFindings(text *strings.Builder) {
	var lines []string
	for i := range v.violations {
		if f := &v.violations[i]; f.customer == nil {
			lines = append(lines, fmt.Sprintf("- **%s**: %s\n", f.Rule, escapeMarkdown(f.Message())))
		}
	}
	for i := range v.warnings {
		if f := &v.warnings[i]; f.customer == nil {
			lines = append(lines, fmt.Sprintf("- %s (warning): %s\n", f.Rule, escapeMarkdown(f.Message())))
		}
	}
	if len(lines) == 0 {
		return
	}
	listed := min(len(lines), max(maxRows, v.rules.MaxFindings))
	text.WriteString("\n" + strings.Join(lines[:listed], ""))
	if more := len(lines) - listed; more > 0 {
		fmt.Fprintf(text, "- and %s more\n", wholeNumber(more))
	}
}

func (v *Verdict) writeTable(text *strings.Builder, rows []*customer, g groups) {
	if len(rows) == 0 {
		return
	}
	text.WriteString("\n| customer | spend | budget | used | state |\n|---|--:|--:|--:|---|\n")
	failedRows := 0
	for _, c := range rows {
		failedRows += toInt(g.violations[c] != nil)
		used := ""
		if share := c.percentUsed(2); share != nil {
			used = groupDigits(share.StringFixed(2)) + " %"
		}
		fmt.Fprintf(text, "| %s | %s | %s | %s | %s |\n", escapeMarkdown(c.displayName()),
			escapeMarkdown(c.spendText()), escapeMarkdown(c.budgetText()), used, v.stateText(c, g))
	}
	more := len(v.customers) - len(rows)
	if more == 0 {
		return
	}
	fmt.Fprintf(text, "\nand %s more", groupDigits(countOf(more, "customer")))
	if failed := len(g.failed) - failedRows; failed > 0 {
		fmt.Fprintf(text, ", %s of them failed", wholeNumber(failed))
	}
	text.WriteString(".\n")
}

func (c *customer) spendText() string {
	var amounts []string
	for _, part := range c.costs {
		if part.amount == nil {
			amounts = append(amounts, "not known")
		} else {
			amounts = append(amounts, groupDigits(money(*part.amount, part.currency)))
		}
	}
	return strings.Join(amounts, ", ")
}

func (c *customer) budgetText() string {
	switch {
	case c.conflict:
		return "several"
	case c.budget == nil:
		return "none"
	}
	return groupDigits(money(*c.budget, c.costs[0].currency))
}

// stateText says what the rules found about a customer. Within limits is only who
// has a limit.
func (v *Verdict) stateText(c *customer, g groups) string {
	var parts []string
	if found := g.violations[c]; found != nil {
		parts = append(parts, "**failed**: "+brokenLimits(found))
	}
	if found := g.warnings[c]; found != nil {
		parts = append(parts, "warned: "+brokenLimits(found))
	}
	if len(parts) > 0 {
		return strings.Join(parts, "; ")
	}
	hasShare := v.rules.limitsShares() && c.budgeted() != nil
	switch {
	case hasShare, v.rules.MaxCustomerUSDTotalCost != nil:
		parts = append(parts, "within limits")
	case v.rules.requiresBudget():
		parts = append(parts, "has a budget")
	}
	if v.rules.limitsShares() && c.budget == nil {
		parts = append(parts, "no budget")
	}
	if len(parts) == 0 {
		return "no limit of its own"
	}
	return strings.Join(parts, ", ")
}

// brokenLimits names rules and their limits. The share that is used has a column
// of its own.
func brokenLimits(findings []*Finding) string {
	var texts []string
	for _, f := range findings {
		text := f.Rule
		switch {
		case f.Limit == nil:
		case strings.HasSuffix(f.Rule, "_percent_used"):
			text += " (limit " + percent(f.Limit) + ")"
		default:
			amount, limit := moneyPair(*f.Actual, *f.Limit, f.Currency)
			text += " (" + groupDigits(amount) + ", limit " + groupDigits(limit) + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}
