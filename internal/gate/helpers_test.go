package gate

import "testing"

// evaluate lists every finding, unless the rules say how many.
func evaluate(t *testing.T, rules SpendRules, spenders ...spender) *Verdict {
	t.Helper()
	if rules.MaxFindings == 0 {
		rules.MaxFindings = 1000
	}
	return EvaluateSpend(spendOf(t, spenders...), rules, now)
}
