package datasources

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/advice"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// argumentError is an error caused by the value of an argument.
type argumentError struct {
	argument string
	summary  string
	detail   string
}

func (e *argumentError) Error() string { return e.detail }

const (
	runDoctor = "`partnercenter doctor` shows which sign-in is used, and what it may read."
	unusable  = "The response cannot be used, and nothing of it was. Try again. If it happens again, a proxy may have changed the response, or Microsoft its format: " +
		"`partnercenter doctor` shows how the responses differ from what the provider expects."
)

// diagnose explains an error to the user: what was tried, what came back, what to
// do, and the ids for Microsoft's support.
func diagnose(title string, err error) diag.Diagnostic {
	if argument, ok := errors.AsType[*argumentError](err); ok {
		return diag.NewAttributeErrorDiagnostic(path.Root(argument.argument), argument.summary, argument.detail)
	}
	explanation := advice.Explain(title, err)
	if _, ok := errors.AsType[graphbilling.TooManyGroupsError](err); ok {
		return diag.NewAttributeErrorDiagnostic(path.Root("max_groups"), explanation.Summary, explanation.Detail())
	}
	if explanation.Advice == "" && explanation.IDs != "" {
		explanation.Advice = unusable
	}
	if explanation.Refused {
		return diag.NewErrorDiagnostic(explanation.Summary, explanation.Detail(runDoctor))
	}
	return diag.NewErrorDiagnostic(explanation.Summary, explanation.Detail())
}

// warnings returns what the user should know about the run, even if the read
// succeeded. Each warning is reported once.
func warnings(api *pcclient.Client) diag.Diagnostics {
	var problems diag.Diagnostics
	for _, warning := range api.Warnings() {
		problems.AddWarning(warning.Summary, warning.Detail)
	}
	return problems
}
