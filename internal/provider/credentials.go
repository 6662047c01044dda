package provider

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// origin is a place that credentials can stand in. They are never mixed: the
// ARM_CLIENT_SECRET of a workload's pipeline belongs to another tenant than the
// partner's refresh token.
type origin struct {
	name   string // for people
	prefix string // of its environment variables; the configuration has none
	knows  []string
	calls  map[string]string // variables that are not called like the argument
}

// origins are in the order in which they are asked. The first that has a
// credential has the sign-in.
var origins = []origin{
	{name: "the provider's configuration"},
	{name: "the environment variables PARTNERCENTER_*", prefix: "PARTNERCENTER_"},
	{
		name: "the environment variables ARM_*", prefix: "ARM_",
		knows: []string{
			"environment", "tenant_id", "client_id", "client_secret", "client_certificate_path", "client_certificate_password",
			"oidc_token", "oidc_token_file_path", "use_cli",
		},
	},
	{
		name: "the environment variables AZURE_*", prefix: "AZURE_",
		knows: []string{"tenant_id", "client_id", "client_secret", "client_certificate_path", "client_certificate_password", "oidc_token_file_path"},
		calls: map[string]string{"oidc_token_file_path": "AZURE_FEDERATED_TOKEN_FILE"},
	},
}

// nowhere is the origin of a sign-in that nothing asks for: the Azure CLI's.
var nowhere = origin{name: "this machine, for want of other credentials"}

// Credentials are the arguments that somebody can sign in with. Of those in one
// line at most one is given.
var (
	alone       = []string{"access_token", "use_cli"} // of all credentials
	userTokens  = []string{"refresh_token", "refresh_token_file"}
	proofs      = []string{"client_secret", "client_certificate_path", "oidc_token", "oidc_token_file_path"}
	credentials = slices.Concat([]string{"access_token"}, userTokens, proofs, []string{"use_cli"})
)

// value returns what an argument is set to in this place.
func (o origin) value(s *settings, argument string) string {
	switch {
	case o.prefix == "":
		return s.configured[argument]
	case o.knows == nil || slices.Contains(o.knows, argument):
		return clean(argument, s.getenv(o.variable(argument)))
	}
	return ""
}

func (o origin) variable(argument string) string {
	return cmp.Or(o.calls[argument], o.prefix+strings.ToUpper(argument))
}

// write names an argument as it is written in this place.
func (o origin) write(argument string) string {
	if o.prefix == "" {
		return "`" + argument + "`"
	}
	return o.variable(argument)
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
		if s.anyBlank(from) {
			return &signIn{settings: s, invalid: true}
		}
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
	choice := &signIn{settings: s, from: nowhere, chosen: []string{"use_cli"}}
	if useCLI.origin >= 0 && !useCLI.value {
		choice.refuse("use_cli", "Nothing to sign in with", origins[useCLI.origin].write("use_cli")+" forbids the Azure CLI, and there is no other credential. "+waysToSignIn)
	}
	return choice
}

// anyBlank reports the environment variables that should have a credential and
// have only white space. They must not make way for those of another place.
func (s *settings) anyBlank(from origin) bool {
	found := false
	for _, argument := range credentials {
		if from.prefix == "" || from.value(s, argument) != "" || from.knows != nil && !slices.Contains(from.knows, argument) {
			continue
		}
		if variable := from.variable(argument); s.getenv(variable) != "" {
			found = true
			s.problem(argument, "Empty value", fmt.Sprintf("The environment variable %s is set, and there is nothing but white space in it. Unset it if it is not needed.", variable))
		}
	}
	return found
}

const waysToSignIn = "Set `refresh_token` or `refresh_token_file` with `tenant_id`, `client_id` and, for a confidential client, `client_secret`, `client_certificate_path` or `oidc_token`; or `access_token`; " +
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
		setting.origin, setting.value = i, s.parseBool("use_cli", text, from.write("use_cli"))
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
	for _, lonely := range alone {
		if !c.has(lonely) {
			continue
		}
		for _, other := range c.chosen {
			if other != lonely && other != "access_token" {
				conflict(lonely, other)
			}
		}
	}
	for _, either := range [][]string{userTokens, proofs} {
		given := slices.DeleteFunc(slices.Clone(either), func(argument string) bool { return !c.has(argument) })
		for i := 1; i < len(given); i++ {
			conflict(given[0], given[i])
		}
	}
}

func (c *signIn) has(argument string) bool { return slices.Contains(c.chosen, argument) }

func (c *signIn) hasAny(arguments []string) bool { return slices.ContainsFunc(arguments, c.has) }

// value returns what an argument is set to where the credentials are.
func (c *signIn) value(argument string) string { return c.from.value(c.settings, argument) }

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

// ownTenant returns the tenant that access tokens should be of. One from another
// place than the credential's may be a workload's.
func (c *signIn) ownTenant() string {
	return cmp.Or(origins[0].value(c.settings, "tenant_id"), c.value("tenant_id"))
}

// credential returns what gets access tokens, or nil after a problem.
func (c *signIn) credential(authority *url.URL, options pcclient.Options) azcore.TokenCredential {
	clientID, _ := c.identifier("client_id")
	tenantID, place := c.identifier("tenant_id")
	if tenantID != "" && !entra.IsTenant(tenantID) {
		c.refuse("tenant_id", "Not a tenant", fmt.Sprintf("The value %s of %s is neither the id of a tenant nor a domain.", quoted(tenantID), place))
	}
	atTokenEndpoint := len(c.chosen) > 0 && !c.hasAny(alone)
	if atTokenEndpoint && tenantID == "" && !c.unusable["tenant_id"] {
		c.missing("tenant_id", "in the provider's configuration or as PARTNERCENTER_TENANT_ID")
	}
	if atTokenEndpoint && clientID == "" && !c.unusable["client_id"] {
		c.missing("client_id", "beside it or in the provider's configuration, since credentials of different places are never mixed")
	}
	rotate, assertion := c.rotates(), c.assertion()
	switch {
	case c.invalid:
		return nil
	case c.has("access_token"):
		return c.accessToken()
	case c.has("use_cli"):
		return c.azureCLI(tenantID)
	}
	return entra.NewCredential(entra.Options{
		Source:           c.source(),
		Kind:             c.kind(),
		Credentials:      c.chosen,
		ArgumentNames:    c.argumentNames(),
		AuthorityHost:    authority,
		TenantID:         tenantID,
		ClientID:         clientID,
		ClientSecret:     c.value("client_secret"),
		Assertion:        assertion,
		RefreshToken:     c.value("refresh_token"),
		RefreshTokenFile: c.value("refresh_token_file"),
		Rotate:           rotate,
		NotSaved: func(ctx context.Context, err error) {
			logNotSaved(ctx, err)
			options.Warnings.Add(c.notSaved(err))
		},
	}, options.Options)
}

// source is where the credentials stand, with their names there: a variable of a
// pipeline may be news to the reader.
func (c *signIn) source() string {
	if c.from.name == nowhere.name {
		return c.from.name
	}
	var names []string
	for _, argument := range c.chosen {
		names = append(names, c.from.write(argument))
	}
	return c.from.name + " (" + strings.Join(names, ", ") + ")"
}

// written is how the arguments are written that advice may be about.
func (c *signIn) argumentNames() map[string]string {
	names := map[string]string{}
	for _, argument := range credentials {
		if c.from.knows == nil || slices.Contains(c.from.knows, argument) {
			names[argument] = c.from.write(argument)
		}
	}
	for _, argument := range []string{"tenant_id", "client_id"} {
		_, names[argument] = c.identifier(argument)
	}
	return names
}

// notSaved warns of a refresh token that could not be written to its file.
func (c *signIn) notSaved(err error) pcclient.Warning {
	return pcclient.Warning{
		Summary: "Rotated refresh token not saved",
		Detail: fmt.Sprintf("Entra has returned a new refresh token, and it could not be written to the file of %s: %s. This run goes on with the new one. "+
			"The file keeps the old one, which ends 90 days after it was issued, or at once if the authority takes each token once only. Make the file writable, and its directory if possible.",
			c.from.write("refresh_token_file"), err),
	}
}

// accessToken is the access token that is given, if a request can carry it.
func (c *signIn) accessToken() azcore.TokenCredential {
	const argument = "access_token"
	token := c.value(argument)
	switch place := c.from.write(argument); {
	case strings.HasPrefix(strings.ToLower(token), "bearer "):
		c.refuse(argument, "Not an access token", fmt.Sprintf("The value of %s begins with the word Bearer. Leave it out: the provider adds it.", place))
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		c.refuse(argument, "Not an access token", fmt.Sprintf("The value of %s has a space, a line end or another character inside that no access token has and no request can carry. It is not repeated, since it may be a secret.", place))
	}
	c.checkTenant(token)
	return entra.NewAccessTokenCredential(token, c.source())
}

// checkTenant refuses an access token of another tenant: Partner Center would answer
// for another partner, whose customers are not those that a gate is about. The
// tenant_id of other credentials, such as a workload's ARM_TENANT_ID, says nothing
// about this token.
func (c *signIn) checkTenant(token string) {
	claims, readable := entra.ReadClaims(token)
	if !readable {
		return
	}
	for _, from := range []origin{origins[0], c.from} {
		wanted := from.value(c.settings, "tenant_id")
		if other := claims.OtherTenant(wanted); other != "" {
			c.refuse("access_token", "Access token of another tenant", fmt.Sprintf("The access token of %s is of the tenant %s, and %s is %s. Get a token of the partner's tenant, or correct the tenant.",
				c.from.write("access_token"), other, from.write("tenant_id"), wanted))
			return
		}
	}
}

// rotates reports whether to write new refresh tokens back.
func (c *signIn) rotates() bool {
	rotate := c.boolean("rotate_refresh_token")
	if rotate && len(c.chosen) > 0 && !c.has("refresh_token_file") {
		c.refuse("rotate_refresh_token", "Nothing to rotate", fmt.Sprintf("`rotate_refresh_token` needs `refresh_token_file`, to write the next refresh token to. The sign-in is that of %s, which has none.", c.from.name))
	}
	return rotate
}

// assertion returns what proves who the client is in place of a secret, if
// anything does.
func (c *signIn) assertion() entra.Assertion {
	const path, password = "client_certificate_path", "client_certificate_password"
	if c.configured[password] != "" && c.configured[path] == "" && !c.unusable[path] {
		c.refuse(password, "No certificate", fmt.Sprintf("`%s` is set without `%s`. They are never taken from different places.", password, path))
	}
	switch {
	case c.has(path) && !c.unusable[password]:
		assertion, err := entra.ReadCertificate(c.value(path), c.value(password))
		if err != nil {
			c.refuse(path, "Certificate cannot be used", fmt.Sprintf("The file of %s cannot be used: %s.", c.from.write(path), err))
		}
		return assertion
	case c.has("oidc_token"):
		return entra.FederatedToken(c.value("oidc_token"))
	case c.has("oidc_token_file_path"):
		return entra.FederatedTokenFile(c.value("oidc_token_file_path"))
	}
	return nil
}

// kind says which credentials these are.
func (c *signIn) kind() string {
	client := ""
	switch {
	case c.has("client_secret"):
		client = "a client secret"
	case c.has("client_certificate_path"):
		client = "a client certificate"
	case c.hasAny(proofs):
		client = "an OIDC token"
	}
	switch {
	case !c.hasAny(userTokens):
		return client + " (app-only)"
	case client == "":
		return "a refresh token of a public client"
	}
	return "a refresh token and " + client
}

func (c *signIn) missing(argument, where string) {
	c.refuse(argument, "Missing "+argument, fmt.Sprintf("To sign in with %s of %s, `%s` is needed too: set it %s.",
		c.from.write(c.chosen[0]), c.from.name, argument, where))
}
