package transport

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Log writes one line to a log, as tflog.Info does.
type Log func(ctx context.Context, message string, fields ...map[string]any)

const (
	// progressInterval is how often a read that takes long logs its progress.
	progressInterval = 10 * time.Second
	// longWait is the shortest wait that is logged when it begins.
	longWait = 5 * time.Second
)

// Progress is how far a read is and what it waits for. It is logged at intervals of
// time, not of pages, so that a read of ten thousand pages does not fill the log. What a
// person wants to know is also in the message, since Terraform prints the fields of a
// line in random order. The methods do nothing for nil, which is a read that is not
// logged.
type Progress struct {
	write func(message string, fields map[string]any)
	start time.Time
	timer *time.Timer

	mutex       sync.Mutex
	ended       bool
	pages       int
	cachedPages int
	items       int
	totalCount  int64
	waits       []*wait // in the order in which they began
}

// wait is something that a read waits for. The end is zero if it is not known.
type wait struct {
	reason, path string
	start, end   time.Time
}

type progressKey struct{}

// StartProgress logs that a read starts, and returns a context with its progress.
func StartProgress(ctx context.Context, log Log) (context.Context, *Progress) {
	if log == nil {
		return ctx, nil
	}
	p := &Progress{start: time.Now()}
	ctx = context.WithValue(ctx, progressKey{}, p)
	p.write = func(message string, fields map[string]any) {
		fields["correlation_id"] = CorrelationID(ctx)
		log(ctx, message, fields)
	}
	p.write("Read started", map[string]any{})
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.timer = time.AfterFunc(progressInterval, p.report)
	return ctx, p
}

// ProgressOf returns the progress of the read that a context belongs to, or nil.
func ProgressOf(ctx context.Context) *Progress {
	p, _ := ctx.Value(progressKey{}).(*Progress)
	return p
}

// End logs that the read has ended. Nothing is logged afterwards.
func (p *Progress) End() {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.timer.Stop()
	if p.ended {
		return
	}
	p.ended = true
	text, fields := p.describe()
	p.write("Read ended: "+text, fields)
}

// report logs the progress, and does so again after the next interval.
func (p *Progress) report() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.ended {
		return
	}
	text, fields := p.describe()
	if len(p.waits) > 0 {
		oldest := p.waits[0]
		waited := time.Since(oldest.start)
		text += fmt.Sprintf("; waiting for %s since %s", oldest.reason, rounded(waited))
		maps.Copy(fields, oldest.fields())
		fields["waited_ms"] = waited.Milliseconds()
	}
	p.write("Read in progress: "+text, fields)
	p.timer.Reset(progressInterval)
}

// describe returns how far the read is, in words and in fields.
func (p *Progress) describe() (text string, fields map[string]any) {
	took := time.Since(p.start)
	fields = map[string]any{"pages": p.pages, "cached_pages": p.cachedPages, "items": p.items, "duration_ms": took.Milliseconds()}
	items := strconv.Itoa(p.items)
	// Some lists do not say how many items they have.
	if p.totalCount > 0 && p.totalCount >= int64(p.items) {
		fields["total_count"] = p.totalCount
		items += " of " + strconv.FormatInt(p.totalCount, 10)
	}
	return fmt.Sprintf("pages: %d (%d cached), items: %s, time: %s", p.pages, p.cachedPages, items, rounded(took)), fields
}

// rounded rounds a duration to what a person wants to know of it.
func rounded(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(time.Second)
}

func (w *wait) fields() map[string]any {
	fields := map[string]any{"waiting_for": w.reason}
	if w.path != "" {
		fields["path"] = w.path
	}
	if !w.end.IsZero() {
		fields["wait_ms"] = w.end.Sub(w.start).Milliseconds()
	}
	return fields
}

// AddPage counts a page with its items, or a single object.
func (p *Progress) AddPage(items int) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.pages++
	p.items += items
}

// AddTotalCount adds the number of items that a list says it has.
func (p *Progress) AddTotalCount(count int64) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.totalCount += count
}

// AddCachedPage counts a page that was not requested, since another read has it.
func (p *Progress) AddCachedPage() {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.cachedPages++
}

// Wait records that the read waits until done is called. A wait whose duration is
// known, and long, is logged at once. The path is that of the request, if there is one.
func (p *Progress) Wait(reason, path string, duration time.Duration) (done func()) {
	if p == nil {
		return func() {}
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	w := &wait{reason: reason, path: path, start: time.Now()}
	if duration > 0 {
		w.end = w.start.Add(duration)
	}
	p.waits = append(p.waits, w)
	if duration >= longWait && !p.ended {
		p.write(fmt.Sprintf("Waiting %s for %s", rounded(duration), reason), w.fields())
	}
	return func() {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.waits = slices.DeleteFunc(p.waits, func(other *wait) bool { return other == w })
	}
}
