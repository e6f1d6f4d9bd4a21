package dialogue

import (
	"fmt"
	"slices"

	"pentimento/dialogue/english"
)

// oneOfGroup asks where somebody speaks of one of several that the caption names
// together: "the left one" of "two women". A prompt cannot say it of one of them.
func (p *Planner) oneOfGroup(words english.Words, talk Conversation) *Question {
	e := p.newEdit(talk)
	q := e.caption.Parse()
	for _, n := range q.Nouns {
		if !e.counted(q, n) {
			continue
		}
		from, to, ok := e.namesOneOf(words, q.Words[n.Head].Lower)
		if !ok {
			continue
		}
		group := q.Words[n.Core : n.Head+1].Text()
		all := slices.Concat(words[:from], english.Tokenise("the "+group), words[to:])
		return &Question{
			Kind:    Clarify,
			Text:    fmt.Sprintf("The prompt names %s together, so I cannot change one of them alone. All of them?", q.Words[n.Start:n.End].Text()),
			Choices: []string{all.Text()},
		}
	}
	return nil
}

// counted tells whether a noun phrase is several of a kind: "two women".
func (e *edit) counted(q english.Parsed, n english.NounPhrase) bool {
	head := q.Words[n.Head].Lower
	return e.en.Lemma(head) != head && slices.ContainsFunc(q.Tags[n.Start:n.Head], func(t english.Tag) bool { return t == english.Number })
}

// namesOneOf is where words speak of one of a group, by its place: "the left one",
// "the second woman", "one of them". What stands apart in the caption is none of
// the group.
func (e *edit) namesOneOf(words english.Words, plural string) (from, to int, ok bool) {
	one := e.en.Lemma(plural)
	for i := range words {
		rest := words[i:]
		switch {
		case rest.StartsWith("one", "of", "them"):
			return i, i + 3, true
		case len(rest) > 3 && rest.StartsWith("one", "of", "the") && rest[3].Lower == plural:
			return i, i + 4, true
		case len(rest) < 3 || rest[0].Lower != "the" || !placeInRow.Has(rest[1].Lower):
			continue
		case rest[2].Lower == "one" || rest[2].Lower == one:
			return i, i + 3, len(e.caption.Beings(e.caption.Parse(), true)) < 2 || rest[2].Lower == one
		}
	}
	return 0, 0, false
}

// placeInRow are words that name one of several by its place.
const placeInRow english.List = "left right first second third fourth last other leftmost rightmost middle"
