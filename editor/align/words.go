// Package align says which words of an edited prompt stand for which words of
// its source, and turns that into the matrix that carries cross-attention maps
// from one prompt's tokens to the other's.
//
// The P2P paper gives one rule for prompts with equal numbers of tokens (word
// swap) and one for added words (refinement). Real edits mix both and rarely
// keep the number of words, so [Words] aligns any two prompts and [Tokens]
// gives one mapping that covers every case.
package align

import "pentimento/models/tokenizer"

// Kind is what happened to a span of words between source and target.
type Kind int

// The kinds of spans, in the paper's terms: Keep is a word of both prompts,
// Swap a word swap, Insert a refinement; Delete is a refinement read backwards.
const (
	Keep Kind = iota
	Swap
	Insert
	Delete
)

func (k Kind) String() string {
	return [...]string{"keep", "swap", "insert", "delete"}[k]
}

// A Span pairs a run of source words with a run of target words, both as
// half-open ranges of word indices.
type Span struct {
	Kind                   Kind
	SourceFirst, SourceEnd int
	TargetFirst, TargetEnd int
}

// Words aligns two prompts word by word (Needleman and Wunsch 1970, with the
// paper's costs: a match scores 1, gaps nothing, mismatches are never worth
// it). Between two kept words, deleted words followed by inserted ones are one
// swap. The spans cover both prompts in order; a kept span is one word.
func Words(source, target []tokenizer.Word) []Span {
	score := scores(source, target)
	var spans []Span
	i, j := 0, 0
	for i < len(source) || j < len(target) {
		gapI, gapJ := i, j
		for !matchHere(score, source, target, i, j) && (i < len(source) || j < len(target)) {
			if j == len(target) || i < len(source) && score[i+1][j] >= score[i][j+1] {
				i++
			} else {
				j++
			}
		}
		if i > gapI || j > gapJ {
			spans = append(spans, Span{gapKind(i-gapI, j-gapJ), gapI, i, gapJ, j})
		}
		if i < len(source) && j < len(target) {
			spans = append(spans, Span{Keep, i, i + 1, j, j + 1})
			i, j = i+1, j+1
		}
	}
	return spans
}

// scores returns the number of words that source[i:] and target[j:] can keep,
// for every i and j.
func scores(source, target []tokenizer.Word) [][]int {
	score := make([][]int, len(source)+1)
	for i := range score {
		score[i] = make([]int, len(target)+1)
	}
	for i := len(source) - 1; i >= 0; i-- {
		for j := len(target) - 1; j >= 0; j-- {
			score[i][j] = max(score[i+1][j], score[i][j+1])
			if source[i].Text == target[j].Text {
				score[i][j] = max(score[i][j], score[i+1][j+1]+1)
			}
		}
	}
	return score
}

// matchHere reports whether a best alignment keeps source[i] as target[j].
func matchHere(score [][]int, source, target []tokenizer.Word, i, j int) bool {
	return i < len(source) && j < len(target) &&
		source[i].Text == target[j].Text &&
		score[i][j] == score[i+1][j+1]+1
}

func gapKind(deleted, inserted int) Kind {
	switch {
	case inserted == 0:
		return Delete
	case deleted == 0:
		return Insert
	default:
		return Swap
	}
}
