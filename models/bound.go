package models

import (
	"context"
	"errors"
	"sync/atomic"

	"pentimento/models/runtime"
)

// A Binding says on which devices inputs of the UNet that a step shares with the one
// before stay where they are. Pictures are the same, to the bit.
type Binding string

// The bindings. On the CPU there is nothing to copy to, and a run that is bound cannot
// be stopped; tests bind there to compare, and benchmarks leave a GPU unbound.
//
// TensorRT is not bound: it leaves parts of a graph to CUDA on another stream, and an
// input is copied on one of the two, for which ONNX Runtime's Go interface cannot have
// the other wait.
const (
	BindCUDA   Binding = "cuda"
	BindAlways Binding = "always"
	BindNever  Binding = "never"
)

// bind reports whether a UNet on a device is bound.
func (b Binding) bind(d runtime.Device) bool {
	switch b {
	case BindAlways:
		return true
	case BindNever:
		return false
	}
	return d.Provider == runtime.CUDA
}

// boundInputs are the inputs of a UNet on its device. They serve one run at a time.
type boundInputs struct {
	turn    chan struct{}    // full while somebody runs
	binding *runtime.Binding // nil once it is closed
	last    map[string]feed
}

func bindInputs(s *runtime.Session) (*boundInputs, error) {
	b, err := s.Bind()
	if err != nil {
		return nil, err
	}
	return &boundInputs{turn: make(chan struct{}, 1), binding: b, last: map[string]feed{}}, nil
}

// run copies those inputs to the device that are not there yet, and computes outputs.
func (b *boundInputs) run(ctx context.Context, m *moved, inputs []feed, outputs []tensorSpec) (_ [][]float32, err error) {
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-b.turn }()
	if b.binding == nil {
		return nil, runtime.ErrClosed
	}
	for _, f := range inputs {
		if err := b.set(m, f); err != nil {
			return nil, ofMemory(err)
		}
	}
	fetched, err := emptyTensors(outputs)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, destroy(fetched)) }()
	if err := b.binding.Run(ctx, fetched); err != nil {
		return nil, ofMemory(err)
	}
	return floatsOf(fetched), nil
}

// set binds an input, unless it is bound.
func (b *boundInputs) set(m *moved, f feed) error {
	if last, ok := b.last[f.name]; ok && last.equals(f) {
		return nil
	}
	delete(b.last, f.name)
	f = f.held()
	t, err := f.tensor()
	if err != nil {
		return err
	}
	if err := b.binding.Set(f.name, t); err != nil {
		return err
	}
	b.last[f.name] = f
	m.toDevice(f)
	return nil
}

// close waits for the run under way and frees what is bound.
func (b *boundInputs) close() error {
	if b == nil {
		return nil
	}
	b.turn <- struct{}{}
	defer func() { <-b.turn }()
	if b.binding == nil {
		return nil
	}
	defer func() { b.binding = nil }()
	return b.binding.Close()
}

// Moved is what the UNet's runs have copied between the host and the device, or
// would have, if the device were not the CPU.
type Moved struct {
	ToDevice, FromDevice int64 // bytes
}

// moved counts what runs copy.
type moved struct{ to, from atomic.Int64 }

func (m *moved) toDevice(feeds ...feed) {
	for _, f := range feeds {
		m.to.Add(f.bytes())
	}
}

func (m *moved) fromDevice(o tensorSpec) { m.from.Add(bytesOf(o.value.Type, o.shape)) }

// Moved is what all runs of the UNet have copied so far. It waits for the UNet to be
// open.
func (m *Model) Moved(ctx context.Context) (Moved, error) {
	if m.unet == nil {
		return Moved{}, ErrNotOpened
	}
	u, err := m.unet.wait(ctx)
	if err != nil {
		return Moved{}, err
	}
	return Moved{ToDevice: u.moved.to.Load(), FromDevice: u.moved.from.Load()}, nil
}
