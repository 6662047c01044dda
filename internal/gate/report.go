package gate

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
)

// reported is how many customers a report lists, and charted how many it draws.
const (
	reported = 20
	charted  = 10
)

// Markdown is the verdict as a table and a chart, for a comment on a pull request
// or the summary of a job: GitHub-flavoured Markdown with a Mermaid diagram.
func (v *Verdict) Markdown() string {
	var text strings.Builder
	fmt.Fprintf(&text, "### Spend gate %s\n", v.Status())
	var general []string
	for _, finding := range v.Violations {
		if finding.isGeneral() {
			general = append(general, fmt.Sprintf("- **%s**: %s\n", finding.Rule, cell(finding.Message)))
		}
	}
	for _, finding := range v.Warnings {
		if finding.isGeneral() {
			general = append(general, fmt.Sprintf("- %s (warning): %s\n", finding.Rule, cell(finding.Message)))
		}
	}
	if len(general) > 0 {
		text.WriteString("\n" + strings.Join(general, ""))
	}
	v.table(&text)
	v.chart(&text)
	return text.String()
}

// isGeneral reports whether the table has no row for a finding.
func (f *Finding) isGeneral() bool { return f.CustomerID == "" || f.Rule == "customer_found" }

func (v *Verdict) table(text *strings.Builder) {
	if v.Customers == 0 {
		return
	}
	states := v.states()
	text.WriteString("\n| customer | spend | budget | used | state |\n|---|--:|--:|--:|---|\n")
	for _, c := range v.Worst {
		spend, budget, used := "not known", "none", ""
		if c.Cost != nil {
			spend = money(*c.Cost, c.Currency)
		}
		if c.Budget != nil {
			budget = money(*c.Budget, c.Currency)
		}
		if percent := c.percent(); percent != nil {
			used = percent.StringFixed(2) + " %"
		}
		fmt.Fprintf(text, "| %s | %s | %s | %s | %s |\n", cell(c.who()), cell(spend), cell(budget), used, states[c.ID])
	}
	if more := v.Customers - len(v.Worst); more > 0 {
		fmt.Fprintf(text, "\nand %s more.\n", customers(more))
	}
}

// states say of each customer what the rules found.
func (v *Verdict) states() map[string]string {
	states := map[string]string{}
	for _, c := range v.Worst {
		states[c.ID] = "within limits"
		if c.Budget == nil {
			states[c.ID] = "no budget"
		}
	}
	for _, finding := range v.Warnings {
		states[finding.CustomerID] = "warned: " + finding.Rule
	}
	for _, finding := range v.Violations {
		states[finding.CustomerID] = "**failed**: " + finding.Rule
	}
	return states
}

// chart draws the shares of budgets that are used, from nothing to all of it or
// more: Mermaid would begin at the smallest.
func (v *Verdict) chart(text *strings.Builder) {
	var names, shares []string
	most := hundred
	for _, c := range v.Worst {
		percent := c.percent()
		if percent == nil || !percent.IsPositive() || len(names) == charted {
			continue
		}
		name := label(c.who())
		for n := 2; slices.Contains(names, name); n++ { // Mermaid draws bars of one name over each other.
			name = fmt.Sprintf("%s %d", label(c.who()), n)
		}
		names = append(names, name)
		shares = append(shares, percent.StringFixed(2))
		most = decimal.Max(most, percent.Round(2))
	}
	if len(names) == 0 {
		return
	}
	fmt.Fprintf(text, "\n```mermaid\nxychart-beta horizontal\n    title \"Budget used, in percent\"\n    x-axis [\"%s\"]\n    y-axis \"%%\" 0 --> %s\n    bar [%s]\n```\n",
		strings.Join(names, `", "`), most, strings.Join(shares, ", "))
}

// cell keeps a text that somebody else wrote within its cell: it starts no
// column, line, tag, code, link, emphasis or mention, and does not turn the
// direction of what follows. A comment is what breaks a mention or an address:
// they are looked for after references to characters have become characters.
func cell(text string) string {
	var safe strings.Builder
	line := []rune(oneLine(text) + " ")
	for i, r := range line[:len(line)-1] {
		switch {
		case r == '@':
			safe.WriteString("@<!-- -->")
		case strings.ContainsRune("<>|`*_~[]#\\$", r), strings.ContainsRune("&:", r) && line[i+1] != ' ':
			fmt.Fprintf(&safe, "&#%d;", r)
		default:
			safe.WriteRune(r)
		}
	}
	return strings.ReplaceAll(safe.String(), "www.", "www<!-- -->.")
}

// label is what a Mermaid diagram can carry of a name.
func label(name string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r), strings.ContainsRune("-.,'+", r):
			return r
		}
		return ' '
	}, name)
	kept = strings.Join(strings.Fields(kept), " ")
	if runes := []rune(kept); len(runes) > 24 {
		kept = string(runes[:23]) + "…"
	}
	if kept == "" {
		return "?"
	}
	return kept
}
