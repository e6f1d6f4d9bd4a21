package bot

import (
	"context"
	"maps"
	"slices"
	"strings"

	"pentimento/dialogue"
	"pentimento/models/judge"
	"pentimento/recipe"
	"pentimento/session"
)

// A picture does not always show what was asked for. Where somebody can tell
// (models/judge, for the bundled model), the answer says what is missing, and
// what can be done about it.

// What can be done: things to say, which the dialogue understands.
const (
	sayStronger = "stronger"
	sayAgain    = "redraw with another seed"
	sayUndo     = "undo"
)

// look compares the picture of a new turn with what the plan asked for, and has
// the answer tell what it does not show.
func (c *Conversation) look(ctx context.Context, a *Answer, plan *dialogue.Plan) {
	if a.Drawing == nil || a.Turn.Opened() {
		return // shown again, or not drawn at all
	}
	a.Doubt = doubtOf(a, plan)
	if a.Doubt == nil {
		// The turn is kept: a cancel has come too late.
		if said := c.unchanged(context.WithoutCancel(ctx), a); said != "" {
			a.Doubt = &dialogue.Question{Kind: dialogue.Clarify, Text: said, Choices: possible(a, sayStronger, sayAgain)}
		}
	}
	if a.Doubt != nil {
		c.Pending = a.Doubt
	}
}

// doubtOf is what is wrong with a picture, with what can be done; nil if nothing
// is, or nobody can tell.
func doubtOf(a *Answer, plan *dialogue.Plan) *dialogue.Question {
	var said, lost []string
	wants := wanted(a.Source, plan)
	for _, want := range wants {
		if text := missing(a.Turn.Seen, want); text != "" && !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	if a.Source != nil {
		lost = losses(a, wants)
	}
	switch {
	case len(said) > 0 && a.Source == nil:
		return doubt(said, possible(a, sayAgain))
	case len(said) > 0 && len(plan.Blend.Target) == 0 && onlyRemovals(plan):
		return doubt(said, possible(a, sayAgain))
	case len(said) > 0:
		return doubt(append(said, lost...), possible(a, sayStronger, sayAgain))
	case len(lost) > 0:
		return doubt(lost, possible(a, sayUndo, sayAgain))
	}
	return nil
}

// possible are those of the choices that there are for a picture: nothing of one of
// somebody's own comes of a seed.
func possible(a *Answer, choices ...string) []string {
	if a.Turn.Settings.Picture == "" {
		return choices
	}
	return slices.DeleteFunc(choices, func(choice string) bool { return choice == sayAgain })
}

// doubt makes a sentence of what is wrong, and a question of what can be done.
func doubt(wrong []string, choices []string) *dialogue.Question {
	text := "I drew it, but " + enumerated(wrong) + "."
	if said := offer(choices); said != "" {
		text += " " + said
	}
	return &dialogue.Question{Kind: dialogue.Clarify, Text: text, Choices: choices}
}

// offer asks for one of the choices.
func offer(choices []string) string {
	switch strings.Join(choices, ", ") {
	case sayAgain:
		return "Again with another seed?"
	case sayStronger:
		return "Stronger?"
	case sayStronger + ", " + sayAgain:
		return "Stronger, or again with another seed?"
	case sayUndo:
		return "Undo it?"
	case sayUndo + ", " + sayAgain:
		return "Undo it, or draw it again with another seed?"
	}
	return ""
}

// enumerated lists parts of a sentence.
func enumerated(parts []string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// A wish is a value that an attribute should have, or should not have any more.
type wish struct {
	name, value string
	gone        bool
}

// wanted is what a plan wants the picture to show: of an edit, what it changes.
func wanted(source *session.Turn, plan *dialogue.Plan) []wish {
	says := judge.Says(unnamed(plan))
	if source == nil {
		return wishes(says)
	}
	if onlyReweights(plan) {
		return wishes(strengthened(plan))
	}
	return changes(judge.Says(source.Recipe.Prompt), says)
}

// changes are the wishes that lead from one prompt to another.
func changes(from, to map[string]string) []wish {
	var out []wish
	for _, w := range wishes(to) {
		if from[w.name] != w.value {
			out = append(out, w)
		}
	}
	for _, w := range wishes(from) {
		if _, still := to[w.name]; !still && removable(w.name) {
			out = append(out, wish{w.name, w.value, true})
		}
	}
	return out
}

func wishes(says map[string]string) []wish {
	var out []wish
	for _, name := range slices.Sorted(maps.Keys(says)) {
		out = append(out, wish{name: name, value: says[name]})
	}
	return out
}

// removable reports whether an attribute is about a thing, which is gone when it
// is not said any more.
func removable(name string) bool {
	_, attribute, _ := strings.Cut(name, ".")
	return slices.Contains([]string{"hat", "glasses", "beard", "earrings", "freckles", "thing", "boat", "moon", "sun", "collar", "ball"}, attribute)
}

// unnamed is the prompt of a plan without the words that nobody said.
func unnamed(plan *dialogue.Plan) string { return without(plan.Prompt, plan.Named) }

// strengthened is what the prompt says by words whose weight a plan raises.
func strengthened(plan *dialogue.Plan) map[string]string {
	says := judge.Says(plan.Prompt)
	for _, op := range plan.Ops {
		if op.Factor <= 1 {
			return nil
		}
	}
	spans := make([]recipe.Span, 0, len(plan.Ops))
	for _, op := range plan.Ops {
		spans = append(spans, op.Target)
	}
	rest := judge.Says(without(plan.Prompt, spans))
	maps.DeleteFunc(says, func(name, value string) bool { return rest[name] == value })
	return says
}

// without is a prompt with spaces where the spans are.
func without(prompt string, spans []recipe.Span) string {
	out := []byte(prompt)
	for _, s := range spans {
		for i := max(0, s.Start); i < min(len(out), s.End); i++ {
			out[i] = ' '
		}
	}
	return string(out)
}

func onlyReweights(plan *dialogue.Plan) bool { return onlyOf(plan, dialogue.Reweight) }

func onlyRemovals(plan *dialogue.Plan) bool { return onlyOf(plan, dialogue.Remove) }

func onlyOf(plan *dialogue.Plan, kind dialogue.OpKind) bool {
	return len(plan.Ops) > 0 && !slices.ContainsFunc(plan.Ops, func(op dialogue.Op) bool { return op.Kind != kind })
}

// missing says that a picture does not show what was asked for; "" if it may.
func missing(seen judge.Seen, w wish) string {
	if w.gone {
		if value, sure := seen.Surely(w.name); sure && value == w.value {
			return "I still see the " + thing(w)
		}
		return ""
	}
	if !seen.RulesOut(w.name, w.value) {
		return ""
	}
	if name := thing(w); name != "" {
		return "I see no " + name
	}
	return looks(w.name, seen[w.name][0]) + ", not " + w.value
}

// losses are what the source's picture surely showed, and the new one surely does
// not, though nothing that was wanted upsets that.
func losses(a *Answer, wants []wish) []string {
	touched := map[string]bool{}
	for _, w := range wants {
		for _, name := range upset(w.name) {
			touched[name] = true
		}
	}
	before, after := judge.Seen(a.Source.Seen), judge.Seen(a.Turn.Seen)
	var lost []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		was, sure := before.Surely(name)
		is, sureNow := after.Surely(name)
		if !sure || !sureNow || was == is || touched[name] || !lasting(name) {
			continue
		}
		switch w := (wish{name: name, value: was}); {
		case was == "no" || was == "none":
			lost = append(lost, "I see "+one(wish{name: name, value: is})+" that nobody asked for")
		case thing(w) != "":
			lost = append(lost, gone(w))
		default:
			lost = append(lost, looks(name, is)+", not "+was+" any more")
		}
	}
	return lost
}
