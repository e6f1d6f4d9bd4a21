package dialogue

// A draft is a plan in the making: the caption under the knife and what is
// remembered from clause to clause.
type draft struct {
	p       *Planner
	talk    Conversation
	caption *caption
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
	said []token
	// question is what to ask where a clause was understood but not clear.
	question *Question
}

// A removal remembers the caption before words were taken out, and which.
type removal struct {
	before *caption
	spoken []token
}

func (p *Planner) newDraft(talk Conversation) *draft {
	head := talk.Turns[len(talk.Turns)-1]
	d := &draft{p: p, talk: talk, caption: newCaption(p.lex, head.Prompt, head.Weights)}
	d.attendLast()
	return d
}

// attendLast makes the noun that the turn before edited the one that "it" names.
func (d *draft) attendLast() {
	plan := d.talk.Turns[len(d.talk.Turns)-1].Plan
	if plan == nil || len(plan.Ops) == 0 {
		return
	}
	op := plan.Ops[len(plan.Ops)-1]
	_ = d.caption.attendWord(op.Noun) || d.caption.attendWord(lastWord(op.To))
}

func lastWord(text string) string {
	tokens := tokenise(text)
	if len(tokens) == 0 {
		return ""
	}
	return tokens[len(tokens)-1].lower
}

// widen records the kind of an edit; the widest kind of all edits counts. Whether
// one of appearance is one of texture the finished plan tells.
func (d *draft) widen(preset string) {
	rank := map[string]int{"": 0, Appearance: 1, Shape: 2, Global: 3}
	if rank[preset] > rank[d.preset] {
		d.preset = preset
	}
}

func (d *draft) because(reason string) { d.reasons = append(d.reasons, reason) }

// ask stops the clause with a question.
func (d *draft) ask(q Question) bool {
	d.question = &q
	return true
}
