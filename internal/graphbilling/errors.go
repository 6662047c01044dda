package graphbilling

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// Error is a read that failed, with what to do about it. Err is a [pcclient.Error] if
// Microsoft Graph or a blob was asked, and an [entra.Error] if the sign-in failed.
type Error struct {
	Err    error
	Advice string // may be empty
}

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// permission is what an application needs, or a user.
const permission = "PartnerBilling.Read.All"

const (
	consentApplication = "Add the application permission `" + permission + "` of Microsoft Graph to the app registration of `client_id`, and grant admin consent in the partner's tenant."
	consentDelegated   = "Add the delegated permission `" + permission + "` of Microsoft Graph to the app registration of `client_id`, and grant admin consent in the partner's tenant; or sign in as the application itself, with the application permission of the same name."
)

// ExplainSignIn adds what to do about an error of the sign-in to Microsoft Graph.
func ExplainSignIn(ctx context.Context, err error) error { return explain(ctx, &Query{}, err) }

// CheckPermission returns an error if an access token says that it lacks the permission to
// read exports.
func CheckPermission(claims entra.Claims) error {
	if claims.Has(permission) {
		return nil
	}
	return &Error{
		Err:    errors.New("the access token for Microsoft Graph does not have the permission " + permission),
		Advice: adviceRefused(&pcclient.Error{Status: http.StatusForbidden, Claims: &claims, AppOnly: claims.AppOnly()}),
	}
}

// isSASEnd reports whether a blob was refused since its SAS has ended.
func isSASEnd(err error) bool {
	e, ok := errors.AsType[*blobError](err)
	return ok && e.code == "AuthenticationFailed"
}

// explain adds what to do about an error.
func explain(ctx context.Context, q *Query, err error) error {
	return &Error{Err: err, Advice: advice(ctx, q, err)}
}

func advice(ctx context.Context, q *Query, err error) string {
	var running *runningError
	var failed *failedError
	var signIn *entra.Error
	var atBlob *blobError
	var tooMany TooManyGroupsError
	var e *pcclient.Error
	switch {
	case errors.Is(context.Cause(ctx), context.Canceled):
		return "The read was cancelled."
	case errors.As(err, &running):
		return "Microsoft Graph prepares an export in seconds to half an hour. A later run may find it ready. Run again, or raise `operation_timeout` in the provider's configuration."
	case errors.As(err, &failed):
		return adviceFailed(q, failed)
	case errors.As(err, &signIn):
		if signIn.Code == "AADSTS65001" || signIn.Code == "AADSTS650057" {
			return consentDelegated
		}
		return ""
	case errors.As(err, &tooMany):
		return "Group by less, filter by customers, Azure subscriptions or dates, or raise `max_groups`."
	case errors.Is(err, pcclient.ErrOperationTimeout):
		return "Raise `operation_timeout` in the provider's configuration."
	case errors.As(err, &atBlob):
		return adviceBlob(atBlob)
	case errors.As(err, &e):
		return adviceGraph(q, e)
	}
	return ""
}

// adviceFailed is about an export that failed. Code 5000 has three meanings, which only
// its words tell apart, and they not always.
func adviceFailed(q *Query, e *failedError) string {
	switch {
	case e.code != codeNoData:
		return "Microsoft Graph failed to prepare two exports. Try again later."
	case q.InvoiceID == "":
		return fmt.Sprintf("Either there is no usage in %s in the period `%s`, or it is not there yet: usage takes a day to appear, and at the beginning of a month the current period may be without data until the last one is billed. "+
			"Check that `currency_code` is a billing currency of the partner, and try again later.", strings.ToUpper(q.CurrencyCode), q.period())
	case isLegacy(q.InvoiceID):
		return "Invoices whose ids begin with D are of legacy commerce, which Microsoft Graph has no usage of: trying again does not help. Use the id of an invoice of new commerce, which begins with G."
	}
	return "Either the invoice has no daily rated usage (it may be about licences, reservations or the Marketplace only), or its usage is not ready yet, or it is of legacy commerce, which Microsoft Graph has no usage of. Check `invoice_id`, and try again later."
}

// isLegacy reports whether an invoice is of legacy commerce.
func isLegacy(invoiceID string) bool {
	return strings.HasPrefix(strings.ToUpper(invoiceID), "D")
}

func adviceGraph(q *Query, e *pcclient.Error) string {
	switch {
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden:
		return adviceRefused(e)
	case e.Status == http.StatusBadRequest, e.Status == http.StatusNotFound:
		if q.InvoiceID == "" {
			return "Check that `currency_code` is a billing currency of the partner: three letters, such as EUR."
		}
		return "Check `invoice_id`: it is the id of an invoice of new commerce, such as G012345678, and of this partner."
	case e.Status == http.StatusTooManyRequests && e.RetryAfter > 0:
		return fmt.Sprintf("Microsoft Graph throttles this application and asks to wait %s. Try again then, or raise `max_retry_wait`.", e.RetryAfter)
	case e.Status == http.StatusTooManyRequests:
		return "Microsoft Graph throttles this application. Try again later."
	case e.Status >= http.StatusInternalServerError, e.Status == http.StatusRequestTimeout:
		return "Microsoft Graph, or a proxy or gateway in between, failed repeatedly. Try again later."
	case e.Status >= http.StatusMultipleChoices && e.Status < http.StatusBadRequest:
		return "The provider does not follow redirects. Check `graph_endpoint`."
	case e.Status == 0:
		return "There was no response from Microsoft Graph. Check the network, the proxy settings, and `graph_endpoint` if it is set."
	}
	return ""
}

// adviceRefused is about a token that Microsoft Graph does not accept.
func adviceRefused(e *pcclient.Error) string {
	switch {
	case e.OtherTenant != "":
		return fmt.Sprintf("The access token is for the tenant %s, which is not the `tenant_id`. Sign in to the partner's own tenant.", e.OtherTenant)
	case e.Claims == nil && e.Status == http.StatusUnauthorized:
		return "Microsoft Graph does not accept the access token: it may have expired, or be for another audience than https://graph.microsoft.com, or another tenant."
	case e.Claims == nil:
		return "The application lacks the permission `" + permission + "` of Microsoft Graph. " + consentApplication
	case e.Claims.AzureCLI():
		return "The Azure CLI signs in with an application of its own, which lacks the permission `" + permission + "`, and which nobody can grant it to. Sign in with an app registration of the partner: `client_id` with a secret, a certificate or an OIDC token, and the application permission of that name."
	case !e.Claims.Has(permission) && e.AppOnly:
		return "The application lacks the permission. " + consentApplication
	case !e.Claims.Has(permission):
		return "The access token of the user lacks the permission. " + consentDelegated
	case e.Status == http.StatusUnauthorized:
		return "Microsoft Graph does not accept the access token, which has the permission `" + permission + "`. It may have expired."
	case e.AppOnly:
		return "The application has the permission `" + permission + "`. Check that it signs in to the tenant of a direct-bill partner."
	}
	return "The access token has the permission `" + permission + "`, so the user may lack a role: sign in as a user with the Admin agent or Billing admin role in Partner Center, or as the application itself."
}

// blobError is a blob that could not be read. It has the code only of the response, whose
// message may repeat the SAS.
type blobError struct {
	error
	status int
	code   string
}

func (e *blobError) Unwrap() error { return e.error }

var (
	storageCode    = regexp.MustCompile(`^[A-Za-z]{1,60}$`)
	storageCodeXML = regexp.MustCompile(`<Code>([A-Za-z]{1,60})</Code>`)
)

// newBlobError describes a failed request for a blob.
func newBlobError(r *pcclient.Response, err error) error {
	e, ok := errors.AsType[*pcclient.Error](err)
	if !ok || r.HTTP == nil {
		return &blobError{error: err}
	}
	if e.Status == http.StatusOK {
		return &blobError{error: err, status: e.Status}
	}
	e.Code = r.HTTP.Header.Get("X-Ms-Error-Code")
	if match := storageCodeXML.FindSubmatch(r.Body); !storageCode.MatchString(e.Code) && match != nil {
		e.Code = string(match[1])
	}
	e.Description = ""
	if !storageCode.MatchString(e.Code) {
		e.Code, e.Description = "", "the response has no error code of Azure Blob Storage; a proxy or a gateway may have responded in its place"
	}
	return &blobError{err, e.Status, e.Code}
}

func adviceBlob(e *blobError) string {
	switch {
	case e.status == 0:
		return "There was no response from Azure Blob Storage, where Microsoft Graph puts exports. Check that the network and the proxy let requests to *" + blobHost + " through."
	case e.code == "AuthenticationFailed":
		return "Azure Blob Storage refuses the signature of the export, also of a new one. Check the clock of this machine and the proxy, and try again later."
	case e.status == http.StatusForbidden, e.status == http.StatusUnauthorized, e.status == http.StatusProxyAuthRequired:
		return "Azure Blob Storage, or a proxy in between, refuses the request. Check that the network and the proxy let requests to *" + blobHost + " through."
	case e.status == http.StatusNotFound:
		return "The export has been replaced or removed while it was read. Try again."
	case e.status == http.StatusOK:
		return "The data of the export cannot be read, and nothing of it was used. Try again; if it stays so, report it to Microsoft with the ids below, and to the provider's developers."
	case e.status >= http.StatusMultipleChoices && e.status < http.StatusBadRequest:
		return "The provider does not follow redirects: a proxy may have responded in place of Azure Blob Storage."
	}
	return "Azure Blob Storage, or a proxy in between, failed repeatedly. Try again later."
}
