package pcclient

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// readSecret reads a file that holds a secret. An error names the file, unless
// the name may be a secret itself, which somebody has put in the wrong argument.
func readSecret(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if failed, ok := errors.AsType[*fs.PathError](err); ok && len(path) > 30 && !strings.ContainsAny(path, `/\`) {
		return nil, fmt.Errorf("a name that is not repeated, since it may be a secret: %w", failed.Err)
	}
	return content, err
}
