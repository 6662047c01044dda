package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadVersions(t *testing.T) {
	t.Parallel()
	versions, err := readVersions(`# Changelog

## 0.2.0 (Unreleased)

BREAKING CHANGES:

- Data source ` + "`x`: `a`" + ` is a number.
  Write a number.
- Another one.

FEATURES:

- A feature.

## 0.1.0 (2026-12-01)

FEATURES:

- Everything.
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []version{
		{number: "0.2.0", breaking: []string{"- Data source `x`: `a` is a number.\n  Write a number.", "- Another one.\n"}},
		{number: "0.1.0", released: true},
	}
	if diff := cmp.Diff(want, versions, cmp.AllowUnexported(version{})); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"", "# Changelog\n", "## Unreleased\n", "## v0.1.0 (Unreleased)\n", "## 0.1.0\n"} {
		if _, err := readVersions(bad); err == nil {
			t.Errorf("%q is a changelog", bad)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]bool{"0.1.0": true, "0.2.0": true, "0.2.1": false, "0.2.10": false, "1.0.0": true, "1.1.0": false, "1.0.1": false, "2.0.0": true, "10.0.0": true} {
		if got := (version{number: number}).mayBreak(); got != want {
			t.Errorf("%s may break: %t, want %t", number, got, want)
		}
	}
	named := version{breaking: []string{"- `x`: `a.b` and `c` are gone, `y` too.", "- The provider's `endpoint`."}}
	for _, test := range []struct {
		kind string
		path []string
		want bool
	}{
		{"data source", []string{"x", "c"}, true},
		{"data source", []string{"x", "list", "c"}, true},
		{"data source", []string{"x", "d"}, false},
		{"data source", []string{"z", "c"}, false},
		{"data source", []string{"y"}, true},
		{"data source", []string{"z"}, false},
		{"data source", []string{"x", "endpoint"}, false}, // Named in another entry.
		{"", []string{"provider", "endpoint"}, true},
		{"", []string{"provider", "tenant_id"}, false},
	} {
		if got := named.names(change{kind: test.kind, path: test.path}); got != test.want {
			t.Errorf("%s %v is named: %t", test.kind, test.path, got)
		}
	}
}

const (
	unreleased = "## 0.2.0 (Unreleased)\n"
	released   = "## 0.1.0 (2026-12-01)\n"
)

// A change of the schema has to be written down, and a breaking one to be named.
func TestUpdate(t *testing.T) {
	t.Parallel()
	before := withAttributes(t, `{"a":{"type":"string","optional":true}}`)
	added := withAttributes(t, `{"a":{"type":"string","optional":true},"b":{"type":"string","computed":true}}`)
	removed := withAttributes(t, `{}`)
	named := "\nBREAKING CHANGES:\n\n- `x`: `a` is gone.\n\n"
	for name, test := range map[string]struct {
		changelog string
		schema    *Provider
		files     map[string]*Provider
		check     string // what the check says, "" if all is well
		generate  string // likewise of generating, after which the check says nothing
	}{
		"first version":           {"## 0.1.0 (Unreleased)\n", before, nil, "run make generate", ""},
		"nothing changed":         {released, before, map[string]*Provider{"0.1.0": before}, "", ""},
		"changed before release":  {"## 0.1.0 (Unreleased)\n", removed, map[string]*Provider{"0.1.0": before}, "BREAKING data source x.a: removed", ""},
		"changed after release":   {released, added, map[string]*Provider{"0.1.0": before}, "is released", "Begin the section of the next version"},
		"next version":            {unreleased + released, before, map[string]*Provider{"0.1.0": before}, "run make generate", ""},
		"added":                   {unreleased + released, added, map[string]*Provider{"0.1.0": before, "0.2.0": before}, "data source x.b: added", ""},
		"breaking":                {unreleased + released, removed, map[string]*Provider{"0.1.0": before, "0.2.0": before}, "Name each under", "data source x.a: removed"},
		"breaking, written down":  {unreleased + released, removed, map[string]*Provider{"0.1.0": before, "0.2.0": removed}, "Name each under", "data source x.a: removed"},
		"breaking, named":         {unreleased + named + released, removed, map[string]*Provider{"0.1.0": before, "0.2.0": removed}, "", ""},
		"named in the old one":    {unreleased + released + named, removed, map[string]*Provider{"0.1.0": before, "0.2.0": removed}, "Name each under", "Name each under"},
		"breaking in a patch":     {"## 0.1.1 (Unreleased)\n" + named + released, removed, map[string]*Provider{"0.1.0": before, "0.1.1": removed}, "0.1.1 must not break", "0.1.1 must not break"},
		"unreleased, and renamed": {unreleased + released, before, map[string]*Provider{"0.1.0": before, "0.2.0": added}, "BREAKING data source x.b: removed", ""},
		"version before is lost":  {unreleased + released, before, nil, "the schema of 0.1.0 is needed", "the schema of 0.1.0 is needed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := files{t.TempDir()}
			versions, err := readVersions(test.changelog)
			if err != nil {
				t.Fatal(err)
			}
			for number, schema := range test.files {
				store(t, f, number, schema)
			}
			checkError(t, "check", f.update(test.schema, versions, true), test.check)
			checkError(t, "generate", f.update(test.schema, versions, false), test.generate)
			if test.generate == "" {
				checkError(t, "check again", f.update(test.schema, versions, true), "")
			}
		})
	}
}

func store(t *testing.T, f files, number string, schema *Provider) {
	t.Helper()
	content, err := schema.encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.name(version{number: number}), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func checkError(t *testing.T, step string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v", step, err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("%s: the error is %v, want %q", step, err, want)
	}
}

// Only the schema of the version before is kept beside that of the newest one.
func TestUpdate_removesOld(t *testing.T) {
	t.Parallel()
	f := files{t.TempDir()}
	for _, number := range []string{"0.1.0", "0.2.0"} {
		store(t, f, number, withAttributes(t, `{}`))
	}
	if err := f.update(withAttributes(t, `{}`), []version{{number: "0.3.0"}, {number: "0.2.0"}, {number: "0.1.0"}}, false); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(f.directory, "*"))
	if want := []string{filepath.Join(f.directory, "0.2.0.json"), filepath.Join(f.directory, "0.3.0.json")}; err != nil || !cmp.Equal(left, want) {
		t.Errorf("%v are left, %v", left, err)
	}
}
