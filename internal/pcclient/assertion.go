package pcclient

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

// Assertion proves who the client is in place of a secret: it returns a signed
// token for one request to a token endpoint.
type Assertion func(clientID, endpoint string) (string, error)

// assertionLifetime is the longest that Microsoft recommends. The retries of a
// request repeat its assertion.
const assertionLifetime = 10 * time.Minute

// CertificateAssertion signs with the key of a certificate that the app
// registration knows
// (https://learn.microsoft.com/entra/identity-platform/certificate-credentials).
// The chain may have other certificates, in any order.
func CertificateAssertion(chain []*x509.Certificate, key crypto.PrivateKey) (Assertion, error) {
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, errNotRSA
	}
	certificate := ownCertificate(chain, private)
	if certificate == nil {
		return nil, errors.New("its private key belongs to none of its certificates")
	}
	thumbprint := sha256.Sum256(certificate.Raw)
	return func(clientID, endpoint string) (string, error) {
		now := time.Now()
		// The library's own claims would make the audience a list.
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

var errNotRSA = errors.New("its private key is no RSA key, such as an EC one, and Entra takes only RSA")

func ownCertificate(chain []*x509.Certificate, key *rsa.PrivateKey) *x509.Certificate {
	for _, certificate := range chain {
		if key.PublicKey.Equal(certificate.PublicKey) {
			return certificate
		}
	}
	return nil
}

// FederatedToken is the token of another identity provider that the app
// registration trusts
// (https://learn.microsoft.com/entra/workload-id/workload-identity-federation).
func FederatedToken(token string) Assertion {
	return func(string, string) (string, error) { return strings.TrimSpace(token), nil }
}

// FederatedTokenFile is one in a file. It is read for every request, since such
// tokens are short-lived and somebody keeps the file fresh.
func FederatedTokenFile(path string) Assertion {
	return func(string, string) (string, error) { return readToken("OIDC token", path) }
}

// readToken reads a file that holds a token and nothing else.
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
		return "", fmt.Errorf("the %s file %s has more in it than a token: it has to be the only thing there", what, path)
	}
	return token, nil
}
