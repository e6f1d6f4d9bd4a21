package build

import (
	"fmt"

	"pentimento/models/checkpoint"
	pb "pentimento/models/graph/onnxpb"
)

// adapted gives a weight with a LoRA's terms added. A kernel counts as the
// matrix [out, in·k·k] that it is in memory, and so do the matrices of its
// terms.
func (p part) adapted(name string, t checkpoint.Tensor, terms []checkpoint.Term, dims []int64) string {
	rows := int64(t.Shape[0])
	columns := countOf(dimsOf(t.Shape)) / max(rows, 1)
	sum := p.single(name, t, []int64{rows, columns})
	for i, term := range terms {
		if term.Scale == 0 {
			continue
		}
		n, err := term.Rank(t.Shape)
		if err != nil {
			p.fail(fmt.Errorf("%w: LoRA for %s: %w", ErrWeights, name, err))
			return ""
		}
		rank := int64(n)
		up := p.single(fmt.Sprintf("%s.up.%d", name, i), term.Up, []int64{rows, rank})
		down := p.single(fmt.Sprintf("%s.down.%d", name, i), term.Down, []int64{rank, columns})
		sum = p.op("Gemm", []string{up, down, sum}, pb.Float("alpha", term.Scale))
	}
	if len(dims) == 2 {
		return sum
	}
	return p.op("Reshape", []string{sum, p.ints(dims...)})
}
