package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
)

// actAs makes the test binary stand in for other programs: for the command itself, so
// that signals can be sent to it, and for a command that the emulator runs.
const actAs = "PARTNERCENTER_TEST_ACT_AS"

func TestMain(m *testing.M) {
	switch os.Getenv(actAs) {
	case "partnercenter":
		_ = os.Setenv(actAs, "child")
		main()
	case "child":
		os.Exit(child())
	default:
		os.Exit(m.Run())
	}
}

// runProgram runs the program in this process, and returns its exit code.
func runProgram(t *testing.T, stdout, stderr *bytes.Buffer, args ...string) int {
	t.Helper()
	return program{config.ProcessEnvironment(), stdout, stderr}.run(t.Context(), args)
}

func TestProgram(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		"nothing":            {nil, 2, "", "Usage: partnercenter <command>"},
		"help":               {[]string{"-h"}, 0, "\n  doctor ", ""},
		"help of a command":  {[]string{"login", "-h"}, 0, "Usage: partnercenter login", ""},
		"version":            {[]string{"version"}, 0, "partnercenter dev\n", ""},
		"an unknown command": {[]string{"fly"}, 2, "", `partnercenter: "fly" is not a command (partnercenter -help lists them)`},
		"an unknown flag":    {[]string{"doctor", "-fly"}, 2, "", "partnercenter doctor: flag provided but not defined: -fly (partnercenter doctor -help explains the flags)"},
		"an argument":        {[]string{"doctor", "fly"}, 2, "", `"fly" is not a flag`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if code := runProgram(t, &stdout, &stderr, test.args...); code != test.code {
				t.Errorf("the exit code is %d, want %d", code, test.code)
			}
			for got, want := range map[*bytes.Buffer]string{&stdout: test.stdout, &stderr: test.stderr} {
				if !strings.Contains(got.String(), want) || (want == "") != (got.Len() == 0) {
					t.Errorf("it says %q, want %q", got, want)
				}
			}
		})
	}
}
