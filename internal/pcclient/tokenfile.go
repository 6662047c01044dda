package pcclient

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

// TokenFile is a refresh token file that this process holds for itself: it is
// read and replaced under a lock, which all that replace it wait for.
//
// The lock is a file beside it, name.lock, that stays. The new content is
// written to name.new, and gets the name of the file when it is safe on disk:
// whenever the process is killed, the file holds the old token or the new one.
//
// Where no other file can take that name, as that of a file which a container
// has mounted, the new content is written over the old one. Others may have it
// mounted too, with directories of their own, so the file itself is locked as well.
type TokenFile struct {
	path    string   // what symbolic links lead to
	staging *os.File // the next content
	inPlace bool     // nothing can take the place of the file
	locks   []*flock.Flock
	rename  func(from, to string) error
}

// lockPoll is how often a lock that somebody else holds is tried again.
const lockPoll = 50 * time.Millisecond

// secretMode is that of a token file that was not there before.
const secretMode fs.FileMode = 0o600

// LockTokenFile waits until the file is nobody else's. It fails if the file
// could not be written, so that nobody fetches a token that could not be kept.
// The file need not be there yet.
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
		err = f.writable(err)
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s cannot be replaced: %w", path, err)
	}
	return f, nil
}

// takeLocks locks the file beside it, and the file itself. In a directory that
// cannot be written the latter has to do.
func (f *TokenFile) takeLocks(ctx context.Context, mode fs.FileMode) error {
	beside := f.take(ctx, f.path+".lock", flock.SetPermissions(mode))
	if beside != nil && (ctx.Err() != nil || !f.Exists() || !errors.Is(beside, fs.ErrPermission) && !isReadOnly(beside)) {
		return beside
	}
	if runtime.GOOS == "windows" || !f.Exists() { // Windows would let nobody read it, this process included.
		return beside
	}
	if err := f.take(ctx, f.path, flock.SetFlag(os.O_RDONLY)); err != nil && (beside != nil || ctx.Err() != nil) {
		return err
	}
	return nil
}

// take waits for the lock of a file, and starts anew if another file has its
// name by then.
func (f *TokenFile) take(ctx context.Context, path string, options ...flock.Option) error {
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
	return errors.New("another file takes its name again and again")
}

// isReadOnly reports whether an error is that of a file system that takes no
// writes, which [fs.ErrPermission] does not cover.
func isReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }

// writable is why the file cannot be written in place, if that is so: that
// nothing can be written beside it, or else its own reason.
func (f *TokenFile) writable(beside error) error {
	file, err := os.OpenFile(f.path, os.O_WRONLY, 0)
	if err != nil {
		return cmp.Or(beside, err)
	}
	return file.Close()
}

// resolve follows symbolic links: they stay, and what they lead to is replaced.
func resolve(path string) (target string, mode fs.FileMode, err error) {
	target, err = filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, dangling := os.Lstat(path); dangling == nil {
			return "", 0, fmt.Errorf("%s is a symbolic link that leads nowhere", path)
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

// stage opens the file for the next content, in place of one that a killed
// process left behind.
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

// Exists reports whether there is such a file.
func (f *TokenFile) Exists() bool {
	_, err := os.Stat(f.path)
	return err == nil
}

// Read returns the token.
func (f *TokenFile) Read() (string, error) { return readToken("refresh token", f.path) }

// Replace puts another token in place of the one in the file, which keeps its
// mode and, where this process may give files away, its owner.
func (f *TokenFile) Replace(token string) error {
	if f.staging == nil {
		if err := f.stage(); err != nil && !f.inPlace {
			return err
		}
	}
	staged, err := f.fill(token)
	if f.inPlace {
		return f.overwrite(token, staged)
	}
	if err != nil {
		return err
	}
	if err := f.rename(staged, f.path); err != nil {
		if second := f.overwrite(token, staged); second != nil {
			return fmt.Errorf("%w, and in place: %w", err, second)
		}
		return nil
	}
	return syncDirectory(filepath.Dir(f.path))
}

// overwrite writes a token over the content of the file. What is staged stays
// until it is safe on disk.
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
	if err := put(file, []byte(token+"\n"), len(old)); err != nil {
		if put(file, old, len(old)+len(token)) != nil && staged != "" {
			return fmt.Errorf("%w; the new content is in %s", err, staged)
		}
		return errors.Join(err, remove(staged))
	}
	return remove(staged)
}

// put makes a file have this content and no other, in one write: it is filled up
// with line ends to the length of what it had, and only then cut, so that at no
// time it is empty or has two tokens.
func put(file *os.File, content []byte, before int) error {
	filled := append(bytes.Clone(content), bytes.Repeat([]byte("\n"), max(before-len(content), 0))...)
	if _, err := file.WriteAt(filled, 0); err != nil {
		return err
	}
	return errors.Join(file.Truncate(int64(len(content))), file.Sync())
}

// remove removes a file, if there is to be one.
func remove(path string) error {
	if path == "" {
		return nil
	}
	return os.Remove(path)
}

// fill writes the next content and closes it, safe on disk. It returns its name,
// or none if it could not be written.
func (f *TokenFile) fill(token string) (name string, err error) {
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
		if err := dressLike(f.staging, old); err != nil {
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

// dressLike gives a file the mode of another, and its owner where possible. The
// group loses its rights if it is not the same one.
func dressLike(file *os.File, other fs.FileInfo) error {
	mode := other.Mode().Perm()
	user, group := owner(other)
	if file.Chown(user, group) != nil && file.Chown(-1, group) != nil {
		mode &^= 0o070
	}
	return file.Chmod(mode)
}

// syncDirectory makes a rename last. Windows has no such thing for directories.
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
	// What is not complete is of no use.
	_ = f.staging.Close()
	_ = os.Remove(f.staging.Name())
	f.staging = nil
}

// Close lets others have the file.
func (f *TokenFile) Close() error {
	f.unstage()
	var problems []error
	for _, lock := range f.locks {
		problems = append(problems, lock.Close())
	}
	f.locks = nil
	return errors.Join(problems...)
}

// CloseForGood does so too, and leaves no lock behind.
func (f *TokenFile) CloseForGood() error {
	// Where it cannot be removed while it is held, it stays.
	_ = os.Remove(f.path + ".lock")
	return f.Close()
}
