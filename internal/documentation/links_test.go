// Package documentation_test checks the pages that people read: README.md and its
// like on GitHub, and docs/ on GitHub and on the Terraform Registry. It also checks the
// issue forms and the settings that GitHub reads.
package documentation_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	root = "../../"
	// onGitHub is how a page links to a file of the repository where a relative link
	// would not work.
	onGitHub = "https://github.com/seed-12616aef/terraform-provider-partnercenter/"
	// images is how a page of the Registry shows a picture of the repository.
	images = "https://raw.githubusercontent.com/seed-12616aef/terraform-provider-partnercenter/main/"
)

var (
	code     = regexp.MustCompile("(?ms)^ *```.*?^ *```$|`[^`\n]*`")
	link     = regexp.MustCompile(`\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)`)
	anchorID = regexp.MustCompile(`<a id="([^"]+)">`)
	heading  = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
	noLetter = regexp.MustCompile(`[^\p{L}\p{N}\p{M}_ -]`)
)

// pages are the Markdown files that people read, with their paths in the repository.
func pages(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(filepath.ToSlash(file), root)
		switch {
		case entry.IsDir() && (name == "bin" || name == "dist" || name == ".git" || name == "templates" || entry.Name() == "testdata"):
			return filepath.SkipDir
		case !entry.IsDir() && path.Ext(name) == ".md":
			found = append(found, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(root + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// links are what a page links to.
func links(text string) []string {
	var found []string
	for _, match := range link.FindAllStringSubmatch(code.ReplaceAllString(text, "``"), -1) {
		found = append(found, match[1])
	}
	return found
}

// anchors are what a link can point to in a page. GitHub and the Registry make the
// same of a heading.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	for _, match := range anchorID.FindAllStringSubmatch(text, -1) {
		found[match[1]] = true
	}
	inCode := regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	for _, match := range heading.FindAllStringSubmatch(inCode.ReplaceAllString(text, ""), -1) {
		id := strings.ReplaceAll(noLetter.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-")
		found[id] = true
	}
	return found
}

// problemOf says what is wrong with a link of a page, or nothing.
//
// The Registry leaves relative links to the browser and only strips ".md". It serves
// docs/index.md at ".../latest/docs", without a slash at the end, so a relative link
// from there, or to there, leads nowhere, while one between the directories below docs/
// works, as on GitHub. It has nothing but docs/.
func problemOf(t *testing.T, page, target string) string {
	t.Helper()
	inRegistry := strings.HasPrefix(page, "docs/")
	file, anchor, _ := strings.Cut(target, "#")
	switch {
	case strings.HasPrefix(file, onGitHub):
		kind, rest, _ := strings.Cut(strings.TrimPrefix(file, onGitHub), "/")
		name, ok := strings.CutPrefix(rest, "main/")
		if kind != "blob" && kind != "tree" {
			return "" // A page of GitHub itself, such as the releases.
		}
		if !ok {
			return "does not lead to main"
		}
		return exists(t, name, anchor)
	case strings.HasPrefix(file, images):
		return exists(t, strings.TrimPrefix(file, images), "")
	case strings.Contains(file, ":"):
		return ""
	case file == "":
		return exists(t, page, anchor)
	case strings.HasPrefix(file, "/"):
		return "is relative to the host"
	}
	name := path.Join(path.Dir(page), file)
	if inRegistry {
		switch {
		case page == "docs/index.md":
			return "is relative, which does not work in docs/index.md on the Registry"
		case name == "docs/index.md":
			return "leads to docs/index.md, which has another address on the Registry"
		case !strings.HasPrefix(name, "docs/"):
			return "leads out of docs/, which is all that the Registry has"
		case path.Ext(name) != ".md":
			return "leads to a file that the Registry does not serve"
		}
	}
	return exists(t, name, anchor)
}

func exists(t *testing.T, name, anchor string) string {
	t.Helper()
	if _, err := os.Stat(root + name); err != nil {
		return "leads to a file that does not exist"
	}
	if anchor != "" && path.Ext(name) == ".md" && !anchors(read(t, name))[anchor] {
		return "has an anchor that does not exist"
	}
	return ""
}

// Every link works on GitHub, and those of docs/ on the Registry too.
func TestLinks(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, page := range pages(t) {
		for _, target := range links(read(t, page)) {
			checked++
			if problem := problemOf(t, page, target); problem != "" {
				t.Errorf("%s: the link %s %s", page, target, problem)
			}
		}
	}
	if checked < 200 {
		t.Errorf("only %d links were found", checked)
	}
}

func TestLinks_problems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ page, target, want string }{
		{"README.md", "docs/index.md#sign-in", ""},
		{"README.md", "docs/index.md#sign-out", "has an anchor that does not exist"},
		{"README.md", "docs/none.md", "leads to a file that does not exist"},
		{"docs/index.md", "guides/gate-spend.md", "is relative, which does not work in docs/index.md on the Registry"},
		{"docs/index.md", "#sign-in", ""},
		{"docs/index.md", onGitHub + "blob/main/docs/guides/gate-spend.md#pipelines", ""},
		{"docs/index.md", onGitHub + "blob/main/docs/guides/gate-spend.md#none", "has an anchor that does not exist"},
		{"docs/index.md", onGitHub + "blob/main/none", "leads to a file that does not exist"},
		{"docs/guides/gate-spend.md", "../index.md", "leads to docs/index.md, which has another address on the Registry"},
		{"docs/guides/gate-spend.md", "../data-sources/spend_gate.md#schema", ""},
		{"docs/guides/gate-spend.md", "../data-sources/spend_gate", "leads to a file that the Registry does not serve"},
		{"docs/guides/gate-spend.md", "../../README.md", "leads out of docs/, which is all that the Registry has"},
		{"docs/guides/gate-spend.md", "/docs/index.md", "is relative to the host"},
		{"docs/guides/gate-spend.md", "https://learn.microsoft.com/", ""},
	} {
		if got := problemOf(t, test.page, test.target); got != test.want {
			t.Errorf("%s, %s: %q, want %q", test.page, test.target, got, test.want)
		}
	}
	if got := links("[a](b.md) `[c](d.md)` [e](f(g).md)\n```\n[h](i.md)\n```\n![j](k.png)"); strings.Join(got, " ") != "b.md f(g).md k.png" {
		t.Errorf("links are %v", got)
	}
}

var subcategory = regexp.MustCompile(`(?m)^subcategory: "(.*)"$`)

// The Registry's sidebar has these groups. A page without one would be above them all.
func TestSubcategories(t *testing.T) {
	t.Parallel()
	groups := map[string]bool{
		"Gates": true, "Spend": true, "Customers and subscriptions": true, "Billing": true, "Legacy Azure": true, "Daily usage": true,
	}
	for _, page := range pages(t) {
		directory, _, _ := strings.Cut(strings.TrimPrefix(page, "docs/"), "/")
		if directory != "data-sources" && directory != "ephemeral-resources" && directory != "actions" {
			continue
		}
		text := read(t, page)
		match := subcategory.FindStringSubmatch(text)
		if match == nil || !groups[match[1]] {
			t.Errorf("%s is in no group of the sidebar: add it to templates/%s.md.tmpl", page, directory)
		}
		for _, want := range []string{"\n- **Sign in** as ", "/docs/index.md#sign-in)", "](../guides/"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not have %q", page, want)
			}
		}
	}
}
