package dialogue

import (
	"fmt"
	"slices"
	"strings"
)

// Plan understands an utterance in a conversation. It never fails: what it
// cannot plan it answers with a question.
func (p *Planner) Plan(utterance string, talk Conversation) Reply {
	tokens := read(utterance)
	tokens = p.answer(tokens, talk)
	tokens, mended := p.mend(tokens, talk)
	spoken := polite(tokens)
	if len(spoken) == 0 || len(trimMarks(spoken)) == 0 {
		return Reply{Question: p.notUnderstood(tokens, talk)}
	}
	reply := p.understand(tokens, spoken, talk)
	if reply.Plan != nil {
		reply.Plan.Unknown = p.unknownWords(reply.Plan, talk)
		if mended != "" {
			reply.Plan.Reason = strings.TrimPrefix(reply.Plan.Reason+"; "+mended, "; ")
		}
	}
	return reply
}

func (p *Planner) understand(tokens, spoken []token, talk Conversation) Reply {
	for _, form := range [][]token{trimMarks(tokens), spoken} {
		if reply, ok := p.control(form, talk); ok {
			return reply
		}
	}
	if len(talk.Turns) == 0 {
		return p.imagine(spoken, talk)
	}
	if prompt, ok := p.newScene(spoken, talk); ok {
		return Reply{Plan: &Plan{Action: Imagine, Prompt: prompt, Label: "new picture", Reason: "a new picture is asked for"}}
	}
	if q := p.outOfScope(spoken, talk); q != nil {
		return Reply{Question: q}
	}
	return p.edit(tokens, spoken, talk)
}

// edit plans the clauses of a request one after the other. What cannot be done
// is named in the plan; if nothing can, the first reason is asked about.
func (p *Planner) edit(tokens, spoken []token, talk Conversation) Reply {
	d := p.newDraft(talk)
	var question *Question
	clauses := p.clauses(spoken)
	correction := startsWith(trimMarks(tokens), []string{"no"}) || startsWith(trimMarks(tokens), []string{"not"})
	planned := 0
	for i, clause := range clauses {
		if i == 0 && correction && len(clause) > 1 && clause[0].lower == "no" {
			if rest := polite(clause[1:]); len(rest) > 0 && (clause[1].mark || !d.resolve(rest).found && !d.resolveLoosely(rest).found) {
				clause = rest
			}
		}
		d.caption.clause = i
		before := d.caption.clone()
		done := d.clause(clause, false)
		if d.question != nil {
			if question == nil {
				question = d.question
				question.Choices = complete(question, clause)
			}
			d.undone = append(d.undone, phraseText(clause)+": "+d.question.Text)
			d.question, d.caption = nil, before
			continue
		}
		if !done {
			d.caption = before
			d.undone = append(d.undone, fmt.Sprintf("%q was not understood", phraseText(clause)))
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
	plan := d.finish()
	if len(plan.Ops) == 0 && plan.Prompt == talk.Turns[len(talk.Turns)-1].Prompt {
		return Reply{Question: &Question{Kind: NothingToDo, Text: "The picture's prompt says so already: " + plan.Prompt, Choices: p.suggestions(talk)}}
	}
	return Reply{Plan: plan}
}

// complete makes whole utterances of the choices of "Which car?": the clause
// with the choice in the place of the noun.
func complete(q *Question, clause []token) []string {
	if q.Kind != Clarify || !strings.HasPrefix(q.Text, "Which ") {
		return q.Choices
	}
	head := strings.TrimSuffix(strings.TrimPrefix(q.Text, "Which "), "?")
	var out []string
	for _, choice := range q.Choices {
		words := slices.Clone(clause)
		for i := range words {
			if words[i].lower == head {
				words[i].text = choice
			}
		}
		out = append(out, phraseText(words))
	}
	return out
}

// clause understands one clause: the first rule of the grammar that matches and
// does not decline. rest is set for what follows a comma, which must not be taken
// for a new thing lightly.
func (d *draft) clause(tokens []token, rest bool) bool {
	tokens = polite(tokens)
	if len(tokens) == 0 {
		return true
	}
	if len(tokens) > clauseLimit {
		return false
	}
	d.said = tokens
	removed := d.removed
	d.removed = nil
	if done, ok := d.followUp(tokens); ok {
		return done
	}
	if n := len(tokens) - 1; n > 0 && tokens[n].lower == "instead" {
		tokens = tokens[:n]
	}
	if removed != nil && d.inItsPlace(removed, tokens) {
		return true
	}
	for _, r := range d.p.rules {
		before, preset, whole, focus := d.caption.clone(), d.preset, d.wholeScene, d.focus
		reasons, undone := len(d.reasons), len(d.undone)
		if r.pattern.match(tokens, func(m match) bool {
			if r.do(d, m) {
				return true
			}
			d.caption, d.preset, d.wholeScene, d.focus = before.clone(), preset, whole, focus
			d.reasons, d.undone = d.reasons[:reasons], d.undone[:undone]
			return false
		}) {
			return true
		}
	}
	return false
}

// inItsPlace puts what is added right after a removal in the place of what was
// removed: "remove the bananas and add grapes".
func (d *draft) inItsPlace(r *removal, tokens []token) bool {
	add := compile("(add|put|insert|place|draw) <y>")
	return add.match(tokens, func(m match) bool {
		if slices.ContainsFunc(m["y"], func(t token) bool { return closed[t.lower] == preposition && !t.mark }) {
			return false
		}
		now := d.caption
		d.caption = r.before
		if !d.swap(r.spoken, m["y"]) {
			d.caption = now
			return false
		}
		return true
	})
}
