package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"

	"golang.org/x/term"
)

// A Process is what commands use of the process that they run in.
type Process struct {
	In     io.Reader
	Out    io.Writer
	Errors io.Writer
	// Getenv returns the value of an environment variable, "" for none. Flags
	// take theirs from the operating system all the same: kong calls
	// os.LookupEnv and cannot be given anything else.
	Getenv func(name string) string
	// Listen sends the signals to a channel until stop is called. Meanwhile they
	// do not end the process.
	Listen func(signals ...os.Signal) (arrived <-chan os.Signal, stop func())

	log *slog.Logger // writes to Errors what --log-level asks for
}

// errorsOf writes to the process's Errors, as they are when something is written.
type errorsOf struct{ *Process }

func (e errorsOf) Write(p []byte) (int, error) { return e.Errors.Write(p) }

// System is the operating system's process.
func System() Process {
	return Process{In: os.Stdin, Out: os.Stdout, Errors: os.Stderr, Getenv: os.Getenv, Listen: listen}
}

func listen(signals ...os.Signal) (<-chan os.Signal, func()) {
	arrived := make(chan os.Signal, 1)
	signal.Notify(arrived, signals...)
	return arrived, func() { signal.Stop(arrived) }
}

// until returns a context that ends when the first of the signals arrives. The
// next ones do nothing until stop is called, which ends the context too.
func (p *Process) until(ctx context.Context, signals ...os.Signal) (_ context.Context, stop func()) {
	arrived, deaf := p.Listen(signals...)
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case s := <-arrived:
			cancel(fmt.Errorf("%v signal received", s))
		case <-ctx.Done():
		}
	}()
	return ctx, func() { deaf(); cancel(context.Canceled) }
}

// isTerminal reports whether one of the process's streams is a terminal.
func isTerminal(stream any) bool {
	file, ok := stream.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(file.Fd()))
}
