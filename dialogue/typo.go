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
	var known [][]string
	var prompt english.Words
	if n := len(talk.Turns); n > 0 {
		prompt = english.Tokenise(talk.Turns[n-1].Prompt)
		prompt = prompt[:min(len(prompt), caption.Limit)]
	}
	out = slices.Clone(tokens)
	read := func(i int, word string) {
		said = strings.TrimPrefix(fmt.Sprintf("%s; read %q as %q", said, out[i].Text, word), "; ")
		out[i].Text, out[i].Lower, out[i].Mended = word, word, true
	}
	for i, t := range out {
		if word, ok := p.meantByPair(out, i, prompt); ok {
			read(i, word)
			continue
		}
		if t.Mark || len(t.Lower) < 3 || p.knows(t.Lower, talk) {
			continue
		}
		if known == nil {
			known = p.vocabulary(prompt, talk)
		}
		if word, ok := nearest(t.Lower, known); ok {
			read(i, word)
		}
	}
	if i := slices.IndexFunc(out, func(t english.Token) bool { return !t.Mark }); i >= 0 && p.slipsInOrder(out, i) {
		if word, ok := theOnly(out[i].Lower, strings.Fields(string(english.Starters)), leftOut); ok {
			read(i, word)
		}
	}
	for i := 0; i+1 < len(out); i++ {
		if next := out[i+1].Lower; out[i].Lower == "an" && english.ClassOf(next) == english.Determiner {
			out[i].Text, out[i].Lower, out[i].Mended = "and", "and", true // "freckles an a hat"
		}
	}
	return out, said
}

// slipsInOrder tells whether a word stands where an order has its verb, and is a rare
// noun and no verb: "mak the hair wavy".
func (p *Planner) slipsInOrder(tokens english.Words, i int) bool {
	if i+1 >= len(tokens) || english.Closed(tokens[i].Lower) {
		return false
	}
	switch english.ClassOf(tokens[i+1].Lower) {
	case english.Determiner, english.Possessive, english.Pronoun:
	default:
		return false
	}
	word, ok := p.en.Lookup(tokens[i].Lower)
	return ok && word.Noun == 0 && word.Verb < 0 && word.Adjective < 0 && word.Adverb < 0
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
	if english.Closed(w) || english.Starters.Has(w) || questionWords.Has(w) || p.en.Courteous(w) || talk.Known != nil && talk.Known(w) || strings.ContainsAny(w, "0123456789-") {
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

// vocabulary lists what a typing error may have meant: the caption's words, then those
// of pictures, then the verbs of orders.
func (p *Planner) vocabulary(prompt english.Words, talk Conversation) [][]string {
	var shown []string
	for _, t := range prompt {
		if !t.Mark && !english.Closed(t.Lower) {
			shown = append(shown, t.Lower)
		}
	}
	drawn := slices.Concat(talk.Vocabulary, strings.Fields(string(spelled)))
	return [][]string{shown, drawn, strings.Fields(string(english.Starters))}
}

// spelled are words that talk about pictures is full of, what is nearest to the picture
// first.
const spelled english.List = "red blue green yellow black white brown blond orange purple pink gray curly wavy straight long short hair beard face eyes hat glasses sunglasses freckles shirt sweater dress scarf collar happy sad smiling laughing " +
	"man woman boy girl person dog cat bird horse house castle wall tree river lake mountains forest street night winter summer snow rain sunset sky grass background picture color colour style " +
	"make draw add give take put change replace remove undo redo back instead without with behind between beside above under before after should would could meant want need please another there very more less curlier increase decrease wants needs looks field they them this that the and who wears wearing has have"

// nearest is the word that somebody means who types w, one edit away. Letters are left
// out and swapped more often than they are added, and that more often than changed.
// The first list that has one decides.
func nearest(w string, lists [][]string) (string, bool) {
	for _, words := range lists {
		for _, of := range []slip{leftOut, turned, tooMany, changed} {
			if word, ok := theOnly(w, words, of); word != "" {
				return word, ok
			}
		}
	}
	return "", false
}

// theOnly is the word that one kind of slip leads to w from, and whether no other could
// be meant as well: "shrt" is a shirt or short. Words that begin as w does go before
// others.
func theOnly(w string, words []string, of slip) (word string, ok bool) {
	for _, candidate := range words {
		candidate = english.Lower(candidate)
		if len(candidate) < 3 || candidate == w || slipOf(w, candidate) != of {
			continue
		}
		begins, before := candidate[0] == w[0], word != "" && word[0] == w[0]
		switch {
		case word == "" || begins && !before:
			word, ok = candidate, true
		case begins == before && english.AmericanSpelling(candidate) != english.AmericanSpelling(word):
			ok = false
		}
	}
	return word, ok
}

// A slip is an edit by which a word is mistyped.
type slip int

const (
	none slip = iota
	leftOut
	turned
	tooMany
	changed
)

// slipOf is the slip by which who means a word types w.
func slipOf(w, meant string) slip {
	switch {
	case !oneOff(w, meant):
		return none
	case len(w) < len(meant):
		return leftOut
	case len(w) > len(meant):
		return tooMany
	}
	for i := 0; i+1 < len(w); i++ {
		if w[i] != meant[i] {
			if w[i] == meant[i+1] && w[i+1] == meant[i] {
				return turned
			}
			break
		}
	}
	return changed
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
