package main

import (
	_ "embed"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"text/template"
	"time"
)

//go:embed report.md.tmpl
var reportTemplate string

// report is what BENCHMARKS.md says.
type report struct {
	Date, System, Terraform, Revision string

	Runs    int
	Latency time.Duration
	Plans   []*result
	Quotas  []quotaResult
	Exports []*result
	Starts  []startResult
}

// write prints the aims, and writes the whole report to a file.
func (r report) write(file string) error {
	for _, a := range r.Aims() {
		fmt.Printf("%s: %s (%s, at most %s)\n", strings.Trim(a.Verdict(), "*"), a.Text, number(a.Measured), number(a.Limit))
	}
	text, err := r.markdown()
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644) //nolint:gosec // Everybody may read it.
}

func (r report) markdown() (string, error) {
	parsed, err := template.New("").Funcs(template.FuncMap{"number": number, "thousands": thousands}).Parse(reportTemplate)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = parsed.Execute(&text, r)
	return text.String(), err
}

// number writes two digits after the point, or one from 10 on.
func number(n float64) string {
	switch {
	case math.IsNaN(n):
		return "–"
	case n >= 10:
		return strconv.FormatFloat(n, 'f', 1, 64)
	}
	return strconv.FormatFloat(n, 'f', 2, 64)
}

// thousands separates groups of three digits by commas.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
