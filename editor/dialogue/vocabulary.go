package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/editor/dialogue/lexicon"
)

// A replacement is a word that the model does not know and the one it knows that
// stands for it. exact is set for another spelling or a synonym.
type replacement struct {
	word, known string
	exact       bool
}

// translate puts words that the model knows in the place of words that it does
// not: another spelling ("blonde"), a synonym ("spectacles"), or else the
// nearest more general word ("beanie" for "hat"). It needs the model's
// vocabulary.
func (p *Planner) translate(tokens []token, talk Conversation) ([]token, []replacement) {
	if talk.Known == nil || len(talk.Vocabulary) == 0 {
		return tokens, nil
	}
	out := slices.Clone(tokens)
	var made []replacement
	for i, t := range out {
		if t.mark || closedWord(t.lower) || starters[t.lower] || talk.Known(t.lower) {
			continue
		}
		if r, ok := p.knownFor(t.lower, talk); ok {
			out[i].text, out[i].lower, out[i].mended = r.known, r.known, true
			made = append(made, r)
		}
	}
	return out, made
}

// knownFor finds the model's word for one that it does not know.
func (p *Planner) knownFor(w string, talk Conversation) (replacement, bool) {
	for _, v := range talk.Vocabulary {
		if talk.Known(v) && americanSpelling(v) == americanSpelling(w) {
			return replacement{w, v, true}, true
		}
	}
	for _, v := range talk.Vocabulary { // "curls" for "curly"
		if p.related(v, w) && !closedWord(v) && talk.Known(v) {
			return replacement{w, v, true}, true
		}
	}
	mine := p.lex.Senses(w)
	if len(mine) == 0 || p.lex.Is(w, lexicon.Person) || p.lex.Is(w, lexicon.Animal) {
		return replacement{}, false
	}
	best, narrowest := "", 400
	for _, v := range talk.Vocabulary {
		theirs := p.lex.Senses(v)
		if len(theirs) == 0 || !talk.Known(v) || closedWord(v) {
			continue
		}
		if theirs[0].First == mine[0].First {
			return replacement{w, v, true}, true
		}
		if p.lex.IsPlural(v) != p.lex.IsPlural(w) {
			continue
		}
		if extent := theirs[0].Last - theirs[0].First; theirs[0].Covers(mine[0]) && extent < narrowest {
			best, narrowest = v, extent
		}
	}
	return replacement{w, best, false}, best != ""
}

// approximations say where the plan has a more general word than was asked for.
func approximations(plan *Plan, made []replacement) []string {
	var out []string
	for _, r := range made {
		if !r.exact && strings.Contains(lower(plan.Prompt), r.known) {
			out = append(out, fmt.Sprintf("%q exactly, the model knows only %q", r.word, r.known))
		}
	}
	return out
}
