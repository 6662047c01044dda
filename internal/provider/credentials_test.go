package provider

import (
	"cmp"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// confidential signs a user in with a client that has a secret, public with one
// that has none.
var (
	confidential = map[string]string{
		"tenant_id": emulator.TenantID, "client_id": emulator.ClientID, "client_secret": emulator.ClientSecret, "refresh_token": emulator.RefreshToken,
	}
	public = map[string]string{
		"tenant_id": emulator.TenantID, "client_id": emulator.PublicClientID, "refresh_token": emulator.RefreshToken,
	}
)

// but returns a copy of a configuration with other values. Empty ones are left
// out.
func but(texts map[string]string, changes map[string]string) map[string]string {
	changed := maps.Clone(texts)
	maps.Copy(changed, changes)
	maps.DeleteFunc(changed, func(_, text string) bool { return text == "" })
	return changed
}

// reached says what arrived at the site: tenant, client, secret or assertion, and
// refresh token of the first token request, or the access token of the first other one.
func (s *site) reached(t *testing.T) string {
	t.Helper()
	requests := s.Requests()
	if len(requests) == 0 {
		t.Fatal("nothing was sent")
	}
	forms := s.signIns()
	if len(forms) == 0 {
		return strings.TrimPrefix(requests[0].Header.Get("Authorization"), "Bearer ")
	}
	tenant := strings.TrimPrefix(strings.TrimSuffix(requests[0].Path, tokenRoute), "/")
	form := forms[0]
	fields := []string{tenant, form.Get("client_id"), form.Get("client_secret"), form.Get("client_assertion"), form.Get("refresh_token")}
	return strings.Join(slices.DeleteFunc(fields, func(field string) bool { return field == "" }), " ")
}

// Credentials come from the first place that has any, and from no other. In this
// test every value is the name of the place where it stands.
func TestSource(t *testing.T) {
	t.Parallel()
	const (
		all   = "refresh_token client_secret tenant_id client_id"
		ofPC  = "PARTNERCENTER_REFRESH_TOKEN PARTNERCENTER_CLIENT_SECRET PARTNERCENTER_TENANT_ID PARTNERCENTER_CLIENT_ID"
		ofARM = "ARM_CLIENT_SECRET ARM_TENANT_ID ARM_CLIENT_ID"
		ofAZ  = "AZURE_CLIENT_SECRET AZURE_TENANT_ID AZURE_CLIENT_ID"
	)
	for name, test := range map[string]struct {
		configuration string
		environment   string
		want          string // what is sent
		problem       string // or the argument to blame
	}{
		"the configuration":           {configuration: all, want: "tenant_id client_id client_secret refresh_token"},
		"PARTNERCENTER_*":             {environment: ofPC, want: "PARTNERCENTER_TENANT_ID PARTNERCENTER_CLIENT_ID PARTNERCENTER_CLIENT_SECRET PARTNERCENTER_REFRESH_TOKEN"},
		"ARM_*":                       {environment: ofARM, want: "ARM_TENANT_ID ARM_CLIENT_ID ARM_CLIENT_SECRET"},
		"AZURE_*":                     {environment: ofAZ, want: "AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_CLIENT_SECRET"},
		"a token, configured":         {configuration: "access_token", want: "access_token"},
		"a token, in the environment": {environment: "PARTNERCENTER_ACCESS_TOKEN", want: "PARTNERCENTER_ACCESS_TOKEN"},

		"the configuration comes first": {configuration: all, environment: ofPC + " " + ofARM + " " + ofAZ, want: "tenant_id client_id client_secret refresh_token"},
		"then PARTNERCENTER_*":          {environment: ofPC + " " + ofARM + " " + ofAZ, want: "PARTNERCENTER_TENANT_ID PARTNERCENTER_CLIENT_ID PARTNERCENTER_CLIENT_SECRET PARTNERCENTER_REFRESH_TOKEN"},
		"then ARM_*":                    {environment: ofARM + " " + ofAZ, want: "ARM_TENANT_ID ARM_CLIENT_ID ARM_CLIENT_SECRET"},
		"a token before all others":     {configuration: "access_token", environment: ofPC + " " + ofARM + " " + ofAZ, want: "access_token"},
		"identifiers are no credential": {configuration: "tenant_id client_id", environment: "PARTNERCENTER_TENANT_ID PARTNERCENTER_CLIENT_ID " + ofARM, want: "tenant_id client_id ARM_CLIENT_SECRET"},

		"a refresh token takes no secret of ARM_*": {
			environment: "PARTNERCENTER_REFRESH_TOKEN PARTNERCENTER_TENANT_ID PARTNERCENTER_CLIENT_ID " + ofARM,
			want:        "PARTNERCENTER_TENANT_ID PARTNERCENTER_CLIENT_ID PARTNERCENTER_REFRESH_TOKEN",
		},
		"nor its client": {
			environment: "PARTNERCENTER_REFRESH_TOKEN PARTNERCENTER_TENANT_ID " + ofARM + " " + ofAZ,
			problem:     "client_id",
		},
		"a configured refresh token takes no secret of PARTNERCENTER_*": {
			configuration: "refresh_token tenant_id client_id", environment: "PARTNERCENTER_CLIENT_SECRET " + ofARM + " " + ofAZ,
			want: "tenant_id client_id refresh_token",
		},
		"nor its client either": {
			configuration: "refresh_token tenant_id", environment: ofPC,
			problem: "client_id",
		},
		"a configured secret takes no client of PARTNERCENTER_*": {
			configuration: "client_secret tenant_id", environment: "PARTNERCENTER_CLIENT_ID",
			problem: "client_id",
		},
		"a configured secret takes no refresh token of PARTNERCENTER_*": {
			configuration: "client_secret tenant_id client_id", environment: ofPC,
			want: "tenant_id client_id client_secret",
		},
		"a secret of ARM_* takes no client of AZURE_*": {
			environment: "ARM_CLIENT_SECRET ARM_TENANT_ID AZURE_CLIENT_ID",
			problem:     "client_id",
		},
		"a secret of AZURE_* takes no client of PARTNERCENTER_*": {
			environment: "AZURE_CLIENT_SECRET AZURE_TENANT_ID PARTNERCENTER_CLIENT_ID",
			problem:     "client_id",
		},
		"ARM_* has no tokens": {
			environment: "ARM_REFRESH_TOKEN ARM_ACCESS_TOKEN " + ofARM,
			want:        "ARM_TENANT_ID ARM_CLIENT_ID ARM_CLIENT_SECRET",
		},
		"AZURE_* has no tokens": {
			environment: "AZURE_REFRESH_TOKEN AZURE_ACCESS_TOKEN " + ofAZ,
			want:        "AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_CLIENT_SECRET",
		},

		"a configured client is used with any credential": {
			configuration: "client_id", environment: ofPC,
			want: "PARTNERCENTER_TENANT_ID client_id PARTNERCENTER_CLIENT_SECRET PARTNERCENTER_REFRESH_TOKEN",
		},
		"a configured client and tenant with that of ARM_*": {
			configuration: "tenant_id client_id", environment: ofARM,
			want: "tenant_id client_id ARM_CLIENT_SECRET",
		},
		"the tenant beside the credential comes before others": {
			environment: ofARM + " PARTNERCENTER_TENANT_ID AZURE_TENANT_ID",
			want:        "ARM_TENANT_ID ARM_CLIENT_ID ARM_CLIENT_SECRET",
		},
		"a tenant of PARTNERCENTER_* for a configured credential": {
			configuration: "refresh_token client_id", environment: "PARTNERCENTER_TENANT_ID ARM_TENANT_ID AZURE_TENANT_ID",
			want: "PARTNERCENTER_TENANT_ID client_id refresh_token",
		},
		"a tenant of ARM_* for a configured credential": {
			configuration: "refresh_token client_id", environment: "ARM_TENANT_ID AZURE_TENANT_ID",
			want: "ARM_TENANT_ID client_id refresh_token",
		},
		"a tenant of AZURE_* for PARTNERCENTER_*": {
			environment: "PARTNERCENTER_REFRESH_TOKEN PARTNERCENTER_CLIENT_ID AZURE_TENANT_ID",
			want:        "AZURE_TENANT_ID PARTNERCENTER_CLIENT_ID PARTNERCENTER_REFRESH_TOKEN",
		},
		"a tenant of PARTNERCENTER_* for AZURE_*": {
			environment: "AZURE_CLIENT_SECRET AZURE_CLIENT_ID PARTNERCENTER_TENANT_ID",
			want:        "PARTNERCENTER_TENANT_ID AZURE_CLIENT_ID AZURE_CLIENT_SECRET",
		},
		"an OIDC token, configured": {configuration: "oidc_token tenant_id client_id", environment: ofPC + " " + ofARM + " " + ofAZ, want: "tenant_id client_id oidc_token"},
		"an OIDC token of ARM_*": {
			environment: "ARM_OIDC_TOKEN ARM_TENANT_ID ARM_CLIENT_ID " + ofAZ,
			want:        "ARM_TENANT_ID ARM_CLIENT_ID ARM_OIDC_TOKEN",
		},
		"AZURE_* has no OIDC token": {
			environment: "AZURE_OIDC_TOKEN " + ofAZ,
			want:        "AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_CLIENT_SECRET",
		},
		"a refresh token takes no OIDC token of ARM_*": {
			environment: "PARTNERCENTER_REFRESH_TOKEN PARTNERCENTER_TENANT_ID PARTNERCENTER_CLIENT_ID ARM_OIDC_TOKEN ARM_OIDC_TOKEN_FILE_PATH AZURE_FEDERATED_TOKEN_FILE",
			want:        "PARTNERCENTER_TENANT_ID PARTNERCENTER_CLIENT_ID PARTNERCENTER_REFRESH_TOKEN",
		},
		"a password of a certificate is no credential": {
			environment: "PARTNERCENTER_CLIENT_CERTIFICATE_PASSWORD " + ofARM,
			want:        "ARM_TENANT_ID ARM_CLIENT_ID ARM_CLIENT_SECRET",
		},
		"no tenant": {
			configuration: "refresh_token client_id",
			problem:       "tenant_id",
		},
		"the Azure CLI that nobody has": {problem: "use_cli"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// A tenant has no underscores.
			named := func(place string) string { return strings.ReplaceAll(place, "_", "-") }
			site := newSite(t, emulator.Options{})
			configuration := providertest.Arguments{"endpoint": site.url, "authority_host": site.url}
			for argument := range strings.FieldsSeq(test.configuration) {
				configuration[argument] = named(argument)
			}
			environment := map[string]string{}
			for variable := range strings.FieldsSeq(test.environment) {
				environment[variable] = named(variable)
			}
			server := newServer(t, systemWith(environment))
			problems := server.Configure(t, configuration)
			if test.problem != "" {
				checkProblem(t, problems, test.problem)
				return
			}
			if len(problems) > 0 {
				t.Fatalf("%s: %s", problems[0].Summary, problems[0].Detail)
			}
			server.Read(t, summary, nil).Fail(t) // The site knows none of them.
			if got, want := site.reached(t), named(test.want); got != want {
				t.Errorf("sent %s, want %s", got, want)
			}
		})
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "refresh-token")
	if err := os.WriteFile(file, []byte("\n "+emulator.RefreshToken+" \r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fromFile := map[string]string{"refresh_token": "", "refresh_token_file": file}
	for name, test := range map[string]struct {
		credentials map[string]string
		want        string
	}{
		"access token":                          {map[string]string{"access_token": emulator.UserAccessToken()}, emulator.UserAccessToken()},
		"access token, the CLI is forbidden":    {map[string]string{"access_token": emulator.UserAccessToken(), "use_cli": "false"}, emulator.UserAccessToken()},
		"refresh token and secret":              {confidential, emulator.TenantID + " " + emulator.ClientID + " " + emulator.ClientSecret + " " + emulator.RefreshToken},
		"refresh token of a public client":      {public, emulator.TenantID + " " + emulator.PublicClientID + " " + emulator.RefreshToken},
		"refresh token file and secret":         {but(confidential, fromFile), emulator.TenantID + " " + emulator.ClientID + " " + emulator.ClientSecret + " " + emulator.RefreshToken},
		"refresh token file of a public client": {but(public, fromFile), emulator.TenantID + " " + emulator.PublicClientID + " " + emulator.RefreshToken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBoth(t, test.credentials, func(t *testing.T, configuration providertest.Arguments, sys config.Environment) {
				t.Helper()
				site := newSite(t, emulator.Options{})
				server := site.start(t, configuration, sys)
				for range 3 {
					server.Read(t, summary, nil).Succeed(t)
					server.Read(t, "partnercenter_customer_usage_records", nil).Succeed(t)
				}
				if got := site.reached(t); got != test.want {
					t.Errorf("sent %s, want %s", got, test.want)
				}
				forms := site.signIns()
				if len(forms) > 1 {
					t.Errorf("%d sign-ins, want one", len(forms))
				}
				for _, form := range forms {
					if got, want := form.Get("grant_type")+" "+form.Get("scope"), "refresh_token https://api.partnercenter.microsoft.com/.default"; got != want {
						t.Errorf("asked for %s, want %s", got, want)
					}
				}
			})
		})
	}
}

func TestSignIn_refreshTokenBesideAWorkloadsSecret(t *testing.T) {
	t.Parallel()
	variables := environment(public)
	maps.Copy(variables, map[string]string{"ARM_TENANT_ID": "workload", "ARM_CLIENT_ID": "workload", "ARM_CLIENT_SECRET": "workload", "ARM_ENVIRONMENT": "public"})
	site := newSite(t, emulator.Options{})
	site.start(t, nil, systemWith(variables)).Read(t, summary, nil).Succeed(t)
	if got := fmt.Sprint(site.signIns()); strings.Contains(got, "workload") {
		t.Errorf("sent %s", got)
	}
}

func TestSignIn_appOnly(t *testing.T) {
	t.Parallel()
	appOnly := but(confidential, map[string]string{"refresh_token": ""})
	inBoth(t, appOnly, func(t *testing.T, configuration providertest.Arguments, sys config.Environment) {
		t.Helper()
		site := newSite(t, emulator.Options{})
		failure := site.start(t, configuration, sys).Read(t, summary, nil).Fail(t)
		checkText(t, failure, "GET "+summaryRoute, "403", "900329", "app-only", "`refresh_token`", "MS-RequestId: ", "MS-CorrelationId: ")
		checkNoSecret(t, failure.Summary+failure.Detail)
		if got := site.signIns()[0].Get("grant_type"); got != "client_credentials" {
			t.Errorf("asked for %s", got)
		}
	})
	t.Run("a ready token", func(t *testing.T) {
		t.Parallel()
		failure := newSite(t, emulator.Options{}).start(t, providertest.Arguments{"access_token": emulator.AppAccessToken()}, systemWith(nil)).Read(t, summary, nil).Fail(t)
		checkText(t, failure, "app-only", "`refresh_token`")
		checkNoSecret(t, failure.Summary+failure.Detail)
	})
}

// A refresh token that the authority replaces is good for one run without
// rotation, and for ever with it.
func TestSignIn_rotation(t *testing.T) {
	t.Parallel()
	for name, rotate := range map[string]string{"with": "true", "without": "false"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "refresh-token")
			if err := os.WriteFile(file, []byte(emulator.RefreshToken), 0o600); err != nil {
				t.Fatal(err)
			}
			site := newSite(t, emulator.Options{RevokeRotated: true})
			configuration := arguments(but(confidential, map[string]string{"refresh_token": "", "refresh_token_file": file, "rotate_refresh_token": rotate}))
			site.start(t, configuration, systemWith(nil)).Read(t, summary, nil).Succeed(t)

			given := providertest.Arguments{"endpoint": site.url, "authority_host": site.url}
			maps.Copy(given, configuration)
			second := newServer(t, systemWith(nil))
			second.Configure(t, given)
			if rotate == "true" {
				second.Read(t, summary, nil).Succeed(t)
				return
			}
			failure := second.Read(t, summary, nil).Fail(t)
			checkText(t, failure, "Could not sign in")
			checkNoSecret(t, failure.Summary+failure.Detail)
		})
	}
}

// A refresh token that could not be saved is a warning of one read, and only once.
func TestSignIn_rotationNotSaved(t *testing.T) {
	t.Parallel()
	file := providertest.WriteFile(t, "refresh-token", []byte(emulator.RefreshToken))
	site := newSite(t, emulator.Options{})
	site.answering = func() {
		// Something takes the place of the file while the authority answers.
		_ = errors.Join(os.Remove(file), os.MkdirAll(filepath.Join(file, "x"), 0o700))
	}
	given := arguments(but(confidential, map[string]string{"refresh_token": "", "refresh_token_file": file, "rotate_refresh_token": "true"}))
	server := site.start(t, given, systemWith(nil))
	first := server.Read(t, summary, nil).Succeed(t)
	if len(first.Diagnostics) != 1 || first.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityWarning {
		t.Fatalf("the read says %v", first.Diagnostics)
	}
	checkText(t, first.Diagnostics[0], "Rotated refresh token not saved", "`refresh_token_file`", file, "The file still contains the old one")
	checkNoSecret(t, first.Diagnostics[0].Detail)
	if second := server.Read(t, "partnercenter_customer_usage_records", nil).Succeed(t); len(second.Diagnostics) > 0 {
		t.Errorf("another read says %v", second.Diagnostics)
	}
}

// The file is read at every exchange: somebody else may keep it fresh.
func TestSignIn_refreshTokenFileIsReadAgain(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "refresh-token")
	write := func(token string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	site := newSite(t, emulator.Options{})
	server := site.start(t, arguments(but(public, map[string]string{"refresh_token": "", "refresh_token_file": file})), systemWith(nil))
	checkText(t, server.Read(t, summary, nil).Fail(t), "refresh token file", file, "the provider's configuration")
	write(" \n")
	checkText(t, server.Read(t, summary, nil).Fail(t), "refresh token file", file, "empty")
	if sent := site.Requests(); len(sent) > 0 {
		t.Errorf("%d requests were sent without a refresh token", len(sent))
	}
	write(emulator.RefreshToken)
	server.Read(t, summary, nil).Succeed(t)
	write(emulator.ExpiredRefreshToken)
	site.Misbehave(emulator.Fault{Status: http.StatusUnauthorized})
	checkText(t, server.Read(t, "partnercenter_customer_usage_records", nil).Fail(t), "AADSTS700082")
}

// The tenant of an access token is compared with that of its own place only.
func TestSignIn_ownTenant(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		configuration, environment map[string]string
		want                       string
	}{
		"configured":                         {map[string]string{"access_token": "t", "tenant_id": "a"}, map[string]string{"ARM_TENANT_ID": "b"}, "a"},
		"beside the credential":              {nil, map[string]string{"PARTNERCENTER_ACCESS_TOKEN": "t", "PARTNERCENTER_TENANT_ID": "a", "ARM_TENANT_ID": "b"}, "a"},
		"configured for any":                 {map[string]string{"tenant_id": "a"}, map[string]string{"PARTNERCENTER_ACCESS_TOKEN": "t", "PARTNERCENTER_TENANT_ID": "b"}, "a"},
		"not a workload's":                   {map[string]string{"access_token": "t"}, map[string]string{"ARM_TENANT_ID": "b", "AZURE_TENANT_ID": "c"}, ""},
		"not because no other is configured": {nil, map[string]string{"ARM_TENANT_ID": "b"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := optionsFrom(t, arguments(test.configuration), systemWith(test.environment, "az")).TenantID; got != test.want {
				t.Errorf("the tenant is %q, want %q", got, test.want)
			}
		})
	}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"access_token": emulator.UserAccessToken(), "graph_access_token": "token", "refresh_token": emulator.RefreshToken, "refresh_token_file": "file", "use_cli": "true",
		"client_secret": emulator.ClientSecret, "client_certificate_path": providertest.NewCertificate(t).PEM, "oidc_token": emulator.FederatedAssertion, "oidc_token_file_path": "file",
	}
	for _, pair := range [][2]string{
		{"access_token", "refresh_token"},
		{"access_token", "refresh_token_file"},
		{"access_token", "client_secret"},
		{"access_token", "use_cli"},
		{"graph_access_token", "refresh_token"},
		{"graph_access_token", "client_secret"},
		{"graph_access_token", "use_cli"},
		{"use_cli", "refresh_token"},
		{"use_cli", "refresh_token_file"},
		{"use_cli", "client_secret"},
		{"refresh_token", "refresh_token_file"},
		{"access_token", "client_certificate_path"},
		{"access_token", "oidc_token"},
		{"use_cli", "client_certificate_path"},
		{"use_cli", "oidc_token_file_path"},
		{"client_secret", "client_certificate_path"},
		{"client_secret", "oidc_token"},
		{"client_secret", "oidc_token_file_path"},
		{"client_certificate_path", "oidc_token"},
		{"client_certificate_path", "oidc_token_file_path"},
		{"oidc_token", "oidc_token_file_path"},
	} {
		identifiers := map[string]string{"tenant_id": emulator.TenantID, "client_id": emulator.PublicClientID}
		given := map[string]string{pair[0]: texts[pair[0]], pair[1]: texts[pair[1]]}
		check := func(t *testing.T, configuration providertest.Arguments, sys config.Environment, names ...string) {
			t.Helper()
			problems := newServer(t, sys).Configure(t, configuration)
			if got := blamed(problems); len(got) != 1 || !slices.Contains(pair[:], got[0]) {
				t.Fatalf("problems on %q, want one on one of %q", got, pair)
			}
			checkText(t, problems[0], names...)
			checkNoSecret(t, problems[0].Summary+problems[0].Detail)
		}
		t.Run(pair[0]+" and "+pair[1], func(t *testing.T) {
			t.Parallel()
			check(t, arguments(but(identifiers, given)), systemWith(nil, "az"), "`"+pair[0]+"`", "`"+pair[1]+"`")
			check(t, arguments(identifiers), systemWith(environment(given), "az"), variables[pair[0]][0], variables[pair[1]][0])
			for _, configured := range pair {
				inConfiguration := but(identifiers, map[string]string{configured: texts[configured]})
				inEnvironment := maps.Clone(given)
				delete(inEnvironment, configured)
				for _, problem := range newServer(t, systemWith(environment(inEnvironment), "az")).Configure(t, arguments(inConfiguration)) {
					t.Errorf("%s is configured, and in the environment is %v: %s: %s", configured, inEnvironment, problem.Summary, problem.Detail)
				}
			}
		})
	}
	t.Run("ARM_USE_CLI and ARM_CLIENT_SECRET", func(t *testing.T) {
		t.Parallel()
		workload := map[string]string{"ARM_USE_CLI": "true", "ARM_CLIENT_SECRET": "secret", "ARM_TENANT_ID": "tenant", "ARM_CLIENT_ID": "client"}
		checkProblem(t, newServer(t, systemWith(workload, "az")).Configure(t, nil), "use_cli", "ARM_USE_CLI", "ARM_CLIENT_SECRET")
	})
	t.Run("AZURE_FEDERATED_TOKEN_FILE and AZURE_CLIENT_SECRET", func(t *testing.T) {
		t.Parallel()
		pod := map[string]string{"AZURE_FEDERATED_TOKEN_FILE": "file", "AZURE_CLIENT_SECRET": "secret", "AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "client"}
		checkProblem(t, newServer(t, systemWith(pod, "az")).Configure(t, nil), "client_secret", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_SECRET")
	})
	t.Run("a secret goes with a refresh token", func(t *testing.T) {
		t.Parallel()
		for _, problem := range newServer(t, systemWith(nil)).Configure(t, arguments(confidential)) {
			t.Errorf("%s: %s", problem.Summary, problem.Detail)
		}
	})
}

// checkNoSecret checks that a text has nothing that somebody could sign in with.
func checkNoSecret(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{
		emulator.ClientSecret, emulator.RefreshToken, emulator.ExpiredRefreshToken, emulator.RevokedRefreshToken,
		"eyJ", // the beginning of every access token and assertion
		"wrong~secret", "pass-word",
	} {
		if strings.Contains(text, secret) {
			t.Errorf("there is %s in:\n%s", secret, text)
		}
	}
}

func TestSignInErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		credentials map[string]string
		fault       emulator.Fault
		says        []string
		advice      string
		noIDs       bool
		again       bool // a later read tries again
	}{
		"expired refresh token": {
			credentials: but(confidential, map[string]string{"refresh_token": emulator.ExpiredRefreshToken}),
			says:        []string{"a refresh token and a client secret", "AADSTS700082", "The refresh token has expired due to inactivity."},
			advice:      "Get a new one with an interactive sign-in.",
		},
		"revoked refresh token of a public client": {
			credentials: but(public, map[string]string{"refresh_token": emulator.RevokedRefreshToken}),
			says:        []string{"a refresh token of a public client", "AADSTS50173"},
			advice:      "Get a new one with an interactive sign-in.",
		},
		"wrong secret": {
			credentials: but(confidential, map[string]string{"client_secret": "wrong~secret"}),
			says:        []string{"a refresh token and a client secret", "AADSTS7000215"},
			advice:      "The client secret is incorrect.",
		},
		"wrong secret of an application": {
			credentials: but(confidential, map[string]string{"client_secret": "wrong~secret", "refresh_token": ""}),
			says:        []string{"a client secret (app-only)", "AADSTS7000215"},
			advice:      "The client secret is incorrect.",
		},
		"no secret where one is needed": {
			credentials: but(confidential, map[string]string{"client_secret": ""}),
			says:        []string{"a refresh token of a public client", "AADSTS7000218"},
			advice:      "a client secret, a certificate or an OIDC token is needed too",
		},
		"unknown tenant": {
			credentials: but(confidential, map[string]string{"tenant_id": "elsewhere.example"}),
			says:        []string{"AADSTS90002", "elsewhere.example"},
			advice:      "There is no such tenant.",
		},
		"unknown client": {
			credentials: but(confidential, map[string]string{"client_id": "unknown"}),
			says:        []string{"AADSTS700016"},
			advice:      "The tenant has no application with this client id.",
		},
		"no consent": {
			credentials: confidential,
			fault:       emulator.Fault{Status: http.StatusBadRequest, Code: 65001},
			says:        []string{"AADSTS65001"},
			advice:      "has no consent",
		},
		"multifactor authentication": {
			credentials: confidential,
			fault:       emulator.Fault{Status: http.StatusBadRequest, Code: 50076},
			says:        []string{"AADSTS50076"},
			advice:      "passes it",
		},
		"an error that repeats the secrets": {
			credentials: confidential,
			fault:       emulator.Fault{Status: http.StatusBadRequest, Description: "No: " + emulator.RefreshToken + ", " + emulator.ClientSecret},
			says:        []string{"AADSTS70000"},
			advice:      "Check the credentials",
		},
		"the token endpoint is down": {
			credentials: confidential,
			fault:       emulator.Fault{Status: http.StatusServiceUnavailable},
			says:        []string{"503 Service Unavailable"},
			advice:      "Try again later.",
			again:       true,
		},
		"a gateway that does not know the token endpoint": {
			credentials: confidential,
			fault:       emulator.Fault{Status: http.StatusNotFound, Body: new("<html>"), ContentType: "text/html"},
			says:        []string{"404 Not Found", "a proxy or a gateway may have responded"},
			advice:      "`authority_host`",
			noIDs:       true,
			again:       true,
		},
		"something before the token endpoint is down": {
			credentials: confidential,
			fault:       emulator.Fault{Status: http.StatusBadGateway, Body: new("<html>"), ContentType: "text/html"},
			says:        []string{"502 Bad Gateway"},
			advice:      "Try again later.",
			noIDs:       true,
			again:       true,
		},
		"throttled": {
			credentials: confidential,
			fault:       emulator.Fault{Status: http.StatusTooManyRequests, RetryAfter: "600"},
			says:        []string{"429 Too Many Requests"},
			advice:      "asks to wait 10m0s. Try again then, or raise `max_retry_wait`.",
			again:       true,
		},
		"no answer": {
			credentials: confidential,
			fault:       emulator.Fault{Reset: true},
			says:        []string{"a refresh token and a client secret", tokenRoute},
			noIDs:       true,
			again:       true,
		},
		"an answer without a token": {
			credentials: confidential,
			fault:       emulator.Fault{Body: new(`{"token_type":"Bearer"}`)},
			says:        []string{"access_token"},
			noIDs:       true,
			again:       true,
		},
		"an answer that is no JSON": {
			credentials: confidential,
			fault:       emulator.Fault{Body: new(`<html>` + emulator.RefreshToken), ContentType: "text/html"},
			noIDs:       true,
			again:       true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			credentials := but(test.credentials, map[string]string{"max_retries": "0"})
			places := map[bool]string{true: "the provider's configuration", false: "the environment variables PARTNERCENTER_*"}
			inBoth(t, credentials, func(t *testing.T, configuration providertest.Arguments, sys config.Environment) {
				t.Helper()
				site := newSite(t, emulator.Options{})
				server := site.start(t, configuration, sys)
				fault := test.fault
				fault.Path, fault.Times = tokenRoute, emulator.Always
				site.Misbehave(fault)
				failure := server.Read(t, summary, nil).Fail(t)
				checkText(t, failure, append(test.says, "Could not sign in", places[configuration != nil], test.advice)...)
				if !test.noIDs {
					checkText(t, failure, "\nTrace ID: ", "\nCorrelation ID: ")
				}
				checkNoSecret(t, failure.Summary+failure.Detail)
				server.Read(t, summary, nil).Fail(t)
				want := 1
				if test.again {
					want = 2
				}
				if got := len(site.received(tokenRoute)); got != want {
					t.Errorf("%d sign-ins for two reads, want %d", got, want)
				}
				if len(site.received(summaryRoute)) > 0 {
					t.Error("the API was asked without a token")
				}
			})
		})
	}
}

// An access token that nothing accepts is not shown.
func TestSignInErrors_accessToken(t *testing.T) {
	t.Parallel()
	site := newSite(t, emulator.Options{})
	server := site.start(t, providertest.Arguments{"access_token": "wrong~secret", "max_retries": value("max_retries", "0")}, systemWith(nil))
	failure := server.Read(t, summary, nil).Fail(t)
	checkNoSecret(t, failure.Summary+failure.Detail)
	if got := len(site.Requests()); got > 1 {
		t.Errorf("the token was sent %d times", got)
	}
}

// One that no request can carry is noticed beforehand.
func TestAccessToken_bad(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ token, says string }{
		"a line end inside":  {"wrong~secret\nwrong~secret", "contains a space, a line end or another character"},
		"a space inside":     {"wrong~secret wrong~secret", "contains a space"},
		"a control inside":   {"wrong~secret\x01", "another character"},
		"a mark inside":      {"wrong~\ufeffsecret", "another character"},
		"no ASCII":           {"wrong~secret\u00e9", "another character"},
		"its kind before it": {"Bearer " + emulator.UserAccessToken(), "begins with the word Bearer"},
		"the same by RFC":    {"bearer " + emulator.UserAccessToken(), "begins with the word Bearer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for place, server := range map[string][]*tfprotov6.Diagnostic{
				"`access_token`":             newServer(t, systemWith(nil)).Configure(t, providertest.Arguments{"access_token": test.token}),
				"PARTNERCENTER_ACCESS_TOKEN": newServer(t, systemWith(map[string]string{"PARTNERCENTER_ACCESS_TOKEN": test.token})).Configure(t, nil),
			} {
				checkProblem(t, server, "access_token", "Not an access token", place, test.says)
				checkNoSecret(t, server[0].Summary+server[0].Detail)
			}
		})
	}
}

// A token of another tenant answers for another partner.
func TestAccessToken_otherTenant(t *testing.T) {
	t.Parallel()
	const other = "99999999-9999-4999-8999-999999999999"
	token := emulator.UserAccessToken()
	for name, test := range map[string]struct {
		configuration providertest.Arguments
		environment   map[string]string
		refused       bool
	}{
		"in the configuration":                 {providertest.Arguments{"access_token": token, "tenant_id": other}, nil, true},
		"beside a variable":                    {providertest.Arguments{"tenant_id": other}, map[string]string{"PARTNERCENTER_ACCESS_TOKEN": token}, true},
		"both variables":                       {nil, map[string]string{"PARTNERCENTER_ACCESS_TOKEN": token, "PARTNERCENTER_TENANT_ID": other}, true},
		"that of a workload":                   {nil, map[string]string{"PARTNERCENTER_ACCESS_TOKEN": token, "ARM_TENANT_ID": other}, false},
		"the right one":                        {providertest.Arguments{"access_token": token, "tenant_id": strings.ToUpper(emulator.TenantID)}, nil, false},
		"a domain":                             {providertest.Arguments{"access_token": token, "tenant_id": "contoso.onmicrosoft.com"}, nil, false},
		"a token that cannot be read, as ever": {providertest.Arguments{"access_token": "opaque", "tenant_id": other}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := newServer(t, systemWith(test.environment)).Configure(t, test.configuration)
			if !test.refused {
				if len(problems) > 0 {
					t.Errorf("%s: %s", problems[0].Summary, problems[0].Detail)
				}
				return
			}
			checkProblem(t, problems, "access_token", "Access token from another tenant", emulator.TenantID, other)
		})
	}
}

// What is around a credential, such as the line end of its file, is not part of it.
func TestSignIn_whiteSpace(t *testing.T) {
	t.Parallel()
	client := providertest.NewCertificate(t)
	proof := but(confidential, map[string]string{"client_secret": ""})
	around := func(text string) string { return "\ufeff \t" + text + " \r\n" }
	atEnd := func(text string) string { return text + "\r\n" }
	for name, credentials := range map[string]map[string]string{
		"access token":             {"access_token": around(emulator.UserAccessToken())},
		"refresh token and secret": {"tenant_id": around(emulator.TenantID), "client_id": around(emulator.ClientID), "client_secret": around(emulator.ClientSecret), "refresh_token": around(emulator.RefreshToken)},
		"OIDC token":               but(proof, map[string]string{"oidc_token": around(emulator.FederatedAssertion)}),
		"PKCS#12": but(proof, map[string]string{
			"client_certificate_path": atEnd(client.PFX), "client_certificate_password": atEnd(providertest.PFXPassword),
		}),
		"files": but(proof, map[string]string{
			"oidc_token_file_path": atEnd(providertest.WriteFile(t, "oidc-token", []byte(around(emulator.FederatedAssertion)))), "refresh_token": "",
			"refresh_token_file": atEnd(providertest.WriteFile(t, "refresh-token", []byte(around(emulator.RefreshToken)))),
		}),
		"other arguments": but(confidential, map[string]string{"environment": around("Public"), "operation_timeout": around("5m")}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBoth(t, credentials, func(t *testing.T, configuration providertest.Arguments, sys config.Environment) {
				t.Helper()
				site := newSite(t, emulator.Options{Certificates: []*x509.Certificate{client.Certificate}})
				site.start(t, configuration, sys).Read(t, summary, nil).Succeed(t)
			})
		})
	}
}

// A credential with nothing in it does not make way for one of another place.
func TestSource_blank(t *testing.T) {
	t.Parallel()
	workload := map[string]string{"ARM_CLIENT_SECRET": "secret", "ARM_TENANT_ID": "tenant", "ARM_CLIENT_ID": "client"}
	for _, argument := range []string{"access_token", "refresh_token", "refresh_token_file", "client_secret", "client_certificate_path", "oidc_token", "oidc_token_file_path"} {
		for _, text := range []string{"", "\n", " \r\n", "\ufeff\n"} {
			checkProblem(t, newServer(t, systemWith(workload, "az")).Configure(t, providertest.Arguments{argument: text}), argument)
			if text == "" {
				continue // What a pipeline has for a secret that does not exist.
			}
			given := maps.Clone(workload)
			given[variables[argument][0]] = text
			checkProblem(t, newServer(t, systemWith(given, "az")).Configure(t, nil), argument, variables[argument][0])
		}
	}
}

// What an access token says of itself is enough to refuse it.
func TestSignInErrors_accessTokenThatIsNotSent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		environment, token string
		says               string
	}{
		"expired":           {"public", emulator.ExpiredAccessToken(), "the access token expired at"},
		"of another cloud":  {"china", emulator.UserAccessToken(), "get one for https://partner.partnercenterapi.microsoftonline.cn"},
		"of another entity": {"public", "e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"aud":"https://graph.microsoft.com"}`)) + ".x", "get one for https://api.partnercenter.microsoft.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBoth(t, map[string]string{"access_token": test.token, "environment": test.environment}, func(t *testing.T, configuration providertest.Arguments, sys config.Environment) {
				t.Helper()
				site := newSite(t, emulator.Options{})
				failure := site.start(t, configuration, sys).Read(t, summary, nil).Fail(t)
				checkText(t, failure, "Could not sign in", "an access token", test.says)
				checkNoSecret(t, failure.Summary+failure.Detail)
				if sent := site.Requests(); len(sent) > 0 {
					t.Errorf("%d requests were sent", len(sent))
				}
			})
		})
	}
}

// A refusal names the credential as it is written where it stands, and only what
// this sign-in uses.
func TestSignInErrors_advice(t *testing.T) {
	t.Parallel()
	certificate := providertest.NewCertificate(t).PEM
	user := func(proof, value string) map[string]string {
		return but(confidential, map[string]string{"client_secret": "", proof: value})
	}
	for name, test := range map[string]struct {
		configuration map[string]string
		environment   map[string]string
		code          int
		says          []string
		saysNot       string
	}{
		"a wrong secret of the configuration": {confidential, nil, 7000215, []string{"(`refresh_token`, `client_secret`)", "Check `client_secret`"}, "ARM_"},
		"a wrong secret of ARM_*": {
			nil,
			map[string]string{"ARM_CLIENT_SECRET": emulator.ClientSecret, "ARM_TENANT_ID": emulator.TenantID, "ARM_CLIENT_ID": emulator.ClientID},
			7000215,
			[]string{"a client secret (app-only) from the environment variables ARM_* (ARM_CLIENT_SECRET)", "Check ARM_CLIENT_SECRET", "belongs to ARM_CLIENT_ID"},
			"`client_",
		},
		"an expired secret of AZURE_*": {
			map[string]string{"client_id": emulator.ClientID},
			map[string]string{"AZURE_CLIENT_SECRET": emulator.ClientSecret, "AZURE_TENANT_ID": emulator.TenantID},
			7000222,
			[]string{"AZURE_* (AZURE_CLIENT_SECRET)", "set AZURE_CLIENT_SECRET to its value"},
			"`client_secret`",
		},
		"an unknown client of a mixed place": {
			map[string]string{"client_id": emulator.ClientID},
			map[string]string{"AZURE_CLIENT_SECRET": emulator.ClientSecret, "AZURE_TENANT_ID": emulator.TenantID},
			700016,
			[]string{"Check `client_id` and AZURE_TENANT_ID"},
			"AZURE_CLIENT_ID",
		},
		"an unknown certificate":       {user("client_certificate_path", certificate), nil, 700027, []string{"The certificate is not in the app registration", "`client_certificate_path`"}, "OIDC"},
		"an OIDC token of nobody":      {user("oidc_token", emulator.FederatedAssertion), nil, 700027, []string{"signature of the OIDC token"}, "certificate"},
		"a late OIDC token":            {user("oidc_token", emulator.FederatedAssertion), nil, 700024, []string{"The OIDC token has expired"}, "certificate"},
		"a late certificate":           {user("client_certificate_path", certificate), nil, 700024, []string{"clock of this machine"}, "OIDC"},
		"no federated credential":      {user("oidc_token", emulator.FederatedAssertion), nil, 70021, []string{"Issuer, subject and audience must match"}, "certificate"},
		"a secret of a public client":  {confidential, nil, 700025, []string{"is a public client", "Remove `client_secret`"}, "client_certificate_path"},
		"a token of a public client":   {user("oidc_token", emulator.FederatedAssertion), nil, 700025, []string{"Remove `oidc_token`"}, "client_secret"},
		"no secret in the environment": {nil, environment(public), 7000218, []string{"Set PARTNERCENTER_CLIENT_SECRET", "`partnercenter doctor` shows"}, "`client_"},
		"a policy blocks":              {confidential, nil, 53003, []string{"Conditional Access"}, ""},
		"a sign-in that lasts no more": {confidential, nil, 70043, []string{"Get a new one with an interactive sign-in."}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newSite(t, emulator.Options{})
			server := site.start(t, arguments(test.configuration), systemWith(test.environment))
			site.Misbehave(emulator.Fault{Path: tokenRoute, Status: http.StatusBadRequest, Code: test.code})
			failure := server.Read(t, summary, nil).Fail(t)
			checkText(t, failure, append(test.says, fmt.Sprintf("AADSTS%d", test.code))...)
			if test.saysNot != "" && strings.Contains(failure.Detail, test.saysNot) {
				t.Errorf("it says %s:\n%s", test.saysNot, failure.Detail)
			}
			checkNoSecret(t, failure.Summary+failure.Detail)
		})
	}
}

// A dead refresh token is sent once, however many data sources need it.
func TestSignInErrors_areRemembered(t *testing.T) {
	t.Parallel()
	site := newSite(t, emulator.Options{})
	server := site.start(t, arguments(but(confidential, map[string]string{"refresh_token": emulator.ExpiredRefreshToken})), systemWith(nil))
	var group sync.WaitGroup
	for i := range 30 {
		group.Go(func() {
			id := fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
			result := server.Read(t, "partnercenter_subscription_meter_usage", providertest.Arguments{"customer_id": id, "subscription_id": id})
			if len(result.Diagnostics) != 1 || !strings.Contains(result.Diagnostics[0].Detail, "AADSTS700082") {
				t.Errorf("%+v", result.Diagnostics)
			}
		})
	}
	group.Wait()
	if got := len(site.Requests()); got != 1 {
		t.Errorf("%d requests, want one", got)
	}
}

// A token endpoint that is up again is asked again.
func TestSignInErrors_thatPass(t *testing.T) {
	t.Parallel()
	site := newSite(t, emulator.Options{})
	server := site.start(t, arguments(but(confidential, map[string]string{"max_retries": "0"})), systemWith(nil))
	site.Misbehave(emulator.Fault{Path: tokenRoute, Status: http.StatusServiceUnavailable})
	server.Read(t, summary, nil).Fail(t)
	server.Read(t, summary, nil).Succeed(t)
}

func TestAzureCLI_chosen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		configuration map[string]string
		environment   map[string]string
		programs      []string
		problem       []string // what it says, on use_cli
	}{
		"by default":                               {nil, nil, []string{"az"}, nil},
		"by use_cli":                               {map[string]string{"use_cli": "true"}, nil, []string{"az"}, nil},
		"by PARTNERCENTER_USE_CLI":                 {nil, map[string]string{"PARTNERCENTER_USE_CLI": "true"}, []string{"az"}, nil},
		"by ARM_USE_CLI":                           {nil, map[string]string{"ARM_USE_CLI": "true"}, []string{"az"}, nil},
		"by ARM_USE_CLI=1":                         {nil, map[string]string{"ARM_USE_CLI": "1"}, []string{"az"}, nil},
		"use_cli before PARTNERCENTER_USE_CLI":     {map[string]string{"use_cli": "true"}, map[string]string{"PARTNERCENTER_USE_CLI": "false"}, []string{"az"}, nil},
		"PARTNERCENTER_USE_CLI before ARM_USE_CLI": {nil, map[string]string{"PARTNERCENTER_USE_CLI": "true", "ARM_USE_CLI": "false"}, []string{"az"}, nil},
		"whatever AZURE_USE_CLI says":              {nil, map[string]string{"AZURE_USE_CLI": "false"}, []string{"az"}, nil},

		"not without az":                             {nil, nil, nil, []string{"No sign-in configured", "`az`", "PATH", "`refresh_token`", "PARTNERCENTER_REFRESH_TOKEN", "`az login`"}},
		"not without az though use_cli":              {map[string]string{"use_cli": "true"}, nil, nil, []string{"Azure CLI not found", "`use_cli`", "`az`", "PATH"}},
		"not without az though ARM_USE_CLI":          {nil, map[string]string{"ARM_USE_CLI": "true"}, nil, []string{"Azure CLI not found", "ARM_USE_CLI", "`az`", "PATH"}},
		"not if use_cli forbids":                     {map[string]string{"use_cli": "false"}, nil, []string{"az"}, []string{"`use_cli`", "`refresh_token`"}},
		"not if PARTNERCENTER_USE_CLI forbids":       {nil, map[string]string{"PARTNERCENTER_USE_CLI": "false"}, []string{"az"}, []string{"PARTNERCENTER_USE_CLI"}},
		"not if ARM_USE_CLI forbids":                 {nil, map[string]string{"ARM_USE_CLI": "false"}, []string{"az"}, []string{"ARM_USE_CLI"}},
		"use_cli = false before ARM_USE_CLI":         {map[string]string{"use_cli": "false"}, map[string]string{"ARM_USE_CLI": "true"}, []string{"az"}, []string{"`use_cli`"}},
		"PARTNERCENTER_USE_CLI=0 before ARM_USE_CLI": {nil, map[string]string{"PARTNERCENTER_USE_CLI": "0", "ARM_USE_CLI": "true"}, []string{"az"}, []string{"PARTNERCENTER_USE_CLI"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := newServer(t, systemWith(test.environment, test.programs...)).Configure(t, arguments(test.configuration))
			if test.problem != nil {
				checkProblem(t, problems, "use_cli", test.problem...)
				return
			}
			if len(problems) > 0 {
				t.Fatalf("%s: %s", problems[0].Summary, problems[0].Detail)
			}
		})
	}
}

// installAzureCLI puts an `az` on the PATH that runs this script. It returns the
// file into which it writes how it is called.
func installAzureCLI(t *testing.T, script string) (calls string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the Azure CLI of this test is a shell script")
	}
	directory := t.TempDir()
	program := filepath.Join(directory, "az")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"$@\" >>\"$0.calls\"\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", directory+string(os.PathListSeparator)+os.Getenv("PATH"))
	return program + ".calls"
}

// The Azure CLI runs, so the tests of it set the PATH, and run by themselves.
//
//nolint:paralleltest // See above.
func TestAzureCLI(t *testing.T) {
	const audience, audienceChina = "https://api.partnercenter.microsoft.com", "https://partner.partnercenterapi.microsoftonline.cn"
	for name, test := range map[string]struct {
		configuration map[string]string
		environment   map[string]string
		called        string // with what after the usual arguments
	}{
		"by default":                 {nil, nil, audience},
		"by use_cli":                 {map[string]string{"use_cli": "true"}, nil, audience},
		"by ARM_USE_CLI":             {nil, map[string]string{"ARM_USE_CLI": "true"}, audience},
		"in a tenant":                {map[string]string{"tenant_id": "partner.example"}, nil, audience + " --tenant partner.example"},
		"in a tenant of ARM_*":       {nil, map[string]string{"ARM_TENANT_ID": "partner.example"}, audience + " --tenant partner.example"},
		"with a client that is idle": {map[string]string{"client_id": "client"}, nil, audience},
		"of China":                   {map[string]string{"environment": "china"}, nil, audienceChina},
	} {
		t.Run(name, func(t *testing.T) {
			token := emulator.UserAccessToken()
			calls := installAzureCLI(t, fmt.Sprintf(`echo '{"accessToken":"%s","expiresOn":"2099-01-01 00:00:00.000000","expires_on":%d,"tenant":"partner.example","tokenType":"Bearer"}'`,
				token, time.Now().Add(time.Hour).Unix()))
			sys := systemWith(test.environment)
			sys.LookPath = exec.LookPath
			site := newSite(t, emulator.Options{})
			server := site.start(t, arguments(test.configuration), sys)
			if _, err := os.Stat(calls); err == nil {
				t.Fatal("Configure has called az")
			}
			server.Read(t, summary, nil).Succeed(t)
			server.Read(t, "partnercenter_customer_usage_records", nil).Succeed(t)
			if got := site.reached(t); got != token {
				t.Errorf("sent %s, want the token", got)
			}
			checkCalls(t, calls, "account get-access-token -o json --resource "+test.called)
		})
	}
}

//nolint:paralleltest // As above.
func TestAzureCLI_fails(t *testing.T) {
	for name, test := range map[string]struct {
		script        string
		configuration map[string]string
		says          []string
	}{
		"nobody is signed in": {
			script: "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1",
			says:   []string{"the Azure CLI", "because no other credentials were configured", "Please run 'az login' to setup account."},
		},
		"nobody is signed in, though the configuration says so": {
			script:        "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1",
			configuration: map[string]string{"use_cli": "true"},
			says:          []string{"the Azure CLI", "the provider's configuration", "Please run 'az login' to setup account."},
		},
		"nothing is configured": {
			script: "echo ERROR: no >&2; exit 1",
			says:   []string{"No other credentials are configured.", "`refresh_token`"},
		},
		"in colours, on many lines": {
			script: `printf 'WARNING: \033]0;title\007old\n\033[31mERROR: \033[1mAADSTS700082: The refresh token\r\n has expired.\033[0m\033[2J\n' >&2; exit 1`,
			says:   []string{"failed: ERROR: AADSTS700082: The refresh token has expired."},
		},
		"without end": {
			script: `yes wrong | head -c 100000 >&2; exit 1`,
			says:   []string{"wrong wrong wrong"},
		},
		"no JSON": {
			script: "echo wrong~secret",
			says:   []string{"the Azure CLI", "the output of `az` is not an access token"},
		},
		"no token": {
			script: `echo '{"expires_on":4070908800}'`,
			says:   []string{"`az` returned no access token"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			calls := installAzureCLI(t, test.script)
			sys := systemWith(nil)
			sys.LookPath = exec.LookPath
			site := newSite(t, emulator.Options{})
			server := site.start(t, arguments(test.configuration), sys)
			for range 3 {
				failure := server.Read(t, summary, nil).Fail(t)
				checkText(t, failure, append(test.says, "Could not sign in")...)
				checkNoSecret(t, failure.Summary+failure.Detail)
				if first, _, _ := strings.Cut(failure.Detail, "\n\n"); strings.ContainsAny(failure.Detail, "\x1b\a\r") || strings.Contains(first, "\n") || len(first) > 500 {
					t.Errorf("it is not fit for a terminal: %q", failure.Detail)
				}
			}
			if sent := site.Requests(); len(sent) > 0 {
				t.Errorf("%d requests were sent", len(sent))
			}
			checkCalls(t, calls, "account get-access-token -o json --resource https://api.partnercenter.microsoft.com")
		})
	}
}

// checkCalls checks that az was called once, and how.
func checkCalls(t *testing.T, file, want string) {
	t.Helper()
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want+"\n" {
		t.Errorf("az was called with\n%s, want\n%s", cmp.Or(string(got), "nothing"), want)
	}
}
