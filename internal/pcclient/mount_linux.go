package pcclient

import "golang.org/x/sys/unix"

// isMountPoint reports whether a file is mounted by itself, as containers do:
// no other file can take its place.
func isMountPoint(path string) bool {
	var stat unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_BASIC_STATS, &stat)
	return err == nil && stat.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}
