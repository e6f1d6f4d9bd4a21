package bot

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pentimento/dialogue"
	"pentimento/recipe"
	"pentimento/session"
)

// Options are the hyper-parameters of a conversation. Seed, steps and guidance
// act from the next new picture on, because all edits of a picture share them;
// the others from the next edit on.
type Options struct {
	// Seed of new pictures; nil chooses one at random.
	Seed *uint64
	// Steps of new pictures.
	Steps int
	// Guidance scale of new pictures.
	Guidance float64
	// Preset replaces the one that the dialogue chooses; empty leaves it.
	Preset string
	// Cross, Self, Value and Threshold replace those of the preset; nil
	// leaves them.
	Cross, Self, Value, Threshold *float64
}

// Set changes one option by name, as in --set and /settings: seed, steps,
// guidance, preset, cross, self, value or k. The value "auto" takes an
// override back.
func (o *Options) Set(name, value string) error {
	const share = "a number from 0 to 1"
	switch strings.ToLower(name) {
	case "seed":
		return setAuto(&o.Seed, name, value, "a whole number", func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) })
	case "cross":
		return setAuto(&o.Cross, name, value, share, parseShare)
	case "self":
		return setAuto(&o.Self, name, value, share, parseShare)
	case "value":
		return setAuto(&o.Value, name, value, share, parseShare)
	case "k":
		return setAuto(&o.Threshold, name, value, share, parseShare)
	case "steps":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > recipe.MaxSteps {
			return Problemf(Invalid, "steps is %q: give a whole number from 1 to %d", value, recipe.MaxSteps)
		}
		o.Steps = n
	case "guidance":
		g, err := strconv.ParseFloat(value, 64)
		if err != nil || !recipe.Within(g, 0, recipe.MaxGuidance) {
			return Problemf(Invalid, "guidance is %q: give a number from 0 to %d", value, recipe.MaxGuidance)
		}
		o.Guidance = g
	case "preset":
		if value == "auto" {
			o.Preset = ""
			return nil
		}
		if _, ok := recipe.PresetNamed(value); !ok {
			return Problemf(Invalid, "preset %q is not known: use auto, %s", value, strings.Join(recipe.PresetNames(), ", "))
		}
		o.Preset = value
	default:
		return Problemf(Invalid, "there is no setting %q: use seed, steps, guidance, preset, cross, self, value or k", name)
	}
	return nil
}

// setAuto parses value into target, or empties it for "auto".
// What says what else it may be.
func setAuto[T any](target **T, name, value, what string, parse func(string) (T, error)) error {
	if value == "auto" {
		*target = nil
		return nil
	}
	v, err := parse(value)
	if err != nil {
		return Problemf(Invalid, "%s is %q: give %s, or auto", name, value, what)
	}
	*target = &v
	return nil
}

func parseShare(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !recipe.Share(f) {
		return 0, fmt.Errorf("%q is not a number from 0 to 1", s)
	}
	return f, nil
}

// turnOf makes the recipe's link for a plan: the preset of its kind of edit,
// with this conversation's overrides.
func (o Options) turnOf(plan *dialogue.Plan) recipe.Turn {
	turn := recipe.Turn{Prompt: plan.Prompt, Weights: plan.Weights}
	if plan.Action != dialogue.Edit {
		return turn
	}
	turn.Preset = presetOf(plan)
	if o.Preset != "" {
		turn.Preset = o.Preset
	}
	preset, ok := recipe.PresetNamed(turn.Preset)
	if !ok {
		turn.Preset = "appearance"
		preset, _ = recipe.PresetNamed(turn.Preset)
	}
	turn.Windows = preset.Windows
	override(&turn.Windows.Cross, o.Cross)
	override(&turn.Windows.Self, o.Self)
	override(&turn.Windows.Value, o.Value)
	if o.Value != nil {
		turn.Windows.ValueMix, turn.Windows.ValueLayers = 1, recipe.AllValues
	}
	threshold := preset.Threshold
	if o.Threshold != nil {
		threshold = *o.Threshold
	}
	if threshold > 0 && len(plan.Blend.Source)+len(plan.Blend.Target) > 0 {
		turn.Blend = recipe.Blend{
			Threshold: threshold, Start: preset.Start,
			Source: plan.Blend.Source, Target: plan.Blend.Target,
		}
	}
	return turn
}

// presetOf is the preset for a plan's kind of edit: that of its operations,
// where all are additions of things, removals or re-weightings, and otherwise
// what the plan says.
func presetOf(plan *dialogue.Plan) string {
	if plan.Preset == dialogue.Global || len(plan.Ops) == 0 {
		return plan.Preset
	}
	kind := func(op dialogue.Op) string {
		switch {
		case op.Kind == dialogue.Refine && op.Noun == "": // no adjective of something
			return "addition"
		case op.Kind == dialogue.Remove:
			return "removal"
		case op.Kind == dialogue.Reweight:
			return "re-weight"
		}
		return plan.Preset
	}
	first := kind(plan.Ops[0])
	for _, op := range plan.Ops[1:] {
		if kind(op) != first {
			return plan.Preset
		}
	}
	return first
}

func override(w *recipe.Window, to *float64) {
	if to != nil {
		*w = recipe.Window{To: *to}
	}
}

// settings are those of a new picture.
func (c *Conversation) settings() recipe.Settings {
	s := recipe.Settings{
		Model: c.Model.Digest, Scheduler: "ddim",
		Steps: c.Options.Steps, Guidance: c.Options.Guidance,
	}
	if c.Options.Seed != nil {
		s.Seed = *c.Options.Seed
	} else {
		s.Seed = c.Clock.Seed()
	}
	return s
}

// change sets what the user asked for in words and says so.
func (c *Conversation) change(s *session.Session, settings map[string]string) (*Answer, error) {
	answer := &Answer{Session: s}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if err := c.Options.Set(name, settings[name]); err != nil {
			return nil, err
		}
		answer.Notices = append(answer.Notices, fmt.Sprintf("%s is now %s.", name, settings[name]))
	}
	if s.Head == 0 {
		return answer, nil
	}
	var err error
	answer.Turn, err = s.Turn(s.Head)
	return answer, err
}

// String lists the hyper-parameters, one to a line.
func (o Options) String() string {
	auto := func(f *float64) string {
		if f == nil {
			return "auto"
		}
		return strconv.FormatFloat(*f, 'g', -1, 64)
	}
	seed, preset := "auto", o.Preset
	if o.Seed != nil {
		seed = strconv.FormatUint(*o.Seed, 10)
	}
	if preset == "" {
		preset = "auto"
	}
	return fmt.Sprintf("seed      %s\nsteps     %d\nguidance  %g\npreset    %s\ncross     %s\nself      %s\nvalue     %s\nk         %s",
		seed, o.Steps, o.Guidance, preset, auto(o.Cross), auto(o.Self), auto(o.Value), auto(o.Threshold))
}
