// Command partnercenter is for people who use the provider: it gets their first refresh
// token, checks what their sign-in may read, and serves a Partner Center in memory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
)

// version is set in a release.
var version = "dev"

func main() {
	p := program{config.ProcessEnvironment(), os.Stdout, os.Stderr}
	os.Exit(p.run(context.Background(), os.Args[1:]))
}

// program is what the commands have of their process.
type program struct {
	config.Environment
	stdout, stderr io.Writer
}

// The exit codes. The emulator ends with that of the command that it runs.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // as a shell counts Ctrl-C
)

// command is one of the commands.
type command struct {
	name, summary string
	run           func(p program, ctx context.Context, args []string) (exitCode int, err error)
}

var commands = []command{
	{"doctor", "checks the sign-in, and what it may read", program.doctor},
	{"emulator", "serves a Partner Center with invented customers on this machine", program.emulator},
	{"login", "signs a partner user in with a browser, and writes the refresh token", program.login},
}

// run runs a command, and returns the exit code.
func (p program) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		p.printUsage(p.stderr)
		return exitUsage
	}
	switch args[0] {
	case "-h", "-help", "--help", "help":
		p.printUsage(p.stdout)
		return exitOK
	case "-version", "--version", "version":
		_, _ = fmt.Fprintln(p.stdout, "partnercenter", version)
		return exitOK
	}
	for _, c := range commands {
		if c.name != args[0] {
			continue
		}
		code, err := c.run(p, ctx, args[1:])
		switch _, isUsage := errors.AsType[usageError](err); {
		case errors.Is(err, flag.ErrHelp):
			return exitOK
		case isUsage:
			err = fmt.Errorf("%w (partnercenter %s -help explains the flags)", err, c.name)
			code = exitUsage
		case err != nil && code == exitOK:
			code = exitFailed
		}
		if err != nil {
			_, _ = fmt.Fprintf(p.stderr, "partnercenter %s: %s\n", c.name, err)
		}
		return code
	}
	_, _ = fmt.Fprintf(p.stderr, "partnercenter: %q is not a command (partnercenter -help lists them)\n", args[0])
	return exitUsage
}

func (p program) printUsage(w io.Writer) {
	_, _ = io.WriteString(w, "Usage: partnercenter <command> [flags]\n\nCommands:\n")
	for _, c := range commands {
		_, _ = fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
	}
	_, _ = io.WriteString(w, "\npartnercenter <command> -help explains the flags of a command, partnercenter version\nprints the version. The commands read the same environment variables as the\nTerraform provider.\n")
}

// usageError is an error of the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// parseFlags parses the flags of a command. For -help it prints the help, and returns
// flag.ErrHelp.
func (p program) parseFlags(flags *flag.FlagSet, args []string, help, examples string) error {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = io.WriteString(p.stdout, help)
		flags.SetOutput(p.stdout)
		flags.PrintDefaults()
		_, _ = io.WriteString(p.stdout, examples)
		return err
	case err != nil:
		return usageError{err}
	}
	return nil
}

// refuseArguments is for a command that has flags only.
func refuseArguments(flags *flag.FlagSet) error {
	if flags.NArg() > 0 {
		return usageError{fmt.Errorf("%q is not a flag", flags.Arg(0))}
	}
	return nil
}
