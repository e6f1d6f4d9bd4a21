package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/english"
)

// A hearing is an utterance as it was read.
type hearing struct {
	text string
	// tokens are its words, spoken those of them that carry meaning.
	tokens, spoken english.Words
	// all is unset where the text was too long to be read to its end.
	all bool
}

// Plan understands an utterance in a conversation. It never fails: what it
// cannot plan it answers with a question.
func (p *Planner) Plan(utterance string, talk Conversation) Reply {
	h := hearing{text: p.answer(english.Fold(utterance), talk)}
	h.tokens, h.all = english.Read(h.text)
	tokens, mended := p.mend(h.tokens, talk)
	tokens, replaced := p.translate(tokens, talk)
	h.tokens, h.spoken = tokens, p.en.Polite(tokens)
	switch {
	case len(h.spoken.TrimMarks()) == 0:
		return Reply{Question: p.notUnderstood(h.tokens, talk)}
	case p.en.Meaningless(h.spoken) && !isMore(h.spoken.Lower()):
		return Reply{Question: &Question{Kind: NothingToDo, Text: "Say what should change.", Choices: examples(p.suggestions(talk))}}
	}
	reply := p.understand(h, talk)
	plan := reply.Plan
	if plan == nil {
		return reply
	}
	if plan.Action == Edit && !h.all {
		plan.Undone = append(plan.Undone, fmt.Sprintf("everything after the first %d words", english.UtteranceLimit))
	}
	plan.Unknown = p.unknownWords(plan, talk)
	plan.Instead = p.insteadOf(plan.Unknown, talk)
	plan.Undone = append(plan.Undone, approximations(plan, replaced)...)
	if mended != "" {
		plan.Reason = strings.TrimPrefix(plan.Reason+"; "+mended, "; ")
	}
	return reply
}

// verbatim is some of the hearing's words as they were typed, with mended words in
// their place. The end of a text that was too long to be read belongs to its
// last words.
func (h hearing) verbatim(tokens english.Words) string {
	if len(tokens) == 0 {
		return ""
	}
	var b strings.Builder
	at := tokens[0].Start
	for _, t := range tokens {
		if t.Mended && t.Start >= at {
			b.WriteString(h.text[at:t.Start])
			b.WriteString(t.Text)
			at = t.Start + t.Size
		}
	}
	last := tokens[len(tokens)-1]
	end := last.Start + last.Size
	if said := h.spoken.TrimMarks(); !h.all && len(said) > 0 && last.Start == said[len(said)-1].Start {
		end = len(h.text)
	}
	if end > at {
		b.WriteString(h.text[at:end])
	}
	return strings.TrimSpace(b.String())
}

func (p *Planner) understand(h hearing, talk Conversation) Reply {
	spoken := h.spoken
	for _, form := range []english.Words{h.tokens.TrimMarks(), spoken} {
		if reply, ok := p.control(form, talk); ok {
			return reply
		}
	}
	if q := p.help(spoken, talk); q != nil {
		return Reply{Question: q}
	}
	if plan, ok := p.setting(spoken); ok {
		return Reply{Plan: plan}
	}
	if len(talk.Turns) == 0 {
		return p.imagine(h, talk)
	}
	if scene := p.newScene(spoken, talk); len(scene) > 0 {
		return Reply{Plan: &Plan{Action: Imagine, Prompt: h.verbatim(scene), Label: "new picture", Reason: "a new picture is asked for"}}
	}
	return p.edit(h.tokens, spoken, talk)
}

// maxClauses bounds how many edits one utterance can ask for.
const maxClauses = 12

// edit plans the clauses of a request one after the other. What cannot be done
// is named in the plan; if nothing can, the first reason is asked about.
func (p *Planner) edit(tokens, spoken english.Words, talk Conversation) Reply {
	e := p.newEdit(talk)
	var question *Question
	clauses := p.en.Clauses(spoken)
	correction := tokens.TrimMarks().StartsWith([]string{"no"}) || tokens.TrimMarks().StartsWith([]string{"not"})
	if len(clauses) > maxClauses {
		e.undone = append(e.undone, fmt.Sprintf("everything after the first %d edits", maxClauses))
		clauses = clauses[:maxClauses]
	}
	if reply, ok := p.onlyControl(clauses, talk); ok {
		return reply
	}
	planned := 0
	for i, clause := range clauses {
		e.correction = i == 0 && correction
		if i == 0 && correction && len(clause) > 1 && clause[0].Lower == "no" {
			if rest := p.en.Polite(clause[1:]); len(rest) > 0 && (clause[1].Mark || english.Starters.Has(rest[0].Lower) || english.ClassOf(clause[1].Lower) == english.Auxiliary || english.ClassOf(clause[1].Lower) == english.Pronoun || !e.caption.Resolve(rest).Found && !e.caption.ResolveLoosely(rest).Found) {
				clause = rest
			}
		}
		e.caption.Begin(i)
		before := e.caption.Clone()
		e.question = p.outOfScope(clause, talk)
		done := e.question == nil && (stepBack(e, clause) || e.read(clause))
		if e.question != nil {
			if question == nil {
				question = e.question
				question.Choices = complete(question, clause)
			}
			e.undone = append(e.undone, clause.Text()+": "+e.question.Text)
			e.question, e.caption = nil, before
			continue
		}
		if !done {
			e.caption = before
			e.undone = append(e.undone, fmt.Sprintf("%q was not understood", clause.Text()))
			continue
		}
		planned++
	}
	if planned == 0 {
		if question == nil {
			question = p.notUnderstood(spoken, talk)
		}
		return Reply{Question: question}
	}
	plan := e.finish()
	if len(plan.Ops) == 0 && plan.Prompt == talk.Turns[len(talk.Turns)-1].Prompt {
		return Reply{Question: &Question{Kind: NothingToDo, Text: "The picture's prompt says so already: " + plan.Prompt, Choices: p.suggestions(talk)}}
	}
	if strings.TrimSpace(plan.Prompt) == "" {
		return Reply{Question: &Question{Kind: NothingToDo, Text: "That would leave nothing to draw.", Choices: []string{"start over", "undo"}}}
	}
	return Reply{Plan: plan}
}

// onlyControl answers requests of which one clause is about the conversation and
// no other means anything: "no, I liked it before, can you undo that?"
func (p *Planner) onlyControl(clauses []english.Words, talk Conversation) (Reply, bool) {
	var reply Reply
	var others []english.Words
	for _, clause := range clauses {
		if r, ok := p.control(clause, talk); ok {
			reply = r
		} else {
			others = append(others, clause)
		}
	}
	if len(others)+1 != len(clauses) {
		return Reply{}, false
	}
	for _, clause := range others {
		if p.newEdit(talk).read(clause) {
			return Reply{}, false
		}
	}
	return reply, true
}

// stepBack takes back whole turns inside a request that goes on: "undo and make
// it blue".
func stepBack(e *edit, clause english.Words) bool {
	reply, ok := e.p.control(clause, e.talk)
	if !ok || reply.Plan == nil {
		return false
	}
	turns := e.talk.Turns
	e.because(reply.Plan.Label)
	switch reply.Plan.Action {
	case Undo:
		return restore(e, turns[len(turns)-1-reply.Plan.Steps])
	case Goto:
		return restore(e, turns[reply.Plan.Steps-1])
	}
	return false
}

// complete makes whole utterances of the choices of "Which car?": the clause
// with the choice in the place of the noun.
func complete(q *Question, clause english.Words) []string {
	if q.Kind != Clarify || !strings.HasPrefix(q.Text, "Which ") {
		return q.Choices
	}
	head := strings.TrimSuffix(strings.TrimPrefix(q.Text, "Which "), "?")
	var out []string
	for _, choice := range q.Choices {
		words := slices.Clone(clause)
		for i := range words {
			if words[i].Lower == head {
				words[i].Text = choice
			}
		}
		out = append(out, words.Text())
	}
	return out
}
