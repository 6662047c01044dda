package emulator

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // the name of a certificate, which protects nothing
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// FederatedAssertion is a token of GitHub Actions that the emulator takes as a
// client assertion of ClientID: the one workload that the app registration
// trusts.
const FederatedAssertion = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6ImVtdWxhdG9yIn0." +
	"eyJhdWQiOiJhcGk6Ly9BenVyZUFEVG9rZW5FeGNoYW5nZSIsImlzcyI6Imh0dHBzOi8vdG9rZW4uYWN0aW9ucy5naXRodWJ1c2VyY29udGVudC5jb20iLCJzdWIiOiJyZXBvOmhhcmJvdXJsaW5lL3NwZW5kOmVudmlyb25tZW50OnByb2R1Y3Rpb24iLCJleHAiOjQxMDI0NDQ4MDB9." +
	"TRBWKcO_q4g5Aq5dLl695aOt4lCe9V_xfd7yO8-kqrHqrxqAos-EmWJag-_VtGMHAxkVU3ubPY27zBUwFufmYg"

// What FederatedAssertion says.
const (
	federatedIssuer   = "https://token.actions.githubusercontent.com"
	federatedAudience = "api://AzureADTokenExchange"
	federatedSubject  = "repo:harbourline/spend:environment:production"
)

// assertionType is the only one there is.
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// clockSkew is by how much clocks may differ.
const clockSkew = 5 * time.Minute

// assertion is a client assertion: a JWT that the client has signed itself, or
// one of somebody whom the app registration trusts.
type assertion struct {
	header struct {
		Algorithm        string `json:"alg"`
		Thumbprint       string `json:"x5t"`
		ThumbprintSHA256 string `json:"x5t#S256"`
	}
	claims struct {
		Audience  string `json:"aud"`
		Issuer    string `json:"iss"`
		Subject   string `json:"sub"`
		ID        string `json:"jti"`
		Expires   int64  `json:"exp"`
		NotBefore int64  `json:"nbf"`
	}
	// signed is what the signature is of.
	signed    string
	signature []byte
}

func parseAssertion(text string) (assertion, bool) {
	var a assertion
	segments := strings.Split(text, ".")
	if len(segments) != 3 {
		return a, false
	}
	header, err := base64.RawURLEncoding.DecodeString(segments[0])
	if err != nil || json.Unmarshal(header, &a.header) != nil {
		return a, false
	}
	claims, err := base64.RawURLEncoding.DecodeString(segments[1])
	if err != nil || json.Unmarshal(claims, &a.claims) != nil {
		return a, false
	}
	a.signed = segments[0] + "." + segments[1]
	a.signature, err = base64.RawURLEncoding.DecodeString(segments[2])
	return a, err == nil
}

// checkAssertion checks the client assertion of ClientID.
func (e *Emulator) checkAssertion(r *http.Request, text string) *signInError {
	switch kind := r.PostForm.Get("client_assertion_type"); {
	case kind == "":
		return missing("client_assertion_type")
	case kind != assertionType:
		return &signInError{http.StatusBadRequest, "invalid_request", 9002313, "Invalid request. Request is malformed or invalid."}
	case text == FederatedAssertion:
		return nil
	}
	a, ok := parseAssertion(text)
	if !ok {
		return invalidAssertion(700027, "Client assertion failed signature validation: it is not a JSON web token.")
	}
	if strings.Contains(a.claims.Issuer, "://") {
		return a.checkFederated()
	}
	if !e.isSigned(a) {
		return invalidAssertion(700027, "Client assertion failed signature validation: the certificate is not registered with the application, or the signature is not of its key.")
	}
	return a.checkClaims(r.PostForm.Get("client_id"), tokenEndpoint(r))
}

func invalidAssertion(code int, message string) *signInError {
	return &signInError{http.StatusUnauthorized, "invalid_client", code, message}
}

// checkFederated says in what an assertion of another issuer differs from the
// trusted one.
func (a assertion) checkFederated() *signInError {
	switch {
	case a.claims.Issuer != federatedIssuer:
		return invalidAssertion(700211, "No matching federated identity record found for presented assertion issuer '"+a.claims.Issuer+"'.")
	case a.claims.Audience != federatedAudience:
		return invalidAssertion(700212, "No matching federated identity record found for presented assertion audience '"+a.claims.Audience+"'.")
	case a.claims.Subject != federatedSubject:
		return invalidAssertion(700213, "No matching federated identity record found for presented assertion subject '"+a.claims.Subject+"'.")
	default:
		return invalidAssertion(700027, "Client assertion failed signature validation: the key was not found.")
	}
}

// checkClaims checks what the client says of itself in an assertion.
func (a assertion) checkClaims(clientID, endpoint string) *signInError {
	now := time.Now()
	switch {
	case !strings.EqualFold(a.claims.Issuer, clientID), !strings.EqualFold(a.claims.Subject, clientID):
		return invalidAssertion(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")
	case a.claims.Audience != endpoint:
		return invalidAssertion(700023, "Client assertion audience claim does not match Realm issuer.")
	case now.Unix() >= a.claims.Expires, now.Add(clockSkew).Unix() < a.claims.NotBefore:
		return invalidAssertion(700024, "Client assertion is not within its valid time range.")
	case a.claims.ID == "":
		return invalidAssertion(700027, "Client assertion has no identifier: the claim 'jti' is missing.")
	default:
		return nil
	}
}

// tokenEndpoint is the address that the client has sent the request to.
func tokenEndpoint(r *http.Request) string { return baseURL(r) + r.URL.Path }

// isSigned tells whether an assertion has been signed with the key of the
// registered certificate that it names.
func (e *Emulator) isSigned(a assertion) bool {
	i := slices.IndexFunc(e.options.Certificates, a.names)
	if i < 0 {
		return false
	}
	key, ok := e.options.Certificates[i].PublicKey.(*rsa.PublicKey)
	if !ok {
		return false
	}
	digest := sha256.Sum256([]byte(a.signed))
	switch a.header.Algorithm {
	case "RS256":
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], a.signature) == nil
	case "PS256":
		return rsa.VerifyPSS(key, crypto.SHA256, digest[:], a.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
	default:
		return false
	}
}

// names tells whether the header of an assertion names a certificate, by either
// thumbprint.
func (a assertion) names(certificate *x509.Certificate) bool {
	long := sha256.Sum256(certificate.Raw)
	short := sha1.Sum(certificate.Raw) //nolint:gosec // as above
	if a.header.ThumbprintSHA256 != "" {
		return a.header.ThumbprintSHA256 == segment(long[:])
	}
	return a.header.Thumbprint == segment(short[:])
}
