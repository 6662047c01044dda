package emulator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// randomGUID returns a new GUID at every call.
func randomGUID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return formatGUID(id)
}

// namedGUID returns the same GUID for the same name.
func namedGUID(name string) string {
	digest := sha256.Sum256([]byte(name))
	return formatGUID([16]byte(digest[:16]))
}

// formatGUID writes the bytes as a GUID of version 4.
func formatGUID(id [16]byte) string {
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

func isGUID(text string) bool {
	groups := strings.Split(text, "-")
	if len(groups) != 5 {
		return false
	}
	for i, length := range []int{8, 4, 4, 4, 12} {
		if len(groups[i]) != length {
			return false
		}
	}
	_, err := hex.DecodeString(strings.Join(groups, ""))
	return err == nil
}
