package provider_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// cli is the terraform command on the PATH, or the one that TF_ACC_TERRAFORM_PATH
// names, as for terraform-plugin-testing. It may be that of OpenTofu.
type cli struct {
	path     string
	openTofu bool
	minor    int // 11 of 1.11.4
}

var installed = sync.OnceValues(func() (cli, error) {
	path, err := exec.LookPath(cmp.Or(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform"))
	if err != nil {
		return cli{}, err
	}
	command := exec.Command(path, "version") //nolint:noctx // Once for all tests.
	command.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
	output, err := command.Output()
	if err != nil {
		return cli{}, err
	}
	var name string
	var minor int
	if _, err := fmt.Sscanf(string(output), "%s v1.%d.", &name, &minor); err != nil {
		return cli{}, fmt.Errorf("%s is no Terraform 1 or OpenTofu 1: %q", path, output)
	}
	return cli{path, name == "OpenTofu", minor}, nil
})

// needTerraform skips a test where Terraform is not to be run, like tests of
// terraform-plugin-testing.
func needTerraform(t testing.TB) cli {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("runs Terraform only if TF_ACC is set")
	}
	c, err := installed()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c cli) String() string {
	if c.openTofu {
		return fmt.Sprintf("OpenTofu 1.%d", c.minor)
	}
	return fmt.Sprintf("Terraform 1.%d", c.minor)
}

// has tells whether this is Terraform 1.terraform or OpenTofu 1.openTofu, or later.
func (c cli) has(terraform, openTofu int) bool {
	if c.openTofu {
		return c.minor >= openTofu
	}
	return c.minor >= terraform
}

// never is the version of something that a command does not have.
const never = 1000

// since skips a test of what Terraform has from 1.terraform on, and OpenTofu not at all.
func since(t testing.TB, what string, terraform int) {
	t.Helper()
	if c := needTerraform(t); !c.has(terraform, never) {
		t.Skipf("%s has no %s", c, what)
	}
}

// language is what the tests write that not every Terraform reads for which the
// provider is made, which is Terraform 1.0 and OpenTofu 1.6.
var language = []struct {
	construct           *regexp.Regexp
	what                string
	terraform, openTofu int
}{
	{regexp.MustCompile(`\b(pre|post)condition\b`), "conditions", 2, 0},
	{regexp.MustCompile(`\bterraform_data\b`), "terraform_data", 4, 0},
	{regexp.MustCompile(`\.totals\.`), "way into an object", 2, 0}, // 1.2.7
	{regexp.MustCompile(`(?m)^\s*check "`), "checks", 5, 0},
	{regexp.MustCompile(`\bplantimestamp\(`), "plantimestamp", 5, 0},
	{regexp.MustCompile(`(?m)^mock_provider\b`), "mocks", 7, 8},
	{regexp.MustCompile(`\bprovider::`), "functions of providers", 8, 7},
	{regexp.MustCompile(`(?m)^\s*ephemeral\b`), "ephemeral values", 10, 11},
	{regexp.MustCompile(`(?m)^\s*action "`), "actions", 14, never},
	// OpenTofu 1.12 sends no null at all, which is an error in the framework.
	{regexp.MustCompile(`provider::\w+::\w+\(.*\bnull\)`), "null as the argument of a function", 8, never},
}

// needLanguage skips a test of a configuration that this Terraform does not read.
func needLanguage(t testing.TB, directory string) {
	t.Helper()
	if what := lacks(t, directory); what != "" {
		t.Skipf("%s has no %s", needTerraform(t), what)
	}
}

// lacks names what a configuration has that this Terraform does not read, if anything.
func lacks(t testing.TB, directory string) (what string) {
	t.Helper()
	c := needTerraform(t)
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".tf") && !strings.HasSuffix(path, ".tftest.hcl") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, newer := range language {
			if !c.has(newer.terraform, newer.openTofu) && newer.construct.Match(text) {
				what = newer.what
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return what
}

var longNumber = regexp.MustCompile(`\d+\.\d{12,}`)

// shown is a text as plans show it to people: Terraform from 1.4 to 1.6 and
// OpenTofu 1.6 round numbers there, and nowhere else.
func shown(t testing.TB, text string) string {
	t.Helper()
	if c := needTerraform(t); c.has(7, 7) || !c.has(4, 0) {
		return text
	}
	return longNumber.ReplaceAllStringFunc(text, func(digits string) string {
		rounded, err := strconv.ParseFloat(digits, 64)
		if err != nil {
			t.Fatal(err)
		}
		return strconv.FormatFloat(rounded, 'f', -1, 64)
	})
}
