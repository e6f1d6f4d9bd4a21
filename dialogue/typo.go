package dialogue

import (
	"fmt"
	"slices"
	"strings"
)

// mend corrects words that nobody knows and that are one letter off a word of the
// caption, of the model's vocabulary or of the grammar. It says what it did.
func (p *Planner) mend(tokens []token, talk Conversation) (out []token, said string) {
	var known []string
	var prompt []token
	if n := len(talk.Turns); n > 0 {
		prompt = tokenise(talk.Turns[n-1].Prompt)
		prompt = prompt[:min(len(prompt), captionLimit)]
	}
	out = slices.Clone(tokens)
	for i, t := range out {
		if word, ok := p.meantByPair(out, i, prompt); ok {
			out[i].text, out[i].lower, out[i].mended = word, word, true
			said = strings.TrimPrefix(fmt.Sprintf("%s; read %q as %q", said, t.text, word), "; ")
			continue
		}
		if t.mark || len(t.lower) < 3 || p.knows(t.lower, talk) {
			continue
		}
		if known == nil {
			known = p.vocabulary(prompt, talk)
		}
		if word, ok := nearest(t.lower, known); ok {
			out[i].text, out[i].lower, out[i].mended = word, word, true
			said = strings.TrimPrefix(fmt.Sprintf("%s; read %q as %q", said, t.text, word), "; ")
		}
	}
	return out, said
}

// meantByPair mends a word that is English, but that one letter keeps from being
// the caption's: "the stop sing" where there is a stop sign.
func (p *Planner) meantByPair(tokens []token, i int, prompt []token) (string, bool) {
	if i == 0 || len(tokens[i].lower) < 4 || closedWord(tokens[i-1].lower) || tokens[i-1].mark {
		return "", false
	}
	for j := 1; j < len(prompt); j++ {
		if prompt[j-1].lower == tokens[i-1].lower && oneOff(tokens[i].lower, prompt[j].lower) && p.lemma(tokens[i].lower) != p.lemma(prompt[j].lower) {
			return prompt[j].lower, true
		}
	}
	return "", false
}

// knows tells whether a word needs no mending.
func (p *Planner) knows(w string, talk Conversation) bool {
	if closedWord(w) || starters.has(w) || talk.Known != nil && talk.Known(w) || strings.ContainsAny(w, "0123456789-") {
		return true
	}
	if _, ok := p.lex.Lookup(w); ok {
		return true
	}
	if _, ok := p.lex.NounLemma(w); ok {
		return true
	}
	if _, ok := p.lex.VerbLemma(w); ok {
		return true
	}
	_, _, ok := p.lex.Degree(w)
	return ok
}

// vocabulary lists what a typing error may have meant, what is nearest to the
// conversation first.
func (p *Planner) vocabulary(prompt []token, talk Conversation) []string {
	var words []string
	for _, t := range prompt {
		if !t.mark {
			words = append(words, t.lower)
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
		if len(candidate) > 2 && candidate != w && oneOff(w, lower(candidate)) {
			return lower(candidate), true
		}
	}
	return "", false
}

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
