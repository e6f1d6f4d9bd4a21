package main

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
)

// host is what the helpers of tests want of a test: it ends the program where they
// would end a test.
type host struct {
	testing.TB // its methods that are not here are not called
	mu         sync.Mutex
	undo       []func()
}

func newHost() *host { return &host{} }

// cleanup undoes what was done, the last first.
func (h *host) cleanup() {
	h.mu.Lock()
	undo := h.undo
	h.undo = nil
	h.mu.Unlock()
	for _, f := range slices.Backward(undo) {
		f()
	}
}

// Helper does nothing.
func (h *host) Helper() {}

// Cleanup has f called in the end.
func (h *host) Cleanup(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.undo = append(h.undo, f)
}

// TempDir makes a folder that is removed in the end.
func (h *host) TempDir() string {
	dir, err := os.MkdirTemp("", "pentimento-soak-")
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// Error says what is wrong.
func (h *host) Error(args ...any) { fmt.Fprintln(os.Stderr, args...) }

// Fatal says what is wrong and ends the program.
func (h *host) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, args...)
	h.cleanup()
	os.Exit(1)
}

// Fatalf is Fatal with a format.
func (h *host) Fatalf(format string, args ...any) { h.Fatal(fmt.Sprintf(format, args...)) }

// Skip ends the program: without what it needs nothing can be counted.
func (h *host) Skip(args ...any) { h.Fatal(args...) }
