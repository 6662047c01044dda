package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/advice"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// partnerCenter is the name of the API in the report. The exports of Microsoft Graph, whose
// tokens have another audience, will be the second one: a sign-in and routes of their own.
const partnerCenter = "Partner Center"

// firstToken returns its first token twice, so that the doctor can look at the token that
// the requests are sent with. After a 401 the credential is asked for another one.
type firstToken struct {
	azcore.TokenCredential

	mutex sync.Mutex
	scope string // of the token
	token *azcore.AccessToken
}

func (f *firstToken) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.token != nil && slices.Equal(options.Scopes, []string{f.scope}) {
		token := *f.token
		f.token = nil
		return token, nil
	}
	return f.TokenCredential.GetToken(ctx, options)
}

// look gets the token without using it up.
func (f *firstToken) look(ctx context.Context, scope string) (string, error) {
	token, err := f.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return "", err
	}
	f.scope, f.token = scope, &token
	return token.Token, nil
}

// checkSignIn signs in.
func checkSignIn(ctx context.Context, c config.Config, credential *firstToken) SignIn {
	s := SignIn{
		API:        partnerCenter,
		Credential: c.SignIn.Kind,
		Source:     c.SignIn.Source,
		TenantID:   c.SignIn.TenantID,
		ClientID:   c.SignIn.ClientID,
		Authority:  c.SignIn.Authority.String(),
		Endpoint:   c.Options.Endpoint.String(),
		Problems:   []Advice{},
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.Options.OperationTimeout, pcclient.ErrOperationTimeout)
	defer cancel()
	token, err := credential.look(ctx, c.Options.Scope)
	if err != nil {
		s.Problems = append(s.Problems, explain("an access token", err))
		return s
	}
	s.Works = true
	s.Token = readToken(token)
	if claims, readable := entra.ReadClaims(token); readable {
		if other := claims.OtherTenant(c.Options.TenantID); other != "" {
			s.Problems = append(s.Problems, Advice{
				Summary: "Token of another tenant",
				Problem: fmt.Sprintf("The access token is from the tenant %s, not from %s.", other, c.Options.TenantID),
				Advice:  "Sign in to the partner's own tenant.",
			})
		}
		if claims.WithoutMFA() {
			s.Problems = append(s.Problems, explain("", &pcclient.Error{Method: "GET", Code: "900421", Status: 401}).withProblem("No multifactor authentication", "The access token says that its user signed in without multifactor authentication."))
		}
	}
	return s
}

func readToken(token string) *Token {
	claims, readable := entra.ReadClaims(token)
	if !readable {
		return &Token{Kind: "unknown"}
	}
	told := &Token{
		Kind:        "App+User",
		TenantID:    transport.OneLine(claims.TenantID),
		Audience:    transport.OneLine(claims.Audience),
		Permissions: transport.OneLine(strings.Join(claims.Roles, " ")),
	}
	switch {
	case claims.AppOnly():
		told.Kind = "App"
	case len(claims.Methods) > 0:
		told.MultiFactor = new(!claims.WithoutMFA())
	}
	if claims.Scope != nil {
		told.Permissions = transport.OneLine(*claims.Scope)
	}
	if expiry := claims.Expiry(); !expiry.IsZero() {
		told.Expires = &expiry
	}
	return told
}

// explain explains an error in the provider's words.
func explain(title string, err error) Advice {
	e := advice.Explain(title, err)
	return Advice{e.Summary, e.Problem, e.Advice, strings.TrimSpace(e.IDs)}
}

func (a Advice) withProblem(summary, problem string) Advice {
	a.Summary, a.Problem = summary, problem
	return a
}

// addWarnings adds what the credential warns of.
func (s *SignIn) addWarnings(warnings []pcclient.Warning) {
	for _, w := range warnings {
		s.Problems = append(s.Problems, Advice{Summary: w.Summary, Problem: w.Detail})
	}
}

// unconfigured is a sign-in that the configuration prevents.
func unconfigured(problems []config.Problem) SignIn {
	s := SignIn{API: partnerCenter}
	for _, p := range problems {
		s.Problems = append(s.Problems, Advice{Summary: p.Summary, Problem: p.Detail})
	}
	return s
}

// seconds writes a duration for people.
func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
