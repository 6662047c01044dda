// Package transport is what the API client and the sign-in share of HTTP: the
// connection, its limits and timeouts, which errors to retry, how long to wait, the
// progress for the log, and how to show the text of another program.
//
// It imports no other package of this module.
package transport
