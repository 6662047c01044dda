package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// refreshTokenLifetime is how long a refresh token of Entra is valid
// (https://learn.microsoft.com/entra/identity-platform/refresh-tokens).
const refreshTokenLifetime = 90 * 24 * time.Hour

// login is the command that signs a partner user in with a browser.
func (p program) login(ctx context.Context, args []string) (int, error) {
	settings, err := p.parseLogin(args)
	if err != nil {
		return exitUsage, err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	err = settings.login(ctx, p.stdout, p.stderr)
	if err != nil && ctx.Err() != nil {
		return exitInterrupted, errors.New("interrupted, nothing was written")
	}
	return exitOK, err
}

// login signs the user in and writes the refresh token.
func (s *loginSettings) login(ctx context.Context, stdout, stderr io.Writer) error {
	// Check the file before anybody signs in.
	if err := s.withFile(ctx, func(*entra.TokenFile) error { return nil }); err != nil {
		return err
	}
	granted, err := entra.SignInWithDeviceCode(ctx, s.signIn(), s.network(), s.cloud.Scope(), func(code entra.DeviceCode) {
		_, _ = fmt.Fprintf(stderr, "Open %s and enter the code %s", code.URL, code.UserCode)
		if !code.Expires.IsZero() {
			_, _ = fmt.Fprintf(stderr, ", until %s", code.Expires.Local().Format(time.TimeOnly))
		}
		_, _ = fmt.Fprint(stderr, ".\nSign in with multifactor authentication, as the partner user that the pipeline will use.\n")
	})
	if err != nil {
		return err
	}
	if granted.RefreshToken == "" {
		return errors.New("the authority returned no refresh token: the app registration may lack the permission offline_access")
	}
	if err := s.report(stderr, granted.AccessToken); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stderr, "The refresh token expires on %s, or earlier if the password is changed or an administrator revokes it.\n",
		time.Now().Add(refreshTokenLifetime).Format(time.DateOnly))
	if s.out == "" {
		_, err = fmt.Fprintln(stdout, granted.RefreshToken)
		return err
	}
	if err := s.withFile(ctx, func(file *entra.TokenFile) error { return file.Replace(granted.RefreshToken) }); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stderr, "It was written to %s.\n", s.out)
	return nil
}

func (s *loginSettings) signIn() entra.Options {
	return entra.Options{
		Source:        "the command line",
		Kind:          "a device code",
		AuthorityHost: s.authority,
		TenantID:      s.tenant,
		ClientID:      s.clientID,
		ClientSecret:  s.clientSecret,
	}
}

// network has few retries: a person is waiting.
func (s *loginSettings) network() transport.Options {
	return transport.Options{
		MaxConcurrency: 1,
		MaxRetries:     3,
		MaxRetryWait:   time.Minute,
		RequestTimeout: 30 * time.Second,
	}
}

// withFile locks the file for the refresh token, if there is one, and calls do.
func (s *loginSettings) withFile(ctx context.Context, do func(*entra.TokenFile) error) error {
	if s.out == "" {
		return nil
	}
	file, err := entra.LockTokenFile(ctx, s.out)
	if err != nil {
		return err
	}
	defer func() { _ = file.CloseAndRemoveLock() }()
	if file.Exists() && !s.force {
		return fmt.Errorf("%s exists already; -force replaces it", s.out)
	}
	return do(file)
}

// report says who signed in, and when the access token expires. It fails if that is a
// user of another tenant.
func (s *loginSettings) report(stderr io.Writer, accessToken string) error {
	claims, readable := entra.ReadClaims(accessToken)
	if !readable {
		_, _ = fmt.Fprintln(stderr, "Signed in. The access token does not say who the user is.")
		return nil
	}
	if other := claims.OtherTenant(s.tenant); other != "" {
		return fmt.Errorf("the access token is from the tenant %s, not from %s", other, s.tenant)
	}
	_, _ = fmt.Fprintf(stderr, "Signed in as %s.\n", cmp.Or(claims.User(), "a user whose name is not in the access token"))
	if claims.WithoutMFA() {
		_, _ = fmt.Fprintln(stderr, "Warning: you signed in without multifactor authentication, which Partner Center requires. Sign in again with it.")
	}
	if expiry := claims.Expiry(); !expiry.IsZero() {
		_, _ = fmt.Fprintf(stderr, "The access token expires at %s. It is not saved: the provider requests its own.\n", expiry.Local().Format(time.TimeOnly))
	}
	return nil
}
