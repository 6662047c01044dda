package provider_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

const twoReads = `
provider "partnercenter" {}

data "partnercenter_usage_summary" "partner" {}

data "partnercenter_customers" "all" {}
`

// rotating is the environment of an emulator, with the refresh token in a file.
func rotating(environment []string, file string) []string {
	environment = slices.DeleteFunc(environment, func(variable string) bool { return strings.HasPrefix(variable, "PARTNERCENTER_REFRESH_TOKEN=") })
	return append(environment, "PARTNERCENTER_REFRESH_TOKEN_FILE="+file, "PARTNERCENTER_ROTATE_REFRESH_TOKEN=true")
}

// Nobody loses a refresh token unawares: the plan says so, once.
func TestTerraform_rotationNotSaved(t *testing.T) {
	t.Parallel()
	file := providertest.WriteFile(t, "refresh-token", []byte(emulator.RefreshToken))
	e := emulator.New(emulator.Options{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			// Something takes the place of the file while the authority answers.
			_ = errors.Join(os.Remove(file), os.MkdirAll(filepath.Join(file, "x"), 0o700))
		}
		e.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	planned := newWorkspace(t, twoReads, rotating(e.Environment(server.URL), file)...).terraform(t, "plan").succeed(t)
	if got := strings.Count(planned.stdout+planned.stderr, "Rotated refresh token not saved"); got != 1 {
		t.Errorf("the plan warns %d times:\n%s\n%s", got, planned.stdout, planned.stderr)
	}
	planned.mention(t, "Warning: Rotated refresh token not saved", "PARTNERCENTER_REFRESH_TOKEN_FILE")
}

// A container has a single file of its host mounted. The authority takes each
// refresh token once, so the second plan shows that the first one has saved it.
func TestTerraform_rotationOfAMountedFile(t *testing.T) {
	t.Parallel()
	if err := exec.CommandContext(t.Context(), "unshare", "-m", "mount", "--bind", t.TempDir(), t.TempDir()).Run(); err != nil {
		t.Skip("nothing can be mounted here:", err)
	}
	file := providertest.WriteFile(t, "refresh-token", []byte(emulator.RefreshToken))
	mounted := providertest.WriteFile(t, "token", nil)
	_, environment := emulate(t, emulator.Options{RevokeRotated: true})
	w := newWorkspace(t, twoReads, rotating(environment, mounted)...)
	for range 2 {
		plan := w.command(t, "plan")
		arguments := append([]string{"-m", "sh", "-ec", `mount --bind "$0" "$1"; shift; exec "$@"`, file, mounted, plan.Path}, plan.Args[1:]...)
		inContainer := exec.CommandContext(t.Context(), "unshare", arguments...)
		inContainer.Dir, inContainer.Env = plan.Dir, plan.Env
		output, err := inContainer.CombinedOutput()
		if err != nil || strings.Contains(string(output), "not saved") {
			t.Errorf("%v:\n%s", err, output)
		}
	}
}
