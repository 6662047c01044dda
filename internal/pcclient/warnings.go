package pcclient

import (
	"slices"
	"sync"
)

// Warning is what somebody should know though the reads go on.
type Warning struct{ Summary, Detail string }

// Warnings are kept until a read can tell them. Of one summary there is one in a
// run. The zero value has none.
type Warnings struct {
	mutex   sync.Mutex
	known   []string // summaries
	pending []Warning
}

// Add keeps a warning, unless there has been one of the same summary.
func (w *Warnings) Add(warning Warning) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if slices.Contains(w.known, warning.Summary) {
		return
	}
	w.known = append(w.known, warning.Summary)
	w.pending = append(w.pending, warning)
}

// take returns the warnings that nobody has told yet.
func (w *Warnings) take() []Warning {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	pending := w.pending
	w.pending = nil
	return pending
}

// Warnings returns those that nobody has told yet: whoever asks has to.
func (c *Client) Warnings() []Warning {
	if c.options.Warnings == nil {
		return nil
	}
	return c.options.Warnings.take()
}
