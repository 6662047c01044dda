package provider_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

const guides = "../../templates/guides/"

// fenced is the one block of a language in a file that has a text in it.
func fenced(t *testing.T, file, language, has string) string {
	t.Helper()
	var found []string
	for _, match := range regexp.MustCompile("(?ms)^( *)```"+language+"\n(.*?)^ *```$").FindAllStringSubmatch(content(t, file), -1) {
		if strings.Contains(match[2], has) {
			found = append(found, regexp.MustCompile("(?m)^"+match[1]).ReplaceAllString(match[2], ""))
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s has %d blocks of %s with %q", file, len(found), language, has)
	}
	return found[0]
}

// yamlItems are the items of a list in YAML, as far as the guides write it: each
// its lines from the dash on, without the indentation.
func yamlItems(t *testing.T, block, key string) []string {
	t.Helper()
	_, rest, found := strings.Cut("\n"+block, "\n"+key+":\n")
	if !found {
		t.Fatalf("no %q in\n%s", key, block)
	}
	indent := len(rest) - len(strings.TrimLeft(rest, " "))
	var items []string
	for line := range strings.Lines(rest) {
		if blank := strings.TrimSpace(line) == ""; !blank && len(line)-len(strings.TrimLeft(line, " ")) < indent {
			break
		}
		line = strings.TrimPrefix(line, strings.Repeat(" ", indent))
		if text, starts := strings.CutPrefix(line, "- "); starts {
			items = append(items, "")
			line = "  " + text
		}
		items[len(items)-1] += strings.TrimPrefix(line, "  ")
	}
	return items
}

// yamlValue is a value of an item: what follows on the line, or the lines below.
func yamlValue(item, key string) string {
	_, rest, found := strings.Cut("\n"+item, "\n"+key+": ")
	if !found {
		return ""
	}
	first, below, _ := strings.Cut(rest, "\n")
	if first != "|" {
		text, _, _ := strings.Cut(first, " #")
		return text
	}
	var text strings.Builder
	for line := range strings.Lines(below) {
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, " ") {
			break
		}
		text.WriteString(strings.TrimPrefix(line, "  "))
	}
	return text.String()
}

func TestYAML(t *testing.T) {
	t.Parallel()
	items := yamlItems(t, "plan:\n  script:\n    - a # b\n    - |\n      c\n        d\n  after: x\n", "  script")
	if got := fmt.Sprintf("%q", items); got != `["a # b\n" "|\nc\n  d\n"]` {
		t.Error(got)
	}
	items = yamlItems(t, "steps:\n  - uses: a\n  - name: b\n    run: |\n      c\n      d\n    if: e # f\n", "steps")
	if len(items) != 2 || yamlValue(items[1], "run") != "c\nd\n" || yamlValue(items[1], "if") != "e" || yamlValue(items[0], "run") != "" {
		t.Errorf("%q", items)
	}
}

// shell runs a script as a file of its own, as runners do.
func (w *workspace) shell(t *testing.T, script string, bash ...string) outcome {
	t.Helper()
	w.write(t, "script.sh", script)
	command := exec.CommandContext(t.Context(), "bash", append(bash, filepath.Join(w.directory, "script.sh"))...)
	command.Dir, command.Env = w.directory, w.environment
	var stdout, stderr strings.Builder
	command.Stdout, command.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := command.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), command.ProcessState.ExitCode()}
}

// github runs the steps as GitHub does where no shell is named: each in a bash
// with -e and without pipefail. A step without a condition runs if none failed.
func github(t *testing.T, w *workspace, steps []string) (all outcome) {
	t.Helper()
	for _, step := range steps {
		run := yamlValue(step, "run")
		always := strings.Contains(yamlValue(step, "if"), "!cancelled()")
		if run == "" || all.code != 0 && !always {
			continue
		}
		inStep := *w
		inStep.environment = append(slices.Clone(w.environment), stepEnvironment(step)...)
		o := inStep.shell(t, run, "--noprofile", "--norc", "-e")
		all = outcome{all.stdout + o.stdout, all.stderr + o.stderr, max(all.code, o.code)}
	}
	return all
}

// stepEnvironment is the env of a step, as far as it is about the pull request. What
// is about the sign-in is for the test to set.
func stepEnvironment(step string) (environment []string) {
	_, below, _ := strings.Cut(step, "\nenv:\n")
	for line := range strings.Lines(below) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if !strings.HasPrefix(line, " ") {
			break
		}
		value, _, _ = strings.Cut(value, " #")
		value = strings.NewReplacer(
			"${{ github.token }}", "a-token",
			"${{ github.workflow }}", "spend",
			"${{ github.repository }}", "contoso/spend",
			"${{ github.event.pull_request.number }}", "7",
		).Replace(value)
		if !strings.Contains(value, "${{") {
			environment = append(environment, name+"="+value)
		}
	}
	return environment
}

// gitlab runs a job as GitLab does: the script in one shell, and what comes after
// it in another, whose exit code counts for nothing.
func gitlab(t *testing.T, w *workspace, job string) outcome {
	t.Helper()
	lines := func(key string) string {
		items := yamlItems(t, job, "  "+key)
		for i, item := range items {
			items[i] = strings.TrimPrefix(item, "|\n")
		}
		return strings.Join(items, "")
	}
	o := w.shell(t, lines("script"), "-eo", "pipefail")
	after := w.shell(t, lines("after_script"), "-eo", "pipefail")
	return outcome{o.stdout + after.stdout, o.stderr + after.stderr, o.code}
}

// Every pipeline of the guides, in the shell that runs it: it ends well only if
// the plan did, and what it reports is of this plan. All begin with the state, the
// plan and the report of an earlier run that passed.
func TestPipelines(t *testing.T) {
	t.Parallel()
	since(t, "complete in a plan", 8, never)
	gate := pipelineGate
	// It waits for the apply, after what it should stop. Inside a check it is in the
	// plan as a read likewise, but has been read.
	deferred := strings.Replace(gate, "\n  lifecycle {", "\n  depends_on = [terraform_data.workload]\n  lifecycle {", 1) + "\nresource \"terraform_data\" \"workload\" {}\n"
	nested := regexp.MustCompile(`(?s)data "partnercenter_spend_gate" .*check "spend" {`).ReplaceAllString(gate, `check "spend" {
  data "partnercenter_spend_gate" "budget" {
    customer_ids     = ["`+emulator.MeteredCustomerID+`"]
    max_percent_used = 100
  }
`)
	const waits = "**data.partnercenter_spend_gate.budget is read during the apply, so this plan does not know what it says.**"
	const passed, warned, failed, stopped, none = "**Spend gate passed**:", "**Spend gate passed with warnings**:", "**Spend gate failed**:", "**The plan ended with an error.**", "**This plan has no report.**"
	inEveryShell := func(script string) map[string]func(*testing.T, *workspace) outcome {
		return map[string]func(*testing.T, *workspace) outcome{
			"bash":    func(t *testing.T, w *workspace) outcome { t.Helper(); return w.shell(t, script) },
			"bash -e": func(t *testing.T, w *workspace) outcome { t.Helper(); return w.shell(t, script, "-e") },
		}
	}
	steps := yamlItems(t, fenced(t, guides+"gate-spend.md", "yaml", "gh api"), "steps")
	job := fenced(t, guides+"gate-spend.md", "yaml", "after_script")
	signIn := yamlItems(t, regexp.MustCompile("(?m)^    ").ReplaceAllString(fenced(t, guides+"sign-in-for-ci.md", "yaml", "ACTIONS_ID_TOKEN"), ""), "steps")
	azure := yamlItems(t, "steps:\n"+fenced(t, guides+"sign-in-for-ci.md", "yaml", "AzureCLI@2"), "steps")[0]
	_, inline, _ := strings.Cut(azure, "  inlineScript: |\n")
	inline, _, _ = strings.Cut(inline, "\nenv:")
	plain, ci := "plain", "CI"

	for name, pipeline := range map[string]struct {
		shells  map[string]func(*testing.T, *workspace) outcome
		reports string // where, or nothing
		signIn  []string
	}{
		"gate-spend, exit codes": {inEveryShell(fenced(t, guides+"gate-spend.md", "shell", "-detailed-exitcode")), plain, nil},
		"report-spend":           {inEveryShell(fenced(t, guides+"report-spend.md", "shell", "report.jq")), plain, nil},
		"gate-spend, GitHub": {map[string]func(*testing.T, *workspace) outcome{
			"": func(t *testing.T, w *workspace) outcome { t.Helper(); return github(t, w, steps) },
		}, ci, nil},
		"gate-spend, GitLab": {map[string]func(*testing.T, *workspace) outcome{
			"": func(t *testing.T, w *workspace) outcome { t.Helper(); return gitlab(t, w, job) },
		}, ci, nil},
		"sign-in-for-ci, GitHub": {map[string]func(*testing.T, *workspace) outcome{
			"": func(t *testing.T, w *workspace) outcome { t.Helper(); return github(t, w, signIn) },
		}, "", []string{"PARTNERCENTER_CLIENT_SECRET=", "PARTNERCENTER_OIDC_TOKEN_FILE_PATH=oidc-token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=a", "ACTIONS_ID_TOKEN_REQUEST_URL=https://token.example"}},
		"sign-in-for-ci, Azure DevOps": {inEveryShell(inline), "", []string{"PARTNERCENTER_CLIENT_SECRET=", "tenantId=" + emulator.TenantID, "servicePrincipalId=" + emulator.ClientID, "idToken=" + emulator.FederatedAssertion}},
		"sign-in-for-ci, rotation":     {inEveryShell(strings.ReplaceAll(fenced(t, guides+"sign-in-for-ci.md", "shell", "az keyvault secret set"), "<vault>", "vault")), "", []string{"PARTNERCENTER_REFRESH_TOKEN="}},
	} {
		for shell, run := range pipeline.shells {
			for what, test := range map[string]struct {
				spent, environment, terraform, configuration string
				fails                                        bool
				says                                         []string // in the report
			}{
				"passed":     {says: []string{passed}},
				"warned":     {spent: "5000", says: []string{warned}},
				"failed":     {spent: "7200.50", fails: true, says: []string{stopped, failed}},
				"deferred":   {spent: "7200.50", configuration: deferred, fails: true, says: []string{waits}},
				"in a check": {configuration: nested, says: []string{passed}},
				"API error":  {environment: "PARTNERCENTER_ENDPOINT=http://127.0.0.1:1", fails: true, says: []string{stopped}},
				"killed":     {terraform: `kill -KILL $$`, fails: true, says: []string{none}},
				"crashed":    {terraform: `exit 2`, fails: true, says: []string{none}},
			} {
				if pipeline.reports == "" && what != "passed" && what != "failed" && what != "API error" && what != "killed" {
					continue // What those end with is the plan's code and no more.
				}
				t.Run(strings.Join([]string{name, shell, what}, " "), func(t *testing.T) {
					t.Parallel()
					e, environment := emulate(t, emulator.Options{})
					w := newPipeline(t, gate, environment)
					if test.spent != "" {
						if err := e.Spend(emulator.MeteredCustomerID, test.spent); err != nil {
							t.Fatal(err)
						}
					}
					if test.configuration != "" {
						w.write(t, "main.tf", required+test.configuration)
					}
					w.environment = append(w.environment, pipeline.signIn...)
					if test.environment != "" {
						w.environment = append(w.environment, test.environment)
					}
					if test.terraform != "" {
						w.program(t, "terraform", `[ "$1" != plan ] || `+test.terraform+"\nexec "+needTerraform(t).path+` "$@"`)
					}
					o := run(t, w)
					if (o.code != 0) != test.fails {
						t.Errorf("exit code %d\n%s\n%s", o.code, o.stdout, o.stderr)
					}
					if pipeline.reports == "" {
						return
					}
					report := o.stdout
					if pipeline.reports == ci {
						report = w.read(t, "posted")
					} else if test.says[0] == none {
						test.says = nil
					}
					for _, heading := range []string{passed, warned, failed, stopped, waits, none} {
						wanted := false
						for _, text := range test.says {
							wanted = wanted || strings.Contains(text, heading)
						}
						if got := strings.Contains(report, heading); got != wanted {
							t.Errorf("%q in the report: %v\n%s\n%s", heading, got, report, o.stderr)
						}
					}
				})
			}
		}
	}
}

// pipelineGate blocks, and warns.
const pipelineGate = `
provider "partnercenter" { max_retries = 0 }

data "partnercenter_spend_gate" "budget" {
  customer_ids      = ["` + emulator.MeteredCustomerID + `"]
  max_percent_used  = 100
  warn_percent_used = 80

  lifecycle {
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}

check "spend" {
  assert {
    condition     = data.partnercenter_spend_gate.budget.status == "passed"
    error_message = data.partnercenter_spend_gate.budget.summary
  }
}
`

// gh keeps the comments of pull request 7 in comments.json, and the last one that
// was written in posted.
const gh = `set -eo pipefail
case "$*" in
"api --paginate repos/contoso/spend/issues/7/comments --jq "*) jq -r "$5" comments.json ;;
"api --silent -X PATCH repos/contoso/spend/issues/comments/"*" -F body=@comment.md")
  jq --argjson id "${5##*/}" --rawfile body comment.md 'map(if .id == $id then .body = $body else . end)' comments.json > new.json ;;
"api --silent repos/contoso/spend/issues/7/comments -F body=@comment.md")
  jq --rawfile body comment.md '. + [{id: (length + 1), user: {login: "github-actions[bot]"}, body: $body}]' comments.json > new.json ;;
*) echo "gh $*" >&2; exit 1 ;;
esac
[ ! -e new.json ] || { mv new.json comments.json; cp comment.md posted; }
`

// A workflow writes one comment, and leaves those of others alone: of the same bot,
// and of somebody who copied the marker.
func TestPipelines_comment(t *testing.T) {
	t.Parallel()
	since(t, "complete in a plan", 8, never)
	e, environment := emulate(t, emulator.Options{})
	w := newPipeline(t, pipelineGate, environment)
	w.write(t, "comments.json", `[{"id":1,"user":{"login":"github-actions[bot]"},"body":"<!-- spend of other -->\nA"},{"id":2,"user":{"login":"somebody"},"body":"<!-- spend of spend -->\nB"}]`)
	steps := yamlItems(t, fenced(t, guides+"gate-spend.md", "yaml", "gh api"), "steps")
	github(t, w, steps).succeed(t)
	if err := e.Spend(emulator.MeteredCustomerID, "7200.50"); err != nil {
		t.Fatal(err)
	}
	if o := github(t, w, steps); o.code == 0 {
		t.Errorf("%s\n%s", o.stdout, o.stderr)
	}
	got := w.shell(t, `jq -r '.[] | "\(.id) \(.user.login) \(.body)"' comments.json`).succeed(t).stdout
	want := "1 github-actions[bot] <!-- spend of other -->\nA\n2 somebody <!-- spend of spend -->\nB\n3 github-actions[bot] <!-- spend of spend -->\n**The plan ended with an error.** "
	if !strings.HasPrefix(got, want) || strings.Count(got, "<!--") != 3 || !strings.Contains(got, "**Spend gate failed**") {
		t.Errorf("got %s", got)
	}
}

// Anybody may publish a provider of the same name: its gates are not reported.
func TestPipelines_otherProvider(t *testing.T) {
	t.Parallel()
	since(t, "complete in a plan", 8, never)
	_, environment := emulate(t, emulator.Options{})
	w := newPipeline(t, pipelineGate, environment)
	for address, reported := range map[string]bool{
		"registry.terraform.io/seed-12616aef/partnercenter":  true,
		"registry.opentofu.org/seed-12616aef/partnercenter":  true,
		"registry.terraform.io/seed-12616aef2/partnercenter": false,
	} {
		w.write(t, "other.json", strings.ReplaceAll(w.read(t, "plan.json"), `"registry.terraform.io/`+source+`"`, `"`+address+`"`))
		if report := w.shell(t, "jq -r -f report.jq other.json").succeed(t).stdout; strings.Contains(report, "Spend gate passed") != reported {
			t.Errorf("%s: %q", address, report)
		}
	}
}

// jq is built where there is none, so that no test is skipped.
var jq = sync.OnceValues(func() (string, error) {
	if file, err := exec.LookPath("jq"); err == nil {
		return file, nil
	}
	file := filepath.Join(programs, "jq")
	output, err := exec.Command("go", "build", "-modfile=../../tools/gojq/go.mod", "-o", file, "github.com/itchyny/gojq/cmd/gojq").CombinedOutput() //nolint:noctx // Once for all tests.
	if err != nil {
		return "", errors.New(string(output))
	}
	return file, nil
})

// newPipeline makes a workspace as a runner has it that keeps its files: an apply
// has been made, and a plan after it, both with a gate that passed.
func newPipeline(t *testing.T, configuration string, environment []string) *workspace {
	t.Helper()
	w := newWorkspace(t, configuration, environment...)
	mirror := filepath.Join(w.directory, "mirror")
	directory := filepath.Join(mirror, "registry.terraform.io", source, "0.1.0", runtime.GOOS+"_"+runtime.GOARCH)
	if err := os.MkdirAll(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(programs, "terraform-provider-partnercenter"), filepath.Join(directory, "terraform-provider-partnercenter_v0.1.0")); err != nil {
		t.Fatal(err)
	}
	w.write(t, "terraform.rc", `provider_installation { 
  filesystem_mirror { path = "`+mirror+`" } 
}`)
	if err := os.Mkdir(filepath.Join(w.directory, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.program(t, "terraform", "exec "+needTerraform(t).path+` "$@"`)
	file, err := jq()
	if err != nil {
		t.Fatal(err)
	}
	w.program(t, "jq", "exec "+file+` "$@"`)
	// What is posted, by gh and by curl; and the tokens that the sign-in asks for.
	w.program(t, "gh", gh)
	w.program(t, "curl", `case "$*" in *body@report.md*) cat report.md > posted ;; *) echo '{"value":"`+emulator.FederatedAssertion+`"}' ;; esac`)
	w.program(t, "az", `case "$*" in *show*) echo `+emulator.RefreshToken+` ;; *) grep -q . "$RUNNER_TEMP/refresh-token" ;; esac`)
	w.environment = append(w.environment,
		"PATH="+filepath.Join(w.directory, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"),
		"GITHUB_STEP_SUMMARY="+filepath.Join(w.directory, "summary"),
		"RUNNER_TEMP="+w.directory,
	)
	w.write(t, "report.jq", fenced(t, guides+"gate-spend.md", "jq", "read_by"))
	w.write(t, "posted", "")
	w.write(t, "comments.json", "[]")
	if o := w.shell(t, `set -e
terraform init
terraform apply -auto-approve
terraform plan -out=plan.tfplan
terraform show -json plan.tfplan > plan.json
jq -r -f report.jq plan.json > report.md
grep -F '**Spend gate passed**:' report.md`); o.code != 0 {
		t.Fatalf("%s\n%s", o.stdout, o.stderr)
	}
	return w
}

// program puts a script on the PATH of a pipeline.
func (w *workspace) program(t *testing.T, name, script string) {
	t.Helper()
	file := filepath.Join(w.directory, "bin", name)
	if err := os.WriteFile(file, []byte("#!/bin/bash\n"+script+"\n"), 0o700); err != nil { //nolint:gosec // A program.
		t.Fatal(err)
	}
}
