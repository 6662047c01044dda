package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// emulatorServer is an emulator that listens.
type emulatorServer struct {
	emulator *emulator.Emulator
	http     http.Server
	baseURL  string
	// failed gets the reason if serving ends on its own.
	failed chan error
}

// startEmulator listens and serves in the background.
func startEmulator(ctx context.Context, s emulatorSettings) (*emulatorServer, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.listen)
	if err != nil {
		return nil, err
	}
	e := emulator.New(s.options)
	e.Misbehave(s.faults...)
	running := &emulatorServer{
		emulator: e,
		http:     http.Server{Handler: withControls(e), ReadHeaderTimeout: 10 * time.Second},
		baseURL:  "http://" + listener.Addr().String(),
		failed:   make(chan error, 1),
	}
	go func() { running.failed <- running.http.Serve(listener) }()
	return running, nil
}

func (s *emulatorServer) environment() []string {
	return s.emulator.Environment(s.baseURL)
}

// serve prints the environment and waits for an interrupt.
func (s *emulatorServer) serve(ctx context.Context, stdout, stderr io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()

	for _, line := range exportLines(s.environment()) {
		if _, err := fmt.Fprintln(stdout, line); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(stderr, "Serving on %s until Ctrl-C: run the lines above in another shell.\n", s.baseURL)

	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	}
}

// close drops what is under way: nobody waits for an answer any more.
func (s *emulatorServer) close() { _ = s.http.Close() }
