package pcclient

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"90s": 90 * time.Second, "1h30m": 90 * time.Minute, "1ms": time.Millisecond} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%q is %s: %v", text, got, err)
		}
	}
	const problem = "is not a positive duration such as 90s, 2m or 1h30m"
	for text, want := range map[string]string{
		"3d": problem + "; write 72h", "1 day": problem + "; write 24h", "2W": problem + "; write 336h", "3 m": problem + "; write 3m",
		"": problem, "0": problem, "0d": problem, "-1h": problem, "2": problem, "soon": problem, "1d12h": problem, "99999d": problem, "3M": problem,
	} {
		if got, err := ParseDuration(text); err == nil || err.Error() != want || got != 0 {
			t.Errorf("%q is %s: %v, want %s", text, got, err, want)
		}
	}
}
