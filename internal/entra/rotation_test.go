package entra

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

// issuer is a token endpoint that gives a new refresh token for each one. Entra
// takes the old ones too, a strict issuer does not.
type issuer struct {
	strict bool
	before func() // it answers

	mutex  sync.Mutex
	issued map[string]bool // and whether it is good
	newest string
	asked  []string
}

// refreshTokens are as long as Entra's, so that half of one could be written.
func refreshToken(number int) string {
	return fmt.Sprintf("refresh-%d-%s-end", number, strings.Repeat("x", 4000))
}

func newIssuer(strict bool) *issuer {
	i := &issuer{strict: strict, issued: map[string]bool{}}
	i.issue()
	return i
}

func (i *issuer) issue() {
	i.newest = refreshToken(len(i.issued))
	i.issued[i.newest] = true
}

func (i *issuer) exchange(refresh string) (int, string) {
	if i.before != nil {
		i.before()
	}
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.asked = append(i.asked, refresh)
	if !i.issued[refresh] {
		return http.StatusBadRequest, `{"error":"invalid_grant","error_description":"AADSTS50173: Revoked."}`
	}
	if i.strict {
		i.issued[refresh] = false
	}
	i.issue()
	return http.StatusOK, fmt.Sprintf(`{"token_type":"Bearer","expires_in":3599,"access_token":"token-1","refresh_token":%q}`, i.newest)
}

// ServeHTTP is for other processes.
func (i *issuer) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	status, body := i.exchange(request.PostFormValue("refresh_token"))
	response.Header().Set("Content-Type", "application/json")
	response.WriteHeader(status)
	_, _ = io.WriteString(response, body)
}

// reply is for this process.
func (i *issuer) reply(request *http.Request) (*http.Response, error) {
	content, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(content))
	if err != nil {
		return nil, err
	}
	status, body := i.exchange(form.Get("refresh_token"))
	return wiretest.Respond(status, body)(request)
}

// serve answers to other processes.
func (i *issuer) serve(t *testing.T) (address string) {
	t.Helper()
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	return server.URL
}

// write puts the newest refresh token into a new file.
func (i *issuer) write(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(i.newest), mode); err != nil {
		t.Fatal(err)
	}
	// Whatever the umask is.
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// rotating is the sign-in with a file in this process, and what it could not
// save.
type rotating struct {
	*credential
	notSaved []error
}

func newRotating(t *testing.T, i *issuer, file string) *rotating {
	t.Helper()
	r := &rotating{}
	r.credential = newCredential(Options{
		Source: "the configuration", Kind: "a refresh token",
		AuthorityHost: wiretest.ParseURL(t, "https://login.example"), TenantID: "contoso.example", ClientID: "client-1",
		RefreshTokenFile: file, Rotate: true,
		NotSaved: func(_ context.Context, err error) { r.notSaved = append(r.notSaved, err) },
	}, networkOptions(&wiretest.Wire{Respond: i.reply}))
	return r
}

func (r *rotating) signIn(ctx context.Context) error {
	_, err := r.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{"https://api.example/.default"}})
	return err
}

func wantContent(t *testing.T, file, want string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(content)); got != want {
		t.Errorf("the file has %.20s… (%d bytes), want %.20s…", got, len(got), want)
	}
}

// wantFiles checks what is in a directory.
func wantFiles(t *testing.T, directory string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("in the directory are %q, want %q", got, want)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	for _, mode := range []os.FileMode{0o600, 0o640, 0o660, 0o400} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			file := filepath.Join(directory, "refresh-token")
			i := newIssuer(true)
			i.write(t, file, mode)
			r := newRotating(t, i, file)
			for range 3 {
				if err := r.signIn(t.Context()); err != nil {
					t.Fatal(err)
				}
				wantContent(t, file, i.newest)
			}
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode() != mode {
				t.Errorf("the mode is %s, want %s", info.Mode(), mode)
			}
			if len(i.asked) != 3 || len(r.notSaved) > 0 {
				t.Errorf("%d exchanges, not saved: %v", len(i.asked), r.notSaved)
			}
			wantFiles(t, directory, "refresh-token", "refresh-token.lock")
		})
	}
}

// An authority that returns no refresh token, or the same one, changes nothing.
func TestRotation_nothingNew(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"none": `{"access_token":"token-1","expires_in":1}`,
		"same": `{"access_token":"token-1","expires_in":1,"refresh_token":"refresh-1"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "refresh-token")
			if err := os.WriteFile(file, []byte("refresh-1"), 0o600); err != nil {
				t.Fatal(err)
			}
			before, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			a := newAuthority(t, wiretest.Respond(http.StatusOK, body), func(token *Options, _ *transport.Options) { token.RefreshTokenFile, token.Rotate = file, true })
			if _, err := a.signIn(t); err != nil {
				t.Fatal(err)
			}
			if after, err := os.Stat(file); err != nil || !os.SameFile(before, after) {
				t.Errorf("the file was replaced: %v", err)
			}
		})
	}
}

func TestRotation_refusalLeavesTheFile(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	file := filepath.Join(directory, "refresh-token")
	i := newIssuer(true)
	i.write(t, file, 0o600)
	i.issued[i.newest] = false
	wiretest.WantText(t, newRotating(t, i, file).signIn(t.Context()), "AADSTS50173")
	wantContent(t, file, i.newest)
	wantFiles(t, directory, "refresh-token", "refresh-token.lock")
}

// A symbolic link stays, and the lock is beside what it leads to: another link
// may lead there too.
func TestRotation_symbolicLink(t *testing.T) {
	t.Parallel()
	links, files := t.TempDir(), t.TempDir()
	link, file := filepath.Join(links, "link"), filepath.Join(files, "refresh-token")
	i := newIssuer(true)
	i.write(t, file, 0o640)
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	if err := newRotating(t, i, link).signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(link); err != nil || target != file {
		t.Errorf("the link leads to %s: %v", target, err)
	}
	wantContent(t, file, i.newest)
	wantFiles(t, links, "link")
	wantFiles(t, files, "refresh-token", "refresh-token.lock")
}

func TestRotation_killedBefore(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	file := filepath.Join(directory, "refresh-token")
	i := newIssuer(true)
	i.write(t, file, 0o600)
	if err := os.WriteFile(file+".new", []byte("refresh-"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := newRotating(t, i, file).signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantContent(t, file, i.newest)
	wantFiles(t, directory, "refresh-token", "refresh-token.lock")
}

// Nothing is sent if the answer could not be kept.
func TestRotation_cannotBegin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(t *testing.T, directory, file string) error
		want    string
	}{
		"no file": {
			func(_ *testing.T, _, file string) error { return os.Remove(file) },
			"the refresh token file cannot be read",
		},
		"an empty file": {
			func(_ *testing.T, _, file string) error { return os.WriteFile(file, []byte("\n"), 0o600) },
			"is empty",
		},
		"something in the way of the next file": {
			func(_ *testing.T, _, file string) error { return os.MkdirAll(filepath.Join(file+".new", "x"), 0o700) },
			"cannot be replaced",
		},
		"something in the way of the lock": {
			func(_ *testing.T, _, file string) error { return os.Mkdir(file+".lock", 0o000) },
			"cannot be locked",
		},
		"neither a directory nor a file that can be written": {
			func(t *testing.T, directory, file string) error {
				t.Helper()
				if os.Geteuid() == 0 {
					t.Skip("root writes everywhere")
				}
				t.Cleanup(func() { _ = os.Chmod(directory, 0o700) })
				return errors.Join(os.Chmod(file, 0o400), os.Chmod(directory, 0o500))
			},
			"make the file writable",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			file := filepath.Join(directory, "refresh-token")
			i := newIssuer(true)
			i.write(t, file, 0o600)
			if err := test.prepare(t, directory, file); err != nil {
				t.Fatal(err)
			}
			err := newRotating(t, i, file).signIn(t.Context())
			wiretest.WantText(t, err, "sign-in with a refresh token from the configuration failed", test.want, file)
			if e, ok := errors.AsType[*Error](err); !ok || e.Permanent {
				t.Errorf("the error is %#v", err)
			}
			if len(i.asked) > 0 {
				t.Error("the token was sent")
			}
		})
	}
}

// The access token is as good as ever, so the read goes on. The refresh token is
// kept until it can be written.
func TestRotation_notSaved(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "refresh-token")
	i := newIssuer(true)
	i.write(t, file, 0o600)
	first := i.newest
	// Something takes the place of the file while the authority answers.
	i.before = func() {
		if err := errors.Join(os.Remove(file), os.MkdirAll(filepath.Join(file, "x"), 0o700)); err != nil {
			t.Error(err)
		}
	}
	r := newRotating(t, i, file)
	if err := r.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(r.notSaved) != 1 || strings.Contains(r.notSaved[0].Error(), "refresh-0-") {
		t.Fatalf("not saved: %v", r.notSaved)
	}
	second := i.newest
	i.before = nil

	wiretest.WantText(t, r.signIn(t.Context()), "the refresh token file cannot be read")
	if err := errors.Join(os.RemoveAll(file), os.WriteFile(file, []byte(first), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := r.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := i.asked[1]; got != second {
		t.Errorf("sent was %.20s, want %.20s", got, second)
	}
	wantContent(t, file, i.newest)
}

// What somebody else has written since is newer than what could not be.
func TestRotation_notSavedAndReplaced(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "refresh-token")
	i := newIssuer(false)
	i.write(t, file, 0o600)
	r := newRotating(t, i, file)
	r.unsaved = &unsavedToken{token: "never sent", old: "another one"}
	if err := r.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if i.asked[0] != refreshToken(0) || r.unsaved != nil {
		t.Errorf("sent was %.20s", i.asked[0])
	}
}

func TestTokenFile_lockIsWaitedFor(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "refresh-token")
	held, err := LockTokenFile(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := LockTokenFile(ctx, file); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
	time.AfterFunc(20*time.Millisecond, func() { _ = held.Close() })
	second, err := LockTokenFile(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

// Where no other file can take its place, it is written where it is.
func TestTokenFile_inPlace(t *testing.T) {
	t.Parallel()
	for name, tokens := range map[string][2]string{
		"a longer one":  {"refresh-1", refreshToken(2)},
		"a shorter one": {refreshToken(1), "refresh-2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			path := filepath.Join(directory, "refresh-token")
			if err := os.WriteFile(path, []byte(tokens[0]), 0o600); err != nil {
				t.Fatal(err)
			}
			before, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			file, err := LockTokenFile(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			file.rename = func(string, string) error {
				wantContent(t, path+".new", tokens[1])
				return syscall.EBUSY
			}
			if err := file.Replace(tokens[1]); err != nil {
				t.Fatal(err)
			}
			if content, err := os.ReadFile(path); err != nil || string(content) != tokens[1]+"\n" {
				t.Errorf("the file has %q: %v", content, err)
			}
			if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
				t.Errorf("it is another file: %v", err)
			}
			if err := file.Close(); err != nil {
				t.Error(err)
			}
			wantFiles(t, directory, "refresh-token", "refresh-token.lock")
		})
	}
}

func TestTokenFile_noLockIsLeft(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	path := filepath.Join(directory, "refresh-token")
	var group sync.WaitGroup
	held := make(chan struct{}, 1) // Of several at a time, one has it.
	for range 4 {
		group.Go(func() {
			for range 5 {
				file, err := LockTokenFile(t.Context(), path)
				if err != nil {
					t.Error(err)
					return
				}
				select {
				case held <- struct{}{}:
				default:
					t.Error("two have the lock")
				}
				<-held
				if err := file.CloseAndRemoveLock(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	wantFiles(t, directory)
}

func TestTokenFile_new(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	path := filepath.Join(directory, "refresh-token")
	file, err := LockTokenFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if file.Exists() {
		t.Error("it is there already")
	}
	for n := range 2 {
		if err := file.Replace(refreshToken(n)); err != nil {
			t.Fatal(err)
		}
		wantContent(t, path, refreshToken(n))
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Error(info, err)
	}
	wantFiles(t, directory, "refresh-token", "refresh-token.lock")
}

func TestTokenFile_notAFile(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	dangling := filepath.Join(directory, "dangling")
	if err := os.Symlink(filepath.Join(directory, "nowhere"), dangling); err != nil {
		t.Skip(err)
	}
	for path, want := range map[string]string{
		directory:                           "is not a file",
		dangling:                            "whose target does not exist",
		filepath.Join(directory, "no", "x"): "cannot be locked",
	} {
		_, err := LockTokenFile(t.Context(), path)
		wiretest.WantText(t, err, path, want)
	}
	wantFiles(t, directory, "dangling")
}

// What a process of its own is told: where to sign in, with which file, how
// often.
const (
	rotatesAt   = "ENTRA_TEST_ROTATES_AT"
	rotatesFile = "ENTRA_TEST_ROTATES_FILE"
	rotates     = "ENTRA_TEST_ROTATES"
)

// rotator signs in again and again. It prints a line for each time, and its exit
// code is how often that failed.
func rotator() int {
	ignoreFileSizeSignal()
	authority, err := url.Parse(os.Getenv(rotatesAt))
	if err != nil {
		panic(err)
	}
	times, err := strconv.Atoi(os.Getenv(rotates))
	if err != nil {
		panic(err)
	}
	t := newCredential(Options{
		AuthorityHost: authority, TenantID: "t", ClientID: "c", RefreshTokenFile: os.Getenv(rotatesFile), Rotate: true,
		NotSaved: func(_ context.Context, err error) { fmt.Println("not saved:", err) },
	}, transport.Options{MaxConcurrency: 1, RequestTimeout: time.Minute, MaxRetryWait: time.Second})
	failed := 0
	for range times {
		if _, err := t.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{"s"}}); err != nil {
			failed++
			fmt.Println("failed:", err)
			continue
		}
		fmt.Println("signed in")
	}
	return failed
}
