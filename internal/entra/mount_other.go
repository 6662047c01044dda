//go:build !linux

package entra

// isMountPoint is not implemented here: a failing rename is noticed when it happens.
func isMountPoint(string) bool { return false }
