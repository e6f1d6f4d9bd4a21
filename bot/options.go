package bot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pentimento/dialogue"
	"pentimento/recipe"
	"pentimento/session"
)

// Options are the hyper-parameters of a conversation. Those that all edits of a
// picture share act from the next new picture on: seed, scheduler, steps,
// guidance, size and the negative prompt; the others from the next edit on.
type Options struct {
	// Model is what the model of new pictures is called; empty for the default.
	Model string
	// Seed of new pictures; nil chooses one at random.
	Seed *uint64
	// Steps of new pictures.
	Steps int
	// Guidance scale of new pictures.
	Guidance float64
	// Scheduler of new pictures, one of [recipe.Schedulers]; empty for the one that
	// the model is drawn with.
	Scheduler string
	// Width and Height of new pictures in pixels; 0 for the model's own.
	Width, Height int
	// Negative is what new pictures are led away from.
	Negative string
	// Preset replaces the one that the dialogue chooses; empty leaves it.
	Preset string
	// Region bounds edits to a part of the picture, as [Options.Set] takes it, and
	// RegionOf is the identity of the picture that it is meant for, the root of a
	// chain; empty and 0 for all of any picture.
	Region   string
	RegionOf uint64
	// Start, Cross, Self, Value and Threshold replace those of the preset; nil
	// leaves them.
	Start, Cross, Self, Value, Threshold *float64
}

// Set changes one option by name, as in --set and /settings: one of
// [SettingNames]. The value "auto" takes an override back.
func (o *Options) Set(name, value string) error {
	const share = "a number from 0 to 1"
	switch strings.ToLower(name) {
	case "seed":
		return setAuto(&o.Seed, name, value, "a whole number", func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) })
	case "start":
		return setAuto(&o.Start, name, value, "a number from 0 to below 1", parseStart)
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
	case "model":
		return o.setModel(value)
	case "scheduler":
		return o.setScheduler(value)
	case "size":
		return o.setSize(value)
	case "negative":
		return o.setNegative(value)
	case "region":
		return o.setRegion(value)
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
		return Problemf(Invalid, "there is no setting %q: use %s", name, strings.Join(SettingNames(), ", "))
	}
	return nil
}

// setModel takes any name: the conversation knows which there are.
func (o *Options) setModel(value string) error {
	if len(value) > longest {
		return Problemf(Invalid, "the name of the model has %d characters, %d are allowed", len(value), longest)
	}
	if value == "auto" {
		value = ""
	}
	o.Model = value
	return nil
}

func (o *Options) setScheduler(value string) error {
	switch value = strings.ToLower(value); {
	case value == "auto":
		o.Scheduler = ""
	case slices.Contains(recipe.Schedulers(), value):
		o.Scheduler = value
	default:
		return Problemf(Invalid, "scheduler %q is not known: use auto, %s", value, strings.Join(recipe.Schedulers(), ", "))
	}
	return nil
}

func (o *Options) setSize(value string) error {
	if value == "auto" {
		o.Width, o.Height = 0, 0
		return nil
	}
	width, height, ok := recipe.ParseSize(value)
	if !ok {
		return Problemf(Invalid, "size is %q: give width and height in pixels, such as 768x512, or auto", value)
	}
	if err := (recipe.Settings{Steps: 1, Width: width, Height: height}).Validate(); err != nil || width == 0 {
		return Problemf(Invalid, "size is %dx%d: give two multiples of %d from %d to %d, such as 768x512, or auto", width, height, recipe.SideMultiple, recipe.MinSide, recipe.MaxSide)
	}
	o.Width, o.Height = width, height
	return nil
}

// setNegative takes "auto" and "none" for nothing.
func (o *Options) setNegative(value string) error {
	value = strings.TrimSpace(value)
	if value == "auto" || value == "none" {
		value = ""
	}
	if len(value) > longest {
		return Problemf(Invalid, "the negative prompt has %d characters, %d are allowed", len(value), longest)
	}
	o.Negative = value
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

// parseStart reads where an edit begins: somewhere before the end.
func parseStart(s string) (float64, error) {
	f, err := parseShare(s)
	if err == nil {
		err = recipe.Turn{Start: f}.Validate()
	}
	return f, err
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
	turn.Start, turn.Windows = preset.Start, preset.Windows
	if o.Start != nil {
		turn.Start = *o.Start
	}
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
			Threshold: threshold, Start: preset.BlendStart,
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

// settings are those of a new picture that wishes for some of its own, by name.
func (c *Conversation) settings(wishes map[string]string) (recipe.Settings, error) {
	o := c.Options
	for _, name := range slices.Sorted(maps.Keys(wishes)) {
		if err := o.Set(name, wishes[name]); err != nil {
			return recipe.Settings{}, err
		}
	}
	m, err := c.modelNamed(o.Model)
	if err != nil {
		return recipe.Settings{}, err
	}
	s := c.optionsFor(o, m).settings(m)
	if o.Seed == nil {
		s.Seed = c.Clock.Seed()
	}
	return s, nil
}

// optionsFor are the options for a model. Steps and guidance that are left at what the
// default model is drawn with become those of the model.
func (c *Conversation) optionsFor(o Options, m Model) Options {
	if m.Digest == c.Model.Digest {
		return o
	}
	if m.Steps > 0 && o.Steps == c.Model.Steps {
		o.Steps = m.Steps
	}
	if m.Steps > 0 && o.Guidance == c.Model.Guidance {
		o.Guidance = m.Guidance
	}
	return o
}

// WishesOf are the settings by which another picture like a turn's is one like it:
// what [Conversation.Imagine] takes.
func (c *Conversation) WishesOf(t session.Turn) map[string]string {
	size := "auto"
	if t.Settings.Width != 0 {
		size = fmt.Sprintf("%dx%d", t.Settings.Width, t.Settings.Height)
	}
	wishes := map[string]string{"size": size, "negative": cmp.Or(t.Settings.Negative, "none")}
	if m, err := c.modelOf(t.Settings.Model); err == nil {
		wishes["model"] = m.Name
	}
	return wishes
}

// settings are those that the options make of a model, with the seed 0 where they
// set none.
func (o Options) settings(m Model) recipe.Settings {
	s := recipe.Settings{
		Model: m.Digest, Scheduler: cmp.Or(o.Scheduler, m.Usual.Scheduler, recipe.DDIM),
		Steps: o.Steps, Guidance: o.Guidance, Negative: o.Negative,
	}
	if o.Width != m.Width || o.Height != m.Height { // the model's own size is none
		s.Width, s.Height = o.Width, o.Height
	}
	if o.Seed != nil {
		s.Seed = *o.Seed
	}
	return s
}

// Set changes one option by name, and refuses what the model cannot draw with. The
// error is a [*Problem].
func (c *Conversation) Set(name, value string) error {
	before := c.Options
	if err := c.Options.Set(name, value); err != nil {
		return err
	}
	m, err := c.modelNamed(c.Options.Model)
	if err == nil {
		err = m.Check(c.optionsFor(c.Options, m))
	}
	if err != nil {
		c.Options = before
		return err
	}
	return nil
}

// change sets what the user asked for in words and says so.
func (c *Conversation) change(s *session.Session, settings map[string]string) (*Answer, error) {
	answer := &Answer{Session: s}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if err := c.Set(name, settings[name]); err != nil {
			return nil, err
		}
		answer.Notices = append(answer.Notices, fmt.Sprintf("%s is now %s%s.", name, settings[name], since(name, s.Head)))
	}
	if s.Head == 0 {
		return answer, nil
	}
	var err error
	answer.Turn, err = s.Turn(s.Head)
	return answer, err
}

// since says when a setting begins to act, where the picture shown may make one
// think that it has.
func since(name string, head int) string {
	if head != 0 && name == "start" {
		return " from the next edit on"
	}
	if head != 0 && slices.Contains([]string{"model", "scheduler", "size", "negative"}, name) {
		return " from the next new picture on"
	}
	return ""
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
	size := "auto"
	if o.Width != 0 {
		size = fmt.Sprintf("%dx%d", o.Width, o.Height)
	}
	model := ""
	if o.Model != "" {
		model = "model     " + o.Model + "\n"
	}
	return model + fmt.Sprintf("seed      %s\nsteps     %d\nguidance  %g\nscheduler %s\nsize      %s\nnegative  %s\npreset    %s\nregion    %s\nstart     %s\ncross     %s\nself      %s\nvalue     %s\nk         %s",
		seed, o.Steps, o.Guidance, cmp.Or(o.Scheduler, "auto"), size, cmp.Or(o.Negative, "none"), preset, o.regionName(), auto(o.Start), auto(o.Cross), auto(o.Self), auto(o.Value), auto(o.Threshold))
}
