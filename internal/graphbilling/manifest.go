package graphbilling

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// wireOperation is an export that runs or has ended
// (https://learn.microsoft.com/graph/api/resources/partners-billing-operation).
type wireOperation struct {
	Status           string         `json:"status"`
	ResourceLocation jsontext.Value `json:"resourceLocation"`
	ManifestLink     string         `json:"resourceLocation@odata.navigationLink"`
	Error            struct {
		Code    jsontext.Value `json:"code"`
		Message string         `json:"message"`
	} `json:"error"`
}

// wireManifest says where the rows of an export are
// (https://learn.microsoft.com/graph/api/resources/partners-billing-manifest). Its format
// and its partitions are named in various ways, so these fields are not read.
type wireManifest struct {
	CreatedDateTime *pcclient.Time    `json:"createdDateTime"`
	ETag            string            `json:"eTag"`
	RootDirectory   string            `json:"rootDirectory"`
	SASToken        string            `json:"sasToken"`
	BlobCount       *pcclient.Integer `json:"blobCount"`
	Blobs           *[]wireBlob       `json:"blobs"`
}

// wireBlob is a blob. Microsoft's sample declares its number of rows, which the
// documentation does not have.
type wireBlob struct {
	Name      string            `json:"name"`
	ItemCount *pcclient.Integer `json:"itemCount,case:ignore"`
}

// manifest says where the rows of an export are. It has the SAS, which is a secret.
type manifest struct {
	start   int  // which start of the export it is of; another one may have the same operation
	renewed bool // by asking the operation again

	version string
	created *pcclient.Time
	sas     string
	blobs   []blob
}

// blob is a file of rows.
type blob struct {
	name   string
	target *url.URL // with the SAS
	rows   *pcclient.Integer
}

// String hides the SAS.
func (b blob) String() string { return transport.OneLine(b.name) }

// manifest checks a manifest. No error repeats its root or its SAS.
func (w *wireManifest) manifest(allowLoopback bool) (*manifest, error) {
	if w.Blobs == nil {
		return nil, errors.New("the manifest of the export has no blobs array")
	}
	if w.BlobCount != nil && int(*w.BlobCount) != len(*w.Blobs) {
		return nil, fmt.Errorf("the manifest of the export lists %d blobs and says that there are %d", len(*w.Blobs), *w.BlobCount)
	}
	if w.BlobCount == nil && len(*w.Blobs) == 0 { // A month without usage has to be told from a list that is not there.
		return nil, errors.New("the manifest of the export lists no blobs, and does not say that there are none")
	}
	m := &manifest{version: w.ETag, sas: strings.TrimPrefix(strings.TrimSpace(w.SASToken), "?")}
	if !w.CreatedDateTime.IsZero() {
		m.created = w.CreatedDateTime
	}
	if len(*w.Blobs) == 0 {
		return m, nil
	}
	root, err := parseRoot(w.RootDirectory, allowLoopback)
	if err != nil {
		return nil, err
	}
	if _, err := url.ParseQuery(m.sas); err != nil || m.sas == "" || strings.ContainsFunc(m.sas, func(r rune) bool { return r <= ' ' || r > '~' || r == '#' }) {
		return nil, errors.New("the manifest of the export has no valid sasToken")
	}
	names := map[string]bool{}
	for _, b := range *w.Blobs {
		if !isBlobName(b.Name) {
			return nil, fmt.Errorf("the manifest of the export has a blob without a valid name: %q", transport.OneLine(b.Name))
		}
		if names[b.Name] {
			return nil, fmt.Errorf("the manifest of the export lists the blob %s twice", transport.OneLine(b.Name))
		}
		names[b.Name] = true
		var escaped []string
		for part := range strings.SplitSeq(b.Name, "/") {
			escaped = append(escaped, url.PathEscape(part))
		}
		target := root.JoinPath(escaped...)
		target.RawQuery = m.sas
		m.blobs = append(m.blobs, blob{name: b.Name, target: target, rows: b.ItemCount})
	}
	return m, nil
}

const blobHost = ".blob.core.windows.net"

// parseRoot checks that the blobs are in Azure Blob Storage: the rows are believed, and
// the SAS is a secret.
func parseRoot(text string, allowLoopback bool) (*url.URL, error) {
	root, err := url.Parse(strings.TrimSpace(text))
	if err != nil || root.Host == "" || root.User != nil || root.RawQuery != "" || root.Fragment != "" {
		return nil, errors.New("the manifest of the export has no valid rootDirectory")
	}
	host := strings.ToLower(root.Hostname())
	account, isBlobHost := strings.CutSuffix(host, blobHost)
	switch {
	case allowLoopback && transport.IsLoopback(host) && (root.Scheme == "http" || root.Scheme == "https"):
	case isBlobHost && account != "" && !strings.Contains(account, ".") && root.Scheme == "https" && cmp.Or(root.Port(), "443") == "443":
	default:
		return nil, fmt.Errorf("the manifest of the export names the host %s, and blobs are read from *%s by https only", transport.OneLine(root.Host), blobHost)
	}
	return root, nil
}

// isBlobName reports whether a name is below the root.
func isBlobName(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return !strings.ContainsAny(name, `\?#`)
}
