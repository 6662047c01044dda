// Command partnercenter-emulator serves a Partner Center and its token endpoint
// on loopback, for trying out a configuration or a policy without a tenant.
//
// Without a command it prints the environment that signs in to it, and serves
// until it is interrupted. With a command it runs that in the environment, and
// ends with it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// The exit codes of the emulator itself. The others are the command's.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// run is the whole program; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	settings, err := parse(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		printError(stderr, fmt.Errorf("%w (-help explains the flags)", err))
		return exitUsage
	}
	server, err := start(ctx, settings)
	if err != nil {
		printError(stderr, err)
		return exitFailed
	}
	defer server.close()

	if len(settings.command) > 0 {
		code, err := supervise(ctx, settings.command, server.environment(), stdout, stderr)
		if err != nil {
			printError(stderr, err)
		}
		return code
	}
	if err := server.serve(ctx, stdout, stderr); err != nil {
		printError(stderr, err)
		return exitFailed
	}
	return exitOK
}

func printError(stderr io.Writer, err error) {
	_, _ = fmt.Fprintln(stderr, "partnercenter-emulator:", err)
}
