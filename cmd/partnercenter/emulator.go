package main

import (
	"context"
	"strings"
)

// emulator is the command that serves a Partner Center and its token endpoint on
// loopback, for trying out a configuration or a policy without a tenant.
//
// Without a command it prints the environment that signs in to it, and serves until it
// is interrupted. With a command it runs that in the environment, and ends with it.
func (p program) emulator(ctx context.Context, args []string) (int, error) {
	settings, err := p.parseEmulator(args)
	if err != nil {
		return exitUsage, err
	}
	server, err := startEmulator(ctx, settings)
	if err != nil {
		return exitFailed, err
	}
	defer server.close()
	if len(settings.command) > 0 {
		return supervise(ctx, settings.command, server.environment(), p.stdout, p.stderr)
	}
	return exitOK, server.serve(ctx, p.stdout, p.stderr)
}

// exportLines turns NAME=value into lines for a POSIX shell.
func exportLines(environment []string) []string {
	lines := make([]string, len(environment))
	for i, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		lines[i] = "export " + name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'"
	}
	return lines
}
