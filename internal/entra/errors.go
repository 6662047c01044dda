package entra

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Error is a failed sign-in. It never contains a secret.
type Error struct {
	Source        string            // where the credentials come from
	Kind          string            // which credentials these are
	Credentials   []string          // the arguments that have them
	ArgumentNames map[string]string // how the source names the arguments
	Endpoint      string            // the URL that was requested, if any

	Status        int    // of the response; 0 without one
	Code          string // such as AADSTS700082, or the OAuth error
	Description   string
	RetryAfter    time.Duration
	TraceID       string
	CorrelationID string

	Permanent bool   // another try will not help
	Advice    string // if there is no code to give advice about
	Err       error  // why there is no response, or why it cannot be read
}

// Uses reports whether the sign-in uses an argument.
func (e *Error) Uses(argument string) bool { return slices.Contains(e.Credentials, argument) }

func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "sign-in with %s from %s failed", e.Kind, e.Source)
	if e.Endpoint != "" {
		fmt.Fprintf(&text, ": POST %s", e.Endpoint)
	}
	if e.Status != 0 {
		text.WriteString(strings.TrimRight(fmt.Sprintf(": %d %s", e.Status, http.StatusText(e.Status)), " "))
	}
	if e.Code != "" {
		fmt.Fprintf(&text, ", %s", e.Code)
	}
	if e.Description != "" {
		fmt.Fprintf(&text, ": %s", e.Description)
	}
	if e.Err != nil {
		fmt.Fprintf(&text, ": %s", e.Err)
	}
	return text.String()
}

func (e *Error) Unwrap() error { return e.Err }

// isTransient reports whether the failure may pass by itself.
func (e *Error) isTransient() bool {
	return e.Status == 0 || e.Status >= http.StatusInternalServerError || e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooManyRequests
}
