// Package recording says where an answer of the provider is kept, for the
// benchmark that writes it and the bare provider that reads it.
package recording

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Environment is the variable that says which directory the recordings are in.
const Environment = "PARTNERCENTER_BENCH_RECORDINGS"

// Encode is the variable that makes the bare provider read the values of a
// recording and write them again.
const Encode = "PARTNERCENTER_BENCH_ENCODE"

// Schema is the file with what terraform providers schema -json says.
func Schema(directory string) string { return filepath.Join(directory, "schema.json") }

// State is the file with the state of a data source with these arguments, as
// the plugin protocol carries it: in MessagePack.
func State(directory, name string, arguments map[string]any) string {
	words := []string{name}
	for _, argument := range slices.Sorted(maps.Keys(arguments)) {
		words = append(words, fmt.Sprint(argument, "=", arguments[argument]))
	}
	digest := sha256.Sum256([]byte(strings.Join(words, "\n")))
	return filepath.Join(directory, hex.EncodeToString(digest[:])+".msgpack")
}
