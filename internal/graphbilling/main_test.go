package graphbilling

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the tests if anything of them goes on running.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
