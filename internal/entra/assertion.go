package entra

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// Assertion proves the client's identity without a secret: it returns a signed token
// for one request to a token endpoint.
type Assertion func(clientID, endpoint string) (string, error)

// assertionLifetime is the maximum that Microsoft recommends. Retries of a request
// repeat its assertion.
const assertionLifetime = 10 * time.Minute

// CertificateAssertion signs with the key of a certificate that was uploaded to the app
// registration
// (https://learn.microsoft.com/entra/identity-platform/certificate-credentials).
// The chain may contain other certificates, in any order.
func CertificateAssertion(chain []*x509.Certificate, key crypto.PrivateKey) (Assertion, error) {
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, errNotRSA
	}
	certificate := certificateOf(private, chain)
	if certificate == nil {
		return nil, errors.New("its private key does not belong to any of its certificates")
	}
	thumbprint := sha256.Sum256(certificate.Raw)
	return func(clientID, endpoint string) (string, error) {
		now := time.Now()
		// jwt.RegisteredClaims would make the audience a list.
		token := jwt.NewWithClaims(jwt.SigningMethodPS256, jwt.MapClaims{
			"aud": endpoint,
			"iss": clientID,
			"sub": clientID,
			"jti": uuid.NewString(),
			"iat": now.Unix(),
			"nbf": now.Unix(),
			"exp": now.Add(assertionLifetime).Unix(),
		})
		token.Header["x5t#S256"] = base64.RawURLEncoding.EncodeToString(thumbprint[:])
		return token.SignedString(private)
	}, nil
}

var errNotRSA = errors.New("its private key is not an RSA key, and Entra accepts only RSA")

// certificateOf returns the certificate of a key.
func certificateOf(key *rsa.PrivateKey, chain []*x509.Certificate) *x509.Certificate {
	for _, certificate := range chain {
		if key.PublicKey.Equal(certificate.PublicKey) {
			return certificate
		}
	}
	return nil
}

// FederatedToken is a token of an identity provider that the app registration trusts
// (https://learn.microsoft.com/entra/workload-id/workload-identity-federation).
func FederatedToken(token string) Assertion {
	return func(string, string) (string, error) { return strings.TrimSpace(token), nil }
}

// FederatedTokenFile is a [FederatedToken] in a file. The file is read for every
// request, since such tokens are short-lived and something else renews them.
func FederatedTokenFile(path string) Assertion {
	return func(string, string) (string, error) { return readToken("OIDC token", path) }
}

// readToken reads a file that contains a token and nothing else.
func readToken(what, path string) (string, error) {
	content, err := readSecret(path)
	if err != nil {
		return "", fmt.Errorf("the %s file cannot be read: %w", what, err)
	}
	token := strings.TrimSpace(string(content))
	if token == "" {
		return "", fmt.Errorf("the %s file %s is empty", what, path)
	}
	if strings.ContainsFunc(token, unicode.IsSpace) {
		return "", fmt.Errorf("the %s file %s must contain the token and nothing else", what, path)
	}
	return token, nil
}
