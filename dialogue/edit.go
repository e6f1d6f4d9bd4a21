package dialogue

import (
	"cmp"
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// An edit is a request being carried out: the caption under the knife, and what
// its clauses leave behind for the plan and for each other.
type edit struct {
	p       *Planner
	en      *english.Reader
	talk    Conversation
	caption *caption.Caption

	// preset is the widest of the presets that the clauses so far ask for.
	preset string
	// wholeScene is set where the edit has no bounds inside the picture.
	wholeScene bool
	// undone are the parts of the request that could not be done, reasons what
	// was done and why.
	undone, reasons []string
	// back is how many turns the request went back at its beginning, begun that
	// a clause after that has changed the caption.
	back  int
	begun bool
	// question is what to ask where a clause was understood but not clear; asked
	// is the first such question.
	question, asked *Question

	// heard is all that was said.
	heard english.Words
	// said is the clause that is being read, correction tells that it began with
	// "no", and gone what the clause before took out.
	said       english.Words
	correction bool
	gone       *removal
	// clause is the whole of the clause, own the words of it that are those of the
	// rules that read it.
	clause english.Words
	own    english.List
	// too tells that the request ended in "too" or began with "and"; retold, that
	// the request of the turn before is being read again.
	too, retold bool
	// last tells that no clause follows the one that is being read.
	last bool
	// topic is what a clause before spoke of without asking for anything.
	topic english.Words
	// adds are words that a rule may put in though nobody said them.
	adds english.List
	// only tells that the request began with "only" or "just".
	only bool
	// single tells that one of several things is being edited, by its name.
	single bool
	// removed is what this clause took out, rule the name of the rule that it
	// was read by.
	removed *removal
	rule    string
	// bound is a word whose weight was at its bound already.
	bound string
}

// A removal remembers the caption before words were taken out, and which.
type removal struct {
	before *caption.Caption
	spoken english.Words
}

// newEdit begins an edit of the conversation's head.
func (p *Planner) newEdit(talk Conversation) *edit {
	e := &edit{p: p, en: p.en, talk: talk}
	e.caption = caption.New(p.en, e.head().Prompt, e.head().Weights)
	e.attendLast()
	return e
}

// head is the turn whose picture is edited.
func (e *edit) head() Turn { return e.talk.head() }

// attendLast makes the noun that the turn before edited the one that "it" names.
func (e *edit) attendLast() {
	plan := e.head().Plan
	if plan == nil || len(plan.Ops) == 0 {
		return
	}
	op := plan.Ops[len(plan.Ops)-1]
	if words := e.caption.WordsOf([]Op{op}); len(words) > 0 { // of two equal words the one that was edited
		if head := e.caption.Parse().Around(words[len(words)-1]).Head; e.caption.Words()[head].Lower == cmp.Or(english.Lower(op.Noun), lastWord(op.To)) {
			e.caption.Attend(head)
			return
		}
	}
	to := lastWord(op.To)
	if q := e.en.Parse(english.Tokenise(op.To)); len(q.Nouns) > 0 && english.PlaceWords.Has(to) || to == "top" || to == "front" {
		to = q.Words[q.Nouns[0].Head].Lower // "three plums on top"
	}
	_ = e.caption.AttendWord(op.Noun) || e.caption.AttendWord(to)
}

// lastWord is the last word of a text in lower case.
func lastWord(text string) string {
	tokens := english.Tokenise(text)
	if len(tokens) == 0 {
		return ""
	}
	return tokens[len(tokens)-1].Lower
}

// widen records the kind of an edit; the widest kind of all edits counts. Whether
// one of appearance is one of texture the finished plan tells.
func (e *edit) widen(preset string) {
	rank := map[string]int{"": 0, Appearance: 1, Shape: 2, Global: 3}
	if rank[preset] > rank[e.preset] {
		e.preset = preset
	}
}

func (e *edit) because(reason string) { e.reasons = append(e.reasons, reason) }

// ask stops the clause with a question.
func (e *edit) ask(q Question) bool {
	e.question = &q
	return true
}

// finish makes the plan of what the edits have done to the caption.
func (e *edit) finish() *Plan {
	done := e.caption.Finish()
	plan := &Plan{
		Action: Edit, Back: e.back, Prompt: done.Prompt, Weights: done.Weights, Ops: done.Ops, Preset: e.preset, Label: caption.Label(done.Ops),
		Undone: e.undone, Reason: strings.Join(e.reasons, "; "),
	}
	if plan.Preset == "" {
		plan.Preset = Appearance
	}
	if plan.Preset == Appearance && slices.ContainsFunc(plan.Ops, e.p.retextures) {
		plan.Preset = Texture
	}
	if e.preset != Global && !e.wholeScene {
		plan.Blend = done.Blend
	}
	return plan
}

// retextures tells whether an operation changes how a thing is, and not its
// colour alone: "curly" for "straight". Adjectives of persons are moods and ages,
// by which nobody should become another.
func (p *Planner) retextures(op Op) bool {
	if op.Noun == "" || op.Kind == Remove || p.en.Is(op.Noun, lexicon.Person) {
		return false
	}
	return slices.ContainsFunc(strings.Fields(english.Lower(op.From+" "+op.To)), func(w string) bool {
		return w != op.Noun && !english.Shades.Has(w) && !p.en.IsColour(w)
	})
}
