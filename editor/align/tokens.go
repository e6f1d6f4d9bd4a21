package align

import "pentimento/models/tokenizer"

// A Mapping carries cross-attention from the tokens of a source prompt to
// those of a target prompt. M is the model's context length.
type Mapping struct {
	// Mapper holds, at [i*M+j], how much of the attention that source token i
	// receives goes to target token j: the paper's A_t* = M·A_t for word swap
	// and its alignment function A for refinement, in one matrix. [M, M]
	Mapper []float32
	// Kinds says of every target token where its attention comes from: Keep
	// and Swap from the source through Mapper, Insert from the target itself.
	// The start, end and padding tokens are kept. [M]
	Kinds []Kind
}

// Tokens maps the tokens of source to those of target, along spans as [Words]
// gives them.
//
// A kept word maps token by token. A swapped span of m tokens maps to n tokens
// one to one when m = n and otherwise by spreading each source token's
// attention evenly over all n, which keeps the total. Start maps to start, end
// to end, padding to padding in order.
func Tokens(source, target tokenizer.Encoding, spans []Span) Mapping {
	m := len(target.IDs)
	mapping := Mapping{Mapper: make([]float32, m*m), Kinds: make([]Kind, m)}
	for j := range mapping.Kinds {
		mapping.Kinds[j] = Insert
	}
	mapping.join(0, 1, 0, 1, Keep)
	for _, s := range spans {
		if s.Kind != Keep && s.Kind != Swap {
			continue
		}
		i, iEnd := tokenRange(source.Words, s.SourceFirst, s.SourceEnd)
		j, jEnd := tokenRange(target.Words, s.TargetFirst, s.TargetEnd)
		mapping.join(i, iEnd, j, jEnd, s.Kind)
	}
	tail := min(m-source.Length, m-target.Length) + 1
	mapping.join(source.Length-1, source.Length-1+tail, target.Length-1, target.Length-1+tail, Keep)
	return mapping
}

// join maps source tokens [i, iEnd) to target tokens [j, jEnd).
func (m *Mapping) join(i, iEnd, j, jEnd int, kind Kind) {
	width := len(m.Kinds)
	oneToOne := iEnd-i == jEnd-j
	for t := j; t < jEnd; t++ {
		m.Kinds[t] = kind
		if oneToOne {
			m.Mapper[(i+t-j)*width+t] = 1
			continue
		}
		for s := i; s < iEnd; s++ {
			m.Mapper[s*width+t] = 1 / float32(jEnd-j)
		}
	}
}

// tokenRange returns the tokens of words [first, end).
func tokenRange(words []tokenizer.Word, first, end int) (int, int) {
	return words[first].First, words[end-1].Last
}
