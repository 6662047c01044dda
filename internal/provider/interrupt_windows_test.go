package provider_test

import (
	"os/exec"
	"testing"
)

// interrupt has nothing like it on Windows, where no signal reaches a process.
func interrupt(t *testing.T, _ *exec.Cmd, _ func() bool) {
	t.Helper()
	t.Skip("no signal reaches a process on Windows")
}
