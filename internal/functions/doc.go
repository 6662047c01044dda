// Package functions has the provider's functions. They compute with figures that
// have been read already: they make no requests and need no credentials.
package functions
