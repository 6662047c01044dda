package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Where a part of a configuration fails, Terraform goes on with the others. So many
// configurations are planned as the modules of one: with one Terraform, one provider
// and one emulator.

// subject is a configuration that somebody may copy.
type subject struct {
	text      string
	files     map[string]string // that it reads
	variables map[string]string // as TF_VAR_<name> takes them
}

// planTogether plans subjects as modules, and returns what Terraform says of each. It
// leaves out those that this Terraform does not read.
func planTogether(t *testing.T, subjects map[string]subject, environment []string) outcomes {
	t.Helper()
	w := newWorkspace(t, "", environment...)
	directories := w.addModules(t, subjects)
	var calls, arguments strings.Builder
	for name, directory := range directories {
		fmt.Fprintf(&calls, "module %q {\n  source = %q\n", directory, "./"+directory)
		fmt.Fprintf(&arguments, "    %s = {\n", directory)
		for variable, value := range subjects[name].arguments() {
			fmt.Fprintf(&calls, "  %s = var.arguments.%s.%[1]s\n", variable, directory)
			fmt.Fprintf(&arguments, "      %s = %s\n", variable, value)
		}
		fmt.Fprintf(&calls, "}\noutput %q { value = module.%[1]s }\n", directory)
		arguments.WriteString("    }\n")
	}
	// Terraform validates before it knows variables: a wrong value fails in the plan.
	w.write(t, "main.tf", required+ownProvider+"variable \"arguments\" {\n  default = {\n"+arguments.String()+"  }\n}\n"+calls.String())
	w.terraform(t, "get").succeed(t)
	said := w.terraform(t, "plan", "-json", "-out=plan").byDirectory(t)
	if _, err := os.Stat(filepath.Join(w.directory, "plan")); err == nil {
		directory := ""
		for line := range strings.Lines(w.terraform(t, "show", "plan").succeed(t).stdout) {
			if match := begins.FindStringSubmatch(line); match != nil {
				directory = match[1]
			}
			s := said[directory]
			s.stdout += line
			said[directory] = s
		}
	}
	planned := outcomes{}
	for name, directory := range directories {
		planned[name] = said[directory]
		if said[directory].stdout+said[directory].stderr == "" {
			t.Errorf("%s: it was not planned", name)
		}
	}
	return planned
}

// planEach plans subjects together, and runs a test of what Terraform says of each.
func planEach(t *testing.T, subjects map[string]subject, environment []string, test func(t *testing.T, name string, planned outcome)) {
	t.Helper()
	planned := planTogether(t, subjects, environment)
	for name := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, name, planned.of(t, name))
		})
	}
}

// addModules writes each subject that this Terraform reads into a directory. They take
// the provider of the root, unless they configure one.
func (w *workspace) addModules(t *testing.T, subjects map[string]subject) (directories map[string]string) {
	t.Helper()
	directories = map[string]string{}
	files := map[string]string{}
	for i, name := range slices.Sorted(maps.Keys(subjects)) {
		s, directory := subjects[name], fmt.Sprintf("subject_%d", i)
		w.module(t, directory, strings.Replace(s.text, ownProvider, "\n", 1))
		if lacks(t, filepath.Join(w.directory, directory)) != "" {
			if err := os.RemoveAll(filepath.Join(w.directory, directory)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		directories[name] = directory
		for file, text := range s.files {
			if other, ok := files[file]; ok && other != text {
				t.Errorf("two subjects read different files %s", file)
			}
			files[file] = text
			w.write(t, file, text)
		}
		if strings.Contains(s.text, `module "`) {
			for _, module := range entries(t, modules) {
				w.copyTree(t, filepath.Join(directory, module), filepath.Join(modules, module))
			}
		}
	}
	return directories
}

// arguments are the values of the variables that the subject declares, as expressions.
func (s subject) arguments() map[string]string {
	given := map[string]string{}
	for _, match := range declaredVariable.FindAllStringSubmatch(s.text, -1) {
		value, ok := s.variables[match[1]]
		switch {
		case !ok:
		case strings.HasPrefix(value, "["), strings.HasPrefix(value, "{"):
			given[match[1]] = value
		default:
			given[match[1]] = strconv.Quote(value)
		}
	}
	return given
}

// outcomes are what Terraform says of each subject.
type outcomes map[string]outcome

// of skips the test of a subject that this Terraform does not read.
func (o outcomes) of(t *testing.T, name string) outcome {
	t.Helper()
	said, ok := o[name]
	if !ok {
		t.Skipf("%s does not read it", needTerraform(t))
	}
	return said
}

const ownProvider = "\nprovider \"partnercenter\" {}\n"

var (
	ofModule = regexp.MustCompile(`^module\.(\w+)\.`)
	inCall   = regexp.MustCompile(`^module "(subject_\d+)"$`)
	// The lines of a plan with which a change of a resource or of an output begins.
	begins = regexp.MustCompile(`^  (?:# module\.|\+ )(subject_\d+)\b`)
)

// byDirectory divides the output of terraform plan -json by the directories of modules
// into what was done and the errors and warnings, as Terraform writes them otherwise.
func (o outcome) byDirectory(t *testing.T) map[string]outcome {
	t.Helper()
	said := map[string]outcome{}
	for line := range strings.Lines(o.stdout) {
		var message struct {
			Text       string `json:"@message"`
			Diagnostic struct {
				Severity string `json:"severity"`
				Summary  string `json:"summary"`
				Detail   string `json:"detail"`
				Range    struct {
					File string `json:"filename"`
				} `json:"range"`
				Snippet struct {
					Context string `json:"context"`
				} `json:"snippet"`
			} `json:"diagnostic"`
		}
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		d := message.Diagnostic
		if d.Severity == "" {
			if match := ofModule.FindStringSubmatch(message.Text); match != nil {
				s := said[match[1]]
				s.stdout += message.Text + "\n"
				said[match[1]] = s
			}
			continue
		}
		directory, _, ok := strings.Cut(filepath.ToSlash(d.Range.File), "/")
		if call := inCall.FindStringSubmatch(d.Snippet.Context); call != nil {
			directory, ok = call[1], true // A value that a variable does not take.
		}
		if !ok && d.Severity == "error" {
			t.Errorf("an error that is not of a module:\n%s\n%s", d.Summary, d.Detail)
		}
		s := said[directory]
		s.stderr += strings.ToUpper(d.Severity[:1]) + d.Severity[1:] + ": " + d.Summary + "\n\n" + d.Detail + "\n\n"
		if d.Severity == "error" {
			s.code = 1
		}
		said[directory] = s
	}
	return said
}
