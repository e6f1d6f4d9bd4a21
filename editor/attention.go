package editor

import (
	"errors"
	"strings"

	"pentimento/models/tokenizer"
	"pentimento/recipe"
)

// ErrNoSuchWord says that a prompt does not have the word that was asked for,
// or that the word did not fit the model's context.
var ErrNoSuchWord = errors.New("the prompt has no such word")

// Find is the function [Find] with the tokenizer of the engine's model.
func (e *Engine) Find(prompt, phrase string) (recipe.Span, error) {
	return Find(e.model.Tokenizer(), prompt, phrase)
}

// Find returns the first span of the prompt that is the word or words of
// phrase, compared as the tokenizer compares them (without regard to case), or
// [ErrNoSuchWord].
func Find(t *tokenizer.Tokenizer, prompt, phrase string) (recipe.Span, error) {
	have, want := t.Encode(prompt).Words, t.Encode(phrase).Words
	if len(want) == 0 {
		return recipe.Span{}, ErrNoSuchWord
	}
next:
	for i := 0; i+len(want) <= len(have); i++ {
		for k := range want {
			if !strings.EqualFold(have[i+k].Text, want[k].Text) {
				continue next
			}
		}
		return recipe.Span{Start: have[i].Start, End: have[i+len(want)-1].End}, nil
	}
	return recipe.Span{}, ErrNoSuchWord
}

// Attention returns where the words in span attended: the mean over steps,
// heads and 16×16 layers of their cross-attention maps, summed over their
// tokens. The map has the drawing's MapHeight and MapWidth. [height, width]
func (d *Drawing) Attention(span recipe.Span) ([]float32, error) {
	positions := tokensIn(d.tokens, span)
	if len(positions) == 0 {
		return nil, ErrNoSuchWord
	}
	m := len(d.tokens.IDs)
	heat := make([]float32, len(d.maps)/m)
	for p := range heat {
		for _, j := range positions {
			heat[p] += d.maps[p*m+j]
		}
	}
	return heat, nil
}
