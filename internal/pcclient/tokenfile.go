package pcclient

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

// TokenFile is a refresh token file that this process holds for itself: it is
// read and replaced under a lock, which all that replace it wait for.
//
// The lock is a file beside it, name.lock, that stays. The new content is
// written to name.new, and gets the name of the file when it is safe on disk:
// whenever the process is killed, the file holds the old token or the new one.
type TokenFile struct {
	path    string   // what symbolic links lead to
	staging *os.File // the next content
	lock    *flock.Flock
}

// lockPoll is how often a lock that somebody else holds is tried again.
const lockPoll = 50 * time.Millisecond

// secretMode is that of a token file that was not there before.
const secretMode fs.FileMode = 0o600

// LockTokenFile waits until the file is nobody else's. It fails if the file
// could not be replaced, so that nobody fetches a token that could not be kept.
// The file need not be there yet.
func LockTokenFile(ctx context.Context, path string) (*TokenFile, error) {
	target, mode, err := resolve(path)
	if err != nil {
		return nil, err
	}
	f := &TokenFile{path: target, lock: flock.New(target+".lock", flock.SetPermissions(mode))}
	if _, err := f.lock.TryLockContext(ctx, lockPoll); err != nil {
		return nil, fmt.Errorf("%s cannot be locked: %w", path, err)
	}
	if err := f.stage(); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s cannot be replaced: %w", path, err)
	}
	return f, nil
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
		if err := f.stage(); err != nil {
			return err
		}
	}
	if err := f.fill(token); err != nil {
		f.unstage()
		return err
	}
	name := f.staging.Name()
	f.staging = nil
	if err := os.Rename(name, f.path); err != nil {
		_ = os.Remove(name)
		return err
	}
	return syncDirectory(filepath.Dir(f.path))
}

// fill writes the next content and closes it, safe on disk.
func (f *TokenFile) fill(token string) error {
	if _, err := f.staging.WriteString(token + "\n"); err != nil {
		return err
	}
	if old, err := os.Stat(f.path); err == nil {
		if err := dressLike(f.staging, old); err != nil {
			return err
		}
	}
	if err := f.staging.Sync(); err != nil {
		return err
	}
	return f.staging.Close()
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
	return f.lock.Unlock()
}
