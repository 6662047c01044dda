package provider_test

import (
	"archive/zip"
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// However chatty the logs are, and whatever goes wrong, nothing that anybody could
// sign in with is written anywhere. These tests look for it in all that is left
// behind: output, logs, plans, states, and temporary files.

// What the tests sign in with. Every kind of escaping changes the secret, and no
// half of it or of the token occurs anywhere by itself.
const (
	clientSecret  = `Kx8~<q&"7Vd+/=%\Zp.R3mTw_L5 yHn9*Jc2` + "\u00fc"
	refreshToken  = "1.AXoAtW9vbkVzSG91bGRTZWVUaGlzUmVmcmVzaFRva2VuLk5vdEV2ZW5IYWxm-aGFsZk9mSXQ"
	proxyPassword = "pr0xy-pAssw0rd-9f2c"
)

// known are the same for the emulator.
var known = map[string]string{clientSecret: emulator.ClientSecret, refreshToken: emulator.RefreshToken}

// watch is an emulator that keeps every secret that it is sent or issues.
type watch struct {
	*emulator.Emulator
	answer http.HandlerFunc // in place of the emulator's to some requests, if it writes anything

	mutex sync.Mutex
	seen  map[string]bool
}

func newWatch(t *testing.T, options emulator.Options, answer http.HandlerFunc) (*watch, []string) {
	t.Helper()
	s := &watch{Emulator: emulator.New(options), answer: answer, seen: map[string]bool{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	environment := s.Environment(server.URL)
	for i := range environment {
		environment[i] = strings.NewReplacer(
			emulator.ClientSecret, clientSecret,
			emulator.RefreshToken, refreshToken,
			"http://", "http://somebody:"+proxyPassword+"@", // A proxy's password may stand in the URL.
		).Replace(environment[i])
	}
	return s, environment
}

func (s *watch) see(secret string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if secret != "" {
		s.seen[secret] = true
	}
}

func (s *watch) secrets() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Collect(maps.Keys(s.seen))
}

func (s *watch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), "Bearer ")
	s.see(token)
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	for _, field := range []string{"client_secret", "client_assertion", "refresh_token", "device_code"} {
		s.see(form.Get(field))
	}
	r.Form = maps.Clone(form)
	answered := httptest.NewRecorder()
	if s.answer != nil {
		s.answer(answered, r)
	}
	if answered.Body.Len() == 0 && answered.Code == http.StatusOK {
		for _, field := range []string{"client_secret", "refresh_token"} {
			if constant, ok := known[form.Get(field)]; ok {
				form.Set(field, constant)
			}
		}
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
			body = []byte(form.Encode())
		}
		r.Form, r.Body = nil, io.NopCloser(bytes.NewReader(body))
		s.Emulator.ServeHTTP(answered, r)
		var issued map[string]any
		if json.Unmarshal(answered.Body.Bytes(), &issued) == nil {
			for _, field := range []string{"access_token", "refresh_token", "device_code"} {
				secret, _ := issued[field].(string)
				s.see(secret)
			}
			manifest, isInline := issued["resourceLocation"].(map[string]any)
			if !isInline {
				manifest = issued
			}
			s.seeManifest(manifest)
		}
	}
	maps.Copy(w.Header(), answered.Header())
	w.WriteHeader(answered.Code)
	_, _ = answered.Body.WriteTo(w)
}

// seeManifest keeps where the blobs of an export are: with the SAS, anybody can read them.
func (s *watch) seeManifest(manifest map[string]any) {
	sas, _ := manifest["sasToken"].(string)
	s.see(sas)
	query, _ := url.ParseQuery(sas)
	s.see(query.Get("sig"))
	root, _ := manifest["rootDirectory"].(string)
	if parsed, err := url.Parse(root); err == nil {
		s.see(strings.Trim(parsed.Path, "/"))
	}
}

// forms are all ways in which a secret, or half of a long one, may be written.
func forms(secret string) []string {
	parts := []string{secret}
	if half := len(secret) / 2; half >= 12 {
		parts = append(parts, secret[:half], secret[half:])
	}
	var all []string
	for _, part := range parts {
		asJSON, _ := json.Marshal(part)
		var plainJSON bytes.Buffer
		encoder := json.NewEncoder(&plainJSON)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(part)
		all = append(all, part, url.QueryEscape(part), url.PathEscape(part),
			strings.Trim(string(asJSON), `"`), strings.Trim(plainJSON.String(), "\"\n"),
			strings.Trim(strconv.Quote(part), `"`), strings.Trim(strconv.QuoteToASCII(part), `"`))
		// In base64 a text looks one of three ways, by how many bytes are before it.
		for before := range 3 {
			for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				encoded := encoding.EncodeToString(append(make([]byte, before), part...))
				encoded = encoded[(before*8+5)/6:]
				if (before+len(part))%3 != 0 {
					encoded = encoded[:len(encoded)-1]
				}
				all = append(all, encoded)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// contents are texts by where they are written.
type contents map[string]string

// leak says where a secret is written, "" if nowhere.
func (c contents) leak(secret string) string {
	for _, place := range slices.Sorted(maps.Keys(c)) {
		for _, form := range forms(secret) {
			if strings.Contains(c[place], form) {
				return place
			}
		}
	}
	return ""
}

// without leaves out what is the same in others.
func (c contents) without(others contents) contents {
	maps.DeleteFunc(c, func(place, text string) bool { return others[place] == text })
	return c
}

// written is the content of all files of a directory, and of the files in a plan,
// which is an archive.
func written(t *testing.T, directory string) contents {
	t.Helper()
	all := contents{}
	err := fs.WalkDir(os.DirFS(directory), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(directory, path))
		if err != nil {
			return err
		}
		all[path] = string(content)
		archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return nil //nolint:nilerr // It is no archive.
		}
		for _, member := range archive.File {
			opened, err := member.Open()
			if err != nil {
				return err
			}
			inner, err := io.ReadAll(opened)
			if err != nil {
				return err
			}
			all[path+"/"+member.Name] = string(inner)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// chatty makes a workspace log all it can, and keep its temporary files.
func chatty(t *testing.T, w *workspace) *workspace {
	t.Helper()
	if err := os.Mkdir(filepath.Join(w.directory, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.environment = append(w.environment, "TF_LOG=TRACE", "TF_LOG_CORE=TRACE", "TF_LOG_PROVIDER=TRACE", "TMPDIR="+filepath.Join(w.directory, "tmp"))
	return w
}

// run runs commands, and returns all that they wrote. One of two logs goes to a
// file, the other to standard error.
func (w *workspace) run(t *testing.T, commands ...string) (contents, outcome) {
	t.Helper()
	before, outputs := written(t, w.directory), contents{}
	var last outcome
	for i, command := range commands {
		logged := *w
		if i%2 == 0 {
			logged.environment = append(slices.Clone(w.environment), "TF_LOG_PATH=trace.log")
		}
		last = logged.terraform(t, strings.Fields(command)...)
		outputs["stdout of "+command], outputs["stderr of "+command] = last.stdout, last.stderr
	}
	all := written(t, w.directory).without(before)
	maps.Copy(all, outputs)
	if trace := all["trace.log"]; !strings.Contains(trace, "[TRACE]") || !strings.Contains(trace, "provider.terraform-provider-partnercenter") {
		t.Error("the log is not that of Terraform and the provider")
	}
	return all, last
}

// check fails the test for every secret that is written somewhere.
func check(t *testing.T, all contents, secrets []string) {
	t.Helper()
	if len(secrets) == 0 {
		t.Error("nothing is secret")
	}
	for _, secret := range secrets {
		if place := all.leak(secret); place != "" {
			t.Errorf("%s has the secret %.40q, or half of it", place, secret)
		}
	}
}

// Nothing is found by a search that finds nothing.
func TestSecrets_areFound(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl"
	for name, text := range map[string]string{
		"as it is":            "a" + clientSecret + "z",
		"first half":          clientSecret[:len(clientSecret)/2],
		"second half":         token[len(token)/2:],
		"URL":                 "client_secret=" + url.QueryEscape(clientSecret),
		"path":                "/" + url.PathEscape(clientSecret),
		"JSON":                `{"secret":"Kx8~\u003cq\u0026\"7Vd+/=%\\Zp.R3mTw_L5 yHn9*Jc2ü"}`,
		"JSON, not for HTML":  `{"secret":"Kx8~<q&\"7Vd+/=%\\Zp.R3mTw_L5 yHn9*Jc2ü"}`,
		"Go":                  strconv.Quote("secret " + clientSecret),
		"Basic":               base64.StdEncoding.EncodeToString([]byte("a:" + clientSecret)),
		"base64":              base64.StdEncoding.EncodeToString([]byte(clientSecret)),
		"base64 for URLs":     base64.RawURLEncoding.EncodeToString([]byte("client:" + token + ":")),
		"half of it, base64":  base64.StdEncoding.EncodeToString([]byte("abc" + token[:len(token)/2])),
		"half of it, escaped": url.QueryEscape(clientSecret[:len(clientSecret)/2]),
	} {
		if (contents{"x": text}).leak(clientSecret) == "" && (contents{"x": text}).leak(token) == "" {
			t.Errorf("%s: %s is not found", name, text)
		}
	}
	if place := (contents{"x": "Kx8~<q&, refresh-token, client_secret, " + base64.StdEncoding.EncodeToString([]byte(clientSecret[5:15]))}).leak(clientSecret); place != "" {
		t.Error("a secret is found where none is")
	}

	// And it looks everywhere: at a file, at a temporary file, into the plan, and at
	// what is issued to whoever signs in.
	s, environment := newWatch(t, emulator.Options{}, nil)
	w := chatty(t, newWorkspace(t, `
provider "partnercenter" {}

data "partnercenter_usage_summary" "partner" {}

output "planted" {
  value = "`+token+`"
}
`, environment...))
	all, planned := w.run(t, "plan -out=plan", "apply plan")
	planned.succeed(t)
	for _, place := range []string{"plan/tfplan", "plan/tfconfig/m-/main.tf", "terraform.tfstate", "stdout of plan -out=plan", "stdout of apply plan"} {
		if (contents{place: all[place]}).leak(token) == "" {
			t.Errorf("what is planted in %s is not found", place)
		}
	}
	before := written(t, w.directory)
	w.write(t, filepath.Join("tmp", "crash.log"), clientSecret)
	if place := written(t, w.directory).without(before).leak(clientSecret); place != filepath.Join("tmp", "crash.log") {
		t.Errorf("what is planted in a temporary file is found in %q", place)
	}
	seen := s.secrets()
	if len(seen) != 4 || !slices.Contains(seen, clientSecret) || !slices.Contains(seen, refreshToken) {
		t.Errorf("%d secrets are seen, not the two that are sent and the two that are issued", len(seen))
	}
}

// Every sign-in, as the documentation shows it. None leaves a secret anywhere, a
// saved plan included.
func TestSecrets_signIns(t *testing.T) {
	t.Parallel()
	for _, file := range entries(t, filepath.Join(examples, "provider")) {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			certificate := providertest.NewCertificate(t)
			s, environment := newWatch(t, emulator.Options{Certificates: []*x509.Certificate{certificate.Certificate}}, nil)
			w := chatty(t, newSignIn(t, file, certificate, refreshToken, environment...))
			secrets := []string{proxyPassword}
			for name, value := range signIns[file].variables {
				for ours, emulators := range known {
					if value == emulators {
						value = ours
					}
				}
				w.environment = append(w.environment, "TF_VAR_"+name+"="+value)
				secrets = append(secrets, value)
			}
			commands := []string{"plan -out=plan", "show -json plan", "apply plan", "show -json"}
			if len(signIns[file].fails) > 0 {
				commands = commands[:1]
			}
			all, last := w.run(t, commands...)
			if last.code != min(1, len(signIns[file].fails)) {
				t.Fatalf("exit code %d\n%s", last.code, last.stdout)
			}
			if file == "provider-rotation.tf" {
				if info, err := os.Stat(filepath.Join(w.directory, "refresh-token")); err != nil || info.Mode() != 0o600 {
					t.Errorf("the mode of the rotated token's file is %v, %v", info, err)
				}
				delete(all, "refresh-token") // Its place.
			}
			check(t, all, append(secrets, s.secrets()...))
		})
	}
}

// A variable that is not ephemeral is what the documentation warns of: Terraform itself
// keeps its value in a saved plan, whose apply needs it, though it is sensitive.
func TestSecrets_sensitiveVariable(t *testing.T) {
	t.Parallel()
	_, environment := newWatch(t, emulator.Options{}, nil)
	w := chatty(t, newWorkspace(t, `
provider "partnercenter" {
  client_id     = "`+emulator.PublicClientID+`"
  refresh_token = var.refresh_token
}

data "partnercenter_usage_summary" "partner" {}

variable "refresh_token" {
  type      = string
  sensitive = true
}
`, append(environment, "TF_VAR_refresh_token="+refreshToken)...))
	all, last := w.run(t, "plan -out=plan", "show -json plan", "apply plan", "show -json")
	last.succeed(t)
	for _, place := range []string{"plan/tfplan", "stdout of show -json plan"} {
		if (contents{place: all[place]}).leak(refreshToken) == "" {
			t.Errorf("%s does not have the variable any more: say so in SECURITY.md and in the documentation", place)
		}
		delete(all, place)
	}
	delete(all, "plan")
	check(t, all, []string{refreshToken})
}

// Credentials that the provider finds in the environment Terraform never sees.
func TestSecrets_environment(t *testing.T) {
	t.Parallel()
	certificate := providertest.NewCertificate(t)
	none := []string{"PARTNERCENTER_CLIENT_SECRET=", "PARTNERCENTER_REFRESH_TOKEN="}
	privateKey := strings.Split(content(t, certificate.PEM), "\n")[5]
	for name, test := range map[string]struct {
		environment []string
		secrets     []string
		fails       bool
	}{
		"refresh token and secret": {secrets: []string{clientSecret, refreshToken}},
		"refresh token file":       {environment: []string{none[1], "PARTNERCENTER_REFRESH_TOKEN_FILE=" + providertest.WriteFile(t, "refresh-token", []byte(refreshToken))}, secrets: []string{refreshToken}},
		"public client":            {environment: []string{none[0], "PARTNERCENTER_CLIENT_ID=" + emulator.PublicClientID}, secrets: []string{refreshToken}},
		"access token":             {environment: append([]string{"PARTNERCENTER_ACCESS_TOKEN=" + emulator.UserAccessToken()}, none...), secrets: []string{emulator.UserAccessToken()}},
		"certificate":              {environment: []string{none[0], "PARTNERCENTER_CLIENT_CERTIFICATE_PATH=" + certificate.PEM}, secrets: []string{privateKey, refreshToken}},
		"certificate and password": {environment: []string{none[0], "PARTNERCENTER_CLIENT_CERTIFICATE_PATH=" + certificate.PFX, "PARTNERCENTER_CLIENT_CERTIFICATE_PASSWORD=" + providertest.PFXPassword}, secrets: []string{providertest.PFXPassword}},
		"OIDC token":               {environment: []string{none[0], "PARTNERCENTER_OIDC_TOKEN=" + emulator.FederatedAssertion}, secrets: []string{emulator.FederatedAssertion}},
		"app-only":                 {environment: none[1:], secrets: []string{clientSecret}, fails: true},
		"workload's secret":        {environment: append([]string{"ARM_CLIENT_SECRET=" + clientSecret, "ARM_TENANT_ID=" + emulator.TenantID, "ARM_CLIENT_ID=" + emulator.ClientID}, none...), secrets: []string{clientSecret}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, environment := newWatch(t, emulator.Options{Certificates: []*x509.Certificate{certificate.Certificate}}, nil)
			w := chatty(t, newWorkspace(t, usageSummary, append(environment, test.environment...)...))
			all, planned := w.run(t, "plan -out=plan")
			if failed := planned.code != 0; failed != test.fails {
				t.Fatalf("exit code %d\n%s", planned.code, planned.stdout)
			}
			check(t, all, append(s.secrets(), test.secrets...))
		})
	}
}

const usageSummary = `
provider "partnercenter" {
  max_retries = 0
}

data "partnercenter_usage_summary" "partner" {}
`

// echo is what a careless service or proxy says of a request: all that was in it.
func echo(r *http.Request) string {
	return "No: " + strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") + " " + r.Form.Get("client_secret") + " " + r.Form.Get("refresh_token") + " " + r.Form.Encode()
}

// Whatever goes wrong, and however much of the request the answer repeats.
func TestSecrets_errors(t *testing.T) {
	t.Parallel()
	const api, signIn = "/usagesummary", "/token"
	asJSON := func(w http.ResponseWriter, status int, members map[string]any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(members)
	}
	answers := map[string]func(status int) http.HandlerFunc{
		"JSON": func(status int) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", "600")
				asJSON(w, status, map[string]any{"code": 1, "description": echo(r), "error": echo(r), "error_description": echo(r), "trace_id": echo(r), "correlation_id": echo(r)})
			}
		},
		"text": func(status int) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, echo(r))
			}
		},
		"HTML": func(status int) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, "<html>"+echo(r))
			}
		},
		"redirect": func(int) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", "https://elsewhere.example/?"+url.Values{"all": {echo(r)}}.Encode())
				w.WriteHeader(http.StatusTemporaryRedirect)
				_, _ = io.WriteString(w, echo(r))
			}
		},
	}
	for _, route := range []string{api, signIn} {
		for kind, answer := range answers {
			statuses := []int{http.StatusOK, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests, http.StatusInternalServerError}
			if kind != "JSON" {
				statuses = statuses[:2]
			}
			for _, status := range statuses {
				t.Run(strings.Join([]string{route, kind, strconv.Itoa(status)}, " "), func(t *testing.T) {
					t.Parallel()
					s, environment := newWatch(t, emulator.Options{}, func(w http.ResponseWriter, r *http.Request) {
						if strings.HasSuffix(r.URL.Path, route) {
							answer(status)(w, r)
						}
					})
					all, planned := chatty(t, newWorkspace(t, usageSummary, environment...)).run(t, "plan -out=plan")
					if status != http.StatusOK {
						planned.fail(t, "Error: Could not")
					}
					check(t, all, append(s.secrets(), proxyPassword, clientSecret, refreshToken))
				})
			}
		}
	}
}

// The token for Microsoft Graph, the SAS and the root of an export are as secret as
// anything, in a run that succeeds and in one whose blobs fail, however much of the request
// the response repeats.
func TestSecrets_exports(t *testing.T) {
	t.Parallel()
	const usage = `
provider "partnercenter" {
  max_retries = 0
}

data "partnercenter_unbilled_usage" "usage" {
  currency_code = "EUR"
}

data "partnercenter_billed_usage" "usage" {
  invoice_id = "` + emulator.LatestInvoiceID + `"
}

output "usage" {
  value = [data.partnercenter_unbilled_usage.usage, data.partnercenter_billed_usage.usage]
}
`
	repeat := func(part string, status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, part) {
				w.Header().Set("X-Ms-Error-Code", "AuthenticationFailed")
				w.Header().Set("Location", "https://elsewhere.example"+r.URL.String())
				w.WriteHeader(status)
				_, _ = io.WriteString(w, "<Error><Code>AuthenticationFailed</Code>"+r.URL.String()+echo(r)+"</Error>")
			}
		}
	}
	for name, test := range map[string]struct {
		options emulator.Options
		answer  http.HandlerFunc
		fails   bool
	}{
		"app-only":              {options: emulator.Options{AppOnly: true}},
		"user":                  {},
		"manifest by link":      {options: emulator.Options{ManifestLink: true}},
		"SAS that has ended":    {options: emulator.Options{SASLifetime: -1}, fails: true},
		"blob refused":          {answer: repeat("/part-", http.StatusForbidden), fails: true},
		"blob redirected":       {answer: repeat("/part-", http.StatusTemporaryRedirect), fails: true},
		"blob not compressed":   {answer: repeat("/part-", http.StatusOK), fails: true},
		"blob and server error": {answer: repeat("/part-", http.StatusInternalServerError), fails: true},
		"export refused":        {answer: repeat("/export", http.StatusForbidden), fails: true},
		"operation refused":     {answer: repeat("/operations/", http.StatusBadRequest), fails: true},
		"operation redirected":  {answer: repeat("/operations/", http.StatusFound), fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, environment := newWatch(t, test.options, test.answer)
			w := chatty(t, newWorkspace(t, usage, environment...))
			all, last := w.run(t, "plan -out=plan")
			if !test.fails {
				var more contents
				more, last = w.run(t, "show -json plan", "apply plan", "show -json")
				maps.Copy(all, more)
				last.mention(t, `"cost_by_currency":{"EUR":9536.765`)
			}
			if failed := last.code != 0; failed != test.fails {
				t.Fatalf("exit code %d\n%s", last.code, last.stdout)
			}
			secrets := s.secrets()
			if test.answer == nil && !slices.ContainsFunc(secrets, func(secret string) bool { return strings.Contains(secret, "sig=") }) {
				t.Error("no SAS is seen")
			}
			check(t, all, append(secrets, proxyPassword, clientSecret, refreshToken))
		})
	}
}

// A server that nobody vouches for gets nothing, and a secret that stands in the
// wrong place is not repeated.
func TestSecrets_misplaced(t *testing.T) {
	t.Parallel()
	untrusted := httptest.NewUnstartedServer(emulator.New(emulator.Options{}))
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	for name, environment := range map[string][]string{
		"endpoint without TLS to trust":  {"PARTNERCENTER_ENDPOINT=" + untrusted.URL},
		"authority without TLS to trust": {"PARTNERCENTER_AUTHORITY_HOST=" + untrusted.URL},
		"tenant_id":                      {"PARTNERCENTER_TENANT_ID=" + clientSecret},
		"client_id":                      {"PARTNERCENTER_CLIENT_ID=" + clientSecret, "PARTNERCENTER_CLIENT_SECRET=" + emulator.ClientID},
		"client_secret":                  {"PARTNERCENTER_CLIENT_SECRET=" + refreshToken},
		"refresh_token":                  {"PARTNERCENTER_REFRESH_TOKEN=" + clientSecret},
		"refresh_token_file":             {"PARTNERCENTER_REFRESH_TOKEN=", "PARTNERCENTER_REFRESH_TOKEN_FILE=" + refreshToken},
		"oidc_token_file_path":           {"PARTNERCENTER_CLIENT_SECRET=", "PARTNERCENTER_OIDC_TOKEN_FILE_PATH=" + emulator.FederatedAssertion},
		"client_certificate_path":        {"PARTNERCENTER_CLIENT_SECRET=", "PARTNERCENTER_CLIENT_CERTIFICATE_PATH=" + refreshToken},
		"environment":                    {"PARTNERCENTER_ENVIRONMENT=" + clientSecret},
		"endpoint":                       {"PARTNERCENTER_ENDPOINT=" + clientSecret},
		"authority_host":                 {"PARTNERCENTER_AUTHORITY_HOST=http://" + url.PathEscape(clientSecret) + ".example"},
		"use_cli":                        {"PARTNERCENTER_USE_CLI=" + clientSecret},
		"max_retry_wait":                 {"PARTNERCENTER_MAX_RETRY_WAIT=" + clientSecret},
		"max_concurrency":                {"PARTNERCENTER_MAX_CONCURRENCY=" + clientSecret},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, given := newWatch(t, emulator.Options{}, nil)
			all, planned := chatty(t, newWorkspace(t, usageSummary, append(given, environment...)...)).run(t, "plan -out=plan")
			planned.fail(t)
			check(t, all, append(s.secrets(), clientSecret, refreshToken, emulator.FederatedAssertion))
		})
	}
}

// The login writes the refresh token to its file, and to no other place.
func TestSecrets_login(t *testing.T) {
	t.Parallel()
	s, environment := newWatch(t, emulator.Options{}, nil)
	directory := t.TempDir()
	if err := buildCommands(); err != nil {
		t.Fatal(err)
	}
	login := exec.CommandContext(t.Context(), filepath.Join(programs, "partnercenter"), "login", "-out", filepath.Join(directory, "refresh-token"))
	login.Env = slices.Concat(environment, []string{"TMPDIR=" + directory})
	output, err := login.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	all := written(t, directory)
	if token := strings.TrimSpace(all["refresh-token"]); !slices.Contains(s.secrets(), token) {
		t.Errorf("%q is not the token that was issued", token)
	}
	delete(all, "refresh-token")
	all["output"] = string(output)
	check(t, all, append(s.secrets(), clientSecret))
}
