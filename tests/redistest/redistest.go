// Package redistest runs real Redis servers for tests: each on a port and in a
// folder of its own, gone when the test ends. Start at [Start].
package redistest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is a redis-server process.
type Server struct {
	// Addr is its host:port, the same after a restart.
	Addr string
	// Dir is its working folder.
	Dir string

	t    testing.TB
	args []string
	// mu has what is done to the process done one after the other: tests restart and
	// pause it from timers.
	mu      sync.Mutex
	process *exec.Cmd
}

// Start runs redis-server with more arguments than those that say where: it
// appends every change to a file before it answers, and never evicts. The test
// is skipped if there is no redis-server.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s := &Server{Addr: freeAddr(t), Dir: t.TempDir(), t: t}
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	s.args = append([]string{
		"--bind", host, "--port", port, "--dir", s.Dir, "--save", "",
		"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction",
	}, args...)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.run()
	t.Cleanup(s.Kill)
	return s
}

// binary returns the path of redis-server, or skips the test.
func binary(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("there is no redis-server on the path: install the Debian package redis-server to run this test")
	}
	return path
}

// freeAddr returns an address that nobody listens on.
func freeAddr(t testing.TB) string {
	t.Helper()
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := l.Addr().(*net.TCPAddr)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if addr.Port < 55_000 { // a cluster node listens 10,000 higher too
			return addr.String()
		}
	}
}

// run starts the process and waits until it answers.
func (s *Server) run() {
	s.t.Helper()
	log, err := os.OpenFile(filepath.Join(s.Dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	s.process = exec.Command(binary(s.t), s.args...)
	s.process.Dir, s.process.Stdout, s.process.Stderr = s.Dir, log, log
	err = s.process.Start()
	if err := errors.Join(err, log.Close()); err != nil {
		s.t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if c, err := net.Dial("tcp", s.Addr); err == nil {
			if err := c.Close(); err != nil {
				s.t.Fatal(err)
			}
			return
		}
		if time.Now().After(deadline) {
			text, err := os.ReadFile(log.Name())
			s.t.Fatalf("redis-server does not answer on %s: %s (%v)", s.Addr, text, err)
		}
	}
}

// Kill ends the process as kill -9 does.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kill()
}

func (s *Server) kill() {
	if s.process == nil {
		return
	}
	if err := s.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Error(err)
	}
	_ = s.process.Wait() // "signal: killed" is what was wanted
	s.process = nil
}

// Restart starts the server again, on what it kept.
func (s *Server) Restart() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kill()
	s.run()
}

// Pause stops the process; its connections stay open and silent.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Resume ends a pause.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig os.Signal) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return // it was killed meanwhile
	}
	if err := s.process.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// CLI runs redis-cli on the server and returns what it prints.
func (s *Server) CLI(args ...string) string {
	s.t.Helper()
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := exec.Command("redis-cli", append([]string{"-h", host, "-p", port}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("redis-cli %q: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// StartCluster runs n masters that share the slots, n at least 3, and returns
// them once they agree.
func StartCluster(t testing.TB, n int) []*Server {
	t.Helper()
	var servers []*Server
	var addrs []string
	for range n {
		s := Start(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000")
		servers, addrs = append(servers, s), append(addrs, s.Addr)
	}
	servers[0].CLI(append([]string{"--cluster", "create", "--cluster-yes"}, addrs...)...)
	for _, s := range servers {
		s.Await("cluster_state:ok", "cluster", "info")
	}
	return servers
}

// StartReplica runs a server that copies master, and returns it once it has
// all.
func StartReplica(t testing.TB, master *Server) *Server {
	t.Helper()
	host, port, err := net.SplitHostPort(master.Addr)
	if err != nil {
		t.Fatal(err)
	}
	s := Start(t, "--replicaof", host, port)
	s.Await("master_link_status:up", "info", "replication")
	return s
}

// Await runs a command again and again until its answer has text in it.
func (s *Server) Await(text string, command ...string) {
	s.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(s.CLI(command...), text); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("%q does not say %q but %s", command, text, s.CLI(command...))
		}
	}
}

// StartSentinel runs a Sentinel that knows the server as "mymaster" and
// replaces it half a second after its death. More lines go into its settings.
func StartSentinel(t testing.TB, master *Server, settings ...string) *Server {
	t.Helper()
	s := &Server{Addr: freeAddr(t), Dir: t.TempDir(), t: t}
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	masterHost, masterPort, err := net.SplitHostPort(master.Addr)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.Dir, "sentinel.conf")
	conf := fmt.Sprintf("bind %s\nport %s\ndir %s\nsentinel monitor mymaster %s %s 1\n"+
		"sentinel down-after-milliseconds mymaster 500\nsentinel failover-timeout mymaster 3000\n", host, port, s.Dir, masterHost, masterPort) +
		strings.Join(settings, "\n") + "\n"
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	s.args = []string{file, "--sentinel"}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.run()
	t.Cleanup(s.Kill)
	return s
}
