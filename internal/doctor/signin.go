package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/advice"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// The names of the APIs in the report.
const (
	partnerCenter  = "Partner Center"
	microsoftGraph = "Microsoft Graph"
)

// firstTokens returns its first token of each scope twice, so that the doctor can look at
// the token that the requests are sent with. After a 401 the credential is asked for another
// one.
type firstTokens struct {
	azcore.TokenCredential

	mutex  sync.Mutex
	tokens map[string]azcore.AccessToken // by the scope
}

func (f *firstTokens) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	scope := strings.Join(options.Scopes, " ")
	if token, ok := f.tokens[scope]; ok {
		delete(f.tokens, scope)
		return token, nil
	}
	return f.TokenCredential.GetToken(ctx, options)
}

// look gets the token without using it up.
func (f *firstTokens) look(ctx context.Context, scope string) (string, error) {
	token, err := f.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return "", err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.tokens[scope] = token
	return token.Token, nil
}

// describeSignIn describes the sign-in to an API before it is tried.
func describeSignIn(c config.Config, api string, endpoint *url.URL) SignIn {
	s := SignIn{
		API:        api,
		Credential: c.SignIn.Kind,
		Source:     c.SignIn.Source,
		TenantID:   c.SignIn.TenantID,
		ClientID:   c.SignIn.ClientID,
		Authority:  c.SignIn.Authority.String(),
		Problems:   []Advice{},
	}
	if endpoint != nil {
		s.Endpoint = endpoint.String()
	}
	return s
}

// try signs in. It returns the claims of the token if they can be read.
func (s *SignIn) try(ctx context.Context, c config.Config, credential *firstTokens, scope string) (*entra.Claims, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.Options.OperationTimeout, pcclient.ErrOperationTimeout)
	defer cancel()
	token, err := credential.look(ctx, scope)
	if err != nil {
		return nil, err
	}
	s.Works = true
	s.Token = readToken(token)
	claims, readable := entra.ReadClaims(token)
	if !readable {
		return nil, nil
	}
	if other := claims.OtherTenant(c.Options.TenantID); other != "" {
		s.Problems = append(s.Problems, Advice{
			Summary: "Token of another tenant",
			Problem: fmt.Sprintf("The access token is from the tenant %s, not from %s.", other, c.Options.TenantID),
			Advice:  "Sign in to the partner's own tenant.",
		})
	}
	return &claims, nil
}

// checkSignIn signs in to Partner Center.
func checkSignIn(ctx context.Context, c config.Config, credential *firstTokens) (SignIn, error) {
	s := describeSignIn(c, partnerCenter, c.Options.Endpoint)
	claims, err := s.try(ctx, c, credential, c.Options.Scope)
	switch {
	case isMissing(err):
		s.skip(err)
	case err != nil:
		s.Problems = append(s.Problems, explain("an access token", err))
	case claims != nil && claims.WithoutMFA():
		s.Problems = append(s.Problems, explain("", &pcclient.Error{Method: "GET", Code: "900421", Status: 401}).withProblem("No multifactor authentication", "The access token says that its user signed in without multifactor authentication."))
	}
	return s, err
}

// checkGraphSignIn signs in to Microsoft Graph, unless nothing is configured for it. Most
// configurations read no exports, so what is missing is told, and counts only if an export
// is asked for or if there is no sign-in to Partner Center.
func checkGraphSignIn(ctx context.Context, c config.Config, credential *firstTokens, graph *graphbilling.Client, partnerCenterErr error, isAsked bool) SignIn {
	s := describeSignIn(c, microsoftGraph, c.Options.Graph.Endpoint)
	s.Optional = !isAsked && !isMissing(partnerCenterErr)
	err := graph.Available()
	switch {
	case err == nil && isUnreachable(partnerCenterErr):
		s.Reason = "the sign-in to Partner Center got no response"
		return s
	case err == nil:
		var claims *entra.Claims
		if claims, err = s.try(ctx, c, credential, graphbilling.Scope); err != nil {
			err = graphbilling.ExplainSignIn(ctx, err)
		} else if claims != nil {
			err = graphbilling.CheckPermission(*claims)
		}
	case s.Optional:
		s.skip(err)
		return s
	}
	switch {
	case s.Optional && isMissing(err):
		s.skip(err)
	case err != nil:
		problem := explain("an access token", err)
		if s.Works {
			problem.Summary = "Missing permission"
		}
		s.Problems = append(s.Problems, problem)
	}
	return s
}

// skip says why a sign-in is not needed.
func (s *SignIn) skip(err error) {
	s.Optional, s.Reason = true, err.Error()
	if missing, ok := errors.AsType[entra.MissingAccessTokenError](err); ok {
		s.Reason = missing.Error()
	}
}

// isMissing reports whether the sign-in failed since there is no access token for the API.
func isMissing(err error) bool {
	_, missing := errors.AsType[entra.MissingAccessTokenError](err)
	return missing
}

// isUnreachable reports whether a sign-in failed without a response.
func isUnreachable(err error) bool {
	signIn, ok := errors.AsType[*entra.Error](err)
	return ok && signIn.Endpoint != "" && signIn.Status == 0
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
