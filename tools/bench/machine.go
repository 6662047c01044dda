package main

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// about is where, when and with what it was measured.
type about struct {
	Date, Command, Latency string
	Machine, Load          string
	Versions               []version
}

type version struct{ Name, Version string }

func describe(ctx context.Context, s settings) (about, error) {
	a := about{
		Date:    time.Now().UTC().Format(time.DateOnly),
		Command: s.command(),
		Latency: s.latency.String(),
		Machine: machine(),
		Load:    load(),
	}
	terraform, err := terraformVersion(ctx)
	if err != nil {
		return a, err
	}
	provider, err := buildinfo.ReadFile(filepath.Join(s.programs, executable("terraform-provider-partnercenter")))
	if err != nil {
		return a, err
	}
	a.Versions = []version{
		{"Terraform", terraform},
		{"terraform-provider-partnercenter", s.revision + ", " + built(provider)},
	}
	for _, program := range []string{s.http, s.scaffolding} {
		if program == "" {
			continue
		}
		info, err := buildinfo.ReadFile(program)
		if err != nil {
			return a, err
		}
		name, number := released(program)
		if number == "" {
			number = info.Main.Version
		}
		a.Versions = append(a.Versions, version{name, number + ", " + built(info)})
	}
	return a, nil
}

// released reads a provider's name and version off its program's name.
func released(program string) (name, version string) {
	match := regexp.MustCompile(`^(terraform-provider-[a-z-]+)(?:_(v?[0-9][0-9.]*))?`).FindStringSubmatch(filepath.Base(program))
	if match == nil {
		return filepath.Base(program), ""
	}
	return match[1], strings.TrimPrefix(match[2], "v")
}

// built says what a provider was built with.
func built(info *buildinfo.BuildInfo) string {
	for _, module := range info.Deps {
		if module.Path == "github.com/hashicorp/terraform-plugin-framework" {
			return info.GoVersion + ", terraform-plugin-framework " + strings.TrimPrefix(module.Version, "v")
		}
	}
	return info.GoVersion
}

func terraformVersion(ctx context.Context) (string, error) {
	command := exec.CommandContext(ctx, "terraform", "version", "-json")
	command.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull)
	said, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("terraform version: %w", err)
	}
	var version struct {
		Version string `json:"terraform_version"`
	}
	err = json.Unmarshal(said, &version)
	return version.Version, err
}

// machine says what Linux tells, and elsewhere what Go knows.
func machine() string {
	words := []string{fmt.Sprintf("%d cores", runtime.NumCPU())}
	if model := after("/proc/cpuinfo", "model name"); model != "" {
		words = append(words, model)
	}
	var kilobytes float64
	if _, err := fmt.Sscan(after("/proc/meminfo", "MemTotal"), &kilobytes); err == nil {
		words = append(words, fmt.Sprintf("%.0f GiB", kilobytes/1024/1024))
	}
	return strings.Join(append(words, runtime.GOOS+"/"+runtime.GOARCH), ", ")
}

// load is how many processes wanted to run in the minute before.
func load() string {
	content, _ := os.ReadFile("/proc/loadavg")
	word, _, _ := strings.Cut(string(content), " ")
	return word
}

// after is what a file of name: value lines says, or nothing.
func after(file, name string) string {
	content, _ := os.ReadFile(file) //nolint:gosec // It is below /proc.
	for line := range strings.Lines(string(content)) {
		if found, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(found) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
