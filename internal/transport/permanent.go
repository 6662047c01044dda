package transport

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// PermanentError is an error that azcore does not retry.
type PermanentError struct{ Err error }

func (e PermanentError) Error() string { return e.Err.Error() }

func (e PermanentError) Unwrap() error { return e.Err }

// NonRetriable tells azcore not to retry.
func (PermanentError) NonRetriable() {}

// markPermanent marks the connection errors that a retry cannot fix.
func markPermanent(err error) error {
	var certificate *tls.CertificateVerificationError
	var dns *net.DNSError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return PermanentError{errors.New("the server speaks plain HTTP on this port, not TLS: is the address right, or should it begin with http://?")}
	case errors.As(err, &record):
		return PermanentError{errors.New("the server does not speak TLS on this port: is the address right?")}
	case errors.As(err, &certificate), errors.As(err, &dns) && dns.IsNotFound, isLocalRefusal(err), isFatalAlert(err):
		return PermanentError{err}
	case strings.Contains(err.Error(), "malformed HTTP "):
		// net/http's error repeats the response, which may contain anything.
		return PermanentError{errors.New("the server on this port does not speak HTTP, or only over TLS: is the address right, or should it begin with https://?")}
	case strings.Contains(err.Error(), "tls: server selected unsupported protocol version"):
		return PermanentError{err}
	}
	return err
}

// isLocalRefusal reports whether a loopback address refused the connection: nothing
// listens there, and the network is not to blame.
func isLocalRefusal(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		dial, ok := err.(*net.OpError) //nolint:errorlint // Each one in turn: a proxy's error wraps that of its connection.
		if !ok || dial.Op != "dial" {
			continue
		}
		address, ok := dial.Addr.(*net.TCPAddr)
		return ok && address.IP.IsLoopback() && isConnectionRefused(dial)
	}
	return false
}

// isConnectionRefused also knows the error number of Windows.
func isConnectionRefused(err error) bool {
	const wsaeconnrefused = syscall.Errno(10061)
	return errors.Is(err, syscall.ECONNREFUSED) || runtime.GOOS == "windows" && errors.Is(err, wsaeconnrefused)
}

// fatalAlerts are the TLS alerts about the configuration of either side, which
// another connection would raise again. Package tls does not export their type.
var fatalAlerts = []string{
	"access denied", "bad certificate", "certificate required", "expired certificate", "export restriction", "handshake failure",
	"illegal parameter", "inappropriate fallback", "insufficient security level", "no application protocol", "protocol version not supported",
	"revoked certificate", "unknown certificate", "unknown certificate authority", "unrecognized name", "unsupported certificate",
}

func isFatalAlert(err error) bool {
	var alert *net.OpError
	if !errors.As(err, &alert) || alert.Op != "remote error" {
		return false
	}
	text, ok := strings.CutPrefix(alert.Err.Error(), "tls: ")
	return ok && slices.Contains(fatalAlerts, text)
}
