package gate

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// kind is what one kind of gate says differently from the others.
type kind struct {
	title  string // of the verdict: "Spend gate"
	noun   string // for a subject: "customer"
	all    string // what a finding without a subject is about: "all customers"
	budget string // the column of what a subject may spend: "budget"
}

// Finding is what a rule found: a violation, or a warning.
type Finding struct {
	Rule        string
	SubjectID   string // empty if it is about all subjects
	SubjectName string
	Actual      *decimal.Decimal
	Limit       *decimal.Decimal
	Currency    string

	subject   *subject   // nil if it is about all subjects, or about one that is not listed
	exception *Exception // nil if there was never one
	text      func() string
	share     *fraction     // in percent; only those that are listed are divided
	figures   func() string // what the table says of the amounts; nil where it is both
}

// Message says in one line what was found.
func (f *Finding) Message() string {
	message := f.text()
	if f.subject != nil {
		message = f.subject.displayName() + ": " + message
	}
	if f.exception != nil {
		message += ", " + f.exception.text()
	}
	return breakLogCommands(oneLine(message))
}

// Verdict is the result of a gate.
type Verdict struct {
	kind        *kind
	maxFindings int
	subjects    []*subject
	totals      []cost
	oldest      *time.Time // of the figures
	newest      *time.Time
	violations  []Finding // all of them, as they were found
	warnings    []Finding
	exceptions  exceptions

	listedViolations []Finding
	listedWarnings   []Finding

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
	case len(v.violations) > 0:
		return "failed"
	case len(v.warnings) > 0:
		return "warned"
	}
	return "passed"
}

// Passed reports whether there is no violation, whatever the warnings.
func (v *Verdict) Passed() bool { return len(v.violations) == 0 }

// SubjectCount is the number of subjects that were evaluated.
func (v *Verdict) SubjectCount() int { return len(v.subjects) }

// ViolationCount is the number of all violations.
func (v *Verdict) ViolationCount() int { return len(v.violations) }

// WarningCount is the number of all warnings.
func (v *Verdict) WarningCount() int { return len(v.warnings) }

// exceptedCount is the number of subjects with an exception that has not ended: of those
// that were evaluated, and of those that something is found about without them.
func (v *Verdict) exceptedCount() int {
	n := 0
	for _, s := range v.subjects {
		n += toInt(v.exceptions.has(s.id))
	}
	for i := range v.warnings {
		f := &v.warnings[i]
		n += toInt(f.subject == nil && v.exceptions.has(f.SubjectID))
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
	for _, finding := range slices.Concat(v.Violations(), v.Warnings()) {
		messages = append(messages, finding.Message())
	}
	return messages
}

// worstFindings returns the worst findings, up to n of them, in order. Sorting all of
// them takes longer than finding them.
func worstFindings(findings []Finding, n int) []Finding {
	order := worstOf(len(findings), n, func(a, b int) int {
		return cmp.Or(compareFindings(&findings[a], &findings[b]), a-b)
	})
	list := make([]Finding, len(order))
	for i, index := range order {
		list[i] = findings[index]
		if share := list[i].share; share != nil {
			list[i].Actual, list[i].Limit = share.rounded(4), new(list[i].Limit.Round(4))
		}
	}
	return list
}

// worstOf returns the first n of so many indexes, in the order of a comparison by
// which no two are equal.
func worstOf(count, n int, compare func(a, b int) int) []int {
	list := make([]int, 0, min(count, n))
	for i := range count {
		if len(list) == n && (n == 0 || compare(list[n-1], i) <= 0) {
			continue
		}
		position, _ := slices.BinarySearchFunc(list, i, compare)
		list = slices.Insert(list[:min(len(list), n-1)], position, i)
	}
	return list
}

// compareFindings orders findings: those about all subjects, then subjects that
// are not listed, then subjects worst first.
func compareFindings(a, b *Finding) int {
	if a.subject != nil && b.subject != nil {
		if a.subject == b.subject {
			return 0
		}
		return worstFirst(a.subject, b.subject)
	}
	return cmp.Compare(a.rank(), b.rank())
}

func (f *Finding) rank() int { return toInt(f.SubjectID != "") + 2*toInt(f.subject != nil) }

func toInt(is bool) int {
	if is {
		return 1
	}
	return 0
}
