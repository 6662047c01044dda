// Command partnercenter-login signs a partner user in with a browser, on any device, and
// writes the refresh token, for pipelines that sign in as that user.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // as a shell counts Ctrl-C
)

// run is the whole program; it returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	settings, err := parse(args, getenv, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		printError(stderr, fmt.Errorf("%w (-help explains the flags)", err))
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	err = settings.login(ctx, stdout, stderr)
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil:
		printError(stderr, errors.New("interrupted, nothing was written"))
		return exitInterrupted
	}
	printError(stderr, err)
	return exitFailed
}

func printError(stderr io.Writer, err error) {
	_, _ = fmt.Fprintln(stderr, "partnercenter-login:", err)
}
