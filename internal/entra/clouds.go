package entra

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
)

// Cloud is a national cloud.
type Cloud struct {
	API       string // base URL of Partner Center's API, without /v1
	Authority string // base URL of the sign-in authority
	Graph     string // base URL of Microsoft Graph, where it has partner billing exports
}

// clouds are the national clouds by name
// (https://learn.microsoft.com/partner-center/developer/partner-center-rest-urls).
var clouds = map[string]Cloud{
	"public":       {"https://api.partnercenter.microsoft.com", cloud.AzurePublic.ActiveDirectoryAuthorityHost, "https://graph.microsoft.com"},
	"usgovernment": {"https://api.partnercenter.microsoft.com", cloud.AzureGovernment.ActiveDirectoryAuthorityHost, ""},
	"china":        {"https://partner.partnercenterapi.microsoftonline.cn", cloud.AzureChina.ActiveDirectoryAuthorityHost, ""},
}

// cloudAliases are the names that HashiCorp's Azure providers accept for the clouds
// (https://registry.terraform.io/providers/hashicorp/azuread/latest/docs#environment).
var cloudAliases = map[string]string{
	"":               "public",
	"global":         "public",
	"usgovernmentl4": "usgovernment",
	"usgovernmentl5": "usgovernment",
	"dod":            "usgovernment",
}

// CloudByName returns the cloud with a name or an alias, in any case. The default is
// public.
func CloudByName(name string) (Cloud, bool) {
	name = strings.ToLower(name)
	found, ok := clouds[cmp.Or(cloudAliases[name], name)]
	return found, ok
}

// Scope returns the scope of access tokens for the API, whose base URL is also their
// audience.
func (c Cloud) Scope() string { return c.API + scopeSuffix }

const scopeSuffix = "/.default"

// tenantName matches the id of a tenant or one of its domains.
var tenantName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]*$`)

// IsTenant reports whether a text may be the id or a domain of a tenant, and is safe in
// the path of a URL.
func IsTenant(text string) bool { return tenantName.MatchString(text) }
