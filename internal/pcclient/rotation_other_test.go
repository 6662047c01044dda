//go:build !unix

package pcclient

// ignoreFileSizeSignal does nothing: there is no such signal here.
func ignoreFileSizeSignal() {}
