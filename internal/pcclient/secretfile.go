package pcclient

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// readSecret reads a file that holds a secret, without the byte order mark that
// some editors put before it. An error names the file, unless the name may be a
// secret itself, which somebody has put in the wrong argument.
func readSecret(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if isUTF16(content) {
		return nil, fmt.Errorf("%s is UTF-16, as PowerShell's > writes it: write it as UTF-8, with Set-Content -Encoding ascii, say", path)
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok && len(path) > 30 && !strings.ContainsAny(path, `/\`) {
		return nil, fmt.Errorf("a name that is not repeated, since it may be a secret: %w", failed.Err)
	}
	return withoutBOM(content), err
}

// isUTF16 reports whether a text is two bytes a character. Neither a token nor a
// certificate in any form begins with such bytes.
func isUTF16(content []byte) bool {
	for _, beginning := range []string{"\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(content, []byte(beginning)) {
			return true
		}
	}
	return bytes.IndexByte(content[:min(len(content), 2)], 0) >= 0
}
