package recipe

import "slices"

// A Preset is a set of hyper-parameters for a kind of edit.
type Preset struct {
	Name    string
	Windows Windows
	// Threshold and BlendStart are those of the local blend, used when the edit
	// has words to blend on.
	Threshold, BlendStart float64
	// Start is the share of the steps that the edit does not compute, for pictures
	// of at least [StartSteps] steps.
	Start float64
}

// StartSteps is how many steps a picture has at least, for edits of it to begin at
// the start of their preset. Of fewer steps the same share is further on the way
// from noise, where less can still be changed.
const StartSteps = 20

// PictureStart is the most that an edit of a picture of one's own leaves to it of its
// preset's start: nobody drew it, and what it is taken back to leads away from it less
// willingly. PictureGuidance is the share of the guidance scale that such edits have.
// Both are what `make bench ARGS="-only photo"` found nearest to the truth.
const (
	PictureStart    = .2
	PictureGuidance = 7. / 9
)

// Presets are all presets: ours, by kind of edit, then the literature's (P2P's
// defaults) and the CL P2P study's recommendation, for comparison. Ours are
// what the studies presets and start (`pentimento study run presets start`) found on
// the bundled model; docs/study.md has their margins.
//
// Appearance is for colour and mood, texture also for length, size and
// material, shape for another object or landscape, global for style, light and
// season, addition and removal for things.
func Presets() []Preset {
	upTo := func(f float64) Window { return Window{To: f} }
	return []Preset{
		{"appearance", Windows{Cross: upTo(.4), Self: upTo(.6)}, .2, 0, .3},
		{"texture", Windows{Cross: upTo(.1), Self: upTo(.2)}, .2, .1, .2},
		{"shape", Windows{Cross: upTo(.2), Self: upTo(.5)}, .2, 0, .5},
		{"global", Windows{Cross: upTo(.2), Self: upTo(.7), Value: upTo(.2), ValueMix: 1, ValueLayers: SelfValues}, 0, 0, .55},
		{"addition", Windows{Cross: upTo(.2), Self: upTo(0)}, .2, 0, 0},
		{"removal", Windows{Cross: upTo(0), Self: upTo(0)}, .2, .1, 0},
		{"re-weight", Windows{Cross: upTo(.8), Self: upTo(.8)}, .7, .2, .5},
		{"literature", Windows{Cross: upTo(.8), Self: upTo(.2)}, .3, .2, 0},
		{"cl", Windows{Cross: upTo(.2), Self: upTo(.8)}, 0, 0, 0},
	}
}

// Usual are the presets that edits have by their kind: all but those that are there
// for comparison.
func Usual() []Preset {
	return slices.DeleteFunc(Presets(), func(p Preset) bool { return p.Name == "literature" || p.Name == "cl" })
}

// PresetNamed returns the preset of that name.
func PresetNamed(name string) (Preset, bool) {
	for _, p := range Presets() {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

// PresetNames lists the presets in alphabetical order.
func PresetNames() []string {
	var names []string
	for _, p := range Presets() {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return names
}
