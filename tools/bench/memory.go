package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// memory is the highest resident memory of a plan, in MB: of Terraform, and of
// the largest provider. It is 0 on systems without /proc.
type memory struct {
	terraform, provider float64
}

// watch looks at a process and its children until it is stopped. The system
// keeps the highest value, so that only what comes after the last look is missed.
func watch(process int) (stop func() memory) {
	const interval = 20 * time.Millisecond
	end, highest := make(chan struct{}), make(chan memory)
	go func() {
		var terraform float64
		providers := map[int]float64{}
		for {
			terraform = max(terraform, resident(process))
			look(process, providers)
			select {
			case <-time.After(interval):
			case <-end:
				var provider float64
				for _, megabytes := range providers {
					provider = max(provider, megabytes)
				}
				highest <- memory{terraform, provider}
				return
			}
		}
	}()
	return func() memory {
		close(end)
		return <-highest
	}
}

// look notes the memory of the children. A later look counts, not a higher one:
// until its program is loaded, a child is a copy of its parent.
func look(process int, children map[int]float64) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", process))
	for _, thread := range threads {
		ids, _ := os.ReadFile(thread) //nolint:gosec // It is below /proc.
		for word := range strings.FieldsSeq(string(ids)) {
			id, err := strconv.Atoi(word)
			if err != nil {
				continue
			}
			if megabytes := resident(id); megabytes > 0 {
				children[id] = megabytes
			}
		}
	}
}

// resident is the highest resident memory of a process so far, in MB.
func resident(process int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes float64
	if _, err := fmt.Sscan(after, &kilobytes); err != nil {
		return 0
	}
	return kilobytes / 1024
}
