package main

import (
	"math"
	"os"
	"syscall"
)

// peakMemory returns the highest resident memory in MB of a process that has
// ended, or of the largest of its children.
func peakMemory(state *os.ProcessState) float64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return math.NaN()
	}
	return float64(usage.Maxrss) / 1024
}
