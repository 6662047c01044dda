package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
)

// CleanError removes the URL that net/http puts before an error: its query may be
// confidential.
func CleanError(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the connection ended before the whole response was read: %w", err)
	}
	return err
}

// Reason says in one line why a try got no response, for a log.
func Reason(ctx context.Context, err error) string {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return OneLine(CleanError(err).Error())
}
