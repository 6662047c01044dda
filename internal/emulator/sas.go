package emulator

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"time"
)

// sasLifetime is that of a SAS, as observed.
const sasLifetime = time.Hour

// newSAS returns the query that lets its bearer read the blobs of a directory: a
// user delegation SAS. It goes by the real clock, as tokens do.
func newSAS(directory string, lifetime time.Duration) string {
	now := time.Now()
	granted := [][2]string{
		{"skoid", namedGUID("storage delegate")},
		{"sktid", TenantID},
		{"skt", sasTime(now)},
		{"ske", sasTime(now.Add(24 * time.Hour))},
		{"sks", "b"},
		{"skv", storageVersion},
		{"scid", randomGUID()}, // keeps two of the same second apart
		{"sv", storageVersion},
		{"se", sasTime(now.Add(cmp.Or(lifetime, sasLifetime)))},
		{"sr", "d"},
		{"sp", "rl"},
		{"sdd", "7"},
	}
	values := url.Values{}
	var text []string
	for _, pair := range granted {
		values.Set(pair[0], pair[1])
		text = append(text, pair[0]+"="+url.QueryEscape(pair[1]))
	}
	return strings.Join(append(text, "sig="+url.QueryEscape(signSAS(directory, values))), "&")
}

func sasTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// signSAS signs all parameters but the signature. The key is no secret: there is
// nothing to protect.
func signSAS(directory string, values url.Values) string {
	mac := hmac.New(sha256.New, []byte("partnercenter-emulator blobs"))
	mac.Write([]byte(directory + "?" + values.Encode()))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// checkSAS checks the query of a request for a blob in a directory.
func checkSAS(directory string, query url.Values) *storageError {
	signature := query.Get("sig")
	query.Del("sig")
	if signature == "" {
		return &storageError{status: 409, code: "PublicAccessNotPermitted", message: "Public access is not permitted on this storage account."}
	}
	if signature != signSAS(directory, query) {
		return notAuthenticated("Signature did not match.")
	}
	now := time.Now()
	expiry, err := time.Parse(time.RFC3339, query.Get("se"))
	if err != nil || !now.Before(expiry) {
		start, _ := time.Parse(time.RFC3339, query.Get("skt"))
		return notAuthenticated("Signature not valid in the specified time frame: Start [" + start.Format(time.RFC1123) + "] - Expiry [" + expiry.Format(time.RFC1123) + "] - Current [" + now.UTC().Format(time.RFC1123) + "]")
	}
	return nil
}
