package emulator

import (
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
)

// The encodings of a blob that exports do not have.
const (
	// Plain is not compressed.
	Plain = "plain"
	// Deflate is compressed, but not with gzip.
	Deflate = "deflate"
	// UTF16 is gzip of UTF-16 with a byte order mark.
	UTF16 = "utf-16"
)

// writeBlob writes a blob as its rows are made.
func (d *exportData) writeBlob(w io.Writer, blob int, encoding string) error {
	compressor, err := newCompressor(w, encoding)
	if err != nil {
		return err
	}
	if encoding == UTF16 {
		if _, err := compressor.Write(toUTF16([]byte(byteOrderMark))); err != nil {
			return err
		}
	}
	err = d.writeLines(blob, func(line []byte) error {
		if encoding == UTF16 {
			line = toUTF16(line)
		}
		_, err := compressor.Write(line)
		return err
	})
	return errors.Join(err, compressor.Close())
}

// newCompressor compresses fast rather than well.
func newCompressor(w io.Writer, encoding string) (io.WriteCloser, error) {
	switch encoding {
	case Plain:
		return plain{w}, nil
	case Deflate:
		return zlib.NewWriterLevel(w, zlib.BestSpeed)
	default:
		return gzip.NewWriterLevel(w, gzip.BestSpeed)
	}
}

type plain struct{ io.Writer }

func (plain) Close() error { return nil }

// toUTF16 writes UTF-8 as UTF-16, little end first.
func toUTF16(text []byte) []byte {
	var units []byte
	for _, unit := range utf16.Encode([]rune(string(text))) {
		units = binary.LittleEndian.AppendUint16(units, unit)
	}
	return units
}
