package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// child says where the emulator is, waits for its standard input to end, and
// exits with the status of an API answer to nobody, less 400.
func child() int {
	endpoint := os.Getenv("PARTNERCENTER_ENDPOINT")
	_, _ = os.Stdout.WriteString(endpoint + "\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
	response, err := http.Get(endpoint + "/v1/usagesummary") //nolint:noctx // a program, not a test
	if err != nil {
		return 99
	}
	_ = response.Body.Close()
	return response.StatusCode - 400
}

// process starts the emulator as a process of its own, and returns it with its
// standard input and the first line it wrote.
func process(t *testing.T, args ...string) (running *exec.Cmd, input io.Closer, line string) {
	t.Helper()
	running = exec.CommandContext(t.Context(), os.Args[0], append([]string{"emulator"}, args...)...)
	running.Env = append(os.Environ(), actAs+"=partnercenter")
	input, err := running.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := running.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 4096)
	n, err := output.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ = strings.Cut(string(buffer[:n]), "\n")
	return running, input, line
}

func reachable(t *testing.T, baseURL string) bool {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, baseURL+"/v1/usagesummary", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusUnauthorized
}

func TestEmulator_servesUntilItIsToldToStop(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		running, _, line := process(t)
		endpoint := regexp.MustCompile(`^export PARTNERCENTER_ENDPOINT='(http://127\.0\.0\.1:[0-9]+)'$`).FindStringSubmatch(line)
		if endpoint == nil {
			t.Fatalf("first line %q", line)
		}
		if !reachable(t, endpoint[1]) {
			t.Error("it does not serve")
		}
		if err := running.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := running.Wait(); err != nil {
			t.Errorf("%v: %v", signal, err)
		}
		if reachable(t, endpoint[1]) {
			t.Errorf("%v: it still serves", signal)
		}
	}
}

func TestEmulator_outlivesItsCommandOnCtrlC(t *testing.T) {
	t.Parallel()
	running, input, endpoint := process(t, "--", os.Args[0])
	// Only the emulator gets it here: what reaches the command by its process
	// group is not the emulator's doing.
	if err := running.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if !reachable(t, endpoint) {
		t.Error("it does not serve while its command runs")
	}
	_ = input.Close()
	if err := running.Wait(); running.ProcessState.ExitCode() != 1 {
		t.Errorf("exit code %d, want the command's 1: %v", running.ProcessState.ExitCode(), err)
	}
	if reachable(t, endpoint) {
		t.Error("it still serves")
	}
}

func TestEmulator_passesTerminationOn(t *testing.T) {
	t.Parallel()
	running, input, endpoint := process(t, "--", os.Args[0])
	defer func() { _ = input.Close() }()
	if err := running.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := running.Wait(); running.ProcessState.ExitCode() != 128+int(syscall.SIGTERM) {
		t.Errorf("exit code %d: %v", running.ProcessState.ExitCode(), err)
	}
	if reachable(t, endpoint) {
		t.Error("it still serves")
	}
}

func TestEmulator_runsACommandInItsEnvironment(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	code := runProgram(t, &stdout, &stderr,
		"emulator", "-page-size", "10", "--", "sh", "-c", `echo "$PARTNERCENTER_ENDPOINT $PARTNERCENTER_TENANT_ID"; echo oops >&2; exit 7`,
	)
	if code != 7 || stderr.String() != "oops\n" {
		t.Errorf("exit code %d, stderr %q", code, &stderr)
	}
	endpoint, tenantID, _ := strings.Cut(strings.TrimSpace(stdout.String()), " ")
	if !strings.HasPrefix(endpoint, "http://127.0.0.1:") || tenantID != emulator.TenantID {
		t.Errorf("stdout %q", &stdout)
	}
	if reachable(t, endpoint) {
		t.Error("it still serves")
	}
}

func TestEmulator_credentialsForOtherProvidersStay(t *testing.T) {
	t.Setenv("ARM_CLIENT_SECRET", "a workload's")
	t.Setenv("AZURE_CLIENT_ID", "a workload's")
	var stdout, stderr bytes.Buffer
	runProgram(t, &stdout, &stderr, "emulator", "--", "sh", "-c", `echo "$ARM_CLIENT_SECRET, $AZURE_CLIENT_ID"`)
	if got := stdout.String(); got != "a workload's, a workload's\n" {
		t.Errorf("stdout %q, stderr %q", got, &stderr)
	}
}

func TestEmulator_flagsReachTheEmulator(t *testing.T) {
	t.Parallel()
	settings, err := program{}.parseEmulator([]string{
		"-customers", "40", "-page-size", "10", "-latency", "1ms", "-listen", "localhost:0",
		"-utilization", "5000", "-device-polls", "3", "-revoke-rotated",
		"-rows", "1000", "-manifest-link", "-sas-lifetime", "2m", "-no-consent",
		"-misbehave", "token: status=503", "-misbehave", "reset times=2", "terraform", "plan", "-out=plan",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := emulator.Options{Customers: 40, PageSize: 10, Latency: time.Millisecond, Utilization: 5000, DevicePolls: 3, RevokeRotated: true, QuotaBurst: 10, Rows: 1000, ManifestLink: true, SASLifetime: 2 * time.Minute, NoConsent: true}
	if !reflect.DeepEqual(settings.options, want) {
		t.Errorf("options %+v", settings.options)
	}
	if len(settings.faults) != 2 || settings.faults[0].Path != "token" || !settings.faults[1].Reset {
		t.Errorf("faults %+v", settings.faults)
	}
	if got := strings.Join(settings.command, " "); got != "terraform plan -out=plan" {
		t.Errorf("command %q", got)
	}

	server, err := startEmulator(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	defer server.close()
	for i, want := range []bool{false, false, true} {
		if reachable(t, server.baseURL) != want {
			t.Errorf("request %d is not as two resets make it", i)
		}
	}
}

func TestEmulator_certificatesReachTheEmulator(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "certificate.pem")
	content := slices.Concat(
		pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
	)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	settings, err := program{}.parseEmulator([]string{"-certificate", file, "-certificate", file})
	if err != nil || len(settings.options.Certificates) != 2 || !bytes.Equal(settings.options.Certificates[1].Raw, der) {
		t.Errorf("certificates %v, error %v", settings.options.Certificates, err)
	}
}

func TestEmulator_controls(t *testing.T) {
	t.Parallel()
	server, err := startEmulator(t.Context(), emulatorSettings{listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.close()
	send := func(method, path string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.baseURL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+emulator.UserAccessToken())
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}

	const spend = "/emulator/spend?customer=" + emulator.MeteredCustomerID
	for _, test := range []struct {
		method, path string
		status       int
		want         string
	}{
		{http.MethodGet, spend + "&cost=1", http.StatusMethodNotAllowed, "use POST"},
		{http.MethodPost, spend + "&cost=much", http.StatusBadRequest, `"much" is not a decimal`},
		{http.MethodPost, "/emulator/spend?customer=nobody&cost=1", http.StatusBadRequest, `no customer "nobody"`},
		{http.MethodPost, spend + "&cost=7200.50", http.StatusNoContent, ""},
		{http.MethodGet, "/v1/customers/usagerecords", http.StatusOK, `"totalCost":7200.50,"currencyCode":"EUR"`},
		{http.MethodGet, "/v1//usagesummary", http.StatusNotFound, `"code":1000`},
		{http.MethodGet, "/emulator/requests", http.StatusOK, "2\n"},
	} {
		if status, body := send(test.method, test.path); status != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%s %s: %d %s", test.method, test.path, status, body)
		}
	}
}

func TestEmulator_whatItRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"any address":        {[]string{"-listen", ":8080"}, 2, "not a loopback address"},
		"a public address":   {[]string{"-listen", "192.0.2.1:0"}, 2, "not a loopback address"},
		"a name":             {[]string{"-listen", "example.com:0"}, 2, "not a loopback address"},
		"no port":            {[]string{"-listen", "127.0.0.1"}, 2, "missing port in address"},
		"negative customers": {[]string{"-customers", "-1"}, 2, "must not be negative"},
		"negative records":   {[]string{"-utilization", "-1"}, 2, "must not be negative"},
		"negative rows":      {[]string{"-rows", "-1"}, 2, "must not be negative"},
		"nobody over":        {[]string{"-over-budget", "1"}, 2, "needs -customers"},
		"no certificate":     {[]string{"-certificate", os.Args[0]}, 2, "has no certificate in PEM"},
		"no such file":       {[]string{"-certificate", "no-such-file"}, 2, "no-such-file"},
		"a bad fault":        {[]string{"-misbehave", "explode"}, 2, `unknown word "explode"`},
		"an unknown flag":    {[]string{"-explode"}, 2, "-help explains the flags"},
		"an unknown port":    {[]string{"-listen", "127.0.0.1:none"}, 1, "none"},
		"an unknown command": {[]string{"--", "no-such-command"}, 127, "no-such-command"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if code := runProgram(t, &stdout, &stderr, append([]string{"emulator"}, test.args...)...); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if got := stderr.String(); !strings.HasPrefix(got, "partnercenter emulator: ") || !strings.Contains(got, test.want) || stdout.Len() > 0 {
				t.Errorf("stdout %q, stderr %q", &stdout, got)
			}
		})
	}
}

func TestEmulator_help(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := runProgram(t, &stdout, &stderr, "emulator", "-help"); code != 0 || stderr.Len() > 0 {
		t.Errorf("exit code %d, stderr %q", code, &stderr)
	}
	for _, want := range []string{"Usage:", "-listen address", "-customers number", "-over-budget number", "-throttle-every number", "-page-size number", "-latency time", "-misbehave fault", "-utilization number", "-certificate file", "-device-polls number", "-revoke-rotated", "-rows number", "-manifest-link", "-sas-lifetime time", "-app-only", "-no-consent", "/emulator/spend?customer=", "/emulator/requests", "Examples:"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &stdout)
		}
	}
}

func TestEmulator_exportsQuote(t *testing.T) {
	t.Parallel()
	if got := exportLines([]string{"NAME=it's=a value"})[0]; got != `export NAME='it'\''s=a value'` {
		t.Error(got)
	}
}
