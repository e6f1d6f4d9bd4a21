package dialogue

import (
	"fmt"
	"slices"
	"strings"
)

// A hearing is an utterance as it was read.
type hearing struct {
	text string
	// tokens are its words, spoken those of them that carry meaning.
	tokens, spoken []token
	// all is unset where the text was too long to be read to its end.
	all bool
}

// Plan understands an utterance in a conversation. It never fails: what it
// cannot plan it answers with a question.
func (p *Planner) Plan(utterance string, talk Conversation) Reply {
	h := hearing{text: p.answer(fold(utterance), talk)}
	h.tokens, h.all = read(h.text)
	tokens, mended := p.mend(h.tokens, talk)
	tokens, replaced := p.translate(tokens, talk)
	h.tokens, h.spoken = tokens, p.polite(tokens)
	switch {
	case len(trimMarks(h.spoken)) == 0:
		return Reply{Question: p.notUnderstood(h.tokens, talk)}
	case p.meaningless(h.spoken):
		return Reply{Question: &Question{Kind: NothingToDo, Text: "Say what should change.", Choices: examples(p.suggestions(talk))}}
	}
	reply := p.understand(h, talk)
	plan := reply.Plan
	if plan == nil {
		return reply
	}
	if plan.Action == Edit && !h.all {
		plan.Undone = append(plan.Undone, fmt.Sprintf("everything after the first %d words", utteranceLimit))
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
func (h hearing) verbatim(tokens []token) string {
	if len(tokens) == 0 {
		return ""
	}
	var b strings.Builder
	at := tokens[0].start
	for _, t := range tokens {
		if t.mended && t.start >= at {
			b.WriteString(h.text[at:t.start])
			b.WriteString(t.text)
			at = t.start + t.size
		}
	}
	last := tokens[len(tokens)-1]
	end := last.start + last.size
	if said := trimMarks(h.spoken); !h.all && len(said) > 0 && last.start == said[len(said)-1].start {
		end = len(h.text)
	}
	if end > at {
		b.WriteString(h.text[at:end])
	}
	return strings.TrimSpace(b.String())
}

// meaningless tells whether nothing was said but "thanks" and the like.
func (p *Planner) meaningless(spoken []token) bool {
	for _, list := range [][][]string{p.before, p.after} {
		for _, phrase := range list {
			if len(phrase) == len(spoken) && startsWith(spoken, phrase) && !isMore(lower(phraseText(spoken))) && phrase[0] != "again" {
				return true
			}
		}
	}
	return false
}

func (p *Planner) understand(h hearing, talk Conversation) Reply {
	spoken := h.spoken
	for _, form := range [][]token{trimMarks(h.tokens), spoken} {
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
func (p *Planner) edit(tokens, spoken []token, talk Conversation) Reply {
	d := p.newDraft(talk)
	var question *Question
	clauses := p.clauses(spoken)
	correction := startsWith(trimMarks(tokens), []string{"no"}) || startsWith(trimMarks(tokens), []string{"not"})
	if len(clauses) > maxClauses {
		d.undone = append(d.undone, fmt.Sprintf("everything after the first %d edits", maxClauses))
		clauses = clauses[:maxClauses]
	}
	if reply, ok := p.onlyControl(clauses, talk); ok {
		return reply
	}
	planned := 0
	for i, clause := range clauses {
		d.correction = i == 0 && correction
		if i == 0 && correction && len(clause) > 1 && clause[0].lower == "no" {
			if rest := p.polite(clause[1:]); len(rest) > 0 && (clause[1].mark || starters.has(rest[0].lower) || classOf(clause[1].lower) == auxiliary || classOf(clause[1].lower) == pronoun || !d.resolve(rest).found && !d.resolveLoosely(rest).found) {
				clause = rest
			}
		}
		d.caption.clause = i
		before := d.caption.clone()
		d.question = p.outOfScope(clause, talk)
		done := d.question == nil && (d.stepBack(clause) || d.clause(clause))
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
	if strings.TrimSpace(plan.Prompt) == "" {
		return Reply{Question: &Question{Kind: NothingToDo, Text: "That would leave nothing to draw.", Choices: []string{"start over", "undo"}}}
	}
	return Reply{Plan: plan}
}

// onlyControl answers requests of which one clause is about the conversation and
// no other means anything: "no, I liked it before, can you undo that?"
func (p *Planner) onlyControl(clauses [][]token, talk Conversation) (Reply, bool) {
	var reply Reply
	var others [][]token
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
		if p.newDraft(talk).clause(clause) {
			return Reply{}, false
		}
	}
	return reply, true
}

// stepBack takes back whole turns inside a request that goes on: "undo and make
// it blue".
func (d *draft) stepBack(clause []token) bool {
	reply, ok := d.p.control(clause, d.talk)
	if !ok || reply.Plan == nil {
		return false
	}
	turns := d.talk.Turns
	d.because(reply.Plan.Label)
	switch reply.Plan.Action {
	case Undo:
		return d.restore(turns[len(turns)-1-reply.Plan.Steps])
	case Goto:
		return d.restore(turns[reply.Plan.Steps-1])
	}
	return false
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
// does not decline.
func (d *draft) clause(tokens []token) bool {
	tokens = d.p.reshade(d.p.polite(tokens))
	if len(tokens) == 0 {
		return true
	}
	if len(tokens) > clauseLimit {
		return false
	}
	d.said = tokens
	removed := d.removed
	d.removed = nil
	spoken := tokens
	if n := len(tokens) - 1; n > 0 && tokens[n].lower == "instead" {
		tokens = tokens[:n]
		if removed != nil && !starters.has(tokens[0].lower) {
			tokens = slices.Concat(tokenise("add"), tokens)
		}
	}
	if removed != nil && d.inItsPlace(removed, tokens) {
		return true
	}
	if done, ok := d.followUp(spoken); ok {
		return done
	}
	for _, r := range d.p.rules {
		if r.pattern.match(tokens, func(m match) bool { return d.try(func() bool { return r.do(d, m) }) }) {
			return true
		}
	}
	return false
}

// try undoes what an edit did to the draft if it declines in the end.
func (d *draft) try(edit func() bool) bool {
	before, reasons, undone := *d, len(d.reasons), len(d.undone)
	d.caption = d.caption.clone()
	if edit() && (d.question != nil || d.caption.sane()) {
		return true
	}
	*d = before
	d.reasons, d.undone = d.reasons[:reasons], d.undone[:undone]
	return false
}

// inItsPlace puts what is added right after a removal in the place of what was
// removed: "remove the bananas and add grapes".
func (d *draft) inItsPlace(r *removal, tokens []token) bool {
	return d.p.insert.match(tokens, func(m match) bool {
		if slices.ContainsFunc(m["y"], func(t token) bool { return classOf(t.lower) == preposition && !t.mark }) {
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
