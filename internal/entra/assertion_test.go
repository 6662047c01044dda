package entra

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

// issue returns a certificate of a key.
func issue(t *testing.T, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// rsaKey is slow to make.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// part decodes one part of a JWT.
func part(t *testing.T, jwt string, index int) map[string]any {
	t.Helper()
	content, err := base64.RawURLEncoding.DecodeString(strings.Split(jwt, ".")[index])
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(content, &members); err != nil {
		t.Fatal(err)
	}
	return members
}

func TestCertificateAssertion(t *testing.T) {
	t.Parallel()
	key := rsaKey()
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	certificate := issue(t, key)
	synctest.Test(t, func(t *testing.T) {
		assertion, err := CertificateAssertion([]*x509.Certificate{issue(t, other), certificate}, key)
		if err != nil {
			t.Fatal(err)
		}
		const endpoint = "https://login.example/t/oauth2/v2.0/token"
		token, err := assertion("client-1", endpoint)
		if err != nil {
			t.Fatal(err)
		}
		header, claims := part(t, token, 0), part(t, token, 1)
		thumbprint := sha256.Sum256(certificate.Raw)
		if header["alg"] != "PS256" || header["typ"] != "JWT" || header["x5t#S256"] != base64.RawURLEncoding.EncodeToString(thumbprint[:]) || len(header) != 3 {
			t.Errorf("the header is %v", header)
		}
		now := float64(time.Now().Unix())
		audience, _ := claims["aud"].(string) // a list of one would not do
		if audience != endpoint || claims["iss"] != "client-1" || claims["sub"] != "client-1" || claims["nbf"] != now || claims["iat"] != now || claims["exp"] != now+600 {
			t.Errorf("the claims are %v", claims)
		}
		if id, _ := claims["jti"].(string); uuid.Validate(id) != nil {
			t.Errorf("jti is %q", id)
		}
		signed, signature, _ := cutLast(token, ".")
		digest := sha256.Sum256([]byte(signed))
		raw, err := base64.RawURLEncoding.DecodeString(signature)
		if err != nil {
			t.Fatal(err)
		}
		if err := rsa.VerifyPSS(&key.PublicKey, crypto.SHA256, digest[:], raw, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}); err != nil {
			t.Error(err)
		}
		again, err := assertion("client-1", endpoint)
		if err != nil || part(t, again, 1)["jti"] == claims["jti"] {
			t.Errorf("two requests share an id: %v", err)
		}
	})
}

func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	return text[:max(i, 0)], text[i+1:], i >= 0
}

func TestReadCertificate(t *testing.T) {
	t.Parallel()
	key := rsaKey()
	certificate := issue(t, key)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalECPrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	ec := pemOf("EC PRIVATE KEY", encoded)
	pkcs8 := func(key any) string {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pemOf("PRIVATE KEY", der)
	}
	pfx := func(encoder *pkcs12.Encoder, password string) string {
		content, err := encoder.Encode(key, certificate, nil, password)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	own, keyText := pemOf("CERTIFICATE", certificate.Raw), pkcs8(key)
	foreign := pemOf("CERTIFICATE", issue(t, curve).Raw)
	for name, test := range map[string]struct {
		content, password string
		problem           string
	}{
		"PEM":                           {own + keyText, "", ""},
		"PEM, the key first":            {keyText + own, "", ""},
		"PEM with a chain":              {foreign + keyText + own, "", ""},
		"PEM with a key of PKCS#1":      {own + pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), "", ""},
		"PEM with words around":         {"Bag Attributes\n  friendlyName: x\n" + own + "\n" + keyText, "", ""},
		"PEM and an idle password":      {own + keyText, "secret-1", ""},
		"PKCS#12 as of OpenSSL 3":       {pfx(pkcs12.Modern2023, "secret-1"), "secret-1", ""},
		"PKCS#12 as of old":             {pfx(pkcs12.LegacyDES, "secret-1"), "secret-1", ""},
		"PKCS#12 with an empty one":     {pfx(pkcs12.Modern2023, ""), "", ""},
		"PKCS#12 with none":             {pfx(pkcs12.Passwordless, ""), "", ""},
		"PKCS#12, another password":     {pfx(pkcs12.Modern2023, "secret-1"), "secret-2", "the password is incorrect"},
		"PKCS#12, no password":          {pfx(pkcs12.Modern2023, "secret-1"), "", "it needs a password"},
		"no key":                        {own, "", "found no private key"},
		"no certificate":                {keyText, "", "found no certificate"},
		"two keys":                      {own + keyText + keyText, "", "multiple private keys"},
		"an encrypted key":              {own + pemOf("ENCRYPTED PRIVATE KEY", []byte("x")), "secret-1", "its private key is encrypted"},
		"an encrypted key of old":       {own + "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", "", "its private key is encrypted"},
		"a key of another certificate":  {foreign + keyText, "", "does not belong to any of its certificates"},
		"a key that is not RSA":         {foreign + pkcs8(curve), "", "not an RSA key"},
		"an EC key of SEC 1":            {foreign + ec, "", "accepts only RSA"},
		"PEM with a mark before":        {"\xef\xbb\xbf" + own + keyText, "", ""},
		"PEM in UTF-16":                 {utf16LE("\ufeff" + own + keyText), "", "is UTF-16"},
		"PEM in UTF-16 without a mark":  {utf16LE(own + keyText), "", "is UTF-16"},
		"neither PEM nor PKCS#12":       {"secret-1", "", "neither PEM nor PKCS#12"},
		"nothing":                       {"", "", "neither PEM nor PKCS#12"},
		"a certificate without its end": {own[:len(own)/2], "", "neither PEM nor PKCS#12"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "certificate")
			if err := os.WriteFile(file, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			assertion, err := ReadCertificate(file, test.password)
			if test.problem != "" {
				wiretest.WantText(t, err, test.problem)
				wiretest.WantNoSecret(t, err, "secret-1", "secret-2")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := assertion("client-1", "https://login.example"); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		t.Parallel()
		_, err := ReadCertificate(filepath.Join(t.TempDir(), "certificate"), "")
		wiretest.WantText(t, err, "no such file")
	})
}

// utf16LE writes a text as PowerShell's > does.
func utf16LE(text string) string {
	var written []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		written = binary.LittleEndian.AppendUint16(written, unit)
	}
	return string(written)
}

// What editors and shells put around a token is not part of it.
func TestReadToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ content, problem string }{
		"as it is":              {"token-1", ""},
		"with a line end":       {"token-1\r\n", ""},
		"with a mark before":    {"\xef\xbb\xbftoken-1\n", ""},
		"UTF-16":                {utf16LE("\ufefftoken-1\r\n"), "is UTF-16, as PowerShell's > writes it: write it as UTF-8"},
		"UTF-16, big end first": {"\xfe\xff\x00t\x00o", "is UTF-16"},
		"UTF-16 without a mark": {utf16LE("token-1"), "is UTF-16"},
		"two lines":             {"Signed in as somebody.\ntoken-1\n", "must contain the token and nothing else"},
		"only a mark":           {"\xef\xbb\xbf\n", "is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "token")
			if err := os.WriteFile(file, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, what := range []string{"refresh token", "OIDC token"} {
				got, err := readToken(what, file)
				if test.problem != "" {
					wiretest.WantText(t, err, what, file, test.problem)
				} else if err != nil || got != "token-1" {
					t.Errorf("the %s is %q: %v", what, got, err)
				}
			}
		})
	}
}

// What proves the client goes with either grant.
func TestToken_assertions(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "oidc-token")
	if err := os.WriteFile(file, []byte("assertion-1\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const given = "client_id=client-1&client_assertion=assertion-1&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&scope=https://api.example/.default"
	for name, test := range map[string]struct {
		assertion Assertion
		refresh   string
		want      string
	}{
		"an application":           {FederatedToken(" assertion-1\n"), "", given + "&grant_type=client_credentials"},
		"a user":                   {FederatedToken("assertion-1"), "refresh-1", given + "&grant_type=refresh_token&refresh_token=refresh-1"},
		"an application by a file": {FederatedTokenFile(file), "", given + "&grant_type=client_credentials"},
		"a user by a file":         {FederatedTokenFile(file), "refresh-1", given + "&grant_type=refresh_token&refresh_token=refresh-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAuthority(t, wiretest.Respond(http.StatusOK, goodToken), proving(test.assertion), asUser(test.refresh))
			if _, err := a.signIn(t); err != nil {
				t.Fatal(err)
			}
			want, err := url.ParseQuery(test.want)
			if err != nil {
				t.Fatal(err)
			}
			if got := a.forms[0].Encode(); got != want.Encode() {
				t.Errorf("the form is\n%s, want\n%s", got, want.Encode())
			}
		})
	}
}

// proving takes an assertion in place of the secret.
func proving(assertion Assertion) func(*Options, *transport.Options) {
	return func(token *Options, _ *transport.Options) { token.ClientSecret, token.Assertion = "", assertion }
}

func TestToken_assertionIsMadeForTheEndpoint(t *testing.T) {
	t.Parallel()
	var made []string
	a := newAuthority(t, wiretest.Respond(http.StatusOK, goodToken), proving(func(clientID, endpoint string) (string, error) {
		made = append(made, clientID+" "+endpoint)
		return "assertion", nil
	}))
	for range 2 {
		if _, err := a.signIn(t); err != nil {
			t.Fatal(err)
		}
	}
	if len(made) != 2 || made[0] != "client-1 "+a.URLs()[0] {
		t.Errorf("made were %q for requests to %q", made, a.URLs())
	}
}

func TestToken_oidcFileIsReadAtEveryExchange(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "oidc-token")
	a := newAuthority(t, wiretest.Respond(http.StatusOK, goodToken), proving(FederatedTokenFile(file)))
	for _, want := range []string{"first", "second"} {
		if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := a.signIn(t); err != nil {
			t.Fatal(err)
		}
		if got := a.forms[len(a.forms)-1].Get("client_assertion"); got != want {
			t.Errorf("sent was %q, want %q", got, want)
		}
	}
	if err := os.WriteFile(file, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wiretest.WantText(t, a.refuses(t), "the OIDC token file "+file+" is empty")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	e := a.refuses(t)
	wiretest.WantText(t, e, "the OIDC token file cannot be read", file)
	if e.Permanent {
		t.Error("the file may be there next time")
	}
	a.WantRequests(t, 2)
}

func TestToken_assertionIsNotRepeated(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, wiretest.Respond(http.StatusUnauthorized, `{"error":"invalid_client","error_description":"AADSTS700024: assertion-1 is not within its valid time range."}`),
		proving(FederatedToken("assertion-1")))
	wiretest.WantNoSecret(t, a.refuses(t), "assertion-1")
}
