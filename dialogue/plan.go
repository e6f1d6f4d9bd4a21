package dialogue

import (
	"pentimento/dialogue/caption"
	"pentimento/recipe"
)

// An Action is what a plan asks for.
type Action string

// The actions.
const (
	Imagine Action = "imagine" // draw Prompt afresh
	Edit    Action = "edit"    // edit the head into Prompt
	Undo    Action = "undo"    // go back Steps turns
	Redo    Action = "redo"    // go forward Steps turns
	Goto    Action = "goto"    // go to the turn with the number Steps
	Restart Action = "restart" // forget the picture and begin anew
	Set     Action = "set"     // change Settings
	Vary    Action = "vary"    // draw the head in Steps ways to pick from
	Bound   Action = "bound"   // have further edits act in Region alone; everywhere for "off"
	Remask  Action = "remask"  // draw the head again in another place: Region is "grow", "left" …
)

// The kinds of edits, each by the name of the preset that is for it.
const (
	Appearance = "appearance" // colour, mood, small attributes
	Texture    = "texture"    // texture, length, size, material of a thing
	Shape      = "shape"      // another object or element of a landscape
	Global     = "global"     // style, light, season, weather, time of day
)

// A Plan is an utterance understood. It serialises to JSON.
type Plan struct {
	Action Action `json:"action"`
	// Back is how many turns to go back before Edit: "undo that and make it blue".
	Back int `json:"back,omitempty"`
	// Prompt is the complete target prompt of Imagine and Edit.
	Prompt string `json:"prompt,omitempty"`
	// Weights are all weights of the target prompt, old and new.
	Weights []recipe.Weight `json:"weights,omitempty"`
	// Ops are the operations that lead from the head's prompt to Prompt.
	Ops []Op `json:"ops,omitempty"`
	// Preset is the kind of an edit: Appearance, Texture, Shape or Global.
	Preset string `json:"preset,omitempty"`
	// Blend are the words for local blend; none for edits of the whole scene.
	Blend Blend `json:"blend"`
	// Region is the part of the picture that an edit is for, "upper left"; empty for
	// wherever its words act.
	Region string `json:"region,omitempty"`
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
	// Another says that the picture is wanted with another seed than the one shown
	// has.
	Another bool `json:"another,omitempty"`
	// Named are words of Prompt that nobody said: what the source's picture shows
	// and its prompt left open. The planner leaves it empty.
	Named []recipe.Span `json:"named,omitempty"`
	// Reason explains the plan in a line.
	Reason string `json:"reason,omitempty"`
}

// The operations of a plan and the words that bound it are read off the caption.
type (
	// An Op is one difference between the head's prompt and the plan's.
	Op = caption.Op
	// An OpKind names one of the operations of Prompt-to-Prompt.
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
