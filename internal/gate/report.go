package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxRows is how many subjects the table has, unless more than that have findings.
const maxRows = 20

// Markdown is the verdict for a comment on a pull request or the summary of a job:
// GitHub-flavoured Markdown with a table and a Mermaid chart.
func (v *Verdict) Markdown() string {
	groups := v.group()
	rows := v.tableRows(groups)
	var text strings.Builder
	v.writeLead(&text, groups)
	v.writeGeneralFindings(&text)
	v.writeExceptions(&text)
	v.writeTable(&text, rows, groups)
	v.writeChart(&text, rows)
	return text.String()
}

// groups are the subjects by what the rules found about them.
type groups struct {
	failed, warned, others []*subject
	violations, warnings   map[*subject][]*Finding
}

func (v *Verdict) group() groups {
	g := groups{violations: bySubject(v.violations), warnings: bySubject(v.warnings)}
	for _, s := range v.subjects {
		switch {
		case g.violations[s] != nil:
			g.failed = append(g.failed, s)
		case g.warnings[s] != nil:
			g.warned = append(g.warned, s)
		default:
			g.others = append(g.others, s)
		}
	}
	return g
}

func bySubject(findings []Finding) map[*subject][]*Finding {
	found := map[*subject][]*Finding{}
	for i := range findings {
		if f := &findings[i]; f.subject != nil {
			found[f.subject] = append(found[f.subject], f)
		}
	}
	return found
}

// tableRows are the failed subjects, the warned, and the others, each worst
// first.
func (v *Verdict) tableRows(g groups) []*subject {
	most := max(maxRows, min(len(g.failed)+len(g.warned), v.maxFindings))
	var rows []*subject
	for _, subjects := range [][]*subject{g.failed, g.warned, g.others} {
		rows = append(rows, worst(subjects, most-len(rows))...)
	}
	return rows
}

// writeLead writes what a reader has to know in one paragraph.
func (v *Verdict) writeLead(text *strings.Builder, g groups) {
	var counts []string
	general := 0
	for i := range v.violations {
		general += toInt(v.violations[i].SubjectID == "" && v.violations[i].subject == nil)
	}
	if general > 0 {
		counts = append(counts, countOf(general, "rule")+" about "+v.kind.all+" failed")
	}
	counts = append(counts, fmt.Sprintf("%s of %s failed", wholeNumber(withoutRest(g.failed)), groupDigits(countOf(withoutRest(v.subjects), v.kind.noun))))
	for _, s := range g.failed {
		if s.rest != "" {
			counts = append(counts, s.rest+" failed")
		}
	}
	for _, count := range slices.Concat([]count{{withoutRest(g.warned), "warned"}}, v.counts, []count{{v.exceptedCount(), "excepted"}}) {
		if count.n > 0 {
			counts = append(counts, wholeNumber(count.n)+" "+count.what)
		}
	}
	sentences := []string{
		fmt.Sprintf("**%s %s**: %s.", v.kind.title, v.outcome(), strings.Join(counts, ", ")),
		"Spend: " + v.totalsText() + ".",
		"Limits: " + strings.Join(v.limits, ", ") + ".",
		"Figures: " + v.datesText() + ".",
	}
	text.WriteString(strings.Join(sentences, " ") + "\n")
}

// withoutRest is the number of subjects, without the rest beside them.
func withoutRest(subjects []*subject) int {
	n := 0
	for _, s := range subjects {
		n += toInt(s.rest == "")
	}
	return n
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
	for _, f := range withoutSubject(v.violations) {
		lines = append(lines, fmt.Sprintf("- **%s**: %s\n", f.Rule, escapeMarkdown(f.Message())))
	}
	for _, f := range withoutSubject(v.warnings) {
		lines = append(lines, fmt.Sprintf("- %s (warning): %s\n", f.Rule, escapeMarkdown(f.Message())))
	}
	if len(lines) == 0 {
		return
	}
	listed := min(len(lines), max(maxRows, v.maxFindings))
	text.WriteString("\n" + strings.Join(lines[:listed], ""))
	if more := len(lines) - listed; more > 0 {
		fmt.Fprintf(text, "- and %s more\n", wholeNumber(more))
	}
}

func withoutSubject(findings []Finding) []*Finding {
	var list []*Finding
	for i := range findings {
		if findings[i].subject == nil {
			list = append(list, &findings[i])
		}
	}
	slices.SortStableFunc(list, compareFindings)
	return list
}

// writeExceptions lists the exceptions, with their reasons.
func (v *Verdict) writeExceptions(text *strings.Builder) {
	if len(v.exceptions) == 0 {
		return
	}
	list := v.exceptions.inOrder()
	listed := min(len(list), max(maxRows, v.maxFindings))
	names := make(map[string]string, listed)
	for _, exception := range list[:listed] {
		names[exception.SubjectID] = exception.SubjectID + " (not checked)"
	}
	for _, f := range slices.Concat(withoutSubject(v.violations), withoutSubject(v.warnings)) {
		names[f.SubjectID] = f.SubjectID
	}
	for _, s := range v.subjects {
		if _, ok := names[s.id]; ok {
			names[s.id] = s.displayName()
		}
	}
	names[""] = v.kind.all
	text.WriteString("\nExceptions:\n\n")
	for _, exception := range list[:listed] {
		name := names[exception.SubjectID]
		fmt.Fprintf(text, "- %s: %s\n", escapeMarkdown(name), escapeMarkdown(breakLogCommands(exception.text())))
	}
	if more := len(list) - listed; more > 0 {
		fmt.Fprintf(text, "- and %s more\n", wholeNumber(more))
	}
}

func (v *Verdict) writeTable(text *strings.Builder, rows []*subject, g groups) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(text, "\n| %s | spend | %s | used | state |\n|---|--:|--:|--:|---|\n", v.kind.noun, v.kind.budget)
	failedRows := 0
	for _, s := range rows {
		failedRows += toInt(g.violations[s] != nil)
		used := ""
		if share := s.percentUsed(2); share != nil {
			used = groupDigits(share.StringFixed(2)) + " %"
		}
		fmt.Fprintf(text, "| %s | %s | %s | %s | %s |\n", escapeMarkdown(s.displayName()),
			escapeMarkdown(s.spendText()), escapeMarkdown(s.budgetText()), used, v.stateText(s, g))
	}
	more := len(v.subjects) - len(rows)
	if more == 0 {
		return
	}
	fmt.Fprintf(text, "\nand %s more", groupDigits(countOf(more, v.kind.noun)))
	if failed := len(g.failed) - failedRows; failed > 0 {
		fmt.Fprintf(text, ", %s of them failed", wholeNumber(failed))
	}
	text.WriteString(".\n")
}

func (s *subject) spendText() string {
	var amounts []string
	for _, part := range s.costs {
		if part.amount == nil {
			amounts = append(amounts, "not known")
		} else {
			amounts = append(amounts, groupDigits(money(*part.amount, part.currency)))
		}
	}
	return strings.Join(amounts, ", ")
}

func (s *subject) budgetText() string {
	switch {
	case s.conflict:
		return "several"
	case s.budget == nil:
		return "none"
	}
	return groupDigits(money(*s.budget, s.costs[0].currency))
}

// stateText says what the rules found about a subject.
func (v *Verdict) stateText(s *subject, g groups) string {
	var parts []string
	if found := g.violations[s]; found != nil {
		parts = append(parts, "**failed**: "+brokenLimits(found))
	}
	if found := g.warnings[s]; found != nil {
		parts = append(parts, "warned: "+brokenLimits(found))
	}
	if len(parts) == 0 {
		return v.state(s)
	}
	return strings.Join(parts, "; ")
}

// brokenLimits names rules and their limits, and until when there is an exception.
func brokenLimits(findings []*Finding) string {
	var texts []string
	var exception *Exception // of the subject, and so the same for each
	for _, f := range findings {
		text := f.Rule
		switch {
		case f.Limit == nil:
		case f.figures != nil:
			text += " (" + f.figures() + ")"
		case f.Actual == nil:
			text += " (not known, limit " + groupDigits(money(*f.Limit, f.Currency)) + ")"
		default:
			amount, limit := moneyPair(*f.Actual, *f.Limit, f.Currency)
			text += " (" + groupDigits(amount) + ", limit " + groupDigits(limit) + ")"
		}
		texts = append(texts, text)
		exception = cmp.Or(exception, f.exception)
	}
	switch {
	case exception == nil:
	case exception.ended:
		texts = append(texts, "the exception until "+exception.until()+" has ended")
	default:
		texts = append(texts, "excepted until "+exception.until())
	}
	return strings.Join(texts, ", ")
}
