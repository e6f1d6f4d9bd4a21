package quantize

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	"pentimento/models/graph"
	pb "pentimento/models/graph/onnxpb"
)

// RangesOutput is the output of an observed graph that has the ranges of one run:
// the least and the greatest value of every tensor that is observed, in turn.
// float32 [2n]
const RangesOutput = prefix + "ranges"

// Observed is the graph with the output [RangesOutput].
func (p *Plan) Observed() ([]byte, error) {
	m, _ := proto.Clone(p.model).(*pb.Model)
	g := m.Graph
	whole := pb.Int64s(prefix+"whole", []int64{1}, []int64{1})
	g.Initializer = append(g.Initializer, whole)
	var numbers []string
	for i, name := range p.observed {
		for _, op := range []string{"ReduceMin", "ReduceMax"} {
			reduced := fmt.Sprintf("%s%s_%d", prefix, op, i)
			number := reduced + "_number"
			g.Node = append(g.Node,
				node(op, "", []string{name}, reduced, pb.Int("keepdims", 0)),
				node("Reshape", "", []string{reduced, whole.GetName()}, number))
			numbers = append(numbers, number)
		}
	}
	g.Node = append(g.Node, node("Concat", "", numbers, RangesOutput, pb.Int("axis", 0)))
	g.Output = append(g.Output, graph.ValueInfo(graph.Value{
		Name: RangesOutput, Type: element.Float32, Ranked: true, Dims: []graph.Dim{{Size: int64(len(numbers))}},
	}))
	return marshal(m)
}

// Observations is how many values [RangesOutput] has.
func (p *Plan) Observations() int { return 2 * len(p.observed) }

// Ranges are the least and the greatest value of every observed tensor over some
// runs, in turn: [RangesOutput], or nothing before the first run.
type Ranges []float32

// ErrNotFinite says that an observed run gave values that are no numbers.
var ErrNotFinite = errors.New("computes values that are not finite numbers")

// Add widens the ranges by those of another run.
func (r *Ranges) Add(run []float32) error {
	for _, v := range run {
		if v-v != 0 {
			return ErrNotFinite
		}
	}
	if len(*r) == 0 {
		*r = append(*r, run...)
		return nil
	}
	if len(run) != len(*r) {
		return fmt.Errorf("a run has %d ranges, the one before had %d", len(run)/2, len(*r)/2)
	}
	for i := 0; i < len(run); i += 2 {
		(*r)[i], (*r)[i+1] = min((*r)[i], run[i]), max((*r)[i+1], run[i+1])
	}
	return nil
}

// A scale says what the numbers of an activation stand for: (q − zero)·step.
type scale struct {
	step float32
	zero uint8
}

// scaleOf fits a scale to values between two bounds. 0 is always one of its
// numbers: padding adds zeros. What is never anything but 0 has a step of 1.
func scaleOf(low, high float32) scale {
	low, high = min(low, 0), max(high, 0)
	if low == high {
		return scale{step: 1}
	}
	step := coarse((float64(high) - float64(low)) / math.MaxUint8)
	zero := math.Round(-float64(low) / float64(step))
	return scale{step: step, zero: uint8(min(max(zero, 0), math.MaxUint8))}
}

// coarse rounds a step up to seven binary digits. Two machines that compute in
// single precision differ in the last of 24: so both find the same scales, but for
// the rarest case.
func coarse(step float64) float32 {
	const digits = 1 << 7
	fraction, exponent := math.Frexp(step)
	// A step below the normal numbers would be 0 in some kernels.
	return max(float32(math.Ldexp(math.Ceil(fraction*digits)/digits, exponent)), 0x1p-100)
}
