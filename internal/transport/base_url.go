package transport

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// The errors of [ParseBaseURL]. Neither repeats the URL, which may contain a password.
var (
	ErrNotBaseURL = errors.New("is not a base URL such as https://example.com/path, without query and fragment")
	ErrUnsafeURL  = errors.New("must be https, so that nobody on the network can read tokens; http is allowed for loopback addresses only")
)

// ParseBaseURL parses a base URL that tokens and secrets may be sent to.
func ParseBaseURL(text string) (*url.URL, error) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Hostname() == "" || parsed.RawQuery != "" || parsed.Fragment != "":
		return nil, ErrNotBaseURL
	case parsed.Scheme == "https", parsed.Scheme == "http" && IsLoopback(parsed.Hostname()):
		// A token is sent instead of it, and it might be logged.
		parsed.User = nil
		return parsed, nil
	default:
		return nil, ErrUnsafeURL
	}
}

// IsLoopback reports whether a host is this machine.
func IsLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// SameHost reports whether two URLs have the same scheme, host and port.
func SameHost(a, b *url.URL) bool {
	address := func(u *url.URL) string {
		port := u.Port()
		if port == "" {
			port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
		}
		return strings.ToLower(u.Scheme + "://" + net.JoinHostPort(u.Hostname(), port))
	}
	return address(a) == address(b)
}
