package cli

import (
	"cmp"
	"strconv"

	"pentimento/bot"
	"pentimento/models"
)

// drawingFlags say how new pictures are drawn.
type drawingFlags struct {
	Seed     *uint64  `help:"Seed of new pictures; random if not given."`
	Steps    *int     `help:"Denoising steps of new pictures; 25 if not given, or the few that the model is made for." placeholder:"N"`
	Guidance *float64 `help:"Classifier-free guidance scale of new pictures; 4.5 if not given, or what the model is made for."`
	Size     string   `help:"Size of new pictures, WIDTHxHEIGHT in pixels; the model's own if not given." placeholder:"WxH"`
	Negative string   `help:"What new pictures are led away from." placeholder:"WORDS"`
}

// options are the flags as hyper-parameters within their limits, for a model that
// is usually drawn so.
func (f drawingFlags) options(usual models.Usual) (bot.Options, error) {
	o := bot.Options{Seed: f.Seed}
	steps, guidance := 25, 4.5
	if usual.Steps > 0 {
		steps, guidance = usual.Steps, usual.Guidance
	}
	if f.Steps != nil {
		steps = *f.Steps
	}
	if f.Guidance != nil {
		guidance = *f.Guidance
	}
	for _, set := range [][2]string{
		{"steps", strconv.Itoa(steps)},
		{"guidance", strconv.FormatFloat(guidance, 'g', -1, 64)},
		{"size", cmp.Or(f.Size, "auto")}, {"negative", f.Negative},
	} {
		if err := o.Set(set[0], set[1]); err != nil {
			return o, err
		}
	}
	return o, nil
}
