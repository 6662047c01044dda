package documentation_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What GitHub reads, and says nothing of where it is wrong: it leaves the form out, or
// updates nothing. Workflows are checked by actionlint.

// issueForm is a form
// (https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms).
type issueForm struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Labels      []string `json:"labels"`
	Body        []struct {
		Type       string `json:"type"`
		ID         string `json:"id"`
		Attributes struct {
			Label       string `json:"label"`
			Description string `json:"description"`
			Value       string `json:"value"`
			Render      string `json:"render"`
		} `json:"attributes"`
		Validations struct {
			Required bool `json:"required"`
		} `json:"validations"`
	} `json:"body"`
}

// issueChooser is what is shown before a form is chosen.
type issueChooser struct {
	BlankIssuesEnabled bool `json:"blank_issues_enabled"`
	ContactLinks       []struct {
		Name  string `json:"name"`
		URL   string `json:"url"`
		About string `json:"about"`
	} `json:"contact_links"`
}

// dependabot says what is kept up to date
// (https://docs.github.com/code-security/dependabot/working-with-dependabot/dependabot-options-reference).
type dependabot struct {
	Version int `json:"version"`
	Updates []struct {
		PackageEcosystem string   `json:"package-ecosystem"`
		Directory        string   `json:"directory"`
		Directories      []string `json:"directories"`
		Schedule         struct {
			Interval string `json:"interval"`
		} `json:"schedule"`
		Cooldown struct {
			DefaultDays int `json:"default-days"`
		} `json:"cooldown"`
		Groups map[string]struct {
			Patterns []string `json:"patterns"`
		} `json:"groups"`
	} `json:"updates"`
}

// readYAML reads a file. A field that the type does not have is an error.
func readYAML[T any](t *testing.T, name string) T {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "tool", "-modfile="+root+"tools/gojq/go.mod", "gojq", "--yaml-input", "--exit-status", ".", root+name)
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, output)
	}
	var content T
	decoder := json.NewDecoder(bytes.NewReader(output))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&content); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return content
}

var formID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func TestIssueForms(t *testing.T) {
	t.Parallel()
	const directory = ".github/ISSUE_TEMPLATE/"
	files, err := fs.Glob(os.DirFS(root), directory+"*.yml")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if name == directory+"config.yml" {
			for _, l := range readYAML[issueChooser](t, name).ContactLinks {
				if l.Name == "" || l.About == "" || !strings.HasPrefix(l.URL, "https://") {
					t.Errorf("%s: %+v", name, l)
				}
			}
			continue
		}
		form := readYAML[issueForm](t, name)
		if form.Name == "" || form.Description == "" {
			t.Errorf("%s has no name, or no description", name)
		}
		seen := map[string]bool{"": true}
		questions := 0
		for _, b := range form.Body {
			if b.Type == "markdown" {
				if b.Attributes.Value == "" {
					t.Errorf("%s has a text without a value", name)
				}
				continue
			}
			questions++
			if b.Type != "textarea" && b.Type != "input" || !formID.MatchString(b.ID) || seen[b.ID] || seen[b.Attributes.Label] {
				t.Errorf("%s: %+v", name, b)
			}
			seen[b.ID], seen[b.Attributes.Label] = true, true
		}
		if questions == 0 {
			t.Errorf("%s asks nothing", name)
		}
	}
}

func TestDependabot(t *testing.T) {
	t.Parallel()
	const name = ".github/dependabot.yml"
	file := readYAML[dependabot](t, name)
	updated := map[string][]string{}
	for _, u := range file.Updates {
		if (u.Directory == "") == (u.Directories == nil) || !slices.Contains([]string{"daily", "weekly", "monthly"}, u.Schedule.Interval) {
			t.Errorf("%s: %+v", name, u)
		}
		updated[u.PackageEcosystem] = append(updated[u.PackageEcosystem], append(u.Directories, u.Directory)...)
	}
	if file.Version != 2 || len(updated["github-actions"]) == 0 {
		t.Errorf("%s: %+v", name, file)
	}
	// No module is forgotten.
	for _, pattern := range []string{"go.mod", "*/go.mod", "*/*/go.mod"} {
		modules, err := fs.Glob(os.DirFS(root), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, module := range modules {
			directory := path.Join("/", path.Dir(module))
			if !slices.ContainsFunc(updated["gomod"], func(d string) bool { ok, err := path.Match(d, directory); return ok && err == nil }) {
				t.Errorf("%s leaves out %s", name, directory)
			}
		}
	}
}
