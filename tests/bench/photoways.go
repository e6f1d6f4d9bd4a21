package main

import (
	"image"
	"math"

	"golang.org/x/image/draw"

	"pentimento/editor"
	"pentimento/editor/noise"
	"pentimento/picture/photo"
	"pentimento/recipe"
)

// Ways to edit that the tables name more than once.
const (
	ours        = "inversion and P2P"
	blended     = "blended diffusion"
	regenerated = "re-generated"
)

// A way edits a drawing, as somebody might do it with the same model.
type way struct {
	name string
	// rival says that it is compared with the program's.
	rival bool
	draw  func(*photoBench, trueEdit, answered) (*image.NRGBA, error)
}

// ways are those that the benchmark compares. All have the prompt that the dialogue
// made of what was said, and the program's guidance.
func ways() []way {
	out := []way{
		{ours, false, func(_ *photoBench, _ trueEdit, a answered) (*image.NRGBA, error) { return a.picture, nil }},
		{"untouched", true, func(_ *photoBench, e trueEdit, _ answered) (*image.NRGBA, error) { return e.before, nil }},
	}
	for _, strength := range []struct {
		name  string
		share float64
	}{{"SDEdit .4", .4}, {"SDEdit .6", .6}, {"SDEdit .8", .8}} {
		out = append(out, way{strength.name, true, func(p *photoBench, e trueEdit, a answered) (*image.NRGBA, error) {
			return p.sdedit(e, a, strength.share, nil)
		}})
	}
	return append(out,
		// Blended latent diffusion (Avrahami et al. 2023) is given a mask: the one that the
		// program's edit found. What is outside is put back, as the program does.
		way{blended, true, func(p *photoBench, e trueEdit, a answered) (*image.NRGBA, error) {
			drawn, err := p.sdedit(e, a, .8, a.mask)
			if err != nil {
				return nil, err
			}
			return photo.Compose(e.before, drawn, a.mask, nil) // of one size: nothing but the mask acts
		}},
		way{regenerated, true, func(p *photoBench, e trueEdit, a answered) (*image.NRGBA, error) {
			settings := a.settings
			settings.Picture, settings.Seed = "", otherSeed
			drawn, err := p.engine.Draw(p.ctx, recipe.New(settings, recipe.Turn{Prompt: a.turn.Prompt}), nil)
			if err != nil {
				return nil, err
			}
			return e.enlarged(drawn.Image), nil
		}},
		// What no edit can be better than inside its mask: the decoder's picture of the truth.
		way{"the truth, encoded and decoded", false, func(p *photoBench, e trueEdit, _ answered) (*image.NRGBA, error) {
			latents, err := p.model.EncodeImage(p.ctx, p.fitted(e.truth))
			if err != nil {
				return nil, err
			}
			decoded, err := p.model.Decode(p.ctx, latents)
			if err != nil {
				return nil, err
			}
			return e.enlarged(decoded), nil
		}},
	)
}

// ways are those that are drawn.
func (p *photoBench) ways() []way {
	if p.alone {
		return ways()[:1]
	}
	return ways()
}

// otherSeed is the seed of what other methods draw.
const otherSeed = 7

// sdedit noises a drawing and denoises it under the edit's prompt (Meng et al. 2022):
// strength is the share of the steps that it computes. With a mask the noised drawing
// is put back outside of it after every step.
func (p *photoBench) sdedit(e trueEdit, a answered, strength float64, mask *photo.Mask) (*image.NRGBA, error) {
	settings := a.settings
	settings.Picture = ""
	x0, err := p.model.EncodeImage(p.ctx, p.fitted(e.before))
	if err != nil {
		return nil, err
	}
	epsilon := noise.Normal(otherSeed, len(x0))
	first := settings.Steps - int(math.Round(strength*float64(settings.Steps)))
	start, err := p.engine.Noised(settings, first, x0, epsilon)
	if err != nil {
		return nil, err
	}
	var failed error
	drawn, err := p.engine.Sample(p.ctx, editor.Sample{
		Prompt: a.turn.Prompt, Settings: settings, From: first, Latents: start,
		Mix: func(next int, x []float32) {
			if mask == nil {
				return
			}
			own, err := p.engine.Noised(settings, next, x0, epsilon)
			if err != nil {
				failed = err
				return
			}
			places := mask.Places()
			for i := range x {
				if !places[i%len(places)] {
					x[i] = own[i]
				}
			}
		},
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return nil, err
	}
	return e.enlarged(drawn.Image), nil
}

// enlarged is what a model drew in the drawing's size.
func (e trueEdit) enlarged(drawn *image.NRGBA) *image.NRGBA {
	out := image.NewNRGBA(e.before.Rect)
	draw.CatmullRom.Scale(out, out.Rect, drawn, drawn.Rect, draw.Src, nil)
	return out
}
