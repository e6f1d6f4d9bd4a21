package study

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"pentimento/recipe"
)

// Parameters are the hyper-parameters of one cell.
type Parameters struct {
	// Method is how the picture is edited, see [Methods].
	Method string `json:"method"`
	// Preset is the name that the windows and the blend started from.
	Preset string `json:"preset,omitempty"`
	// Scheduler, Steps and Guidance are those of source and edit.
	Scheduler string  `json:"scheduler"`
	Steps     int     `json:"steps"`
	Guidance  float64 `json:"guidance"`
	// K and BlendStart are the threshold and the start of the local blend.
	K          float64 `json:"k"`
	BlendStart float64 `json:"blend_start"`
	// Start is the share of the steps that the edit does not compute.
	Start float64 `json:"start,omitempty"`
	// Cross, Self and Value are the shares of the steps, from the first on, in
	// which cross-attention, self-attention and values are the source's.
	Cross float64 `json:"cross"`
	Self  float64 `json:"self"`
	Value float64 `json:"value"`
	// Beta is the share of the source in injected values.
	Beta float64 `json:"beta"`
	// ValueLayers are the layers whose values are injected: all, cross or self.
	ValueLayers string `json:"value_layers"`
	// Weight is the factor of the word that the edit re-weights.
	Weight float64 `json:"weight"`
	// Strength is the share of the steps that is computed by methods which
	// begin in the middle.
	Strength float64 `json:"strength"`
	// Mix is MagicMix's ν: the share of the edit in its layout phase.
	Mix float64 `json:"mix"`
}

// standard is what a study does not set.
func standard() Parameters {
	return Parameters{
		Method: PromptToPrompt, Scheduler: recipe.DDIM, Steps: 20, Guidance: 4.5, BlendStart: .2, Beta: 1, ValueLayers: allLayers,
		Weight: 1, Strength: .6, Mix: .9,
	}
}

// allLayers is the value of value_layers that stands for both kinds.
const allLayers = "all"

// word is a parameter that is one of some words.
type word struct {
	of    func(*Parameters) *string
	known []string
}

func words() map[string]word {
	return map[string]word{
		"method":       {func(p *Parameters) *string { return &p.Method }, Methods()},
		"scheduler":    {func(p *Parameters) *string { return &p.Scheduler }, recipe.Schedulers()},
		"value_layers": {func(p *Parameters) *string { return &p.ValueLayers }, []string{allLayers, string(recipe.CrossValues), string(recipe.SelfValues)}},
	}
}

// number is a parameter that is a number, with its bounds.
type number struct {
	of          func(*Parameters) *float64
	least, most float64
}

func numbers() map[string]number {
	return map[string]number{
		"guidance":    {func(p *Parameters) *float64 { return &p.Guidance }, 0, 50},
		"k":           {func(p *Parameters) *float64 { return &p.K }, 0, 1},
		"blend_start": {func(p *Parameters) *float64 { return &p.BlendStart }, 0, 1},
		"start":       {func(p *Parameters) *float64 { return &p.Start }, 0, .99},
		"cross":       {func(p *Parameters) *float64 { return &p.Cross }, 0, 1},
		"self":        {func(p *Parameters) *float64 { return &p.Self }, 0, 1},
		"value":       {func(p *Parameters) *float64 { return &p.Value }, 0, 1},
		"beta":        {func(p *Parameters) *float64 { return &p.Beta }, 0, 1},
		"weight":      {func(p *Parameters) *float64 { return &p.Weight }, -32, 32},
		"strength":    {func(p *Parameters) *float64 { return &p.Strength }, 0, 1},
		"mix":         {func(p *Parameters) *float64 { return &p.Mix }, 0, 1},
	}
}

// ParameterNames lists what a study can set, in alphabetical order.
func ParameterNames() []string {
	out := []string{"preset", "steps"}
	for name := range numbers() {
		out = append(out, name)
	}
	for name := range words() {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// maxSteps bounds the denoising steps of a study.
const maxSteps = 1000

// set gives the parameter of that name a value.
func (p *Parameters) set(name, value string) error {
	switch name {
	case "preset":
		return p.start(value)
	case "steps":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > maxSteps {
			return fmt.Errorf("steps is %q: give a whole number from 1 to %d", value, maxSteps)
		}
		p.Steps = n
		return nil
	}
	if w, ok := words()[name]; ok {
		if !slices.Contains(w.known, value) {
			return fmt.Errorf("%s %q is not known: use %s", name, value, strings.Join(w.known, ", "))
		}
		*w.of(p) = value
		return nil
	}
	n, ok := numbers()[name]
	if !ok {
		return fmt.Errorf("there is no parameter %q: use %s", name, strings.Join(ParameterNames(), ", "))
	}
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || !(f >= n.least && f <= n.most) {
		return fmt.Errorf("%s is %q: give a number from %g to %g", name, value, n.least, n.most)
	}
	*n.of(p) = f
	return nil
}

// start takes windows, blend and the first step from a preset.
func (p *Parameters) start(name string) error {
	preset, ok := recipe.PresetNamed(name)
	if !ok {
		return fmt.Errorf("preset %q is not known: use %s", name, strings.Join(recipe.PresetNames(), ", "))
	}
	w := preset.Windows
	if w.Cross.From != 0 || w.Self.From != 0 || w.Value.From != 0 {
		return fmt.Errorf("preset %s has windows that begin late, which a study cannot say", name)
	}
	p.Preset = name
	p.Cross, p.Self, p.Value = w.Cross.To, w.Self.To, w.Value.To
	if w.Value.To > 0 {
		p.Beta, p.ValueLayers = w.ValueMix, allLayers
		if w.ValueLayers != recipe.AllValues {
			p.ValueLayers = string(w.ValueLayers)
		}
	}
	p.K, p.BlendStart, p.Start = preset.Threshold, preset.BlendStart, preset.Start
	return nil
}

// setAll sets several parameters, the preset first, because the others may
// change what it says.
func (p *Parameters) setAll(setting Setting) error {
	if preset, ok := setting["preset"]; ok {
		if err := p.set("preset", preset); err != nil {
			return err
		}
	}
	for _, name := range ParameterNames() {
		if value, ok := setting[name]; ok && name != "preset" {
			if err := p.set(name, value); err != nil {
				return err
			}
		}
	}
	for name := range setting {
		if !slices.Contains(ParameterNames(), name) {
			return p.set(name, "") // says which there are
		}
	}
	return nil
}

// text writes a number so that sums of decimal fractions read as they were
// meant.
func text(f float64) string {
	return strconv.FormatFloat(math.Round(f*1e9)/1e9, 'g', -1, 64)
}
