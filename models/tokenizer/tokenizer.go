// Package tokenizer turns prompts into the token ids that a CLIP text encoder
// reads, and keeps for every word of the prompt where it was written and
// which tokens it became. Prompt-to-Prompt edits are about words; attention
// maps have a column per token; a [Word] connects the two.
//
// Start with [Load] and [Tokenizer.Encode]. A prompt passes through three
// steps, a file each: normalise.go (NFC, lower case), split.go (CLIP's
// regular expression cuts it into words), bpe.go (byte-pair encoding of each
// word); encode.go fits the result into the context.
package tokenizer

import (
	"maps"
	"slices"
	"strings"
)

// A Tokenizer is CLIP's byte-pair encoding with the vocabulary of one model.
// It never changes after Load and may be used by many goroutines at once.
type Tokenizer struct {
	words   splitter
	bpe     encoder
	learned learned
	tokens  []string // by id; "" where the vocabulary has a hole

	start, end, pad int
	contextLength   int
}

// ContextLength is the number of ids that every [Encoding] has: the M of
// attention maps [B, heads, pixels, M].
func (t *Tokenizer) ContextLength() int { return t.contextLength }

// VocabularySize is one more than the greatest id that Encode can give for the
// words that are not learned: the rows that the text encoder's embedding must
// have.
func (t *Tokenizer) VocabularySize() int { return len(t.tokens) }

// SameWords reports whether two tokenizers cut every prompt into the same
// tokens; they may pad it with different ones.
func (t *Tokenizer) SameWords(other *Tokenizer) bool {
	return t.contextLength == other.contextLength && t.start == other.start && t.end == other.end &&
		slices.Equal(t.tokens, other.tokens) && maps.Equal(t.bpe.merges, other.bpe.merges) && maps.Equal(t.bpe.whole, other.bpe.whole) &&
		maps.EqualFunc(t.learned.ids, other.learned.ids, slices.Equal)
}

// Decode writes ids as text for messages. Start, end and padding are left
// out, unknown ids show as the replacement character, and words come back
// in lower case with one space between any two.
func (t *Tokenizer) Decode(ids []int) string {
	var text []byte
	for _, id := range ids {
		switch {
		case id == t.start || id == t.end || id == t.pad:
		case id >= len(t.tokens) && t.learned.is(id):
			text = append(text, t.learned.text(id)...)
		case id < 0 || id >= len(t.tokens):
			text = append(text, "\uFFFD"...)
		default:
			text = append(text, t.bpe.alphabet.decode(t.tokens[id])...)
		}
	}
	return strings.ToValidUTF8(strings.TrimSpace(string(text)), "\uFFFD")
}
