// Package dialogue understands what people say about a picture: an utterance,
// in the context of a conversation, becomes an edit [Plan] or a short
// [Question].
//
// The hard part is editing a caption by conversation, and the package follows
// the way of an utterance through it:
//
//   - understand.go is the order of things; start there;
//   - normalise.go, tokens.go, typo.go and vocabulary.go clean an utterance and
//     cut it into words that are known;
//   - control.go, settings.go and imagine.go answer what is no edit: undo, use
//     seed 7, draw a castle;
//   - clauses.go splits a compound request, followup.go reads what only the turn
//     before gives a meaning;
//   - grammar.go lists the sentences that are understood, as patterns
//     (pattern.go), and the edit_….go files say what each does to the caption;
//   - reference.go and likeness.go find what "her hair", "it" or "the animal"
//     names, split.go where the words that name something end;
//   - caption.go is the caption under the knife, tagger.go and phrases.go see its
//     parts of speech and noun phrases, lists.go its "with a, b and c";
//   - plan.go reads the finished edit off the caption: spans, operations, preset,
//     words to blend and the label;
//   - clarify.go and question.go ask back.
//
// Everything is deterministic, offline and explained by the plan's Reason. The
// words themselves are known to the package lexicon.
package dialogue

import (
	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/recipe"
)

// A Conversation is what an utterance is understood in.
type Conversation struct {
	// Turns lead from the root to the head, the picture now shown. None means
	// that nothing has been drawn.
	Turns []Turn
	// CanRedo tells whether there is an undone turn to go back to.
	CanRedo bool
	// Pending is the question that the last reply asked, if it asked one.
	Pending *Question
	// Known tells whether the model knows a word; nil means that it knows all.
	Known func(word string) bool
	// Vocabulary lists the model's words, for mending typing errors. May be nil.
	Vocabulary []string
}

// A Turn is one picture of the conversation.
type Turn struct {
	Utterance string `json:"utterance"`
	Prompt    string `json:"prompt"`
	// Weights re-weight words of Prompt.
	Weights []recipe.Weight `json:"weights,omitempty"`
	// Plan is how the turn came about; nil where that is unknown.
	Plan *Plan `json:"plan,omitempty"`
}

// An Action is what a plan asks for.
type Action string

// The actions.
const (
	Imagine Action = "imagine" // draw Prompt afresh
	Edit    Action = "edit"    // edit the head into Prompt
	Undo    Action = "undo"    // go back Steps turns
	Redo    Action = "redo"    // go forward Steps turns
	Goto    Action = "goto"    // go to turn number Steps, counted from 1
	Restart Action = "restart" // forget the picture and begin anew
	Set     Action = "set"     // change Settings
)

// The presets that a plan names, by kind of edit.
const (
	Appearance = "appearance" // colour, mood, small attributes
	Texture    = "texture"    // texture, length, size, material of a thing
	Shape      = "shape"      // another object or element of a landscape
	Global     = "global"     // style, light, season, weather, time of day
)

// A Plan is an utterance understood. It serialises to JSON.
type Plan struct {
	Action Action `json:"action"`
	// Prompt is the complete target prompt of Imagine and Edit.
	Prompt string `json:"prompt,omitempty"`
	// Weights are all weights of the target prompt, old and new.
	Weights []recipe.Weight `json:"weights,omitempty"`
	// Ops are the operations that lead from the head's prompt to Prompt.
	Ops []caption.Op `json:"ops,omitempty"`
	// Preset is the kind of an edit: Appearance, Texture, Shape or Global.
	Preset string `json:"preset,omitempty"`
	// Blend are the words for local blend; none for edits of the whole scene.
	Blend caption.Blend `json:"blend"`
	// Label is the edit in the fewest words: "blond → red", "+ glasses".
	Label string `json:"label,omitempty"`
	// Steps is how far to go for Undo and Redo, and where to for Goto.
	Steps int `json:"steps,omitempty"`
	// Settings holds what Set changes, by name.
	Settings map[string]string `json:"settings,omitempty"`
	// Undone are the parts of the utterance that could not be done, in words.
	Undone []string `json:"undone,omitempty"`
	// Unknown are words of the utterance that the model does not know.
	Unknown []string `json:"unknown,omitempty"`
	// Instead are words that it knows for things of the same kinds.
	Instead []string `json:"instead,omitempty"`
	// Reason explains the plan in a line.
	Reason string `json:"reason,omitempty"`
}

// The operations of a plan and the words that bound it are the caption's.
type (
	// An Op is one difference between the head's prompt and the plan's.
	Op = caption.Op
	// An OpKind is one of the operations of Prompt-to-Prompt.
	OpKind = caption.OpKind
	// A Blend holds the words whose attention bounds an edit.
	Blend = caption.Blend
)

// The kinds of operations.
const (
	Swap     = caption.Swap     // words replaced by others
	Refine   = caption.Refine   // words added
	Remove   = caption.Remove   // words taken out
	Reweight = caption.Reweight // attention of words scaled
)

// A QuestionKind tells why a question is asked.
type QuestionKind string

// The kinds of questions.
const (
	Clarify       QuestionKind = "clarify"        // which of several, or how
	NotUnderstood QuestionKind = "not-understood" // what can be said instead
	OutOfScope    QuestionKind = "out-of-scope"   // understood, and impossible
	NothingToDo   QuestionKind = "nothing-to-do"  // e.g. undo before the first edit
)

// A Question is asked where no plan can be made.
type Question struct {
	Kind QuestionKind `json:"kind"`
	Text string       `json:"text"`
	// Choices are complete utterances, each an answer.
	Choices []string `json:"choices,omitempty"`
}

// A Reply is a plan or a question: exactly one of them is set.
type Reply struct {
	Plan     *Plan     `json:"plan,omitempty"`
	Question *Question `json:"question,omitempty"`
}

// A Planner understands utterances. It keeps no state between them and may be
// used from any number of goroutines at once.
type Planner struct {
	en       *english.Reader
	rules    []compiledRule
	controls []controlRule
	settings []settingRule
	beyond   []beyondRule
	asking   []english.Pattern
	fresh    []english.Pattern
	draw     english.Pattern
	insert   english.Pattern
	helping  english.Pattern
}

// New makes a planner.
func New() *Planner {
	return &Planner{
		en:       english.New(),
		rules:    grammar(),
		controls: controlRules(),
		settings: settingRules(),
		beyond:   beyondRules(),
		asking:   english.CompileAll(asking()),
		fresh:    english.CompileAll(fresh()),
		draw:     english.Compile("(draw|sketch|create|illustrate) <x>"),
		insert:   english.Compile("(add|put|insert|place|draw) <y>"),
		helping:  english.Compile("(help|help me|what can you do|what can i do|what can i say|what do i say|how does this work|how do i use this|how do you work|commands|instructions|what are my options|what now)"),
	}
}
