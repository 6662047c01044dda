package graphbilling

import (
	"bytes"
	stdgzip "compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling/benchrows"
)

// BenchmarkRow is one line, without inflating. tools/bench measures whole exports.
func BenchmarkRow(b *testing.B) {
	const rows = 1000
	var lines bytes.Buffer
	if err := benchrows.WriteRows(&lines, rows, 0); err != nil {
		b.Fatal(err)
	}
	for _, groupBy := range [][]string{{"customer", "date"}, {"meter"}, {"tag:env"}, {"resource", "service", "date"}} {
		b.Run(strings.Join(groupBy, "+"), func(b *testing.B) {
			query := Query{CurrencyCode: "EUR", GroupBy: groupBy, MaxGroups: 1_000_000}
			s := newSums(newGrouping(&query, mustKeys(b, groupBy)))
			b.SetBytes(int64(lines.Len()) / rows)
			b.ReportAllocs()
			for range b.N/rows + 1 {
				if _, err := readLines(bytes.NewReader(lines.Bytes()), s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkInflate compares the inflater with that of the standard library.
func BenchmarkInflate(b *testing.B) {
	var lines, blob bytes.Buffer
	compressed := gzip.NewWriter(&blob)
	if err := benchrows.WriteRows(io.MultiWriter(&lines, compressed), 10_000, 0); err != nil {
		b.Fatal(err)
	}
	if err := compressed.Close(); err != nil {
		b.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		reader func() (io.Reader, error)
	}{
		{"standard", func() (io.Reader, error) { return stdgzip.NewReader(bytes.NewReader(blob.Bytes())) }},
		{"klauspost", func() (io.Reader, error) { return gzip.NewReader(bytes.NewReader(blob.Bytes())) }},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.SetBytes(int64(lines.Len()))
			for b.Loop() {
				inflated, err := test.reader()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, struct{ io.Reader }{inflated}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
