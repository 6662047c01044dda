package entra

import (
	"io"
	"testing"
)

func TestError_reads(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*Error{
		"sign-in with a client secret from ARM_* failed":                                     {Kind: "a client secret", Source: "ARM_*"},
		"sign-in with a client secret from ARM_* failed, AADSTS7000222: The key has expired": {Kind: "a client secret", Source: "ARM_*", Code: "AADSTS7000222", Description: "The key has expired"},
		"sign-in with a client secret from ARM_* failed: POST https://login.example/token: 400 Bad Request, e: d": {
			Kind: "a client secret", Source: "ARM_*", Endpoint: "https://login.example/token", Status: 400, Code: "e", Description: "d",
		},
		"sign-in with a client secret from ARM_* failed: EOF": {Kind: "a client secret", Source: "ARM_*", Err: io.EOF},
	} {
		if got := e.Error(); got != want {
			t.Errorf("it reads\n%s, want\n%s", got, want)
		}
	}
}
