package gate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

// Finding is what a rule found: a violation, or a warning.
type Finding struct {
	Rule        string
	SubjectID   string // empty if it is about all subjects
	SubjectName string
	Message     string // what was found, in one line
	Actual      *decimal.Decimal
	Limit       *decimal.Decimal
	Currency    string

	order     int        // of its kind, as they were found
	subject   *subject   // nil if it is about all subjects, or about one that is not listed
	exception *Exception // nil if there was never one
	text      func() string
	share     *fraction     // in percent; only those that are listed are divided
	figures   func() string // what the table says of the amounts; nil where it is both
}

// general is a finding about all subjects.
func general(rule, format string, arguments ...any) Finding {
	return Finding{Rule: rule, text: func() string { return fmt.Sprintf(format, arguments...) }}
}

// finding is a finding about one subject.
func (s *subject) finding(rule string, text func() string) Finding {
	return Finding{Rule: rule, SubjectID: s.id, SubjectName: s.name, subject: s, text: text}
}

func (f Finding) withAmounts(actual, limit *decimal.Decimal, currency string) Finding {
	f.Actual, f.Limit, f.Currency = actual, limit, currency
	return f
}

// message says in one line what was found.
func (f *Finding) message() string {
	message := f.text()
	if f.subject != nil {
		message = f.subject.displayName() + ": " + message
	}
	if f.exception != nil {
		message += ", " + f.exception.text()
	}
	return breakLogCommands(oneLine(message))
}

// compareFindings orders findings: those about all subjects, then subjects that
// are not listed, then subjects worst first, and each as they were found.
func compareFindings(a, b *Finding) int {
	order := cmp.Compare(a.rank(), b.rank())
	if a.subject != nil && b.subject != nil && a.subject != b.subject {
		order = worstFirst(a.subject, b.subject)
	}
	return cmp.Or(order, cmp.Compare(a.order, b.order))
}

func (f *Finding) rank() int { return toInt(f.SubjectID != "") + 2*toInt(f.subject != nil) }

func toInt(is bool) int {
	if is {
		return 1
	}
	return 0
}

// findings are all violations, or all warnings: how many there are, and of those about
// subjects only the worst.
type findings struct {
	count          int
	ofRule         map[string]*Finding // the worst of each rule
	withoutSubject []*Finding
	bySubject      ranking[[]*Finding]
}

func newFindings(n int) findings {
	compare := func(a, b []*Finding) int { return compareFindings(a[0], b[0]) }
	return findings{ofRule: map[string]*Finding{}, bySubject: ranking[[]*Finding]{n: n, compare: compare}}
}

// add counts a finding. All that are about one subject are ranked together, once its
// rules have been checked.
func (l *findings) add(f *Finding) {
	f.order = l.count
	l.count++
	if known := l.ofRule[f.Rule]; known == nil || compareFindings(f, known) < 0 {
		l.ofRule[f.Rule] = f
	}
	if f.subject == nil {
		l.withoutSubject = append(l.withoutSubject, f)
	}
}

// worst are the worst findings, up to n, in order.
func (l *findings) worst(n int) []*Finding {
	list := slices.Concat(l.withoutSubject, slices.Concat(l.bySubject.most(n)...))
	return list[:min(n, len(list))]
}

// named are the worst finding of each rule, and then the worst of the others, up to
// maxNamed.
func (l *findings) named() []*Finding {
	list := slices.SortedFunc(maps.Values(l.ofRule), compareFindings)
	for _, f := range l.worst(maxNamed) {
		if len(list) < maxNamed && l.ofRule[f.Rule] != f {
			list = append(list, f)
		}
	}
	return list
}

// listed returns the worst findings, up to n, with the messages and figures that a list
// has.
func (l *findings) listed(n int) []Finding {
	worst := l.worst(n)
	list := make([]Finding, len(worst))
	for i, f := range worst {
		list[i] = *f
		list[i].Message = f.message()
		if f.share != nil {
			list[i].Actual, list[i].Limit = f.share.rounded(4), new(f.Limit.Round(4))
		}
	}
	return list
}
