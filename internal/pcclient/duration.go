package pcclient

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// days finds 3d and 2weeks, which Go's durations do not know.
var days = regexp.MustCompile(`(?i)^(\d{1,4})(d|days?|w|weeks?)$`)

// ParseDuration reads a positive duration. The error says what it is not, and how
// to write it if that is clear.
func ParseDuration(text string) (time.Duration, error) {
	duration, err := time.ParseDuration(text)
	if err == nil && duration > 0 {
		return duration, nil
	}
	const problem = "is not a positive duration such as 90s, 2m or 1h30m"
	plain := strings.ReplaceAll(text, " ", "")
	if match := days.FindStringSubmatch(plain); match != nil {
		hours, _ := strconv.Atoi(match[1])
		hours *= 24
		if strings.EqualFold(match[2][:1], "w") {
			hours *= 7
		}
		plain = strconv.Itoa(hours) + "h"
	}
	if duration, err := time.ParseDuration(plain); err == nil && duration > 0 {
		return 0, fmt.Errorf("%s; write %s", problem, plain)
	}
	return 0, errors.New(problem)
}
