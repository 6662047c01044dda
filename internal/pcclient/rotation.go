package pcclient

import (
	"context"
	"fmt"

	"golang.org/x/oauth2"
)

// Refresh tokens replace themselves at every use and live for 90 days each. Entra
// does not revoke the old one
// (https://learn.microsoft.com/entra/identity-platform/refresh-tokens), so
// writing the new one back keeps a file good without end, and a run that is
// killed before it has written loses nothing.

// unsaved is a refresh token that could not be written to its file.
type unsaved struct {
	token string
	old   string // what the file held then
}

// rotate exchanges the refresh token of the file, and writes the one that
// replaces it back. From reading to writing it holds the file's lock, so that of
// two processes the second one starts with what the first one got.
//
// If the writing fails, the access token is as good as ever, and the read goes
// on: NotSaved is told, and the next exchange writes first, or fails.
func (t *tokenEndpoint) rotate(ctx context.Context, scopes []string) (*oauth2.Token, error) {
	// A wrong path shall not leave a lock behind.
	if _, err := t.refreshToken(); err != nil {
		return nil, t.unable(err)
	}
	file, err := LockTokenFile(ctx, t.RefreshTokenFile)
	if err != nil {
		return nil, t.unable(fmt.Errorf("rotate_refresh_token: %w", err))
	}
	defer func() { _ = file.Close() }()
	refresh, err := t.newest(file)
	if err != nil {
		return nil, t.unable(err)
	}
	token, err := t.exchange(ctx, scopes, refresh)
	if err != nil || token.RefreshToken == "" || token.RefreshToken == refresh {
		return token, err
	}
	if err := file.Replace(token.RefreshToken); err != nil {
		t.unsaved = &unsaved{token: token.RefreshToken, old: refresh}
		t.NotSaved(ctx, err)
	}
	return token, nil
}

// newest returns the refresh token of the file, or the one that should have
// replaced it and now does.
func (t *tokenEndpoint) newest(file *TokenFile) (string, error) {
	refresh, err := file.Read()
	if err != nil || t.unsaved == nil {
		return refresh, err
	}
	if refresh == t.unsaved.old {
		refresh = t.unsaved.token
		if err := file.Replace(refresh); err != nil {
			return "", fmt.Errorf("rotate_refresh_token: the refresh token of the last sign-in still cannot be written: %w", err)
		}
	}
	t.unsaved = nil
	return refresh, nil
}
