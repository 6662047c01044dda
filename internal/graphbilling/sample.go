package graphbilling

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// Sample is how an export begins.
type Sample struct {
	Blobs int
	Lines [][]byte // of the first blob
}

// Sample starts the export of a query with all columns, waits for it as [Client.Usage]
// does, and reads some lines of its first blob as they are. With an error it returns what
// was read so far, also if that is a line that cannot be added up. It does not read the
// blob to the end, so that its checksum is not checked.
func (c *Client) Sample(ctx context.Context, q Query, count int) (*Sample, error) {
	if err := c.Available(); err != nil {
		return nil, err
	}
	q.GroupBy = []string{tagPrefix + "any"}
	for _, k := range keys {
		q.GroupBy = append(q.GroupBy, k.name)
	}
	every, err := parseKeys(q.GroupBy)
	if err != nil {
		return nil, err
	}
	asked, err := q.question(every)
	if err != nil {
		return nil, err
	}
	e, sample := c.export(asked), &Sample{}
	m, err := e.get(ctx, nil)
	for renewed := false; err == nil; renewed = true {
		if sample.Blobs = len(m.blobs); sample.Blobs == 0 {
			return sample, nil
		}
		err = c.readBlob(ctx, m.blobs[0], func(body io.Reader) (err error) {
			sample.Lines, err = firstLines(body, newSums(newGrouping(&q, every)), count)
			return err
		})
		if err == nil {
			return sample, nil
		}
		if renewed || !isSASEnd(err) {
			break
		}
		m, err = e.get(ctx, m)
	}
	return sample, explain(ctx, &q, err)
}

// firstLines reads lines, and tries whether they can be added up.
func firstLines(body io.Reader, to *sums, count int) (read [][]byte, err error) {
	connection := &errorReader{Reader: body}
	defer func() {
		if err != nil && connection.err == nil {
			err = transport.PermanentError{Err: err}
		}
	}()
	inflated, err := openGzip(connection)
	if err != nil {
		return nil, err
	}
	lines, r := bufio.NewReaderSize(inflated, bufferSize), newRow(to.columns()...)
	var long []byte
	for len(read) < count {
		line, readErr := readLine(lines, &long)
		if readErr != nil && !errors.Is(readErr, io.EOF) {
			return read, fmt.Errorf("line %d: %w", len(read)+1, readErr)
		}
		if line = bytes.TrimSpace(transport.TrimBOM(line)); len(line) > 0 {
			read = append(read, bytes.Clone(line))
			failure := r.parse(line)
			if failure == nil {
				failure = to.add(r)
			}
			if failure != nil && err == nil { // The lines behind it may tell more.
				err = fmt.Errorf("line %d: %w", len(read), failure)
			}
		}
		if readErr != nil {
			return read, err
		}
	}
	return read, err
}
