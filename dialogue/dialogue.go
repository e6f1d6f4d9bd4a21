// Package dialogue understands what people say about a picture: an utterance,
// in the context of a conversation, becomes an edit [Plan] or a short
// [Question].
//
// An utterance is heard (hear.go), its kind recognised (kinds, below), and
// answered. The hard kind is the edit:
//
//   - request.go carries out the clauses of a request one after the other;
//   - rules.go is the table of the clauses that are understood, with examples,
//     in the order in which they are tried (rules_keep.go and the like have them by subject);
//     rule.go tries them;
//   - add.go, swap.go, remove.go, describe.go, degree.go, act.go, give.go, become.go, scene.go,
//     moment.go, style.go, fragment.go, keep.go and followup.go hold what the
//     rules do;
//   - edit.go is what they share, and makes the plan of it in the end.
//
// The other kinds are in smalltalk.go, moves.go (undo, go to, start over),
// questions.go with answers.go, help.go (what can be said, and what cannot be
// done), settings.go and imagine.go; clarify.go asks back. notation.go, typo.go
// and vocabulary.go serve the hearing; guard.go looks at every prompt last, fit.go
// at where its words stand, account.go at what of the utterance became nothing, and
// room.go keeps it within what the model reads.
//
// What is said in German, French or Spanish is put into English first by package
// foreign (language.go); English itself is read by package english, and the
// prompt under the knife is a caption of package caption. Everything is deterministic, offline and explained
// by the plan's Reason.
package dialogue

import (
	"regexp"
	"strings"
	"sync"

	"pentimento/dialogue/english"
	"pentimento/dialogue/foreign"
	"pentimento/recipe"
)

// A Conversation is what an utterance is understood in.
type Conversation struct {
	// Turns lead from the root to the head, the picture now shown. None means
	// that nothing has been drawn.
	Turns []Turn
	// Others are all other turns, oldest first: those that were taken back, and the
	// pictures before this one.
	Others []Turn
	// CanRedo tells whether there is an undone turn to go back to.
	CanRedo bool
	// Pending is the question that the last reply asked, if it asked one.
	Pending *Question
	// Known tells whether the model knows a word; nil means that it knows all.
	Known func(word string) bool
	// Reads tells how many bytes of a prompt the model reads: all of them, or those
	// before the first word that it has no room for. nil means that it reads all.
	Reads func(prompt string) int
	// Vocabulary lists the model's words, for mending typing errors. May be nil.
	Vocabulary []string
	// Models are the names of those that can be drawn with, the default first.
	Models []string
}

// head is the turn that is shown, or none.
func (talk Conversation) head() Turn {
	if len(talk.Turns) == 0 {
		return Turn{}
	}
	return talk.Turns[len(talk.Turns)-1]
}

// A Turn is one picture of the conversation.
type Turn struct {
	// ID is the number that people know the turn by; 0 stands for its place among
	// the turns, counted from 1.
	ID        int    `json:"id,omitempty"`
	Utterance string `json:"utterance"`
	Prompt    string `json:"prompt"`
	// Weights re-weight words of Prompt.
	Weights []recipe.Weight `json:"weights,omitempty"`
	// Plan is how the turn came about; nil where that is unknown.
	Plan *Plan `json:"plan,omitempty"`
}

// A Planner understands utterances. It keeps no state between them and may be
// used from any number of goroutines at once.
type Planner struct {
	en        *english.Reader
	languages func() *foreign.Translator
	rules     []compiledRule
	moves     []moveRule
	recalls   []recallRule
	settings  []settingRule
	beyond    []beyondRule
	// asking are the ways to ask for a picture, fresh those to ask for another.
	asking, fresh []english.Pattern
	// wished are the ways to wish for one, dismissing is done with the one shown.
	wished        []english.Pattern
	dismissing    english.Pattern
	leadingOn     []english.Pattern // are the ways to go on to another picture
	puttingAway   []english.Pattern // are the ways to put the one shown away
	complaining   []english.Pattern // are the ways to dislike the one shown
	enough        english.Pattern
	draw, helping english.Pattern
	another       english.Pattern

	notations []notation
	smalltalk []smalltalkRule
	questions []questionRule
	// declined leaves a question open, able and showing begin questions.
	declined, able, showing english.Pattern
	// kindOnly is half of a request.
	kindOnly  english.Pattern
	redrawing english.Pattern
	unset     []unsetRule
	placed    []*regexp.Regexp // are the ways to say where an edit is to act
	parts     []partRule
}

// New makes a planner.
func New() *Planner {
	en := english.New()
	return &Planner{
		en:          en,
		languages:   sync.OnceValue(func() *foreign.Translator { return foreign.New(en) }), // no start waits for it
		rules:       grammar(),
		moves:       moveRules(),
		recalls:     recallRules(),
		settings:    settingRules(),
		beyond:      beyondRules(),
		asking:      english.CompileAll(asking()),
		fresh:       english.CompileAll(fresh()),
		notations:   notations(),
		smalltalk:   smalltalkRules(),
		questions:   questionRules(),
		declined:    english.Compile(declined),
		able:        english.Compile(able),
		showing:     english.Compile(showing),
		kindOnly:    english.Compile(kindOnly),
		wished:      english.CompileAll(wished()),
		leadingOn:   english.CompileAll(leadingOn()),
		puttingAway: english.CompileAll(puttingAway()),
		complaining: english.CompileAll(complaining()),
		dismissing:  english.Compile(dismissing),
		enough:      english.Compile(enough),
		another:     english.Compile(another),
		redrawing:   english.Compile(redrawing),
		unset:       unsetRules(),
		placed:      placedEdits(),
		parts:       partRules(),

		draw:    english.Compile("(draw|sketch|create|illustrate|do) <x>"),
		helping: english.Compile("(help|help me|what can you do|what can i do|what can i say|what do i say|how does this work|how do i use this|how do you work|commands|instructions|what are my options|what now)"),
	}
}

// Plan understands an utterance in a conversation. It never fails: what it
// cannot plan it answers with a question.
func (p *Planner) Plan(utterance string, talk Conversation) Reply {
	if said := p.languages().Read(utterance, lastSaid(talk)); said.Foreign {
		return p.inOtherWords(said, utterance, talk)
	}
	if reply, ok := p.planThere(utterance, talk); ok {
		return reply
	}
	return p.planEnglish(utterance, talk)
}

// planEnglish understands an utterance in English.
func (p *Planner) planEnglish(utterance string, talk Conversation) Reply {
	h := p.hear(utterance, talk)
	for _, k := range p.kinds() {
		if reply, ok := k.answer(h, talk); ok {
			if k.name != answering {
				for _, plan := range reply.Plans() {
					p.noted(plan, h, talk)
				}
			}
			return answerable(reply, talk)
		}
	}
	return Reply{Question: p.notUnderstood(h.spoken, talk)}
}

// answering is the kind of an utterance that chooses one of the plans of a
// question, which are finished.
const answering = "answer"

// A kind is one of the things that an utterance may be. answer tells whether it is
// that, and what follows.
type kind struct {
	name    string
	example string
	answer  func(hearing, Conversation) (Reply, bool)
}

// kinds are the kinds of utterances in the order in which they are recognised.
func (p *Planner) kinds() []kind {
	return []kind{
		{"nothing", "?!", p.nothing},
		{answering, `leave out "a hat"`, p.leavesOut},
		{"question declined", "never mind", p.declines},
		{"move", "go back two", p.wholeMove},
		{"courtesy", "thank you", p.courtesy},
		{"question before a request", "where is the hat? Make it red", p.askedFirst},
		{"question", "what can you draw?", p.asked},
		{"setting", "use seed 7", p.setting},
		{"impossible", "write hello on the wall", p.cannot},
		{"picture once more", "redraw it", p.redraw},
		{"first picture", "a castle by a lake", p.firstPicture},
		{"new picture", "new picture: a castle by a lake", p.newPicture},
		{"edit", "make her hair red", p.edit},
	}
}

// nothing answers an utterance without a word.
func (p *Planner) nothing(h hearing, talk Conversation) (Reply, bool) {
	if len(h.spoken.TrimMarks()) > 0 {
		return Reply{}, false
	}
	if len(h.refused) > 0 {
		return Reply{Question: &Question{Kind: OutOfScope, Text: "Not done: " + strings.Join(h.refused, "; ") + ".", Choices: examples(p.suggestionsOrNone(talk))}}, true
	}
	if strings.TrimSpace(h.typed) != "" {
		return Reply{Answer: "That says nothing that I can draw. " + whatNext(talk)}, true
	}
	return Reply{Question: p.notUnderstood(h.words, talk)}, true
}
