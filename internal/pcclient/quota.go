package pcclient

import (
	"math"
	"time"
)

// quota is what a run has learned of how much the API lets through, which is told
// to nobody. It is taken for a bucket of tokens, as most gateways have: so many
// requests at once, and so many a second from then on. Until the first refusal
// there is no limit.
//
// A refusal says that the bucket is empty. What got through from one refusal to
// the next, over the time between, is the rate. From a little below that it
// rises with every answer, until the next refusal.
type quota struct {
	limited bool
	rate    float64   // requests a second
	started float64   // the rate at the end of the last wait
	rise    float64   // of the rate, with every request that gets through
	search  time.Time // when to rise faster
	burst   float64   // requests at once, at most
	first   float64   // what that was taken for at first

	allowed float64   // requests at this moment
	counted time.Time // that moment

	emptied time.Time // the last refusal whose wait is over
	resumed time.Time // the first answer after it
	refused time.Time // the refusal whose wait is not over yet
	through int       // requests since resumed
	early   bool      // the refusal came although the burst was not used up
}

const (
	// Below what was measured, and below the whole burst: not everything arrives as
	// evenly as it was sent.
	caution, reserve = 0.97, 0.75
	// A refusal at least lowers the rate by so much, and at most by so much if there
	// may have been less to send.
	least, most = 0.85, 0.5
	// The rate doubles in two seconds until it has been too high, and then in as
	// much time as a hundred waits take: to find out costs one. If nothing is
	// refused for as long as thirty, there is much more to have.
	searching = 2 * time.Second
	watching  = 100
	patience  = 30
)

// pass is a request that got through.
func (q *quota) pass(now time.Time) {
	if q.through == 0 {
		q.resumed = now
	}
	q.through++
	if q.limited && now.After(q.search) {
		q.rise = math.Ln2 / searching.Seconds()
	}
	q.rate += q.rise
}

// refuse is the first refusal after a wait.
func (q *quota) refuse(now time.Time) {
	q.count(now)
	q.refused, q.early = now, q.limited && q.allowed >= 1
	if q.through == 0 {
		q.resumed = now
	}
}

// resume goes on at the end of a wait, at a rate that fits what got through
// before it, and with some requests at once in any case.
func (q *quota) resume(now time.Time, places, some int) {
	wait := max(now.Sub(q.refused), time.Millisecond).Seconds()
	through, took := float64(q.through), q.refused.Sub(q.resumed).Seconds()
	if q.limited {
		// A long wait fills the bucket to the brim, and the rest of it counts for
		// nothing: then the second of these is the rate. Neither is ever more.
		measured := max(through/q.refused.Sub(q.emptied).Seconds(), (through-q.burst)/max(took, wait))
		floor := least
		if took > wait {
			floor = most
		}
		// What is no more than before says nothing of a rate that is too high: some
		// services refuse one of so many requests, however slowly they come.
		q.rise = math.Ln2 / max(watching*wait, searching.Seconds())
		q.search = now.Add(time.Duration(patience * wait * float64(time.Second)))
		if measured > q.started {
			measured = max(caution*measured, q.started)
		} else {
			q.search = now
		}
		q.rate = max(measured, floor*q.rate)
		if q.early {
			q.burst = min(q.burst, max(least*q.burst, through))
		} else {
			q.burst = min(q.first, q.burst/least)
		}
	} else {
		q.rate = max(through, float64(places)) / (took + wait)
		q.burst = max(through-q.rate*took, float64(places))
		q.first = q.burst
	}
	q.limited = true
	q.burst = max(q.burst, float64(some)/reserve)
	q.rate = max(q.rate, 1/wait) // One at the end of each wait is what the API offers.
	q.started, q.allowed, q.counted = q.rate, 0, q.refused
	q.emptied, q.refused, q.through = q.refused, time.Time{}, 0
	q.count(now)
	q.allowed = max(q.allowed, float64(some))
}

// count adds what the time since the last count allows.
func (q *quota) count(now time.Time) {
	q.allowed = min(reserve*q.burst, q.allowed+q.rate*now.Sub(q.counted).Seconds())
	q.counted = now
}

// take takes one request of what is allowed, or says how long that is off.
func (q *quota) take(now time.Time) time.Duration {
	if !q.limited {
		return 0
	}
	q.count(now)
	if missing := 1 - q.allowed; missing > 1e-9 {
		return time.Duration(math.Ceil(missing / q.rate * float64(time.Second)))
	}
	q.allowed--
	return 0
}
