package dialogue

import (
	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// A edit is a plan in the making: the caption under the knife and what is
// remembered from clause to clause.
type edit struct {
	p       *Planner
	en      *english.Reader
	talk    Conversation
	caption *caption.Caption
	// preset is the widest of the presets that the edits so far ask for.
	preset string
	// wholeScene is set where the edit has no bounds inside the picture.
	wholeScene bool
	// correction is set for a clause that began with "no".
	correction bool
	// removed is where the clause before took words out, so that "remove the
	// bananas and add grapes" puts the grapes there; -1 after any other.
	removed *removal
	// parts and places of the request that could not be done.
	undone  []string
	reasons []string
	// said is the clause that is being understood.
	said english.Words
	// question is what to ask where a clause was understood but not clear.
	question *Question
}

// A removal remembers the caption before words were taken out, and which.
type removal struct {
	before *caption.Caption
	spoken english.Words
}

func (p *Planner) newEdit(talk Conversation) *edit {
	head := talk.Turns[len(talk.Turns)-1]
	e := &edit{p: p, en: p.en, talk: talk, caption: caption.New(p.en, head.Prompt, head.Weights)}
	e.attendLast()
	return e
}

// attendLast makes the noun that the turn before edited the one that "it" names.
func (e *edit) attendLast() {
	plan := e.talk.Turns[len(e.talk.Turns)-1].Plan
	if plan == nil || len(plan.Ops) == 0 {
		return
	}
	op := plan.Ops[len(plan.Ops)-1]
	_ = e.caption.AttendWord(op.Noun) || e.caption.AttendWord(lastWord(op.To))
}

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
