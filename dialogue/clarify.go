package dialogue

import (
	"fmt"
	"slices"
	"strings"
)

// ambiguous asks which of several is meant, where their descriptions differ.
func (d *draft) ambiguous(what referent) bool {
	if len(what.rivals) == 0 || d.caption.focusIndex() == what.np.head {
		return false
	}
	p := d.caption.parse()
	describe := func(n nounPhrase) string {
		return lower(phraseText(p.tokens[skipDeterminer(p, n):n.end]))
	}
	first := describe(what.np)
	var choices []string
	for _, n := range slices.Insert(slices.Clone(what.rivals), 0, what.np) {
		if text := describe(n); !slices.Contains(choices, text) && strings.Contains(text, " ") {
			choices = append(choices, text)
		}
	}
	if len(choices) < 2 || first == "" {
		return false
	}
	d.question = &Question{Kind: Clarify, Text: fmt.Sprintf("Which %s?", what.head), Choices: choices}
	return true
}

// vague adjectives ask for a change without saying to what.
const vague wordList = "different other another"

// whatInstead asks what something should become.
func (d *draft) whatInstead(what referent) Question {
	head := what.head
	if head == "" {
		head = "picture"
	}
	q := Question{Kind: Clarify, Text: fmt.Sprintf("What should the %s be instead?", head)}
	var had []token
	if what.found {
		had = d.caption.parse().tokens[what.np.start:what.np.end]
	}
	for _, colour := range []string{"red", "blue", "green", "black"} {
		if !slices.ContainsFunc(had, func(t token) bool { return t.lower == colour }) && len(q.Choices) < 3 && !what.scene {
			q.Choices = append(q.Choices, fmt.Sprintf("make the %s %s", head, colour))
		}
	}
	return q
}

// whichOf asks which noun an adjective is meant for.
func (d *draft) whichOf(x referent, y []token) Question {
	p := d.caption.parse()
	q := Question{Kind: Clarify, Text: fmt.Sprintf("What should be %s?", phraseText(y))}
	for _, n := range slices.Insert(slices.Clone(x.rivals), 0, x.np) {
		choice := fmt.Sprintf("make the %s %s", p.tokens[n.head].lower, phraseText(y))
		if !slices.Contains(q.Choices, choice) {
			q.Choices = append(q.Choices, choice)
		}
	}
	return q
}

// changeWhat answers "change her hair": to what?
func changeWhat(d *draft, m match) bool {
	x := parse(d.p.lex, m["x"])
	if n, ok := mainPhrase(x); !ok || n.end < len(x.tokens) || n.start > 0 {
		return false
	}
	what := d.resolve(m["x"])
	if _, colour := m["name"]; !what.found && !what.scene && !(colour && what.head != "") {
		return false
	}
	return d.ask(d.whatInstead(what))
}

// answer reads an utterance as the answer to the question that was asked: by the
// choice's number, or by words that only one choice has. It gives the choice, or
// the utterance itself.
func (p *Planner) answer(text string, talk Conversation) string {
	if talk.Pending == nil || len(talk.Pending.Choices) == 0 {
		return text
	}
	tokens, _ := read(text)
	rest := p.polite(tokens)
	if len(rest) > 1 && rest[0].lower == "the" {
		rest = rest[1:]
	}
	if len(rest) == 0 || len(rest) > 5 {
		return text
	}
	choices := talk.Pending.Choices
	if n, ok := readNumber(rest[:1]); ok && len(rest) < 3 && n <= len(choices) {
		return choices[n-1]
	}
	var fitting []string
	for _, choice := range choices {
		words := " " + lower(choice) + " "
		if !slices.ContainsFunc(rest, func(t token) bool { return t.lower != "one" && !strings.Contains(words, " "+t.lower+" ") }) {
			fitting = append(fitting, choice)
		}
	}
	if len(fitting) == 1 {
		return fitting[0]
	}
	return text
}
