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

// checkerFlags say which pictures are shown.
type checkerFlags struct {
	Spoiler       bool   `help:"Hide pictures until they are clicked."`
	SafetyChecker string `help:"Folder with Stable Diffusion's safety checker as ONNX: pictures that it finds unsafe are not shown." placeholder:"DIR"`
	HideUnsafe    bool   `help:"Hide pictures that the safety checker finds unsafe until they are clicked, instead of not showing them."`
}

// openChecker opens the safety checker of --safety-checker.
func (c checkerFlags) openChecker(run modelRunFlags) (checker, error) {
	if c.SafetyChecker == "" {
		if c.HideUnsafe {
			return checker{}, errors.New("--hide-unsafe needs --safety-checker DIR, which tells what is unsafe")
		}
		return checker{close: func() error { return nil }}, nil
	}
	lib, err := runtime.Load(run.Onnxruntime)
	if err != nil {
		return checker{}, err
	}
	opened, err := safety.Open(c.SafetyChecker, safety.Options{Runtime: lib, Threads: run.Threads})
	if err != nil {
		return checker{}, err
	}
	return checker{opened, opened.Close}, nil
}
