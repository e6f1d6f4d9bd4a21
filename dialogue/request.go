package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// maxClauses bounds how many edits one utterance can ask for.
const maxClauses = 12

// edit plans the clauses of a request one after the other. What cannot be done
// is named in the plan; if nothing can, the first reason is asked about.
func (p *Planner) edit(h hearing, talk Conversation) (Reply, bool) {
	e := p.newEdit(talk)
	e.heard, e.too, e.only = h.words, h.goesOn(), h.confines()
	clauses := p.en.Clauses(h.spoken)
	if len(clauses) > maxClauses {
		e.undone = append(e.undone, fmt.Sprintf("everything after the first %d edits", maxClauses))
		clauses = clauses[:maxClauses]
	}
	if reply, ok := p.onlyMove(clauses, talk); ok {
		return reply, true
	}
	if q := p.offTheWay(clauses, talk); q != nil {
		return Reply{Question: q}, true
	}
	if q := p.oneOfGroup(h.spoken, talk); q != nil {
		return Reply{Question: q}, true
	}
	if p.weighted(e, h) || p.saidAlready(h.spoken, talk) {
		if e.asked != nil {
			return Reply{Question: e.asked}, true
		}
		return e.reply(), true
	}
	clauses = e.corrections(clauses)
	done := 0
	for i, clause := range clauses {
		e.last = i+1 == len(clauses)
		if !e.last && e.leadsTo(clause, clauses[i+1]) {
			continue
		}
		if e.carryOut(i, e.corrected(i, h, clause)) {
			done++
		}
	}
	if reply, ok := p.recall(h.spoken, true, talk); ok && done == 0 {
		return reply, true
	}
	switch {
	case done > 0:
		if len(h.weights) > 0 {
			e.caption.SetWeights(h.weights)
		}
		return e.reply(), true
	case e.asked != nil:
		return Reply{Question: e.asked}, true
	}
	if q := p.halfSaid(h, talk); q != nil {
		return Reply{Question: q}, true
	}
	return Reply{Question: p.notUnderstood(h.spoken, talk)}, true
}

// weighted re-weights words where that is all that was asked for: "(red:1.3)".
func (p *Planner) weighted(e *edit, h hearing) bool {
	if len(h.weights) == 0 {
		return false
	}
	there := e.caption.Words()
	for _, t := range h.spoken {
		here := there.Has(t.Lower)
		if _, ok := h.weights[t.Lower]; !t.Mark && !english.Closed(t.Lower) && !(ok && here) {
			return false
		}
	}
	if e.asked = e.whichWeighed(h.weights); e.asked != nil {
		return true
	}
	e.caption.SetWeights(h.weights)
	e.because("weights as written")
	return true
}

// corrected is a clause without the "no" of a correction, which only the first can
// be.
func (e *edit) corrected(i int, h hearing, clause english.Words) english.Words {
	e.correction = i == 0 && h.corrects()
	if !e.correction {
		return clause
	}
	return e.withoutNo(clause)
}

// withoutNo drops the "no" of a correction, where it is not what should be gone:
// "no, brown", but not "no hat".
func (e *edit) withoutNo(clause english.Words) english.Words {
	if len(clause) < 2 || clause[0].Lower != "no" {
		return clause
	}
	if clause[1].Lower == "no" && len(clause) > 2 {
		return e.withoutNo(slices.Concat(clause[:1], clause[2:])) // "no no, red"
	}
	rest, second := e.en.Polite(clause[1:]), clause[1]
	if q := e.en.Parse(rest); e.definite(rest[:min(len(rest), 2)]) && len(q.Nouns) > 0 && q.Nouns[0].Start == 0 && q.Nouns[0].End+1 < len(rest) && english.ClassOf(rest[q.Nouns[0].End].Lower) == english.Auxiliary {
		return rest // "no her hair is blond"
	}
	if second.Lower == "more" && len(clause) > 2 {
		return clause // "no more snow"
	}
	if len(rest) == 0 {
		return clause
	}
	if n, ok := e.en.Parse(rest).Main(); ok && !second.Mark && n.Start == 0 && n.End < len(rest) && rest[n.End].Lower == "for" && e.caption.Resolve(rest[:n.End]).Found {
		return clause // "no collar for the cat"
	}
	if second.Lower == "more" && len(clause) > 2 && e.caption.Resolve(clause[2:]).Found {
		return clause // "no more smoke"
	}
	class := english.ClassOf(second.Lower)
	if !second.Mark && !e.definite(rest) && (e.isThing(rest) && !e.en.IsAdjectival(rest) || e.en.Possible(rest[0].Lower).Gerund) {
		return clause // "no hat" and "no smiling", even where there is none
	}
	if second.Mark || english.Starters.Has(rest[0].Lower) || class == english.Auxiliary || class == english.Pronoun {
		return rest
	}
	if e.caption.Resolve(rest).Found || e.caption.ResolveLoosely(rest).Found {
		return clause
	}
	return rest
}

// carryOut edits the caption as a clause asks; it tells whether that could be
// done. What could not leaves the caption as it was.
func (e *edit) carryOut(i int, clause english.Words) bool {
	e.caption.Begin(i)
	before := e.caption.Clone()
	clause = e.onTopic(clause)
	e.clause, e.own = nil, ""
	e.question = e.p.outOfScope(clause, e.talk)
	back := e.question == nil && stepBack(e, clause)
	done := (back || e.question == nil && e.read(clause)) && (e.question != nil || e.guarded() && (back || e.understood(before.Words())))
	why := fmt.Sprintf("%q was not understood", clause.Text())
	switch q := e.question; {
	case q == nil && done:
		e.begun = e.begun || !back
		return true
	case q != nil:
		if e.asked == nil {
			e.asked = q
		}
		why = clause.Text() + ": " + q.Text
	}
	e.undone = append(e.undone, why)
	e.question, e.caption = nil, before
	return false
}

// reply is the plan of what was done, unless that is nothing or everything.
func (e *edit) reply() Reply {
	plan := e.finish()
	switch {
	case plan.Back > 0 && len(plan.Ops) == 0 && plan.Prompt == e.head().Prompt:
		return Reply{Plan: &Plan{Action: Undo, Steps: plan.Back, Label: "undo", Undone: plan.Undone, Reason: plan.Reason}}
	case len(plan.Ops) == 0 && plan.Prompt == e.head().Prompt && e.bound != "":
		return Reply{Question: atItsBound(e.bound, e.p.suggestions(e.talk))}
	case len(plan.Ops) == 0 && plan.Prompt == e.head().Prompt:
		return Reply{Question: &Question{Kind: NothingToDo, Text: "The picture's prompt says so already: " + plan.Prompt, Choices: e.p.suggestions(e.talk)}}
	case strings.TrimSpace(plan.Prompt) == "":
		return Reply{Question: &Question{Kind: NothingToDo, Text: "That would leave nothing to draw.", Choices: []string{"start over", "undo"}}}
	}
	return e.inRoom()
}

// onlyMove answers requests of which one clause is about the conversation and
// no other means anything: "no, I liked it before, can you undo that?"
func (p *Planner) onlyMove(clauses []english.Words, talk Conversation) (Reply, bool) {
	var reply Reply
	var others []english.Words
	for _, clause := range clauses {
		if r, ok := p.move(clause, talk); ok {
			reply = r
		} else {
			others = append(others, clause)
		}
	}
	if len(others)+1 != len(clauses) {
		return Reply{}, false
	}
	for _, clause := range others {
		if len(clause) > 3 && english.Starters.Has(clause[0].Lower) {
			return Reply{}, false // it asks for something, understood or not
		}
		if e := p.newEdit(talk); e.read(clause) && e.question == nil {
			return Reply{}, false
		}
	}
	return reply, true
}

// stepBack takes back whole turns inside a request that goes on: "undo and make
// it blue". Where the request begins so, the rest of it edits the picture that is
// gone back to; later in it, its prompt is taken over.
func stepBack(e *edit, clause english.Words) bool {
	reply, ok := e.p.move(clause, e.talk)
	if !ok || reply.Plan == nil {
		return false
	}
	turns := e.talk.Turns
	to := 0 // how many turns are left
	switch reply.Plan.Action {
	case Undo:
		to = len(turns) - reply.Plan.Steps
	case Goto:
		to = e.talk.index(reply.Plan.Steps) + 1
	}
	if to < 1 {
		return false
	}
	e.because(reply.Plan.Label)
	if e.begun {
		return restore(e, turns[to-1])
	}
	e.back += len(turns) - to
	e.talk.Turns = turns[:to]
	e.caption = caption.New(e.en, e.head().Prompt, e.head().Weights)
	return true
}
