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
// on: NotSaved is told, and the next exchange is with the token that was not
// saved, which is then tried to be written first.
func (t *tokenEndpoint) rotate(ctx context.Context, scopes []string) (*oauth2.Token, error) {
	// A wrong path shall not leave a lock behind.
	if _, err := t.refreshToken(); err != nil {
		return nil, t.unable(err)
	}
	file, err := LockTokenFile(ctx, t.RefreshTokenFile)
	if err != nil {
		if ctx.Err() == nil {
			err = fmt.Errorf("%w; make the file writable, and its directory if possible, or do without rotation", err)
		}
		return nil, t.unable(fmt.Errorf("rotate_refresh_token: %w", err))
	}
	defer func() { _ = file.Close() }()
	kept, err := file.Read()
	if err != nil {
		return nil, t.unable(err)
	}
	refresh := t.newest(file, kept)
	token, err := t.exchange(ctx, scopes, refresh)
	if err != nil || token.RefreshToken == "" || token.RefreshToken == refresh {
		return token, err
	}
	if err := file.Replace(token.RefreshToken); err != nil {
		held := refresh
		if t.unsaved != nil {
			held = t.unsaved.old
		}
		t.unsaved = &unsaved{token: token.RefreshToken, old: held}
		t.NotSaved(ctx, err)
		return token, nil
	}
	t.unsaved = nil
	return token, nil
}

// newest returns the refresh token of the file, or the one that should have
// replaced it, and now does if it can.
func (t *tokenEndpoint) newest(file *TokenFile, kept string) string {
	if t.unsaved == nil {
		return kept
	}
	refresh := t.unsaved.token
	switch {
	case kept != t.unsaved.old:
		refresh, t.unsaved = kept, nil // Somebody else has written it since.
	case file.Replace(refresh) == nil:
		t.unsaved = nil
	}
	return refresh
}
