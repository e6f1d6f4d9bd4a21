package cli

import (
	"fmt"

	"pentimento/bot"
)

// drawingFlags say how new pictures are drawn.
type drawingFlags struct {
	Seed     *uint64 `help:"Seed of new pictures; random if not given."`
	Steps    int     `help:"Denoising steps of new pictures." default:"25"`
	Guidance float64 `help:"Classifier-free guidance scale of new pictures." default:"4.5"`
}

// options are the flags as hyper-parameters within their limits.
func (f drawingFlags) options() (bot.Options, error) {
	o := bot.Options{Seed: f.Seed, Steps: f.Steps, Guidance: f.Guidance}
	if err := o.Set("steps", fmt.Sprint(f.Steps)); err != nil {
		return o, err
	}
	return o, o.Set("guidance", fmt.Sprint(f.Guidance))
}
