package graphbilling

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"sync"

	azruntime "github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/errgroup"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

const (
	// maxLine limits the length of a line. Real ones have about 1.5 KiB.
	maxLine = 16 << 20
	// bufferSize is enough for nearly all lines.
	bufferSize = 64 << 10
	// minBlobs are read at once even on a single core: one is inflated while another one
	// is waited for.
	minBlobs = 2
)

// addUp reads all blobs of a manifest, several at a time.
func (c *Client) addUp(ctx context.Context, m *manifest, g *grouping) (*sums, error) {
	var mutex sync.Mutex
	total := newSums(g)
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(max(minBlobs, runtime.GOMAXPROCS(0)))
	for _, b := range m.blobs {
		workers.Go(func() error {
			part, err := c.addUpBlob(ctx, b, g)
			if err != nil {
				return err
			}
			transport.ProgressOf(ctx).AddPage(part.rows())
			mutex.Lock()
			defer mutex.Unlock()
			return total.merge(part)
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	return total, nil
}

// addUpBlob reads a blob. A try that fails is forgotten with its sums.
func (c *Client) addUpBlob(ctx context.Context, b blob, g *grouping) (part *sums, err error) {
	err = c.readBlob(ctx, b, func(body io.Reader) error {
		part = newSums(g)
		return readRows(body, b, part)
	})
	return part, err
}

// readBlob requests a blob, and reads it with a function.
func (c *Client) readBlob(ctx context.Context, b blob, read readBlob) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ctx = context.WithValue(ctx, secretURL{}, b.target)
	// This URL may be logged.
	logged := url.URL{Scheme: b.target.Scheme, Host: b.target.Host, Path: "/" + b.name}
	request, err := azruntime.NewRequest(ctx, http.MethodGet, logged.String())
	if err != nil {
		return errors.New("the blobs have no valid host")
	}
	// The stored bytes are wanted, and net/http must not inflate them on its own.
	request.Raw().Header.Set("Accept-Encoding", "identity")
	request.SetOperationValue(read)
	r, err := c.blobs.Send(ctx, request, pcclient.Error{Path: b.String()}, http.StatusOK)
	if err != nil {
		return newBlobError(r, err)
	}
	return nil
}

// readRows adds up the rows of a compressed blob. Only an error of the connection may
// pass with another try.
func readRows(body io.Reader, b blob, to *sums) error {
	connection := &errorReader{Reader: body}
	err := readGzip(connection, b, to)
	switch {
	case connection.err != nil: // It counts, not what it made of the rest.
		return connection.err
	case err == nil, errors.Is(err, io.ErrUnexpectedEOF):
		return err
	}
	return transport.PermanentError{Err: err}
}

// errorReader remembers the error of a connection.
type errorReader struct {
	io.Reader
	err error
}

func (r *errorReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

const gzipMagic = "\x1f\x8b"

// readGzip reads the rows of a blob to the end, where the checksum and the length of what
// was inflated are.
func readGzip(body io.Reader, b blob, to *sums) error {
	inflated, err := openGzip(body)
	if err != nil {
		return err
	}
	rows, err := readLines(inflated, to)
	if err != nil {
		return err
	}
	if b.rows != nil && int64(*b.rows) != rows {
		return fmt.Errorf("the blob has %d rows, and the manifest of the export says that there are %d", rows, *b.rows)
	}
	return nil
}

func openGzip(body io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(body, bufferSize)
	switch magic, err := buffered.Peek(len(gzipMagic)); {
	case err != nil:
		return nil, io.ErrUnexpectedEOF
	case string(magic) != gzipMagic:
		return nil, errors.New("the blob is not gzip, which is the only format that exports are documented to have")
	}
	inflated, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, damaged(err)
	}
	return inflated, nil
}

// damaged says that a blob cannot be inflated.
func damaged(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("the blob is damaged: %w", err)
}

// readLines adds up the rows, one per line, and counts them.
func readLines(inflated io.Reader, to *sums) (rows int64, err error) {
	lines := bufio.NewReaderSize(inflated, bufferSize)
	r := newRow(to.columns()...)
	var long []byte
	for number := 1; ; number++ {
		line, err := readLine(lines, &long)
		isLast := errors.Is(err, io.EOF)
		switch {
		case errors.Is(err, errLongLine):
			return rows, fmt.Errorf("line %d: %w", number, err)
		case err != nil && !isLast:
			return rows, err
		}
		if number == 1 {
			line = transport.TrimBOM(line)
		}
		if len(bytes.TrimSpace(line)) > 0 {
			rows++
			if err = r.parse(line); err == nil {
				err = to.add(r)
			}
			if err != nil {
				return rows, fmt.Errorf("line %d: %w", number, err)
			}
		}
		if isLast {
			return rows, nil
		}
	}
}

var errLongLine = fmt.Errorf("it is longer than %d MiB, which is the limit", maxLine>>20)

// readLine returns the next line, which is valid until the one after it. With the last
// one comes io.EOF.
func readLine(lines *bufio.Reader, long *[]byte) ([]byte, error) {
	line, err := lines.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		*long = (*long)[:0]
		for {
			if *long = append(*long, line...); len(*long) > maxLine {
				return nil, errLongLine
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
			line, err = lines.ReadSlice('\n')
		}
		line = *long
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, damaged(err)
	}
	return line, err
}
