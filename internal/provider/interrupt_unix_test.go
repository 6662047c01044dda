//go:build !windows

package provider_test

import (
	"bytes"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// interrupt starts a command, presses Ctrl-C once it is ready, and checks that it
// and all that it has started end.
func interrupt(t *testing.T, command *exec.Cmd, ready func() bool) {
	t.Helper()
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	// A shell puts a command and its children into one group, which gets the signal.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the read is that far", ready)
	if err := syscall.Kill(-command.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the plan succeeded")
		}
	case <-time.After(20 * time.Second):
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		t.Fatalf("the plan goes on:\n%s", output.String())
	}
	eventually(t, "no process is left", func() bool { return syscall.Kill(-command.Process.Pid, 0) != nil })
}
