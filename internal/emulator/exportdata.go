package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"
)

// exportData are the rows of an export in blobs. Rows are made while they are sent,
// and are the same whenever that is.
type exportData struct {
	question exportQuestion
	text     exportText
	month    usageMonth
	// version is when the data were brought together.
	version time.Time
	// directory is that of the blobs, below the storage account.
	directory string
	// rows is how many there are at least.
	rows int

	// prepare divides the usage, once somebody asks for it.
	prepare func() preparedData
}

// preparedData are the cells, and how many rows they have.
type preparedData struct {
	cells []exportCell
	// first is the number of the first line of a cell: one of each day, before
	// they are divided into rows.
	first []int
	lines int
	rows  int
	blobs int
	eTag  string
}

// minBlobs is how many blobs an export has, and maxBlobRows how many rows one of
// them has before there are more.
const (
	minBlobs    = 4
	maxBlobRows = 250_000
)

func newExportData(s *snapshot, q exportQuestion) *exportData {
	d := &exportData{
		question: q,
		text:     exportText{partnerName: s.name, attributeSet: q.attributeSet, invoiceID: q.invoiceID},
		month:    s.usageMonth(q),
		rows:     s.options.Rows,
	}
	month := d.month.start.Format("200601")
	const minute = "200601021504"
	ending := "Fragment=" + q.attributeSet + "/PartitionType=default"
	partner := "v1/PartnerTenantId=" + TenantID + "/BillingMonth=" + month
	switch {
	case q.billed():
		// Closed when the invoice is written.
		d.version = d.month.invoice.date.Truncate(24 * time.Hour).Add(7*time.Hour + 13*time.Minute)
		d.directory = fmt.Sprintf("billedusagefastpath/%s/InvoiceId=%s/InvoiceVersion=%s/%s", partner, q.invoiceID, d.version.Format(minute), ending)
	default:
		d.version = s.asOf.Truncate(24 * time.Hour).Add(35*time.Minute + time.Duration(s.changes)*time.Minute)
		if q.period == periodLast {
			d.version = d.month.start.AddDate(0, 1, 3).Add(2*time.Hour + 6*time.Minute)
		}
		partner = strings.Replace(partner, "v1/", "v1/"+d.version.Format(minute)+"/", 1)
		d.directory = fmt.Sprintf("unbilledusagefastpath/%s/Currency=%s/%s", partner, q.currency, ending)
	}
	d.prepare = sync.OnceValue(d.prepareCells)
	return d
}

func (d *exportData) prepareCells() preparedData {
	p := preparedData{cells: d.month.exportCells()}
	digest := sha256.New()
	_, _ = fmt.Fprint(digest, d.question)
	for _, c := range p.cells {
		p.first = append(p.first, p.lines)
		p.lines += c.days
		_, _ = fmt.Fprint(digest, c.plan.id, c.resource.name, c.meter.id, c.cost, c.quantity, c.from)
	}
	p.rows = p.lines
	if p.lines > 0 {
		p.rows = max(p.lines, d.rows)
	}
	p.blobs = max(minBlobs, (p.rows+maxBlobRows-1)/maxBlobRows)
	p.eTag = base64.RawURLEncoding.EncodeToString(digest.Sum(nil)[:12])
	return p
}

// blobNames are the names of the blobs, as Spark gives them.
func (d *exportData) blobNames() []string {
	names := make([]string, d.prepare().blobs)
	for i := range names {
		names[i] = fmt.Sprintf("part-%05d-%s.c000.json.gz", i, namedGUID(d.directory))
	}
	return names
}

// blobRows is how many rows a blob has.
func (p preparedData) blobRows(blob int) (rows int) {
	for i := blob; i < len(p.cells); i += p.blobs {
		for day := range p.cells[i].days {
			rows += p.lineRows(p.first[i] + day)
		}
	}
	return rows
}

// lineRows is how many rows a line is divided into.
func (p preparedData) lineRows(line int) int {
	rows := p.rows / p.lines
	if line < p.rows%p.lines {
		rows++
	}
	return rows
}

// writeLines writes the rows of a blob, each a line.
func (d *exportData) writeLines(blob int, write func(line []byte) error) error {
	p := d.prepare()
	var buffer []byte
	for i := blob; i < len(p.cells); i += p.blobs {
		c := p.cells[i]
		costs, quantities := divideByDays(c.cost, c.from, c.days, i), divideByDays(c.quantity, c.from, c.days, i)
		line := d.text.line(c)
		for day := range c.days {
			rows := p.lineRows(p.first[i] + day)
			line.divide(c, c.from.AddDate(0, 0, day), costs[day], quantities[day], rows)
			for row := range rows {
				buffer = line.append(buffer[:0], row)
				if err := write(buffer); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
