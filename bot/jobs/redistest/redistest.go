// Package redistest runs a real redis-server for tests and measurements, on a
// free port of its own and with its data in a folder of its own.
package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// startFor is how long a server may take to answer.
const startFor = 20 * time.Second

// A Server is a redis-server that can be killed, started again and paused.
type Server struct {
	// Addr is host:port; it stays the same over restarts.
	Addr string

	args []string
	cmd  *exec.Cmd
}

// Start starts a server that keeps its append-only file in dir. args are added
// to its command line.
func Start(dir string, args ...string) (*Server, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("%w: install Debian's package redis-server", err)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &Server{
		Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		args: append([]string{
			program, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", dir, "--save", "",
			"--appendonly", "yes", "--appendfsync", "everysec", "--loglevel", "warning", "--logfile", filepath.Join(dir, "redis.log"),
		}, args...),
	}
	return s, s.Start()
}

// freePort returns a port that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("look for a free port: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// Start starts the server again after Kill and waits until it answers.
func (s *Server) Start() error {
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start redis-server: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startFor)
	defer cancel()
	client := s.Client()
	err := client.Ping(ctx).Err()
	for ; err != nil && ctx.Err() == nil; err = client.Ping(ctx).Err() {
		time.Sleep(20 * time.Millisecond)
	}
	if err = errors.Join(err, client.Close()); err != nil {
		return errors.Join(fmt.Errorf("redis-server does not answer: %w", err), s.Kill())
	}
	return nil
}

// Client returns a client of the server.
func (s *Server) Client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: s.Addr})
}

// Kill kills the server with SIGKILL and waits for its end.
func (s *Server) Kill() error {
	if s.cmd.ProcessState != nil {
		return nil
	}
	if err := s.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("kill redis-server: %w", err)
	}
	if err := s.cmd.Wait(); err != nil && s.cmd.ProcessState == nil {
		return fmt.Errorf("wait for redis-server: %w", err)
	}
	return nil
}

// Pause stops the server's process: connections stay open and nothing answers.
func (s *Server) Pause() error { return s.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume ends Pause.
func (s *Server) Resume() error { return s.cmd.Process.Signal(syscall.SIGCONT) }

// New starts a server for a test and kills it when the test ends. The test is
// skipped where there is no redis-server, unless CI is set in the environment.
func New(tb testing.TB, args ...string) *Server {
	tb.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil && os.Getenv("CI") == "" {
		tb.Skip("no redis-server: install Debian's package redis-server to run this test")
	}
	s, err := Start(tb.TempDir(), args...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Kill(); err != nil {
			tb.Error(err)
		}
	})
	return s
}
