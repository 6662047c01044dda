//go:build unix

package pcclient

import (
	"bufio"
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
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

// Whenever it is killed, the file holds a whole token that the authority takes.
func TestRotation_killed(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	file := filepath.Join(directory, "refresh-token")
	i := newIssuer(false)
	i.write(t, file, 0o640)
	address := i.serve(t)
	for range 40 {
		process := newRotator(t, address, file, 1_000_000)
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

// On a full disk the old token stays, the read goes on, and the next sign-in
// says what is wrong.
func TestRotation_fullDisk(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	file := filepath.Join(directory, "refresh-token")
	i := newIssuer(false)
	i.write(t, file, 0o600)
	old := i.newest
	output, err := newRotator(t, i.serve(t), file, 2, "sh", "-c", `ulimit -f 0; exec "$0"`, os.Args[0]).CombinedOutput()
	if err == nil {
		t.Error("the second sign-in succeeds")
	}
	lines := strings.Split(string(output), "\n")
	if len(lines) < 3 || !strings.HasPrefix(lines[0], "not saved: write ") || lines[1] != "signed in" ||
		!strings.HasPrefix(lines[2], "failed: ") || !strings.Contains(lines[2], "still cannot be written: write ") {
		t.Errorf("it says\n%s", output)
	}
	if strings.Contains(string(output), "refresh-0") || strings.Contains(string(output), "refresh-1") {
		t.Errorf("it gives a token away:\n%s", output)
	}
	if len(i.asked) != 1 {
		t.Errorf("%d exchanges, want one", len(i.asked))
	}
	wantContent(t, file, old)
	wantFiles(t, directory, "refresh-token", "refresh-token.lock")
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
