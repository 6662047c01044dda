package providertest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// Certificate is a client certificate with its key, in files of both formats.
type Certificate struct {
	*x509.Certificate
	PEM, PFX string
}

// PFXPassword is the password of [Certificate.PFX].
const PFXPassword = "pass-word"

// NewCertificate makes a certificate.
func NewCertificate(tb testing.TB) Certificate {
	tb.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	pfx, err := pkcs12.Modern.Encode(key, certificate, nil, PFXPassword)
	if err != nil {
		tb.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	return Certificate{certificate, WriteFile(tb, "client.pem", text), WriteFile(tb, "client.pfx", pfx)}
}

// WriteFile writes a file that only its owner may read.
func WriteFile(tb testing.TB, name string, content []byte) (path string) {
	tb.Helper()
	path = filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
