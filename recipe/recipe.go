// Package recipe holds the data that a picture is a function of.
//
// A [Recipe] names a model, a seed, the sampling settings and a chain of
// turns. Replaying it on the same model and kind of device gives the same
// picture, bit for bit; everything else that is kept (pictures, latents,
// attention maps) is a cache of that function and may be dropped at any time.
//
// The package is plain data: it draws nothing and depends on nothing, so that
// sessions can store recipes without linking the engine.
package recipe

import "slices"

// Version is the latest schema version of a [Recipe] that this program knows.
const Version = 2

// A Recipe is everything needed to draw a picture again.
type Recipe struct {
	Version  int      `json:"version"`
	Settings Settings `json:"settings"`
	// Turns is the chain from the root (a plain generation) to the picture;
	// each turn edits the one before it as it was actually generated.
	Turns []Turn `json:"turns"`
}

// New is the recipe of a chain of turns, in the earliest version that has all
// that it says: what version 1 could say stays the same recipe, byte by byte,
// under the same keys of caches, and is read by programs that know no other.
func New(s Settings, turns ...Turn) Recipe {
	r := Recipe{Settings: s, Turns: turns}
	r.Version = r.Earliest()
	return r
}

// Earliest is the earliest schema version that has all that the recipe says.
func (r Recipe) Earliest() int {
	version := r.Settings.Version()
	for _, t := range r.Turns {
		version = max(version, t.Version())
	}
	return version
}

// Composed reports whether the picture of the last turn is put together: what is drawn
// of it is put upon its source's picture where the turn changed that, and the rest is
// the source's own, pixel by pixel. So it is with a picture of one's own, and from the
// first turn on that has a region.
func (r Recipe) Composed() bool {
	if len(r.Turns) < 2 {
		return false
	}
	regional := func(t Turn) bool { return t.Region != nil }
	return r.Settings.Picture != "" || slices.ContainsFunc(r.Turns[1:], regional)
}

// Settings are what all turns of a chain share: an edit that changed one of
// them would no longer be an edit of the same picture.
type Settings struct {
	// Model is the digest of the model folder, as models.Model.Digest gives it.
	Model string `json:"model"`
	// Seed fixes the initial noise x_T, with the meaning that
	// torch.manual_seed gives it on the CPU.
	Seed uint64 `json:"seed"`
	// Scheduler names the sampler: one of [Schedulers], or the usual one.
	Scheduler string `json:"scheduler"`
	// Steps is the number of denoising steps.
	Steps int `json:"steps"`
	// Guidance is the classifier-free guidance scale; 1 means none.
	Guidance float64 `json:"guidance"`
	// Width and Height are the size of the picture in pixels; 0 is the model's
	// own.
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
	// Negative is what guidance leads away from, in place of the empty prompt.
	Negative string `json:"negative,omitempty"`
	// Picture names the picture of one's own that the chain begins with, by the
	// digest of its colours ([pentimento/picture/photo.Digest]). The root's prompt
	// is what it shows; its seed is of no consequence. Empty for a picture that is
	// drawn.
	Picture string `json:"picture,omitempty"`
}

// Version is the earliest schema version that has such settings: 2 for a size, a
// negative prompt, a picture of one's own, and the schedulers after the first two.
func (s Settings) Version() int {
	early := s.Scheduler == "" || s.Scheduler == DDIM || s.Scheduler == DPMSolver
	if early && s.Width == 0 && s.Height == 0 && s.Negative == "" && s.Picture == "" {
		return 1
	}
	return Version
}

// A Turn is one link of the chain: a prompt, and how much of the source
// turn's attention it keeps. In a root turn only Prompt and Weights act.
type Turn struct {
	Prompt string `json:"prompt"`
	// Weights re-weight the attention of words of Prompt (P2P, eq. 5).
	Weights []Weight `json:"weights,omitempty"`
	// Preset is the name of the preset that Start, Windows and Blend came from.
	Preset string `json:"preset,omitempty"`
	// Start is the share of the steps, in [0, 1), that the turn does not compute:
	// it begins from its source's latents there. Of n steps these are as many as
	// a window up to Start has, and at most n−1.
	Start   float64 `json:"start,omitempty"`
	Windows Windows `json:"windows"`
	Blend   Blend   `json:"blend"`
	// Region is the part of the picture that the turn may change; nil for all of it.
	Region *Region `json:"region,omitempty"`
}

// Version is the earliest schema version that has such a turn: 2 where it begins
// later than its source, or has a region.
func (t Turn) Version() int {
	if t.Start == 0 && t.Region == nil {
		return 1
	}
	return Version
}

// A Span is a range of bytes [Start, End) of a prompt.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// A Weight multiplies the attention that a word of the prompt receives by
// Factor: 1 leaves it alone, 0 mutes it, negative values push away from it.
type Weight struct {
	Span
	Factor float64 `json:"factor"`
}

// A Window is a share of the denoising steps, as fractions in [0, 1] of the
// whole: the steps s of n with From*n <= s < To*n, after rounding both ends
// to the nearest step.
type Window struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// Windows say during which steps a turn takes over what its source computed.
type Windows struct {
	// Cross is cross_replace_steps: cross-attention maps (P2P, section 3.2).
	Cross Window `json:"cross"`
	// Self is self_replace_steps: self-attention maps.
	Self Window `json:"self"`
	// Value is value_replace_steps: V values (CL P2P's V-value injection).
	Value Window `json:"value"`
	// ValueMix is β of the V-value injection: (1-β)·V_target + β·V_source.
	ValueMix float64 `json:"value_mix,omitempty"`
	// ValueLayers are the layers in which values are injected.
	ValueLayers ValueLayers `json:"value_layers,omitempty"`
	// CrossWords override Cross for single words of the turn's prompt.
	CrossWords []WordWindow `json:"cross_words,omitempty"`
}

// ValueLayers are the attention layers in which a turn takes over its source's
// values.
type ValueLayers string

// The layers that V-value injection acts in: all, or those of one kind.
const (
	AllValues   ValueLayers = ""
	CrossValues ValueLayers = "cross"
	SelfValues  ValueLayers = "self"
)

// Valid reports whether v is one of the three.
func (v ValueLayers) Valid() bool { return v == AllValues || v == CrossValues || v == SelfValues }

// A WordWindow is a Window for one word of the prompt.
type WordWindow struct {
	Span
	Window
}

// A Blend is P2P's local blend: where neither the source's nor the target's
// chosen words attend, the picture stays the source's.
type Blend struct {
	// Threshold is k: the share of a map's maximum above which a pixel
	// belongs to the word. 0 switches the blend off, 1 returns the source.
	Threshold float64 `json:"threshold,omitempty"`
	// Start is the share of the steps before the blend begins.
	Start float64 `json:"start,omitempty"`
	// Source and Target are the words whose maps make the mask, in the
	// source turn's prompt and in this turn's. Without any there is no blend.
	Source []Span `json:"source,omitempty"`
	Target []Span `json:"target,omitempty"`
}
