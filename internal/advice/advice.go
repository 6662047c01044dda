// Package advice explains the errors of the API client and of the sign-in to people: what
// was tried, what came back, and what to do. It knows nothing of Terraform.
package advice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// Explanation explains an error.
type Explanation struct {
	Summary string
	Problem string // what was tried, and what came back
	Advice  string // what to do; may be empty
	IDs     string // for Microsoft's support; may be empty
	Refused bool   // the sign-in, or what it may read, is the cause
}

// Detail returns all but the summary, in paragraphs. Hints follow the advice.
func (e Explanation) Detail(hints ...string) string {
	return paragraphs(append(append([]string{e.Problem, e.Advice}, hints...), e.IDs)...)
}

// Explain explains why something with this title could not be read.
func Explain(title string, err error) Explanation {
	summary := "Could not read " + title
	var export *graphbilling.Error
	var signIn *entra.Error
	var apiError *pcclient.Error
	switch {
	case errors.As(err, &export):
		return explainExport(summary, export)
	case errors.As(err, &signIn):
		return Explanation{
			Summary: "Could not sign in to Partner Center",
			Problem: sentence(signIn.Error()),
			Advice:  signInAdvice(signIn),
			IDs:     line("Trace ID", signIn.TraceID) + line("Correlation ID", signIn.CorrelationID),
			Refused: signIn.Permanent,
		}
	case errors.As(err, &apiError):
		return Explanation{
			Summary: summary,
			Problem: sentence(apiError.Error()),
			Advice:  advice(apiError),
			IDs:     line("MS-RequestId", apiError.RequestID) + line("MS-CorrelationId", apiError.CorrelationID),
			Refused: isRefused(apiError),
		}
	case errors.Is(err, pcclient.ErrOperationTimeout):
		return Explanation{Summary: summary, Problem: sentence(err.Error()), Advice: raiseTimeout} // Another read was waited for.
	}
	return Explanation{Summary: summary, Problem: sentence(err.Error())}
}

func isRefused(e *pcclient.Error) bool {
	return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
}

const (
	signInAsUser = "Sign in as a user (App+User): give the provider a `refresh_token` or `refresh_token_file` of a partner user with multifactor authentication, " +
		"or run `az login` as that user and set `use_cli = true`."
	askForRole   = "Sign in as a user with the Admin agent or Billing admin role in Partner Center."
	raiseTimeout = "Raise `operation_timeout` in the provider's configuration, or read less at once."
)

// adviceByCode says what to do about the API's own error codes
// (https://learn.microsoft.com/partner-center/developer/error-codes).
var adviceByCode = map[string]string{
	"900329": "The access token is for an application (app-only), but this route requires a user. " + signInAsUser,
	"900420": "The audience of the access token is not Partner Center. If you set `access_token`, get one for https://api.partnercenter.microsoft.com.",
	"900421": "The access token does not show multifactor authentication of its user, which Partner Center requires. Sign in again with multifactor authentication: with `az login` for the Azure CLI, otherwise for a new refresh token.",
	"10001":  "Partner Center requires multifactor authentication. Sign in again with it: with `az login` for the Azure CLI, otherwise for a new refresh token.",
	"20002":  "The signed-in partner has no reseller relationship with this customer, or no such customer exists. Check `customer_id`, and that `tenant_id` is the partner's own tenant.",
	"900150": "The signed-in user has no role that may read this. " + askForRole,
	"20003":  "Check `subscription_id`. For an Azure plan, it is the id of the plan, not of an Azure subscription in it.",
	"900118": "Check `customer_id`: it is the customer's Microsoft ID, which is its tenant id.",
}

func advice(e *pcclient.Error) string {
	refused := isRefused(e)
	if refused && e.OtherTenant != "" {
		return fmt.Sprintf("The access token is for the tenant %s, which is not the `tenant_id`. Sign in to the partner's own tenant.", e.OtherTenant)
	}
	if text, known := adviceByCode[e.Code]; known {
		return text
	}
	switch {
	case errors.Is(e.Err, context.Canceled):
		return "The read was cancelled."
	case errors.Is(e.Err, pcclient.ErrOperationTimeout) && e.Status >= http.StatusRequestTimeout:
		return "The read spent its time waiting for Partner Center. Try again later, or raise `operation_timeout` in the provider's configuration."
	case errors.Is(e.Err, pcclient.ErrOperationTimeout):
		return raiseTimeout
	case refused && (e.AppOnly || strings.Contains(strings.ToLower(e.Description), "application credentials")):
		return adviceByCode["900329"]
	case refused && e.WithoutMFA:
		return adviceByCode["900421"]
	case e.NotReady && e.RetryAfter > 0:
		return fmt.Sprintf("Partner Center is still preparing the data. Try again in %s, or raise `max_retry_wait`.", e.RetryAfter)
	case e.Status == http.StatusTooManyRequests && e.RetryAfter > 0:
		return fmt.Sprintf("Partner Center is throttling this partner and asks to wait %s. Try again then, raise `max_retry_wait`, or lower `max_concurrency`.", e.RetryAfter)
	case e.Status == http.StatusTooManyRequests:
		return "Partner Center is throttling this partner. Try again later, or lower `max_concurrency`."
	case e.Status == http.StatusUnauthorized:
		return "Partner Center does not accept the access token: it may have expired, or it may be for another audience or tenant."
	case e.Status == http.StatusForbidden:
		return "The signed-in user may not read this. " + askForRole
	case e.Status == http.StatusNotFound:
		return "Check the ids: Partner Center has no such customer or subscription for this partner."
	case e.Status >= http.StatusInternalServerError && e.RetryAfter > 0:
		return fmt.Sprintf("Partner Center is not available and asks to wait %s. Try again then, or raise `max_retry_wait`.", e.RetryAfter)
	case e.Status >= http.StatusInternalServerError, e.Status == http.StatusRequestTimeout:
		return "Partner Center, or a proxy or gateway in between, failed repeatedly. Try again later."
	case e.Status >= http.StatusMultipleChoices && e.Status < http.StatusBadRequest:
		return "The provider does not follow redirects. Check `endpoint`."
	case e.Status == 0:
		return "There was no response from Partner Center. Check the network, the proxy settings, and `endpoint` if it is set."
	case e.Status >= http.StatusBadRequest:
		return "Partner Center does not accept the request. Check the ids and the other arguments."
	}
	return ""
}

// signInAdviceByCode says what to do about Entra's error codes
// (https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
var signInAdviceByCode = map[string]string{
	"AADSTS700082":  "The refresh token has expired: it is valid for 90 days. Get a new one with an interactive sign-in.",
	"AADSTS70043":   "The refresh token has expired because a Conditional Access policy limits how long a sign-in lasts. Get a new one with an interactive sign-in.",
	"AADSTS700084":  "The refresh token is for a single-page application and has expired after one day. Get one for a redirect URI of a web or native application.",
	"AADSTS50173":   "The refresh token was revoked, for example by a password change. Get a new one with an interactive sign-in.",
	"AADSTS65001":   "The application has no consent to act for the user in Partner Center. Grant its permission `user_impersonation` of Microsoft Partner Center, with admin consent.",
	"AADSTS50076":   askForMFA,
	"AADSTS50078":   askForMFA,
	"AADSTS50079":   askForMFA,
	"AADSTS50057":   "The account of the user is disabled. Sign in as another user.",
	"AADSTS50105":   "The user is not assigned to the application, which requires assignment. Assign the user to it in Entra.",
	"AADSTS53003":   "A Conditional Access policy of the tenant blocks the sign-in. Its sign-in log says which one.",
	"AADSTS7000215": "The client secret is incorrect. Check `client_secret`: it is the secret's value, not its id, and belongs to `client_id`.",
	"AADSTS7000222": "The client secret has expired. Add a new one to the app registration, and set `client_secret` to its value.",
	"AADSTS7000218": "The app registration is not a public client, so a client secret, a certificate or an OIDC token is needed too. Set `client_secret` in addition to the refresh token.",
	"AADSTS7000112": "The application is disabled in the tenant. Enable it there, or check `client_id`.",
	"AADSTS7000229": "The tenant does not have the application of `client_id`. Grant admin consent there, and check `tenant_id`.",
	"AADSTS700016":  "The tenant has no application with this client id. Check `client_id` and `tenant_id`.",
	"AADSTS500011":  "The tenant does not have Partner Center. Check that `tenant_id` is the partner's own tenant.",
	"AADSTS90002":   "There is no such tenant. Check `tenant_id`.",
	"AADSTS900023":  "There is no such tenant. Check `tenant_id`.",
}

const askForMFA = "Entra requires multifactor authentication. Get a new refresh token with an interactive sign-in that passes it."

// certificateAdvice and federatedAdvice are for codes about the credential of the
// client, which mean something different for each kind of credential.
var (
	certificateAdvice = map[string]string{
		"AADSTS700027": "The certificate is not in the app registration. Upload it there, or check that `client_certificate_path` is the current one.",
		"AADSTS700024": "The assertion that the certificate signed is valid for ten minutes by the clock of this machine, which may be wrong. Correct the clock.",
	}
	federatedAdvice = map[string]string{
		"AADSTS700027": "Entra cannot check the signature of the OIDC token with the keys of its issuer. Check that the token is unchanged, and that the issuer of the federated credential is the one that signed it.",
		"AADSTS700024": "The OIDC token has expired, or the clock of this machine is wrong. Get the token in the step that runs Terraform.",
		"AADSTS70021":  "No federated credential of the app registration matches the OIDC token. Issuer, subject and audience must match exactly.",
		"AADSTS700211": "No federated credential of the app registration has the issuer of the OIDC token. They must match exactly.",
		"AADSTS700212": "No federated credential of the app registration has the audience of the OIDC token, which usually is api://AzureADTokenExchange.",
		"AADSTS700213": "No federated credential of the app registration has the subject of the OIDC token. They must match exactly.",
	}
)

// credentialAdvice says what to do about an error code that concerns the credential
// of the client.
func credentialAdvice(e *entra.Error) string {
	switch {
	case e.Code == "AADSTS700025":
		for _, argument := range []string{"client_secret", "client_certificate_path", "oidc_token", "oidc_token_file_path"} {
			if e.Uses(argument) {
				return "The app registration is a public client, which has no credential. Remove `" + argument + "`, or use the app registration that it belongs to."
			}
		}
	case e.Uses("client_certificate_path"):
		return certificateAdvice[e.Code]
	case e.Uses("oidc_token"), e.Uses("oidc_token_file_path"):
		return federatedAdvice[e.Code]
	}
	return ""
}

func signInAdvice(e *entra.Error) string {
	text := cmp.Or(signInAdviceByCode[e.Code], credentialAdvice(e))
	if text != "" {
		for argument, written := range e.ArgumentNames {
			text = strings.ReplaceAll(text, "`"+argument+"`", written)
		}
		return text
	}
	switch {
	case errors.Is(e.Err, context.Canceled):
		return "The read was cancelled."
	case e.Endpoint == "": // No request was sent: the error says what is wrong on this machine.
		return e.Advice
	case e.Status == 0:
		return "There was no response from the sign-in authority. Check the network, the proxy settings, and `authority_host` if it is set."
	case e.Permanent:
		return "Check the credentials, and that they belong to the partner's tenant."
	case e.RetryAfter > 0:
		return fmt.Sprintf("The sign-in authority asks to wait %s. Try again then, or raise `max_retry_wait`.", e.RetryAfter)
	case e.Status < http.StatusInternalServerError && e.Status != http.StatusTooManyRequests && e.Status != http.StatusRequestTimeout && e.Code == "":
		return "Check the network, the proxy settings, and `authority_host` if it is set."
	}
	return "The sign-in authority, or a proxy or gateway in between, is failing. Try again later."
}

// line returns a line with an id, or "" without one.
func line(name, id string) string {
	if id == "" {
		return ""
	}
	return name + ": " + id + "\n"
}

func paragraphs(texts ...string) string {
	var filled []string
	for _, text := range texts {
		if text != "" {
			filled = append(filled, strings.TrimSpace(text))
		}
	}
	return strings.Join(filled, "\n\n")
}

// sentence turns an error text into a sentence, with a capital letter and a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimRight(text[1:], ".") + "."
}
