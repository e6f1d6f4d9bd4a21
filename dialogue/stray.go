package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
)

// A sentence of which no rule makes sense is easily taken for the name of a thing
// to add: "with a tidy up it", "with a whole thing at dusk".

// stray tells whether a clause put the remains of a sentence into the caption.
func (e *edit) stray(q english.Parsed, fresh []int) bool {
	for _, i := range fresh {
		if i == 0 || i >= len(q.Words) {
			continue
		}
		w, before := q.Words[i].Lower, q.Words[i-1].Lower
		switch {
		case wholes.Has(w) && q.Tags[i] == english.Noun && !english.Tokenise(e.head().Prompt).Has(w):
			return true
		case w == "up" && q.Tags[i-1] == english.Noun && slices.Contains(fresh, i-1), w == "of" && before == "out" && i+1 == len(q.Words):
			return true
		case english.ClassOf(w) == english.Auxiliary && !q.Words[:i].HasAny(relative):
			return true // "a crowded as it was"
		case pointing.Has(w) && slices.Contains(fresh, i-1) && !english.Closed(q.Words[min(i+1, len(q.Words)-1)].Lower):
			return true // "half that age"
		case w == "next" && i+1 == len(q.Words), w == "away" && before != "far" && q.Around(i).Head > i:
			return true
		case english.List("in inside into").Has(before) && slices.Contains(fresh, i-1) && e.en.Animate(q.Words[q.Around(i).Head].Lower):
			return true // "tulips in a cat"
		case english.List("a an the").Has(w) && q.Tags[i-1] == english.Noun && slices.Contains(fresh, i-1):
			return true // "with a table a cup"
		case w == "place" && english.ClassOf(before) == english.Possessive:
			return true // "a bone in its place"
		case english.List("there here").Has(w), w == "gone" && !e.adds.Has(w):
			return true // "a lake there"
		case english.List("left right close near far").Has(w) && q.Around(i).Head > i && !english.Closed(before) && e.en.Animate(q.Words[q.Around(i).Head].Lower), i == 1 && english.List("left right close").Has(w) && q.Around(i).Head > i:
			return true // "a left man", of "look left"
		case before == "for" && slices.Contains(fresh, i-1) && english.Pronouns.Has(w):
			return true // "a sweater for her"
		case w == "into" && len(e.said) > 0 && turning.Has(e.said[0].Lower):
			return true // "turn the house into a castle and the river into a lake"
		}
	}
	return e.namedTwice(q, fresh)
}

const (
	// relative are words that begin a clause inside a caption: "a man who is running".
	relative english.List = "who which that whose where while"
	// pointing are words that point at what the speaker sees.
	pointing english.List = "this these those"
	// wholes are words for the picture that name nothing in it.
	wholes english.List = "thing things everything whole enough picture"
	// turning are verbs that say "into" of what something becomes.
	turning english.List = "turn make change transform convert"
)

// namedTwice tells whether a clause added a thing that the caption has already, as
// if it were another: "a band … with a band in red", of one who speaks of the first.
func (e *edit) namedTwice(q english.Parsed, fresh []int) bool {
	if e.heard.HasAny(oneMore) {
		return false
	}
	several := len(e.caption.Beings(q, true)) > 1
	for _, n := range q.Nouns {
		if several && e.caption.Attachable(q.Words[n.Head].Lower) {
			continue // each may have one
		}
		if n.Head == 0 || !slices.Contains(fresh, n.Head) || n.Start == 0 || q.Words[n.Start-1].Lower != "with" || !slices.Contains(fresh, n.Start-1) {
			continue
		}
		if e.namedBefore(q, fresh, q.Words[n.Head].Lower) {
			return true
		}
	}
	return false
}

// oneMore are words that ask for one more of what is there.
const oneMore english.List = "same another second third other more different too also additional extra each both new"
