package checkpoint

import (
	"errors"
	"fmt"
)

// A Term is a product of two thin matrices that is added to a weight:
//
//	W' = W + Scale · Up · Down
//
// of a weight [out, in] or [out, in, k, k].
type Term struct {
	Up    Tensor // [out, rank] or [out, rank, 1, 1]
	Down  Tensor // [rank, in] or [rank, in, k, k]
	Scale float32
}

// ErrFit says that the matrices of a [Term] do not fit the weight that they are
// for.
var ErrFit = errors.New("does not fit the weight")

// Rank is the rank of a term for a weight of a shape, which counts as the
// matrix [out, in·k·k] that it is in memory; [ErrFit] says that its matrices do
// not fit it.
func (t Term) Rank(weight []int) (int, error) {
	up, down := t.Up.Shape, t.Down.Shape
	if len(weight) < 2 || len(up) < 2 || len(down) < 2 {
		return 0, fmt.Errorf("%v times %v %w of %v", up, down, ErrFit, weight)
	}
	rank := down[0]
	if rank == 0 || up[0] != weight[0] || count(up[1:]) != rank || count(down[1:]) != count(weight[1:]) {
		return 0, fmt.Errorf("%v times %v %w of %v", up, down, ErrFit, weight)
	}
	return rank, nil
}

func count(shape []int) int {
	n := 1
	for _, side := range shape {
		n *= side
	}
	return n
}
