package transport

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// RetryAfter returns how long a response asks to wait, or 0. It reads every form that
// Microsoft's services use: seconds, HTTP dates, 00:00:57, and headers of their own
// in milliseconds, which are more precise.
func RetryAfter(response *http.Response) time.Duration {
	for _, name := range []string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if wait := parseWait(response.Header.Get(name), time.Millisecond); wait > 0 {
			return wait
		}
	}
	value := strings.TrimSpace(response.Header.Get("Retry-After"))
	if match := timeSpan.FindStringSubmatch(value); match != nil {
		return parseWait(match[1], time.Hour) + parseWait(match[2], time.Minute) + parseWait(match[3], time.Second)
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, min(date.Sub(serverTime(response)), maxWait))
	}
	return parseWait(value, time.Second)
}

// maxWait stands for any longer one.
const maxWait = 365 * 24 * time.Hour

// timeSpan matches a TimeSpan as .NET writes it, without days.
var timeSpan = regexp.MustCompile(`^(\d\d):([0-5]\d):([0-5]\d)$`)

func parseWait(text string, unit time.Duration) time.Duration {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0
	}
	return time.Duration(max(0, min(n, int64(maxWait/unit)))) * unit
}

// serverTime is what the server's clock says, which its dates refer to. This
// machine's clock may differ.
func serverTime(response *http.Response) time.Time {
	if now, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		return now
	}
	return time.Now()
}
