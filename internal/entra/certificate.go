package entra

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"software.sslmate.com/src/go-pkcs12"
)

// ReadCertificate reads a file with a certificate and its private key, and returns an
// assertion signed with that. The password is for a PKCS#12 file.
func ReadCertificate(path, password string) (Assertion, error) {
	content, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	chain, key, err := parseCertificate(content, password)
	if err != nil {
		return nil, err
	}
	return CertificateAssertion(chain, key)
}

// parseCertificate parses PEM or PKCS#12. azidentity's parser supports only the old
// PKCS#12 encryption, which OpenSSL 3 does not use by default.
func parseCertificate(content []byte, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	block, _ := pem.Decode(content)
	switch {
	case block == nil:
		key, certificate, others, err := pkcs12.DecodeChain(content, password)
		switch {
		case errors.Is(err, pkcs12.ErrIncorrectPassword) && password == "":
			return nil, nil, errors.New("it needs a password")
		case errors.Is(err, pkcs12.ErrIncorrectPassword):
			return nil, nil, errors.New("the password is incorrect")
		case err != nil:
			// The parser's own error is about ASN.1.
			return nil, nil, errors.New("it is neither PEM nor PKCS#12 with a certificate and its private key")
		}
		return append([]*x509.Certificate{certificate}, others...), key, nil
	case bytes.Contains(content, []byte("ENCRYPTED")):
		return nil, nil, errors.New("its private key is encrypted, which is only supported in PKCS#12: " +
			"convert it with `openssl pkcs12 -export`, or decrypt it with `openssl pkey`")
	}
	if bytes.Contains(content, []byte("-----BEGIN EC PRIVATE KEY-----")) {
		return nil, nil, errNotRSA // The parser does not support this format.
	}
	chain, key, err := azidentity.ParseCertificates(content, nil)
	if err != nil {
		// "found no private key", without the name of a Go package.
		return nil, nil, errors.New(strings.TrimPrefix(err.Error(), "x509: "))
	}
	return chain, key, nil
}
