package dialogue

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// A model reads so many tokens of a prompt and no more. A prompt that is too long
// is shortened, without changing what it says; if that is not enough, nothing is
// drawn, and the user chooses what to leave out for what was just said.

// reads tells whether the model reads all of a prompt.
func (talk Conversation) reads(prompt string) bool {
	return talk.Reads == nil || talk.Reads(prompt) >= len(prompt)
}

// inRoom is the plan of an edit within what the model reads, or the question what
// to leave out for it.
func (e *edit) inRoom() Reply {
	plan := e.finish()
	if e.talk.reads(plan.Prompt) {
		return Reply{Plan: plan}
	}
	if source := e.head().Prompt; !e.talk.reads(source) {
		if plan.Prompt == source && !e.caption.SaysAfter(e.talk.Reads(source)) {
			return Reply{Plan: plan} // its weights act, and it is as it was
		}
		if cut := e.caption.CutUnread(e.talk.Reads(source)); cut != "" {
			e.undone = append(e.undone, fmt.Sprintf("%q: the model has never had room for it, so I left it out", briefly(cut)))
		}
	}
	room := makeRoom(e.caption, e.talk.Reads, e.mentions)
	if room.caption != nil {
		e.caption = room.caption
		return Reply{Plan: e.finish()}
	}
	return Reply{Question: room.ask(e.talk, func(c *caption.Caption) *Plan {
		e.caption = c
		return e.finish()
	})}
}

// mentions tells whether the request speaks of a word of the caption, so that it
// is not offered to leave it out.
func (e *edit) mentions(word string) bool {
	return !english.Closed(word) && slices.ContainsFunc(e.heard, func(t english.Token) bool { return e.en.Related(t.Lower, word) })
}

// Picture plans a new picture of a prompt as it stands, within what the model
// reads, or asks what to leave out.
func (p *Planner) Picture(prompt string, talk Conversation) Reply {
	return answerable(p.pictureInRoom(&Plan{Action: Imagine, Prompt: prompt, Reason: "a new picture by command"}, talk), talk)
}

// pictureInRoom is inRoom for the plan of a new picture.
func (p *Planner) pictureInRoom(plan *Plan, talk Conversation) Reply {
	if talk.reads(plan.Prompt) {
		return Reply{Plan: plan}
	}
	with := func(c *caption.Caption) *Plan {
		done := c.Finish()
		shorter := *plan
		shorter.Undone = slices.Clone(plan.Undone)
		shorter.Prompt, shorter.Weights = done.Prompt, done.Weights
		return &shorter
	}
	room := makeRoom(caption.Draft(p.en, plan.Prompt, plan.Weights), talk.Reads, func(string) bool { return false })
	if room.caption != nil {
		return Reply{Plan: with(room.caption)}
	}
	return Reply{Question: room.ask(talk, with)}
}

// A room is what became of a caption that was too long.
type room struct {
	// caption is it, shortened; nil where that is not enough.
	caption *caption.Caption
	// full is the prompt as short as it gets, lost its end, which is not read.
	full, lost string
	// offers are what can be left out, so that there is room.
	offers []offer
}

// An offer is what can be left out of a caption, as a choice, and the caption
// without it.
type offer struct {
	choice  string
	parts   int
	without *caption.Caption
}

// Bounds on what is offered: how many offers, of how many parts each, and how
// long a choice is, so that a button can have it.
const (
	maxOffers   = 7
	maxTogether = 4
	maxChoice   = 80
)

// makeRoom shortens a caption, or finds what could be left out of it.
func makeRoom(c *caption.Caption, reads func(string) int, keep func(word string) bool) room {
	fits := func(prompt string) bool { return reads(prompt) >= len(prompt) }
	short := c.Clone()
	if short.Shorten(fits) {
		return room{caption: short}
	}
	r := room{full: short.Finish().Prompt}
	r.lost = r.full[reads(r.full):]
	parts := c.Spares(keep)
	for i, first := range parts {
		rest := parts[i+1:]
		if first.Describes {
			rest = nil
		}
		if o, ok := leavingOut(first, rest, fits, keep); ok {
			r.offers = append(r.offers, o)
		}
	}
	slices.SortStableFunc(r.offers, func(a, b offer) int { return a.parts - b.parts })
	r.offers = r.offers[:min(len(r.offers), maxOffers)]
	if len(r.offers) == 0 || r.offers[0].parts > 2 {
		r.cutEnd(short, fits)
	}
	return r
}

// leavingOut leaves out a part, and as many of those that come after it as it
// takes until the caption fits.
func leavingOut(first caption.Spare, rest []caption.Spare, fits func(string) bool, keep func(string) bool) (offer, bool) {
	parts := []string{briefly(first.Text)}
	without := first.Without
	for !without.Clone().Shorten(fits) {
		left := without.Spares(keep)
		i := -1
		for i < 0 {
			if len(rest) == 0 || rest[0].Describes || len(parts) == maxTogether {
				return offer{}, false
			}
			i = slices.IndexFunc(left, func(s caption.Spare) bool { return s.Text == rest[0].Text })
			rest = rest[1:]
		}
		parts, without = append(parts, briefly(left[i].Text)), left[i].Without
	}
	without.Shorten(fits)
	choice := leaveOut + listed(parts, "and")
	return offer{choice, len(parts), without}, utf8.RuneCountInString(choice) <= maxChoice
}

// cutEnd offers to leave out the end of the prompt, as short as it gets, from the
// first word on that is not read.
func (r *room) cutEnd(short *caption.Caption, fits func(string) bool) {
	gone := short.Cut(len(r.full) - len(r.lost))
	if gone != "" && short.Shorten(fits) {
		r.offers = append(r.offers, offer{leaveOut + `everything from "` + briefly(gone) + `" on`, 1, short})
	}
}

// ask asks what should be left out. plan makes the plan of a caption.
func (r *room) ask(talk Conversation, plan func(*caption.Caption) *Plan) *Question {
	q := &Question{Kind: NoRoom, Text: fmt.Sprintf("That is more than the model reads of a prompt: %q would be lost. ", briefly(r.lost))}
	for _, o := range r.offers {
		q.offer(o.choice, plan(o.without))
	}
	if len(q.Choices) == 0 {
		q.Text += "Say it in fewer words."
		return q
	}
	q.Text += "What should I leave out instead?"
	if len(talk.Turns) > 0 {
		q.offer(keepPicture, nil)
	}
	return q
}

const (
	leaveOut    = "leave out "
	keepPicture = "keep the picture as it is"
)

// offer adds a choice and what it does; nil where it is read as an utterance.
func (q *Question) offer(choice string, plan *Plan) {
	q.Choices, q.Plans = append(q.Choices, choice), append(q.Plans, plan)
}

// briefly is a part of a prompt as it is named in a sentence or a choice.
func briefly(text string) string {
	const most = 50
	text = strings.Trim(strings.Join(strings.Fields(text), " "), ` ,.;"`)
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// answerable notes in a question what picture it is about.
func answerable(r Reply, talk Conversation) Reply {
	if r.Question != nil && len(r.Question.Plans) > 0 {
		r.Question.Of = talk.head().Prompt
	}
	return r
}

// Plans are the plan of a reply, or those that its question offers.
func (r Reply) Plans() []*Plan {
	if r.Plan != nil {
		return []*Plan{r.Plan}
	}
	if r.Question == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.Question.Plans), func(p *Plan) bool { return p == nil })
}

// leavesOut answers the question what to leave out.
func (p *Planner) leavesOut(h hearing, talk Conversation) (Reply, bool) {
	q := talk.Pending
	if q == nil || q.Of != talk.head().Prompt || len(q.Plans) != len(q.Choices) {
		return Reply{}, false
	}
	i := slices.Index(q.Choices, h.text)
	if i < 0 || q.Plans[i] == nil {
		return Reply{}, false
	}
	return Reply{Plan: q.Plans[i]}, true
}

// spared reads the answer to the question what to leave out: the number or the
// wording of a choice, or its part or the noun of it, with or without the leaving out.
func (p *Planner) spared(said english.Words, q *Question) (string, bool) {
	said = said.TrimMarks()
	for _, lead := range [][]string{{"leave", "out"}, {"take", "out"}, {"without"}, {"remove"}, {"drop"}, {"lose"}, {"cut"}, {"not"}, {"no"}} {
		if said.StartsWith(lead...) {
			said = said[len(lead):].TrimMarks()
			break
		}
	}
	said = undetermined(said)
	if len(said) == 0 {
		return "", false
	}
	var whole, nouns []string
	for i, choice := range q.Choices {
		part, ok := strings.CutPrefix(choice, leaveOut)
		if !ok || q.Plans[i] == nil {
			continue
		}
		words := undetermined(english.Tokenise(part).TrimMarks())
		switch x := p.en.Parse(words); {
		case words.Lower() == said.Lower():
			whole = append(whole, choice)
		case len(said) == 1 && len(x.Nouns) == 1 && words[x.Nouns[0].Head].Lower == said[0].Lower:
			nouns = append(nouns, choice)
		}
	}
	for _, fitting := range [][]string{whole, nouns} {
		if len(fitting) == 1 {
			return fitting[0], true
		}
	}
	return "", false
}

// undetermined is a noun phrase without its article.
func undetermined(words english.Words) english.Words {
	if len(words) > 1 && english.ClassOf(words[0].Lower) == english.Determiner {
		return words[1:]
	}
	return words
}
