package pcclient

import (
	"math"
	"time"
)

// quota estimates the rate limit of the API, which documents none. It assumes a
// token bucket, as most gateways have: a burst of requests at once, then a steady
// rate. Until the first 429 there is no limit.
//
// A 429 means that the bucket is empty. The requests that succeeded between two
// 429s, divided by the time between, give the rate. The run goes on a little below
// it, and faster with every response, until the next 429.
type quota struct {
	limited bool
	rate    float64   // requests a second
	started float64   // the rate at the end of the last wait
	rise    float64   // of the rate, with every request that gets through
	search  time.Time // when to rise faster
	burst   float64   // requests at once, at most
	first   float64   // the first estimate of the burst

	allowed float64 // requests that may be sent at the time counted
	counted time.Time

	emptied time.Time // the last 429 whose wait is over
	resumed time.Time // the first response after it
	refused time.Time // the 429 whose wait is not over yet
	through int       // requests that succeeded since resumed
	early   bool      // the 429 came before the burst was used up
}

const (
	// The shares of the measured rate and of the burst that are used, since requests do
	// not arrive as evenly as they are sent.
	caution, reserve = 0.97, 0.75
	// A 429 lowers the rate to this share at least, and to the second one at most if the
	// run may have had too few requests to measure it.
	least, most = 0.85, 0.5
	// The rate doubles in two seconds until it has been too high, then in the time of a
	// hundred waits, since each attempt may cost one. Without a 429 for the time of
	// thirty waits it doubles in two seconds again.
	searching = 2 * time.Second
	watching  = 100
	patience  = 30
)

// pass records a request that succeeded.
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

// refuse records the first 429 after a wait.
func (q *quota) refuse(now time.Time) {
	q.count(now)
	q.refused, q.early = now, q.limited && q.allowed >= 1
	if q.through == 0 {
		q.resumed = now
	}
}

// resume sets the rate at the end of a wait from what succeeded before it. Some
// requests may be sent at once in any case.
func (q *quota) resume(now time.Time, places, some int) {
	wait := max(now.Sub(q.refused), time.Millisecond).Seconds()
	through, took := float64(q.through), q.refused.Sub(q.resumed).Seconds()
	if q.limited {
		// A long wait fills the bucket, and the rest of the wait adds nothing: then the
		// second estimate is the rate. Neither estimate is ever above it.
		measured := max(through/q.refused.Sub(q.emptied).Seconds(), (through-q.burst)/max(took, wait))
		floor := least
		if took > wait {
			floor = most
		}
		// A rate that is not above the last one may not have been too high: some services
		// refuse one of a number of requests, however slowly they come.
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
	q.rate = max(q.rate, 1/wait) // The API offers one request after each wait.
	q.started, q.allowed, q.counted = q.rate, 0, q.refused
	q.emptied, q.refused, q.through = q.refused, time.Time{}, 0
	q.count(now)
	q.allowed = max(q.allowed, float64(some))
}

// count adds the requests that the time since the last count allows.
func (q *quota) count(now time.Time) {
	q.allowed = min(reserve*q.burst, q.allowed+q.rate*now.Sub(q.counted).Seconds())
	q.counted = now
}

// take allows one request, or returns how long to wait for it.
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
