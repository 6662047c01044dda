package provider

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// loggingPolicy logs every try of a request, with its result and the wait before it. It
// lists what to log, so that no token, secret or body is logged.
type loggingPolicy struct{}

// tries counts the tries of one request.
type tries struct {
	count   int
	lastEnd time.Time
}

func (loggingPolicy) Do(request *policy.Request) (*http.Response, error) {
	raw := request.Raw()
	var earlier *tries
	if !request.OperationValue(&earlier) {
		earlier = &tries{}
		request.SetOperationValue(earlier)
	}
	start := time.Now()
	fields := map[string]any{
		"method":         raw.Method,
		"host":           raw.URL.Host,
		"path":           raw.URL.Path,
		"ms_request_id":  raw.Header.Get("MS-RequestId"),
		"correlation_id": cmp.Or(raw.Header.Get("MS-CorrelationId"), raw.Header.Get("client-request-id"), raw.Header.Get("x-ms-client-request-id")),
	}
	if earlier.count++; earlier.count > 1 {
		fields["try"], fields["waited_ms"] = earlier.count, start.Sub(earlier.lastEnd).Milliseconds()
		tflog.Info(raw.Context(), "Partner Center retry", fields)
	}
	response, err := request.Next()
	earlier.lastEnd = time.Now()
	fields["duration_ms"] = earlier.lastEnd.Sub(start).Milliseconds()
	write := tflog.Debug
	switch {
	case err != nil:
		fields["error"] = transport.Reason(raw.Context(), err)
		write = tflog.Warn
	default:
		fields["status"] = response.StatusCode
		// The ids that support asks for are those of the response, as in errors.
		for _, name := range []string{"MS-RequestId", "x-ms-request-id"} {
			if id := response.Header.Get(name); id != "" {
				fields["ms_request_id"] = transport.OneLine(id)
				break
			}
		}
		fields["retry_after"] = response.Header.Get("Retry-After")
		if s := response.StatusCode; s >= 500 || s == http.StatusTooManyRequests || s == http.StatusRequestTimeout {
			write = tflog.Warn
		}
	}
	write(raw.Context(), "Partner Center request", fields)
	return response, err
}

// loggingCredential logs each sign-in, and which credentials it uses. They are named, not
// shown.
type loggingCredential struct {
	azcore.TokenCredential
	source, kind string
}

func (c loggingCredential) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	fields := map[string]any{
		"credential_source": c.source,
		"credential_kind":   c.kind,
		"audience":          strings.TrimSuffix(strings.Join(options.Scopes, " "), "/.default"),
		"correlation_id":    transport.CorrelationID(ctx),
	}
	tflog.Info(ctx, "Sign-in started", fields)
	start := time.Now()
	token, err := c.TokenCredential.GetToken(ctx, options)
	fields["duration_ms"] = time.Since(start).Milliseconds()
	if err != nil {
		// Why it failed is in the error that Terraform shows.
		tflog.Warn(ctx, "Sign-in failed", fields)
		return token, err
	}
	fields["expires_on"] = token.ExpiresOn.UTC().Format(time.RFC3339)
	tflog.Info(ctx, "Sign-in ended", fields)
	return token, nil
}

// logNotSaved logs that a new refresh token could not be written to its file. The error
// is about the file, and does not contain the token.
func logNotSaved(ctx context.Context, err error) {
	tflog.Warn(ctx, "Rotated refresh token could not be written to its file", map[string]any{"error": err.Error()})
}
