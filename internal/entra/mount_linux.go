package entra

import "golang.org/x/sys/unix"

// isMountPoint reports whether a single file is mounted, as containers do: it cannot be
// renamed over.
func isMountPoint(path string) bool {
	var stat unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_BASIC_STATS, &stat)
	return err == nil && stat.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}
