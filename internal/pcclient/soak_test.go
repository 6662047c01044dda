package pcclient

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

// The soak is four thousand requests, of which one in twenty fails, by four dozen
// reads at once.
const (
	soakLists   = 1_000
	soakPages   = 4
	soakItems   = 5 // of a page
	soakReaders = 48
	soakPlaces  = 8
	soakFaults  = 0.05

	// soakMargin is what the heap may grow between the first fifth of the run
	// and its end: less than 400 bytes a request.
	soakMargin = 5 << 18
)

// soaked is a service that fails now and then. What a request meets depends on
// the page and the try alone, so that every run has the same faults.
type soaked struct {
	under turnstile

	mutex    sync.Mutex
	tries    map[string]uint64 // of pages that have not been served yet
	served   int
	faults   map[string]int
	refused  time.Time // when it last asked to wait
	resume   time.Time
	tooEarly int
}

func (s *soaked) Do(request *http.Request) (*http.Response, error) {
	s.under.enter()
	list, page := soakPlace(request)
	key := list + "/" + page
	s.mutex.Lock()
	// What is sent in the same instant as the refusal cannot know of it.
	if now := time.Now(); now.After(s.refused) && now.Before(s.resume) {
		s.tooEarly++
	}
	s.tries[key]++
	try := s.tries[key]
	s.mutex.Unlock()

	seed := fnv.New64a()
	_, _ = io.WriteString(seed, key)
	chance := rand.New(rand.NewPCG(seed.Sum64(), try)) //nolint:gosec // For the same faults at every run.
	time.Sleep(time.Duration(chance.IntN(200)) * time.Millisecond)
	if chance.Float64() < soakFaults {
		return s.fail(request, chance)
	}
	s.mutex.Lock()
	delete(s.tries, key)
	s.served++
	s.mutex.Unlock()
	return s.answer(request, http.StatusOK, soakPage(list, page), nil)
}

func (s *soaked) fail(request *http.Request, chance *rand.Rand) (*http.Response, error) {
	kinds := []string{"429 with Retry-After", "429", "500", "503", "reset", "cut body"}
	kind := kinds[chance.IntN(len(kinds))]
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.faults[kind]++
	switch kind {
	case "429 with Retry-After":
		wait := 1 + chance.IntN(20)
		s.refused = time.Now()
		if until := s.refused.Add(time.Duration(wait) * time.Second); until.After(s.resume) {
			s.resume = until
		}
		return s.answer(request, http.StatusTooManyRequests, ``, nil, "Retry-After", strconv.Itoa(wait))
	case "429":
		return s.answer(request, http.StatusTooManyRequests, ``, nil)
	case "500":
		return s.answer(request, http.StatusInternalServerError, `{"code":800003,"description":"Unexpected."}`, nil)
	case "503":
		return s.answer(request, http.StatusServiceUnavailable, `<html></html>`, nil)
	case "reset":
		s.under.leave()
		return nil, syscall.ECONNRESET
	default:
		return s.answer(request, http.StatusOK, `{"items":[{"unit":`, io.ErrUnexpectedEOF)
	}
}

// answer is under way until its body has been read.
func (s *soaked) answer(request *http.Request, status int, text string, end error, headers ...string) (*http.Response, error) {
	var once sync.Once
	rest := strings.NewReader(text)
	return saysBody(status, func(*http.Request) io.ReadCloser {
		return wiretest.BodyFunc(func(p []byte) (int, error) {
			n, err := rest.Read(p)
			if err == nil {
				return n, nil
			}
			once.Do(s.under.leave)
			if end != nil {
				err = end
			}
			return n, err
		})
	}, headers...)(request)
}

// soakPlace is the list and the page that a request asks for.
func soakPlace(request *http.Request) (list, page string) {
	list = strings.Split(request.URL.Path, "/")[3]
	if page = request.Header.Get(continuationHeader); page == "" {
		page = "0"
	}
	return list, page
}

// soakPage is a page whose items are unlike all others.
func soakPage(list, page string) string {
	number, _ := strconv.Atoi(page)
	var items []string
	for i := range soakItems {
		items = append(items, `{"unit":"`+soakItem(list, number*soakItems+i)+`","quantity":1.000000000000000000001}`)
	}
	next := "null"
	if number+1 < soakPages {
		next = `{"uri":"/customers/` + list + `/more?seekOperation=Next","headers":[{"key":"MS-ContinuationToken","value":"` + strconv.Itoa(number+1) + `"}]}`
	}
	return `{"totalCount":` + strconv.Itoa(soakPages*soakItems) + `,"items":[` + strings.Join(items, ",") + `],"links":{"next":` + next + `}}`
}

func soakItem(list string, i int) string { return fmt.Sprintf("list %s, item %d", list, i) }

// Nothing is lost, doubled or out of order; no more requests are under way than
// there may be; nobody asks before the time that the service asked for; and
// memory does not grow. What the client keeps on purpose is left out: utilization
// is not kept.
func TestSoak(t *testing.T) { //nolint:paralleltest // It measures memory.
	synctest.Test(t, func(t *testing.T) {
		s := &soaked{tries: map[string]uint64{}, faults: map[string]int{}}
		o := options(t, s)
		o.MaxRetries, o.MaxConcurrency = 5, soakPlaces
		c := New(o)

		lists := make(chan int)
		var reads sync.WaitGroup
		for range soakReaders {
			reads.Go(func() {
				for list := range lists {
					readSoaked(t, c, strconv.Itoa(list))
				}
			})
		}
		var early uint64
		for list := range soakLists {
			if list == soakLists/5 {
				early = heap()
			}
			lists <- list
		}
		close(lists)
		reads.Wait()
		late := heap()

		failed := 0
		for kind, times := range s.faults {
			failed += times
			if times < 20 {
				t.Errorf("there were %d faults of the kind %s: too few to tell", times, kind)
			}
		}
		t.Logf("%d requests, faults %v, heap %d KiB early and %d KiB late", s.served+failed, s.faults, early>>10, late>>10)
		if want := soakLists * soakPages; s.served != want || len(s.tries) > 0 {
			t.Errorf("%d pages were served and %d not, want %d", s.served, len(s.tries), want)
		}
		if s.under.most != soakPlaces || s.under.now != 0 {
			t.Errorf("%d requests were under way at once, and %d still are, want %d", s.under.most, s.under.now, soakPlaces)
		}
		if s.tooEarly > 0 {
			t.Errorf("%d requests came before the time that the service had asked for", s.tooEarly)
		}
		if late > early+soakMargin {
			t.Errorf("the heap has grown from %d to %d bytes", early, late)
		}
	})
}

func readSoaked(t *testing.T, c *Client, list string) {
	t.Helper()
	ctx, end := c.Operation(t.Context())
	defer end()
	next := 0
	for record, err := range c.AzureUtilization(list, "s", UtilizationQuery{}).Items(ctx) {
		if err != nil {
			t.Errorf("list %s: %v", list, err)
			return
		}
		if want := soakItem(list, next); *record.Unit != want {
			t.Errorf("%q is where %q should be", *record.Unit, want)
		}
		next++
	}
	if next != soakPages*soakItems {
		t.Errorf("list %s has %d items", list, next)
	}
}

// heap is what is in use after everything else has been freed.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
