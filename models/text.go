package models

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pentimento/models/graph"
	"pentimento/models/runtime"
	"pentimento/models/tokenizer"
)

// A Text is a prompt as the UNet reads it.
type Text struct {
	// Embeddings hold a vector for each token. [M, D]
	Embeddings []float32
	// Pooled is one vector for the whole prompt, which SDXL takes too; nil in
	// other models. [P]
	Pooled []float32
}

// A textEncoder is a CLIP text encoder, ready to run.
type textEncoder struct {
	session     *runtime.Session
	tokenizer   *tokenizer.Tokenizer
	in          graph.Value
	out, pooled graph.Value // pooled has no name where it is not asked for
	width       int         // of the embeddings
	pooledWidth int
}

func (in *inspection) openText(op opener, t *textPart) (*textEncoder, error) {
	outputs := []string{t.out.Name}
	if t.pooled.Name != "" {
		outputs = append(outputs, t.pooled.Name)
	}
	session, err := op.open(t.part, []string{t.in.Name}, outputs)
	if err != nil {
		return nil, err
	}
	return &textEncoder{
		session: session, tokenizer: t.tokenizer, in: t.in, out: t.out, pooled: t.pooled,
		width: t.width, pooledWidth: t.pooledWidth,
	}, nil
}

// EncodeText gives what the UNet reads of a prompt: the last hidden states of
// the text encoder or, in SDXL, those of the layer before the last of both
// encoders side by side, and the pooled text. A prompt that is too long is cut
// as [tokenizer.Tokenizer.Encode] cuts it. The empty prompt of an SDXL model
// is zeros where the model says so, as diffusers has it.
func (m *Model) EncodeText(ctx context.Context, prompt string) (Text, error) {
	if len(m.text) == 0 {
		return Text{}, fmt.Errorf("encode text: %w", ErrNotOpened)
	}
	s := m.spec
	text := Text{Embeddings: make([]float32, s.ContextLength*s.TextWidth)}
	if s.PooledWidth > 0 {
		text.Pooled = make([]float32, s.PooledWidth)
	}
	if prompt == "" && m.zeroEmpty {
		return text, nil
	}
	at := 0
	for _, e := range m.text {
		own, err := e.encode(ctx, prompt)
		if err != nil {
			return Text{}, fmt.Errorf("encode text: %w", err)
		}
		for i := range s.ContextLength {
			copy(text.Embeddings[i*s.TextWidth+at:], own.Embeddings[i*e.width:(i+1)*e.width])
		}
		at += e.width
		copy(text.Pooled, own.Pooled)
	}
	return text, nil
}

// encode runs the encoder.
func (e *textEncoder) encode(ctx context.Context, prompt string) (Text, error) {
	ids := e.tokenizer.Encode(prompt).IDs
	wide := make([]int64, len(ids))
	for i, id := range ids {
		wide[i] = int64(id)
	}
	input, err := runtime.IntTensor(e.in.Type, []int{1, len(ids)}, wide)
	if err != nil {
		return Text{}, err
	}
	outputs := []tensorSpec{{e.out, []int{1, len(ids), e.width}}}
	if e.pooled.Name != "" {
		outputs = append(outputs, tensorSpec{e.pooled, []int{1, e.pooledWidth}})
	}
	out, err := run(ctx, e.session, []*runtime.Tensor{input}, outputs...)
	if err != nil {
		return Text{}, err
	}
	text := Text{Embeddings: out[0]}
	if len(out) > 1 {
		text.Pooled = slices.Clip(out[1])
	}
	return text, nil
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
	fetched, err := emptyTensors(outputs)
	if err != nil {
		return nil, err
	}
	tensors = append(tensors, fetched...)
	if err := s.Run(ctx, inputs, fetched); err != nil {
		return nil, ofMemory(err)
	}
	return floatsOf(fetched), nil
}

// emptyTensors makes a tensor for each output, or none.
func emptyTensors(outputs []tensorSpec) ([]*runtime.Tensor, error) {
	var tensors []*runtime.Tensor
	for _, o := range outputs {
		size := 1
		for _, n := range o.shape {
			size *= n
		}
		t, err := runtime.FloatTensor(o.value.Type, o.shape, make([]float32, size))
		if err != nil {
			return nil, errors.Join(err, destroy(tensors))
		}
		tensors = append(tensors, t)
	}
	return tensors, nil
}

// floatsOf are what tensors hold.
func floatsOf(tensors []*runtime.Tensor) [][]float32 {
	results := make([][]float32, len(tensors))
	for i, t := range tensors {
		results[i] = t.Floats()
	}
	return results
}
