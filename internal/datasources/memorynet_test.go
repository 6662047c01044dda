package datasources

import (
	"context"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// The network of this package's tests is in memory, so that whatever waits on it
// takes no time in a synctest bubble. The provider's own transport is a clone of
// the default one, and all of it but the sockets is real.
func TestMain(m *testing.M) {
	http.DefaultTransport.(*http.Transport).DialContext = dial //nolint:forcetypeassert // Documented to be one.
	goleak.VerifyTestMain(m)
}

var (
	listeners sync.Map // by address
	ports     atomic.Int32
)

// dial connects to a listener. Where none is, the connection is refused.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	refused := &net.OpError{Op: "dial", Net: network, Addr: addressOf(address), Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	found, ok := listeners.Load(address)
	if !ok {
		return nil, refused
	}
	l := found.(*listener) //nolint:forcetypeassert // Nothing else is stored.
	var reset atomic.Bool
	client, server := net.Pipe()
	select {
	case l.incoming <- &end{server, &reset}:
		return &end{client, &reset}, nil
	case <-l.closed:
		return nil, refused
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// addressOf is what a name stands for here.
func addressOf(address string) net.Addr {
	resolved := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 443}
	if strings.HasPrefix(address, "127.0.0.1:") {
		resolved.IP = net.IPv4(127, 0, 0, 1)
	}
	return resolved
}

// listener is a port of 127.0.0.1.
type listener struct {
	address  string
	incoming chan net.Conn
	closed   chan struct{}
	close    sync.Once
}

func listen() *listener {
	l := &listener{
		address:  "127.0.0.1:" + strconv.Itoa(int(ports.Add(1))),
		incoming: make(chan net.Conn),
		closed:   make(chan struct{}),
	}
	listeners.Store(l.address, l)
	return l
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case connection := <-l.incoming:
		return connection, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.close.Do(func() {
		listeners.Delete(l.address)
		close(l.closed)
	})
	return nil
}

func (l *listener) Addr() net.Addr { return address(l.address) }

type address string

func (address) Network() string { return "tcp" }

func (a address) String() string { return string(a) }

// end is one of a connection. One that is closed without lingering resets it, as
// in TCP.
type end struct {
	net.Conn
	reset *atomic.Bool
}

func (e *end) SetLinger(seconds int) error {
	e.reset.Store(seconds == 0)
	return nil
}

func (e *end) Read(p []byte) (int, error) {
	n, err := e.Conn.Read(p)
	if err != nil && e.reset.Load() {
		err = &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
	return n, err
}
