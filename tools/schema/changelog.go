package main

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// breakingHeading is the heading of breaking changes in a section of the changelog.
const breakingHeading = "BREAKING CHANGES:"

// version is a section of the changelog.
type version struct {
	number   string
	released bool
	breaking []string // the entries under BREAKING CHANGES
}

var (
	versionHeading = regexp.MustCompile(`^## (\d+\.\d+\.\d+) \((.+)\)$`)
	partHeading    = regexp.MustCompile(`^[A-Z][A-Z ]*:$`)
)

// readVersions reads the sections of a changelog, newest first.
func readVersions(changelog string) ([]version, error) {
	var versions []version
	isBreaking := false
	for line := range strings.Lines(changelog) {
		line = strings.TrimRight(line, "\r\n ")
		if strings.HasPrefix(line, "## ") {
			match := versionHeading.FindStringSubmatch(line)
			if match == nil {
				return nil, errors.New("the heading \"" + line + "\" is not \"## 1.2.3 (date)\" or \"## 1.2.3 (Unreleased)\"")
			}
			versions = append(versions, version{number: match[1], released: match[2] != "Unreleased"})
			isBreaking = false
			continue
		}
		if partHeading.MatchString(line) {
			isBreaking = line == breakingHeading
		}
		if len(versions) == 0 || !isBreaking {
			continue
		}
		last := &versions[len(versions)-1]
		switch {
		case strings.HasPrefix(line, "- "):
			last.breaking = append(last.breaking, line)
		case len(last.breaking) > 0:
			last.breaking[len(last.breaking)-1] += "\n" + line
		}
	}
	if len(versions) == 0 {
		return nil, errors.New("there is no section of a version")
	}
	return versions, nil
}

// breakingVersion matches a version that may break something: 0.2.0 or 2.0.0.
var breakingVersion = regexp.MustCompile(`^(0\.\d+|\d+\.0)\.0$`)

func (v version) mayBreak() bool { return breakingVersion.MatchString(v.number) }

// names reports whether an entry names a breaking change: the data source, for example,
// and the attribute, each in backticks. An attribute of the provider stands alone.
func (v version) names(c change) bool {
	wanted := []string{c.path[0], c.path[len(c.path)-1]}
	if c.kind == "" {
		wanted = wanted[1:]
	}
	return slices.ContainsFunc(v.breaking, func(entry string) bool {
		return !slices.ContainsFunc(wanted, func(name string) bool { return !strings.Contains(entry, "`"+name+"`") })
	})
}
