package emulator

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// send writes the response, with what the fault does to it on the wire.
func (f Fault) send(ctx context.Context, w http.ResponseWriter, a response) {
	if f.Reset && !f.CutBody {
		reset(w)
		return
	}
	maps.Copy(w.Header(), a.header)
	if a.stream != nil {
		w.WriteHeader(a.status)
		if err := a.stream(w); err != nil {
			panic(http.ErrAbortHandler) // so that nobody takes a part for the whole
		}
		return
	}
	var body io.Reader = bytes.NewReader(a.body)
	length := len(a.body) + f.Pad
	if f.Pad > 0 {
		body = io.MultiReader(body, io.LimitReader(spaces{}, int64(f.Pad)))
	}
	if f.Gzip {
		compressed := compress(body)
		body, length = compressed, compressed.Len()
		w.Header().Set("Content-Encoding", "gzip")
	}
	switch {
	case f.Framing == UntilClose:
		w.Header().Set("Transfer-Encoding", "identity")
	case f.Framing == "" && hasBody(a.status):
		w.Header().Set("Content-Length", strconv.Itoa(length)) //nolint:gosec // Never beside the other.
	}
	if f.CutBody {
		body = io.LimitReader(body, int64(length/2))
	}
	w.WriteHeader(a.status)
	if f.Framing == Chunked {
		// Otherwise the server measures a short body.
		_ = http.NewResponseController(w).Flush()
	}
	// A client that has hung up is its own affair.
	if f.Trickle > 0 {
		_ = trickle(ctx, w, body, f.Trickle)
	} else {
		_, _ = io.Copy(w, body)
	}
	if f.CutBody {
		f.hangUp(w)
	}
}

// hangUp ends a connection after half of a body. With a length that is not
// reached, the server does that by itself.
func (f Fault) hangUp(w http.ResponseWriter) {
	_ = http.NewResponseController(w).Flush()
	switch {
	case f.Reset:
		reset(w)
	case f.Framing == Chunked:
		panic(http.ErrAbortHandler)
	}
}

// trickle writes byte by byte.
func trickle(ctx context.Context, w http.ResponseWriter, body io.Reader, each time.Duration) error {
	flush := http.NewResponseController(w).Flush
	content, err := io.ReadAll(body)
	for i := 0; err == nil && i < len(content) && pause(ctx, each); i++ {
		if _, err = w.Write(content[i : i+1]); err == nil {
			err = flush()
		}
	}
	return err
}

// spaces has no end.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func compress(body io.Reader) *bytes.Buffer {
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	_, _ = io.Copy(writer, body) // Memory takes everything.
	_ = writer.Close()
	return &compressed
}

// pause waits, and tells whether the client waited as well.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reset drops the connection. Without lingering, TCP says so with a reset instead
// of an orderly end.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "the connection cannot be reset: "+err.Error(), http.StatusInternalServerError)
		return
	}
	if tcp, ok := connection.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
