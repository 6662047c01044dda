package gate

import (
	"testing"
	"time"
)

// spend is what a spend gate is asked about: the records of all customers, and their
// list.
type spend struct {
	SpendList

	Records []Record
}

// evaluate lists every finding, unless the rules say how many.
func evaluate(t *testing.T, rules SpendRules, spenders ...spender) *Verdict {
	t.Helper()
	if rules.MaxFindings == 0 {
		rules.MaxFindings = 1000
	}
	return evaluateSpend(spendOf(t, spenders...), rules, now)
}

// evaluateSpend puts the records of each customer together. Those without an id are
// customers of their own.
func evaluateSpend(spend spend, rules SpendRules, now time.Time) *Verdict {
	var ids []string
	byID := map[string][]Record{}
	evaluation := BeginSpend(rules, now)
	for _, record := range spend.Records {
		if record.SubjectID == "" {
			evaluation.Add(record)
			continue
		}
		if byID[record.SubjectID] == nil {
			ids = append(ids, record.SubjectID)
		}
		byID[record.SubjectID] = append(byID[record.SubjectID], record)
	}
	for _, id := range ids {
		evaluation.Add(byID[id]...)
	}
	return evaluation.Verdict(spend.SpendList)
}
