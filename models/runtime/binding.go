package runtime

import (
	"context"
	"errors"
	"fmt"

	ort "github.com/yalue/onnxruntime_go"
)

// A Binding holds inputs of a [Session] where the session computes, from one run
// to the next: on a GPU, what does not change is copied to it once. Close it before
// its session.
//
// It serves one goroutine at a time, and nothing else may run its session meanwhile:
// ONNX Runtime begins a copy on the stream that its pool had back last and does not
// wait, and the run that follows takes that same stream, behind the copy.
//
// Outputs come back to the host. The Go interface of ONNX Runtime cannot leave
// one on the device, which in C is BindOutputToDevice.
type Binding struct {
	session *Session
	io      *ort.IoBinding
	// inputs are what is bound, by name. On the CPU ONNX Runtime computes with
	// their own memory.
	inputs map[string]*Tensor
}

// Bind makes a binding without inputs.
func (s *Session) Bind() (*Binding, error) {
	s.running.RLock()
	defer s.running.RUnlock()
	if s.closed {
		return nil, ErrClosed
	}
	io, err := s.session.CreateIoBinding()
	if err != nil {
		return nil, fmt.Errorf("bind a session's inputs: %w", plainReason(err))
	}
	return &Binding{session: s, io: io, inputs: map[string]*Tensor{}}, nil
}

// Set binds an input in the place of what was bound before, and copies it to the
// device. The tensor, and the values that it was made from, belong to the binding
// from then on, also after an error.
func (b *Binding) Set(name string, t *Tensor) error {
	if err := b.io.BindInput(name, t.value); err != nil {
		return errors.Join(fmt.Errorf("bind the input %s: %w", name, plainReason(err)), t.Destroy())
	}
	before := b.inputs[name]
	b.inputs[name] = t
	if before == nil {
		return nil
	}
	return before.Destroy()
}

// Run computes out, in the order of the outputs' names that the session was opened
// with, from the inputs that are bound. No output may be nil.
//
// A run that has begun is not stopped: ONNX Runtime's Go interface takes no options
// for it. When ctx ends meanwhile, Run returns ctx's error after it.
func (b *Binding) Run(ctx context.Context, out []*Tensor) error {
	s := b.session
	s.running.RLock()
	defer s.running.RUnlock()
	if err := s.ready(ctx); err != nil {
		return err
	}
	// What is bound is not to outlive the caller's memory.
	defer b.io.ClearBoundOutputs()
	for i, t := range out {
		if err := b.io.BindOutput(s.outputs[i], t.value); err != nil {
			return fmt.Errorf("bind the output %s: %w", s.outputs[i], plainReason(err))
		}
	}
	err := s.session.RunWithBinding(b.io)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return plainReason(err)
	}
	return nil
}

// Close frees what is bound.
func (b *Binding) Close() error {
	all := []error{b.io.Destroy()}
	for _, t := range b.inputs {
		all = append(all, t.Destroy())
	}
	clear(b.inputs)
	return errors.Join(all...)
}
