package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

//go:embed configurations/*.tf
var configurations embed.FS

// workspace is a directory with a configuration, and the environment of a shell
// in which nobody has set anything.
type workspace struct {
	directory   string
	environment []string
	variables   map[string]any
	// programs are the directories of the providers, by their address.
	programs map[string]string
}

func newWorkspace(directory, configuration string) (*workspace, error) {
	content, err := configurations.ReadFile("configurations/" + configuration)
	if err != nil {
		return nil, err
	}
	w := &workspace{directory: directory, variables: map[string]any{}, programs: map[string]string{}}
	w.environment = []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + directory,
		"TMPDIR=" + os.TempDir(),
		"TF_CLI_CONFIG_FILE=" + w.file("terraform.rc"),
		"CHECKPOINT_DISABLE=1",
		"TF_IN_AUTOMATION=1",
		"TF_INPUT=0",
	}
	return w, w.write("main.tf", content)
}

func (w *workspace) file(name string) string { return filepath.Join(w.directory, name) }

func (w *workspace) write(name string, content []byte) error {
	return os.WriteFile(w.file(name), content, 0o600)
}

// finish writes what was set.
func (w *workspace) finish() error {
	var overrides strings.Builder
	for _, address := range slices.Sorted(maps.Keys(w.programs)) {
		fmt.Fprintf(&overrides, "    %q = %q\n", address, filepath.ToSlash(w.programs[address]))
	}
	text := "provider_installation {\n  dev_overrides {\n" + overrides.String() + "  }\n  direct {}\n}\n"
	if err := w.write("terraform.rc", []byte(text)); err != nil {
		return err
	}
	variables, err := json.Marshal(w.variables)
	if err != nil {
		return err
	}
	return w.write("terraform.tfvars.json", variables)
}

// planned is what came of a plan.
type planned struct {
	time time.Duration
	// cpu is what Terraform and its providers have computed.
	cpu     time.Duration
	memory  memory
	outputs map[string]string
}

var output = regexp.MustCompile(`(?m)^ +\+ (\w+) += (.*)$`)

func (w *workspace) plan(ctx context.Context) (planned, error) {
	command := w.terraform(ctx, "plan", "-no-color")
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	start := time.Now()
	if err := command.Start(); err != nil {
		return planned{}, err
	}
	stop := watch(command.Process.Pid)
	err := command.Wait()
	p := planned{time: time.Since(start), memory: stop(), outputs: outputsOf(said.String())}
	p.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	if err != nil {
		return p, fmt.Errorf("terraform plan: %w\n%s", err, &said)
	}
	return p, nil
}

// outputsOf reads what a plan puts out, as Terraform writes it.
func outputsOf(said string) map[string]string {
	outputs := map[string]string{}
	_, changes, _ := strings.Cut(said, "Changes to Outputs:")
	for _, match := range output.FindAllStringSubmatch(changes, -1) {
		outputs[match[1]] = match[2]
	}
	return outputs
}

func (w *workspace) terraform(ctx context.Context, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, "terraform", arguments...) //nolint:gosec // The arguments are this program's own.
	command.Dir, command.Env = w.directory, w.environment
	// Killed, it would leave its providers behind.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	return command
}
