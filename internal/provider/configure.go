package provider

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// system is the process environment.
type system struct {
	getenv   func(name string) string
	lookPath func(program string) (string, error)
}

func newSystem() system { return system{os.Getenv, exec.LookPath} }

// configure converts the configuration and the environment to the options of a client.
// It reports all problems at once, and sends no request.
func configure(config tfsdk.Config, sys system, userAgent string) (pcclient.Options, diag.Diagnostics) {
	s := newSettings(config, sys)
	options := pcclient.Options{
		Options: transport.Options{
			MaxConcurrency: s.number("max_concurrency", 8, 1),
			MaxRetries:     s.number("max_retries", 5, 0),
			MaxRetryWait:   s.duration("max_retry_wait", 2*time.Minute),
			RequestTimeout: s.duration("request_timeout", 3*time.Minute),
			UserAgent:      userAgent,
			Policies:       []policy.Policy{loggingPolicy{}},
			Log:            tflog.Info,
		},
		OperationTimeout: s.duration("operation_timeout", 30*time.Minute),
		Warnings:         &pcclient.Warnings{},
	}
	signIn := s.chooseSignIn()
	cloudName, argument := signIn.identifier("environment")
	cloud, ok := entra.CloudByName(cloudName)
	if !ok {
		s.addProblem("environment", "Unknown cloud", fmt.Sprintf("The value %s of %s is not a cloud of Partner Center. Use public, usgovernment or china, or the name that azurerm and azuread have for it.", quoted(cloudName), argument))
		cloud, _ = entra.CloudByName("public")
	}
	options.Scope = cloud.Scope()
	options.TenantID = signIn.tokenTenant()
	options.Graph = s.graph(cloud, cloudName)
	options.Endpoint = s.url("endpoint", cloud.API, "PARTNERCENTER_ENDPOINT")
	authority := s.url("authority_host", cloud.Authority, "PARTNERCENTER_AUTHORITY_HOST", "AZURE_AUTHORITY_HOST")
	options.Credential = loggingCredential{signIn.credential(authority, options), signIn.describeSource(), signIn.describeCredentials()}
	return options, s.problems
}

// graph says where Microsoft Graph is. In a national cloud it has no exports, which is an
// error of the read that needs one.
func (s *settings) graph(cloud entra.Cloud, cloudName string) pcclient.Graph {
	const argument, variable = "graph_endpoint", "PARTNERCENTER_GRAPH_ENDPOINT"
	if cloud.Graph != "" {
		return pcclient.Graph{Endpoint: s.url(argument, cloud.Graph, variable)}
	}
	if _, name := s.lookup(argument, variable); name != "" {
		s.addProblem(argument, "No exports in this cloud", fmt.Sprintf("Microsoft Graph has partner billing exports in the public cloud only, and the cloud is %s. Remove %s.", cloudName, name))
	}
	return pcclient.Graph{OtherCloud: cloudName}
}

// settings reads arguments as text, from the configuration or else from the environment,
// and collects what is wrong with them.
type settings struct {
	system
	configured map[string]string
	unusable   map[string]bool // unknown or invalid
	problems   diag.Diagnostics
}

func newSettings(config tfsdk.Config, sys system) *settings {
	s := &settings{system: sys, configured: map[string]string{}, unusable: map[string]bool{}}
	var arguments map[string]tftypes.Value
	if err := config.Raw.As(&arguments); err != nil {
		s.problems.AddError("Could not read the configuration", err.Error()+". This is a bug in the provider.")
		return s
	}
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		value := arguments[name]
		switch {
		case !value.IsKnown():
			s.unusable[name] = true
			s.addProblem(name, "Unknown value", fmt.Sprintf("The provider reads Partner Center during the plan, and `%s` is known only after the apply. "+
				"Set it to a value that is known during the plan, apply its source first with -target, or use the environment variable %s.", name, environmentName(name)))
		case !value.IsNull():
			s.configured[name] = clean(name, toText(value))
			if s.configured[name] == "" {
				// Otherwise the environment would replace it.
				s.unusable[name] = true
				s.addProblem(name, "Empty value", fmt.Sprintf("`%s` is set but empty. Remove it, or set it to null, if it is not needed.", name))
			}
		}
	}
	return s
}

// clean removes the line end and the byte order mark of a file from a value, and white
// space around it. Only a password or a path may begin or end with a space.
func clean(argument, text string) string {
	text = strings.TrimPrefix(text, "\ufeff")
	trimmed := strings.TrimSpace(text)
	switch argument {
	case "client_certificate_password", "client_certificate_path", "oidc_token_file_path", "refresh_token_file":
		if trimmed != "" {
			return strings.TrimRight(text, "\r\n")
		}
	}
	return trimmed
}

// toText converts an argument to the text that an environment variable would have.
func toText(value tftypes.Value) string {
	var text string
	var flag bool
	var number big.Float
	switch {
	case value.As(&text) == nil:
		return text
	case value.As(&flag) == nil:
		return strconv.FormatBool(flag)
	case value.As(&number) == nil:
		return number.Text('f', -1)
	}
	return ""
}

// environmentName returns the provider's own environment variable for an argument.
func environmentName(argument string) string {
	return "PARTNERCENTER_" + strings.ToUpper(argument)
}

func (s *settings) addProblem(argument, summary, detail string) {
	s.problems.AddAttributeError(path.Root(argument), summary, detail)
}

// lookup returns the value of an argument and its name for errors, or "".
func (s *settings) lookup(argument string, variables ...string) (text, name string) {
	if s.unusable[argument] {
		return "", ""
	}
	if text, ok := s.configured[argument]; ok {
		return text, "`" + argument + "`"
	}
	for _, variable := range variables {
		if text := clean(argument, s.getenv(variable)); text != "" {
			return text, "the environment variable " + variable
		}
	}
	return "", ""
}

func (s *settings) number(argument string, defaultValue, minimum int) int {
	text, name := s.lookup(argument, environmentName(argument))
	if name == "" {
		return defaultValue
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < minimum {
		s.addProblem(argument, "Invalid number", fmt.Sprintf("The value %s of %s is not a whole number of at least %d.", quoted(text), name, minimum))
		return defaultValue
	}
	return number
}

func (s *settings) boolean(argument string) bool {
	text, name := s.lookup(argument, environmentName(argument))
	return name != "" && s.parseBool(argument, text, name)
}

// parseBool parses a boolean. An invalid one is reported, and false.
func (s *settings) parseBool(argument, text, name string) bool {
	value, err := strconv.ParseBool(text)
	if err != nil {
		s.unusable[argument] = true
		s.addProblem(argument, "Not a boolean", fmt.Sprintf("The value %s of %s is neither true nor false.", quoted(text), name))
	}
	return value
}

func (s *settings) duration(argument string, defaultValue time.Duration) time.Duration {
	text, name := s.lookup(argument, environmentName(argument))
	if name == "" {
		return defaultValue
	}
	duration, err := pcclient.ParseDuration(text)
	if err != nil {
		s.addProblem(argument, "Not a duration", fmt.Sprintf("The value %s of %s %s.", quoted(text), name, err))
		return defaultValue
	}
	return duration
}

// versions are what the base URL of an API must not end in.
var versions = map[string][]string{"endpoint": {"/v1"}, "graph_endpoint": {"/v1.0", "/beta"}}

// url returns a base URL that tokens and secrets may be sent to.
func (s *settings) url(argument, defaultValue string, variables ...string) *url.URL {
	text, name := s.lookup(argument, variables...)
	if name == "" {
		text, name = defaultValue, "the default"
	}
	parsed, err := transport.ParseBaseURL(text)
	for _, version := range versions[argument] {
		if err == nil && strings.HasSuffix(strings.ToLower(strings.TrimRight(parsed.Path, "/")), version) {
			err = fmt.Errorf("ends in %s, which the provider adds itself: remove that", version)
		}
	}
	if err == nil {
		return parsed
	}
	summary := "Not a base URL"
	if errors.Is(err, transport.ErrUnsafeURL) {
		summary = "Not a safe URL"
	}
	s.addProblem(argument, summary, fmt.Sprintf("The value of %s %s.", name, err))
	return &url.URL{}
}

// quoted quotes an invalid value, unless it is so long that it may be a secret in the
// wrong argument.
func quoted(text string) string {
	if len(text) > 20 {
		return "(not shown, since it may be a secret)"
	}
	return strconv.Quote(text)
}
