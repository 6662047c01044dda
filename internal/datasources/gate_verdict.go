package datasources

import "github.com/seed-12616aef/terraform-provider-partnercenter/internal/gate"

// gateVerdict is what the data sources of all gates say of their verdict, beside the
// findings.
type gateVerdict struct {
	Passed         *bool    `tfsdk:"passed"`
	Status         *string  `tfsdk:"status"`
	Summary        *string  `tfsdk:"summary"`
	Messages       []string `tfsdk:"messages"`
	ViolationCount *int64   `tfsdk:"violation_count"`
	WarningCount   *int64   `tfsdk:"warning_count"`
	ReportMarkdown *string  `tfsdk:"report_markdown"`
}

func newGateVerdict(verdict *gate.Verdict) gateVerdict {
	return gateVerdict{
		Passed:         new(verdict.Passed()),
		Status:         new(verdict.Status()),
		Summary:        new(verdict.Summary()),
		Messages:       verdict.Messages(),
		ViolationCount: new(int64(verdict.ViolationCount())),
		WarningCount:   new(int64(verdict.WarningCount())),
		ReportMarkdown: new(verdict.Markdown()),
	}
}

// gateVerdictAttributes explain [gateVerdict] and the lists of findings, which each gate
// describes in its own words.
func gateVerdictAttributes(summary, total, subjects string, finding attributes) attributes {
	return attributes{
		"passed":          boolean("Whether there is no violation, whatever the warnings."),
		"status":          text("`passed`, `warned` or `failed`."),
		"summary":         text(summary),
		"messages":        texts("The findings of `violations`, then those of `warnings`, in words. Not for a condition, since `max_findings` limits them: use `passed`."),
		"violation_count": count("The number of all violations, whether they are listed or not."),
		"warning_count":   count("The number of all warnings, whether they are listed or not."),
		"violations":      rows("The violations, worst first, up to `max_findings`. Not for a condition, since `max_findings = 0` empties them: use `passed`.", finding),
		"warnings":        rows("The warnings, worst first, up to `max_findings`.", finding),
		"report_markdown": text("The verdict for a comment on a pull request or the summary of a job, in GitHub-flavoured Markdown: a line with the counts, the " + total + ", the limits and the dates of the figures, " +
			"a table of " + subjects + ", those that failed or were warned first, and a Mermaid chart."),
	}
}
