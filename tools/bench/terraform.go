package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

//go:embed configurations/*.tf
var configurations embed.FS

// workspace is a directory with a configuration, and the environment of a shell
// in which nobody has set anything.
type workspace struct {
	emulator    *emulator
	directory   string
	environment []string
	variables   map[string]any
	// provider and httpProvider are the directories of the providers.
	provider, httpProvider string
}

func (b *bench) newWorkspace(configuration string, e *emulator) (*workspace, error) {
	content, err := configurations.ReadFile("configurations/" + configuration)
	if err != nil {
		return nil, err
	}
	directory, err := os.MkdirTemp(b.directory, "")
	if err != nil {
		return nil, err
	}
	w := &workspace{emulator: e, directory: directory, variables: map[string]any{}, provider: b.bin, httpProvider: filepath.Dir(b.httpProvider)}
	w.environment = []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + directory,
		"TMPDIR=" + os.TempDir(),
		"TF_CLI_CONFIG_FILE=" + filepath.Join(directory, "terraform.rc"),
		"CHECKPOINT_DISABLE=1",
		"TF_IN_AUTOMATION=1",
		"TF_INPUT=0",
	}
	for name, value := range e.variables {
		w.environment = append(w.environment, name+"="+value)
	}
	return w, w.write("main.tf", content)
}

func (w *workspace) write(name string, content []byte) error {
	return os.WriteFile(filepath.Join(w.directory, name), content, 0o600)
}

// finish writes the variables, and where Terraform finds the providers.
func (w *workspace) finish() error {
	overrides := fmt.Sprintf(`provider_installation {
  dev_overrides {
    "seed-12616aef/partnercenter" = %q
    "hashicorp/http"              = %q
  }
  direct {}
}
`, filepath.ToSlash(w.provider), filepath.ToSlash(w.httpProvider))
	if err := w.write("terraform.rc", []byte(overrides)); err != nil {
		return err
	}
	variables, err := json.Marshal(w.variables)
	if err != nil {
		return err
	}
	return w.write("terraform.tfvars.json", variables)
}

// outcome is what came of a plan, or of another command.
type outcome struct {
	runTime

	text   string
	errors int // that Terraform reported
}

var errorLine = regexp.MustCompile(`(?m)^(?:│ )?Error: `)

func (w *workspace) plan(ctx context.Context) (outcome, error) {
	command := exec.CommandContext(ctx, "terraform", "plan", "-no-color")
	command.Dir, command.Env = w.directory, w.environment
	// If it were killed, its providers would stay.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	o, err := measure(command)
	o.errors = len(errorLine.FindAllString(o.text, -1))
	if err != nil {
		err = fmt.Errorf("terraform plan: %w\n%s", err, o.text)
	}
	return o, err
}

// measure runs a command to its end, and keeps all that it writes.
func measure(command *exec.Cmd) (outcome, error) {
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	start := time.Now()
	err := command.Run()
	elapsed := time.Since(start)
	if command.ProcessState == nil {
		return outcome{}, err
	}
	o := outcome{text: output.String()}
	o.Seconds = elapsed.Seconds()
	o.CPU = (command.ProcessState.UserTime() + command.ProcessState.SystemTime()).Seconds()
	o.Memory = peakMemory(command.ProcessState)
	return o, err
}

var outputLine = regexp.MustCompile(`(?m)^ +\+ (\w+) += (.*)$`)

// outputsOf reads the outputs in the text of a plan.
func outputsOf(text string) map[string]string {
	outputs := map[string]string{}
	_, changes, _ := strings.Cut(text, "Changes to Outputs:")
	for _, match := range outputLine.FindAllStringSubmatch(changes, -1) {
		outputs[match[1]] = match[2]
	}
	return outputs
}

func terraformVersion(ctx context.Context) (string, error) {
	output, err := exec.CommandContext(ctx, "terraform", "version").Output()
	line, _, _ := strings.Cut(string(output), "\n")
	return strings.TrimPrefix(line, "Terraform v"), err
}
