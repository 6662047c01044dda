//go:build linux

package provider_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// BenchmarkUtilizationMemory is the highest memory of the provider's process
// while it adds up utilization.
func BenchmarkUtilizationMemory(b *testing.B) {
	for _, records := range []int{1_000, 200_000, 1_000_000} {
		b.Run(fmt.Sprintf("records=%d", records), func(b *testing.B) {
			_, environment := emulate(b, emulator.Options{Utilization: records})
			w := newWorkspace(b, `
provider "partnercenter" {}

data "partnercenter_azure_utilization" "all" {
  customer_id     = "`+emulator.LegacyCustomerID+`"
  subscription_id = "`+emulator.LegacySubscriptionID+`"
  start_time      = "2026-11-01T00:00:00Z"
  end_time        = "2026-11-20T00:00:00Z"
}

output "count" {
  value = data.partnercenter_azure_utilization.all.record_count
}
`, environment...)
			for b.Loop() {
				b.ReportMetric(w.peak(b, fmt.Sprintf("+ count = %d", records)), "MB-peak")
			}
		})
	}
}

// peak plans with a provider that is started on its own, and returns its highest
// memory in MB.
func (w *workspace) peak(b *testing.B, says string) float64 {
	b.Helper()
	provider := exec.CommandContext(b.Context(), filepath.Join(programs, "terraform-provider-partnercenter"), "-debug")
	provider.Env = w.environment
	provider.Cancel = func() error { return provider.Process.Signal(syscall.SIGTERM) }
	output, err := provider.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := provider.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = provider.Wait() }()
	defer func() { _ = provider.Process.Kill() }()
	attached := *w
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if _, value, found := strings.Cut(lines.Text(), "TF_REATTACH_PROVIDERS="); found {
			attached.environment = append(attached.environment, "TF_REATTACH_PROVIDERS="+strings.Trim(value, "'"))
			break
		}
	}
	planned := attached.terraform(b, "plan").succeed(b)
	if !strings.Contains(strings.Join(strings.Fields(planned.stdout), " "), says) {
		b.Fatal(planned.stdout)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", provider.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	var kilobytes float64
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(after, &kilobytes); err != nil {
		b.Fatal(err)
	}
	return kilobytes / 1024
}
