//go:build unix

package entra

import (
	"io/fs"
	"syscall"
)

// owner returns the owner of a file.
func owner(info fs.FileInfo) (user, group int) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid), int(stat.Gid)
	}
	return -1, -1
}
