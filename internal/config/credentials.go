package config

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// credentialSource is where credentials are configured. Sources are never mixed: the
// ARM_CLIENT_SECRET of a workload's pipeline belongs to another tenant than the
// partner's refresh token.
type credentialSource struct {
	name          string            // for errors
	prefix        string            // of its environment variables; "" for the configuration
	arguments     []string          // that it supports; nil is all
	variableNames map[string]string // of arguments that are named differently
}

// credentialSources are in order of precedence: the first one with a credential is used.
var credentialSources = []credentialSource{
	configuration,
	{name: "the environment variables PARTNERCENTER_*", prefix: "PARTNERCENTER_"},
	{
		name: "the environment variables ARM_*", prefix: "ARM_",
		arguments: []string{
			"environment", "tenant_id", "client_id", "client_secret", "client_certificate_path", "client_certificate_password",
			"oidc_token", "oidc_token_file_path", "use_cli",
		},
	},
	{
		name: "the environment variables AZURE_*", prefix: "AZURE_",
		arguments:     []string{"tenant_id", "client_id", "client_secret", "client_certificate_path", "client_certificate_password", "oidc_token_file_path"},
		variableNames: map[string]string{"oidc_token_file_path": "AZURE_FEDERATED_TOKEN_FILE"},
	},
}

var (
	configuration = credentialSource{name: "the provider's configuration"}
	// noSource is for the Azure CLI, when no source has a credential.
	noSource = credentialSource{name: "this machine (because no other credentials were configured)"}
)

// The arguments that are credentials. At most one of each line may be set.
var (
	accessTokens      = []string{"access_token", "graph_access_token"}   // one for each audience
	exclusive         = slices.Concat(accessTokens, []string{"use_cli"}) // without any other kind of credential
	refreshTokens     = []string{"refresh_token", "refresh_token_file"}
	clientCredentials = []string{"client_secret", "client_certificate_path", "oidc_token", "oidc_token_file_path"}
	credentials       = slices.Concat(accessTokens, refreshTokens, clientCredentials, []string{"use_cli"})
)

func (c credentialSource) isConfiguration() bool { return c.prefix == "" }

// supports reports whether an argument can be set in this source.
func (c credentialSource) supports(argument string) bool {
	return c.arguments == nil || slices.Contains(c.arguments, argument)
}

// value returns the value of an argument in this source, or "".
func (c credentialSource) value(s *settings, argument string) string {
	switch {
	case c.isConfiguration():
		return s.configured[argument]
	case c.supports(argument):
		return clean(argument, s.Getenv(c.variable(argument)))
	}
	return ""
}

// variable returns the environment variable of an argument.
func (c credentialSource) variable(argument string) string {
	return cmp.Or(c.variableNames[argument], c.prefix+strings.ToUpper(argument))
}

// argumentName returns the name of an argument in this source, for errors.
func (c credentialSource) argumentName(argument string) string {
	if c.isConfiguration() {
		return "`" + argument + "`"
	}
	return c.variable(argument)
}

// signIn is the sign-in that the settings ask for.
type signIn struct {
	*settings
	source  credentialSource
	given   []string // the credentials that the source has
	invalid bool

	notSaved func(ctx context.Context, err error)
}

// chooseSignIn finds the first source that has a credential. If there is none, the user
// of the Azure CLI signs in, unless that is turned off.
func (s *settings) chooseSignIn() *signIn {
	useCLI := s.useCLI()
	if slices.ContainsFunc(credentials, func(argument string) bool { return s.unusable[argument] }) {
		return &signIn{settings: s, invalid: true}
	}
	for i, source := range credentialSources {
		if s.checkBlank(source) {
			return &signIn{settings: s, invalid: true}
		}
		given := slices.DeleteFunc(slices.Clone(credentials), func(argument string) bool {
			if argument == "use_cli" {
				return useCLI.source != i || !useCLI.value
			}
			return source.value(s, argument) == ""
		})
		if len(given) > 0 {
			choice := &signIn{settings: s, source: source, given: given}
			choice.checkConflicts()
			return choice
		}
	}
	choice := &signIn{settings: s, source: noSource, given: []string{"use_cli"}}
	if useCLI.source >= 0 && !useCLI.value {
		choice.reject("use_cli", "No sign-in configured", credentialSources[useCLI.source].argumentName("use_cli")+" turns the Azure CLI off, and no other credentials are configured. "+waysToSignIn)
	}
	return choice
}

// checkBlank reports the environment variables of credentials that contain only white
// space. Otherwise the credentials of the next source would be used.
func (s *settings) checkBlank(source credentialSource) (found bool) {
	if source.isConfiguration() {
		return false
	}
	for _, argument := range credentials {
		if variable := source.variable(argument); source.supports(argument) && source.value(s, argument) == "" && s.Getenv(variable) != "" {
			found = true
			s.addProblem(argument, "Empty value", fmt.Sprintf("The environment variable %s contains only white space. Unset it if it is not needed.", variable))
		}
	}
	return found
}

const waysToSignIn = "Set `refresh_token` or `refresh_token_file` with `tenant_id`, `client_id` and, for a confidential client, `client_secret`, `client_certificate_path` or `oidc_token`; or `access_token`; " +
	"or the environment variables of the same names, such as PARTNERCENTER_REFRESH_TOKEN; or sign in with `az login`."

// cliSetting is the value of use_cli.
type cliSetting struct {
	source int // index in credentialSources; -1 is none
	value  bool
}

// useCLI returns use_cli from the first source that sets it.
func (s *settings) useCLI() cliSetting {
	for i, source := range credentialSources {
		if text := source.value(s, "use_cli"); text != "" {
			return cliSetting{i, s.parseBool("use_cli", text, source.argumentName("use_cli"))}
		}
	}
	return cliSetting{source: -1}
}

// checkConflicts reports credentials of the source that exclude each other.
func (c *signIn) checkConflicts() {
	conflict := func(a, b string) {
		c.reject(a, "Conflicting credentials", fmt.Sprintf("%s and %s of %s exclude each other. Keep one of them.", c.source.argumentName(a), c.source.argumentName(b), c.source.name))
	}
	for _, argument := range exclusive {
		if !c.has(argument) {
			continue
		}
		for _, other := range c.given {
			if other != argument && !slices.Contains(accessTokens, other) {
				conflict(argument, other)
			}
		}
	}
	for _, alternatives := range [][]string{refreshTokens, clientCredentials} {
		given := slices.DeleteFunc(slices.Clone(alternatives), func(argument string) bool { return !c.has(argument) })
		for i := 1; i < len(given); i++ {
			conflict(given[0], given[i])
		}
	}
}

func (c *signIn) has(argument string) bool { return slices.Contains(c.given, argument) }

func (c *signIn) hasAny(arguments []string) bool { return slices.ContainsFunc(arguments, c.has) }

// value returns the value of an argument in the source of the credentials, or "".
func (c *signIn) value(argument string) string { return c.source.value(c.settings, argument) }

// reject reports a problem that makes the sign-in impossible.
func (c *signIn) reject(argument, summary, detail string) {
	c.addProblem(argument, summary, detail)
	c.invalid = true
}

// identifier returns an argument that is not a secret, and its name: from the
// configuration, or else from the source of the credentials. The environment and the
// tenant may also come from any other source.
func (c *signIn) identifier(argument string) (text, name string) {
	sources := []credentialSource{configuration, c.source}
	if argument != "client_id" {
		sources = append(sources, credentialSources[1:]...)
	}
	for _, source := range sources {
		if text := source.value(c.settings, argument); text != "" {
			return text, source.argumentName(argument)
		}
	}
	return "", ""
}

// tokenTenant returns the tenant that access tokens should be from. A tenant from another
// source than the credentials may be a workload's.
func (c *signIn) tokenTenant() string {
	return cmp.Or(configuration.value(c.settings, "tenant_id"), c.value("tenant_id"))
}

// credential returns the credential, or nil after a problem.
func (c *signIn) credential(authority *url.URL, options pcclient.Options) azcore.TokenCredential {
	clientID, _ := c.identifier("client_id")
	tenantID, tenantName := c.identifier("tenant_id")
	if tenantID != "" && !entra.IsTenant(tenantID) {
		c.reject("tenant_id", "Not a tenant", fmt.Sprintf("The value %s of %s is neither the id of a tenant nor a domain.", quoted(tenantID), tenantName))
	}
	usesTokenEndpoint := len(c.given) > 0 && !c.hasAny(exclusive)
	if usesTokenEndpoint && tenantID == "" && !c.unusable["tenant_id"] {
		c.missing("tenant_id", "in the provider's configuration or as PARTNERCENTER_TENANT_ID")
	}
	if usesTokenEndpoint && clientID == "" && !c.unusable["client_id"] {
		c.missing("client_id", "in the same place or in the provider's configuration, since credentials from different places are never mixed")
	}
	rotate, assertion := c.rotate(), c.assertion()
	switch {
	case c.invalid:
		return nil
	case c.hasAny(accessTokens):
		return entra.AccessTokens{
			options.Scope:      c.accessToken("access_token", options.Scope),
			graphbilling.Scope: c.accessToken("graph_access_token", graphbilling.Scope),
		}
	case c.has("use_cli"):
		return c.azureCLI(tenantID)
	}
	return entra.NewCredential(entra.Options{
		Source:           c.describeSource(),
		Kind:             c.describeCredentials(),
		Credentials:      c.given,
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
			if c.notSaved != nil {
				c.notSaved(ctx, err)
			}
			options.Warnings.Add(c.notSavedWarning(err))
		},
	}, options.Options)
}

// describe describes the sign-in, for people.
func (c *signIn) describe(authority *url.URL) SignIn {
	if c.invalid {
		return SignIn{}
	}
	described := SignIn{Source: c.describeSource(), Kind: c.describeCredentials(), Authority: authority}
	described.TenantID, _ = c.identifier("tenant_id")
	if !c.hasAny(exclusive) {
		described.ClientID, _ = c.identifier("client_id")
	}
	return described
}

// describeSource names the source and the arguments that are set there: an environment
// variable of a pipeline may be unknown to the reader.
func (c *signIn) describeSource() string {
	if c.source.name == noSource.name {
		return c.source.name
	}
	var names []string
	for _, argument := range c.given {
		names = append(names, c.source.argumentName(argument))
	}
	return c.source.name + " (" + strings.Join(names, ", ") + ")"
}

// argumentNames returns the names of the arguments that advice may mention.
func (c *signIn) argumentNames() map[string]string {
	names := map[string]string{}
	for _, argument := range credentials {
		if c.source.supports(argument) {
			names[argument] = c.source.argumentName(argument)
		}
	}
	for _, argument := range []string{"tenant_id", "client_id"} {
		_, names[argument] = c.identifier(argument)
	}
	return names
}

// notSavedWarning says that a refresh token could not be written to its file.
func (c *signIn) notSavedWarning(err error) pcclient.Warning {
	return pcclient.Warning{
		Summary: "Rotated refresh token not saved",
		Detail: fmt.Sprintf("Entra returned a new refresh token, which could not be written to the file of %s: %s. This run continues with the new token. "+
			"The file still contains the old one, which expires 90 days after it was issued, or immediately if the authority accepts each token only once. Make the file writable, and its directory if possible.",
			c.source.argumentName("refresh_token_file"), err),
	}
}

// accessToken returns the credential of access_token or graph_access_token.
func (c *signIn) accessToken(argument, scope string) azcore.TokenCredential {
	token := c.value(argument)
	if token == "" {
		return entra.NewMissingAccessToken(c.describeSource(), c.source.argumentName(argument), strings.TrimSuffix(scope, "/.default"))
	}
	switch name := c.source.argumentName(argument); {
	case strings.HasPrefix(strings.ToLower(token), "bearer "):
		c.reject(argument, "Not an access token", fmt.Sprintf("The value of %s begins with the word Bearer. Remove that word: the provider adds it.", name))
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		c.reject(argument, "Not an access token", fmt.Sprintf("The value of %s contains a space, a line end or another character that cannot be in an access token. It is not shown, since it may be a secret.", name))
	}
	c.checkTenant(argument, token)
	return entra.NewAccessTokenCredential(token, c.describeSource())
}

// checkTenant rejects an access token from another tenant: Partner Center would return
// the customers of another partner. The tenant_id of another source, such as a workload's
// ARM_TENANT_ID, says nothing about this token.
func (c *signIn) checkTenant(argument, token string) {
	claims, readable := entra.ReadClaims(token)
	if !readable {
		return
	}
	for _, source := range []credentialSource{configuration, c.source} {
		wanted := source.value(c.settings, "tenant_id")
		if other := claims.OtherTenant(wanted); other != "" {
			c.reject(argument, "Access token from another tenant", fmt.Sprintf("The access token of %s is from the tenant %s, but %s is %s. Get a token from the partner's tenant, or correct the tenant.",
				c.source.argumentName(argument), other, source.argumentName("tenant_id"), wanted))
			return
		}
	}
}

// rotate reports whether to write new refresh tokens back to their file.
func (c *signIn) rotate() bool {
	rotate := c.boolean("rotate_refresh_token")
	if rotate && len(c.given) > 0 && !c.has("refresh_token_file") {
		c.reject("rotate_refresh_token", "Nothing to rotate", fmt.Sprintf("`rotate_refresh_token` requires `refresh_token_file`, to write the new refresh token to. The credentials come from %s, without such a file.", c.source.name))
	}
	return rotate
}

// assertion returns what proves the client's identity without a secret, or nil.
func (c *signIn) assertion() entra.Assertion {
	const path, password = "client_certificate_path", "client_certificate_password"
	if c.configured[password] != "" && c.configured[path] == "" && !c.unusable[path] {
		c.reject(password, "No certificate", fmt.Sprintf("`%s` is set without `%s`. Both have to be set in the same place.", password, path))
	}
	switch {
	case c.has(path) && !c.unusable[password]:
		assertion, err := entra.ReadCertificate(c.value(path), c.value(password))
		if err != nil {
			c.reject(path, "Certificate cannot be used", fmt.Sprintf("The file of %s cannot be used: %s.", c.source.argumentName(path), err))
		}
		return assertion
	case c.has("oidc_token"):
		return entra.FederatedToken(c.value("oidc_token"))
	case c.has("oidc_token_file_path"):
		return entra.FederatedTokenFile(c.value("oidc_token_file_path"))
	}
	return nil
}

// describeCredentials says which credentials these are.
func (c *signIn) describeCredentials() string {
	client := ""
	switch {
	case c.has("client_secret"):
		client = "a client secret"
	case c.has("client_certificate_path"):
		client = "a client certificate"
	case c.hasAny(clientCredentials):
		client = "an OIDC token"
	}
	switch {
	case c.hasAny(accessTokens):
		return "an access token"
	case c.has("use_cli"):
		return "the Azure CLI"
	case !c.hasAny(refreshTokens):
		return client + " (app-only)"
	case client == "":
		return "a refresh token of a public client"
	}
	return "a refresh token and " + client
}

func (c *signIn) missing(argument, where string) {
	c.reject(argument, "Missing "+argument, fmt.Sprintf("To sign in with %s from %s, `%s` is required too: set it %s.",
		c.source.argumentName(c.given[0]), c.source.name, argument, where))
}
