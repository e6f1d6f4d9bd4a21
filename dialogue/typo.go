package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// mend corrects words that nobody knows and that are one letter off a word of the
// caption, of the model's vocabulary or of the grammar. It says what it did.
func (p *Planner) mend(tokens english.Words, talk Conversation) (out english.Words, said string) {
	var known []string
	var prompt english.Words
	if n := len(talk.Turns); n > 0 {
		prompt = english.Tokenise(talk.Turns[n-1].Prompt)
		prompt = prompt[:min(len(prompt), caption.Limit)]
	}
	out = slices.Clone(tokens)
	for i, t := range out {
		if word, ok := p.meantByPair(out, i, prompt); ok {
			out[i].Text, out[i].Lower, out[i].Mended = word, word, true
			said = strings.TrimPrefix(fmt.Sprintf("%s; read %q as %q", said, t.Text, word), "; ")
			continue
		}
		if t.Mark || len(t.Lower) < 3 || p.knows(t.Lower, talk) {
			continue
		}
		if known == nil {
			known = p.vocabulary(prompt, talk)
		}
		if word, ok := nearest(t.Lower, known); ok {
			out[i].Text, out[i].Lower, out[i].Mended = word, word, true
			said = strings.TrimPrefix(fmt.Sprintf("%s; read %q as %q", said, t.Text, word), "; ")
		}
	}
	return out, said
}

// meantByPair mends a word that is English, but that one letter keeps from being
// the caption's: "the stop sing" where there is a stop sign.
func (p *Planner) meantByPair(tokens english.Words, i int, prompt english.Words) (string, bool) {
	if i == 0 || len(tokens[i].Lower) < 4 || english.Closed(tokens[i-1].Lower) || tokens[i-1].Mark {
		return "", false
	}
	for j := 1; j < len(prompt); j++ {
		if prompt[j-1].Lower == tokens[i-1].Lower && oneOff(tokens[i].Lower, prompt[j].Lower) && p.en.Lemma(tokens[i].Lower) != p.en.Lemma(prompt[j].Lower) {
			return prompt[j].Lower, true
		}
	}
	return "", false
}

// knows tells whether a word needs no mending.
func (p *Planner) knows(w string, talk Conversation) bool {
	if english.Closed(w) || english.Starters.Has(w) || p.en.Courteous(w) || talk.Known != nil && talk.Known(w) || strings.ContainsAny(w, "0123456789-") {
		return true
	}
	if _, ok := p.en.Lookup(w); ok {
		return true
	}
	if _, ok := p.en.NounLemma(w); ok {
		return true
	}
	if _, ok := p.en.VerbLemma(w); ok {
		return true
	}
	_, _, ok := p.en.Degree(w)
	return ok
}

// vocabulary lists what a typing error may have meant, what is nearest to the
// conversation first.
func (p *Planner) vocabulary(prompt english.Words, talk Conversation) []string {
	var words []string
	for _, t := range prompt {
		if !t.Mark {
			words = append(words, t.Lower)
		}
	}
	words = append(words, talk.Vocabulary...)
	words = append(words, "red", "blue", "green", "yellow", "black", "white", "brown", "blond", "orange", "purple", "pink", "gray", "curly", "hair", "make", "add",
		"background", "undo", "redo", "instead", "remove", "without", "glasses", "color", "colour", "change", "replace", "style", "sunset", "curlier", "increase", "decrease", "please", "picture")
	return words
}

// nearest is the word one edit away: a letter missing, added, changed, or two
// swapped. Words are tried in order.
func nearest(w string, words []string) (string, bool) {
	for _, candidate := range words {
		if len(candidate) > 2 && candidate != w && oneOff(w, english.Lower(candidate)) {
			return english.Lower(candidate), true
		}
	}
	return "", false
}

// oneOff tells whether two words are one edit apart: a letter missing, added,
// changed, or two swapped.
func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) < len(b):
		return a[i:] == b[i+1:]
	case i == len(a):
		return false
	case a[i+1:] == b[i+1:]:
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
