package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
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
	if replay := settings.options.Replay; replay != nil {
		_, _ = fmt.Fprintf(p.stderr, "Replaying %d responses.%s\n", replay.Responses(), listIDs(replay.IDs))
	}
	if len(settings.command) > 0 {
		return supervise(ctx, settings.command, server.environment(), p.stdout, p.stderr)
	}
	return exitOK, server.serve(ctx, p.stdout, p.stderr)
}

// listIDs lists the ids that one can ask about.
func listIDs(ids map[string]string) string {
	var list strings.Builder
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		if ids[name] != "" {
			list.WriteString(" " + name + " " + ids[name] + ".")
		}
	}
	return list.String()
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
