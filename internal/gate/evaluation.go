package gate

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// maxClockSkew is how far a figure may be dated ahead of the clock. A later date
// is no date.
const maxClockSkew = 24 * time.Hour

var hundred = decimal.NewFromInt(100)

// evaluation is a verdict in the making. A kind of gate begins one, adds each subject
// and checks its rules, and then the rules about all of them.
type evaluation struct {
	Verdict

	now time.Time
}

func begin(kind *kind, list []Exception, maxFindings int, now time.Time) *evaluation {
	most := max(maxFindings, maxRows, maxNamed)
	return &evaluation{now: now, Verdict: Verdict{
		kind: kind, maxFindings: maxFindings, exceptions: newExceptions(list, now),
		totals: totals{}, names: map[string]string{},
		violations: newFindings(most), warnings: newFindings(most),
		others: ranking[*subject]{n: maxRows, compare: worstFirst},
	}}
}

// add counts a subject, and what it has cost.
func (e *evaluation) add(s *subject) {
	e.subjectCount++
	for _, part := range s.costs {
		e.totals.add(part)
	}
	for i := range s.records {
		e.addDate(s.records[i].LastModified)
	}
	if s.id != "" && e.exceptions[s.id] != nil {
		e.names[s.id] = s.displayName()
	}
	if s.rest != "" {
		e.rests = append(e.rests, s)
	}
}

// addDate notes when a figure was brought up to date.
func (e *evaluation) addDate(date *time.Time) {
	if !isDate(date, e.now) {
		return
	}
	if e.oldest == nil || date.Before(*e.oldest) {
		e.oldest = date
	}
	if e.newest == nil || date.After(*e.newest) {
		e.newest = date
	}
}

// rank ranks a subject among those with the same result, once all rules about it have been
// checked.
func (e *evaluation) rank(s *subject) {
	if s.violations != nil {
		e.violations.bySubject.add(s.violations)
	}
	if s.warnings != nil {
		e.warnings.bySubject.add(s.warnings)
	}
	switch {
	case s.violations != nil:
	case s.warnings != nil:
		e.warned++
	case e.foundCount() < maxRows: // Otherwise the table has no row for it.
		e.others.add(s)
	}
}

// end sorts and lists what was found.
func (e *evaluation) end() *Verdict {
	slices.SortFunc(e.violations.withoutSubject, compareFindings)
	slices.SortFunc(e.warnings.withoutSubject, compareFindings)
	e.listedViolations, e.listedWarnings = e.violations.listed(e.maxFindings), e.warnings.listed(e.maxFindings)
	return &e.Verdict
}

// violate adds a violation, which is a warning while there is an exception.
func (e *evaluation) violate(f Finding) {
	f.exception = e.exceptions.of(f.SubjectID)
	if f.exception != nil && !f.exception.ended {
		e.warn(f)
		return
	}
	e.violations.add(&f)
	if s := f.subject; s != nil {
		s.violations = append(s.violations, &f)
	}
}

func (e *evaluation) warn(f Finding) {
	e.warnings.add(&f)
	if s := f.subject; s != nil {
		s.warnings = append(s.warnings, &f)
	}
}

// violateUnless makes a violation a warning where that is allowed.
func (e *evaluation) violateUnless(allowed bool, f Finding) {
	if allowed {
		e.warn(f)
	} else {
		e.violate(f)
	}
}

// bounds are a limit, and one below it that only warns. Each may be nil.
type bounds struct {
	maxRule  string
	max      *decimal.Decimal
	warnRule string
	warn     *decimal.Decimal
}

func (b *bounds) areSet() bool { return b.max != nil || b.warn != nil }

// compare compares a figure with the limit and, if that is kept, with the one that
// warns. A figure that is not known keeps neither. What is found is made of the
// limit that is broken.
func (e *evaluation) compare(figure *fraction, b *bounds, found func(rule string, limit *decimal.Decimal) Finding) {
	switch {
	case b.warn != nil && b.max != nil && b.warn.LessThanOrEqual(*b.max) && figure.keeps(b.warn) && !figure.denominator.IsNegative(): // It keeps both.
	case b.max != nil && !figure.keeps(b.max):
		e.violate(found(b.maxRule, b.max))
	case b.warn != nil && !figure.keeps(b.warn):
		e.warn(found(b.warnRule, b.warn))
	}
}

// measured is an amount, in a currency, against a limit, about a subject.
type measured struct {
	rule     string
	subject  *subject // nil if it is about all subjects, and then what says so
	what     string
	actual   *decimal.Decimal // nil if it is not known
	limit    decimal.Decimal
	currency string
}

// compareAmount compares an amount with a limit.
func (e *evaluation) compareAmount(m measured) {
	if m.actual == nil || m.actual.GreaterThan(m.limit) {
		e.violate(m.finding(m.rule, new(m.limit)))
	}
}

// finding is what is found where the amount breaks a limit.
func (m measured) finding(rule string, limit *decimal.Decimal) Finding {
	text := func() string {
		if m.actual == nil {
			return "a cost is not known, limit " + money(*limit, m.currency)
		}
		return exceeds(*m.actual, *limit, m.currency)
	}
	var finding Finding
	switch {
	case m.subject != nil:
		finding = m.subject.finding(rule, text)
	case m.actual == nil:
		finding = general(rule, "%s in %s: %s", m.what, m.currency, text())
	default:
		finding = general(rule, "%s: %s", m.what, text())
	}
	return finding.withAmounts(m.actual, limit, m.currency)
}

// dataAge: outdated figures say nothing about today.
func (e *evaluation) dataAge(limit *time.Duration) {
	if limit == nil || e.subjectCount == 0 {
		return
	}
	if e.newest == nil {
		e.violate(general("data_age_known", "no figure says how old it is"))
		return
	}
	if age := e.now.Sub(*e.newest); age > *limit {
		actual, allowed := hours(age, 4), hours(*limit, 4)
		finding := general("max_data_age", "the newest figure is %s hours old, limit %s", hours(age, 1).StringFixed(1), hoursText(*limit))
		e.violate(finding.withAmounts(&actual, &allowed, ""))
	}
}

// isDate reports whether a figure says when it was brought up to date. A date that
// is too far ahead of the clock says nothing.
func isDate(date *time.Time, now time.Time) bool {
	return date != nil && date.Sub(now) <= maxClockSkew
}

func hours(d time.Duration, decimals int32) decimal.Decimal {
	return decimal.NewFromInt(int64(d)).DivRound(decimal.NewFromInt(int64(time.Hour)), decimals)
}
