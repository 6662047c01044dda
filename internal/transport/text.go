package transport

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
)

// escapeSequence matches what colours a terminal, renames its window, or worse.
var escapeSequence = regexp.MustCompile(`\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?)`)

// maxText is more than anyone reads of an error, in runes.
const maxText = 300

// OneLine makes the text of another program safe for a terminal: one line, without
// control characters, and of limited length.
func OneLine(text string) string {
	text = escapeSequence.ReplaceAllString(text, "")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxText {
		text = string(runes[:maxText]) + "…"
	}
	return text
}

// TrimBOM removes the byte order mark that Partner Center puts before many of its
// responses, and some editors before a file.
func TrimBOM(content []byte) []byte {
	return bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
}
