package main

import "strings"

// exports turns NAME=value into lines for a POSIX shell.
func exports(environment []string) []string {
	lines := make([]string, len(environment))
	for i, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		lines[i] = "export " + name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'"
	}
	return lines
}
