package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// doctorRun is a run of the doctor.
type doctorRun struct {
	code           int
	stdout, stderr string
	emulator       *emulator.Emulator
}

// runDoctor runs the doctor on an emulator, with these variables in place of a refresh
// token and a client secret.
func runDoctor(t *testing.T, options emulator.Options, faults []emulator.Fault, variables map[string]string, args ...string) doctorRun {
	t.Helper()
	e := emulator.New(options)
	e.Misbehave(faults...)
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	values := map[string]string{
		"PARTNERCENTER_ENDPOINT": server.URL, "PARTNERCENTER_GRAPH_ENDPOINT": server.URL, "PARTNERCENTER_AUTHORITY_HOST": server.URL, "PARTNERCENTER_MAX_RETRIES": "0",
		"PARTNERCENTER_TENANT_ID": emulator.TenantID, "PARTNERCENTER_CLIENT_ID": emulator.ClientID,
	}
	maps.Copy(values, variables)
	var stdout, stderr bytes.Buffer
	p := program{config.Environment{
		Getenv: func(name string) string { return values[name] },
		LookPath: func(program string) (string, error) {
			if values["az"] == "" {
				return "", os.ErrNotExist
			}
			return program, nil
		},
	}, &stdout, &stderr}
	code := p.run(t.Context(), append([]string{"doctor"}, args...))
	run := doctorRun{code, stdout.String(), stderr.String(), e}
	run.checkSecrets(t)
	for _, r := range e.Requests() {
		isExport := r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/export") && strings.Contains(strings.Join(args, " "), "-export")
		if r.Method != http.MethodGet && !strings.HasSuffix(r.Path, "/oauth2/v2.0/token") && !isExport {
			t.Errorf("it sends %s %s", r.Method, r.Path)
		}
	}
	return run
}

// checkSecrets checks that no secret is told.
func (r doctorRun) checkSecrets(t *testing.T) {
	t.Helper()
	secrets := []string{emulator.ClientSecret, emulator.RefreshToken, emulator.RevokedRefreshToken, emulator.FederatedAssertion, "eyJ", "admin.agent@"}
	for _, request := range r.emulator.Requests() {
		if signature := request.Query.Get("sig"); signature != "" {
			secrets = append(secrets, signature, url.QueryEscape(signature), path.Dir(request.Path))
		}
		if token := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer "); token != "" {
			secrets = append(secrets, token)
		}
	}
	for _, secret := range secrets {
		if strings.Contains(r.stdout, secret) || strings.Contains(r.stderr, secret) {
			t.Errorf("it tells %.30s:\n%s\n%s", secret, r.stdout, r.stderr)
		}
	}
}

func (r doctorRun) check(t *testing.T, code int, says ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("the exit code is %d, want %d:\n%s", r.code, code, r.stderr)
	}
	for _, want := range says {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("it does not say %q:\n%s", want, r.stdout)
		}
	}
}

var confidential = map[string]string{"PARTNERCENTER_CLIENT_SECRET": emulator.ClientSecret, "PARTNERCENTER_REFRESH_TOKEN": emulator.RefreshToken}

// Every sign-in that works without a browser, but for the Azure CLI.
func TestDoctor_signIns(t *testing.T) {
	t.Parallel()
	certificate := providertest.NewCertificate(t)
	const app, user = "App (an application without a user)", "App+User (an application for a user)"
	for name, test := range map[string]struct {
		variables map[string]string
		options   emulator.Options
		code      int
		says      []string
	}{
		"a refresh token and a secret": {confidential, emulator.Options{}, 0, []string{"a refresh token and a client secret", "PARTNERCENTER_REFRESH_TOKEN, PARTNERCENTER_CLIENT_SECRET", user, "multifactor  yes"}},
		"a public client": {
			map[string]string{"PARTNERCENTER_REFRESH_TOKEN": emulator.RefreshToken, "PARTNERCENTER_CLIENT_ID": emulator.PublicClientID},
			emulator.Options{},
			0,
			[]string{"a refresh token of a public client", user},
		},
		"a file that is rotated": {
			map[string]string{"PARTNERCENTER_REFRESH_TOKEN_FILE": providertest.WriteFile(t, "token", []byte(emulator.RefreshToken)), "PARTNERCENTER_CLIENT_SECRET": emulator.ClientSecret, "PARTNERCENTER_ROTATE_REFRESH_TOKEN": "true"},
			emulator.Options{RevokeRotated: true},
			0,
			[]string{"PARTNERCENTER_REFRESH_TOKEN_FILE", user},
		},
		"a certificate": {
			map[string]string{"PARTNERCENTER_REFRESH_TOKEN": emulator.RefreshToken, "PARTNERCENTER_CLIENT_CERTIFICATE_PATH": certificate.PEM},
			emulator.Options{Certificates: []*x509.Certificate{certificate.Certificate}},
			0,
			[]string{"a refresh token and a client certificate", user},
		},
		"an OIDC token": {
			map[string]string{"PARTNERCENTER_REFRESH_TOKEN": emulator.RefreshToken, "PARTNERCENTER_OIDC_TOKEN": emulator.FederatedAssertion},
			emulator.Options{},
			0,
			[]string{"a refresh token and an OIDC token", user},
		},
		"an access token": {map[string]string{"PARTNERCENTER_ACCESS_TOKEN": emulator.UserAccessToken()}, emulator.Options{}, 0, []string{"an access token", user, "expires      2100-01-01T00:00:00Z"}},
		"a token that says nothing": {
			map[string]string{"PARTNERCENTER_ACCESS_TOKEN": "opaque-token"},
			emulator.Options{},
			1,
			[]string{"cannot be read", "401 Unauthorized", "Partner Center does not accept the access token"},
		},
		"an application": {
			map[string]string{"PARTNERCENTER_CLIENT_SECRET": emulator.ClientSecret},
			emulator.Options{},
			1,
			[]string{"a client secret (app-only)", app, "code 900329", "The access token is for an application (app-only), but this route requires a user.", "failed   usagesummary", "ok       customers\n", "ok       invoices\n"},
		},
		"a secret of ARM_*": {
			map[string]string{"ARM_CLIENT_SECRET": emulator.ClientSecret, "ARM_CLIENT_ID": emulator.ClientID, "ARM_TENANT_ID": emulator.TenantID, "PARTNERCENTER_CLIENT_ID": ""},
			emulator.Options{},
			1,
			[]string{"the environment variables ARM_* (ARM_CLIENT_SECRET)", app},
		},
		"a revoked token": {
			map[string]string{"PARTNERCENTER_REFRESH_TOKEN": emulator.RevokedRefreshToken, "PARTNERCENTER_CLIENT_SECRET": emulator.ClientSecret},
			emulator.Options{},
			1,
			[]string{"AADSTS50173", "The refresh token was revoked", "None was read: the sign-in failed.", "Sent 0 GET requests"},
		},
		"an expired access token": {map[string]string{"PARTNERCENTER_ACCESS_TOKEN": emulator.ExpiredAccessToken()}, emulator.Options{}, 1, []string{"the access token expired at"}},
		"nothing":                 {nil, emulator.Options{}, 1, []string{"No sign-in configured", "None was read: the sign-in is not configured."}},
		"too much": {
			map[string]string{"PARTNERCENTER_ACCESS_TOKEN": "x", "PARTNERCENTER_REFRESH_TOKEN": emulator.RefreshToken, "PARTNERCENTER_MAX_RETRIES": "many"},
			emulator.Options{},
			1,
			[]string{"Conflicting credentials", "PARTNERCENTER_ACCESS_TOKEN and PARTNERCENTER_REFRESH_TOKEN", "Invalid number"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runDoctor(t, test.options, nil, test.variables).check(t, test.code, test.says...)
		})
	}
}

// The Azure CLI is a program on the PATH.
func TestDoctor_azureCLI(t *testing.T) {
	directory := t.TempDir()
	script := "#!/bin/sh\ncat <<EOF\n" + `{"accessToken":"` + emulator.UserAccessToken() + `","expires_on":4102444800,"expiresOn":"2100-01-01 00:00:00.000000","tokenType":"Bearer"}` + "\nEOF\n"
	if err := os.WriteFile(filepath.Join(directory, "az"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", directory+":"+os.Getenv("PATH"))
	runDoctor(t, emulator.Options{}, nil, map[string]string{"az": "yes"}).check(t, 0, "the Azure CLI", "this machine (because no other credentials were configured)", "App+User")
}

// What is done is told while it is; the report has nothing of that.
func TestDoctor_progress(t *testing.T) {
	t.Parallel()
	got := runDoctor(t, emulator.Options{}, []emulator.Fault{{Path: "invoices", Status: http.StatusServiceUnavailable, RetryAfter: "7"}}, confidential, "-json")
	if got.code != 1 || !strings.Contains(got.stderr, "Reading customers/usagerecords\n") || !strings.Contains(got.stderr, "asks to wait 7s") {
		t.Errorf("%d\n%s", got.code, got.stderr)
	}
	var report struct {
		Works    bool `json:"works"`
		Requests struct {
			API int `json:"api"`
		} `json:"requests"`
	}
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil || report.Works || report.Requests.API != 20 {
		t.Errorf("%v %+v\n%s", err, report, got.stdout)
	}
}

func TestDoctor_chosen(t *testing.T) {
	t.Parallel()
	got := runDoctor(t, emulator.Options{}, nil, confidential, "-customer", emulator.MeteredCustomerID, "-plan", strings.ToUpper(emulator.MeteredPlanID))
	got.check(t, 0, "30 records, total count 30")
	got = runDoctor(t, emulator.Options{}, nil, confidential, "-customer", emulator.LegacyCustomerID, "-subscription", emulator.LegacySubscriptionID)
	got.check(t, 0, "the customer has no Azure plan", "ok       customers/{legacy_customer_id}/subscriptions/{subscription_id}/utilizations/azure")
}

// An export counts if it is asked for; otherwise, what is missing for Microsoft Graph is told
// and does not.
func TestDoctor_export(t *testing.T) {
	t.Parallel()
	app := map[string]string{"PARTNERCENTER_CLIENT_SECRET": emulator.ClientSecret}
	for name, test := range map[string]struct {
		args      []string
		variables map[string]string
		options   emulator.Options
		faults    []emulator.Fault
		code      int
		says      []string
	}{
		"unbilled":    {[]string{"-export", "eur"}, confidential, emulator.Options{}, nil, 0, []string{"ok       reports/partners/billing/usage/unbilled/export\n", "50 records", "24 routes work", "0 differences", "1 POST request for an export"}},
		"billed":      {[]string{"-export-invoice", emulator.LatestInvoiceID}, confidential, emulator.Options{}, nil, 0, []string{"ok       reports/partners/billing/usage/billed/export\n", "inside the operation", "0 differences"}},
		"linked":      {[]string{"-export", "EUR"}, confidential, emulator.Options{ManifestLink: true}, nil, 0, []string{"ok       reports/partners/billing/manifests/{manifest_id}\n", "0 differences"}},
		"none":        {nil, confidential, emulator.Options{NoConsent: true}, nil, 0, []string{"PartnerBilling.Read.All", "does not count here"}},
		"no consent":  {[]string{"-export", "EUR"}, confidential, emulator.Options{NoConsent: true}, nil, 1, []string{"PartnerBilling.Read.All"}},
		"app":         {[]string{"-export", "EUR"}, app, emulator.Options{}, nil, 1, []string{"ok       {blob}", "code 900329"}},
		"app, no":     {[]string{"-export", "EUR"}, app, emulator.Options{NoConsent: true}, nil, 1, []string{"Missing permission", "Add the application permission `PartnerBilling.Read.All`", "failed   reports/partners/billing/usage/unbilled/export\n"}},
		"no data":     {[]string{"-export", "THB"}, confidential, emulator.Options{}, nil, 1, []string{"code 5000", "Either there is no usage in THB"}},
		"ended SAS":   {[]string{"-export", "EUR"}, confidential, emulator.Options{SASLifetime: -1}, nil, 1, []string{"failed   {blob}", "refuses the signature"}},
		"throttled":   {[]string{"-export", "EUR"}, confidential, emulator.Options{}, []emulator.Fault{{Path: "unbilled/export", Status: http.StatusTooManyRequests, RetryAfter: "0", Times: emulator.Always}}, 1, []string{"Microsoft Graph throttles this application"}},
		"not gzip":    {[]string{"-export", "EUR"}, confidential, emulator.Options{}, []emulator.Fault{{Path: "*.json.gz", Body: new("<html>proxy</html>"), Times: emulator.Always}}, 1, []string{"the blob is not gzip"}},
		"no blob":     {[]string{"-export", "EUR"}, confidential, emulator.Options{}, []emulator.Fault{{Path: "*.json.gz", Status: http.StatusServiceUnavailable, Times: emulator.Always}}, 1, []string{"failed   {blob}", "Azure Blob Storage, or a proxy in between, failed repeatedly"}},
		"not reached": {[]string{"-export", "EUR"}, confidential, emulator.Options{}, []emulator.Fault{{Path: "*.json.gz", Reset: true, Times: emulator.Always}}, 1, []string{"failed   {blob}", "There was no response from Azure Blob Storage"}},
		"runs":        {[]string{"-export", "EUR"}, confidential, emulator.Options{}, []emulator.Fault{{Path: "operations/*", Operation: "running", RetryAfter: "1"}}, 0, []string{"running, then succeeded", "ok       {blob}"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runDoctor(t, test.options, test.faults, test.variables, test.args...).check(t, test.code, test.says...)
		})
	}
}

// A recording with an export has nothing of the SAS, and is served without it.
func TestDoctor_recordExport(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(t.TempDir(), "recording")
	run := runDoctor(t, emulator.Options{}, nil, confidential, "-export", "EUR", "-record", directory)
	run.check(t, 0)
	files, err := filepath.Glob(filepath.Join(directory, "*"))
	if err != nil || len(files) < 23 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doctorRun{stdout: string(content), emulator: run.emulator}.checkSecrets(t)
		for _, private := range []string{"harbourline", "nordhavn", emulator.TenantID, "usagefastpath"} {
			if strings.Contains(strings.ToLower(string(content)), private) {
				t.Errorf("%s: %s is left", file, private)
			}
		}
	}
	settings, err := program{stdout: io.Discard, stderr: io.Discard}.parseEmulator([]string{"-replay", directory})
	if err != nil {
		t.Fatal(err)
	}
	runDoctor(t, settings.options, nil, confidential).check(t, 0, "20 routes work")
}

func TestDoctor_usage(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"no GUID":         {"-customer", "contoso"},
		"a GUID in words": {"-customer", "{" + emulator.MeteredCustomerID + "}"},
		"no customer":     {"-plan", emulator.MeteredPlanID},
		"no pages":        {"-pages", "0"},
		"no currency":     {"-export", "Euro"},
		"empty currency":  {"-export", ""},
		"empty invoice":   {"-export-invoice", ""},
		"no invoice":      {"-export-invoice", "../x"},
		"two exports":     {"-export", "EUR", "-export-invoice", emulator.LatestInvoiceID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runDoctor(t, emulator.Options{}, nil, confidential, args...)
			if got.code != 2 || got.stdout != "" || len(got.emulator.Requests()) > 0 || !strings.Contains(got.stderr, "-help explains the flags") {
				t.Errorf("%d %q", got.code, got.stderr)
			}
		})
	}
}

// A recording is written for its user only, never over another one, and is served again.
func TestDoctor_record(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(t.TempDir(), "recording")
	runDoctor(t, emulator.Options{PageSize: 10}, nil, confidential, "-record", directory).check(t, 0)
	if again := runDoctor(t, emulator.Options{}, nil, confidential, "-record", directory); again.code != 1 || !strings.Contains(again.stderr, "is not empty") || len(again.emulator.Requests()) > 0 {
		t.Errorf("%d %q", again.code, again.stderr)
	}
	files, err := filepath.Glob(filepath.Join(directory, "*"))
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
			t.Error(info, err)
		}
	}
	var stderr bytes.Buffer
	settings, err := program{stdout: io.Discard, stderr: &stderr}.parseEmulator([]string{"-replay", directory})
	if err != nil {
		t.Fatal(err)
	}
	runDoctor(t, settings.options, nil, confidential).check(t, 0, "20 routes work")
	for _, args := range [][]string{{"-replay", t.TempDir()}, {"-replay", directory, "-customers", "5"}} {
		if _, err := (program{stdout: io.Discard, stderr: &stderr}).parseEmulator(args); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}

func TestDoctor_interrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	p := program{config.Environment{Getenv: func(name string) string {
		return map[string]string{"PARTNERCENTER_ACCESS_TOKEN": emulator.UserAccessToken()}[name]
	}, LookPath: func(string) (string, error) { return "", os.ErrNotExist }}, &stdout, &stderr}
	if code := p.run(ctx, []string{"doctor"}); code != 130 || stdout.Len() > 0 {
		t.Errorf("%d %q", code, &stderr)
	}
}
