package main

import (
	_ "embed"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

//go:embed report.md.tmpl
var reportTemplate string

// report is all that BENCHMARKS.md says.
type report struct {
	About   about
	Results results
	Quotas  []underQuota
	Starts  []start
}

// write writes the table and the plot.
func write(directory string, r report) error {
	text, err := r.markdown()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(directory, "BENCHMARKS.md"), []byte(text), 0o644); err != nil { //nolint:gosec // For everybody to read.
		return err
	}
	return drawTimes(filepath.Join(directory, "BENCHMARKS.svg"), r.Results)
}

func (r report) markdown() (string, error) {
	parsed, err := template.New("").Funcs(template.FuncMap{
		"number": number, "times": times, "join": func(list []string) string { return strings.Join(list, ", ") },
		"median": median, "thousands": thousands,
	}).Parse(reportTemplate)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = parsed.Execute(&text, r)
	return text.String(), err
}

func (r report) Aims() []aim { return aims(r.Results, r.Starts) }

func (r report) Growths() []growth { return growths(r.Results) }

// row is a case in the table.
type row struct {
	Title, Size, Runs, Time, Spread, CPU string
	Empty, File, HTTP, Plain             string
	ProviderMemory, TerraformMemory      string
}

func (r report) Rows() []row {
	empty := r.Results.find("empty", 0)
	rows := make([]row, len(r.Results))
	for i := range r.Results {
		c := &r.Results[i]
		seconds, peak := c.seconds(), c.peak()
		rows[i] = row{
			Title:           c.title,
			Runs:            strconv.Itoa(len(seconds)),
			Time:            number(c.median()),
			Spread:          number(slices.Min(seconds)) + "–" + number(slices.Max(seconds)),
			CPU:             number(median(c.cpu())),
			Empty:           times(c.over(empty)),
			File:            times(c.over(r.Results.find(c.file, c.size))),
			HTTP:            times(c.over(r.Results.find(c.http, c.size))),
			Plain:           times(c.over(r.Results.find(c.plain, c.size))),
			ProviderMemory:  megabytes(peak.provider),
			TerraformMemory: megabytes(peak.terraform),
		}
		if c.size > 0 {
			rows[i].Size = thousands(c.size)
		}
	}
	return rows
}

// Behind says where something else is faster, beyond what two runs differ by.
func (r report) Behind() []string {
	const noise = 1.05
	var lines []string
	for i := range r.Results {
		c := &r.Results[i]
		if c.rival {
			continue
		}
		for _, name := range []string{c.file, c.http, c.plain} {
			other := r.Results.find(name, c.size)
			if by := c.over(other); by > noise {
				lines = append(lines, fmt.Sprintf("%s, %s: %s × %s (%s s and %s s)",
					c.title, thousands(c.size), times(by), other.title, number(c.median()), number(other.median())))
			}
		}
	}
	return lines
}

// number has two digits, or those before the point.
func number(n float64) string {
	switch {
	case math.IsNaN(n):
		return ""
	case n >= 10:
		return strconv.FormatFloat(n, 'f', 1, 64)
	}
	return strconv.FormatFloat(n, 'f', 2, 64)
}

// times is a ratio.
func times(n float64) string { return number(n) }

func megabytes(n float64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'f', 0, 64)
}

// thousands sets digits apart by commas.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
