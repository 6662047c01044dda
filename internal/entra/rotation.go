package entra

import (
	"context"
	"fmt"

	"golang.org/x/oauth2"
)

// unsavedToken is a refresh token that could not be written to its file.
type unsavedToken struct {
	token string
	old   string // what the file contained at that time
}

// getTokenAndRotate sends the refresh token of the file, and writes the new one that
// Entra returns back to the file. Each is valid for 90 days, and Entra does not revoke
// the old one (https://learn.microsoft.com/entra/identity-platform/refresh-tokens). So
// the file never expires, and a run that is killed before it writes loses nothing.
//
// It holds the lock of the file from reading to writing: a second process starts with
// the token that the first one got.
//
// If the writing fails, the access token is still valid and the read continues. NotSaved
// is called, and the next request sends the unsaved token, after another attempt to
// write it.
func (c *credential) getTokenAndRotate(ctx context.Context, scopes []string) (*oauth2.Token, error) {
	// A wrong path must not leave a lock file behind.
	if _, err := c.refreshToken(); err != nil {
		return nil, c.localError(err)
	}
	file, err := LockTokenFile(ctx, c.RefreshTokenFile)
	if err != nil {
		if ctx.Err() == nil {
			err = fmt.Errorf("%w; make the file writable, and its directory if possible, or turn rotation off", err)
		}
		return nil, c.localError(fmt.Errorf("rotate_refresh_token: %w", err))
	}
	defer func() { _ = file.Close() }()
	saved, err := file.Read()
	if err != nil {
		return nil, c.localError(err)
	}
	refresh := c.newestToken(file, saved)
	token, err := c.requestToken(ctx, scopes, refresh)
	if err != nil || token.RefreshToken == "" || token.RefreshToken == refresh {
		return token, err
	}
	if err := file.Replace(token.RefreshToken); err != nil {
		old := refresh
		if c.unsaved != nil {
			old = c.unsaved.old
		}
		c.unsaved = &unsavedToken{token: token.RefreshToken, old: old}
		c.NotSaved(ctx, err)
		return token, nil
	}
	c.unsaved = nil
	return token, nil
}

// newestToken returns the saved refresh token, or the unsaved one that is newer, after
// another attempt to write it.
func (c *credential) newestToken(file *TokenFile, saved string) string {
	if c.unsaved == nil {
		return saved
	}
	refresh := c.unsaved.token
	switch {
	case saved != c.unsaved.old:
		refresh, c.unsaved = saved, nil // Another process has written a newer one.
	case file.Replace(refresh) == nil:
		c.unsaved = nil
	}
	return refresh
}
