package dialogue

import (
	"slices"
	"strings"
	"testing"

	"pentimento/recipe"
)

// TestEveryPresetIsASetting: each preset of the recipes can be chosen in words,
// whatever the model's vocabulary is and however its hyphen is written.
func TestEveryPresetIsASetting(t *testing.T) {
	planner := New()
	wordings := []string{
		"use the %s preset", "use %s preset", "switch to the %s preset", "try the %s preset", "apply the %s settings", "with the %s preset",
		"set the preset to %s", "preset %s", "please change the preset to %s", "can you use the %s preset?", "Use The %s Preset",
	}
	for _, name := range recipe.PresetNames() {
		for _, spelling := range []string{name, strings.ReplaceAll(name, "-", " "), strings.ReplaceAll(name, "-", "")} {
			for _, wording := range wordings {
				said := strings.ReplaceAll(wording, "%s", spelling)
				for _, talk := range []Conversation{{}, {Turns: []Turn{{Prompt: "a woman with red hair"}}}, pocket(Turn{Prompt: "a woman with red hair"})} {
					if got, want := outcome(planner.Plan(said, talk)), "set preset "+name; got != want {
						t.Errorf("%q: %s, want %s", said, got, want)
					}
				}
			}
		}
	}
	if got := outcome(planner.Plan("use the watercolor preset", Conversation{Turns: []Turn{{Prompt: "a woman with red hair"}}})); strings.HasPrefix(got, "set ") {
		t.Errorf("a preset that does not exist is chosen: %s", got)
	}
}

// TestKindsOfEditsArePresets: every kind of edit that a plan names is a preset of
// the recipes.
func TestKindsOfEditsArePresets(t *testing.T) {
	for _, kind := range []string{Appearance, Texture, Shape, Global} {
		if !slices.Contains(recipe.PresetNames(), kind) {
			t.Errorf("%q is no preset", kind)
		}
	}
}
