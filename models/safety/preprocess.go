package safety

import (
	"encoding/json"
	"fmt"
	"image"
	"math"

	"golang.org/x/image/draw"
)

// Limits on what a configuration asks for, and on pictures.
const (
	maxSide    = 1024
	maxPicture = 8192
)

// preprocessor is how CLIP sees a picture: its shorter side scaled to shortest,
// the middle crop×crop pixels of it, each colour less mean and over std.
type preprocessor struct {
	shortest, crop int
	mean, std      [3]float64
}

// parsePreprocessor reads a preprocessor_config.json; what it leaves out is as
// OpenAI's CLIP has it.
func parsePreprocessor(data []byte) (preprocessor, error) {
	in := struct {
		Size *extent   `json:"size"`
		Crop *extent   `json:"crop_size"`
		Mean []float64 `json:"image_mean"`
		Std  []float64 `json:"image_std"`
	}{
		Size: &extent{224}, Crop: &extent{224},
		Mean: []float64{0.48145466, 0.4578275, 0.40821073}, Std: []float64{0.26862954, 0.26130258, 0.27577711},
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return preprocessor{}, err
	}
	if in.Size == nil || in.Crop == nil || in.Crop.side < 1 || in.Size.side < in.Crop.side || in.Size.side > maxSide {
		return preprocessor{}, fmt.Errorf("size and crop_size: 1 ≤ crop_size ≤ size ≤ %d is needed", maxSide)
	}
	p := preprocessor{shortest: in.Size.side, crop: in.Crop.side}
	if len(in.Mean) != 3 || len(in.Std) != 3 {
		return p, fmt.Errorf("%d means and %d deviations for three colours", len(in.Mean), len(in.Std))
	}
	for i := range 3 {
		if math.Abs(in.Mean[i]) > 10 || in.Std[i] < 1e-3 || in.Std[i] > 10 {
			return p, fmt.Errorf("image_mean %g with image_std %g", in.Mean[i], in.Std[i])
		}
		p.mean[i], p.std[i] = in.Mean[i], in.Std[i]
	}
	return p, nil
}

// extent is the side of a square: a number, the shortest edge, or equal height
// and width.
type extent struct{ side int }

// UnmarshalJSON reads all three ways of writing it.
func (e *extent) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &e.side) == nil {
		return nil
	}
	var in struct {
		Shortest int `json:"shortest_edge"`
		Height   int `json:"height"`
		Width    int `json:"width"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	if in.Height != in.Width {
		return fmt.Errorf("a size of %d×%d: a square is needed", in.Width, in.Height)
	}
	e.side = max(in.Shortest, in.Height)
	return nil
}

// planes returns the picture as CLIP sees it. [3, crop, crop]
func (p preprocessor) planes(picture image.Image) ([]float32, error) {
	size := picture.Bounds().Size()
	if size.X < 1 || size.Y < 1 || size.X > maxPicture || size.Y > maxPicture {
		return nil, fmt.Errorf("it has %d×%d pixels", size.X, size.Y)
	}
	// Only the part that is left after cropping is scaled.
	side := float64(min(size.X, size.Y)) * float64(p.crop) / float64(p.shortest)
	n := max(1, int(math.Round(side)))
	corner := picture.Bounds().Min.Add(image.Pt((size.X-n)/2, (size.Y-n)/2))
	middle := image.Rectangle{Min: corner, Max: corner.Add(image.Pt(n, n))}
	scaled := image.NewRGBA(image.Rect(0, 0, p.crop, p.crop))
	draw.CatmullRom.Scale(scaled, scaled.Rect, picture, middle, draw.Src, nil)
	out := make([]float32, 3*p.crop*p.crop)
	for i := range p.crop * p.crop {
		for c := range 3 {
			level := float64(scaled.Pix[4*i+c]) / 255
			out[c*p.crop*p.crop+i] = float32((level - p.mean[c]) / p.std[c])
		}
	}
	return out, nil
}
