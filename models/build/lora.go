package build

import (
	"fmt"

	"pentimento/models/checkpoint"
	pb "pentimento/models/graph/onnxpb"
)

// adapted gives a weight with a LoRA's terms added. A kernel counts as the
// matrix [out, in·k·k] that it is in memory, and so do the matrices of its
// terms.
func (p part) adapted(name string, t checkpoint.Tensor, terms []Term, dims []int64) string {
	rows := int64(t.Shape[0])
	columns := countOf(dimsOf(t.Shape)) / max(rows, 1)
	sum := p.single(name, t, []int64{rows, columns})
	for i, term := range terms {
		if term.Scale == 0 {
			continue
		}
		rank, err := term.rank(rows, columns)
		if err != nil {
			p.fail(fmt.Errorf("LoRA for %s: %w", name, err))
			return ""
		}
		up := p.single(fmt.Sprintf("%s.up.%d", name, i), term.Up, []int64{rows, rank})
		down := p.single(fmt.Sprintf("%s.down.%d", name, i), term.Down, []int64{rank, columns})
		sum = p.op("Gemm", []string{up, down, sum}, pb.Float("alpha", term.Scale))
	}
	if len(dims) == 2 {
		return sum
	}
	return p.op("Reshape", []string{sum, p.ints(dims...)})
}

// rank gives the rank of a term for a weight of so many rows and columns.
func (t Term) rank(rows, columns int64) (int64, error) {
	up, down := dimsOf(t.Up.Shape), dimsOf(t.Down.Shape)
	if len(up) < 2 || len(down) < 2 {
		return 0, fmt.Errorf("%w: up is %v and down is %v", ErrWeights, up, down)
	}
	rank := down[0]
	if up[0] != rows || countOf(up) != rows*rank || countOf(down) != rank*columns {
		return 0, fmt.Errorf("%w: up %v times down %v is not [%d, %d]", ErrWeights, up, down, rows, columns)
	}
	return rank, nil
}
