package provider_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

const (
	guides    = "../../templates/guides/"
	pipelines = "../../examples/pipelines/"
)

// fenced is the one block of a language in a file that has a text in it.
func fenced(t *testing.T, file, language, has string) string {
	t.Helper()
	var found []string
	for _, match := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(content(t, file), -1) {
		if strings.Contains(match[1], has) {
			found = append(found, match[1])
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s has %d blocks of %s with %q", file, len(found), language, has)
	}
	return found[0]
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

// What a report may say first.
const (
	saysPassed  = "**Spend gate passed**:"
	saysWarned  = "**Spend gate passed with warnings**:"
	saysFailed  = "**Spend gate failed**:"
	saysAzure   = "**Azure subscription gate failed**:"
	saysStopped = "**The plan ended with an error."
	saysNothing = "without a report."
	saysGarbled = "**The plan could not be read."
	saysWaits   = "`data.partnercenter_spend_gate.budget` is read during the apply"
	saysNoGate  = "**This plan has read no spend gate.**"
	saysUnread  = "`data.partnercenter_spend_gate.budget` has not been read by this plan."
	saysNull    = "`data.partnercenter_spend_gate.budget` could not be read."
	saysPartly  = "**This plan is not complete**"
	saysTwo     = "**2 spend gates: 1 failed, 1 passed.**"
)

var everySaying = []string{saysPassed, saysWarned, saysFailed, saysAzure, saysStopped, saysNothing, saysGarbled, saysWaits, saysNoGate, saysUnread, saysNull, saysPartly, saysTwo}

// recordedPlan is what one terraform plan left behind, and what the script is to
// make of it.
type recordedPlan struct {
	directory string
	code      int      // of the script
	says      []string // and nothing else of everySaying
}

// terraformOfPlans is a terraform that plays a plan again.
const terraformOfPlans = `#!/bin/sh
env | grep '^PARTNERCENTER_' > environment
case $1 in
init) ;;
plan)
	out=/dev/null
	for argument; do
		case $argument in -out=*) out=${argument#-out=} ;; esac
	done
	[ ! -e "$RECORDED/plan" ] || cp "$RECORDED/plan" "$out"
	cat "$RECORDED/output"
	[ ! -e "$RECORDED/kill" ] || . "$RECORDED/kill"
	exit "$(cat "$RECORDED/code")"
	;;
workspace) [ "$2" = show ] && cat workspace ;;
show) cmp "$3" "$RECORDED/plan" >&2 && cat "$RECORDED/json" ;;
*) exit 1 ;;
esac
`

// recordPlans makes each plan once, with a real Terraform. All of them begin with the
// state of an apply whose gate has passed.
func recordPlans(t *testing.T) map[string]recordedPlan {
	t.Helper()
	since(t, "complete in a plan", 8)
	e, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, pipelineGate, environment...)
	w.terraform(t, "apply", "-auto-approve").succeed(t)
	spend := func(cost string) {
		if err := e.Spend(emulator.MeteredCustomerID, cost); err != nil {
			t.Fatal(err)
		}
	}
	onlyReports := strings.Replace(pipelineGate, "lifecycle {\n    postcondition {\n      condition     = self.passed\n      error_message = self.summary\n    }\n  }", "", 1)
	workload := "\nresource \"terraform_data\" \"workload\" {}\n"
	inCheck := regexp.MustCompile(`(?s)data "partnercenter_spend_gate" .*check "spend" {`).ReplaceAllString(pipelineGate, `check "spend" {
  data "partnercenter_spend_gate" "budget" {
    customer_ids     = ["`+emulator.MeteredCustomerID+`"]
    max_percent_used = 100
  }
`)
	down := []string{"PARTNERCENTER_ENDPOINT=http://127.0.0.1:1"}
	plans := map[string]recordedPlan{}
	directory := t.TempDir()
	record := func(name string, says []string, code, planCode int, configuration string, environment []string, arguments ...string) {
		t.Helper()
		w := *w
		w.environment = append(slices.Clone(w.environment), environment...)
		w.write(t, "main.tf", required+configuration)
		o := w.terraform(t, append([]string{"plan", "-detailed-exitcode", "-out=plan.tfplan"}, arguments...)...)
		if o.code != planCode {
			t.Fatalf("%s: exit code %d\n%s\n%s", name, o.code, o.stdout, o.stderr)
		}
		plan := recordedPlan{filepath.Join(directory, name), code, says}
		if err := os.Mkdir(plan.directory, 0o700); err != nil {
			t.Fatal(err)
		}
		for file, content := range map[string]string{
			"plan":   w.read(t, "plan.tfplan"),
			"json":   w.terraform(t, "show", "-json", "plan.tfplan").succeed(t).stdout,
			"output": o.stdout + o.stderr,
			"code":   strconv.Itoa(o.code),
		} {
			if err := os.WriteFile(filepath.Join(plan.directory, file), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		plans[name] = plan
	}
	record("passed", []string{saysPassed}, 0, 0, pipelineGate, nil)
	record("changes", []string{saysPassed}, 0, 2, pipelineGate+workload, nil)
	record("in a check", []string{saysPassed}, 0, 2, inCheck, nil)
	record("in a check, unread", []string{saysNull}, 1, 2, inCheck, down)
	record("API error", []string{saysStopped}, 1, 1, pipelineGate, down)
	record("no gate", []string{saysNoGate}, 1, 2, workload, nil)
	record("target", []string{saysUnread, saysNoGate}, 1, 2, onlyReports+workload, nil, "-target=terraform_data.workload")
	record("both gates", []string{saysTwo, saysPassed, saysAzure}, 1, 0, onlyReports+`
data "partnercenter_azure_subscription_gate" "workload" {
  customer_id           = "6a78bc81-09e8-486f-a388-61ea2d959e23"
  azure_subscription_id = "36f675cc-81e7-4ef5-a8e2-5d940ed90475"
  currency_code         = "EUR"
  max_total_cost        = 0
}`, nil)
	record("target of a gate with a condition", []string{saysUnread, saysNoGate}, 1, 2, pipelineGate+workload, nil, "-target=terraform_data.workload")
	record("target of one gate of two", []string{saysPassed, saysPartly}, 0, 0, pipelineGate+`
data "partnercenter_spend_gate" "more" { max_usd_total_cost = 0 }`, nil, "-target=data.partnercenter_spend_gate.budget")
	record("destroy", []string{saysUnread, saysNoGate}, 1, 2, pipelineGate, nil, "-destroy", "-refresh=false")
	record("two gates", []string{saysTwo, saysPassed, saysFailed}, 1, 0, onlyReports+`
data "partnercenter_spend_gate" "more" {
  for_each     = toset(["<img>`+"`"+`\n:::error::###vso[task.complete]"])
  customer_ids = ["`+emulator.MeteredCustomerID+`"]

  max_usd_total_cost = 0
}`, nil)
	spend("5000")
	record("warned", []string{saysWarned}, 0, 0, pipelineGate, nil)
	spend("7200.50")
	record("failed", []string{saysStopped, saysFailed}, 1, 1, pipelineGate, nil)
	record("failed, no postcondition", []string{saysFailed}, 1, 0, onlyReports, nil)
	record("deferred", []string{saysWaits, saysNoGate}, 1, 2, strings.Replace(pipelineGate, "\n  lifecycle {", "\n  depends_on = [terraform_data.workload]\n  lifecycle {", 1)+workload, nil)
	for name, files := range map[string]map[string]string{
		"killed":  {"kill": "kill -KILL $$", "output": "", "code": "1"},
		"crashed": {"output": "panic: runtime error\n", "code": "2"},
		"wrapped": {"output": "", "code": "0", "plan": "a plan", "json": "[command]terraform show\n{}"},
		"empty":   {"output": "", "code": "0", "plan": "a plan", "json": ""},
		"twice":   {"output": "", "code": "0", "plan": "a plan", "json": "{}{}"},
	} {
		plan := recordedPlan{filepath.Join(directory, name), 1, []string{saysGarbled}}
		if err := os.Mkdir(plan.directory, 0o700); err != nil {
			t.Fatal(err)
		}
		for file, content := range files {
			if err := os.WriteFile(filepath.Join(plan.directory, file), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		plans[name] = plan
	}
	plans["killed"] = recordedPlan{plans["killed"].directory, 137, []string{saysNothing}}
	return plans
}

// remark is a comment, a note or a thread of one comment.
type remark struct {
	id                 int
	author, body, more string
}

// forge answers as the APIs of the forges do, as far as the script uses them, about
// pull request 7 of contoso/spend.
type forge struct {
	mu       sync.Mutex // held by the test, except while a command runs
	remarks  []remark
	messages []string
	fails    http.HandlerFunc // instead of all of this
	secret   string
	pageSize int
}

const me = "the pipeline"

func (f *forge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails != nil {
		f.fails(w, r)
		return
	}
	if r.URL.Path == "/oidc" {
		if r.Header.Get("Authorization") != "Bearer a-request-token" || r.URL.RawQuery != "id=1&audience=api://AzureADTokenExchange" {
			http.Error(w, r.URL.RawQuery, http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"count":1,"value":"an-oidc-token"}`)
		return
	}
	content, _ := io.ReadAll(r.Body)
	if webhook, is := strings.CutPrefix(r.URL.Path, "/webhook/"); is {
		f.messages = append(f.messages, webhook+": "+string(content))
		w.WriteHeader(http.StatusAccepted)
		return
	}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if cmp.Or(r.Header.Get("PRIVATE-TOKEN"), token) != f.secret {
		http.Error(w, "no token", http.StatusUnauthorized)
		return
	}
	var body struct {
		Body     string          `json:"body"`
		Content  json.RawMessage `json:"content"`
		Status   string          `json:"status"`
		Comments []struct {
			Content string `json:"content"`
		} `json:"comments"`
	}
	if r.Method != http.MethodGet {
		if err := json.Unmarshal(content, &body); err != nil || r.Header.Get("Content-Type") != "application/json" {
			http.Error(w, "no JSON: "+string(content), http.StatusBadRequest)
			return
		}
	}
	text := body.Body
	if len(body.Content) > 0 && json.Unmarshal(body.Content, &text) != nil {
		var content struct {
			Raw string `json:"raw"`
		}
		_ = json.Unmarshal(body.Content, &content)
		text = content.Raw
	}
	if len(body.Comments) == 1 {
		text = body.Comments[0].Content
	}
	// The kind of API, the collection, and what remains of the path.
	collections := map[string]*regexp.Regexp{
		"github":       regexp.MustCompile(`^/github/repos/contoso/spend/issues(?:/7/comments$|/comments(/\d+)$)`),
		"gitlab":       regexp.MustCompile(`^/gitlab/projects/42/merge_requests/7/notes(/\d+)?$`),
		"azure-devops": regexp.MustCompile(`^/azure/contoso/a-project/_apis/git/repositories/a-repository/pullRequests/7/threads(/\d+(?:/comments/1)?)?$`),
		"bitbucket":    regexp.MustCompile(`^/bitbucket/repositories/contoso/spend/pullrequests/7/comments(/\d+)?$`),
	}
	switch r.URL.Path {
	case "/gitlab/user":
		writeJSON(w, http.StatusOK, map[string]any{"id": 1, "username": me})
		return
	case "/azure/contoso/_apis/connectionData":
		if r.URL.RawQuery != "api-version=7.1-preview" {
			http.Error(w, "The -preview flag must be supplied", http.StatusBadRequest)
			return
		}
		writeJSON(w, http.StatusOK, map[string]any{"authenticatedUser": map[string]any{"id": me}})
		return
	}
	for kind, collection := range collections {
		match := collection.FindStringSubmatch(r.URL.Path)
		if match == nil || kind == "azure-devops" && r.URL.RawQuery != "api-version=7.1" {
			continue
		}
		change := map[string]string{"github": "PATCH", "gitlab": "PUT", "azure-devops": "PATCH", "bitbucket": "PUT"}[kind]
		switch {
		case r.Method == http.MethodGet && match[1] == "":
			f.list(w, r, kind)
		case r.Method == http.MethodPost && match[1] == "":
			f.remarks = append(f.remarks, remark{len(f.remarks) + 1, me, text, body.Status})
			writeJSON(w, http.StatusCreated, map[string]any{"id": len(f.remarks)})
		case r.Method == change && match[1] != "":
			id, inThread, _ := strings.Cut(match[1][1:], "/")
			number, _ := strconv.Atoi(id)
			if number < 1 || number > len(f.remarks) {
				http.NotFound(w, r)
			} else if changed := &f.remarks[number-1]; changed.author != me {
				http.Error(w, "not yours", http.StatusForbidden)
			} else {
				if kind == "azure-devops" && inThread == "" {
					changed.more = body.Status
				} else {
					changed.body = text
				}
				writeJSON(w, http.StatusOK, map[string]any{"id": number})
			}
		default:
			http.Error(w, r.Method, http.StatusMethodNotAllowed)
		}
		return
	}
	http.NotFound(w, r)
}

func writeJSON(w http.ResponseWriter, status int, content any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(content)
}

func (f *forge) list(w http.ResponseWriter, r *http.Request, kind string) {
	page := 1
	if text := r.FormValue("page"); text != "" {
		page, _ = strconv.Atoi(text)
	}
	size := f.pageSize
	if kind == "azure-devops" { // It has no pages.
		size = max(1, len(f.remarks))
	}
	list := []any{}
	for _, c := range f.remarks[min((page-1)*size, len(f.remarks)):min(page*size, len(f.remarks))] {
		user := map[string]any{"id": 2, "login": c.author}
		if c.author == me {
			user = map[string]any{"id": 1, "login": "github-actions[bot]"}
		}
		switch kind {
		case "github":
			list = append(list, map[string]any{"id": c.id, "user": user, "body": strings.ReplaceAll(c.body, "\n", "\r\n")})
		case "gitlab":
			list = append(list, map[string]any{"id": c.id, "author": user, "system": false, "body": c.body})
		case "azure-devops":
			list = append(list, map[string]any{"id": c.id, "comments": []any{map[string]any{"id": 1, "author": map[string]any{"id": c.author}, "content": c.body}}})
		case "bitbucket":
			list = append(list, map[string]any{"id": c.id, "deleted": false, "content": map[string]any{"raw": c.body}})
		}
	}
	switch kind {
	case "azure-devops":
		writeJSON(w, http.StatusOK, map[string]any{"value": list})
	case "bitbucket":
		answer := map[string]any{"values": list}
		if page*size < len(f.remarks) {
			answer["next"] = fmt.Sprintf("http://%s%s?page=%d", r.Host, r.URL.Path, page+1)
		}
		writeJSON(w, http.StatusOK, answer)
	default:
		writeJSON(w, http.StatusOK, list)
	}
}

// variables are what the runners of a forge set, with pull request 7 or without.
func variables(kind, url string, pullRequest bool) []string {
	set := map[string][]string{
		"github":       {"GITHUB_TOKEN=a-secret", "GITHUB_API_URL=" + url + "/github", "GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY=contoso/spend", "GITHUB_RUN_ID=5", "GITHUB_WORKFLOW=spend", "GITHUB_JOB=plan", "GITHUB_REF=refs/heads/main"},
		"gitlab":       {"GITLAB_TOKEN=a-secret", "CI_API_V4_URL=" + url + "/gitlab", "CI_JOB_URL=https://gitlab.com/-/jobs/5", "CI_JOB_NAME=spend"},
		"azure-devops": {"SYSTEM_ACCESSTOKEN=a-secret", "SYSTEM_COLLECTIONURI=" + url + "/azure/contoso/", "SYSTEM_TEAMPROJECTID=a-project", "BUILD_REPOSITORY_ID=a-repository", "BUILD_REPOSITORY_PROVIDER=TfsGit", "BUILD_BUILDID=5", "BUILD_DEFINITIONNAME=spend"},
		"bitbucket":    {"BITBUCKET_TOKEN=a-secret", "BITBUCKET_API_URL=" + url + "/bitbucket", "BITBUCKET_REPO_FULL_NAME=contoso/spend", "BITBUCKET_BUILD_NUMBER=5"},
	}[kind]
	if pullRequest {
		set = append(set, map[string][]string{
			"github":       {"GITHUB_REF=refs/pull/7/merge"},
			"gitlab":       {"CI_MERGE_REQUEST_IID=7", "CI_MERGE_REQUEST_PROJECT_ID=42"},
			"azure-devops": {"SYSTEM_PULLREQUEST_PULLREQUESTID=7"},
			"bitbucket":    {"BITBUCKET_PR_ID=7"},
		}[kind]...)
	}
	return set
}

// newForge starts a forge on which others have commented: a bot of the same account
// for another pipeline, and somebody who has copied the marker, or begun with it.
func newForge(t *testing.T, w *workspace, marker string) (*forge, string) {
	t.Helper()
	f := &forge{secret: "a-secret", pageSize: 2, remarks: []remark{
		{1, me, "[//]: # (spend-gate b3RoZXI=)\n\nof another pipeline", ""},
		{2, "somebody", marker + "\n\ncopied", ""},
		{3, me, marker + "x\n\nof another pipeline", ""},
		{4, "somebody", "", ""},
	}}
	f.mu.Lock()
	w.forges = append(w.forges, f)
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, server.URL
}

// newRunner makes a directory as a runner has it that keeps its files: with the plan
// of an earlier run.
func newRunner(t *testing.T) *workspace {
	t.Helper()
	w := &workspace{directory: t.TempDir()}
	if err := os.Mkdir(filepath.Join(w.directory, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.environment = []string{
		"PATH=" + filepath.Join(w.directory, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"),
		"HOME=" + w.directory,
		"TMPDIR=" + w.directory,
		"RUNNER_TEMP=" + w.directory,
		"NO_PROXY=*",
	}
	w.write(t, "plan.tfplan", "of an earlier run")
	for _, file := range []string{"spend-gate.sh", "report.jq"} {
		w.write(t, file, content(t, pipelines+file))
	}
	w.program(t, "terraform", terraformOfPlans)
	for name, file := range builtTools(t) {
		if err := os.Symlink(file, filepath.Join(w.directory, "bin", name)); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// builtTools are jq and curl, so that no test is skipped where there are none.
func builtTools(t *testing.T) map[string]string {
	t.Helper()
	curl, err := builtCurl()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"jq": tool(t, "gojq"), "curl": curl}
}

// program puts a script on the PATH, in place of what is there.
func (w *workspace) program(t *testing.T, name, script string) {
	t.Helper()
	file := filepath.Join(w.directory, "bin", name)
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(script), 0o700); err != nil { //nolint:gosec // A program.
		t.Fatal(err)
	}
}

// play runs a command in the directory, about a plan.
func (w *workspace) play(t *testing.T, plan recordedPlan, environment []string, command ...string) outcome {
	t.Helper()
	c := exec.CommandContext(t.Context(), command[0], command[1:]...) //nolint:gosec // The script under test.
	c.Dir, c.Env = w.directory, slices.Concat(w.environment, environment, []string{"RECORDED=" + plan.directory})
	var stdout, stderr strings.Builder
	c.Stdout, c.Stderr = &stdout, &stderr
	for _, f := range w.forges {
		f.mu.Unlock()
	}
	err := c.Run()
	for _, f := range w.forges {
		f.mu.Lock()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), c.ProcessState.ExitCode()}
}

// check tells which of everySaying a report has.
func (p recordedPlan) check(t *testing.T, what, report string) {
	t.Helper()
	for _, saying := range everySaying {
		if got, want := strings.Contains(report, saying), slices.Contains(p.says, saying); got != want {
			t.Errorf("%s: %q in the report: %v\n%s", what, saying, got, report)
		}
	}
}

// markerOf is the marker of an environment, in a directory that is the root.
func markerOf(t *testing.T, w *workspace, kind string, environment []string) string {
	t.Helper()
	f, url := newForge(t, w, "")
	f.remarks = nil
	w.play(t, recordedPlan{directory: "/nowhere"}, append(variables(kind, url, true), environment...), "sh", "spend-gate.sh", kind)
	if len(f.remarks) != 1 {
		t.Fatalf("%d comments", len(f.remarks))
	}
	marker, _, _ := strings.Cut(f.remarks[0].body, "\n")
	if !regexp.MustCompile(`^\[//\]: # \(spend-gate [A-Za-z0-9+/=]+\)$`).MatchString(marker) {
		t.Fatalf("the marker is %q", marker)
	}
	return marker
}

var forges = []string{"github", "gitlab", "azure-devops", "bitbucket"}

// The script is run with plans that were made once, on a stub of each forge.
func TestPipelines(t *testing.T) {
	t.Parallel()
	plans := recordPlans(t)
	order := slices.Sorted(maps.Keys(plans))

	for _, kind := range forges {
		// One pull request, and one run after the other: each updates the one comment.
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newRunner(t)
			marker := markerOf(t, w, kind, nil)
			f, url := newForge(t, w, marker)
			others := slices.Clone(f.remarks)
			for _, name := range append(order, "passed") {
				plan := plans[name]
				w.write(t, "plan.tfplan", "of an earlier run")
				o := w.play(t, plan, variables(kind, url, true), "sh", "spend-gate.sh", kind)
				if o.code != plan.code {
					t.Errorf("%s: exit code %d\n%s\n%s", name, o.code, o.stdout, o.stderr)
				}
				if _, err := os.Stat(filepath.Join(w.directory, "plan.tfplan")); (err == nil) != (plan.code == 0) {
					t.Errorf("%s: the plan file: %v", name, err)
				}
				if len(f.remarks) != len(others)+1 || !slices.Equal(f.remarks[:len(others)], others) {
					t.Fatalf("%s: %+v\n%s", name, f.remarks, o.stderr)
				}
				comment := f.remarks[len(others)]
				plan.check(t, name, comment.body)
				plan.check(t, name, o.stdout)
				if !strings.HasPrefix(comment.body, marker+"\n\n**") || !strings.Contains(comment.body, "[The log of this run](http") {
					t.Errorf("%s: %s", name, comment.body)
				}
				if state := map[bool]string{true: "closed", false: "active"}[plan.code == 0]; kind == "azure-devops" && comment.more != state {
					t.Errorf("%s: the thread is %s", name, comment.more)
				}
			}
			if left, err := filepath.Glob(filepath.Join(w.directory, "tmp.*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %q %v", left, err)
			}
		})

		// The verdict is not lost, and a comment that could not be posted is a failure.
		t.Run(kind+" fails", func(t *testing.T) {
			t.Parallel()
			w := newRunner(t)
			f, url := newForge(t, w, "")
			environment := variables(kind, url, true)
			for what, fails := range map[string]http.HandlerFunc{
				"forbidden": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, ":::error::no", http.StatusForbidden) },
				"moved": func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, "/elsewhere", http.StatusMovedPermanently)
				},
				"sign-in": func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(http.StatusNonAuthoritativeInfo)
					_, _ = io.WriteString(w, "<html>")
				},
				"HTML":       func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
				"nothing":    func(http.ResponseWriter, *http.Request) {},
				"other JSON": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"message":"no"}`) },
				"only read": func(w http.ResponseWriter, r *http.Request) {
					if r.Method != http.MethodGet {
						http.Error(w, "no", http.StatusForbidden)
						return
					}
					_, _ = io.WriteString(w, map[string]string{
						"github": "[]", "gitlab": map[bool]string{true: `{"id":1}`, false: "[]"}[strings.HasSuffix(r.URL.Path, "/user")],
						"azure-devops": `{"authenticatedUser":{"id":"a"},"value":[]}`, "bitbucket": `{"values":[]}`,
					}[kind])
				},
				"hangs up":    func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
				"wrong token": nil,
				"no token":    nil,
			} {
				f.fails, f.secret = fails, "a-secret"
				more := []string{}
				switch what {
				case "wrong token":
					f.secret = "another"
				case "no token": // As for a fork.
					more = []string{"GITHUB_TOKEN=", "GITLAB_TOKEN=", "SYSTEM_ACCESSTOKEN=", "BITBUCKET_TOKEN="}
				}
				want := map[string]int{"passed": 1}
				if what == "forbidden" {
					want = map[string]int{"passed": 1, "warned": 1, "failed": 1, "no gate": 1, "killed": 137}
				}
				for name, want := range want {
					o := w.play(t, plans[name], slices.Concat(environment, more), "sh", "spend-gate.sh", kind)
					if o.code != want || !strings.Contains(o.stderr, "could not be posted") {
						t.Errorf("%s, %s: exit code %d\n%s", what, name, o.code, o.stderr)
					}
					plans[name].check(t, what, o.stdout)
					if strings.Contains(o.stdout+o.stderr, "::") {
						t.Errorf("%s: a command in the log:\n%s", what, o.stderr)
					}
				}
			}
			if len(f.remarks) != 4 {
				t.Errorf("%+v", f.remarks)
			}
		})

		t.Run(kind+" without a pull request", func(t *testing.T) {
			t.Parallel()
			w := newRunner(t)
			f, url := newForge(t, w, "")
			environment := append(variables(kind, url, false), "SLACK_WEBHOOK_URL="+url+"/webhook/slack", "TEAMS_WEBHOOK_URL="+url+"/webhook/teams")
			for _, name := range []string{"passed", "warned", "failed", "no gate", "killed"} {
				plan := plans[name]
				f.messages = nil
				o := w.play(t, plan, environment, "sh", "spend-gate.sh", kind)
				if o.code != plan.code || len(f.remarks) != 4 {
					t.Errorf("%s: exit code %d, %+v\n%s", name, o.code, f.remarks, o.stderr)
				}
				if want := map[bool]int{true: 0, false: 2}[plan.code == 0 && name != "warned"]; len(f.messages) != want {
					t.Errorf("%s: %q\n%s", name, f.messages, o.stderr)
				}
			}
			f.fails = func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }
			if o := w.play(t, plans["warned"], environment, "sh", "spend-gate.sh", kind); o.code != 1 || strings.Contains(o.stderr, "/webhook") {
				t.Errorf("exit code %d\n%s", o.code, o.stderr)
			}
		})

		// It is cut after a line, and says so.
		t.Run(kind+" limit", func(t *testing.T) {
			t.Parallel()
			limit := map[string]int{"github": 65536, "gitlab": 1000000, "azure-devops": 150000, "bitbucket": 32768}[kind]
			w := newRunner(t)
			f, url := newForge(t, w, "")
			const row = "| Zoë | 1 | 2 | 3 | 4 |\n"
			for what, report := range map[string]string{
				"many rows": saysFailed + " 9.\n\n| a |\n|---|\n" + strings.Repeat(row, limit/len(row)+1),
				"a chart":   saysFailed + " 9.\n\n" + strings.Repeat(row, limit/len(row)-20) + "\n```mermaid\n" + strings.Repeat(row, 20) + "```\n",
				"one line":  strings.Repeat(row[:len(row)-1], limit/(len(row)-1)+1),
			} {
				f.remarks = nil
				plan := plans["failed, no postcondition"].altered(t, func(values map[string]any) { values["report_markdown"] = report })
				o := w.play(t, plan, variables(kind, url, true), "sh", "spend-gate.sh", kind)
				if o.code != 1 || len(f.remarks) != 1 {
					t.Fatalf("%s: exit code %d, %d comments\n%s", what, o.code, len(f.remarks), o.stderr)
				}
				body := f.remarks[0].body
				cut := what != "a chart" || kind == "github" || kind == "gitlab" // The others leave the chart out.
				if len(body) > limit || strings.Contains(body, "**The rest is cut off: it is too long for a comment.**") != cut || strings.Contains(body, "```") || !strings.Contains(body, "[The log of this run]") {
					t.Errorf("%s: %d bytes: %.300s ... %s", what, len(body), body, body[max(0, len(body)-300):])
				}
				if what != "one line" && (len(body) < limit-3*len(row)*20 || !strings.Contains(body, "\n\n"+saysFailed)) {
					t.Errorf("%s: %d bytes: %.300s", what, len(body), body)
				}
			}
		})
	}

	t.Run("none", func(t *testing.T) {
		t.Parallel()
		for _, name := range order {
			w := newRunner(t)
			o := w.play(t, plans[name], nil, "bash", "spend-gate.sh", "none")
			if o.code != plans[name].code {
				t.Errorf("%s: exit code %d\n%s\n%s", name, o.code, o.stdout, o.stderr)
			}
			plans[name].check(t, name, o.stdout)
		}
	})

	// What the other tests run with is built here.
	t.Run("jq and curl", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"jq", "curl"} {
			if _, err := exec.LookPath(name); err != nil {
				t.Skip(err)
			}
		}
		for _, kind := range forges {
			w := newRunner(t)
			for _, name := range []string{"jq", "curl"} {
				if err := os.Remove(filepath.Join(w.directory, "bin", name)); err != nil {
					t.Fatal(err)
				}
			}
			f, url := newForge(t, w, "")
			f.remarks = f.remarks[:3]
			for _, name := range []string{"passed", "two gates"} {
				o := w.play(t, plans[name], variables(kind, url, true), "sh", "spend-gate.sh", kind)
				if o.code != plans[name].code || len(f.remarks) != 4 {
					t.Fatalf("%s, %s: exit code %d, %+v\n%s", kind, name, o.code, f.remarks, o.stderr)
				}
				plans[name].check(t, name, f.remarks[3].body)
			}
			environment := append(variables(kind, url, false), "SLACK_WEBHOOK_URL="+url+"/webhook/slack", "TEAMS_WEBHOOK_URL="+url+"/webhook/teams")
			if o := w.play(t, plans["warned"], environment, "sh", "spend-gate.sh", kind); o.code != 0 || len(f.messages) != 2 {
				t.Errorf("%s: exit code %d, %q\n%s", kind, o.code, f.messages, o.stderr)
			}
			if kind != "github" {
				continue
			}
			f.fails = func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }
			if o := w.play(t, plans["passed"], variables(kind, url, true), "sh", "spend-gate.sh", kind); o.code != 1 {
				t.Errorf("%s: exit code %d\n%s", kind, o.code, o.stderr)
			}
		}
	})

	t.Run("atlantis", func(t *testing.T) {
		t.Parallel()
		w := newRunner(t)
		file := filepath.Join(w.directory, "atlantis.tfplan")
		for _, name := range order {
			o := w.play(t, plans[name], []string{"PLANFILE=" + file}, "sh", "spend-gate.sh", "atlantis")
			if o.code != plans[name].code || !strings.HasPrefix(o.stdout, "**") || strings.Contains(o.stdout, "```") {
				t.Errorf("%s: exit code %d\n%s\n%s", name, o.code, o.stdout, o.stderr)
			}
			plans[name].check(t, name, o.stdout)
			if _, err := os.Stat(file); (err == nil) != (plans[name].code == 0) {
				t.Errorf("%s: the plan file: %v", name, err)
			}
		}
		chart := plans["passed"].altered(t, func(values map[string]any) { values["report_markdown"] = saysPassed + "\n\n```mermaid\nx\n```\n" })
		if o := w.play(t, chart, nil, "sh", "spend-gate.sh", "atlantis"); o.code != 0 || strings.Contains(o.stdout, "```") {
			t.Errorf("exit code %d\n%s", o.code, o.stdout)
		}
	})

	t.Run("SPEND_GATE_FAIL_ON", func(t *testing.T) {
		t.Parallel()
		for on, codes := range map[string]map[string]int{
			"":       {"passed": 0, "warned": 0, "failed": 1, "failed, no postcondition": 1, "no gate": 1, "deferred": 1, "in a check, unread": 1, "two gates": 1},
			"warned": {"passed": 0, "warned": 1, "failed": 1, "failed, no postcondition": 1, "no gate": 1, "deferred": 1, "in a check, unread": 1, "changes": 0, "in a check": 0},
			"error":  {"passed": 0, "warned": 0, "failed": 1, "failed, no postcondition": 0, "no gate": 1, "deferred": 1, "in a check, unread": 1, "API error": 1, "crashed": 1, "two gates": 0},
			"never":  {"passed": 1},
		} {
			for name, code := range codes {
				w := newRunner(t)
				if o := w.play(t, plans[name], []string{"SPEND_GATE_FAIL_ON=" + on}, "sh", "spend-gate.sh", "none"); o.code != code {
					t.Errorf("%q, %s: exit code %d\n%s\n%s", on, name, o.code, o.stdout, o.stderr)
				}
			}
		}
	})

	t.Run("usage", func(t *testing.T) {
		t.Parallel()
		w := newRunner(t)
		for _, arguments := range [][]string{{}, {"GitHub"}, {""}, {"-target=x"}} {
			if o := w.play(t, plans["passed"], nil, append([]string{"sh", "spend-gate.sh"}, arguments...)...); o.code != 1 {
				t.Errorf("%q: exit code %d", arguments, o.code)
			}
		}
		if err := os.Remove(filepath.Join(w.directory, "report.jq")); err != nil {
			t.Fatal(err)
		}
		if o := w.play(t, plans["passed"], nil, "sh", "spend-gate.sh", "none"); o.code != 1 {
			t.Errorf("without report.jq: exit code %d", o.code)
		}
	})

	// A job that is cancelled has not passed, and leaves nothing behind.
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		w := newRunner(t)
		plan := plans["passed"].replaced(t, "", "")
		if err := os.WriteFile(filepath.Join(plan.directory, "kill"), []byte("kill -TERM $PPID"), 0o600); err != nil {
			t.Fatal(err)
		}
		o := w.play(t, plan, nil, "sh", "spend-gate.sh", "none")
		left, err := filepath.Glob(filepath.Join(w.directory, "*tmp*"))
		if _, none := os.Stat(filepath.Join(w.directory, "plan.tfplan")); o.code != 143 || none == nil || err != nil || len(left) > 0 {
			t.Errorf("exit code %d, left behind: %q\n%s", o.code, left, o.stderr)
		}
	})

	// Neither set -x nor a list of processes shows a secret.
	t.Run("secrets", func(t *testing.T) {
		t.Parallel()
		for _, kind := range forges {
			for _, pullRequest := range []bool{true, false} {
				w := newRunner(t)
				f, url := newForge(t, w, "")
				f.secret = "hush-hush"
				for name, file := range builtTools(t) {
					w.program(t, name, "#!/bin/sh\nprintf '%s\\n' \"$*\" >> processes\nexec "+file+" \"$@\"\n")
				}
				environment := variables(kind, url, pullRequest)
				environment = append(environment, "SLACK_WEBHOOK_URL="+url+"/webhook/hush-hush", "TEAMS_WEBHOOK_URL="+url+"/webhook/hush-hush")
				for i := range environment {
					environment[i] = strings.Replace(environment[i], "=a-secret", "=hush-hush\n", 1)
				}
				o := w.play(t, plans["warned"], environment, "sh", "-x", "spend-gate.sh", kind)
				if said := o.stdout + o.stderr + w.read(t, "processes"); o.code != 0 || strings.Contains(said, "hush-hush") || !strings.Contains(said, "--config") {
					t.Errorf("%s: exit code %d\n%s", kind, o.code, said)
				}
			}
		}
	})

	// The key of a for_each, the name of a workflow and that of a customer may be any.
	t.Run("names", func(t *testing.T) {
		t.Parallel()
		w := newRunner(t)
		f, url := newForge(t, w, "")
		f.remarks = nil
		environment := append(variables("github", url, true), "GITHUB_WORKFLOW=a) --> \"`$(exit 1)\n", "SPEND_GATE_NAME=<b>", "GITHUB_STEP_SUMMARY="+filepath.Join(w.directory, "summary"))
		for range 2 {
			o := w.play(t, plans["two gates"], environment, "sh", "spend-gate.sh", "github")
			if o.code != 1 || len(f.remarks) != 1 {
				t.Fatalf("exit code %d, %+v\n%s", o.code, f.remarks, o.stderr)
			}
			_, log, _ := strings.Cut(o.stdout, saysTwo)
			if strings.Contains(log, "::") || strings.Contains(log, "##vso") {
				t.Errorf("a command in the log:\n%s", o.stdout)
			}
		}
		for _, body := range []string{f.remarks[0].body, w.read(t, "summary")} {
			if !strings.Contains(body, "`data.partnercenter_spend_gate.more[\"<img>\\n:::error::###vso[task.complete]\"]`:\n\n"+saysFailed) || strings.Index(body, saysFailed) > strings.Index(body, saysPassed) {
				t.Error(body)
			}
		}
		w.play(t, plans["passed"], append(environment, "SPEND_GATE_NAME=other"), "sh", "spend-gate.sh", "github").succeed(t)
		w.write(t, "workspace", "production\n")
		w.play(t, plans["passed"], environment, "sh", "spend-gate.sh", "github").succeed(t)
		if len(f.remarks) != 3 || !strings.Contains(f.remarks[0].body, saysFailed) {
			t.Errorf("%+v", f.remarks)
		}
	})

	t.Run("messages", func(t *testing.T) {
		t.Parallel()
		w := newRunner(t)
		f, url := newForge(t, w, "")
		plan := plans["failed, no postcondition"].altered(t, func(values map[string]any) {
			values["summary"] = "<!channel> & **\"Zoë\"** <at>all</at>\n" + strings.Repeat("é", 5000)
		})
		w.play(t, plan, append(variables("gitlab", url, false), "SLACK_WEBHOOK_URL="+url+"/webhook/slack", "TEAMS_WEBHOOK_URL="+url+"/webhook/teams"), "sh", "spend-gate.sh", "gitlab")
		if len(f.messages) != 2 {
			t.Fatalf("%q", f.messages)
		}
		const text = "<!channel> & **\"Zoë\"** <at>all</at>\n"
		for i, want := range []string{
			`slack: {"text":"Spend gate failed","blocks":[{"type":"header","text":{"type":"plain_text","text":"Spend gate failed"}},{"type":"section","text":{"type":"plain_text","text":%s}},{"type":"context","elements":[{"type":"mrkdwn","text":"<https://gitlab.com/-/jobs/5|The log of this run>"}]}]}`,
			`teams: {"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4","body":[{"type":"TextBlock","text":"Spend gate failed","size":"Large","weight":"Bolder","wrap":true},{"type":"RichTextBlock","inlines":[{"type":"TextRun","text":%s}]}],"actions":[{"type":"Action.OpenUrl","title":"The log of this run","url":"https://gitlab.com/-/jobs/5"}]}}]}`,
		} {
			cut, err := json.Marshal(text + strings.Repeat("é", 2900-len([]rune(text))))
			if err != nil {
				t.Fatal(err)
			}
			where, message, _ := strings.Cut(f.messages[i], ": ")
			wantWhere, want, _ := strings.Cut(fmt.Sprintf(want, cut), ": ")
			var got, wanted any
			if err := errors.Join(json.Unmarshal([]byte(message), &got), json.Unmarshal([]byte(want), &wanted)); err != nil || where != wantWhere || !reflect.DeepEqual(got, wanted) {
				t.Errorf("%v\n got %s: %s\nwant %s", err, where, message, want)
			}
		}
	})

	// Anybody may publish a provider of the same name.
	t.Run("gates", func(t *testing.T) {
		t.Parallel()
		w := newRunner(t)
		for _, test := range []struct {
			plan, from, to string
			code           int
			says           []string
		}{
			{"passed", `"registry.terraform.io/` + source + `"`, `"registry.opentofu.org/` + source + `"`, 0, []string{saysPassed}},
			{"passed", `"registry.terraform.io/` + source + `"`, `"registry.terraform.io/seed-12616aef2/partnercenter"`, 1, []string{saysNoGate}},
			{"passed", `"mode":"data"`, `"mode":"managed"`, 1, []string{saysNoGate}},
			{"passed", `"passed":true`, `"passed":"true"`, 1, []string{saysPassed, saysNull}},
			{"passed", `"passed":true`, `"passed":null`, 1, []string{saysPassed, saysNull}},
			{"passed", `"errored":false`, `"errored":null`, 1, []string{saysStopped}},
			{"passed", `,"errored":false`, ``, 1, []string{saysStopped}},
			// With -invoke nothing is read, but where something triggers an action.
			{"failed, no postcondition", `"complete":true,`, `"complete":true,"action_invocations":[{"invoke_action_trigger":{}}],`, 1, []string{saysUnread, saysNoGate}},
			{"failed, no postcondition", `"complete":true,`, `"complete":true,"action_invocations":[{"lifecycle_action_trigger":{}}],`, 1, []string{saysFailed}},
			// As OpenTofu writes it.
			{"passed", `"complete":true,`, ``, 0, []string{saysPassed}},
			{"failed, no postcondition", `"complete":true,`, ``, 1, []string{saysUnread, saysNoGate}},
		} {
			plan := plans[test.plan].replaced(t, test.from, test.to)
			plan.says = test.says
			o := w.play(t, plan, nil, "sh", "spend-gate.sh", "none")
			if o.code != test.code {
				t.Errorf("%s with %s: exit code %d\n%s", test.plan, test.to, o.code, o.stdout)
			}
			plan.check(t, test.to, o.stdout)
		}
	})

	// What the guides show besides.
	t.Run("rotation", func(t *testing.T) {
		t.Parallel()
		script := strings.ReplaceAll(fenced(t, guides+"sign-in-for-ci.md", "shell", "az keyvault secret set"), "<vault>", "vault")
		for _, shell := range [][]string{{"bash", "script"}, {"bash", "-e", "script"}, {"sh", "script"}} {
			for name, plan := range plans {
				w := newRunner(t)
				w.write(t, "script", script)
				w.program(t, "az", "#!/bin/sh\ncase \"$*\" in *show*) echo a-refresh-token ;; *) grep . \"$RUNNER_TEMP/refresh-token\" > stored ;; esac\n")
				o := w.play(t, plan, nil, shell...)
				code, err := strconv.Atoi(content(t, filepath.Join(plan.directory, "code")))
				if name == "killed" {
					code = 137
				}
				if err != nil || o.code != code || w.read(t, "stored") != "a-refresh-token\n" {
					t.Errorf("%q, %s: exit code %d\n%s", shell, name, o.code, o.stderr)
				}
			}
		}
	})

	t.Run("files", func(t *testing.T) {
		t.Parallel()
		testPipelineFiles(t, plans)
	})
}

// replaced is a plan with another text in its JSON.
func (p recordedPlan) replaced(t *testing.T, from, to string) recordedPlan {
	t.Helper()
	directory := t.TempDir()
	if err := os.CopyFS(directory, os.DirFS(p.directory)); err != nil {
		t.Fatal(err)
	}
	text := content(t, filepath.Join(directory, "json"))
	if !strings.Contains(text, from) {
		t.Fatalf("no %q in %s", from, text)
	}
	if err := os.WriteFile(filepath.Join(directory, "json"), []byte(strings.ReplaceAll(text, from, to)), 0o600); err != nil {
		t.Fatal(err)
	}
	p.directory = directory
	return p
}

// altered is a plan whose only gate says something else.
func (p recordedPlan) altered(t *testing.T, alter func(map[string]any)) recordedPlan {
	t.Helper()
	var plan map[string]any
	decoder := json.NewDecoder(strings.NewReader(content(t, filepath.Join(p.directory, "json"))))
	decoder.UseNumber()
	if err := decoder.Decode(&plan); err != nil {
		t.Fatal(err)
	}
	values := plan
	for _, key := range []string{"prior_state", "values", "root_module"} {
		values, _ = values[key].(map[string]any)
	}
	resources, _ := values["resources"].([]any)
	gate, _ := resources[0].(map[string]any)
	values, _ = gate["values"].(map[string]any)
	alter(values)
	encoded, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	p = p.replaced(t, "", "")
	if err := os.WriteFile(filepath.Join(p.directory, "json"), encoded, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// indented is what stands below a key of YAML, without the indentation.
func indented(t *testing.T, text, key string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "\n"+key+"\n")
	if !found {
		t.Fatalf("no %q in\n%s", key, text)
	}
	depth := len(rest) - len(strings.TrimLeft(rest, " "))
	var below strings.Builder
	for line := range strings.Lines(rest) {
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, strings.Repeat(" ", depth)) {
			break
		}
		below.WriteString(line[min(depth, len(line)-1):])
	}
	return below.String()
}

// testPipelineFiles runs what each file runs, with what its forge sets.
func testPipelineFiles(t *testing.T, plans map[string]recordedPlan) {
	t.Helper()
	list := regexp.MustCompile(`(?m)^- (run: )?`)
	for kind, test := range map[string]struct {
		script      string
		shell       []string
		environment func(url string) []string
		signsIn     []string // what Terraform gets
	}{
		"github": {
			indented(t, content(t, pipelines+"github.yml"), "        run: |\n          curl -sSf --config - <<CURL | jq -re .value > \"$PARTNERCENTER_OIDC_TOKEN_FILE_PATH\" || echo 'There is no OIDC token.' >&2"),
			[]string{"bash", "--noprofile", "--norc", "-e"},
			func(url string) []string {
				return []string{"PARTNERCENTER_OIDC_TOKEN_FILE_PATH=oidc-token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=a-request-token", "ACTIONS_ID_TOKEN_REQUEST_URL=" + url + "/oidc?id=1"}
			},
			[]string{"PARTNERCENTER_OIDC_TOKEN_FILE_PATH=oidc-token"},
		},
		"gitlab": {list.ReplaceAllString(indented(t, content(t, pipelines+"gitlab.yml"), "  script:"), ""), []string{"sh", "-e"}, nil, nil},
		"azure-devops": {indented(t, content(t, pipelines+"azure-devops.yml"), "      inlineScript: |"), []string{"bash"}, func(string) []string {
			return []string{"tenantId=a-tenant", "servicePrincipalId=a-client", "idToken=an-oidc-token"}
		}, []string{"PARTNERCENTER_TENANT_ID=a-tenant", "PARTNERCENTER_CLIENT_ID=a-client", "PARTNERCENTER_OIDC_TOKEN=an-oidc-token"}},
		"bitbucket": {list.ReplaceAllString(indented(t, content(t, pipelines+"bitbucket.yml"), "        script:"), ""), []string{"sh", "-e"}, nil, nil},
		"atlantis":  {regexp.MustCompile(`(?m)^        - run: (.*)$`).FindStringSubmatch(content(t, pipelines+"atlantis.yaml"))[1], []string{"sh", "-c"}, nil, nil},
	} {
		w := newRunner(t)
		f, url := newForge(t, w, "")
		w.program(t, "apk", "#!/bin/sh\n[ \"$*\" = 'add --no-cache curl jq' ]\n")
		environment := variables(kind, url, true)
		if test.environment != nil {
			environment = append(environment, test.environment(url)...)
		}
		for _, name := range []string{"passed", "failed", "killed"} {
			f.remarks = nil
			script := strings.ReplaceAll(test.script, "/etc/atlantis/", w.directory+"/")
			if kind == "github" {
				script = "curl -sSf --config - <<CURL | jq -re .value > \"$PARTNERCENTER_OIDC_TOKEN_FILE_PATH\" || echo 'There is no OIDC token.' >&2\n" + script
			}
			command := append(slices.Clone(test.shell), script)
			if kind != "atlantis" {
				w.write(t, "script", script)
				command[len(command)-1] = "script"
			}
			o := w.play(t, plans[name], environment, command...)
			if o.code != plans[name].code {
				t.Errorf("%s, %s: exit code %d\n%s\n%s", kind, name, o.code, o.stdout, o.stderr)
			}
			if kind != "atlantis" && len(f.remarks) != 1 {
				t.Errorf("%s, %s: %+v", kind, name, f.remarks)
			}
		}
		signedIn := w.read(t, "environment")
		for _, variable := range test.signsIn {
			if !strings.Contains(signedIn, variable+"\n") {
				t.Errorf("%s: no %s in %s", kind, variable, signedIn)
			}
		}
		if kind == "github" && w.read(t, "oidc-token") != "an-oidc-token\n" {
			t.Errorf("the OIDC token is %q", w.read(t, "oidc-token"))
		}
	}
}

// The script with a real Terraform, which it makes plan.
func TestPipelines_terraform(t *testing.T) {
	t.Parallel()
	since(t, "complete in a plan", 8)
	e, environment := emulate(t, emulator.Options{})
	w := newPipeline(t, pipelineGate, environment)
	for _, test := range []struct {
		spent string
		code  int
		says  string
	}{{"100", 0, saysPassed}, {"5000", 0, saysWarned}, {"7200.50", 1, saysFailed}} {
		if err := e.Spend(emulator.MeteredCustomerID, test.spent); err != nil {
			t.Fatal(err)
		}
		// The script's own -out counts.
		o := w.play(t, recordedPlan{}, []string{"SPEND_GATE_TERRAFORM=" + needTerraform(t).path}, "sh", "spend-gate.sh", "none", "-out=other", "-lock=false")
		if o.code != test.code || !strings.Contains(o.stdout, test.says) {
			t.Errorf("%s: exit code %d\n%s\n%s", test.spent, o.code, o.stdout, o.stderr)
		}
	}
}

// newPipeline makes a runner's directory with a configuration and the provider in a
// mirror, so that terraform init finds it.
func newPipeline(t *testing.T, configuration string, environment []string) *workspace {
	t.Helper()
	w, runner := newWorkspace(t, configuration, environment...), newRunner(t)
	mirror := filepath.Join(runner.directory, "mirror")
	directory := filepath.Join(mirror, "registry.terraform.io", source, "0.1.0", runtime.GOOS+"_"+runtime.GOARCH)
	if err := os.MkdirAll(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(programs, "terraform-provider-partnercenter"), filepath.Join(directory, "terraform-provider-partnercenter_v0.1.0")); err != nil {
		t.Fatal(err)
	}
	runner.write(t, "main.tf", w.read(t, "main.tf"))
	runner.write(t, "terraform.rc", `provider_installation {
  filesystem_mirror { path = "`+mirror+`" }
}`)
	runner.environment = slices.Concat(w.environment, runner.environment, []string{"TF_CLI_CONFIG_FILE=" + filepath.Join(runner.directory, "terraform.rc")})
	return runner
}

// builtCurl stands in for curl, which a machine may or may not have.
var builtCurl = sync.OnceValues(func() (string, error) {
	file := filepath.Join(programs, "curl")
	output, err := exec.Command("go", "build", "-o", file, "./testdata/curl").CombinedOutput() //nolint:noctx // Once for all tests.
	if err != nil {
		return "", errors.New(string(output))
	}
	return file, nil
})
