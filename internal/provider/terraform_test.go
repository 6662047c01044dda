package provider_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// What stands in this file runs the terraform command, as users do, with the
// provider built from this tree.

const source = "seed-12616aef/partnercenter"

// required begins every configuration.
const required = `
terraform {
  required_providers {
    partnercenter = { source = "` + source + `" }
  }
}
`

// programs is the directory that the provider's program is built into, once, by
// the first test that needs it.
var programs string

var build = sync.OnceValue(func() error { return buildProgram("terraform-provider-partnercenter", "../..") })

// buildCommands builds the command line partnercenter beside the provider.
var buildCommands = sync.OnceValue(func() error { return buildProgram("partnercenter", "../../cmd/partnercenter") })

func buildProgram(name, directory string) error {
	program := filepath.Join(programs, name)
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	output, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", program, directory).CombinedOutput() //nolint:noctx // Once for all tests.
	if err != nil {
		return errors.New(string(output))
	}
	return nil
}

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "terraform-provider-partnercenter-test-"); err != nil {
		panic(err)
	}
	if c, err := installed(); err == nil && c.openTofu {
		// terraform-plugin-testing takes Terraform's registry for the default one.
		err = errors.Join(os.Setenv("TF_ACC_PROVIDER_HOST", "registry.opentofu.org"), os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "hashicorp"))
		if err != nil {
			panic(err)
		}
	}
	code := m.Run()
	_ = os.RemoveAll(programs)
	os.Exit(code)
}

// workspace is a directory with a configuration, and the environment of a shell
// in which nobody has set anything.
type workspace struct {
	directory   string
	environment []string
	forges      []*forge // that its commands may ask
}

// newWorkspace makes a workspace of a configuration.
func newWorkspace(t testing.TB, configuration string, environment ...string) *workspace {
	t.Helper()
	needTerraform(t)
	if err := build(); err != nil {
		t.Fatal(err)
	}
	w := &workspace{directory: t.TempDir()}
	w.write(t, "main.tf", required+configuration)
	w.write(t, "terraform.rc", `provider_installation {
  dev_overrides { "`+source+`" = "`+filepath.ToSlash(programs)+`" }
  direct {}
}`)
	w.environment = append([]string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + w.directory,
		"TMPDIR=" + os.TempDir(),
		"TF_CLI_CONFIG_FILE=" + filepath.Join(w.directory, "terraform.rc"),
		"CHECKPOINT_DISABLE=1",
		"TF_IN_AUTOMATION=1",
		"TF_INPUT=0",
		"TF_CLI_ARGS=-no-color",
		// The keys for TLS between Terraform and the provider take longer than most plans.
		// TestDemo runs with it.
		"TF_DISABLE_PLUGIN_TLS=1",
	}, environment...)
	return w
}

func (w *workspace) write(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.directory, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w *workspace) read(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(w.directory, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// command is terraform with arguments, not started yet.
func (w *workspace) command(t testing.TB, arguments ...string) *exec.Cmd {
	t.Helper()
	needLanguage(t, w.directory)
	command := exec.CommandContext(t.Context(), needTerraform(t).path, arguments...)
	command.Dir, command.Env = w.directory, w.environment
	return command
}

// outcome is what a command left behind.
type outcome struct {
	stdout, stderr string
	code           int
}

func (w *workspace) terraform(t testing.TB, arguments ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := w.command(t, arguments...)
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), command.ProcessState.ExitCode()}
}

func (o outcome) succeed(t testing.TB) outcome {
	t.Helper()
	if o.code != 0 {
		t.Fatalf("exit code %d\n%s\n%s", o.code, o.stdout, o.stderr)
	}
	return o
}

// fail fails the test unless the command failed and said all of these, however
// Terraform broke the lines.
func (o outcome) fail(t testing.TB, want ...string) {
	t.Helper()
	if o.code != 1 {
		t.Fatalf("exit code %d\n%s\n%s", o.code, o.stdout, o.stderr)
	}
	o.mention(t, want...)
}

func (o outcome) mention(t testing.TB, want ...string) {
	t.Helper()
	said := strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(o.stdout+o.stderr)), " ")
	for _, text := range want {
		if !strings.Contains(said, text) {
			t.Errorf("%q is not said:\n%s\n%s", text, o.stdout, o.stderr)
		}
	}
}

// emulate starts an emulator, and returns the environment that signs in to it.
func emulate(t testing.TB, options emulator.Options) (*emulator.Emulator, []string) {
	t.Helper()
	e := emulator.New(options)
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return e, e.Environment(server.URL)
}

// servedAt is where the samples of the API's documentation are answered.
func servedAt(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	for path, sample := range map[string]string{
		"/v1/customers/usagerecords": "customer_usage_records/sample.json",
		"/v1/customers/" + sampleCustomer + "/subscriptions/" + samplePlan + "/meterusagerecords": "subscription_meter_usage/legacy.json",
		"/v1/usagesummary": "usage_summary/sample.json",
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFile(w, r, filepath.Join("..", "datasources", "testdata", filepath.FromSlash(sample)))
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// serve returns the environment that reads the samples.
func serve(t *testing.T) []string {
	t.Helper()
	return []string{"PARTNERCENTER_ENDPOINT=" + servedAt(t), "PARTNERCENTER_ACCESS_TOKEN=a-token"}
}

const (
	sampleCustomer = "b1b1b1b1-cccc-dddd-eeee-f2f2f2f2f2f2"
	samplePlan     = "a0a0a0a0-bbbb-cccc-dddd-e1e1e1e1e1e1"
)

// module adds a module of one file.
func (w *workspace) module(t testing.TB, name, configuration string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(w.directory, name), 0o700); err != nil {
		t.Fatal(err)
	}
	w.write(t, filepath.Join(name, "main.tf"), configuration)
}
