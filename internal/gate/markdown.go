package gate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
)

// maxBars is how many subjects the chart draws.
const maxBars = 10

// chart is what the bars of a chart are.
type chart struct {
	title string // "Budget used"
	unit  string // "%", or a currency
	bar   func(*subject) *decimal.Decimal
	limit *decimal.Decimal // nil if there is none for all of them
}

// percentChart draws the shares that are used of the limits of subjects.
func percentChart(title string, limit *decimal.Decimal) chart {
	if limit == nil {
		limit = &hundred
	}
	return chart{
		title: title, unit: "%", limit: new(decimal.Max(limit.Round(2), one)),
		bar: func(s *subject) *decimal.Decimal { return s.percentUsed(2) },
	}
}

// writeChart draws the bars from 0, which Mermaid does not do by itself, to twice
// the limit at most, so that one subject far above it leaves the bars of the others
// visible.
func (v *Verdict) writeChart(text *strings.Builder, rows []*subject) {
	limit := v.chart.limit
	end := decimal.Zero
	if v.chart.unit == "%" {
		end = hundred
	}
	var names, bars []string
	for _, s := range rows {
		figure := v.chart.bar(s)
		if figure == nil || !figure.IsPositive() || len(names) == maxBars {
			continue
		}
		told := figure.StringFixed(2) + " " + v.chart.unit
		if v.chart.unit != "%" {
			told = money(*figure, v.chart.unit)
		}
		name := chartLabel(s.displayName()) + ", " + told
		for n := 2; slices.Contains(names, name); n++ { // Mermaid draws bars of one name over each other.
			name = fmt.Sprintf("%s %d, %s", chartLabel(s.displayName()), n, told)
		}
		bar := *figure
		if limit != nil {
			bar = decimal.Min(bar, limit.Add(*limit))
		}
		end = decimal.Max(end, bar)
		names, bars = append(names, name), append(bars, bar.StringFixed(2))
	}
	if len(names) < 2 { // There is nothing to compare.
		return
	}
	title, line := v.chart.title, ""
	if limit != nil && limit.LessThanOrEqual(end.Add(end)) { // Further away, it would flatten the bars.
		end = decimal.Max(end, *limit)
		title += "; the line is the limit"
		line = "    line [" + strings.Join(slices.Repeat([]string{limit.String()}, len(names)), ", ") + "]\n"
	}
	text.WriteString("\n```mermaid\n" +
		`%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "#388bfd, #f85149"}}}}%%` + "\n" +
		"xychart-beta horizontal\n" +
		"    title \"" + title + "\"\n" +
		"    x-axis [\"" + strings.Join(names, `", "`) + "\"]\n" +
		"    y-axis \"" + v.chart.unit + "\" 0 --> " + end.String() + "\n" +
		"    bar [" + strings.Join(bars, ", ") + "]\n" +
		line +
		"```\n")
}

// escapeMarkdown keeps a text that somebody else wrote within its cell: it starts
// no column, line, tag, code, link, emphasis or mention, and does not turn the
// direction of what follows. A comment is what breaks a mention or an address:
// they are looked for after references to characters have become characters.
func escapeMarkdown(text string) string {
	var safe strings.Builder
	line := []rune(oneLine(text) + " ")
	for i, r := range line[:len(line)-1] {
		switch {
		case r == '@':
			safe.WriteString("@<!-- -->")
		case strings.ContainsRune("<>|`*_~[]#\\$", r), strings.ContainsRune("&:", r) && line[i+1] != ' ':
			fmt.Fprintf(&safe, "&#%d;", r)
		default:
			safe.WriteRune(r)
		}
	}
	return strings.ReplaceAll(safe.String(), "www.", "www<!-- -->.")
}

// chartLabel is what a Mermaid diagram can show of a name.
func chartLabel(name string) string {
	label := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r), strings.ContainsRune("-.,'+", r):
			return r
		}
		return ' '
	}, name)
	label = strings.Join(strings.Fields(label), " ")
	if runes := []rune(label); len(runes) > 24 {
		label = string(runes[:23]) + "…"
	}
	if label == "" {
		return "?"
	}
	return label
}

// wholeNumber writes a count for people.
func wholeNumber(n int) string { return groupDigits(strconv.Itoa(n)) }

// groupDigits separates the thousands of the number that a text begins with.
func groupDigits(text string) string {
	number := strings.TrimPrefix(text, "-")
	digits := len(number) - len(strings.TrimLeft(number, "0123456789"))
	var grouped strings.Builder
	grouped.WriteString(strings.TrimSuffix(text, number))
	for i := range digits {
		if i > 0 && (digits-i)%3 == 0 {
			grouped.WriteByte(',')
		}
		grouped.WriteByte(number[i])
	}
	return grouped.String() + number[digits:]
}
