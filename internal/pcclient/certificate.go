package pcclient

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

// ReadCertificate reads a file that holds a certificate and its private key, and
// returns what signs with it. The password is that of a PKCS#12 file.
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

// parseCertificate reads PEM or PKCS#12. azidentity's parser knows only the
// PKCS#12 of the nineties, which OpenSSL does not write by itself any more.
func parseCertificate(content []byte, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	block, _ := pem.Decode(content)
	switch {
	case block == nil:
		key, certificate, others, err := pkcs12.DecodeChain(content, password)
		switch {
		case errors.Is(err, pkcs12.ErrIncorrectPassword) && password == "":
			return nil, nil, errors.New("it needs a password")
		case errors.Is(err, pkcs12.ErrIncorrectPassword):
			return nil, nil, errors.New("the password is wrong")
		case err != nil:
			// The parser's own words are about ASN.1.
			return nil, nil, errors.New("it is neither PEM nor PKCS#12 with a certificate and its private key")
		}
		return append([]*x509.Certificate{certificate}, others...), key, nil
	case bytes.Contains(content, []byte("ENCRYPTED")):
		return nil, nil, errors.New("its private key is encrypted, which is supported in PKCS#12 only: " +
			"convert it with `openssl pkcs12 -export`, or decrypt it with `openssl pkey`")
	}
	if bytes.Contains(content, []byte("-----BEGIN EC PRIVATE KEY-----")) {
		return nil, nil, errNotRSA // The parser does not know this form.
	}
	chain, key, err := azidentity.ParseCertificates(content, nil)
	if err != nil {
		// "found no private key", without the name of a Go package.
		return nil, nil, errors.New(strings.TrimPrefix(err.Error(), "x509: "))
	}
	return chain, key, nil
}
