package entra

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// readSecret reads a file that contains a secret, without the byte order mark that some
// editors write. An error names the file, unless the name may be the secret itself, in
// the wrong argument.
func readSecret(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if isUTF16(content) {
		return nil, fmt.Errorf("%s is UTF-16, as PowerShell's > writes it: write it as UTF-8, for example with Set-Content -Encoding ascii", path)
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok && len(path) > 30 && !strings.ContainsAny(path, `/\`) {
		return nil, fmt.Errorf("the name is not shown, since it may be a secret: %w", failed.Err)
	}
	return transport.TrimBOM(content), err
}

// isUTF16 reports whether a text is UTF-16. No token and no certificate begins with such
// bytes.
func isUTF16(content []byte) bool {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(content, []byte(mark)) {
			return true
		}
	}
	return bytes.IndexByte(content[:min(len(content), 2)], 0) >= 0
}
