package provider

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// variables are the environment variables of every argument, in the order in
// which they are asked.
var variables = map[string][]string{
	"environment":                 {"PARTNERCENTER_ENVIRONMENT", "ARM_ENVIRONMENT"},
	"endpoint":                    {"PARTNERCENTER_ENDPOINT"},
	"authority_host":              {"PARTNERCENTER_AUTHORITY_HOST", "AZURE_AUTHORITY_HOST"},
	"tenant_id":                   {"PARTNERCENTER_TENANT_ID", "ARM_TENANT_ID", "AZURE_TENANT_ID"},
	"client_id":                   {"PARTNERCENTER_CLIENT_ID", "ARM_CLIENT_ID", "AZURE_CLIENT_ID"},
	"client_secret":               {"PARTNERCENTER_CLIENT_SECRET", "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"},
	"client_certificate_path":     {"PARTNERCENTER_CLIENT_CERTIFICATE_PATH", "ARM_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PATH"},
	"client_certificate_password": {"PARTNERCENTER_CLIENT_CERTIFICATE_PASSWORD", "ARM_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD"},
	"oidc_token":                  {"PARTNERCENTER_OIDC_TOKEN", "ARM_OIDC_TOKEN"},
	"oidc_token_file_path":        {"PARTNERCENTER_OIDC_TOKEN_FILE_PATH", "ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE"},
	"refresh_token":               {"PARTNERCENTER_REFRESH_TOKEN"},
	"refresh_token_file":          {"PARTNERCENTER_REFRESH_TOKEN_FILE"},
	"rotate_refresh_token":        {"PARTNERCENTER_ROTATE_REFRESH_TOKEN"},
	"access_token":                {"PARTNERCENTER_ACCESS_TOKEN"},
	"graph_access_token":          {"PARTNERCENTER_GRAPH_ACCESS_TOKEN"},
	"graph_endpoint":              {"PARTNERCENTER_GRAPH_ENDPOINT"},
	"use_cli":                     {"PARTNERCENTER_USE_CLI", "ARM_USE_CLI"},
	"max_concurrency":             {"PARTNERCENTER_MAX_CONCURRENCY"},
	"max_retries":                 {"PARTNERCENTER_MAX_RETRIES"},
	"max_retry_wait":              {"PARTNERCENTER_MAX_RETRY_WAIT"},
	"request_timeout":             {"PARTNERCENTER_REQUEST_TIMEOUT"},
	"operation_timeout":           {"PARTNERCENTER_OPERATION_TIMEOUT"},
}

// value is the value of an argument that is written as this text in an
// environment variable, or nil if the argument is of another type.
func value(argument, text string) any {
	switch argument {
	case "use_cli", "rotate_refresh_token":
		if flag, err := strconv.ParseBool(text); err == nil {
			return flag
		}
		return nil
	case "max_concurrency", "max_retries":
		if number, ok := new(big.Float).SetString(text); ok {
			return number
		}
		return nil
	}
	return text
}

// arguments is a configuration of arguments that are given as texts.
func arguments(texts map[string]string) providertest.Arguments {
	given := providertest.Arguments{}
	for argument, text := range texts {
		given[argument] = value(argument, text)
	}
	return given
}

// environment is the same in environment variables of the provider's own.
func environment(texts map[string]string) map[string]string {
	given := map[string]string{}
	for argument, text := range texts {
		given[variables[argument][0]] = text
	}
	return given
}

// systemWith is a system in which only these variables are set, and that has
// only these programs.
func systemWith(environment map[string]string, programs ...string) config.Environment {
	return config.Environment{
		Getenv: func(name string) string { return environment[name] },
		LookPath: func(program string) (string, error) {
			if slices.Contains(programs, program) {
				return "/bin/" + program, nil
			}
			return "", exec.ErrNotFound
		},
	}
}

// newServer starts the provider in a system.
func newServer(tb testing.TB, sys config.Environment) *providertest.Server {
	tb.Helper()
	return providertest.New(tb, &partnerCenter{version: "test", environment: sys})
}

// site is a Partner Center and its token endpoint behind a server. It keeps the
// forms that the token endpoint received, which the emulator does not.
type site struct {
	*emulator.Emulator
	url       string
	answering func() // before each answer to a sign-in, if set

	mutex sync.Mutex
	forms []url.Values
}

func newSite(tb testing.TB, options emulator.Options) *site {
	tb.Helper()
	s := &site{Emulator: emulator.New(options)}
	server := httptest.NewServer(s)
	tb.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		s.mutex.Lock()
		s.forms = append(s.forms, form)
		s.mutex.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		if s.answering != nil {
			s.answering()
		}
	}
	s.Emulator.ServeHTTP(w, r)
}

// signIns returns the forms of the token requests.
func (s *site) signIns() []url.Values {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.forms)
}

// received returns the requests to paths that end in this.
func (s *site) received(suffix string) []emulator.Request {
	return slices.DeleteFunc(s.Requests(), func(r emulator.Request) bool { return !strings.HasSuffix(r.Path, suffix) })
}

const (
	summary      = "partnercenter_usage_summary"
	summaryRoute = "/v1/usagesummary"
	tokenRoute   = "/oauth2/v2.0/token"
)

// start returns the provider, configured without an error to use the site, which
// then has received nothing yet.
func (s *site) start(tb testing.TB, configuration providertest.Arguments, sys config.Environment) *providertest.Server {
	tb.Helper()
	given := providertest.Arguments{"endpoint": s.url, "authority_host": s.url}
	maps.Copy(given, configuration)
	server := newServer(tb, sys)
	for _, problem := range server.Configure(tb, given) {
		tb.Fatalf("%s: %s", problem.Summary, problem.Detail)
	}
	if sent := s.Requests(); len(sent) > 0 {
		tb.Fatalf("Configure sent %s %s", sent[0].Method, sent[0].Path)
	}
	return server
}

// blamed are the arguments that problems are on, in alphabetical order.
func blamed(problems []*tfprotov6.Diagnostic) []string {
	var names []string
	for _, problem := range problems {
		name := problem.Summary
		if steps := problem.Attribute.Steps(); len(steps) > 0 {
			name = fmt.Sprint(steps[0])
			if attribute, ok := steps[0].(tftypes.AttributeName); ok {
				name = string(attribute)
			}
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// checkProblem checks that there is one problem, on this argument, which says
// this.
func checkProblem(t *testing.T, problems []*tfprotov6.Diagnostic, argument string, says ...string) {
	t.Helper()
	if got := blamed(problems); !slices.Equal(got, []string{argument}) {
		t.Fatalf("problems on %q, want one on %s: %v", got, argument, problems)
	}
	checkText(t, problems[0], says...)
}

// checkText checks what an error says.
func checkText(t *testing.T, problem *tfprotov6.Diagnostic, says ...string) {
	t.Helper()
	if strings.Contains(problem.Summary, ":") {
		t.Errorf("the summary has a colon: %s", problem.Summary)
	}
	for _, want := range says {
		if !strings.Contains(problem.Summary+"\n"+problem.Detail, want) {
			t.Errorf("the error does not say %q:\n%s\n%s", want, problem.Summary, problem.Detail)
		}
	}
}

func TestSchema(t *testing.T) {
	t.Parallel()
	var response provider.SchemaResponse
	New("test")().Schema(t.Context(), provider.SchemaRequest{}, &response)
	if problems := response.Schema.ValidateImplementation(t.Context()); problems.HasError() {
		t.Error(problems)
	}
	if got, want := slices.Sorted(maps.Keys(response.Schema.Attributes)), slices.Sorted(maps.Keys(variables)); !slices.Equal(got, want) {
		t.Errorf("arguments %q, want %q", got, want)
	}
	for name, attribute := range response.Schema.Attributes {
		description := attribute.GetMarkdownDescription()
		if !strings.HasSuffix(description, ".") {
			t.Errorf("the description of %s is no sentence: %q", name, description)
		}
		for _, variable := range variables[name] {
			if !strings.Contains(description, "`"+variable+"`") {
				t.Errorf("the description of %s does not name %s: %q", name, variable, description)
			}
		}
		secret := slices.Contains([]string{"access_token", "graph_access_token", "client_certificate_password", "client_secret", "oidc_token", "refresh_token"}, name)
		if attribute.IsSensitive() != secret {
			t.Errorf("%s: sensitive is %t", name, attribute.IsSensitive())
		}
		if !attribute.IsOptional() {
			t.Errorf("%s is not optional", name)
		}
	}
}

// spy is the provider, but keeps the options of its client.
type spy struct {
	*partnerCenter
	options pcclient.Options
}

func (s *spy) Configure(_ context.Context, request provider.ConfigureRequest, response *provider.ConfigureResponse) {
	s.options, response.Diagnostics = configure(request.Config, s.environment, "test")
}

// optionsFrom returns the options of the client in which a configuration results.
func optionsFrom(t *testing.T, configuration providertest.Arguments, sys config.Environment) pcclient.Options {
	t.Helper()
	s := &spy{partnerCenter: &partnerCenter{version: "test", environment: sys}}
	for _, problem := range providertest.New(t, s).Configure(t, configuration) {
		t.Fatalf("%s: %s", problem.Summary, problem.Detail)
	}
	return s.options
}

func TestArguments(t *testing.T) {
	t.Parallel()
	scope := func(o pcclient.Options) any { return o.Scope }
	endpoint := func(o pcclient.Options) any { return o.Endpoint }
	const api, apiChina = "https://api.partnercenter.microsoft.com", "https://partner.partnercenterapi.microsoftonline.cn"
	for _, test := range []struct {
		argument  string
		show      func(pcclient.Options) any
		otherwise string
		text      string // a value
		want      string // what comes of it
	}{
		{"environment", scope, api + "/.default", "usgovernment", api + "/.default"},
		{"environment", scope, api + "/.default", "china", apiChina + "/.default"},
		{"environment", endpoint, api, "China", apiChina},
		{"endpoint", endpoint, api, "https://proxy.example/partner", "https://proxy.example/partner"},
		{"endpoint", endpoint, api, "http://localhost:8080", "http://localhost:8080"},
		{"endpoint", endpoint, api, "http://127.0.0.1:8080/", "http://127.0.0.1:8080/"},
		{"endpoint", endpoint, api, "http://[::1]:8080", "http://[::1]:8080"},
		{"endpoint", endpoint, api, "https://name:pass-word@proxy.example", "https://proxy.example"},
		{"graph_endpoint", func(o pcclient.Options) any { return o.Graph.Endpoint }, "https://graph.microsoft.com", "http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"max_concurrency", func(o pcclient.Options) any { return o.MaxConcurrency }, "8", "3", "3"},
		{"max_retries", func(o pcclient.Options) any { return o.MaxRetries }, "5", "0", "0"},
		{"max_retry_wait", func(o pcclient.Options) any { return o.MaxRetryWait }, "2m0s", "90s", "1m30s"},
		{"request_timeout", func(o pcclient.Options) any { return o.RequestTimeout }, "3m0s", "250ms", "250ms"},
		{"operation_timeout", func(o pcclient.Options) any { return o.OperationTimeout }, "30m0s", "1h30m", "1h30m0s"},
	} {
		t.Run(test.argument+" "+test.text, func(t *testing.T) {
			t.Parallel()
			check := func(where, want string, configuration map[string]string, environment map[string]string) {
				t.Helper()
				options := optionsFrom(t, arguments(configuration), systemWith(environment, "az"))
				if got := fmt.Sprint(test.show(options)); got != want {
					t.Errorf("%s: got %s, want %s", where, got, want)
				}
			}
			empty := map[string]string{}
			for _, variable := range variables[test.argument] {
				empty[variable] = ""
			}
			check("default", test.otherwise, nil, nil)
			check("empty environment variables", test.otherwise, nil, empty)
			check("configuration", test.want, map[string]string{test.argument: test.text}, nil)
			for i, variable := range variables[test.argument] {
				check(variable, test.want, nil, map[string]string{variable: test.text})
				others := map[string]string{variable: test.text}
				for _, later := range variables[test.argument][i+1:] {
					others[later] = "no value that can be used"
				}
				check(variable+" before later ones", test.want, nil, others)
				check("configuration before "+variable, test.want, map[string]string{test.argument: test.text}, map[string]string{variable: "no value that can be used"})
			}
		})
	}
}

func TestArguments_bad(t *testing.T) {
	t.Parallel()
	const (
		noURL    = "is not a base URL"
		unsafe   = "must be https"
		noTime   = "is not a positive duration"
		noNumber = "is not a whole number of at least"
		noTenant = "is neither the id of a tenant nor a domain"
		noCloud  = "public, usgovernment or china"
	)
	for _, test := range []struct {
		argument string
		texts    []string
		says     string
	}{
		{"environment", []string{"german", "pub lic", "canary", "AzurePublicCloud"}, noCloud},
		{"graph_endpoint", []string{"http://proxy.example", "http://127.0.0.1.example", "http://graph.microsoft.com"}, unsafe},
		{"graph_endpoint", []string{"https://graph.microsoft.com/v1.0/", "https://proxy.example/beta"}, "which the provider adds itself"},
		{"endpoint", []string{"http://proxy.example", "http://127.0.0.1.example", "http://10.0.0.1", "ftp://proxy.example", "//proxy.example"}, unsafe},
		{"endpoint", []string{"proxy.example", "https://", "https:///v2", "https://:443", "https://proxy.example?a=b", "https://proxy.example#top", "https://proxy.example/%zz", "https:proxy.example"}, noURL},
		{"endpoint", []string{"https://api.partnercenter.microsoft.com/v1", "https://proxy.example/partner/v1/", "http://localhost:8080/V1"}, "ends in /v1, which the provider adds itself"},
		{"authority_host", []string{"http://login.example", "ftp://login.example"}, unsafe},
		{"authority_host", []string{"login.example", "https://", "https://login.example?a=b", "https://login.example#top"}, noURL},
		{"tenant_id", []string{"a/b", "..", "../common", "a?b", "a#b", "a\\b", "a%2fb", "a b", "a\nb"}, noTenant},
		{"max_concurrency", []string{"0", "-1", "many", "1.5", "1e30"}, noNumber + " 1"},
		{"max_retries", []string{"-1", "none", "99999999999999999999"}, noNumber + " 0"},
		{"max_retry_wait", []string{"0", "0s", "-1s", "2", "two minutes"}, noTime},
		{"request_timeout", []string{"0s", "-3m", "3 m", "soon"}, noTime},
		{"operation_timeout", []string{"0s", "-30m", "1d", "later"}, noTime},
		{"operation_timeout", []string{"3d", "3 days"}, "write 72h."},
		{"use_cli", []string{"yes", "2"}, "is neither true nor false"},
		{"rotate_refresh_token", []string{"yes", "2"}, "is neither true nor false"},
		{"rotate_refresh_token", []string{"true"}, "requires `refresh_token_file`"},
	} {
		for _, text := range test.texts {
			t.Run(test.argument+" "+text, func(t *testing.T) {
				t.Parallel()
				if given := value(test.argument, text); given != nil {
					server := newServer(t, systemWith(nil, "az"))
					checkProblem(t, server.Configure(t, providertest.Arguments{test.argument: given}), test.argument, test.says)
				}
				for _, variable := range variables[test.argument] {
					server := newServer(t, systemWith(map[string]string{variable: text}, "az"))
					checkProblem(t, server.Configure(t, nil), test.argument, test.says)
				}
			})
		}
	}
}

// An environment variable that is to blame is named: it may have been set by
// somebody else, for another program.
func TestArguments_badVariableIsNamed(t *testing.T) {
	t.Parallel()
	for argument, text := range map[string]string{
		"environment": "german", "endpoint": "ftp://proxy.example", "authority_host": "login.example", "tenant_id": "a/b", "use_cli": "yes", "rotate_refresh_token": "yes",
		"max_concurrency": "0", "max_retries": "-1", "max_retry_wait": "0", "request_timeout": "0", "operation_timeout": "0",
	} {
		for _, variable := range variables[argument] {
			t.Run(variable, func(t *testing.T) {
				t.Parallel()
				server := newServer(t, systemWith(map[string]string{variable: text}, "az"))
				checkProblem(t, server.Configure(t, nil), argument, variable)
			})
		}
	}
}

// What is wrong with a URL is told without the URL: it may have a password.
func TestArguments_userInfoIsNotShown(t *testing.T) {
	t.Parallel()
	for _, argument := range []string{"endpoint", "authority_host"} {
		for _, text := range []string{"http://name:pass-word@proxy.example", "https://name:pass-word@", "https://name:pass-word@proxy.example?a=b", "https://name:pass-word@proxy example", "https://na%zzme:pass-word@proxy.example"} {
			for _, problem := range newServer(t, systemWith(nil, "az")).Configure(t, providertest.Arguments{argument: text}) {
				checkProblem(t, []*tfprotov6.Diagnostic{problem}, argument)
				if strings.Contains(problem.Summary+problem.Detail, "pass-word") {
					t.Errorf("%s = %q: the password is shown: %s", argument, text, problem.Detail)
				}
			}
		}
	}
}

func TestArguments_emptyTexts(t *testing.T) {
	t.Parallel()
	var response provider.SchemaResponse
	New("test")().Schema(t.Context(), provider.SchemaRequest{}, &response)
	for name, attribute := range response.Schema.Attributes {
		if _, isText := attribute.(schema.StringAttribute); isText {
			server := newServer(t, systemWith(nil, "az"))
			checkProblem(t, server.Configure(t, providertest.Arguments{name: ""}), name)
		}
	}
}

func TestArguments_unknown(t *testing.T) {
	t.Parallel()
	for argument, names := range variables {
		t.Run(argument, func(t *testing.T) {
			t.Parallel()
			site := newSite(t, emulator.Options{})
			given := providertest.Arguments{"endpoint": site.url, "authority_host": site.url, "tenant_id": emulator.TenantID}
			given[argument] = providertest.Unknown
			problems := newServer(t, systemWith(nil, "az")).Configure(t, given)
			checkProblem(t, problems, argument, "`"+argument+"`", "-target", names[0])
			if sent := site.Requests(); len(sent) > 0 {
				t.Errorf("%d requests were sent", len(sent))
			}
		})
	}
}

func TestConfigure_reportsAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		configuration providertest.Arguments
		want          []string
	}{
		"every argument is wrong": {
			providertest.Arguments{
				"environment": "mars", "endpoint": "ftp://proxy.example", "authority_host": "http://login.example", "tenant_id": "a/b",
				"access_token": "access", "refresh_token": "refresh", "max_concurrency": big.NewFloat(0), "max_retries": big.NewFloat(-1),
				"max_retry_wait": "0s", "request_timeout": "-1s", "operation_timeout": "soon",
			},
			[]string{
				"access_token", "authority_host", "endpoint", "environment", "max_concurrency", "max_retries",
				"max_retry_wait", "operation_timeout", "request_timeout", "tenant_id",
			},
		},
		"an access token beside all others": {
			providertest.Arguments{"access_token": "access", "refresh_token": "refresh", "client_secret": "secret"},
			[]string{"access_token", "access_token"},
		},
		"every text is empty": {
			providertest.Arguments{"endpoint": "", "tenant_id": "", "client_id": "", "refresh_token": "", "request_timeout": ""},
			[]string{"client_id", "endpoint", "refresh_token", "request_timeout", "tenant_id"},
		},
		"both identifiers are missing": {
			providertest.Arguments{"refresh_token": "refresh", "max_retry_wait": "0s"},
			[]string{"client_id", "max_retry_wait", "tenant_id"},
		},
		"one identifier is wrong and the other missing": {
			providertest.Arguments{"refresh_token": "refresh", "tenant_id": "a/b"},
			[]string{"client_id", "tenant_id"},
		},
		"two sign-ins at once, and no identifier": {
			providertest.Arguments{"refresh_token": "refresh", "refresh_token_file": "file"},
			[]string{"client_id", "refresh_token", "tenant_id"},
		},
		"an unknown cloud, and nothing to sign in with": {
			providertest.Arguments{"environment": "mars", "use_cli": false},
			[]string{"environment", "use_cli"},
		},
		"an unknown cloud, and an identifier is missing": {
			providertest.Arguments{"environment": "mars", "refresh_token": "refresh", "client_id": "client"},
			[]string{"environment", "tenant_id"},
		},
		"every proof at once, and nothing to rotate": {
			providertest.Arguments{
				"tenant_id": "tenant", "client_id": "client", "client_secret": "secret", "client_certificate_path": "file", "oidc_token": "token", "oidc_token_file_path": "file",
				"rotate_refresh_token": true,
			},
			[]string{"client_certificate_path", "client_secret", "client_secret", "client_secret", "rotate_refresh_token"},
		},
		"a certificate that is not there, and no identifiers": {
			providertest.Arguments{"client_certificate_path": "nowhere", "rotate_refresh_token": true},
			[]string{"client_certificate_path", "client_id", "rotate_refresh_token", "tenant_id"},
		},
		"a password of no certificate": {
			providertest.Arguments{"client_certificate_password": "password", "access_token": "token"},
			[]string{"client_certificate_password"},
		},
		"unknown values": {
			providertest.Arguments{"tenant_id": providertest.Unknown, "refresh_token": providertest.Unknown, "max_retries": providertest.Unknown},
			[]string{"max_retries", "refresh_token", "tenant_id"},
		},
		"an unknown value among wrong ones": {
			providertest.Arguments{"access_token": providertest.Unknown, "endpoint": "ftp://proxy.example", "max_retries": big.NewFloat(-1)},
			[]string{"access_token", "endpoint", "max_retries"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := newServer(t, systemWith(nil)).Configure(t, test.configuration)
			if got := blamed(problems); !slices.Equal(got, test.want) {
				t.Errorf("problems on\n%q, want\n%q", got, test.want)
			}
		})
	}
}

// inBoth runs a test with the arguments in the configuration, and again with
// them in the environment.
func inBoth(t *testing.T, texts map[string]string, test func(t *testing.T, configuration providertest.Arguments, sys config.Environment)) {
	t.Helper()
	t.Run("in the configuration", func(t *testing.T) {
		t.Parallel()
		test(t, arguments(texts), systemWith(nil))
	})
	t.Run("in the environment", func(t *testing.T) {
		t.Parallel()
		test(t, nil, systemWith(environment(texts)))
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limits map[string]string
		fault  emulator.Fault
		tries  int // 0 where it depends on the speed of this machine
		says   []string
	}{
		"no retry": {
			limits: map[string]string{"max_retries": "0"},
			fault:  emulator.Fault{Status: http.StatusServiceUnavailable},
			tries:  1,
			says:   []string{"503"},
		},
		"two retries, which wait no longer than max_retry_wait": {
			limits: map[string]string{"max_retries": "2", "max_retry_wait": "1ms"},
			fault:  emulator.Fault{Status: http.StatusServiceUnavailable},
			tries:  3,
			says:   []string{"503"},
		},
		"a longer wait than max_retry_wait": {
			limits: map[string]string{"max_retries": "2", "max_retry_wait": "1999ms"},
			fault:  emulator.Fault{Status: http.StatusTooManyRequests, RetryAfter: "2"},
			tries:  1,
			says:   []string{"429", "wait 2s", "`max_retry_wait`"},
		},
		"a try that takes longer than request_timeout": {
			limits: map[string]string{"max_retries": "1", "max_retry_wait": "1ms", "request_timeout": "30ms"},
			fault:  emulator.Fault{Delay: time.Hour},
			says:   []string{"request_timeout (30ms)"},
		},
		"a read that takes longer than operation_timeout": {
			limits: map[string]string{"operation_timeout": "50ms"},
			fault:  emulator.Fault{Delay: time.Hour},
			says:   []string{"operation_timeout"},
		},
		"a read whose retries wait longer than operation_timeout": {
			limits: map[string]string{"operation_timeout": "50ms"},
			fault:  emulator.Fault{Status: http.StatusTooManyRequests, RetryAfter: "100"},
			says:   []string{"operation_timeout"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.fault.Times = emulator.Always
			test.limits["access_token"] = emulator.UserAccessToken()
			inBoth(t, test.limits, func(t *testing.T, configuration providertest.Arguments, sys config.Environment) {
				t.Helper()
				site := newSite(t, emulator.Options{})
				server := site.start(t, configuration, sys)
				site.Misbehave(test.fault)
				checkText(t, server.Read(t, summary, nil).Fail(t), test.says...)
				if got := len(site.received(summaryRoute)); test.tries > 0 && got != test.tries {
					t.Errorf("%d tries, want %d", got, test.tries)
				}
			})
		})
	}
}

// The token endpoint is asked again like the API.
func TestLimits_signIn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limits map[string]string
		fault  emulator.Fault
		tries  int // 0 where it depends on the speed of this machine
		says   []string
	}{
		"no retry": {
			limits: map[string]string{"max_retries": "0"},
			fault:  emulator.Fault{Status: http.StatusServiceUnavailable},
			tries:  1,
		},
		"two retries": {
			limits: map[string]string{"max_retries": "2", "max_retry_wait": "1ms"},
			fault:  emulator.Fault{Status: http.StatusServiceUnavailable},
			tries:  3,
		},
		"a reset connection": {
			limits: map[string]string{"max_retries": "1", "max_retry_wait": "1ms"},
			fault:  emulator.Fault{Reset: true},
			tries:  2,
		},
		"a longer wait than max_retry_wait": {
			limits: map[string]string{"max_retry_wait": "1ms"},
			fault:  emulator.Fault{Status: http.StatusTooManyRequests, RetryAfter: "600"},
			tries:  1,
		},
		"a try that takes longer than request_timeout": {
			limits: map[string]string{"max_retries": "1", "max_retry_wait": "1ms", "request_timeout": "30ms"},
			fault:  emulator.Fault{Delay: time.Hour},
			says:   []string{"request_timeout (30ms)"},
		},
		"a read that takes longer than operation_timeout": {
			limits: map[string]string{"operation_timeout": "50ms"},
			fault:  emulator.Fault{Delay: time.Hour},
			says:   []string{"operation_timeout"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.fault.Path, test.fault.Times = tokenRoute, emulator.Always
			maps.Copy(test.limits, confidential)
			inBoth(t, test.limits, func(t *testing.T, configuration providertest.Arguments, sys config.Environment) {
				t.Helper()
				site := newSite(t, emulator.Options{})
				server := site.start(t, configuration, sys)
				site.Misbehave(test.fault)
				checkText(t, server.Read(t, summary, nil).Fail(t), test.says...)
				if got := len(site.received(tokenRoute)); test.tries > 0 && got != test.tries {
					t.Errorf("%d tries, want %d", got, test.tries)
				}
				if sent := site.received(summaryRoute); len(sent) > 0 {
					t.Error("the API was asked without a token")
				}
			})
		})
	}
}

// Of more reads than max_concurrency, as many as that are under way at once, and
// no more.
func TestLimits_concurrency(t *testing.T) {
	t.Parallel()
	const limit, reads = 3, 12
	inBoth(t, map[string]string{"max_concurrency": strconv.Itoa(limit), "access_token": emulator.UserAccessToken()}, func(t *testing.T, configuration providertest.Arguments, sys config.Environment) {
		t.Helper()
		var mutex sync.Mutex
		var underWay, most int
		full := make(chan struct{})
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mutex.Lock()
			underWay++
			most = max(most, underWay)
			if underWay == limit {
				select {
				case <-full:
				default:
					close(full)
				}
			}
			mutex.Unlock()
			select {
			case <-full:
			case <-r.Context().Done():
			}
			time.Sleep(5 * time.Millisecond) // Time for one too many.
			mutex.Lock()
			underWay--
			mutex.Unlock()
			fmt.Fprint(w, `{"items":[]}`)
		}))
		t.Cleanup(api.Close)
		given := providertest.Arguments{"endpoint": api.URL, "operation_timeout": "10s"}
		maps.Copy(given, configuration)
		server := newServer(t, sys)
		for _, problem := range server.Configure(t, given) {
			t.Fatalf("%s: %s", problem.Summary, problem.Detail)
		}
		var group sync.WaitGroup
		for i := range reads {
			group.Go(func() {
				id := fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
				result := server.Read(t, "partnercenter_subscription_meter_usage", providertest.Arguments{"customer_id": id, "subscription_id": id})
				if len(result.Diagnostics) > 0 {
					t.Errorf("%s: %s", result.Diagnostics[0].Summary, result.Diagnostics[0].Detail)
				}
			})
		}
		group.Wait()
		if most != limit {
			t.Errorf("%d requests under way at once, want %d", most, limit)
		}
	})
}

// A URL with a name and a password is used without them.
func TestArguments_userInfoIsNotSent(t *testing.T) {
	t.Parallel()
	site := newSite(t, emulator.Options{})
	withUserInfo := strings.Replace(site.url, "http://", "http://name:pass-word@", 1)
	given := arguments(confidential)
	given["endpoint"], given["authority_host"] = withUserInfo, withUserInfo
	site.start(t, given, systemWith(nil)).Read(t, summary, nil).Succeed(t)
	for _, request := range site.Requests() {
		if got := request.Header.Get("Authorization"); got != "" && !strings.HasPrefix(got, "Bearer ey") {
			t.Errorf("%s: Authorization %q", request.Path, got)
		}
	}
}

func TestAuthorityHost(t *testing.T) {
	t.Parallel()
	site := newSite(t, emulator.Options{})
	const elsewhere = "https://login.invalid"
	for name, test := range map[string]struct {
		configuration string
		environment   map[string]string
	}{
		"configuration":                        {configuration: site.url},
		"PARTNERCENTER_AUTHORITY_HOST":         {environment: map[string]string{"PARTNERCENTER_AUTHORITY_HOST": site.url}},
		"AZURE_AUTHORITY_HOST":                 {environment: map[string]string{"AZURE_AUTHORITY_HOST": site.url}},
		"configuration before PARTNERCENTER_*": {site.url, map[string]string{"PARTNERCENTER_AUTHORITY_HOST": elsewhere}},
		"configuration before AZURE_*":         {site.url, map[string]string{"AZURE_AUTHORITY_HOST": elsewhere}},
		"PARTNERCENTER_* before AZURE_*":       {"", map[string]string{"PARTNERCENTER_AUTHORITY_HOST": site.url, "AZURE_AUTHORITY_HOST": elsewhere}},
		"with a slash at the end":              {configuration: site.url + "/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := arguments(confidential)
			given["endpoint"] = site.url
			if test.configuration != "" {
				given["authority_host"] = test.configuration
			}
			server := newServer(t, systemWith(test.environment))
			for _, problem := range server.Configure(t, given) {
				t.Fatalf("%s: %s", problem.Summary, problem.Detail)
			}
			server.Read(t, summary, nil).Succeed(t)
		})
	}
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	site := newSite(t, emulator.Options{})
	signIn := providertest.Arguments{}
	for argument, text := range confidential {
		signIn[argument] = text
	}
	site.start(t, signIn, systemWith(nil)).Read(t, summary, nil).Succeed(t)
	const want = "terraform-provider-partnercenter/test (Terraform 1.11.4)"
	for _, route := range []string{tokenRoute, summaryRoute} {
		if got := site.received(route)[0].Header.Get("User-Agent"); got != want {
			t.Errorf("%s: got %q, want %q", route, got, want)
		}
	}
}

// Each cloud has its API, its sign-in authority and its audience. The audience
// is the cloud's own also where the API or the authority is elsewhere.
//
// The test sends to the real names, but every connection leads to a server of
// its own: so it must not run beside others.
//
//nolint:paralleltest // See above.
func TestClouds(t *testing.T) {
	const (
		api      = "api.partnercenter.microsoft.com"
		apiChina = "partner.partnercenterapi.microsoftonline.cn"
	)
	for name, test := range map[string]struct {
		configuration map[string]string
		environment   map[string]string
		authority     string
		audience      string
		api           string
	}{
		"public by default":           {nil, nil, "login.microsoftonline.com", api, api},
		"public":                      {map[string]string{"environment": "public"}, nil, "login.microsoftonline.com", api, api},
		"usgovernment":                {map[string]string{"environment": "usgovernment"}, nil, "login.microsoftonline.us", api, api},
		"USGovernment":                {map[string]string{"environment": "USGovernment"}, nil, "login.microsoftonline.us", api, api},
		"china":                       {map[string]string{"environment": "china"}, nil, "login.chinacloudapi.cn", apiChina, apiChina},
		"PARTNERCENTER_ENVIRONMENT":   {nil, map[string]string{"PARTNERCENTER_ENVIRONMENT": "china"}, "login.chinacloudapi.cn", apiChina, apiChina},
		"global":                      {map[string]string{"environment": "Global"}, nil, "login.microsoftonline.com", api, api},
		"usgovernmentl4":              {map[string]string{"environment": "USGovernmentL4"}, nil, "login.microsoftonline.us", api, api},
		"ARM_ENVIRONMENT of azuread":  {nil, map[string]string{"ARM_ENVIRONMENT": "usgovernmentl5"}, "login.microsoftonline.us", api, api},
		"ARM_ENVIRONMENT=dod":         {nil, map[string]string{"ARM_ENVIRONMENT": "dod"}, "login.microsoftonline.us", api, api},
		"ARM_ENVIRONMENT":             {nil, map[string]string{"ARM_ENVIRONMENT": "usgovernment"}, "login.microsoftonline.us", api, api},
		"china, the API elsewhere":    {map[string]string{"environment": "china", "endpoint": "https://proxy.example/partner"}, nil, "login.chinacloudapi.cn", apiChina, "proxy.example/partner"},
		"china, all elsewhere":        {map[string]string{"environment": "china", "endpoint": "https://proxy.example", "authority_host": "https://login.example"}, nil, "login.example", apiChina, "proxy.example"},
		"the API elsewhere":           {map[string]string{"endpoint": "https://proxy.example"}, nil, "login.microsoftonline.com", api, "proxy.example"},
		"an authority below the root": {map[string]string{"authority_host": "https://proxy.example/login"}, nil, "proxy.example/login", api, api},
	} {
		t.Run(name, func(t *testing.T) {
			var sent []string
			interceptNetwork(t, func(w http.ResponseWriter, r *http.Request) {
				sent = append(sent, strings.TrimSpace(r.Method+" "+r.Host+r.URL.Path+" "+r.PostFormValue("scope")))
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprint(w, `{"token_type":"Bearer","access_token":"access","expires_in":3599,"totalCost":1}`)
			})
			given := arguments(confidential)
			maps.Copy(given, arguments(test.configuration))
			server := newServer(t, systemWith(test.environment))
			for _, problem := range server.Configure(t, given) {
				t.Fatalf("%s: %s", problem.Summary, problem.Detail)
			}
			server.Read(t, summary, nil).Succeed(t)
			want := []string{
				"POST " + test.authority + "/" + emulator.TenantID + tokenRoute + " https://" + test.audience + "/.default",
				"GET " + test.api + summaryRoute,
			}
			if !slices.Equal(sent, want) {
				t.Errorf("sent\n%q, want\n%q", sent, want)
			}
		})
	}
}

// interceptNetwork makes every connection of clients to come lead to a handler,
// whatever the name of the host, until the test ends.
func interceptNetwork(t *testing.T, handler http.HandlerFunc) {
	t.Helper()
	server := httptest.NewServer(handler)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	before := http.DefaultTransport
	http.DefaultTransport = &http.Transport{DialContext: dial, DialTLSContext: dial}
	t.Cleanup(func() {
		http.DefaultTransport = before
		server.Close()
	})
}
