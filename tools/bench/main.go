// Command bench measures whole plans of a real Terraform, with the provider and
// with what one would use in its place, against the emulator, and how exports are
// read. It prints which aims are met, and writes BENCHMARKS.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"syscall"
	"time"
)

type settings struct {
	bin      string
	output   string
	runs     int
	latency  time.Duration
	rows     int
	cases    *regexp.Regexp
	revision string
	// httpProvider and scaffolding are programs to compare with, empty if they
	// are not installed.
	httpProvider string
	scaffolding  string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, parseFlags())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parseFlags() settings {
	s := settings{cases: regexp.MustCompile("")}
	flag.StringVar(&s.bin, "bin", "bin", "`directory` with the programs that make bench-build has built")
	flag.StringVar(&s.output, "output", "BENCHMARKS.md", "`file` to write")
	flag.IntVar(&s.runs, "runs", 3, "`number` of runs of each plan, after one that does not count; plans of less than a second are run ten times as often")
	flag.DurationVar(&s.latency, "latency", 20*time.Millisecond, "`time` that every response of the API takes")
	flag.IntVar(&s.rows, "rows", 1_000_000, "`number` of rows of the export; another one has no aims")
	flag.StringVar(&s.revision, "revision", "unknown", "`commit` that the provider was built from")
	flag.Func("cases", "`pattern` of what to measure, such as '(totals|gate)/1000', 'quota/4', 'exports' or 'start'; all by default", func(text string) (err error) {
		s.cases, err = regexp.Compile("^(?:" + text + ")$")
		return err
	})
	flag.Parse()
	// What is not on the PATH is left out.
	s.httpProvider, _ = exec.LookPath("terraform-provider-http")
	s.scaffolding, _ = exec.LookPath("terraform-provider-scaffolding-framework")
	return s
}

func (s settings) program(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(s.bin, name)
}

func run(ctx context.Context, s settings) error {
	var err error
	// Terraform runs in other directories.
	if s.bin, err = filepath.Abs(s.bin); err != nil {
		return err
	}
	b := &bench{settings: s, emulators: map[string]*emulator{}, outputs: map[string]string{}}
	if b.directory, err = os.MkdirTemp("", "partnercenter-bench-"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.directory) }()
	defer b.stopEmulators()

	r := report{Date: time.Now().UTC().Format(time.DateOnly), System: fmt.Sprintf("%d cores, %s/%s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH), Revision: s.revision, Runs: s.runs, Latency: s.latency}
	if r.Terraform, err = terraformVersion(ctx); err != nil {
		return err
	}
	if r.Plans, err = b.measurePlans(ctx); err != nil {
		return err
	}
	if r.Quotas, err = b.measureQuotas(ctx); err != nil {
		return err
	}
	b.stopEmulators()
	if r.Exports, err = b.measureExports(ctx); err != nil {
		return err
	}
	if r.Starts, err = b.measureStarts(ctx); err != nil {
		return err
	}
	return r.write(s.output)
}
