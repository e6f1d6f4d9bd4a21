package quantize

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/x448/float16"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
	"pentimento/models/runtime"
)

// halfPrefix starts every name that is added to a graph in half precision.
const halfPrefix = "fp16_"

// WriteHalf makes the graph that computes in half precision what [Plan.Write] would
// compute in eight bits; weights and to are as there. It needs no ranges.
//
//	conv     Cast → Conv → Cast
//	product  Cast → MatMul → Cast → Add, of the bias in single precision
//
// Everything between them stays in single precision: normalisations, attention's own
// products and sums over residuals, of which large models have such as float16 has
// no room for.
func (p *Plan) WriteHalf(ctx context.Context, r *runtime.Runtime, weights string, to Destination) ([]byte, error) {
	w := &writer{
		plan: p, folder: newFolder(r, p.model, weights), data: &data{to: to},
		lowered: map[string]string{}, known: map[string]bool{},
	}
	w.compute = w.halved
	return w.write(ctx)
}

// halved adds a target in half precision.
func (w *writer) halved(n *pb.Node, t target, values []float32, dims []int64, bias []float32) error {
	if !t.conv && t.transposed {
		values = transposed(values, int(dims[0]), int(dims[1]))
		dims = []int64{dims[1], dims[0]}
	}
	weights, err := w.half(t.output+"_weights", values, dims)
	if err != nil {
		return err
	}
	operands, whole := []string{w.cast(t.input), weights}, halfPrefix+t.output
	if t.conv {
		if bias != nil {
			name, err := w.half(t.output+"_bias", bias, dims[:1])
			if err != nil {
				return err
			}
			operands = append(operands, name)
		}
		w.nodes = append(w.nodes, node("Conv", "", operands, whole, n.Attribute...), single(whole, t.output))
		return nil
	}
	w.nodes = append(w.nodes, node("MatMul", "", operands, whole))
	if bias == nil {
		w.nodes = append(w.nodes, single(whole, t.output))
		return nil
	}
	name, sum := halfPrefix+t.output+"_bias", whole+"_single"
	if err := w.add(name, element.Float32, []int64{int64(len(bias))}, appendFloats(nil, bias)); err != nil {
		return err
	}
	w.nodes = append(w.nodes, single(whole, sum), node("Add", "", []string{sum, name}, t.output))
	return nil
}

// cast gives an activation in half precision.
func (w *writer) cast(name string) string {
	if w.lowered[name] == "" {
		w.lowered[name] = halfPrefix + name + "_half"
		w.nodes = append(w.nodes, node("Cast", "", []string{name}, w.lowered[name], pb.Int("to", int64(element.Float16))))
	}
	return w.lowered[name]
}

func single(from, to string) *pb.Node {
	return node("Cast", "", []string{from}, to, pb.Int("to", int64(element.Float32)))
}

// half adds weights in half precision. Those that it has no room for are refused.
func (w *writer) half(name string, values []float32, dims []int64) (string, error) {
	raw := make([]byte, 0, 2*len(values))
	for _, v := range values {
		h := float16.Fromfloat32(v)
		if h.IsInf(0) || h.IsNaN() {
			return "", fmt.Errorf("the weights of %s hold %g, for which half precision has no room", name, v)
		}
		raw = binary.LittleEndian.AppendUint16(raw, h.Bits())
	}
	return halfPrefix + name, w.add(halfPrefix+name, element.Float16, dims, raw)
}
