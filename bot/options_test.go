package bot

import (
	"errors"
	"strings"
	"testing"

	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/models"
	"pentimento/recipe"
)

func TestSetOptions(t *testing.T) {
	tests := []struct {
		name, value string
		ok          bool
	}{
		{"seed", "18446744073709551615", true},
		{"seed", "-1", false},
		{"seed", "auto", true},
		{"steps", "20", true},
		{"steps", "0", false},
		{"steps", "1001", false},
		{"guidance", "4.5", true},
		{"guidance", "NaN", false},
		{"preset", "cl", true},
		{"preset", "auto", true},
		{"preset", "best", false},
		{"cross", ".8", true},
		{"self", "1.1", false},
		{"value", "NaN", false},
		{"K", "0.3", true},
		{"start", "0", true},
		{"start", ".35", true},
		{"start", "auto", true},
		{"start", "1", false},
		{"start", "-.1", false},
		{"start", "NaN", false},
		{"k", "auto", true},
		{"scheduler", "lcm", true},
		{"scheduler", "Euler_A", true},
		{"scheduler", "auto", true},
		{"scheduler", "heun", false},
		{"size", "768x512", true},
		{"size", "512×768", true},
		{"size", "auto", true},
		{"size", "768", false},
		{"size", "-768x512", false},
		{"size", "0x0", false},
		{"size", "0x512", false},
		{"size", "770x512", false},
		{"size", "4096x512", false},
		{"size", "99999999999999999999x512", false},
		{"negative", "blurry, ugly", true},
		{"negative", "none", true},
		{"negative", strings.Repeat("x", 1001), false},
		{"colour", "red", false},
	}
	for _, test := range tests {
		var o Options
		if err := o.Set(test.name, test.value); (err == nil) != test.ok {
			t.Errorf("set %s to %s: %v", test.name, test.value, err)
		}
	}
}

// edit is the plan of "make her hair red".
func edit(preset string) *dialogue.Plan {
	return &dialogue.Plan{Action: dialogue.Edit, Prompt: "red hair", Preset: preset,
		Blend: dialogue.Blend{Source: []recipe.Span{{Start: 0, End: 10}}, Target: []recipe.Span{{Start: 0, End: 8}}}}
}

func TestTurnTakesThePresetOfItsPlan(t *testing.T) {
	var o Options
	turn := o.turnOf(edit("appearance"))
	if turn.Preset != "appearance" || turn.Windows.Cross.To != .4 || turn.Blend.Threshold != .2 || len(turn.Blend.Target) != 1 {
		t.Errorf("got %+v", turn)
	}
	if turn = o.turnOf(edit("global")); turn.Blend.Threshold != 0 || turn.Blend.Target != nil {
		t.Errorf("a global edit blends: %+v", turn.Blend)
	}
	if turn = o.turnOf(edit("unheard of")); turn.Preset != "appearance" {
		t.Errorf("an unknown preset became %q", turn.Preset)
	}
	root := o.turnOf(&dialogue.Plan{Action: dialogue.Imagine, Prompt: "a cat"})
	if root.Windows.Cross.To != 0 || root.Preset != "" {
		t.Errorf("a root has windows: %+v", root)
	}
}

func TestPresetOfOperations(t *testing.T) {
	add, curly := dialogue.Op{Kind: dialogue.Refine, To: "glasses"}, dialogue.Op{Kind: dialogue.Refine, To: "curly", Noun: "hair"}
	remove, weigh := dialogue.Op{Kind: dialogue.Remove}, dialogue.Op{Kind: dialogue.Reweight}
	for _, test := range []struct {
		preset string
		ops    []dialogue.Op
		want   string
	}{
		{"appearance", nil, "appearance"},
		{"appearance", []dialogue.Op{add}, "addition"},
		{"shape", []dialogue.Op{add, add}, "addition"},
		{"global", []dialogue.Op{add}, "global"},
		{"texture", []dialogue.Op{curly}, "texture"},
		{"appearance", []dialogue.Op{remove}, "removal"},
		{"appearance", []dialogue.Op{weigh}, "re-weight"},
		{"shape", []dialogue.Op{add, remove}, "shape"},
	} {
		plan := edit(test.preset)
		plan.Ops = test.ops
		if turn := (Options{}).turnOf(plan); turn.Preset != test.want || turn.Blend.Threshold == 0 && test.want != "global" {
			t.Errorf("%s of %+v became %+v", test.preset, test.ops, turn)
		}
	}
}

func TestOverridesReplaceThePreset(t *testing.T) {
	var o Options
	for name, value := range map[string]string{"preset": "cl", "self": ".5", "value": ".25", "k": ".6", "start": ".4"} {
		if err := o.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	turn := o.turnOf(edit("appearance"))
	w := turn.Windows
	if turn.Preset != "cl" || w.Cross.To != .2 || w.Self.To != .5 || w.Value.To != .25 || w.ValueMix != 1 || turn.Blend.Threshold != .6 || turn.Start != .4 {
		t.Errorf("got %+v", turn)
	}
	if err := o.Set("k", "0"); err != nil {
		t.Fatal(err)
	}
	if turn = o.turnOf(edit("appearance")); turn.Blend.Target != nil {
		t.Errorf("k = 0 blends: %+v", turn.Blend)
	}
}

func TestReweightedReplacesTheWordsWeight(t *testing.T) {
	span := func(a, b int) recipe.Span { return recipe.Span{Start: a, End: b} }
	got := reweighted([]recipe.Weight{{Span: span(0, 3), Factor: 2}, {Span: span(4, 8), Factor: 3}}, span(4, 8), .5)
	if len(got) != 2 || got[0].Factor != 2 || got[1].Factor != .5 {
		t.Errorf("got %v", got)
	}
}

// A setting that the model cannot draw with is refused in a sentence and leaves
// what was set.
func TestSetRefusesWhatTheModelCannotDraw(t *testing.T) {
	spec := models.Spec{ImageWidth: 512, ImageHeight: 512, LatentWidth: 64, LatentHeight: 64, SizeMultiple: 64, Resizable: true,
		Schedule: models.Schedule{TrainSteps: 1000, BetaStart: .00085, BetaEnd: .012, BetaSchedule: "linear"}}
	c := &Conversation{Options: Options{Steps: 60, Guidance: 4.5}}
	can := func(spec models.Spec) {
		c.Model = Model{Width: spec.ImageWidth, Height: spec.ImageHeight, Draws: func(s recipe.Settings) error { return editor.Check(spec, s) }}
	}
	can(spec)
	for _, test := range []struct{ name, value, says string }{
		{"size", "768x512", ""}, {"size", "512x520", "multiples of 64"}, {"size", "2048x2048", "too large for this model"},
		{"scheduler", "lcm", "lcm takes up to 50 steps"}, {"scheduler", "euler", ""}, {"steps", "1000", ""},
	} {
		before := c.Options
		err := c.Set(test.name, test.value)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(ProblemOf(err).Sentence(), test.says) {
			t.Errorf("%s %s: %v, want %q", test.name, test.value, err, test.says)
		}
		if err != nil && c.Options != before {
			t.Errorf("%s %s is refused and set", test.name, test.value)
		}
	}
	c.Options.Width, c.Options.Height = 0, 0
	spec.Resizable = false
	can(spec)
	if err := c.Set("size", "768x512"); !errors.Is(err, models.ErrFixedSize) || ProblemOf(err).Kind != Invalid {
		t.Errorf("a model of one size: %v", err)
	}
	if err := c.Set("size", "512x512"); err != nil || c.Options.settings(c.Model).Version() != 2 && c.Options.Scheduler == "" {
		t.Errorf("the model's own size: %v", err)
	}
	if s := c.Options.settings(c.Model); s.Width != 0 {
		t.Errorf("its own size is written down as %d", s.Width)
	}
}

// Settings that all edits of a picture share are those of the new picture.
func TestWishesAreOfOnePicture(t *testing.T) {
	c := &Conversation{Options: Options{Steps: 20, Guidance: 4.5, Negative: "fog"}, Clock: Clock{Seed: func() uint64 { return 7 }},
		Model: Model{Usual: models.Usual{Scheduler: recipe.LCM}}}
	s, err := c.settings(map[string]string{"size": "768x512", "negative": "rain"})
	if err != nil || s.Width != 768 || s.Negative != "rain" || s.Scheduler != recipe.LCM || s.Seed != 7 {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err = c.settings(nil); err != nil || s.Width != 0 || s.Negative != "fog" {
		t.Errorf("the next one: %+v, %v", s, err)
	}
	if _, err := c.settings(map[string]string{"size": "huge"}); err == nil {
		t.Error("a size that is none was taken")
	}
}

// Guidance below 1 draws what a negative prompt says: it must be allowed then.
func TestNegativePromptsThatAreDrawnMustBeAllowed(t *testing.T) {
	refused := errors.New("blocked")
	r := Request{Allow: func(prompt string) error {
		if strings.Contains(prompt, "gore") {
			return refused
		}
		return nil
	}}
	for guidance, want := range map[float64]error{0: refused, .9: refused, 1: nil, 7.5: nil} {
		if err := r.allowNegative(recipe.Settings{Guidance: guidance, Negative: "gore"}); !errors.Is(err, want) {
			t.Errorf("guidance %v: %v", guidance, err)
		}
	}
}
