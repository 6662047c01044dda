// Package config converts the provider's arguments and the environment to the options of
// a client. The provider and the command line share it, so that both sign in the same
// way. It knows nothing of Terraform, and sends no request.
package config

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// Environment is the environment of the process.
type Environment struct {
	Getenv   func(name string) string
	LookPath func(program string) (string, error)
}

// ProcessEnvironment returns the environment of this process.
func ProcessEnvironment() Environment { return Environment{os.Getenv, exec.LookPath} }

// Arguments are the arguments of the provider that are set, as the text that an
// environment variable would have. The command line has none.
type Arguments struct {
	Values  map[string]string
	Unknown []string // during the plan
}

// Problem is what is wrong with an argument.
type Problem struct{ Argument, Summary, Detail string }

// Hooks are called by the client that is configured.
type Hooks struct {
	UserAgent string
	Policies  []policy.Policy                      // as in [transport.Options]
	Log       transport.Log                        // as in [transport.Options]
	NotSaved  func(ctx context.Context, err error) // a rotated refresh token could not be written to its file; may be nil
}

// Config is a configuration that has been read.
type Config struct {
	Options pcclient.Options
	SignIn  SignIn
}

// SignIn describes the sign-in of a configuration.
type SignIn struct {
	Source    string // where the credentials come from
	Kind      string // which credentials these are
	Authority *url.URL
	TenantID  string
	ClientID  string
}

// Read reads the arguments and the environment. It reports all problems at once.
func Read(arguments Arguments, environment Environment, hooks Hooks) (Config, []Problem) {
	s := newSettings(arguments, environment)
	options := pcclient.Options{
		Options: transport.Options{
			MaxConcurrency: s.number("max_concurrency", 8, 1),
			MaxRetries:     s.number("max_retries", 5, 0),
			MaxRetryWait:   s.duration("max_retry_wait", 2*time.Minute),
			RequestTimeout: s.duration("request_timeout", 3*time.Minute),
			UserAgent:      hooks.UserAgent,
			Policies:       hooks.Policies,
			Log:            hooks.Log,
		},
		OperationTimeout: s.duration("operation_timeout", 30*time.Minute),
		Warnings:         &pcclient.Warnings{},
	}
	signIn := s.chooseSignIn()
	signIn.notSaved = hooks.NotSaved
	cloudName, cloud := s.cloud(signIn)
	options.Scope = cloud.Scope()
	options.TenantID = signIn.tokenTenant()
	options.Graph = s.graph(cloud, cloudName)
	options.Endpoint = s.url("endpoint", cloud.API, "PARTNERCENTER_ENDPOINT")
	authority := s.authority(cloud)
	options.Credential = signIn.credential(authority, options)
	return Config{Options: options, SignIn: signIn.describe(authority)}, s.problems
}

// cloud returns the cloud of `environment`, and its name as it is configured.
func (s *settings) cloud(signIn *signIn) (string, entra.Cloud) {
	name, argument := signIn.identifier("environment")
	cloud, ok := entra.CloudByName(name)
	if !ok {
		s.addProblem("environment", "Unknown cloud", fmt.Sprintf("The value %s of %s is not a cloud of Partner Center. Use public, usgovernment or china, or the name that azurerm and azuread have for it.", quoted(name), argument))
		cloud, _ = entra.CloudByName("public")
	}
	return name, cloud
}

var authorityVariables = []string{"PARTNERCENTER_AUTHORITY_HOST", "AZURE_AUTHORITY_HOST"}

func (s *settings) authority(cloud entra.Cloud) *url.URL {
	return s.url("authority_host", cloud.Authority, authorityVariables...)
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
	Environment
	configured map[string]string
	unusable   map[string]bool // unknown or invalid
	problems   []Problem
}

func newSettings(arguments Arguments, environment Environment) *settings {
	s := &settings{Environment: environment, configured: map[string]string{}, unusable: map[string]bool{}}
	for _, name := range arguments.Unknown {
		s.unusable[name] = true
		s.addProblem(name, "Unknown value", fmt.Sprintf("The provider reads Partner Center during the plan, and `%s` is known only after the apply. "+
			"Set it to a value that is known during the plan, apply its source first with -target, or use the environment variable %s.", name, environmentName(name)))
	}
	for _, name := range slices.Sorted(maps.Keys(arguments.Values)) {
		s.configured[name] = clean(name, arguments.Values[name])
		if s.configured[name] == "" {
			// Otherwise the environment would replace it.
			s.unusable[name] = true
			s.addProblem(name, "Empty value", fmt.Sprintf("`%s` is set but empty. Remove it, or set it to null, if it is not needed.", name))
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

// environmentName returns the provider's own environment variable for an argument.
func environmentName(argument string) string {
	return "PARTNERCENTER_" + strings.ToUpper(argument)
}

func (s *settings) addProblem(argument, summary, detail string) {
	s.problems = append(s.problems, Problem{argument, summary, detail})
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
		if text := clean(argument, s.Getenv(variable)); text != "" {
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
