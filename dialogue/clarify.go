package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// ambiguous asks which of several is meant: "Which car?", where their descriptions
// or their owners differ.
func ambiguous(e *edit, what caption.Referent) bool {
	if len(what.Owners) > 0 {
		owner := what.Phrase[:1]
		return whoOwns(e, owner, append([]english.NounPhrase{what.Owner}, what.Owners...))
	}
	if len(what.Rivals) == 0 || e.caption.Focus() == what.NP.Head {
		return false
	}
	if len(what.Phrase) == 1 && english.Pronouns.Has(what.Phrase[0].Lower) {
		return whoIsMeant(e, what.Phrase, mayMean(what))
	}
	p := e.caption.Parse()
	describe := func(n english.NounPhrase) string {
		return p.Words[p.SkipDeterminer(n):n.End].Lower()
	}
	var choices []string
	for _, n := range mayMean(what) {
		if text := describe(n); !slices.Contains(choices, text) && strings.Contains(text, " ") {
			choices = append(choices, text)
		}
	}
	if len(choices) < len(what.Rivals)+1 && e.en.Lemma(what.Head) == e.en.Lemma(what.Noun) {
		return whoIsMeant(e, what.Phrase, mayMean(what))
	}
	if len(choices) < 2 {
		return false
	}
	for i, choice := range choices {
		choices[i] = e.saidOf(what.Phrase, "the "+strings.TrimPrefix(choice, "the "))
	}
	return e.ask(Question{Kind: Clarify, Text: fmt.Sprintf("Which %s?", what.Head), Choices: choices})
}

// whoOwns asks whose something is that "her" may mean of several.
func whoOwns(e *edit, spoken english.Words, of []english.NounPhrase) bool {
	p := e.caption.Parse()
	q := Question{Kind: Clarify, Text: "Whose?"}
	for _, n := range of {
		q.Choices = append(q.Choices, e.saidOf(spoken, e.caption.Name(p, n)+"'s"))
	}
	return e.ask(q)
}

// vague adjectives ask for a change without saying to what.
const vague english.List = "different other another better nicer"

// whatInstead asks what something should become.
func whatInstead(e *edit, what caption.Referent) Question {
	head := what.Head
	if head == "" {
		head = "picture"
	}
	q := Question{Kind: Clarify, Text: fmt.Sprintf("What should the %s be instead?", head)}
	var had english.Words
	if what.Found {
		had = e.caption.Parse().Words[what.NP.Start:what.NP.End]
	}
	for _, colour := range []string{"red", "blue", "green", "black"} {
		if !had.Has(colour) && len(q.Choices) < 3 && !what.Scene {
			q.Choices = append(q.Choices, fmt.Sprintf("make the %s %s", head, colour))
		}
	}
	return q
}

// whichOf asks which noun an adjective is meant for.
func whichOf(e *edit, x caption.Referent, y english.Words) Question {
	p := e.caption.Parse()
	q := Question{Kind: Clarify, Text: fmt.Sprintf("What should be %s?", y.Text())}
	for _, n := range slices.Insert(slices.Clone(x.Rivals), 0, x.NP) {
		choice := fmt.Sprintf("make the %s %s", p.Words[n.Head].Lower, y.Text())
		if !slices.Contains(q.Choices, choice) {
			q.Choices = append(q.Choices, choice)
		}
	}
	return q
}

// changeWhat answers "change her hair": to what?
func changeWhat(e *edit, m english.Match) bool {
	x := e.en.Parse(m["x"])
	if n, ok := x.Main(); !ok || n.End < len(x.Words) || n.Start > 0 {
		return false
	}
	what := e.caption.Resolve(m["x"])
	if _, colour := m["name"]; !what.Found && !what.Scene && !(colour && what.Head != "") {
		return false
	}
	return e.ask(whatInstead(e, what))
}

// halfSaid asks for the rest of what was said only in part: a thing without what
// should become of it ("her hair"), or a change without its thing ("change the
// colour").
func (p *Planner) halfSaid(h hearing, talk Conversation) *Question {
	e := p.newEdit(talk)
	words := h.spoken.TrimMarks()
	if p.kindOnly.Match(words, func(english.Match) bool { return true }) {
		q := e.caption.Parse()
		ask := &Question{Kind: Clarify, Text: "Of what, and to which colour?"}
		for _, n := range q.Nouns {
			if len(ask.Choices) < 3 && n.Owner < 0 && !p.en.IsMoment(q.Words[n.Head:n.Head+1]) && q.Tags[n.Head] == english.Noun {
				ask.Choices = append(ask.Choices, fmt.Sprintf("make the %s red", q.Words[n.Head].Lower))
			}
		}
		return ask
	}
	if x := p.en.Parse(words); len(x.Nouns) == 0 || len(words) > 5 || slices.ContainsFunc(x.Tags, func(t english.Tag) bool { return t == english.Verb || t == english.Auxiliary }) {
		return nil
	}
	what := e.caption.Resolve(words)
	if !what.Found || p.en.Lemma(what.Noun) != p.en.Lemma(what.Head) {
		return nil
	}
	q := whatInstead(e, what)
	q.Text = fmt.Sprintf("What about the %s? Say how it should be.", what.Head)
	q.Choices = append(q.Choices[:min(2, len(q.Choices))], "remove the "+what.Head)
	return &q
}

// kindOnly asks for a change of colours without saying of what.
const kindOnly = "(change|vary|modify|switch|alter|adjust|another|different|other|new) [the|its] (color|colour|colors|colours)"

// answer reads an utterance as the answer to the question that was asked: by the
// choice's number, or by words that only one choice has. It gives the choice, or
// the utterance itself.
func (p *Planner) answer(text string, talk Conversation) string {
	if talk.Pending == nil || len(talk.Pending.Choices) == 0 {
		return text
	}
	tokens, _ := english.Read(text)
	rest := p.en.Polite(tokens)
	if len(rest) > 1 && rest[0].Lower == "the" {
		rest = rest[1:]
	}
	choices := talk.Pending.Choices
	if i := slices.IndexFunc(choices, func(c string) bool { return strings.EqualFold(c, strings.TrimSpace(text)) }); i >= 0 {
		return choices[i]
	}
	if n, ok := numberOf(rest); ok && n <= len(choices) {
		return choices[n-1]
	}
	if len(talk.Pending.Plans) > 0 {
		if choice, ok := p.spared(rest, talk.Pending); ok {
			return choice
		}
		return text
	}
	if len(rest) == 0 || len(rest) > 5 {
		return text
	}
	if choice, ok := p.chosen(rest, choices, talk); ok {
		return choice
	}
	var fitting []string
	for _, choice := range choices {
		if talk.Pending.exemplifies() && rest.Lower() != english.Tokenise(choice).Lower() {
			continue
		}
		words := " "
		for _, t := range english.Tokenise(choice) {
			words += t.Lower + " "
		}
		if !slices.ContainsFunc(rest, func(t english.Token) bool { return t.Lower != "one" && !strings.Contains(words, " "+t.Lower+" ") }) {
			fitting = append(fitting, choice)
		}
	}
	if len(fitting) == 1 {
		return fitting[0]
	}
	return text
}

// asksWhich tells whether a question is which of several things of the picture is
// meant.
func (q *Question) asksWhich() bool {
	return q.Kind == Clarify && (strings.HasPrefix(q.Text, "Which ") || strings.HasPrefix(q.Text, "Whose") || strings.HasSuffix(q.Text, "Which one?"))
}

// exemplifies tells whether the choices of a question are examples of what could be
// said, so that a word of one does not pick it.
func (q *Question) exemplifies() bool {
	return q.Kind == NotUnderstood || q.Kind == OutOfScope || q.Kind == NothingToDo
}

// numberOf reads the number of a choice: "2", "the second one", "number 2".
func numberOf(rest english.Words) (int, bool) {
	switch {
	case len(rest) == 2 && english.List("one choice option answer").Has(rest[1].Lower):
		rest = rest[:1]
	case len(rest) == 2 && english.List("number choice option answer").Has(rest[0].Lower):
		rest = rest[1:]
	}
	if len(rest) != 1 || english.ClassOf(rest[0].Lower) == english.Determiner { // "a rabbit" is no first choice
		return 0, false
	}
	return readNumber(rest)
}

// chosen reads an answer that names one choice by its place or its owner ("the left
// one", "hers"), or all of them ("both").
func (p *Planner) chosen(said english.Words, choices []string, talk Conversation) (string, bool) {
	if len(said) > 3 || len(talk.Turns) == 0 {
		return "", false
	}
	switch which := talk.Pending.asksWhich(); said[0].Lower {
	case "left", "leftmost", "former":
		return choices[0], which && len(choices) == 2
	case "right", "rightmost", "last", "latter":
		return choices[len(choices)-1], which && len(choices) == 2
	case "both", "all", "each", "everyone":
		return strings.Join(choices, ". "), which
	}
	want := english.GenderOf(strings.TrimSuffix(said[0].Lower, "s"))
	if said[0].Lower == "his" {
		want = english.Male
	}
	if want == english.AnyGender || len(said) > 1 {
		return "", false
	}
	var fitting []string
	for _, choice := range choices {
		if slices.ContainsFunc(english.Tokenise(choice), func(t english.Token) bool { return !english.Closed(t.Lower) && english.GenderOf(t.Lower) == want }) {
			fitting = append(fitting, choice)
		}
	}
	if len(fitting) != 1 {
		return "", false
	}
	return fitting[0], true
}
