package dialogue

import (
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// finish makes the plan of what the edits have done to the caption.
func (e *edit) finish() *Plan {
	done := e.caption.Finish()
	plan := &Plan{
		Action: Edit, Prompt: done.Prompt, Weights: done.Weights, Ops: done.Ops, Preset: e.preset, Label: caption.Label(done.Ops),
		Undone: e.undone, Reason: strings.Join(e.reasons, "; "),
	}
	if plan.Preset == "" {
		plan.Preset = Appearance
	}
	if plan.Preset == Appearance && slices.ContainsFunc(plan.Ops, e.p.retextures) {
		plan.Preset = Texture
	}
	if e.preset != Global && !e.wholeScene {
		plan.Blend = done.Blend
	}
	return plan
}

// retextures tells whether an operation changes how a thing is, and not its
// colour alone: "curly" for "straight". Adjectives of persons are moods and ages,
// by which nobody should become another.
func (p *Planner) retextures(op Op) bool {
	if op.Noun == "" || op.Kind == Remove || p.en.Is(op.Noun, lexicon.Person) {
		return false
	}
	return slices.ContainsFunc(strings.Fields(english.Lower(op.From+" "+op.To)), func(w string) bool {
		return w != op.Noun && !english.Shades.Has(w) && !p.en.IsColour(w)
	})
}
