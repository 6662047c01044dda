package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	ours    = "registry.terraform.io/seed-12616aef/partnercenter"
	theHTTP = "registry.terraform.io/hashicorp/http"
)

// bench is all that is measured.
type bench struct {
	settings

	directory string
	// partners are the running emulators, by their flags.
	partners map[string]*partner
	cases    []*benchCase
	// outputs are what the first case of a family has put out.
	outputs map[string]string
}

// benchCase is a series at one size.
type benchCase struct {
	series

	size      int
	workspace *workspace
	samples   []sample
}

func (c *benchCase) id() string { return fmt.Sprintf("%s/%d", c.name, c.size) }

// runs are fewer where a plan takes long.
func (c *benchCase) runs(all int) int {
	if c.size >= 50_000 || strings.HasPrefix(c.name, "throttled") {
		return (all + 1) / 2
	}
	return all
}

func (b *bench) prepare(ctx context.Context) error {
	if err := b.links(); err != nil {
		return err
	}
	for _, s := range allSeries {
		for _, size := range s.sizes {
			c := &benchCase{series: s, size: size}
			if !b.settings.cases.MatchString(c.id()) || strings.HasSuffix(c.name, "_http") && b.http == "" {
				continue
			}
			fmt.Fprintln(os.Stderr, "prepare", c.id())
			if err := b.set(ctx, c); err != nil {
				return fmt.Errorf("%s: %w", c.id(), err)
			}
			b.cases = append(b.cases, c)
		}
	}
	if len(b.cases) == 0 {
		return errors.New("no case matches")
	}
	return nil
}

// links gives the program of hashicorp/http the name that Terraform looks for.
func (b *bench) links() error {
	if b.http == "" {
		return nil
	}
	directory := filepath.Join(b.directory, "http")
	if err := os.Mkdir(directory, 0o700); err != nil {
		return err
	}
	program, err := filepath.Abs(b.http)
	if err != nil {
		return err
	}
	return os.Symlink(program, filepath.Join(directory, executable("terraform-provider-http")))
}

// set makes the workspace of a case.
func (b *bench) set(ctx context.Context, c *benchCase) error {
	directory := filepath.Join(b.directory, strings.ReplaceAll(c.id(), "/", "-"))
	if err := os.Mkdir(directory, 0o700); err != nil {
		return err
	}
	var err error
	if c.workspace, err = newWorkspace(directory, c.configuration); err != nil {
		return err
	}
	c.workspace.programs[ours] = b.programs
	if c.bare {
		c.workspace.programs[ours] = filepath.Join(b.programs, "bare")
	}
	if b.http != "" {
		c.workspace.programs[theHTTP] = filepath.Join(b.directory, "http")
	}
	if flags := c.emulator(c.size); flags != nil {
		p, err := b.partner(ctx, flags)
		if err != nil {
			return err
		}
		c.workspace.environment = append(c.workspace.environment, p.environment...)
		preparation := &preparation{workspace: c.workspace, partner: p, size: c.size, provider: b.program("terraform-provider-partnercenter")}
		for _, step := range c.steps {
			if err := step(ctx, preparation); err != nil {
				return err
			}
		}
	}
	return c.workspace.finish()
}

func (b *bench) program(name string) string { return filepath.Join(b.programs, executable(name)) }

// executable is what a program's file is called.
func executable(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// partner returns the emulator with these flags.
func (b *bench) partner(ctx context.Context, flags []string) (*partner, error) {
	key := strings.Join(flags, " ")
	if b.partners[key] == nil {
		p, err := startPartner(ctx, b.program("partnercenter-emulator"), append(flags, "-latency", b.latency.String())...)
		if err != nil {
			return nil, err
		}
		b.partners[key] = p
	}
	return b.partners[key], nil
}

func (b *bench) stop() {
	for _, p := range b.partners {
		p.stop()
	}
}

// measure runs the cases in turn, again and again, so that what else the machine
// does hits all of them alike. The first turn warms up and does not count; the slow
// cases do without, and so does a single run.
func (b *bench) measure(ctx context.Context) error {
	for turn := range b.runs + 1 {
		for _, c := range b.cases {
			runs := c.runs(b.runs)
			if turn > runs || turn == 0 && (runs < b.runs || runs == 1) {
				continue
			}
			fmt.Fprintf(os.Stderr, "run %d of %d: %s\n", turn, runs, c.id())
			p, err := c.workspace.plan(ctx)
			if err == nil {
				err = b.compare(c, p.outputs)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", c.id(), err)
			}
			if turn > 0 {
				c.samples = append(c.samples, sample{p.time.Seconds(), p.cpu.Seconds(), p.memory})
			}
		}
	}
	return nil
}

// compare holds what a case puts out against the others of its family.
func (b *bench) compare(c *benchCase, outputs map[string]string) error {
	if len(outputs) == 0 && c.family != "" {
		return errors.New("it puts nothing out")
	}
	for name, value := range outputs {
		key := fmt.Sprintf("%s, %d: %s", c.family, c.size, name)
		if first, ok := b.outputs[key]; ok && first != value {
			return fmt.Errorf("%s is %s, and was %s before", key, value, first)
		}
		b.outputs[key] = value
	}
	return nil
}

func (b *bench) results() results {
	all := make(results, len(b.cases))
	for i, c := range b.cases {
		all[i] = result{c.series, c.size, c.samples}
	}
	return all
}
