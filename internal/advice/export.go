package advice

import (
	"cmp"
	"errors"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// explainExport explains why an export of Microsoft Graph could not be read. The names of
// the ids are those that Microsoft Graph has for them.
func explainExport(summary string, err *graphbilling.Error) Explanation {
	e := Explanation{Summary: summary, Problem: sentence(err.Error()), Advice: err.Advice}
	var tooMany graphbilling.TooManyGroupsError
	var signIn *entra.Error
	var apiError *pcclient.Error
	switch {
	case errors.As(err, &tooMany):
		e.Summary = "Too many groups"
	case errors.As(err, &signIn):
		e.Summary = "Could not sign in to Microsoft Graph"
		e.Problem = sentence(signIn.Error())
		e.Advice = cmp.Or(err.Advice, signInAdvice(signIn))
		e.IDs = line("Trace ID", signIn.TraceID) + line("Correlation ID", signIn.CorrelationID)
		e.Refused = signIn.Permanent
	case errors.As(err, &apiError):
		e.IDs = line("request-id", apiError.RequestID) + line("client-request-id", apiError.CorrelationID)
		e.Refused = isRefused(apiError)
	}
	return e
}
