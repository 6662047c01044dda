package entra

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// TokenFile is a refresh token file that this process has locked, to read and replace it.
//
// The lock is a file beside it, name.lock, that is not removed. The new content is
// written to name.new, which is renamed once it is safe on disk: whenever the process is
// killed, the file contains the old token or the new one.
//
// A file that cannot be renamed over, such as one that a container has mounted, is
// overwritten in place. Other containers may have it mounted in other directories, so
// the file itself is locked as well.
type TokenFile struct {
	path    string   // without symbolic links
	staging *os.File // for the new content
	inPlace bool     // overwrite, do not rename
	locks   []*flock.Flock
	rename  func(from, to string) error
}

// lockPoll is how often to try a lock that another process holds.
const lockPoll = 50 * time.Millisecond

// secretMode is the mode of a new token file.
const secretMode fs.FileMode = 0o600

// LockTokenFile waits until no other process holds the file. It fails if the file could
// not be written, before anybody requests a token for it. The file need not exist.
func LockTokenFile(ctx context.Context, path string) (*TokenFile, error) {
	target, mode, err := resolve(path)
	if err != nil {
		return nil, err
	}
	f := &TokenFile{path: target, inPlace: isMountPoint(target), rename: os.Rename}
	if err := f.takeLocks(ctx, mode); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s cannot be locked: %w", path, err)
	}
	err = f.stage()
	if (f.inPlace || errors.Is(err, fs.ErrPermission) || isReadOnly(err)) && f.Exists() {
		f.inPlace = true
		err = f.checkInPlace(err)
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s cannot be replaced: %w", path, err)
	}
	return f, nil
}

// takeLocks locks the lock file and the file itself. In a directory that is not
// writable, the latter is enough.
func (f *TokenFile) takeLocks(ctx context.Context, mode fs.FileMode) error {
	beside := f.lock(ctx, f.path+".lock", flock.SetPermissions(mode))
	if beside != nil && (ctx.Err() != nil || !f.Exists() || !errors.Is(beside, fs.ErrPermission) && !isReadOnly(beside)) {
		return beside
	}
	if runtime.GOOS == "windows" || !f.Exists() { // On Windows, nobody could read a locked file, not even this process.
		return beside
	}
	if err := f.lock(ctx, f.path, flock.SetFlag(os.O_RDONLY)); err != nil && (beside != nil || ctx.Err() != nil) {
		return err
	}
	return nil
}

// lock waits for the lock of a file, and starts again if the file was replaced
// meanwhile.
func (f *TokenFile) lock(ctx context.Context, path string, options ...flock.Option) error {
	for range 100 {
		lock := flock.New(path, options...)
		if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
			_ = lock.Close()
			return err
		}
		locked, err := lock.Stat()
		if err != nil {
			_ = lock.Close()
			return err
		}
		if named, err := os.Stat(path); err == nil && os.SameFile(locked, named) {
			f.locks = append(f.locks, lock)
			return nil
		}
		_ = lock.Close()
	}
	return errors.New("it is replaced again and again")
}

// isReadOnly reports whether an error is that of a read-only file system, which
// [fs.ErrPermission] does not cover.
func isReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }

// checkInPlace returns an error if the file cannot be written in place: the error of
// the staging file, or else its own.
func (f *TokenFile) checkInPlace(staging error) error {
	file, err := os.OpenFile(f.path, os.O_WRONLY, 0)
	if err != nil {
		return cmp.Or(staging, err)
	}
	return file.Close()
}

// resolve follows symbolic links: they stay, and their target is replaced.
func resolve(path string) (target string, mode fs.FileMode, err error) {
	target, err = filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, dangling := os.Lstat(path); dangling == nil {
			return "", 0, fmt.Errorf("%s is a symbolic link whose target does not exist", path)
		}
		return filepath.Clean(path), secretMode, nil
	}
	if err != nil {
		return "", 0, err
	}
	info, err := os.Stat(target)
	if err != nil {
		return "", 0, err
	}
	if !info.Mode().IsRegular() {
		return "", 0, fmt.Errorf("%s is not a file", path)
	}
	return target, info.Mode().Perm(), nil
}

// stage creates the staging file, after removing one that a killed process left behind.
func (f *TokenFile) stage() error {
	name := f.path + ".new"
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	staging, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, secretMode)
	if err != nil {
		return err
	}
	f.staging = staging
	return nil
}

// Exists reports whether the file exists.
func (f *TokenFile) Exists() bool {
	_, err := os.Stat(f.path)
	return err == nil
}

// Read returns the token.
func (f *TokenFile) Read() (string, error) { return readToken("refresh token", f.path) }

// Replace replaces the token in the file, which keeps its mode and, where this process
// may change that, its owner.
func (f *TokenFile) Replace(token string) error {
	if f.staging == nil {
		if err := f.stage(); err != nil && !f.inPlace {
			return err
		}
	}
	staged, err := f.writeStaging(token)
	if f.inPlace {
		return f.overwrite(token, staged)
	}
	if err != nil {
		return err
	}
	if err := f.rename(staged, f.path); err != nil {
		if inPlace := f.overwrite(token, staged); inPlace != nil {
			return fmt.Errorf("%w, and in place: %w", err, inPlace)
		}
		return nil
	}
	return syncDirectory(filepath.Dir(f.path))
}

// overwrite writes a token over the content of the file. The staging file is removed
// when the token is safe on disk.
func (f *TokenFile) overwrite(token, staged string) error {
	old, err := os.ReadFile(f.path)
	if err != nil {
		return errors.Join(err, remove(staged))
	}
	file, err := os.OpenFile(f.path, os.O_WRONLY, 0)
	if err != nil {
		return errors.Join(err, remove(staged))
	}
	defer func() { _ = file.Close() }()
	if err := writeOver(file, []byte(token+"\n"), len(old)); err != nil {
		if writeOver(file, old, len(old)+len(token)) != nil && staged != "" {
			return fmt.Errorf("%w; the new content is in %s", err, staged)
		}
		return errors.Join(err, remove(staged))
	}
	return remove(staged)
}

// writeOver replaces the content of a file in one write: it is padded with line ends to
// the old length and then truncated, so that the file is never empty and never contains
// two tokens.
func writeOver(file *os.File, content []byte, oldLength int) error {
	padded := append(bytes.Clone(content), bytes.Repeat([]byte("\n"), max(oldLength-len(content), 0))...)
	if _, err := file.WriteAt(padded, 0); err != nil {
		return err
	}
	return errors.Join(file.Truncate(int64(len(content))), file.Sync())
}

// remove removes a file, if a path is given.
func remove(path string) error {
	if path == "" {
		return nil
	}
	return os.Remove(path)
}

// writeStaging writes a token to the staging file and closes it, safe on disk. It returns
// the name of the file, or "" if it could not be written.
func (f *TokenFile) writeStaging(token string) (name string, err error) {
	if f.staging == nil {
		return "", nil
	}
	defer func() {
		if err != nil {
			f.unstage()
			name = ""
		}
	}()
	name = f.staging.Name()
	if _, err := f.staging.WriteString(token + "\n"); err != nil {
		return "", err
	}
	if old, err := os.Stat(f.path); err == nil {
		if err := copyPermissions(f.staging, old); err != nil {
			return "", err
		}
	}
	if err := f.staging.Sync(); err != nil {
		return "", err
	}
	if err := f.staging.Close(); err != nil {
		return "", err
	}
	f.staging = nil
	return name, nil
}

// copyPermissions gives a file the mode of another one, and its owner where possible. If
// the group differs, it gets no permissions.
func copyPermissions(file *os.File, source fs.FileInfo) error {
	mode := source.Mode().Perm()
	user, group := owner(source)
	if file.Chown(user, group) != nil && file.Chown(-1, group) != nil {
		mode &^= 0o070
	}
	return file.Chmod(mode)
}

// syncDirectory writes a rename to disk. Windows cannot sync directories.
func syncDirectory(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}

func (f *TokenFile) unstage() {
	if f.staging == nil {
		return
	}
	// An incomplete file is useless.
	_ = f.staging.Close()
	_ = os.Remove(f.staging.Name())
	f.staging = nil
}

// Close unlocks the file.
func (f *TokenFile) Close() error {
	f.unstage()
	var problems []error
	for _, lock := range f.locks {
		problems = append(problems, lock.Close())
	}
	f.locks = nil
	return errors.Join(problems...)
}

// CloseAndRemoveLock unlocks the file and removes the lock file.
func (f *TokenFile) CloseAndRemoveLock() error {
	// It stays on a system that does not remove open files.
	_ = os.Remove(f.path + ".lock")
	return f.Close()
}
