package provider_test

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// Every system that the provider is released for.
var platforms = []string{
	"darwin_amd64", "darwin_arm64",
	"freebsd_386", "freebsd_amd64", "freebsd_arm", "freebsd_arm64",
	"linux_386", "linux_amd64", "linux_arm", "linux_arm64",
	"windows_386", "windows_amd64", "windows_arm64",
}

// release is the directory of a release that is not published yet. There is one
// in make release-check only.
func release(t *testing.T) (directory, version string, sums map[string]string) {
	t.Helper()
	directory = os.Getenv("RELEASE_DIST")
	if directory == "" {
		t.Skip("make release-check sets RELEASE_DIST")
	}
	const prefix, suffix = "terraform-provider-partnercenter_", "_SHA256SUMS"
	files, err := filepath.Glob(filepath.Join(directory, prefix+"*"+suffix))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	version = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(files[0]), prefix), suffix)
	sums = map[string]string{}
	for line := range strings.Lines(content(t, files[0])) {
		sum, name, found := strings.Cut(strings.TrimSpace(line), "  ")
		if !found {
			t.Fatalf("no checksum: %q", line)
		}
		sums[name] = sum
	}
	return directory, version, sums
}

// What the Registry asks of a release
// (https://developer.hashicorp.com/terraform/registry/providers/publishing).
func TestRelease(t *testing.T) {
	t.Parallel()
	directory, version, sums := release(t)
	provider := "terraform-provider-partnercenter_" + version
	manifest := provider + "_manifest.json"
	want := []string{manifest}
	for _, platform := range platforms {
		for _, program := range []string{provider, "partnercenter_" + version} {
			want = append(want, program+"_"+platform+".zip", program+"_"+platform+".zip.cdx.json")
		}
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(sums)); !slices.Equal(got, want) {
		t.Errorf("checksums of\n%q, want\n%q", got, want)
	}
	for name, sum := range sums {
		file := filepath.Join(directory, name)
		if name == manifest {
			file = "../../terraform-registry-manifest.json"
		}
		text := content(t, file)
		if got := fmt.Sprintf("%x", sha256.Sum256([]byte(text))); got != sum {
			t.Errorf("the checksum of %s is %s, not %s", file, got, sum)
		}
		program, module := "terraform-provider-partnercenter_v"+version, "github.com/hashicorp/terraform-plugin-framework"
		if strings.HasPrefix(name, "partnercenter_") {
			program, module = "partnercenter", "github.com/Azure/azure-sdk-for-go/sdk/azcore"
		}
		switch filepath.Ext(strings.TrimSuffix(name, ".json")) {
		case ".zip":
			checkArchive(t, file, program)
		case ".cdx":
			checkMaterials(t, file, text, module)
		default:
			checkManifest(t, text)
		}
	}
}

func checkManifest(t *testing.T, text string) {
	t.Helper()
	var manifest struct {
		Version  int `json:"version"`
		Metadata struct {
			Protocols []string `json:"protocol_versions"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal([]byte(text), &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Version != 1 || !slices.Equal(manifest.Metadata.Protocols, []string{"6.0"}) {
		t.Errorf("the manifest is %+v", manifest)
	}
}

func checkArchive(t *testing.T, file, program string) {
	t.Helper()
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	if strings.Contains(file, "_windows_") {
		program += ".exe"
	}
	var names []string
	for _, entry := range archive.File {
		names = append(names, entry.Name)
		if entry.Name == program && entry.Mode() != 0o755 {
			t.Errorf("%s: the mode of %s is %s", file, entry.Name, entry.Mode())
		}
	}
	if slices.Sort(names); !slices.Equal(names, []string{"LICENSE", program}) {
		t.Errorf("%s has %q", file, names)
	}
}

// checkMaterials checks that a CycloneDX file lists the modules and the Go that a
// program is made of, this module among them.
func checkMaterials(t *testing.T, file, text, module string) {
	t.Helper()
	var materials struct {
		Format     string `json:"bomFormat"`
		Components []struct {
			Name string `json:"name"`
		} `json:"components"`
	}
	if err := json.Unmarshal([]byte(text), &materials); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, component := range materials.Components {
		names[component.Name] = true
	}
	if materials.Format != "CycloneDX" || !names[module] || !names["stdlib"] {
		t.Errorf("%s lists %v", file, slices.Sorted(maps.Keys(names)))
	}
}

// Terraform installs the release from a mirror, and from nowhere else, and plans
// with it.
func TestRelease_installs(t *testing.T) {
	t.Parallel()
	directory, version, _ := release(t)
	_, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, `
provider "partnercenter" {}

data "partnercenter_spend_gate" "all" {
  max_percent_used = 100
}

output "status" {
  value = data.partnercenter_spend_gate.all.status
}
`, environment...)
	w.write(t, "main.tf", strings.Replace(w.read(t, "main.tf"), `"`+source+`"`, `"registry.terraform.io/`+source+`"`+"\n    version = \""+version+`"`, 1))
	archive := "terraform-provider-partnercenter_" + version + "_" + runtime.GOOS + "_" + runtime.GOARCH + ".zip"
	mirror := filepath.Join("mirror", "registry.terraform.io", filepath.FromSlash(source))
	if err := os.MkdirAll(filepath.Join(w.directory, mirror), 0o700); err != nil {
		t.Fatal(err)
	}
	w.write(t, filepath.Join(mirror, archive), content(t, filepath.Join(directory, archive)))
	w.write(t, "terraform.rc", `provider_installation {
  filesystem_mirror { path = "`+filepath.ToSlash(filepath.Join(w.directory, "mirror"))+`" }
}`)
	w.terraform(t, "init").succeed(t).mention(t, "Installed "+source+" v"+version)
	w.terraform(t, "version").succeed(t).mention(t, "provider registry.terraform.io/"+source+" v"+version)
	planned := w.terraform(t, "plan").succeed(t)
	planned.mention(t, `status = "failed"`)
	if strings.Contains(planned.stdout+planned.stderr, "overrides") {
		t.Error("another provider was planned with")
	}
}
