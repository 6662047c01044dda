//go:build unix

package pcclient

import (
	"io/fs"
	"syscall"
)

// owner returns whose file it is.
func owner(info fs.FileInfo) (user, group int) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid), int(stat.Gid)
	}
	return -1, -1
}
