package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/english"
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
func (p *Planner) translate(tokens english.Words, talk Conversation) (english.Words, []replacement) {
	if talk.Known == nil || len(talk.Vocabulary) == 0 {
		return tokens, nil
	}
	out := slices.Clone(tokens)
	var made []replacement
	for i, t := range out {
		if t.Mark || english.Closed(t.Lower) || english.Starters.Has(t.Lower) || p.saysWhatBecomes(t.Lower) || talk.Known(t.Lower) {
			continue
		}
		if r, ok := p.knownFor(t.Lower, talk); ok {
			out[i].Text, out[i].Lower, out[i].Mended = r.known, r.known, true
			made = append(made, r)
		}
	}
	return p.withoutArticles(out, tokens), made
}

// withoutArticles drops the article of what became a plural: "a hill" is put as
// "hills".
func (p *Planner) withoutArticles(out, said english.Words) english.Words {
	var kept english.Words
	for i, t := range out {
		next := i + 1
		if (t.Lower == "a" || t.Lower == "an") && next < len(out) && out[next].Lower != said[next].Lower && p.en.IsPlural(out[next].Lower) && !p.en.IsPlural(said[next].Lower) {
			out[next].Start, out[next].Size = t.Start, out[next].Start+out[next].Size-t.Start // it stands for both words
			continue
		}
		kept = append(kept, t)
	}
	return kept
}

// saysWhatBecomes tells whether a word is a form of a spoken verb.
func (p *Planner) saysWhatBecomes(w string) bool {
	base, ok := p.en.VerbLemma(w)
	return spokenVerb.Has(w) || ok && p.en.PastForm(w) && spokenVerb.Has(base)
}

// spokenVerb are verbs that say what should come of something, and are drawn in no
// picture.
const spokenVerb english.List = "look looks be become becomes seem seems wears wore need needs want wants like likes suit suits keep keeps stay stays mean meant prefer said say try let leave turn go goes come comes put set sit stand lie show give get feel mind match matches cut grow dye shave trim stop left right"

// knownFor finds the model's word for one that it does not know.
func (p *Planner) knownFor(w string, talk Conversation) (replacement, bool) {
	for _, v := range talk.Vocabulary {
		if talk.Known(v) && english.AmericanSpelling(v) == english.AmericanSpelling(w) {
			return replacement{w, v, true}, true
		}
	}
	if v := colloquial(w); v != "" && talk.Known(v) {
		return replacement{w, v, true}, true
	}
	for _, v := range talk.Vocabulary { // "curls" for "curly"
		if p.en.Related(v, w) && !english.Closed(v) && talk.Known(v) {
			return replacement{w, v, true}, true
		}
	}
	mine := p.en.Senses(w)
	if len(mine) == 0 || p.en.Is(w, lexicon.Person) || p.en.Is(w, lexicon.Animal) {
		return replacement{}, false
	}
	best, narrowest := "", 400
	for _, v := range talk.Vocabulary {
		theirs := p.en.Senses(v)
		if len(theirs) == 0 || !talk.Known(v) || english.Closed(v) {
			continue
		}
		if theirs[0].First == mine[0].First {
			return replacement{w, v, true}, true
		}
		// A poodle is a dog, but a moustache is not a hair.
		if p.en.IsPlural(v) != p.en.IsPlural(w) || p.en.MassNoun(v) && !p.en.MassNoun(w) {
			continue
		}
		if extent := theirs[0].Last - theirs[0].First; theirs[0].Covers(mine[0]) && extent < narrowest {
			best, narrowest = v, extent
		}
	}
	return replacement{w, best, false}, best != ""
}

// colloquial is the plain word for a familiar one.
func colloquial(w string) string {
	switch w {
	case "guy", "dude", "bloke", "fella", "fellow", "chap", "gentleman", "male", "gent":
		return "man"
	case "lady", "gal", "female", "dame", "chick":
		return "woman"
	case "lad", "laddie":
		return "boy"
	case "lass", "lassie":
		return "girl"
	case "kitty", "kitten", "puss", "pussycat":
		return "cat"
	case "puppy", "pup", "doggy", "doggie", "doggo", "pooch", "hound":
		return "dog"
	case "birdie":
		return "bird"
	case "specs", "eyeglasses":
		return "glasses"
	case "shades":
		return "sunglasses"
	case "fair", "blonds":
		return "blond"
	}
	return ""
}

// approximations say where the plan has a more general word than was asked for.
func approximations(plan *Plan, made []replacement) []string {
	var out []string
	for _, r := range made {
		if !r.exact && strings.Contains(english.Lower(plan.Prompt), r.known) {
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
		for _, t := range english.Tokenise(talk.Turns[n-1].Prompt) {
			old[t.Lower] = true
		}
	}
	var unknown []string
	for _, t := range english.Tokenise(plan.Prompt) {
		says := !english.Closed(t.Lower) || relations.Has(t.Lower)
		if says && !t.Mark && !old[t.Lower] && !talk.Known(t.Lower) && !slices.Contains(unknown, t.Lower) {
			unknown = append(unknown, t.Lower)
		}
	}
	return unknown
}

// relations are words of grammar without which a picture is another one; "by" and
// "it" are not missed.
const relations english.List = "above behind below beneath inside outside over"

// shown is how many words of the model a plan names instead of unknown ones.
const shown = 12

// insteadOf are words of the model for things of the same kinds as the unknown
// words, the most special kind first; where there are none, any of its words for
// things.
func (p *Planner) insteadOf(unknown []string, talk Conversation) []string {
	var out []string
	for _, w := range unknown {
		for _, kind := range offeredKinds() {
			if !p.en.Is(w, kind) {
				continue
			}
			if alike := p.nouns(talk, kind); len(alike) > 0 {
				out = append(out, alike...)
				break
			}
		}
	}
	if len(out) == 0 && slices.ContainsFunc(unknown, func(w string) bool { return !relations.Has(w) }) {
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
		if english.Closed(v) || p.en.IsPlural(v) && slices.Contains(talk.Vocabulary, strings.TrimSuffix(v, "s")) || strings.Contains(v, "'") {
			continue
		}
		if p.en.IsAny(v, of...) {
			out = append(out, v)
		}
	}
	return out
}
