package cli

import (
	"errors"

	"pentimento/bot/gate"
	"pentimento/models/runtime"
	"pentimento/models/safety"
)

// checker looks at pictures, if somebody wants it.
type checker struct {
	gate.Checker // nil for nobody
	close        func() error
}

// Close frees what it holds.
func (c checker) Close() error { return c.close() }

// openChecker opens the safety checker of --safety-checker.
func (c *serveCommand) openChecker() (checker, error) {
	if c.SafetyChecker == "" {
		if c.HideUnsafe {
			return checker{}, errors.New("--hide-unsafe needs --safety-checker DIR, which tells what is unsafe")
		}
		return checker{close: func() error { return nil }}, nil
	}
	lib, err := runtime.Load(c.Onnxruntime)
	if err != nil {
		return checker{}, err
	}
	opened, err := safety.Open(c.SafetyChecker, safety.Options{Runtime: lib, Threads: c.Threads})
	if err != nil {
		return checker{}, err
	}
	return checker{opened, opened.Close}, nil
}
