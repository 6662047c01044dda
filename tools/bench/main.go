// Command bench measures whole plans of a real Terraform, with the provider and
// with what one would use in its place, against the emulator. It writes a table
// and a plot.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// settings are what the command line says.
type settings struct {
	programs    string
	output      string
	runs        int
	cases       *regexp.Regexp
	latency     time.Duration
	http        string
	scaffolding string
	revision    string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, parse()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has run.
	}
}

func parse() settings {
	s := settings{cases: regexp.MustCompile("")}
	flag.StringVar(&s.programs, "programs", "bin", "`directory` with the programs that make build has built")
	flag.StringVar(&s.output, "output", ".", "`directory` for BENCHMARKS.md and BENCHMARKS.svg")
	flag.IntVar(&s.runs, "runs", 5, "`number` of runs of each case; the slow ones have fewer")
	flag.DurationVar(&s.latency, "latency", 20*time.Millisecond, "`time` that every answer of the API takes")
	flag.StringVar(&s.http, "http", "", "`program` of hashicorp/http, to compare with; named as released, it says its version")
	flag.StringVar(&s.scaffolding, "scaffolding", "", "`program` of terraform-provider-scaffolding-framework, to compare the start with")
	flag.StringVar(&s.revision, "revision", "", "`commit` that the provider was built from")
	flag.Func("cases", "`pattern` of the cases to measure, such as '(totals|gate)/1000'; without it, all", func(text string) (err error) {
		s.cases, err = regexp.Compile("^(?:" + text + ")$")
		return err
	})
	flag.Parse()
	return s
}

// command is the command line that says the same, without the directories of
// this machine.
func (s settings) command() string {
	var flags []string
	flag.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "http", "scaffolding":
			flags = append(flags, "-"+f.Name+" "+filepath.Base(f.Value.String()))
		case "runs", "latency":
			flags = append(flags, "-"+f.Name+" "+f.Value.String())
		case "cases":
			flags = append(flags, "-cases …")
		}
	})
	if len(flags) == 0 {
		return "make bench"
	}
	return "make bench BENCH_FLAGS='" + strings.Join(flags, " ") + "'"
}

func run(ctx context.Context, s settings) error {
	var err error
	// Terraform and the providers run in other directories.
	if s.programs, err = filepath.Abs(s.programs); err != nil {
		return err
	}
	directory, err := os.MkdirTemp("", "partnercenter-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(directory) }()

	b := &bench{settings: s, directory: directory, partners: map[string]*partner{}, outputs: map[string]string{}}
	defer b.stop()
	if err := b.prepare(ctx); err != nil {
		return err
	}
	about, err := describe(ctx, s)
	if err != nil {
		return err
	}
	if err := b.measure(ctx); err != nil {
		return err
	}
	quotas, err := b.underQuotas(ctx)
	if err != nil {
		return err
	}
	starts, err := b.starts(ctx)
	if err != nil {
		return err
	}
	return write(s.output, report{About: about, Results: b.results(), Quotas: quotas, Starts: starts})
}
