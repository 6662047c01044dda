package provider

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// machine is what the configuration depends on beside itself.
type machine struct {
	getenv   func(name string) string
	lookPath func(program string) (string, error)
}

func thisMachine() machine { return machine{os.Getenv, exec.LookPath} }

// clouds are the national clouds of Partner Center. The base URL of the API is
// also the audience of access tokens
// (https://learn.microsoft.com/partner-center/developer/partner-center-rest-urls).
var clouds = map[string]struct{ api, authority string }{
	"public":       {"https://api.partnercenter.microsoft.com", cloud.AzurePublic.ActiveDirectoryAuthorityHost},
	"usgovernment": {"https://api.partnercenter.microsoft.com", cloud.AzureGovernment.ActiveDirectoryAuthorityHost},
	"china":        {"https://partner.partnercenterapi.microsoftonline.cn", cloud.AzureChina.ActiveDirectoryAuthorityHost},
}

// configure turns the configuration and the environment into the options of a
// client. It finds all problems before it gives up, and sends nothing.
func configure(config tfsdk.Config, m machine) (pcclient.Options, diag.Diagnostics) {
	s := newSettings(config, m)
	options := pcclient.Options{
		MaxConcurrency:   s.number("max_concurrency", 8, 1),
		MaxRetries:       s.number("max_retries", 5, 0),
		MaxRetryWait:     s.duration("max_retry_wait", 2*time.Minute),
		RequestTimeout:   s.duration("request_timeout", 3*time.Minute),
		OperationTimeout: s.duration("operation_timeout", 30*time.Minute),
		Policies:         []policy.Policy{logging{}},
	}
	signIn := s.chooseSignIn()
	name, place := signIn.identifier("environment")
	environment, known := clouds[strings.ToLower(cmp.Or(name, "public"))]
	if !known {
		s.problem("environment", "Unknown cloud", fmt.Sprintf("The value %q of %s is not a cloud of Partner Center, which are public, usgovernment and china.", name, place))
		environment = clouds["public"]
	}
	options.Scope = environment.api + "/.default"
	options.Endpoint = s.url("endpoint", environment.api, "PARTNERCENTER_ENDPOINT")
	authority := s.url("authority_host", environment.authority, "PARTNERCENTER_AUTHORITY_HOST", "AZURE_AUTHORITY_HOST")
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
			s.configured[name] = asText(value)
		}
	}
	return s
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
		if text := s.getenv(variable); text != "" {
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
		s.problem(argument, "Not a number that can be used", fmt.Sprintf("The value %q of %s is not a whole number of at least %d.", text, place, least))
		return otherwise
	}
	return number
}

func (s *settings) duration(argument string, otherwise time.Duration) time.Duration {
	text, place := s.find(argument, environmentName(argument))
	if place == "" {
		return otherwise
	}
	duration, err := time.ParseDuration(text)
	if err != nil || duration <= 0 {
		s.problem(argument, "Not a duration", fmt.Sprintf("The value %q of %s is not a positive duration such as 90s, 2m or 1h30m.", text, place))
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
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Hostname() == "" || parsed.RawQuery != "" || parsed.Fragment != "":
		s.problem(argument, "Not a base URL", fmt.Sprintf("The value of %s is not a base URL such as https://example.com/path, without query and fragment.", place))
	case parsed.Scheme == "https", parsed.Scheme == "http" && isLoopback(parsed.Hostname()):
		// It would be of no use beside a token, and might be logged.
		parsed.User = nil
		return parsed
	default:
		s.problem(argument, "Not a safe URL", fmt.Sprintf("The value of %s must be https, so that nobody on the way sees tokens; http is for loopback addresses only.", place))
	}
	return &url.URL{}
}

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}
