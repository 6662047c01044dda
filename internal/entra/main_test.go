package entra

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the tests if anything of them goes on running. The test binary
// is also a program that rotates a refresh token, so that it can be killed.
func TestMain(m *testing.M) {
	if os.Getenv(rotatesAt) != "" {
		os.Exit(rotator())
	}
	goleak.VerifyTestMain(m)
}
