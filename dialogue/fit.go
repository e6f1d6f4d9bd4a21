package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// Words can be well placed and still make no sense where they are: a curly lake,
// mountains with a beard. Who asks for that means something else, most often a
// picture that is no longer the one shown.

// misfit looks at the words that a clause put into the caption for one that
// cannot be where it stands, and asks about it.
func (e *edit) misfit(q english.Parsed, fresh []int) *Question {
	for _, i := range fresh {
		if i >= len(q.Words) {
			break
		}
		switch {
		case q.Tags[i] == english.Noun && e.homeless(q, i):
			return e.nobody(q, i)
		case q.Tags[i] == english.Noun && e.absent(q, fresh, i):
			return e.notThere(q, i)
		case (q.Tags[i] != english.Noun || q.Around(i).Head != i) && e.misplaced(q, fresh, i):
			return e.nothing(q.Words[i].Lower)
		}
	}
	return e.twice(q, fresh)
}

// homeless tells whether the noun at an index is a part of somebody, or something
// that somebody wears, in a caption that shows scenery alone.
func (e *edit) homeless(q english.Parsed, i int) bool {
	if n := q.Around(i); n.Head != i || !e.p.personal(q.Words[i].Lower) {
		return false
	}
	return !slices.ContainsFunc(q.Nouns, func(n english.NounPhrase) bool {
		noun := q.Words[n.Head].Lower
		return n.Head != i && !e.p.personal(noun) && (!e.scenery(noun) || e.wasSaid(noun))
	})
}

// personal tells whether a noun names what only somebody can have.
func (p *Planner) personal(noun string) bool {
	if p.en.Animate(noun) {
		return false
	}
	one := strings.TrimSuffix(noun, "s") // the lexicon takes "eyes" for an opinion
	kinds := []lexicon.Kind{lexicon.BodyPart, lexicon.Expression, lexicon.Garment}
	return p.en.IsAny(noun, kinds...) || p.en.IsAny(one, kinds...)
}

// scenery tells whether a noun names what nobody would give a hat to unasked.
func (e *edit) scenery(noun string) bool {
	if e.en.Animate(noun) || portrayed.Has(noun) {
		return false
	}
	return e.en.IsColour(noun) || e.en.IsAny(noun, lexicon.Place, lexicon.Building, lexicon.Plant, lexicon.Vehicle, lexicon.Weather, lexicon.Time, lexicon.Light, lexicon.Picture)
}

// portrayed are nouns that show somebody without naming them.
const portrayed english.List = "portrait selfie headshot face head bust statue figure doll robot snowman scarecrow puppet character couple crowd family group"

// wasSaid tells whether the clause says a noun itself.
func (e *edit) wasSaid(noun string) bool {
	return slices.ContainsFunc(e.said, func(t english.Token) bool { return e.en.Lemma(t.Lower) == e.en.Lemma(noun) })
}

// absent tells whether the noun at an index was spoken of as if the picture had it,
// of a model that draws nothing that nobody named: "make the boat red".
func (e *edit) absent(q english.Parsed, fresh []int, i int) bool {
	noun := q.Words[i].Lower
	n := q.Around(i)
	if e.talk.Known == nil || n.Head != i || n.Core == n.Start || !slices.Contains(fresh, i-1) || e.p.personal(noun) || unnamed.Has(noun) {
		return false
	}
	at := slices.IndexFunc(e.said, func(t english.Token) bool { return t.Lower == noun })
	if at < 1 || e.said[at-1].Lower != "the" {
		return false
	}
	return e.said[at:].Has(q.Words[i-1].Lower)
}

// unnamed are things that pictures have without naming them.
const unnamed english.List = "background sky ground floor wall water light sun moon weather scene picture foreground grass air"

// misplaced tells whether the adjective or participle at an index stands before
// something that nobody named and that cannot be so.
func (e *edit) misplaced(q english.Parsed, fresh []int, i int) bool {
	if !bodily.Has(q.Words[i].Lower) && !lengths.Has(q.Words[i].Lower) && !e.en.IsColour(q.Words[i].Lower) {
		return false
	}
	noun, ok := described(q, i)
	if !ok {
		return i > 0 && q.Tags[i-1] == english.Preposition && q.Words[i-1].Lower != "in" // "at black"
	}
	if e.wasSaid(noun) || slices.ContainsFunc(fresh, func(j int) bool { return q.Words[j].Lower == noun }) {
		return false
	}
	somebody := e.en.Is(noun, lexicon.Person) && !e.en.CanBe(noun, lexicon.Animal) || portrayed.Has(noun)
	switch w := q.Words[i].Lower; {
	case lengths.Has(w):
		return somebody || e.en.Animate(noun) || e.scenery(noun)
	case bodily.Has(w):
		return e.scenery(noun)
	}
	if e.en.Is(noun, lexicon.Place) && len(e.caption.Beings(q, true)) > 0 && e.said.Has("it") {
		return true // "it" is somebody rather than the forest behind
	}
	return somebody || e.en.Is(noun, lexicon.Time) || e.en.Is(noun, lexicon.Weather) || e.en.Is(noun, lexicon.Expression)
}

// described is the noun that a word before it or behind it says more of.
func described(q english.Parsed, i int) (string, bool) {
	for _, n := range q.Nouns {
		if n.Start <= i && i < n.Head {
			return q.Words[n.Head].Lower, true
		}
	}
	for _, n := range slices.Backward(q.Nouns) {
		if n.End == i && q.Tags[i] == english.Gerund {
			return q.Words[n.Head].Lower, true
		}
	}
	return "", false
}

const (
	// bodily is what only people and animals are.
	bodily english.List = "curly wavy straight frizzy blond blonde brunette bald bearded freckled barefoot smiling laughing frowning grinning crying winking happy sad"
	// lengths are said of hair and clothes without naming them.
	lengths english.List = "long short longer shorter"
)

// twice finds somebody or a place that a description names once more, as if it were
// new: "a dog in a forest" of a dog in a meadow.
func (e *edit) twice(q english.Parsed, fresh []int) *Question {
	if !e.said.StartsWith("a") && !e.said.StartsWith("an") || e.said.HasAny(oneMoreOf) || e.said.HasAny(several) {
		return nil
	}
	for _, n := range q.Nouns {
		noun := q.Words[n.Head].Lower
		if !slices.Contains(fresh, n.Head) || n.Owner >= 0 && q.Words[n.Owner].Lower != noun || !e.en.Animate(noun) && !e.en.Is(noun, lexicon.Place) && !genres.Has(noun) {
			continue
		}
		if q.Words[n.Start].Lower == "the" {
			continue // "a dog near the sheep" speaks of the one that is there
		}
		if e.namedBefore(q, fresh, noun) {
			return e.newOrEdit(noun)
		}
	}
	return nil
}

// namedBefore tells whether the caption had a thing of that name before the clause,
// which put in the words at the fresh indices.
func (e *edit) namedBefore(q english.Parsed, fresh []int, noun string) bool {
	return slices.ContainsFunc(q.Nouns, func(n english.NounPhrase) bool {
		return !slices.Contains(fresh, n.Head) && e.en.Lemma(q.Words[n.Head].Lower) == e.en.Lemma(noun)
	})
}

// oneMoreOf are words by which one more of something is meant.
const oneMoreOf english.List = "more too also each every everyone everybody next other second"

// newOrEdit asks whether what was said is another picture.
func (e *edit) newOrEdit(noun string) *Question {
	x := e.said.TrimMarks().Text()
	question := &Question{
		Kind:    Clarify,
		Text:    fmt.Sprintf("The picture has %s %s already. Is that a new picture?", english.Article(noun), noun),
		Choices: []string{"new picture: " + x},
	}
	if e.talk.Known == nil { // what says which words it knows does not count
		question.Choices = append(question.Choices, "add another "+noun)
	}
	return question
}

// nobody says that the picture shows nobody who could have the noun at an index,
// and offers a picture of somebody who has it.
func (e *edit) nobody(q english.Parsed, i int) *Question {
	n := q.Around(i)
	thing := q.Words[n.Start : n.Head+1].Text()
	question := &Question{Kind: Clarify, Text: fmt.Sprintf("The picture shows nobody who could have %s: it is %s. Say where it should go, or ask for a new picture.", thing, e.head().Prompt)}
	for _, who := range []string{"a woman", "a man"} {
		if e.talk.Known == nil || e.talk.Known(strings.TrimPrefix(who, "a ")) {
			question.Choices = append(question.Choices, "new picture: "+who+" with "+thing)
		}
	}
	return question
}

// notThere says that the picture has no such thing as the noun at an index, and
// offers to add it.
func (e *edit) notThere(q english.Parsed, i int) *Question {
	n := q.Around(i)
	thing := english.Article(q.Words[n.Core-1].Lower) + " " + q.Words[n.Core-1:n.Head+1].Text()
	return &Question{
		Kind:    Clarify,
		Text:    fmt.Sprintf("I see no %s: the picture is %s. Should I add one?", q.Words[i].Lower, e.head().Prompt),
		Choices: []string{"add " + thing},
	}
}

// nothing says that nobody named what should be so, and offers what can be.
func (e *edit) nothing(what string) *Question {
	question := &Question{Kind: Clarify, Text: fmt.Sprintf("What should be %s? The picture is %s.", what, e.head().Prompt)}
	q := e.en.Parse(english.Tokenise(e.head().Prompt))
	for _, n := range q.Nouns {
		noun := q.Words[n.Head].Lower
		if fits := e.p.personal(noun) && !portrayed.Has(noun); fits && (noun == "hair" || !bodily.Has(what) && !lengths.Has(what)) {
			question.Choices = append(question.Choices, fmt.Sprintf("make the %s %s", noun, what))
		}
	}
	if len(question.Choices) == 0 {
		question.Choices = e.p.suggestions(e.talk)
	}
	return question
}

// dangling tells whether a clause left a preposition without its noun: "in snowy",
// "with curly and", or a word that only stands for another: "a yellow one".
func dangling(q english.Parsed, fresh []int) bool {
	for _, i := range fresh {
		if i == 0 || i >= len(q.Words) {
			continue
		}
		if i+1 == len(q.Words) && unended.Has(q.Words[i].Lower) {
			return true
		}
		ends := i+1 == len(q.Words) || q.Tags[i+1] == english.Preposition && q.Words[i+1].Lower != "of" || q.Tags[i+1] == english.Conjunction || q.Words[i+1].Mark
		if ends && english.OneOfThem(q.Words[:i+1]) || english.List("off down").Has(q.Words[i].Lower) && q.Tags[i-1] == english.Noun {
			return true
		}
		if ends && !(i+1 < len(q.Words) && q.Tags[i+1] == english.Conjunction) && q.Tags[i] == english.Adjective && q.Tags[i-1] == english.Preposition && !english.PlaceWords.Has(q.Words[i].Lower) {
			return true
		}
	}
	return false
}

// unended are prepositions with which no caption ends.
const unended english.List = "before after of to for from as than like with until since during at by"

// wedged tells whether a clause put what somebody does before their noun: "a young
// dancing on a rooftop couple".
func (e *edit) wedged(q english.Parsed, fresh []int) bool {
	return slices.ContainsFunc(fresh, func(i int) bool {
		return i > 0 && i+1 < len(q.Words) && q.Tags[i] == english.Gerund && q.Tags[i+1] == english.Preposition && !slices.Contains(fresh, i-1) && e.en.IsAdjectival(q.Words[i-1:i])
	})
}

// contradicts tells whether a clause left a noun with two adjectives of which one
// excludes the other: "straight wavy hair". Things may have two colours.
func (e *edit) contradicts(q english.Parsed, fresh []int) bool {
	return slices.ContainsFunc(fresh, func(i int) bool {
		if i >= len(q.Words) || q.Tags[i] != english.Adjective || e.en.IsColour(q.Words[i].Lower) || english.Shades.Has(q.Words[i].Lower) {
			return false
		}
		n := q.Around(i)
		for j := n.Start; j < n.Head; j++ {
			if j != i && q.Tags[j] == english.Adjective && q.Words[j].Lower != q.Words[i].Lower && e.en.SameScale(q.Words[i].Lower, q.Words[j].Lower) && !e.en.Related(q.Words[i].Lower, q.Words[j].Lower) {
				return true
			}
		}
		return false
	})
}

// beheaded tells whether a part took the place of whoever it is a part of: "green
// hair with a boat" for "a lake with a boat".
func (e *edit) beheaded(q english.Parsed, fresh []int) bool {
	now, ok := q.Main()
	if !ok || !slices.Contains(fresh, now.Head) {
		return false
	}
	before := e.en.Parse(english.Tokenise(e.head().Prompt))
	was, ok := before.Main()
	return ok && e.p.personal(q.Words[now.Head].Lower) && !e.p.personal(before.Words[was.Head].Lower)
}

// saidAlready tells whether the words are a piece of the picture's own prompt that
// names two things at least: who says it again wants nothing changed.
func (p *Planner) saidAlready(spoken english.Words, talk Conversation) bool {
	words := spoken.TrimMarks()
	source := english.Tokenise(talk.head().Prompt)
	if q := p.en.Parse(words); len(q.Nouns) < 2 || q.Tags[0] == english.Preposition {
		return false
	}
	same := func(a, b english.Token) bool { return a.Lower == b.Lower }
	for i := range len(source) - len(words) + 1 {
		if slices.EqualFunc(source[i:i+len(words)], words, same) {
			return true
		}
	}
	return false
}

// stammers tells whether a clause put a word beside the same word ("a woman's
// woman face"), or has something done that is done already ("a sitting dog
// sitting").
func stammers(q english.Parsed, fresh []int) bool {
	words := q.Words
	return slices.ContainsFunc(fresh, func(i int) bool {
		if i < len(q.Tags) && q.Tags[i] == english.Noun && q.Around(i).Head != i && slices.ContainsFunc(q.Nouns, func(n english.NounPhrase) bool { return n.Head < i && words[n.Head].Lower == words[i].Lower }) {
			return true // "a face with face hair"
		}
		if i < len(q.Tags) && q.Tags[i] == english.Gerund && words[max(0, i-3):i].Has(words[i].Lower) {
			return true
		}
		before := i - 1
		if before > 0 && words[before].Lower == "'s" {
			before--
		}
		return before >= 0 && !words[i].Mark && !slices.Contains(fresh, before) && words[before].Lower == words[i].Lower
	})
}
