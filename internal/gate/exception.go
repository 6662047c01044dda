package gate

import (
	"cmp"
	"slices"
	"time"
)

// Exception makes the violations of a subject warnings, for a while.
type Exception struct {
	SubjectID string    // empty: whatever is found
	Until     time.Time // the first instant at which it has ended
	Reason    string

	ended bool
}

// text says in a message what an exception does to a finding, or no longer does.
func (x *Exception) text() string {
	if x.ended {
		return "the exception until " + x.until() + " (" + oneLine(x.Reason) + ") has ended"
	}
	return "excepted until " + x.until() + " (" + oneLine(x.Reason) + ")"
}

func (x *Exception) until() string { return instant(x.Until) }

// exceptions are those that count, by subject: of several for one, the one that
// ends last.
type exceptions map[string]*Exception

func newExceptions(list []Exception, now time.Time) exceptions {
	chosen := exceptions{}
	for _, exception := range list {
		exception.ended = !now.Before(exception.Until)
		if known := chosen[exception.SubjectID]; known == nil || exception.Until.After(known.Until) {
			chosen[exception.SubjectID] = &exception
		}
	}
	return chosen
}

// of is the exception for a subject, or nil: the one that has not ended, if any.
func (x exceptions) of(subjectID string) *Exception {
	own, all := x[subjectID], x[""]
	if own == nil || own.ended && all != nil && !all.ended {
		return all
	}
	return own
}

// has reports whether a subject has an exception of its own that has not ended.
func (x exceptions) has(subjectID string) bool {
	own := x[subjectID]
	return subjectID != "" && own != nil && !own.ended
}

// inOrder are the exceptions, those that have ended last.
func (x exceptions) inOrder() []*Exception {
	var list []*Exception
	for _, exception := range x {
		list = append(list, exception)
	}
	slices.SortFunc(list, func(a, b *Exception) int {
		return cmp.Or(toInt(a.ended)-toInt(b.ended), a.Until.Compare(b.Until), cmp.Compare(a.SubjectID, b.SubjectID))
	})
	return list
}
