package emulator_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"testing"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// signer is a certificate with its key.
type signer struct {
	certificate *x509.Certificate
	key         *rsa.PrivateKey
}

func newSigner(t *testing.T) signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return signer{certify(t, key.Public(), key), key}
}

func certify(t *testing.T, public, key any) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

type object = map[string]any

// header names the certificate in either way.
func (s signer) header(algorithm string) object {
	if algorithm == "RS256" {
		thumbprint := sha1.Sum(s.certificate.Raw)
		return object{"typ": "JWT", "alg": algorithm, "x5t": base64.RawURLEncoding.EncodeToString(thumbprint[:])}
	}
	thumbprint := sha256.Sum256(s.certificate.Raw)
	return object{"typ": "JWT", "alg": algorithm, "x5t#S256": base64.RawURLEncoding.EncodeToString(thumbprint[:])}
}

// claims are those of a good assertion.
func claims(endpoint string) object {
	now := time.Now().Unix()
	return object{"iss": emulator.ClientID, "sub": emulator.ClientID, "aud": endpoint, "jti": "1", "nbf": now, "exp": now + 600}
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func (s signer) sign(t *testing.T, header, claims object) string {
	t.Helper()
	text := encoded(t, header) + "." + encoded(t, claims)
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, digest[:])
	if header["alg"] == "PS256" {
		signature, err = rsa.SignPSS(rand.Reader, s.key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	}
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// with is the object with one field changed.
func with(fields object, name string, value any) object {
	changed := object{name: value}
	for key, other := range fields {
		if key != name {
			changed[key] = other
		}
	}
	return changed
}

func TestClientsSignInWithAnAssertion(t *testing.T) {
	t.Parallel()
	one, other := newSigner(t), newSigner(t)
	service := serve(t, emulator.Options{Certificates: []*x509.Certificate{one.certificate, other.certificate}})
	good := claims(service.url + tokenPath)
	for name, assertion := range map[string]string{
		"RS256 by x5t":      one.sign(t, one.header("RS256"), good),
		"PS256 by x5t#S256": other.sign(t, other.header("PS256"), good),
		"federated":         emulator.FederatedAssertion,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := []string{"client_secret", "", "client_assertion_type", assertionType, "client_assertion", assertion}
			if user := service.tokens(t, form(changes...)); user.RefreshToken == "" {
				t.Error("no refresh token")
			}
			app := service.tokens(t, form(append(changes, "grant_type", "client_credentials", "refresh_token", "")...))
			if got := service.get(t, "/v1/customers", "Authorization", "Bearer "+app.AccessToken); got.status != http.StatusOK {
				t.Errorf("the token is refused: %d %s", got.status, got.body)
			}
		})
	}
}

func TestAssertionsAreRefused(t *testing.T) {
	t.Parallel()
	known, unknown := newSigner(t), newSigner(t)
	elliptic256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve := signer{certificate: certify(t, elliptic256.Public(), elliptic256), key: known.key}
	service := serve(t, emulator.Options{Certificates: []*x509.Certificate{known.certificate, curve.certificate}})
	header, good := known.header("PS256"), claims(service.url+tokenPath)
	now := time.Now().Unix()
	github := object{
		"iss": "https://token.actions.githubusercontent.com", "aud": "api://AzureADTokenExchange",
		"sub": "repo:harbourline/spend:environment:production", "exp": 4102444800,
	}
	for name, test := range map[string]struct {
		assertion string
		code      int
	}{
		"no token":               {"guess", 700027},
		"no JSON":                {"e.e.e", 700027},
		"an unknown certificate": {unknown.sign(t, unknown.header("PS256"), good), 700027},
		"no certificate":         {known.sign(t, object{"alg": "PS256"}, good), 700027},
		"another's signature":    {unknown.sign(t, header, good), 700027},
		"another algorithm":      {known.sign(t, with(header, "alg", "none"), good), 700027},
		"a key of another kind":  {curve.sign(t, curve.header("PS256"), good), 700027},
		"another issuer":         {known.sign(t, header, with(good, "iss", emulator.PublicClientID)), 700021},
		"another subject":        {known.sign(t, header, with(good, "sub", "")), 700021},
		"another audience":       {known.sign(t, header, with(good, "aud", "https://login.microsoftonline.com"+tokenPath)), 700023},
		"expired":                {known.sign(t, header, with(good, "exp", now-1)), 700024},
		"not valid yet":          {known.sign(t, header, with(good, "nbf", now+3600)), 700024},
		"no identifier":          {known.sign(t, header, with(good, "jti", "")), 700027},
		"another federation":     {known.sign(t, header, with(github, "iss", "https://app.terraform.io")), 700211},
		"federated for another":  {known.sign(t, header, with(github, "aud", "https://github.com/harbourline")), 700212},
		"another workload":       {known.sign(t, header, with(github, "sub", "repo:harbourline/spend:pull_request")), 700213},
		"a forged federated one": {known.sign(t, header, github), 700027},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, grant := range []string{"refresh_token", "client_credentials"} {
				got := service.signIn(t, tokenPath, form("grant_type", grant, "client_secret", "", "client_assertion_type", assertionType, "client_assertion", test.assertion))
				wantSignInError(t, got, http.StatusUnauthorized, "invalid_client", test.code)
			}
		})
	}

	for _, test := range []struct {
		changes []string
		status  int
		kind    string
		code    int
	}{
		{[]string{"client_assertion_type", ""}, 400, "invalid_request", 900144},
		{[]string{"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}, 400, "invalid_request", 9002313},
		{[]string{"client_id", emulator.PublicClientID}, 401, "invalid_client", 700025},
		{[]string{"client_id", emulator.TenantID}, 400, "unauthorized_client", 700016},
	} {
		changes := append([]string{"client_secret", "", "client_assertion_type", assertionType, "client_assertion", emulator.FederatedAssertion}, test.changes...)
		wantSignInError(t, service.signIn(t, tokenPath, form(changes...)), test.status, test.kind, test.code)
	}
}
