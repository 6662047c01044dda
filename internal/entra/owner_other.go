//go:build !unix

package entra

import "io/fs"

// owner is not implemented here.
func owner(fs.FileInfo) (user, group int) { return -1, -1 }
