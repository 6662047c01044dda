package gate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxRows is how many subjects the table has, unless more than that have findings.
const maxRows = 20

// Markdown is the verdict for a comment on a pull request or the summary of a job:
// GitHub-flavoured Markdown with a table and a Mermaid chart.
func (v *Verdict) Markdown() string {
	rows := v.tableRows()
	var text strings.Builder
	v.writeLead(&text)
	v.writeGeneralFindings(&text)
	v.writeExceptions(&text)
	v.writeTable(&text, rows)
	v.writeChart(&text, rows)
	return text.String()
}

// tableRows are the failed subjects, the warned, and the others, each worst
// first.
func (v *Verdict) tableRows() []*subject {
	var rows []*subject
	for _, found := range v.violations.bySubject.first {
		rows = append(rows, found[0].subject)
	}
	for _, found := range v.warnings.bySubject.first {
		if warned := found[0].subject; warned.violations == nil {
			rows = append(rows, warned)
		}
	}
	rows = append(rows, v.others.first...)
	return rows[:min(len(rows), max(maxRows, min(v.foundCount(), v.maxFindings)))]
}

// foundCount is the number of subjects that something was found about.
func (v *Verdict) foundCount() int { return v.violations.bySubject.count + v.warned }

// writeLead writes what a reader has to know in one paragraph.
func (v *Verdict) writeLead(text *strings.Builder) {
	var counts []string
	general := 0
	for _, f := range v.violations.withoutSubject {
		general += toInt(f.SubjectID == "")
	}
	if general > 0 {
		counts = append(counts, countOf(general, "rule")+" about "+v.kind.all+" failed")
	}
	failed, warned := v.violations.bySubject.count, v.warned // without the rest beside the subjects
	var failedRests []string
	for _, rest := range v.rests {
		switch {
		case rest.violations != nil:
			failed--
			failedRests = append(failedRests, rest.rest+" failed")
		case rest.warnings != nil:
			warned--
		}
	}
	counts = append(counts, fmt.Sprintf("%s of %s failed", wholeNumber(failed), groupDigits(countOf(v.subjectCount-len(v.rests), v.kind.noun))))
	counts = append(counts, failedRests...)
	for _, count := range slices.Concat([]count{{warned, "warned"}}, v.counts, []count{{v.exceptedCount(), "excepted"}}) {
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

func (v *Verdict) totalsText() string {
	var amounts []string
	for _, total := range v.totals.inOrder() {
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
	for _, f := range v.violations.withoutSubject {
		lines = append(lines, fmt.Sprintf("- **%s**: %s\n", f.Rule, escapeMarkdown(f.message())))
	}
	for _, f := range v.warnings.withoutSubject {
		lines = append(lines, fmt.Sprintf("- %s (warning): %s\n", f.Rule, escapeMarkdown(f.message())))
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

// writeExceptions lists the exceptions, with their reasons.
func (v *Verdict) writeExceptions(text *strings.Builder) {
	if len(v.exceptions) == 0 {
		return
	}
	list := v.exceptions.inOrder()
	listed := min(len(list), max(maxRows, v.maxFindings))
	names := map[string]string{}
	for _, f := range slices.Concat(v.violations.withoutSubject, v.warnings.withoutSubject) {
		names[f.SubjectID] = f.SubjectID
	}
	maps.Copy(names, v.names)
	names[""] = v.kind.all
	text.WriteString("\nExceptions:\n\n")
	for _, exception := range list[:listed] {
		name, ok := names[exception.SubjectID]
		if !ok {
			name = exception.SubjectID + " (not checked)"
		}
		fmt.Fprintf(text, "- %s: %s\n", escapeMarkdown(name), escapeMarkdown(breakLogCommands(exception.text())))
	}
	if more := len(list) - listed; more > 0 {
		fmt.Fprintf(text, "- and %s more\n", wholeNumber(more))
	}
}

func (v *Verdict) writeTable(text *strings.Builder, rows []*subject) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(text, "\n| %s | spend | %s | used | state |\n|---|--:|--:|--:|---|\n", v.kind.noun, v.kind.budget)
	failedRows := 0
	for _, s := range rows {
		failedRows += toInt(s.violations != nil)
		used := ""
		if share := s.percentUsed(2); share != nil {
			used = groupDigits(share.StringFixed(2)) + " %"
		}
		fmt.Fprintf(text, "| %s | %s | %s | %s | %s |\n", escapeMarkdown(s.displayName()),
			escapeMarkdown(s.spendText()), escapeMarkdown(s.budgetText()), used, v.stateText(s))
	}
	more := v.subjectCount - len(rows)
	if more == 0 {
		return
	}
	fmt.Fprintf(text, "\nand %s more", groupDigits(countOf(more, v.kind.noun)))
	if failed := v.violations.bySubject.count - failedRows; failed > 0 {
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
func (v *Verdict) stateText(s *subject) string {
	var parts []string
	if found := s.violations; found != nil {
		parts = append(parts, "**failed**: "+brokenLimits(found))
	}
	if found := s.warnings; found != nil {
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
