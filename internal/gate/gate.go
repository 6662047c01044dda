package gate

import (
	"slices"
	"time"
)

// kind is what one kind of gate says differently from the others.
type kind struct {
	title  string // of the verdict: "Spend gate"
	noun   string // for a subject: "customer"
	all    string // what a finding without a subject is about: "all customers"
	budget string // the column of what a subject may spend: "budget"
}

// Verdict is the result of a gate. Of the subjects it keeps only those that it tells of.
type Verdict struct {
	kind        *kind
	maxFindings int
	exceptions  exceptions

	subjectCount int
	totals       totals
	oldest       *time.Time // of the figures
	newest       *time.Time

	violations       findings
	warnings         findings
	listedViolations []Finding
	listedWarnings   []Finding

	warned int               // subjects with warnings only
	others ranking[*subject] // without findings
	rests  []*subject        // those that are no subjects, but the rest beside them
	names  map[string]string // of subjects with an exception of their own, by id

	// What the report and the summary say of a kind's own rules.
	about        string // what it is about, in a summary without findings
	limits       []string
	counts       []count
	summaryNotes []string
	chart        chart
	state        func(*subject) string // of a subject without findings
}

// count is how many of the subjects something holds for, for the report.
type count struct {
	n    int
	what string
}

// Status is "failed", "warned" or "passed".
func (v *Verdict) Status() string {
	switch {
	case v.ViolationCount() > 0:
		return "failed"
	case v.WarningCount() > 0:
		return "warned"
	}
	return "passed"
}

// Passed reports whether there is no violation, whatever the warnings.
func (v *Verdict) Passed() bool { return v.ViolationCount() == 0 }

// SubjectCount is the number of subjects that were evaluated.
func (v *Verdict) SubjectCount() int { return v.subjectCount }

// ViolationCount is the number of all violations.
func (v *Verdict) ViolationCount() int { return v.violations.count }

// WarningCount is the number of all warnings.
func (v *Verdict) WarningCount() int { return v.warnings.count }

// exceptedCount is the number of subjects with an exception that has not ended: of those
// that were evaluated, and of those that something is found about without them.
func (v *Verdict) exceptedCount() int {
	n := 0
	for id := range v.names {
		n += toInt(v.exceptions.has(id))
	}
	for _, f := range v.warnings.withoutSubject {
		n += toInt(v.exceptions.has(f.SubjectID))
	}
	return n
}

// Violations are the worst violations, up to as many as the rules list.
func (v *Verdict) Violations() []Finding { return v.listedViolations }

// Warnings are the worst warnings, up to as many as the rules list.
func (v *Verdict) Warnings() []Finding { return v.listedWarnings }

// Messages are those of the listed violations, then those of the listed warnings.
func (v *Verdict) Messages() []string {
	messages := []string{}
	for _, finding := range slices.Concat(v.listedViolations, v.listedWarnings) {
		messages = append(messages, finding.Message)
	}
	return messages
}
