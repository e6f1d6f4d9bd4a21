package dialogue

import (
	"fmt"
	"strings"

	"pentimento/dialogue/english"
)

// A hearing is an utterance as it was heard.
type hearing struct {
	// typed is what was typed, text that without notations, of which refused says
	// what was asked for and is not done, and weights are factors by word.
	typed, text string
	refused     []string
	weights     map[string]float64
	// words are its words, spoken those of them that carry meaning.
	words, spoken english.Words
	// asked are the words as a question has them: before others stood for those
	// that the model does not know, and without what questions begin with.
	asked english.Words
	// all is unset where the text was too long to be read to its end.
	all bool
	// mended says which typing errors were mended, replaced are the words that
	// the model does not know and that others stand for.
	mended   string
	replaced []replacement
}

// hear normalises an utterance: notations are written out, the answer to a pending question becomes the
// choice it means, typing errors are mended, words that the model does not know
// give way to words that it knows, and courtesies are dropped.
func (p *Planner) hear(utterance string, talk Conversation) hearing {
	typed := english.Fold(utterance)
	plain := p.plain(typed)
	h := hearing{typed: typed, text: p.answer(p.en.WriteOut(plain.text), talk), refused: plain.refused, weights: plain.weights}
	h.words, h.all = english.Read(h.text)
	h.words = p.en.Uncleft(p.en.PlainMoments(p.en.Repaired(h.words)))
	h.words, h.mended = p.mend(h.words, talk)
	h.asked = p.en.Unfilled(h.words)
	h.words, h.replaced = p.translate(h.words, talk)
	h.spoken = p.en.Ordered(p.en.Polite(h.words))
	return h
}

// corrects tells whether the utterance corrects what is there: "no, brown", "brown I
// mean".
func (h hearing) corrects() bool {
	words := h.words.TrimMarks()
	if len(words) == 0 {
		return false
	}
	return refusing.Has(words[0].Lower) || words.StartsWith("i", "meant") || words.StartsWith("i", "mean") || words.Has("actually")
}

const refusing english.List = "argh aargh gah dang damn no not nope nah naah sorry oops whoops wait rather"

// goesOn tells whether the utterance asks for the same for something else: "the cat
// too", "and the cat".
func (h hearing) goesOn() bool {
	words := h.words.TrimMarks()
	if len(words) == 0 {
		return false
	}
	words = withoutPlease(words)
	last := words[len(words)-1].Lower
	return words[0].Lower == "and" || last == "too" || last == "also" || last == "likewise" || last == "well" && len(words) > 2 && words[len(words)-2].Lower == "as"
}

// confines tells whether the utterance asks for one thing alone: "only the hat".
func (h hearing) confines() bool {
	for _, t := range h.words {
		if t.Lower == "only" || t.Lower == "just" {
			return true
		}
		if !t.Mark && !english.Closed(t.Lower) && t.Lower != "ok" && t.Lower != "okay" && t.Lower != "please" {
			return false
		}
	}
	return false
}

// withoutPlease drops "please" and marks at the end.
func withoutPlease(words english.Words) english.Words {
	for len(words) > 1 && (words[len(words)-1].Mark || words[len(words)-1].Lower == "please") {
		words = words[:len(words)-1]
	}
	return words
}

// verbatim is some of the hearing's words as they were typed, with mended words in
// their place. The end of a text that was too long to be read belongs to its
// last words.
func (h hearing) verbatim(tokens english.Words) string {
	if len(tokens) == 0 {
		return ""
	}
	var b strings.Builder
	at := tokens[0].Start
	for _, t := range tokens {
		if t.Mended && t.Start >= at {
			b.WriteString(h.text[at:t.Start])
			b.WriteString(t.Text)
			at = t.Start + t.Size
		}
	}
	last := tokens[len(tokens)-1]
	end := last.Start + last.Size
	if said := h.spoken.TrimMarks(); !h.all && len(said) > 0 && last.Start == said[len(said)-1].Start {
		end = len(h.text)
	}
	if end > at {
		b.WriteString(h.text[at:end])
	}
	return strings.TrimSpace(b.String())
}

// together tells whether words stand one after the other in what was said.
func (h hearing) together(words english.Words) bool {
	for i := 1; i < len(words); i++ {
		for _, t := range h.words {
			if t.Start > words[i-1].Start && t.Start < words[i].Start {
				return false
			}
		}
		if words[i].Start < words[i-1].Start {
			return false
		}
	}
	return true
}

// noted adds to a plan what became of the utterance on the way to it.
func (p *Planner) noted(plan *Plan, h hearing, talk Conversation) {
	if plan.Action == Edit && !h.all {
		plan.Undone = append(plan.Undone, fmt.Sprintf("everything after the first %d words", english.UtteranceLimit))
	}
	plan.Undone = append(plan.Undone, h.refused...)
	plan.Unknown = p.unknownWords(plan, talk)
	plan.Instead = p.insteadOf(plan.Unknown, talk)
	plan.Undone = append(plan.Undone, approximations(plan, h.replaced)...)
	if h.mended != "" {
		plan.Reason = strings.TrimPrefix(plan.Reason+"; "+h.mended, "; ")
	}
}
