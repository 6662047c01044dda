package main

import "strings"

// exportLines turns NAME=value into lines for a POSIX shell.
func exportLines(environment []string) []string {
	lines := make([]string, len(environment))
	for i, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		lines[i] = "export " + name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'"
	}
	return lines
}
