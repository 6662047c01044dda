package provider_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the README and the guide to the emulator have people paste works when pasted.

const (
	readme        = "../../README.md"
	emulatorGuide = guides + "/emulator.md"
)

// newShell makes a workspace in which the terraform command and the command line are on
// the PATH.
func newShell(t *testing.T, configuration string, environment ...string) *workspace {
	t.Helper()
	if err := buildCommands(); err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(t, configuration, environment...)
	terraform := needTerraform(t).path
	w.write(t, "terraform", "#!/bin/sh\nexec '"+terraform+"' \"$@\"\n")
	if err := os.Chmod(filepath.Join(w.directory, "terraform"), 0o700); err != nil {
		t.Fatal(err)
	}
	list := string(os.PathListSeparator)
	w.environment = append(w.environment, "PATH="+w.directory+list+programs+list+os.Getenv("PATH"))
	return w
}

// shell runs a script, which ends with the first command that fails.
func (w *workspace) shell(t *testing.T, script string) outcome {
	t.Helper()
	needLanguage(t, w.directory)
	var stdout, stderr strings.Builder
	command := exec.CommandContext(t.Context(), "sh", "-ec", script)
	command.Dir, command.Env, command.Stdout, command.Stderr = w.directory, w.environment, &stdout, &stderr
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), command.ProcessState.ExitCode()}
}

// section is the part of a page below a heading.
func section(t *testing.T, page, heading string) string {
	t.Helper()
	_, text, ok := strings.Cut(page, "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("there is no section %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

var shellBlock = regexp.MustCompile("(?ms)^```shell\n(.*?)^```$")

func shellBlocks(text string) []string {
	var found []string
	for _, match := range shellBlock.FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	return found
}

// The README's first steps, in an empty folder: only what make builds is there already.
func TestREADME(t *testing.T) {
	t.Parallel()
	text := section(t, content(t, readme), "From this checkout")
	blocks, configuration := shellBlocks(text), hclBlocks(t, text)
	if len(blocks) != 3 || len(configuration) != 1 {
		t.Fatalf("%d shell blocks, %d configurations", len(blocks), len(configuration))
	}
	for name, withMirror := range map[string]bool{"without init": false, "with init": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if withMirror && needTerraform(t).openTofu {
				t.Skip("the mirror is of the registry of Terraform")
			}
			checkout := newShell(t, "")
			checkout.write(t, "main.tf", configuration[0].text)
			if err := os.Mkdir(filepath.Join(checkout.directory, "bin"), 0o700); err != nil {
				t.Fatal(err)
			}
			script := strings.ReplaceAll(blocks[0], "make build", "cp '"+programs+"'/* bin\n#")
			folder := "mkdir folder; cp main.tf folder; cd folder\n"
			if withMirror {
				script += blocks[2] + folder + "terraform init\n"
			} else {
				script += folder
			}
			planned := checkout.shell(t, script+blocks[1]).succeed(t)
			planned.mention(t, `"Alpine Dairy AG: 1874.41 CHF",`, `"Birch & Bark Furniture AB: 120568.30 SEK",`)
		})
	}
}

// The first output survives whatever Partner Center lists.
func TestREADME_oddRecords(t *testing.T) {
	t.Parallel()
	configuration := hclBlocks(t, section(t, content(t, readme), "From this checkout"))[0].text
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"totalCount":7,"items":[
			{"resourceId":"1","resourceName":"Contoso","totalCost":120.5682999999995904716,"currencyCode":"EUR"},
			{"resourceId":"2","resourceName":"Contoso","totalCost":-3,"currencyCode":"JPY"},
			{"resourceId":"3","totalCost":1,"currencyCode":"SEK"},
			{"resourceId":"4","resourceName":"","totalCost":2,"currencyCode":"SEK"},
			{"resourceName":"No cost","currencyCode":"EUR"},
			{"resourceName":"No currency","totalCost":4.5},
			{}
		]}`))
	}))
	t.Cleanup(server.Close)
	w := newWorkspace(t, "", "PARTNERCENTER_ENDPOINT="+server.URL, "PARTNERCENTER_ACCESS_TOKEN=a-token")
	w.write(t, "main.tf", configuration)
	w.terraform(t, "plan").succeed(t).mention(t,
		`"Contoso: 120.57 EUR", + "Contoso: -3 JPY",`, `"3: 1.00 SEK"`, `"4: 2.00 SEK"`,
		`"No cost: not known"`, `"No currency: 4.5 in an unknown currency"`, `"?: not known"`)
}

// Each way to sign in to the emulator, as pasted from its guide.
func TestEmulatorGuide_signIn(t *testing.T) {
	t.Parallel()
	// What the comments of the blocks begin with, and the error of those that are refused.
	ways := map[string]string{
		"A public client":                  "",
		"A certificate":                    "",
		"An OIDC token":                    "",
		"A device code":                    "",
		"A file that renews itself":        "",
		"A refresh token that was rotated": "AADSTS50173",
		"A refresh token that was revoked": "AADSTS50173",
		"A refresh token that nobody":      "AADSTS700082",
		"The application alone":            "requires a user",
		"A secret that is not":             "AADSTS7000215",
	}
	blocks := shellBlocks(section(t, content(t, emulatorGuide), "Sign in in every way"))
	if len(blocks) != len(ways) {
		t.Errorf("%d blocks, %d ways", len(blocks), len(ways))
	}
	for way, fails := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			for _, block := range blocks {
				if !strings.HasPrefix(block, "# "+way) {
					continue
				}
				if _, err := exec.LookPath("openssl"); err != nil && strings.Contains(block, "openssl") {
					t.Skip("openssl is missing")
				}
				done := newShell(t, "\nprovider \"partnercenter\" {}\n\ndata \"partnercenter_usage_summary\" \"partner\" {}\n").shell(t, block)
				if fails == "" {
					done.succeed(t)
				} else {
					done.fail(t, fails)
				}
				return
			}
			t.Error("the guide does not show it")
		})
	}
}

// The other commands of the guide are right, with another command in place of
// Terraform.
func TestEmulatorGuide_flags(t *testing.T) {
	t.Parallel()
	w := newShell(t, "")
	checked := 0
	for _, block := range shellBlocks(content(t, emulatorGuide)) {
		for line := range strings.Lines(block) {
			line, ok := strings.CutSuffix(strings.TrimSpace(line), "-- terraform plan")
			if ok && !strings.Contains(line, "-replay") {
				checked++
				w.shell(t, line+"-- true").succeed(t)
			}
		}
	}
	if checked < 7 {
		t.Errorf("only %d commands are in the guide", checked)
	}
}
