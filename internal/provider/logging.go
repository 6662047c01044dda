package provider

import (
	"context"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logging writes a line for every try of a request, to the log of the read that
// it belongs to. It names what may be written, so that no token, secret or body
// ever is.
type logging struct{}

func (logging) Do(request *policy.Request) (*http.Response, error) {
	raw := request.Raw()
	start := time.Now()
	response, err := request.Next()
	fields := map[string]any{
		"method":         raw.Method,
		"host":           raw.URL.Host,
		"path":           raw.URL.Path,
		"duration_ms":    time.Since(start).Milliseconds(),
		"ms_request_id":  raw.Header.Get("MS-RequestId"),
		"correlation_id": raw.Header.Get("MS-CorrelationId"),
	}
	if err != nil {
		fields["error"] = "no answer"
	} else {
		fields["status"] = response.StatusCode
		fields["retry_after"] = response.Header.Get("Retry-After")
	}
	tflog.Debug(raw.Context(), "Partner Center request", fields)
	return response, err
}

// logNotSaved reports that the next refresh token could not be written to its
// file. The error is that of the file, and has no token.
func logNotSaved(ctx context.Context, err error) {
	tflog.Warn(ctx, "Rotated refresh token could not be written to its file", map[string]any{"error": err.Error()})
}
