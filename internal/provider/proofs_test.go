package provider

import (
	"crypto/x509"
	"encoding/pem"
	"path/filepath"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// A certificate or an OIDC token does what a secret does, for a user and for the
// application itself.
func TestSignIn_withoutASecret(t *testing.T) {
	t.Parallel()
	client := providertest.NewCertificate(t)
	user := but(confidential, map[string]string{"client_secret": ""})
	application := but(user, map[string]string{"refresh_token": ""})
	for name, test := range map[string]struct {
		proof map[string]string
		kind  string
	}{
		"PEM":        {map[string]string{"client_certificate_path": client.PEM}, "a client certificate"},
		"PKCS#12":    {map[string]string{"client_certificate_path": client.PFX, "client_certificate_password": providertest.PFXPassword}, "a client certificate"},
		"OIDC token": {map[string]string{"oidc_token": emulator.FederatedAssertion}, "an OIDC token"},
		"OIDC file":  {map[string]string{"oidc_token_file_path": providertest.WriteFile(t, "oidc-token", []byte(emulator.FederatedAssertion+"\n"))}, "an OIDC token"},
	} {
		t.Run(name+" and a refresh token", func(t *testing.T) {
			t.Parallel()
			inBoth(t, but(user, test.proof), func(t *testing.T, configuration providertest.Arguments, sys config.Environment) {
				t.Helper()
				site := newSite(t, emulator.Options{Certificates: []*x509.Certificate{client.Certificate}})
				site.start(t, configuration, sys).Read(t, summary, nil).Succeed(t)
				form := site.signIns()[0]
				if form.Get("grant_type") != "refresh_token" || form.Has("client_secret") {
					t.Errorf("sent was a %s with the secret %q", form.Get("grant_type"), form.Get("client_secret"))
				}
			})
		})
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBoth(t, but(application, test.proof), func(t *testing.T, configuration providertest.Arguments, sys config.Environment) {
				t.Helper()
				site := newSite(t, emulator.Options{Certificates: []*x509.Certificate{client.Certificate}})
				failure := site.start(t, configuration, sys).Read(t, summary, nil).Fail(t)
				checkText(t, failure, "403", "app-only")
				if got := site.signIns()[0].Get("grant_type"); got != "client_credentials" {
					t.Errorf("asked for %s", got)
				}
			})
		})
		t.Run(name+" that nobody knows", func(t *testing.T) {
			t.Parallel()
			proof := test.proof
			if test.kind == "an OIDC token" {
				proof = map[string]string{"oidc_token": "wrong~secret"}
			}
			inBoth(t, but(user, proof), func(t *testing.T, configuration providertest.Arguments, sys config.Environment) {
				t.Helper()
				failure := newSite(t, emulator.Options{}).start(t, configuration, sys).Read(t, summary, nil).Fail(t)
				checkText(t, failure, "Could not sign in", "a refresh token and "+test.kind, "AADSTS700027")
				checkNoSecret(t, failure.Summary+failure.Detail)
			})
		})
	}
}

// The variables of other tools, each with what it is called there.
func TestSignIn_withoutASecretOfOthers(t *testing.T) {
	t.Parallel()
	client := providertest.NewCertificate(t)
	token := providertest.WriteFile(t, "oidc-token", []byte(emulator.FederatedAssertion))
	for name, environment := range map[string]map[string]string{
		"ARM_CLIENT_CERTIFICATE_PATH":   {"ARM_CLIENT_CERTIFICATE_PATH": client.PFX, "ARM_CLIENT_CERTIFICATE_PASSWORD": providertest.PFXPassword},
		"AZURE_CLIENT_CERTIFICATE_PATH": {"AZURE_CLIENT_CERTIFICATE_PATH": client.PFX, "AZURE_CLIENT_CERTIFICATE_PASSWORD": providertest.PFXPassword},
		"ARM_OIDC_TOKEN":                {"ARM_OIDC_TOKEN": emulator.FederatedAssertion},
		"ARM_OIDC_TOKEN_FILE_PATH":      {"ARM_OIDC_TOKEN_FILE_PATH": token},
		"AZURE_FEDERATED_TOKEN_FILE":    {"AZURE_FEDERATED_TOKEN_FILE": token},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			identifiers := map[string]string{"tenant_id": emulator.TenantID, "client_id": emulator.ClientID}
			site := newSite(t, emulator.Options{Certificates: []*x509.Certificate{client.Certificate}})
			failure := site.start(t, arguments(identifiers), systemWith(environment)).Read(t, summary, nil).Fail(t)
			checkText(t, failure, "403", "app-only")
		})
	}
}

// The certificate is read before anything is sent, and its file is named.
func TestCertificate_bad(t *testing.T) {
	t.Parallel()
	client := providertest.NewCertificate(t)
	for name, test := range map[string]struct {
		path, password string
		says           string
	}{
		"missing":                {filepath.Join(t.TempDir(), "nowhere.pem"), "", "nowhere.pem"},
		"a directory":            {t.TempDir(), "", "is a directory"},
		"no key":                 {providertest.WriteFile(t, "public.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: client.Raw})), "", "found no private key"},
		"encrypted, no password": {client.PFX, "", "it needs a password"},
		"another password":       {client.PFX, "wrong~secret", "the password is incorrect"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := but(confidential, map[string]string{"client_secret": "", "client_certificate_path": test.path, "client_certificate_password": test.password})
			for _, place := range []struct {
				configuration providertest.Arguments
				system        config.Environment
				name          string
			}{
				{arguments(given), systemWith(nil), "`client_certificate_path`"},
				{nil, systemWith(environment(given)), "PARTNERCENTER_CLIENT_CERTIFICATE_PATH"},
			} {
				problems := newServer(t, place.system).Configure(t, place.configuration)
				checkProblem(t, problems, "client_certificate_path", "Certificate cannot be used", place.name, test.says)
				checkNoSecret(t, problems[0].Summary+problems[0].Detail)
			}
		})
	}
}
