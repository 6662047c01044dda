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

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// machine is what the configuration depends on beside itself.
type machine struct {
	getenv   func(name string) string
	lookPath func(program string) (string, error)
}

func thisMachine() machine { return machine{os.Getenv, exec.LookPath} }

// configure turns the configuration and the environment into the options of a
// client. It finds all problems before it gives up, and sends nothing.
func configure(config tfsdk.Config, m machine) (pcclient.Options, diag.Diagnostics) {
	s := newSettings(config, m)
	options := pcclient.Options{
		Options: transport.Options{
			MaxConcurrency: s.number("max_concurrency", 8, 1),
			MaxRetries:     s.number("max_retries", 5, 0),
			MaxRetryWait:   s.duration("max_retry_wait", 2*time.Minute),
			RequestTimeout: s.duration("request_timeout", 3*time.Minute),
			Policies:       []policy.Policy{loggingPolicy{}},
		},
		OperationTimeout: s.duration("operation_timeout", 30*time.Minute),
		Warnings:         &pcclient.Warnings{},
	}
	signIn := s.chooseSignIn()
	name, place := signIn.identifier("environment")
	cloud, known := entra.CloudByName(name)
	if !known {
		s.problem("environment", "Unknown cloud", fmt.Sprintf("The value %s of %s is not a cloud of Partner Center, which are public, usgovernment and china. The names that azurerm and azuread take for these are known, too.", quoted(name), place))
		cloud, _ = entra.CloudByName("public")
	}
	options.Scope = cloud.Scope()
	options.TenantID = signIn.ownTenant()
	options.Endpoint = s.url("endpoint", cloud.API, "PARTNERCENTER_ENDPOINT")
	authority := s.url("authority_host", cloud.Authority, "PARTNERCENTER_AUTHORITY_HOST", "AZURE_AUTHORITY_HOST")
	options.Credential = signIn.credential(authority, options)
	return options, s.problems
}

// settings finds the values of arguments, as texts: in the configuration, or
// else in the environment. It collects what is wrong with them.
type settings struct {
	machine
	configured map[string]string
	unusable   map[string]bool // not known yet, or nonsense
	problems   diag.Diagnostics
}

func newSettings(config tfsdk.Config, m machine) *settings {
	s := &settings{machine: m, configured: map[string]string{}, unusable: map[string]bool{}}
	var arguments map[string]tftypes.Value
	if err := config.Raw.As(&arguments); err != nil {
		s.problems.AddError("Configuration cannot be read", err.Error()+". This is a bug in the provider.")
		return s
	}
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		value := arguments[name]
		switch {
		case !value.IsKnown():
			s.unusable[name] = true
			s.problem(name, "Unknown value", fmt.Sprintf("The provider reads Partner Center during the plan, and `%s` is known only after the apply. "+
				"Set it to a value that is known beforehand, apply what it comes from first with -target, or use the environment variable %s.", name, environmentName(name)))
		case !value.IsNull():
			s.configured[name] = clean(name, asText(value))
			if s.configured[name] == "" {
				// It must not make way for a value of another place.
				s.unusable[name] = true
				s.problem(name, "Empty value", fmt.Sprintf("`%s` is set, and there is nothing in it. Leave it out, or set it to null, if it is not needed.", name))
			}
		}
	}
	return s
}

// clean cuts off what is around a value and not part of it, such as the line end
// and the byte order mark of a file. Only a password or a path may begin or end
// with a space.
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

// asText writes an argument as it would stand in an environment variable.
func asText(value tftypes.Value) string {
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

// environmentName is the provider's own environment variable for an argument.
func environmentName(argument string) string {
	return "PARTNERCENTER_" + strings.ToUpper(argument)
}

// problem reports what is wrong with an argument.
func (s *settings) problem(argument, summary, detail string) {
	s.problems.AddAttributeError(path.Root(argument), summary, detail)
}

// find returns the value of an argument and where it stands, or nothing.
func (s *settings) find(argument string, variables ...string) (text, place string) {
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

func (s *settings) number(argument string, otherwise, least int) int {
	text, place := s.find(argument, environmentName(argument))
	if place == "" {
		return otherwise
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < least {
		s.problem(argument, "Not a number that can be used", fmt.Sprintf("The value %s of %s is not a whole number of at least %d.", quoted(text), place, least))
		return otherwise
	}
	return number
}

func (s *settings) boolean(argument string) bool {
	text, place := s.find(argument, environmentName(argument))
	return place != "" && s.parseBool(argument, text, place)
}

// parseBool reads a boolean. Nonsense is reported, and false.
func (s *settings) parseBool(argument, text, place string) bool {
	value, err := strconv.ParseBool(text)
	if err != nil {
		s.unusable[argument] = true
		s.problem(argument, "Not a boolean", fmt.Sprintf("The value %s of %s is neither true nor false.", quoted(text), place))
	}
	return value
}

func (s *settings) duration(argument string, otherwise time.Duration) time.Duration {
	text, place := s.find(argument, environmentName(argument))
	if place == "" {
		return otherwise
	}
	duration, err := pcclient.ParseDuration(text)
	if err != nil {
		s.problem(argument, "Not a duration", fmt.Sprintf("The value %s of %s %s.", quoted(text), place, err))
		return otherwise
	}
	return duration
}

// url returns a base URL that a token or a secret may be sent to.
func (s *settings) url(argument, otherwise string, variables ...string) *url.URL {
	text, place := s.find(argument, variables...)
	if place == "" {
		text, place = otherwise, "the default"
	}
	parsed, err := transport.ParseBaseURL(text)
	if err == nil && argument == "endpoint" && strings.HasSuffix(strings.ToLower(strings.TrimRight(parsed.Path, "/")), "/v1") {
		err = errors.New("ends in /v1, which the provider adds by itself: leave that out")
	}
	if err == nil {
		return parsed
	}
	summary := "Not a base URL"
	if errors.Is(err, transport.ErrUnsafeURL) {
		summary = "Not a safe URL"
	}
	s.problem(argument, summary, fmt.Sprintf("The value of %s %s.", place, err))
	return &url.URL{}
}

// quoted is a value that is wrong, unless it is so long that it may be a secret
// in the wrong argument.
func quoted(text string) string {
	if len(text) > 20 {
		return "(not repeated, since it may be a secret)"
	}
	return strconv.Quote(text)
}
