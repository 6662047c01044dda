//go:build unix

package entra

import (
	"bufio"
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ignoreFileSizeSignal makes a write beyond the limit an error, as it is on a
// full disk.
func ignoreFileSizeSignal() { signal.Ignore(syscall.SIGXFSZ) }

// newRotator returns a process that signs in so often.
func newRotator(t *testing.T, address, file string, times int, command ...string) *exec.Cmd {
	t.Helper()
	if len(command) == 0 {
		command = []string{os.Args[0]}
	}
	process := exec.CommandContext(t.Context(), command[0], command[1:]...)
	process.Env = append(os.Environ(), rotatesAt+"="+address, rotatesFile+"="+file, rotates+"="+strconv.Itoa(times))
	return process
}

// Whenever it is killed, the file holds a whole token that the authority takes,
// also one that is written in place.
func TestRotation_killed(t *testing.T) {
	t.Parallel()
	for name, mounted := range map[string]bool{"replaced": false, "in place": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			file := filepath.Join(directory, "refresh-token")
			i := newIssuer(false)
			i.write(t, file, 0o640)
			address := i.serve(t)
			var command []string
			if mounted {
				needMounts(t)
				command = []string{"unshare", "-m", "sh", "-ec", `mount --bind "` + file + `" "` + file + `"; exec "$0"`, os.Args[0]}
			}
			for range 40 {
				process := newRotator(t, address, file, 1_000_000, command...)
				output, err := process.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := process.Start(); err != nil {
					t.Fatal(err)
				}
				lines := bufio.NewReader(output)
				if line, err := lines.ReadString('\n'); err != nil || line != "signed in\n" {
					t.Errorf("it says %q: %v", line, err)
				}
				time.Sleep(rand.N(5 * time.Millisecond))
				if err := process.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = process.Wait() // It was killed.

				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				i.mutex.Lock()
				if token := strings.TrimSpace(string(content)); !i.issued[token] {
					t.Errorf("the file has %.20s… (%d bytes), which nobody issued", token, len(token))
				}
				i.mutex.Unlock()
				if info, err := os.Stat(file); err != nil || info.Mode() != 0o640 {
					t.Errorf("the mode is %s: %v", info.Mode(), err)
				}
			}
			if output, err := newRotator(t, address, file, 1).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, output)
			}
			wantContent(t, file, i.newest)
			wantFiles(t, directory, "refresh-token", "refresh-token.lock")
		})
	}
}

// Of an authority that revokes the old token, no process loses the new one to
// another.
func TestRotation_severalProcesses(t *testing.T) {
	t.Parallel()
	const processes, times = 3, 15
	file := filepath.Join(t.TempDir(), "refresh-token")
	i := newIssuer(true)
	i.write(t, file, 0o600)
	address := i.serve(t)
	outputs := make([]bytes.Buffer, processes)
	var running []*exec.Cmd
	for n := range processes {
		process := newRotator(t, address, file, times)
		process.Stdout, process.Stderr = &outputs[n], &outputs[n]
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, process)
	}
	for n, process := range running {
		if err := process.Wait(); err != nil {
			t.Errorf("%v: %s", err, outputs[n].String())
		}
	}
	if len(i.asked) != processes*times {
		t.Errorf("%d exchanges, want %d", len(i.asked), processes*times)
	}
	wantContent(t, file, i.newest)
}

// On a full disk the old token stays, and the reads go on with the new ones.
func TestRotation_fullDisk(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	file := filepath.Join(directory, "refresh-token")
	i := newIssuer(true)
	i.write(t, file, 0o600)
	old := i.newest
	output, err := newRotator(t, i.serve(t), file, 3, "sh", "-c", `ulimit -f 0; exec "$0"`, os.Args[0]).CombinedOutput()
	if err != nil {
		t.Error(err)
	}
	if got := regexp.MustCompile(`(?m)^not saved: write .*$`).ReplaceAllString(string(output), "not saved"); got != strings.Repeat("not saved\nsigned in\n", 3) {
		t.Errorf("it says\n%s", output)
	}
	if strings.Contains(string(output), "refresh-0") || strings.Contains(string(output), "refresh-1") {
		t.Errorf("it gives a token away:\n%s", output)
	}
	wantContent(t, file, old)
	wantFiles(t, directory, "refresh-token", "refresh-token.lock")
}

// needMounts skips the test where nothing can be mounted.
func needMounts(t *testing.T) {
	t.Helper()
	if err := exec.CommandContext(t.Context(), "unshare", "-m", "mount", "--bind", t.TempDir(), t.TempDir()).Run(); err != nil {
		t.Skip("nothing can be mounted here:", err)
	}
}

// inMounts runs a command of this test binary among mounts of its own, which a
// script makes.
func inMounts(t *testing.T, address, file, script string) string {
	t.Helper()
	needMounts(t)
	output, err := newRotator(t, address, file, 3, "unshare", "-m", "sh", "-ec", script+`; exec "$0"`, os.Args[0]).CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		t.Fatal(err)
	}
	return string(output)
}

// A container has a single file of its host mounted: nothing can take its place,
// and it is written where it is.
func TestRotation_mountedFile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script string // with $file, which is mounted at $mounted
		left   []string
	}{
		"in a directory like any other":      {`mount --bind "$file" "$mounted"`, []string{"refresh-token", "refresh-token.lock"}},
		"in a directory that is not written": {`mount --bind "$file" "$mounted"; mount --bind "$(dirname "$mounted")" "$(dirname "$mounted")"; mount --bind "$file" "$mounted"; mount -o remount,bind,ro "$(dirname "$mounted")"`, []string{"refresh-token"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outside, inside := t.TempDir(), t.TempDir()
			file, mounted := filepath.Join(outside, "token"), filepath.Join(inside, "refresh-token")
			i := newIssuer(true)
			i.write(t, file, 0o640)
			before, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(mounted, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			script := strings.NewReplacer("$file", file, "$mounted", mounted).Replace(test.script)
			if got, want := inMounts(t, i.serve(t), mounted, script), strings.Repeat("signed in\n", 3); got != want {
				t.Errorf("it says\n%s", got)
			}
			wantContent(t, file, i.newest)
			after, err := os.Stat(file)
			if err != nil || !os.SameFile(before, after) || after.Mode() != 0o640 {
				t.Errorf("the file is another one, or its mode is %s: %v", after.Mode(), err)
			}
			wantFiles(t, outside, "token")
			wantFiles(t, inside, test.left...)
		})
	}
}

// What cannot be written either is noticed before anything is sent.
func TestRotation_mountedReadOnly(t *testing.T) {
	t.Parallel()
	outside, inside := t.TempDir(), t.TempDir()
	file, mounted := filepath.Join(outside, "token"), filepath.Join(inside, "refresh-token")
	i := newIssuer(true)
	i.write(t, file, 0o600)
	if err := os.WriteFile(mounted, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	output := inMounts(t, i.serve(t), mounted, strings.NewReplacer("$file", file, "$mounted", mounted).Replace(`mount --bind "$file" "$mounted"; mount -o remount,bind,ro "$mounted"`))
	for _, want := range []string{mounted + " cannot be replaced", "read-only file system", "make the file writable"} {
		if strings.Count(output, want) != 3 {
			t.Errorf("it does not say %q three times:\n%s", want, output)
		}
	}
	if len(i.asked) > 0 {
		t.Error("the token was sent")
	}
	wantFiles(t, inside, "refresh-token", "refresh-token.lock")
}

// Several containers have the same file, and no lock file in common.
func TestRotation_mountedTwice(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	file := filepath.Join(outside, "token")
	i := newIssuer(true)
	i.write(t, file, 0o600)
	address := i.serve(t)
	var group sync.WaitGroup
	for range 3 {
		mounted := filepath.Join(t.TempDir(), "refresh-token")
		if err := os.WriteFile(mounted, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			script := strings.NewReplacer("$file", file, "$mounted", mounted).Replace(`mount --bind "$file" "$mounted"`)
			if got, want := inMounts(t, address, mounted, script), strings.Repeat("signed in\n", 3); got != want {
				t.Errorf("it says\n%s", got)
			}
		})
	}
	group.Wait()
	wantContent(t, file, i.newest)
}

// A directory that cannot be written has no lock file and no other content to be
// put in place.
func TestRotation_directoryNotWritable(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	file := filepath.Join(directory, "refresh-token")
	i := newIssuer(true)
	i.write(t, file, 0o666)
	// Not for root, who writes everywhere.
	command := []string{"sh", "-c", `exec "$0"`, os.Args[0]}
	if os.Geteuid() == 0 {
		binary := filepath.Join(t.TempDir(), "rotator")
		if err := exec.CommandContext(t.Context(), "cp", os.Args[0], binary).Run(); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{filepath.Dir(binary), filepath.Dir(filepath.Dir(binary)), directory, filepath.Dir(directory)} {
			if err := os.Chmod(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		command = []string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", binary}
		if exec.CommandContext(t.Context(), "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "true").Run() != nil {
			t.Skip("nobody but root is here")
		}
	}
	if err := os.Chmod(directory, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(directory, 0o700) })
	output, err := newRotator(t, i.serve(t), file, 3, command...).CombinedOutput()
	if got, want := string(output), strings.Repeat("signed in\n", 3); got != want || err != nil {
		t.Errorf("it says\n%s: %v", got, err)
	}
	wantContent(t, file, i.newest)
	wantFiles(t, directory, "refresh-token")
}

func TestRotation_owner(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	file := filepath.Join(t.TempDir(), "refresh-token")
	i := newIssuer(true)
	i.write(t, file, 0o640)
	if err := os.Chown(file, 12345, 23456); err != nil {
		t.Skip(err)
	}
	if err := newRotating(t, i, file).signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if user, group := owner(info); user != 12345 || group != 23456 || info.Mode() != 0o640 {
		t.Errorf("the file is %d:%d %s", user, group, info.Mode())
	}
}
