//go:build !unix

package entra

// ignoreFileSizeSignal does nothing: there is no such signal here.
func ignoreFileSizeSignal() {}
