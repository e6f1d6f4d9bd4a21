package bot

import (
	"testing"

	"pentimento/dialogue"
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
		{"k", "auto", true},
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
	for name, value := range map[string]string{"preset": "cl", "self": ".5", "value": ".25", "k": ".6"} {
		if err := o.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	turn := o.turnOf(edit("appearance"))
	w := turn.Windows
	if turn.Preset != "cl" || w.Cross.To != .2 || w.Self.To != .5 || w.Value.To != .25 || w.ValueMix != 1 || turn.Blend.Threshold != .6 {
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
