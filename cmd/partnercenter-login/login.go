package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// refreshTokenLife is how long Entra takes a refresh token
// (https://learn.microsoft.com/entra/identity-platform/refresh-tokens).
const refreshTokenLife = 90 * 24 * time.Hour

// login signs the user in and keeps the refresh token.
func (s *settings) login(ctx context.Context, stdout, stderr io.Writer) error {
	// Nobody shall sign in for nothing.
	if err := s.withFile(ctx, func(*entra.TokenFile) error { return nil }); err != nil {
		return err
	}
	granted, err := entra.SignInWithDeviceCode(ctx, s.signIn(), s.network(), s.cloud.Scope(), func(code entra.DeviceCode) {
		_, _ = fmt.Fprintf(stderr, "Open %s and enter the code %s", code.URL, code.UserCode)
		if !code.Expires.IsZero() {
			_, _ = fmt.Fprintf(stderr, ", until %s", code.Expires.Local().Format(time.TimeOnly))
		}
		_, _ = fmt.Fprint(stderr, ".\nSign in as the partner user whose access the pipeline is to have, with multifactor authentication.\n")
	})
	if err != nil {
		return err
	}
	if granted.RefreshToken == "" {
		return errors.New("the authority returned no refresh token: the app registration may not be allowed offline_access")
	}
	if err := s.report(stderr, granted.AccessToken); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stderr, "The refresh token ends on %s, or earlier if the password is changed or an administrator revokes it.\n",
		time.Now().Add(refreshTokenLife).Format(time.DateOnly))
	if s.out == "" {
		_, err = fmt.Fprintln(stdout, granted.RefreshToken)
		return err
	}
	if err := s.withFile(ctx, func(file *entra.TokenFile) error { return file.Replace(granted.RefreshToken) }); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stderr, "It is in %s.\n", s.out)
	return nil
}

func (s *settings) signIn() entra.Options {
	return entra.Options{
		Source:        "the command line",
		Kind:          "a device code",
		AuthorityHost: s.authority,
		TenantID:      s.tenant,
		ClientID:      s.clientID,
		ClientSecret:  s.clientSecret,
	}
}

// network retries little: somebody is waiting.
func (s *settings) network() transport.Options {
	return transport.Options{
		MaxConcurrency: 1,
		MaxRetries:     3,
		MaxRetryWait:   time.Minute,
		RequestTimeout: 30 * time.Second,
	}
}

// withFile does something to the file for the refresh token, if there is to be
// one, while it is nobody else's.
func (s *settings) withFile(ctx context.Context, do func(*entra.TokenFile) error) error {
	if s.out == "" {
		return nil
	}
	file, err := entra.LockTokenFile(ctx, s.out)
	if err != nil {
		return err
	}
	defer func() { _ = file.CloseAndRemoveLock() }()
	if file.Exists() && !s.force {
		return fmt.Errorf("%s is there already; -force replaces it", s.out)
	}
	return do(file)
}

// report says whose access token it is and when it ends. It fails if that cannot
// be the access that was asked for.
func (s *settings) report(stderr io.Writer, accessToken string) error {
	claims, readable := entra.ReadClaims(accessToken)
	if !readable {
		_, _ = fmt.Fprintln(stderr, "Signed in. The access token does not say as whom.")
		return nil
	}
	if other := claims.OtherTenant(s.tenant); other != "" {
		return fmt.Errorf("the access token is of the tenant %s, not of %s", other, s.tenant)
	}
	_, _ = fmt.Fprintf(stderr, "Signed in as %s.\n", cmp.Or(claims.User(), "a user whom the access token does not name"))
	if claims.WithoutMFA() {
		_, _ = fmt.Fprintln(stderr, "Warning: this was without multifactor authentication, and Partner Center demands it. Sign in again with it.")
	}
	if expiry := claims.Expiry(); !expiry.IsZero() {
		_, _ = fmt.Fprintf(stderr, "The access token ends at %s; it is not kept, the provider gets its own.\n", expiry.Local().Format(time.TimeOnly))
	}
	return nil
}
