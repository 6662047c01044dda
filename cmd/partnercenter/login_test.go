package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// site is the emulator, or something that answers in its place.
type site struct {
	*emulator.Emulator
	url string
}

func newSite(t *testing.T, options emulator.Options) site {
	t.Helper()
	e := emulator.New(options)
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return site{e, server.URL}
}

// atOnce is a user who enters the code before it is asked for.
var atOnce = emulator.Options{DevicePolls: -1}

// command is the program, with the environment that signs in to the site.
func (s site) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	process := exec.CommandContext(t.Context(), os.Args[0], append([]string{"login"}, args...)...)
	process.Env = append(os.Environ(), actAs+"=partnercenter",
		"PARTNERCENTER_AUTHORITY_HOST="+s.url, "PARTNERCENTER_TENANT_ID="+emulator.TenantID, "PARTNERCENTER_CLIENT_ID="+emulator.PublicClientID)
	return process
}

// outcome is what the program did.
type outcome struct {
	code           int
	stdout, stderr string
}

func execute(t *testing.T, process *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	process.Stdout, process.Stderr = &stdout, &stderr
	if err := process.Run(); err != nil {
		if _, failed := errors.AsType[*exec.ExitError](err); !failed {
			t.Fatal(err)
		}
	}
	return outcome{process.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func (o outcome) check(t *testing.T, code int, says ...string) {
	t.Helper()
	if o.code != code {
		t.Errorf("the exit code is %d, want %d:\n%s", o.code, code, o.stderr)
	}
	for _, want := range says {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("it does not say %q:\n%s", want, o.stderr)
		}
	}
	for _, secret := range []string{emulator.ClientSecret, emulator.RefreshToken, "eyJ", "device_code"} {
		if strings.Contains(o.stderr, secret) {
			t.Errorf("it gives %s away:\n%s", secret, o.stderr)
		}
	}
}

// redeem checks that a refresh token is good.
func (s site) redeem(t *testing.T, clientID, clientSecret, token string) {
	t.Helper()
	form := "grant_type=refresh_token&client_id=" + clientID + "&client_secret=" + clientSecret + "&refresh_token=" + token + "&scope=https://api.partnercenter.microsoft.com/.default"
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/"+emulator.TenantID+"/oauth2/v2.0/token", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the refresh token %q is refused with %d", token, response.StatusCode)
	}
}

func TestLogin_prints(t *testing.T) {
	t.Parallel()
	s := newSite(t, emulator.Options{DevicePolls: 1})
	got := execute(t, s.command(t))
	got.check(t, 0, "Open "+emulator.VerificationURI+" and enter the code ", "Signed in as admin.agent@harbourline.example.",
		"The access token expires at ", "The refresh token expires on "+time.Now().AddDate(0, 0, 90).Format(time.DateOnly))
	if lines := strings.Split(got.stdout, "\n"); len(lines) != 2 || lines[1] != "" {
		t.Fatalf("standard output is not one line: %q", got.stdout)
	}
	s.redeem(t, emulator.PublicClientID, "", strings.TrimSpace(got.stdout))
}

func TestLogin_writes(t *testing.T) {
	t.Parallel()
	s := newSite(t, atOnce)
	directory := t.TempDir()
	file := filepath.Join(directory, "refresh-token")
	process := s.command(t, "-client-id", emulator.ClientID, "-out", file)
	// As files have it, each with a line end.
	process.Env = append(process.Env, "PARTNERCENTER_CLIENT_SECRET="+emulator.ClientSecret+"\n", "PARTNERCENTER_TENANT_ID="+emulator.TenantID+"\r\n")
	got := execute(t, process)
	got.check(t, 0, "It was written to "+file)
	if got.stdout != "" {
		t.Errorf("standard output is %q", got.stdout)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s.redeem(t, emulator.ClientID, emulator.ClientSecret, strings.TrimSpace(string(content)))
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Error(info, err)
	}

	sent := len(s.Requests())
	execute(t, s.command(t, "-out", file)).check(t, 1, file+" exists already; -force replaces it")
	if again, err := os.ReadFile(file); err != nil || !bytes.Equal(again, content) {
		t.Errorf("the file was touched: %v", err)
	}
	if len(s.Requests()) != sent {
		t.Error("a code was asked for in vain")
	}
	execute(t, s.command(t, "-out", file, "-force")).check(t, 0)
	if again, err := os.ReadFile(file); err != nil || bytes.Equal(again, content) {
		t.Errorf("the file was not replaced: %v", err)
	}
}

func TestLogin_fails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args  []string
		fault emulator.Fault
		says  []string
	}{
		"the user declines":       {nil, emulator.Fault{Path: "token", Status: http.StatusBadRequest, Error: "authorization_declined"}, []string{"AADSTS65004", "POST http"}},
		"the code expires":        {nil, emulator.Fault{Path: "token", Status: http.StatusBadRequest, Error: "expired_token"}, []string{"AADSTS70020"}},
		"an unknown client":       {[]string{"-client-id", "unknown"}, emulator.Fault{}, []string{"AADSTS700016"}},
		"a client without secret": {[]string{"-client-id", emulator.ClientID}, emulator.Fault{}, []string{"AADSTS7000218"}},
		"another tenant":          {[]string{"-tenant", "elsewhere.example"}, emulator.Fault{}, []string{"AADSTS90002"}},
		"no refresh token":        {nil, emulator.Fault{Path: "token", Body: new(`{"access_token":"a","expires_in":1}`)}, []string{"no refresh token"}},
		"a token of another":      {nil, emulator.Fault{Path: "token", Body: new(tokens(`{"tid":"11111111-2222-3333-4444-555555555555","scp":"s"}`))}, []string{"is from the tenant 11111111-2222-3333-4444-555555555555"}},
		"nowhere to write to":     {[]string{"-out", filepath.Join(t.TempDir(), "no", "file")}, emulator.Fault{}, []string{"no such file or directory"}},
		"something else is there": {[]string{"-out", t.TempDir(), "-force"}, emulator.Fault{}, []string{"is not a file"}},
		"an answer for a browser": {nil, emulator.Fault{Path: "devicecode", Body: new("<html>")}, []string{"sign-in with a device code from the command line failed"}},
		"a redirect to elsewhere": {nil, emulator.Fault{Path: "devicecode", Status: http.StatusFound}, []string{"302 Found"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, atOnce)
			s.Misbehave(test.fault)
			got := execute(t, s.command(t, test.args...))
			got.check(t, 1, append(test.says, "partnercenter login: ")...)
			if got.stdout != "" {
				t.Errorf("standard output is %q", got.stdout)
			}
		})
	}
}

// tokens is an answer of the token endpoint, with an access token of these claims.
func tokens(claims string) string {
	return fmt.Sprintf(`{"token_type":"Bearer","expires_in":3599,"access_token":"e30.%s.x","refresh_token":"refresh-1"}`, base64.RawURLEncoding.EncodeToString([]byte(claims)))
}

// The token is kept all the same: somebody may have exempted this tenant.
func TestLogin_warnsWithoutMFA(t *testing.T) {
	t.Parallel()
	s := newSite(t, atOnce)
	s.Misbehave(emulator.Fault{Path: "token", Body: new(tokens(`{"scp":"s","amr":["pwd"]}`))})
	got := execute(t, s.command(t))
	got.check(t, 0, "Warning: you signed in without multifactor authentication", "Signed in as a user whose name is not in the access token.")
	if got.stdout != "refresh-1\n" {
		t.Errorf("standard output is %q", got.stdout)
	}
}

func TestLogin_usage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"no tenant":             {[]string{"-tenant", "", "-client-id", "c"}, "-tenant must be"},
		"a tenant that is none": {[]string{"-tenant", "../common"}, "-tenant must be"},
		"no client":             {[]string{"-client-id", ""}, "-client-id is missing"},
		"a cloud that is none":  {[]string{"-environment", "mars"}, `-environment "mars" is not public, usgovernment or china`},
		"http to elsewhere":     {[]string{"-authority-host", "http://login.example"}, "-authority-host must be https"},
		"no URL":                {[]string{"-authority-host", "login.example"}, "-authority-host is not a base URL"},
		"-force alone":          {[]string{"-force"}, "-force requires -out"},
		"a secret for all":      {[]string{"-client-secret", "x"}, "flag provided but not defined"},
		"an argument":           {[]string{"file"}, `"file" is not a flag`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, atOnce)
			execute(t, s.command(t, test.args...)).check(t, 2, test.says, "(partnercenter login -help explains the flags)")
			if sent := s.Requests(); len(sent) > 0 {
				t.Errorf("%d requests were sent", len(sent))
			}
		})
	}
}

func TestLogin_help(t *testing.T) {
	t.Parallel()
	got := execute(t, newSite(t, atOnce).command(t, "-help"))
	got.check(t, 0)
	for _, want := range []string{"Usage: partnercenter login", "-client-id", "PARTNERCENTER_CLIENT_SECRET", "Examples:"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("the help does not say %q:\n%s", want, got.stdout)
		}
	}
	if strings.Contains(got.stdout, emulator.TenantID) {
		t.Errorf("the help shows the environment:\n%s", got.stdout)
	}
}

// Ctrl-C ends it at once, and nothing was written.
func TestLogin_interrupt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options emulator.Options
		fault   emulator.Fault
		waits   *regexp.Regexp // for this, before it is interrupted
	}{
		"while the user signs in": {emulator.Options{DevicePolls: 1000}, emulator.Fault{}, regexp.MustCompile(`enter the code`)},
		"while a code is awaited": {atOnce, emulator.Fault{Path: "devicecode", Delay: time.Hour}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, test.options)
			s.Misbehave(test.fault)
			directory := t.TempDir()
			process := s.command(t, "-out", filepath.Join(directory, "refresh-token"))
			stderr, err := process.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			for len(s.Requests()) == 0 {
				time.Sleep(5 * time.Millisecond)
			}
			if test.waits != nil {
				buffer := make([]byte, 4096)
				if n, err := stderr.Read(buffer); err != nil || !test.waits.Match(buffer[:n]) {
					t.Errorf("it says %q: %v", buffer[:n], err)
				}
			}
			start := time.Now()
			if err := process.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			_ = process.Wait()
			if code := process.ProcessState.ExitCode(); code != 130 {
				t.Errorf("the exit code is %d", code)
			}
			if elapsed := time.Since(start); elapsed > 5*time.Second {
				t.Errorf("it took %s", elapsed)
			}
			if left, err := filepath.Glob(filepath.Join(directory, "*")); err != nil || len(left) > 0 {
				t.Errorf("it leaves %q: %v", left, err)
			}
		})
	}
}
