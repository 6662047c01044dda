package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
)

// exitNotStarted is a shell's exit code for a command that it cannot run.
const exitNotStarted = 127

// supervise runs a command with further environment variables and returns its
// exit code. Credentials of other providers, such as ARM_CLIENT_SECRET, stay.
//
// An interrupt is not passed on: Ctrl-C reaches the command by its process
// group, and the emulator must be there until the command has ended. A
// termination is, since that comes to the emulator alone.
func supervise(ctx context.Context, command, environment []string, stdout, stderr io.Writer) (int, error) {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()

	child := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // running what the user names is the job
	child.Env = append(withoutSignIn(os.Environ()), environment...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, stdout, stderr
	child.Cancel = func() error { return child.Process.Signal(syscall.SIGTERM) }

	if err := child.Start(); err != nil {
		return exitNotStarted, err
	}
	// An exit code other than 0 is the command's own affair, and so is a
	// signal, which counts as in a shell.
	if err := child.Wait(); child.ProcessState == nil {
		return exitFailed, fmt.Errorf("waiting for %s: %w", command[0], err)
	}
	if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return child.ProcessState.ExitCode(), nil
}

// withoutSignIn leaves out the sign-in to another Partner Center: the provider
// refuses to choose between two.
func withoutSignIn(environment []string) []string {
	signIn := config.SignInVariables()
	return slices.DeleteFunc(environment, func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(signIn, name)
	})
}
