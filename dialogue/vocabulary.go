package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/lexicon"
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
		if t.mark || closedWord(t.lower) || starters.has(t.lower) || talk.Known(t.lower) {
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

// unknownWords are the words new in a plan that the model does not know.
func (p *Planner) unknownWords(plan *Plan, talk Conversation) []string {
	if talk.Known == nil {
		return nil
	}
	old := map[string]bool{}
	if n := len(talk.Turns); n > 0 && plan.Action == Edit {
		for _, t := range tokenise(talk.Turns[n-1].Prompt) {
			old[t.lower] = true
		}
	}
	var unknown []string
	for _, t := range tokenise(plan.Prompt) {
		if !t.mark && !old[t.lower] && t.lower != "'s" && !talk.Known(t.lower) && !slices.Contains(unknown, t.lower) {
			unknown = append(unknown, t.lower)
		}
	}
	return unknown
}

// shown is how many words of the model a plan names instead of unknown ones.
const shown = 12

// insteadOf are words of the model for things of the same kinds as the unknown
// words, the most special kind first; where there are none, any of its words for
// things.
func (p *Planner) insteadOf(unknown []string, talk Conversation) []string {
	var out []string
	for _, w := range unknown {
		for _, kind := range offeredKinds() {
			if !p.lex.Is(w, kind) {
				continue
			}
			if alike := p.nouns(talk, kind); len(alike) > 0 {
				out = append(out, alike...)
				break
			}
		}
	}
	if len(out) == 0 && len(unknown) > 0 {
		out = p.nouns(talk, offeredKinds()...)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(shown, len(out))]
}

// offeredKinds are the kinds of things that a picture may show, the most special
// first.
func offeredKinds() []lexicon.Kind {
	return []lexicon.Kind{
		lexicon.Animal, lexicon.Person, lexicon.Colour, lexicon.Garment, lexicon.BodyPart, lexicon.Building, lexicon.Vehicle,
		lexicon.Weather, lexicon.Time, lexicon.Plant, lexicon.Place, lexicon.Artifact,
	}
}

// nouns are the model's words for things of the kinds, without plurals and
// possessives.
func (p *Planner) nouns(talk Conversation, of ...lexicon.Kind) []string {
	var out []string
	for _, v := range talk.Vocabulary {
		if closedWord(v) || p.lex.IsPlural(v) && slices.Contains(talk.Vocabulary, strings.TrimSuffix(v, "s")) || strings.Contains(v, "'") {
			continue
		}
		if slices.ContainsFunc(of, func(k lexicon.Kind) bool { return p.lex.Is(v, k) }) {
			out = append(out, v)
		}
	}
	return out
}
