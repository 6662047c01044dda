package pcclient

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
)

// Cloud is a national cloud of Partner Center.
type Cloud struct {
	API       string // base URL, without /v1
	Authority string // base URL of the sign-in authority
}

// clouds are the national clouds by name
// (https://learn.microsoft.com/partner-center/developer/partner-center-rest-urls).
var clouds = map[string]Cloud{
	"public":       {"https://api.partnercenter.microsoft.com", cloud.AzurePublic.ActiveDirectoryAuthorityHost},
	"usgovernment": {"https://api.partnercenter.microsoft.com", cloud.AzureGovernment.ActiveDirectoryAuthorityHost},
	"china":        {"https://partner.partnercenterapi.microsoftonline.cn", cloud.AzureChina.ActiveDirectoryAuthorityHost},
}

// otherNames are those that HashiCorp's Azure providers take for the clouds
// (https://registry.terraform.io/providers/hashicorp/azuread/latest/docs#environment).
var otherNames = map[string]string{
	"":               "public",
	"global":         "public",
	"usgovernmentl4": "usgovernment",
	"usgovernmentl5": "usgovernment",
	"dod":            "usgovernment",
}

// CloudNamed returns a cloud by one of its names in any case. No name is public.
func CloudNamed(name string) (Cloud, bool) {
	name = strings.ToLower(name)
	found, known := clouds[cmp.Or(otherNames[name], name)]
	return found, known
}

// Scope is what access tokens for the API are asked for with: its base URL is
// also their audience.
func (c Cloud) Scope() string { return c.API + scopeSuffix }

const scopeSuffix = "/.default"

// tenantName is the id of a tenant or one of its domains.
var tenantName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]*$`)

// IsTenant reports whether a text can name a tenant, in the path of a URL too.
func IsTenant(text string) bool { return tenantName.MatchString(text) }

// What can be wrong with a base URL. Neither repeats it: it may hold a password.
var (
	ErrNotBaseURL = errors.New("is not a base URL such as https://example.com/path, without query and fragment")
	ErrUnsafeURL  = errors.New("must be https, so that nobody on the way sees tokens; http is for loopback addresses only")
)

// ParseBaseURL reads a base URL that a token or a secret may be sent to.
func ParseBaseURL(text string) (*url.URL, error) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Hostname() == "" || parsed.RawQuery != "" || parsed.Fragment != "":
		return nil, ErrNotBaseURL
	case parsed.Scheme == "https", parsed.Scheme == "http" && isLoopback(parsed.Hostname()):
		// It would be of no use beside a token, and might be logged.
		parsed.User = nil
		return parsed, nil
	default:
		return nil, ErrUnsafeURL
	}
}

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}
