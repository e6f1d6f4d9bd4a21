package redistest

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A Cutter passes connections on to a server and cuts one in five answers off at
// random: what was asked has reached the server, and the answer is lost.
type Cutter struct {
	// Addr is where it listens.
	Addr string

	server string
	cuts   atomic.Int64
}

// CutAnswers starts a cutter before the server, which ends with the test.
func CutAnswers(t testing.TB, server *Server) *Cutter {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
	})
	c := &Cutter{Addr: listener.Addr().String(), server: server.Addr}
	go c.serve(listener)
	return c
}

// Cuts is how many answers were lost.
func (c *Cutter) Cuts() int64 { return c.cuts.Load() }

func (c *Cutter) serve(listener net.Listener) {
	for {
		down, err := listener.Accept()
		if err != nil {
			return
		}
		up, err := net.Dial("tcp", c.server)
		if err != nil {
			_ = down.Close()
			continue
		}
		end := sync.OnceFunc(func() { _, _ = down.Close(), up.Close() })
		go func() {
			_, _ = io.Copy(up, down)
			end()
		}()
		go func() {
			defer end()
			c.answer(up, down)
		}()
	}
}

// answer passes answers on until one is cut off.
func (c *Cutter) answer(up, down net.Conn) {
	answer := make([]byte, 64<<10)
	for {
		n, err := up.Read(answer)
		if err != nil {
			return
		}
		if rand.IntN(5) == 0 {
			c.cuts.Add(1)
			return
		}
		if _, err := down.Write(answer[:n]); err != nil {
			return
		}
	}
}
