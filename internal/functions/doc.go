// Package functions has the provider's functions. They compute with figures that
// are read already: they ask nobody, and need no credentials.
package functions
