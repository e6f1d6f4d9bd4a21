package editor

import (
	"sort"

	"pentimento/editor/recipe"
)

// A Preset is a set of hyper-parameters for a kind of edit.
type Preset struct {
	Windows recipe.Windows
	// Threshold and Start are those of the local blend, used when the edit
	// has words to blend on.
	Threshold, Start float64
}

// presets by name. The first seven are ours, by kind of edit; the last two are
// the literature's and the CL P2P study's, for comparison. Ours are what the
// study presets (`pentimento study run presets`) found on the bundled model;
// docs/study.md has their margins.
func presets() map[string]Preset {
	upTo := func(f float64) recipe.Window { return recipe.Window{To: f} }
	return map[string]Preset{
		"appearance": {recipe.Windows{Cross: upTo(.4), Self: upTo(.6)}, .2, 0},
		"texture":    {recipe.Windows{Cross: upTo(.1), Self: upTo(.2)}, .2, .1},
		"shape":      {recipe.Windows{Cross: upTo(.2), Self: upTo(.5)}, .2, 0},
		"global":     {recipe.Windows{Cross: upTo(.2), Self: upTo(.8), Value: upTo(.2), ValueMix: 1, ValueLayers: recipe.SelfValues}, 0, 0},
		"addition":   {recipe.Windows{Cross: upTo(.2), Self: upTo(0)}, .2, 0},
		"removal":    {recipe.Windows{Cross: upTo(0), Self: upTo(0)}, .2, .1},
		"re-weight":  {recipe.Windows{Cross: upTo(.8), Self: upTo(.8)}, .7, .2},
		"literature": {recipe.Windows{Cross: upTo(.8), Self: upTo(.2)}, .3, .2},
		"cl":         {recipe.Windows{Cross: upTo(.2), Self: upTo(.8)}, 0, 0},
	}
}

// PresetNamed returns the preset of that name: appearance (colour, mood), texture
// (also length, size, material), shape (another object or landscape), global
// (style, light, season), addition and removal (of a thing), re-weight, literature
// (P2P's defaults) or cl (CL P2P's recommendation).
func PresetNamed(name string) (Preset, bool) {
	p, ok := presets()[name]
	return p, ok
}

// PresetNames lists the presets in alphabetical order.
func PresetNames() []string {
	var names []string
	for name := range presets() {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
