// Command schema keeps the schema of every version in a file, so that it changes only on
// purpose. It compares the schema of this version with that of the version before, and
// fails for a breaking change that CHANGELOG.md does not name.
//
// The schema comes from the provider itself, as Terraform gets it by the plugin protocol:
// terraform providers schema -json leaves out what the installed Terraform does not know,
// such as actions before 1.14.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/provider"
)

func main() {
	check := flag.Bool("check", false, "compare only, and write nothing")
	changelog := flag.String("changelog", "CHANGELOG.md", "`file` with the versions, newest first")
	directory := flag.String("directory", filepath.Join("tools", "schema", "versions"), "`directory` of the schemas")
	flag.Parse()
	if err := run(*changelog, *directory, *check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(changelog, directory string, check bool) error {
	server, err := providerserver.NewProtocol6WithError(provider.New("schema")())()
	if err != nil {
		return err
	}
	schema, err := readSchema(context.Background(), server)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(changelog) //nolint:gosec // The user says which file it is.
	if err != nil {
		return err
	}
	versions, err := readVersions(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", changelog, err)
	}
	return files{directory}.update(schema, versions, check)
}

// files are the schemas of the versions.
type files struct{ directory string }

func (f files) name(v version) string { return filepath.Join(f.directory, v.number+".json") }

// update checks the schema of the newest version, and writes it unless it is only to be
// checked.
func (f files) update(schema *Provider, versions []version, check bool) error {
	newest := versions[0]
	if len(versions) > 1 {
		if err := f.checkBreaking(schema, newest, versions[1]); err != nil {
			return err
		}
	}
	content, err := schema.encode()
	if err != nil {
		return err
	}
	file := f.name(newest)
	before, err := os.ReadFile(file) //nolint:gosec // One of our own.
	switch {
	case errors.Is(err, fs.ErrNotExist) && check:
		return fmt.Errorf("there is no %s: run make generate", file)
	case errors.Is(err, fs.ErrNotExist):
		return f.write(content, versions)
	case err != nil:
		return err
	case bytes.Equal(before, content):
		return nil
	}
	old, err := decode(before)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	changes := list(compare(old, schema))
	switch {
	case newest.released:
		return fmt.Errorf("the schema of %s has changed, which is released. Begin the section of the next version in CHANGELOG.md.\n%s", newest.number, changes)
	case check:
		return fmt.Errorf("the schema is not that of %s. If that is on purpose, run make generate.\n%s", file, changes)
	}
	fmt.Printf("The schema has changed.\n%s\n", changes)
	return f.write(content, versions)
}

// checkBreaking returns an error that lists the breaking changes that the changelog does
// not name.
func (f files) checkBreaking(schema *Provider, newest, before version) error {
	content, err := os.ReadFile(f.name(before))
	if err != nil {
		return fmt.Errorf("the schema of %s is needed to find breaking changes: %w", before.number, err)
	}
	old, err := decode(content)
	if err != nil {
		return fmt.Errorf("%s: %w", f.name(before), err)
	}
	breaking := slices.DeleteFunc(compare(old, schema), func(c change) bool { return !c.breaking })
	if len(breaking) > 0 && !newest.mayBreak() {
		return fmt.Errorf("%s must not break what works with %s:\n%s", newest.number, before.number, list(breaking))
	}
	unnamed := slices.DeleteFunc(breaking, newest.names)
	if len(unnamed) > 0 {
		return fmt.Errorf("changes that break what works with %s. Name each under %q in CHANGELOG.md, with what to do:\n%s", before.number, breakingHeading, list(unnamed))
	}
	return nil
}

// write writes the schema of the newest version. Of the others only the one before is
// needed.
func (f files) write(content []byte, versions []version) error {
	if err := os.MkdirAll(f.directory, 0o755); err != nil { //nolint:gosec // It is in the repository.
		return err
	}
	var needed []string
	for _, v := range versions[:min(2, len(versions))] {
		needed = append(needed, f.name(v))
	}
	existing, err := filepath.Glob(filepath.Join(f.directory, "*.json"))
	if err != nil {
		return err
	}
	for _, file := range existing {
		if !slices.Contains(needed, file) {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(needed[0], content, 0o644) //nolint:gosec // It is in the repository.
}

func list(changes []change) string {
	var lines []string
	for _, c := range changes {
		lines = append(lines, "  - "+c.String())
	}
	return strings.Join(lines, "\n")
}
