// Package preprocess turns a picture into the numbers that a network such as
// CLIP or DINO takes, as the preprocessor_config.json beside the network says.
package preprocess

import (
	"encoding/json"
	"fmt"
	"image"
	"math"
	"strings"

	"golang.org/x/image/draw"
)

// Limits on what a configuration asks for, and on pictures.
const (
	// MaxSide is the largest side of what a network takes.
	MaxSide = 1024
	// MaxPicture is the largest width and height of a picture.
	MaxPicture = 8192
)

// A Preprocessor is how a network sees a picture. It scales the shorter side to
// a length and takes the middle square; then it subtracts a mean from each
// colour and divides by a standard deviation.
type Preprocessor struct {
	shortest, crop int
	mean, std      [3]float64
}

// Side is the width and height of what the network takes.
func (p Preprocessor) Side() int { return p.crop }

// Parse reads a preprocessor_config.json; what it leaves out is as OpenAI's
// CLIP has it. A network that takes the whole picture, as ViT's do, gets the
// middle square of one that is not square.
func Parse(data []byte) (Preprocessor, error) {
	in := struct {
		Type       string    `json:"image_processor_type"`
		OldType    string    `json:"feature_extractor_type"`
		CentreCrop *bool     `json:"do_center_crop"`
		Size       *extent   `json:"size"`
		Crop       *extent   `json:"crop_size"`
		Mean       []float64 `json:"image_mean"`
		Std        []float64 `json:"image_std"`
	}{
		Size: &extent{224}, Crop: &extent{224},
		Mean: []float64{0.48145466, 0.4578275, 0.40821073}, Std: []float64{0.26862954, 0.26130258, 0.27577711},
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return Preprocessor{}, err
	}
	if uncropped := in.CentreCrop != nil && !*in.CentreCrop; uncropped || strings.HasPrefix(in.Type+in.OldType, "ViT") {
		in.Crop = in.Size
	}
	if in.Size == nil || in.Crop == nil || in.Crop.side < 1 || in.Size.side < in.Crop.side || in.Size.side > MaxSide {
		return Preprocessor{}, fmt.Errorf("size and crop_size: 1 ≤ crop_size ≤ size ≤ %d is needed", MaxSide)
	}
	p := Preprocessor{shortest: in.Size.side, crop: in.Crop.side}
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

// Planes returns the picture as the network takes it, channel by channel: of
// shape [3, side, side]. A picture without pixels or of more than [MaxPicture]
// a side is an error.
func (p Preprocessor) Planes(picture image.Image) ([]float32, error) {
	size := picture.Bounds().Size()
	if size.X < 1 || size.Y < 1 || size.X > MaxPicture || size.Y > MaxPicture {
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
