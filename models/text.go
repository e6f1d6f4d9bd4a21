package models

import (
	"context"
	"fmt"

	"pentimento/models/graph"
	"pentimento/models/runtime"
)

// A textEncoder is the CLIP text encoder, ready to run.
type textEncoder struct {
	session *runtime.Session
	in, out graph.Value
}

func (in *inspection) openText(op opener) (*textEncoder, error) {
	session, err := op.open(in.text, op.graphOf(in.text), []string{in.textIn.Name}, []string{in.textOut.Name})
	if err != nil {
		return nil, err
	}
	return &textEncoder{session: session, in: in.textIn, out: in.textOut}, nil
}

// EncodeText gives the embeddings [M, D] of a prompt's token ids [M], as the
// tokenizer gives them. The slice belongs to the caller.
func (m *Model) EncodeText(ctx context.Context, ids []int) ([]float32, error) {
	if m.text == nil {
		return nil, fmt.Errorf("encode text: %w", ErrNotOpened)
	}
	length, width := m.spec.ContextLength, m.spec.TextWidth
	if len(ids) != length {
		return nil, fmt.Errorf("encode text: %d token ids, the context length is %d", len(ids), length)
	}
	wide := make([]int64, length)
	for i, id := range ids {
		if id < 0 || id >= m.tokenizer.VocabularySize() {
			return nil, fmt.Errorf("encode text: %d is no token id", id)
		}
		wide[i] = int64(id)
	}
	input, err := runtime.IntTensor(m.text.in.Type, []int{1, length}, wide)
	if err != nil {
		return nil, fmt.Errorf("encode text: %w", err)
	}
	output, err := run(ctx, m.text.session, []*runtime.Tensor{input}, tensorSpec{m.text.out, []int{1, length, width}})
	if err != nil {
		return nil, fmt.Errorf("encode text: %w", err)
	}
	return output[0], nil
}

// A tensorSpec is an output to fetch and the shape that it must have.
type tensorSpec struct {
	value graph.Value
	shape []int
}

// run feeds inputs, which it destroys, and returns the outputs as new slices.
func run(ctx context.Context, s *runtime.Session, inputs []*runtime.Tensor, outputs ...tensorSpec) (_ [][]float32, err error) {
	tensors := append([]*runtime.Tensor(nil), inputs...)
	defer func() {
		for _, t := range tensors {
			if failed := t.Destroy(); err == nil {
				err = failed
			}
		}
	}()
	fetched := make([]*runtime.Tensor, len(outputs))
	for i, o := range outputs {
		size := 1
		for _, n := range o.shape {
			size *= n
		}
		t, err := runtime.FloatTensor(o.value.Type, o.shape, make([]float32, size))
		if err != nil {
			return nil, err
		}
		fetched[i] = t
		tensors = append(tensors, t)
	}
	if err := s.Run(ctx, inputs, fetched); err != nil {
		return nil, err
	}
	results := make([][]float32, len(fetched))
	for i, t := range fetched {
		results[i] = t.Floats()
	}
	return results, nil
}
