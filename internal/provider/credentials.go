package provider

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// origin is a place that credentials can stand in. They are never mixed: the
// ARM_CLIENT_SECRET of a workload's pipeline belongs to another tenant than the
// partner's refresh token.
type origin struct {
	name   string // for people
	prefix string // of its environment variables; the configuration has none
	knows  []string
}

// origins are in the order in which they are asked. The first that has a
// credential has the sign-in.
var origins = []origin{
	{name: "the provider's configuration"},
	{name: "the environment variables PARTNERCENTER_*", prefix: "PARTNERCENTER_"},
	{
		name: "the environment variables ARM_*", prefix: "ARM_",
		knows: []string{"environment", "tenant_id", "client_id", "client_secret", "use_cli"},
	},
	{
		name: "the environment variables AZURE_*", prefix: "AZURE_",
		knows: []string{"tenant_id", "client_id", "client_secret"},
	},
}

// credentials are the arguments that somebody can sign in with.
var credentials = []string{"access_token", "refresh_token", "refresh_token_file", "client_secret", "use_cli"}

// value returns what an argument is set to in this place.
func (o origin) value(s *settings, argument string) string {
	switch {
	case o.prefix == "":
		return s.configured[argument]
	case o.knows == nil || slices.Contains(o.knows, argument):
		return s.getenv(o.prefix + strings.ToUpper(argument))
	}
	return ""
}

// write names an argument as it is written in this place.
func (o origin) write(argument string) string {
	if o.prefix == "" {
		return "`" + argument + "`"
	}
	return o.prefix + strings.ToUpper(argument)
}

// signIn is the sign-in that the settings ask for.
type signIn struct {
	*settings
	from    origin
	chosen  []string // the credentials that stand there
	invalid bool
}

// chooseSignIn finds the first origin that has a credential. Without any it is
// the Azure CLI's user, unless that is forbidden.
func (s *settings) chooseSignIn() *signIn {
	useCLI := s.useCLI()
	if slices.ContainsFunc(credentials, func(argument string) bool { return s.unusable[argument] }) {
		return &signIn{settings: s, invalid: true}
	}
	for i, from := range origins {
		chosen := slices.DeleteFunc(slices.Clone(credentials), func(argument string) bool {
			if argument == "use_cli" {
				return useCLI.origin != i || !useCLI.value
			}
			return from.value(s, argument) == ""
		})
		if len(chosen) > 0 {
			choice := &signIn{settings: s, from: from, chosen: chosen}
			choice.checkConflicts()
			return choice
		}
	}
	choice := &signIn{settings: s, from: origin{name: "this machine, for want of other credentials"}, chosen: []string{"use_cli"}}
	if useCLI.origin >= 0 && !useCLI.value {
		choice.refuse("use_cli", "Nothing to sign in with", origins[useCLI.origin].write("use_cli")+" forbids the Azure CLI, and there is no other credential. "+waysToSignIn)
	}
	return choice
}

const waysToSignIn = "Set `refresh_token` or `refresh_token_file` with `tenant_id`, `client_id` and, for a confidential client, `client_secret`; or `access_token`; " +
	"or the environment variables of the same names, such as PARTNERCENTER_REFRESH_TOKEN; or sign in with `az login`."

// useCLI finds the first origin that says whether to use the Azure CLI.
func (s *settings) useCLI() (setting struct {
	origin int
	value  bool
},
) {
	for i, from := range origins {
		text := from.value(s, "use_cli")
		if text == "" {
			continue
		}
		value, err := strconv.ParseBool(text)
		if err != nil {
			s.unusable["use_cli"] = true
			s.problem("use_cli", "Not a boolean", fmt.Sprintf("The value %q of %s is neither true nor false.", text, from.write("use_cli")))
		}
		setting.origin, setting.value = i, value
		return setting
	}
	setting.origin = -1
	return setting
}

// checkConflicts reports credentials of one origin that exclude each other.
func (c *signIn) checkConflicts() {
	conflict := func(a, b string) {
		c.refuse(a, "Two sign-ins at once", fmt.Sprintf("%s and %s of %s exclude each other. Keep one of them.", c.from.write(a), c.from.write(b), c.from.name))
	}
	for _, alone := range []string{"access_token", "use_cli"} {
		if !c.has(alone) {
			continue
		}
		for _, other := range c.chosen {
			if other != alone && (other != "access_token") {
				conflict(alone, other)
			}
		}
	}
	if c.has("refresh_token") && c.has("refresh_token_file") {
		conflict("refresh_token", "refresh_token_file")
	}
}

func (c *signIn) has(argument string) bool { return slices.Contains(c.chosen, argument) }

func (c *signIn) refuse(argument, summary, detail string) {
	c.problem(argument, summary, detail)
	c.invalid = true
}

// identifier returns an argument that is no secret, and how it is written there:
// from the configuration, or else from where the credential is. What says where
// to sign in, not who, may stand in any other place too.
func (c *signIn) identifier(argument string) (text, place string) {
	places := []origin{origins[0], c.from}
	if argument != "client_id" {
		places = append(places, origins[1:]...)
	}
	for _, from := range places {
		if text := from.value(c.settings, argument); text != "" {
			return text, from.write(argument)
		}
	}
	return "", ""
}

// tenantName is the id of a tenant or one of its domains. It becomes a part of a
// path.
var tenantName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]*$`)

// credential returns what gets access tokens, or nil after a problem.
func (c *signIn) credential(authority *url.URL, options pcclient.Options) azcore.TokenCredential {
	clientID, _ := c.identifier("client_id")
	tenantID, place := c.identifier("tenant_id")
	if tenantID != "" && !tenantName.MatchString(tenantID) {
		c.refuse("tenant_id", "Not a tenant", fmt.Sprintf("The value %q of %s is neither the id of a tenant nor a domain.", tenantID, place))
	}
	atTokenEndpoint := len(c.chosen) > 0 && !c.has("access_token") && !c.has("use_cli")
	if atTokenEndpoint && tenantID == "" && !c.unusable["tenant_id"] {
		c.missing("tenant_id", "in the provider's configuration or as PARTNERCENTER_TENANT_ID")
	}
	if atTokenEndpoint && clientID == "" && !c.unusable["client_id"] {
		c.missing("client_id", "beside it or in the provider's configuration, since credentials of different places are never mixed")
	}
	switch {
	case c.invalid:
		return nil
	case c.has("access_token"):
		return readyToken(c.from.value(c.settings, "access_token"))
	case c.has("use_cli"):
		return c.azureCLI(tenantID)
	}
	kind := "a client secret (app-only)"
	switch {
	case (c.has("refresh_token") || c.has("refresh_token_file")) && c.has("client_secret"):
		kind = "a refresh token and a client secret"
	case c.has("refresh_token") || c.has("refresh_token_file"):
		kind = "a refresh token of a public client"
	}
	return pcclient.NewTokenCredential(pcclient.TokenOptions{
		Source:           c.from.name,
		Kind:             kind,
		AuthorityHost:    authority,
		TenantID:         tenantID,
		ClientID:         clientID,
		ClientSecret:     c.from.value(c.settings, "client_secret"),
		RefreshToken:     c.from.value(c.settings, "refresh_token"),
		RefreshTokenFile: c.from.value(c.settings, "refresh_token_file"),
	}, options)
}

func (c *signIn) missing(argument, where string) {
	c.refuse(argument, "Missing "+argument, fmt.Sprintf("To sign in with %s of %s, `%s` is needed too: set it %s.",
		c.from.write(c.chosen[0]), c.from.name, argument, where))
}

// readyToken is an access token that the user has got.
type readyToken string

func (t readyToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	// When it ends is the API's to say.
	return azcore.AccessToken{Token: string(t), ExpiresOn: time.Now().Add(24 * time.Hour)}, nil
}

// azureCLI is the user whom `az login` signed in.
func (c *signIn) azureCLI(tenantID string) azcore.TokenCredential {
	if _, err := c.lookPath("az"); err != nil {
		c.refuse("use_cli", "Azure CLI not found", "There is no `az` on the PATH to sign in with. "+waysToSignIn)
		return nil
	}
	credential, err := azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: tenantID})
	if err != nil {
		c.refuse("tenant_id", "Not a tenant", err.Error())
		return nil
	}
	return azureCLI{credential, c.from.name}
}

type azureCLI struct {
	credential azcore.TokenCredential
	source     string
}

func (a azureCLI) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := a.credential.GetToken(ctx, options)
	if err != nil {
		return token, &pcclient.SignInError{Source: a.source, Kind: "the Azure CLI", Final: true, Err: err}
	}
	return token, nil
}
