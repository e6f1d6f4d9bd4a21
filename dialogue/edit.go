package dialogue

import (
	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
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
	// question is what to ask where a clause was understood but not clear.
	question *Question

	// said is the clause that is being read, correction tells that it began with
	// "no", and gone what the clause before took out.
	said       english.Words
	correction bool
	gone       *removal
	// removed is what this clause took out, rule the name of the rule that it
	// was read by.
	removed *removal
	rule    string
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
