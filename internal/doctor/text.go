package doctor

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// WriteText writes the report for people. It has no value from a response.
func (r *Report) WriteText(w io.Writer) error {
	t := &textWriter{told: map[string]bool{}}
	t.line("partnercenter %s", r.Version)
	for _, s := range r.SignIns {
		t.signIn(s)
	}
	own := slices.DeleteFunc(slices.Clone(r.Routes), func(r Route) bool { return r.API != partnerCenter })
	t.routes("Routes of the API", own)
	if export := r.Routes[len(own):]; len(export) > 0 {
		t.routes("Export of Microsoft Graph", export)
	}
	t.differences(r.Routes)
	t.advice(r.Routes)
	t.summary(r)
	_, err := io.WriteString(w, r.withoutTokens(t.text.String()))
	return err
}

type textWriter struct {
	text strings.Builder
	told map[string]bool // problems of a sign-in
}

func (t *textWriter) line(format string, arguments ...any) {
	t.text.WriteString(strings.TrimRight(fmt.Sprintf(format, arguments...), " ") + "\n")
}

func (t *textWriter) signIn(s SignIn) {
	t.line("")
	t.line("Sign-in to %s", s.API)
	field := func(name, value string) {
		if value != "" {
			t.line("  %-14s %s", name, value)
		}
	}
	field("credential", s.Credential)
	field("from", s.Source)
	field("tenant", s.TenantID)
	field("client", s.ClientID)
	field("authority", s.Authority)
	field("API", s.Endpoint)
	if token := s.Token; token != nil {
		field("token", map[string]string{
			"App":      "App (an application without a user)",
			"App+User": "App+User (an application for a user)",
			"unknown":  "cannot be read, so nothing is known of it",
		}[token.Kind])
		if token.TenantID != s.TenantID {
			field("  tenant", token.TenantID)
		}
		field("  audience", token.Audience)
		field("  permissions", token.Permissions)
		field("  multifactor", multiFactor(token))
		if token.Expires != nil {
			field("  expires", token.Expires.Format(time.RFC3339))
		}
	}
	switch {
	case s.Works:
		t.line("  Signed in.")
	case s.Reason != "":
		t.line("  Not tried: %s.", s.Reason)
	}
	for _, problem := range s.Problems {
		t.line("")
		if t.told[problem.Problem] {
			t.line("  The same problem as above.")
			continue
		}
		t.problem(problem, true)
		t.told[problem.Problem] = true
	}
	if s.Optional && len(s.Problems) > 0 {
		t.line("")
		t.line("  Only the data sources of daily usage need this, so it does not count here. With -export or -export-invoice it does.")
	}
}

func multiFactor(token *Token) string {
	switch {
	case token.MultiFactor == nil && token.Kind == "App+User":
		return "the token does not say"
	case token.MultiFactor == nil:
		return ""
	case *token.MultiFactor:
		return "yes"
	}
	return "no"
}

func (t *textWriter) problem(a Advice, withAdvice bool) {
	t.line("  %s.", strings.TrimSuffix(a.Summary, "."))
	t.line("  %s", a.Problem)
	if withAdvice && a.Advice != "" {
		t.line("  %s", a.Advice)
	}
	for id := range strings.Lines(a.IDs) {
		t.line("  %s", strings.TrimSpace(id))
	}
}

func (t *textWriter) routes(heading string, routes []Route) {
	t.line("")
	t.line("%s", heading)
	if reason := skippedAll(routes); reason != "" {
		t.line("  None was read: %s.", reason)
		return
	}
	reason := ""
	for _, r := range routes {
		t.line("  %-8s %s", r.Status, r.Route)
		switch r.Status {
		case StatusSkipped:
			if r.Reason != reason {
				t.line("           %s", r.Reason)
			}
			reason = r.Reason
		case StatusFailed:
			t.line("           %s", r.Problem.Problem)
			for id := range strings.Lines(r.Problem.IDs) {
				t.line("           %s", strings.TrimSpace(id))
			}
		}
		if r.Status != StatusSkipped {
			t.line("           %s", strings.Join(facts(r), ", "))
		}
	}
}

func skippedAll(routes []Route) string {
	reason := ""
	for _, r := range routes {
		if r.Status != StatusSkipped || r.Reason != cmp.Or(reason, r.Reason) {
			return ""
		}
		reason = r.Reason
	}
	return reason
}

// facts are what is known of a response.
func facts(r Route) []string {
	var all []string
	if r.Records != nil {
		all = append(all, counted(*r.Records, "record"))
	}
	if r.Pages > 1 || r.MorePages {
		all = append(all, counted(r.Pages, "page"))
	}
	if r.MorePages {
		all = append(all, "and there are more")
	}
	if r.TotalCount != nil {
		all = append(all, fmt.Sprintf("total count %d", *r.TotalCount))
	}
	for _, next := range r.NextLinks[:min(len(r.NextLinks), 1)] {
		text := "next link: " + next.Form
		if len(next.Headers) > 0 {
			text += " with " + strings.Join(next.Headers, " and ")
		}
		if next.Token {
			text += ", and a token beside the records"
		}
		all = append(all, text)
	}
	all = append(all, r.Notes...)
	if r.Requests > 0 {
		all = append(all, seconds(time.Duration(r.DurationMS)*time.Millisecond))
	}
	if r.Requests > max(r.Pages, 1) {
		all = append(all, counted(r.Requests, "request"))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Throttling)) {
		all = append(all, name+": "+r.Throttling[name])
	}
	return all
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (t *textWriter) differences(routes []Route) {
	heading := true
	for _, r := range routes {
		if len(r.Differences) == 0 {
			continue
		}
		if heading {
			t.line("")
			t.line("What differs from what the provider expects")
			heading = false
		}
		t.line("  %s", r.Route)
		for _, d := range r.Differences {
			count := fmt.Sprintf("%d of %d", d.Count, d.Of)
			if d.Kind == KindMissing {
				count = fmt.Sprintf("in %d", d.Count)
			}
			t.line("    %s: %s, %s (%s)", d.Field, d.Kind, d.Detail, count)
		}
	}
}

// advice says once what to do about several routes.
func (t *textWriter) advice(routes []Route) {
	var advice []string
	failed := map[string]int{}
	for _, r := range routes {
		if r.Status != StatusFailed || r.Problem.Advice == "" {
			continue
		}
		if failed[r.Problem.Advice]++; failed[r.Problem.Advice] == 1 {
			advice = append(advice, r.Problem.Advice)
		}
	}
	if len(advice) == 0 {
		return
	}
	t.line("")
	t.line("What to do")
	for _, a := range advice {
		t.line("  %s (%s)", a, counted(failed[a], "route"))
	}
}

func (t *textWriter) summary(r *Report) {
	counts := map[string]int{}
	differences := 0
	for _, route := range r.Routes {
		counts[route.Status]++
		differences += len(route.Differences)
	}
	t.line("")
	if skippedAll(r.Routes) == "" {
		works := counts[StatusOK] + counts[StatusNoUsage]
		t.line("%s, %d failed, %d skipped. %s from the expected shape.", counted(works, "route")+" "+verb(works, "works", "work"), counts[StatusFailed], counts[StatusSkipped], counted(differences, "difference"))
	}
	if r.Requests.API > 0 && !slices.ContainsFunc(r.Routes, func(r Route) bool { return len(r.Throttling) > 0 }) {
		t.line("No response had a header about throttling.")
	}
	exports := ""
	if r.Requests.Exports > 0 {
		exports = counted(r.Requests.Exports, "POST request") + " for an export, "
	}
	t.line("Sent %s to the API, %sand %s to the token endpoint.", counted(r.Requests.API, "GET request"), exports, counted(r.Requests.SignIn, "request"))
}

func verb(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}
