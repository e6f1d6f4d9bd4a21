package build

import (
	"fmt"
	"math"

	"pentimento/models/checkpoint"
	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// TextOptions say what of a text encoder is wanted.
type TextOptions struct {
	// Penultimate asks for the states before the last layer, as they are, which
	// is what SDXL reads; otherwise it is those of the last one, normalised.
	Penultimate bool
	// Pooled asks for the projected state of the end of the text, too.
	Pooled bool
	LoRA   LoRA
	// Embeddings are more words [n, Width]: textual inversion. The rows of the
	// first have the token ids that follow the vocabulary, then those of the
	// second, and so on.
	Embeddings []checkpoint.Tensor
}

// A text is a CLIPTextModel in progress.
type text struct {
	part // text_model
	checkpoint.TextEncoder
	ids  tensor
	mask string
}

// TextEncoder writes the graph of a text encoder:
//
//	input_ids            int64   [batch, M]
//	→ last_hidden_state  float32 [batch, M, D]
//	→ hidden_states.N    float32 [batch, M, D]   instead, where the penultimate layer is asked for; N is Layers − 1
//	→ text_embeds        float32 [batch, P]      where the pooled text is asked for
//
// M is the number of positions that the encoder has. The text ends at the first
// token that is the last of the vocabulary.
func TextEncoder(w *checkpoint.Weights, a checkpoint.TextEncoder, o TextOptions) (Graph, error) {
	root := newGraph("text encoder", w, o.LoRA)
	t := &text{part: root.in("text_model"), TextEncoder: a}
	t.ids = t.inputOf(element.Int64, "input_ids", "batch", a.Positions)
	t.rowsOf(t.ids)
	if a.Positions > maxPositions {
		t.in("embeddings").in("position_embedding").misfit("weight", []int{a.Positions, a.Width}, fmt.Sprintf("a text has at most %d tokens", maxPositions))
		return t.finish()
	}
	t.mask = t.causal()
	layers := a.Layers
	if o.Penultimate && !o.Pooled {
		layers--
	}
	h := t.embed(o.Embeddings)
	for i := range layers {
		if o.Penultimate && i == a.Layers-1 {
			t.states(h, fmt.Sprintf("hidden_states.%d", i))
		}
		h = t.layer(t.in("encoder").in("layers", i), h)
	}
	switch {
	case !o.Penultimate:
		t.states(t.in("final_layer_norm").layerNorm(h), "last_hidden_state")
	case !o.Pooled:
		t.states(h, fmt.Sprintf("hidden_states.%d", layers))
	}
	if o.Pooled {
		pooled := t.in("final_layer_norm").layerNorm(t.end(h))
		t.result(root.in("text_projection").product(pooled), "text_embeds", "batch", a.Projection)
	}
	return t.finish()
}

// maxPositions is more than the tokens that any encoder takes: CLIP takes 77, and
// what keeps tokens from attending to later ones has the square of it.
const maxPositions = 1024

// states makes an output of tokens [B·M, D].
func (t *text) states(h tensor, name string) {
	rows := t.op("Reshape", []string{h.name, t.ints(-1, int64(t.Positions), int64(t.Width))})
	t.result(tensor{rows, h.channels}, name, "batch", t.Positions, t.Width)
}

// embed looks the tokens' vectors up and adds those of their places.
func (t *text) embed(more []checkpoint.Tensor) tensor {
	p := t.in("embeddings")
	vocabulary, positions := p.in("token_embedding"), p.in("position_embedding")
	ids := t.ids.name
	if len(more) > 0 {
		ids = vocabulary.op("Min", []string{ids, t.int(int64(t.Vocabulary - 1))})
	}
	words := vocabulary.rows(ids, t.Vocabulary, t.Width)
	known := t.Vocabulary
	for i, e := range more {
		words, known = vocabulary.extend(words, t.ids.name, known, i, e)
	}
	places, shape := positions.weight("weight", nil)
	if shape != nil && (len(shape) != 2 || shape[0] != t.Positions || shape[1] != t.Width) {
		positions.misfit("weight", shape, fmt.Sprintf("there are %d positions of %d numbers", t.Positions, t.Width))
	}
	sum := p.op("Add", []string{words, places})
	return tensor{p.op("Reshape", []string{sum, p.ints(-1, int64(t.Width))}), t.Width}
}

// rows picks rows of a table [n, width]. A table of half precision is widened
// after that: most of its rows are never asked for.
func (p part) rows(ids string, n, width int) string {
	name, table, ok := p.find("weight")
	if !ok {
		return ""
	}
	if len(table.Shape) != 2 || table.Shape[0] != n || table.Shape[1] != width || table.Transposed {
		p.misfit("weight", table.Shape, fmt.Sprintf("there are %d words of %d numbers", n, width))
		return ""
	}
	return p.pick(p.stored(name, table, dimsOf(table.Shape)), ids, table.Type)
}

// pick gathers rows of a table of some type, in single precision.
func (p part) pick(table, ids string, t checkpoint.Type) string {
	rows := p.op("Gather", []string{table, ids}, pb.Int("axis", 0))
	if t == checkpoint.F32 {
		return rows
	}
	return p.op("Cast", []string{rows}, pb.Int("to", int64(element.Float32)))
}

// extend has token ids from known on stand for the rows of more words; it
// returns the ids' vectors and how many words are known then.
func (p part) extend(words, ids string, known, number int, more checkpoint.Tensor) (string, int) {
	name, width := fmt.Sprintf("embedding_%d", number), 0
	if n := len(more.Shape); n > 0 {
		width = more.Shape[n-1]
	}
	count := int(countOf(dimsOf(more.Shape))) / max(width, 1)
	if count < 1 {
		p.fail(fmt.Errorf("%w: the words of %s have the shape %v", ErrWeights, more.Name, more.Shape))
		return words, known
	}
	table := p.stored(name, more, []int64{int64(count), int64(width)})
	row := p.op("Sub", []string{ids, p.int(int64(known))})
	row = p.op("Min", []string{p.op("Max", []string{row, p.int(0)}), p.int(int64(count - 1))})
	is := p.op("And", []string{
		p.op("GreaterOrEqual", []string{ids, p.int(int64(known))}),
		p.op("Less", []string{ids, p.int(int64(known + count))}),
	})
	is = p.op("Unsqueeze", []string{is, p.ints(2)})
	return p.op("Where", []string{is, p.pick(table, row, more.Type), words}), known + count
}

// layer is transformers' CLIPEncoderLayer.
func (t *text) layer(p part, h tensor) tensor {
	normal, attention := p.in("layer_norm1").layerNorm(h), p.in("self_attn")
	out := attention.attend(attention.in("q_proj").linear(normal), attention.in("k_proj").linear(normal),
		attention.in("v_proj").linear(normal), t.Heads, t.mask)
	h = p.add(h, attention.in("out_proj").linear(out))
	mlp := p.in("mlp")
	wide := t.activate(mlp, mlp.in("fc1").linear(p.in("layer_norm2").layerNorm(h)))
	return p.add(h, mlp.in("fc2").linear(wide))
}

func (t *text) activate(p part, x tensor) tensor {
	switch t.Activation {
	case "quick_gelu":
		return p.quickGELU(x)
	case "gelu":
		return p.gelu(x)
	}
	p.fail(fmt.Errorf("%w: the activation %q is not known", ErrWeights, t.Activation))
	return tensor{}
}

// causal is what keeps a token from attending to those after it, [M, M].
func (t *text) causal() string {
	n := t.Positions
	mask := make([]float32, n*n)
	for row := range n {
		for column := row + 1; column < n; column++ {
			mask[row*n+column] = -math.MaxFloat32
		}
	}
	return t.floats("causal_mask", []int64{int64(n), int64(n)}, mask)
}

// end picks the token that ends the text out of each row, [B, D].
func (t *text) end(h tensor) tensor {
	is := t.op("Cast", []string{t.op("Equal", []string{t.ids.name, t.int(int64(t.Vocabulary - 1))})}, pb.Int("to", int64(element.Int32)))
	first := t.op("ArgMax", []string{is}, pb.Int("axis", 1), pb.Int("keepdims", 0))
	rows := t.op("Range", []string{t.int(0), t.op("Squeeze", []string{t.batch}), t.int(1)})
	token := t.op("Add", []string{t.op("Mul", []string{rows, t.int(int64(t.Positions))}), first})
	return tensor{t.op("Gather", []string{h.name, token}, pb.Int("axis", 0)), h.channels}
}
