package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling/benchrows"
)

// exportTimes is how much longer the longer export is.
const exportTimes = 5

// exportReads are the ways to read an export, all of the same blobs.
var exportReads = []struct {
	name      string
	Title     string
	times     int      // how often the export has each blob
	arguments []string // of the command export
}{
	{name: "usage", Title: "usage by customer and day", times: 1},
	{name: "usage_one", Title: "usage by customer and day, one blob at a time", times: 1, arguments: []string{"-one-by-one"}},
	{name: "tokens", Title: "inflate and tokenize, keep nothing", times: 1, arguments: []string{"-tokens"}},
	{name: "tokens_one", Title: "inflate and tokenize, keep nothing, one blob at a time", times: 1, arguments: []string{"-tokens", "-one-by-one"}},
	{name: "usage_long", Title: "usage by customer and day, five times as long", times: exportTimes},
}

// measureExports runs all reads in turn, again and again. The first turn does not count.
func (b *bench) measureExports(ctx context.Context) ([]*result, error) {
	if !b.cases.MatchString("exports") {
		return nil, nil
	}
	fmt.Fprintf(os.Stderr, "write an export of %s rows\n", thousands(b.rows))
	directory, err := os.MkdirTemp(b.directory, "")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(directory) }()
	if err := benchrows.WriteExport(directory, b.rows); err != nil {
		return nil, err
	}
	results := make([]*result, len(exportReads))
	for turn := range b.runs + 1 {
		for i, read := range exportReads {
			if turn == 0 {
				results[i] = &result{plan: plan{name: read.name, Title: read.Title}, Size: b.rows * read.times}
			}
			fmt.Fprintf(os.Stderr, "run %d of %d: %s\n", turn, b.runs, results[i].id())
			took, found, err := b.readExport(ctx, append(read.arguments, "-blobs", directory, "-times", strconv.Itoa(read.times)))
			if err == nil {
				err = b.compareExport(results[i], found)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", results[i].id(), err)
			}
			if turn > 0 {
				results[i].Times = append(results[i].Times, took)
			}
		}
	}
	return results, nil
}

// readExport runs the command export, and returns what it found.
func (b *bench) readExport(ctx context.Context, arguments []string) (runTime, string, error) {
	o, err := measure(exec.CommandContext(ctx, b.program("export"), arguments...)) //nolint:gosec // The user names it.
	if err != nil {
		err = fmt.Errorf("export: %w\n%s", err, o.text)
	}
	return o.runTime, strings.TrimSpace(o.text), err
}

// compareExport fails unless all reads found the same rows, and those that add them up
// the same cost.
func (b *bench) compareExport(r *result, found string) error {
	rows, cost, _ := strings.Cut(found, ", ")
	if want := fmt.Sprintf("%d rows", r.Size); rows != want {
		return fmt.Errorf("it found %q, not %s", rows, want)
	}
	if cost == "" {
		return nil
	}
	r.question = "exports"
	return b.compareOutputs(r, map[string]string{"cost": cost})
}
