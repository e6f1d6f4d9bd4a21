package preprocess

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"
)

// painted is a picture of one colour, whose corner is not at zero.
func painted(width, height int, c color.Color) image.Image {
	out := image.NewNRGBA(image.Rect(-3, 5, width-3, height+5))
	draw.Draw(out, out.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return out
}

// CLIP's means and deviations are applied to each colour of its own.
func TestPlanes(t *testing.T) {
	p, err := Parse([]byte("{}"))
	if err != nil || p.shortest != 224 || p.crop != 224 {
		t.Fatalf("%+v, %v", p, err)
	}
	planes, err := p.Planes(painted(40, 40, color.NRGBA{255, 128, 0, 255}))
	if err != nil {
		t.Fatal(err)
	}
	// (1 - 0.48145466) / 0.26862954, (128/255 - 0.4578275) / 0.26130258, (0 - 0.40821073) / 0.27577711
	want := [3]float64{1.93033636, 0.16889629, -1.48021982}
	for i, v := range planes {
		if math.Abs(float64(v)-want[i/(224*224)]) > 1e-5 {
			t.Fatalf("pixel %d of plane %d is %g, want %g", i%(224*224), i/(224*224), v, want[i/(224*224)])
		}
	}
}

func TestConfigurations(t *testing.T) {
	good := map[string][2]int{
		`{}`:                               {224, 224},
		`{"size": 256, "crop_size": 224}`:  {256, 224},
		`{"size": {"shortest_edge": 336}}`: {336, 224},
		`{"size": {"shortest_edge": 30}, "crop_size": {"height": 20, "width": 20}}`:              {30, 20},
		`{"size": 384, "image_processor_type": "ViTImageProcessor"}`:                             {384, 384},
		`{"size": {"height": 96, "width": 96}, "feature_extractor_type": "ViTFeatureExtractor"}`: {96, 96},
		`{"size": 300, "do_center_crop": false}`:                                                 {300, 300},
		`{"size": 300, "do_center_crop": true}`:                                                  {300, 224},
	}
	for text, want := range good {
		if p, err := Parse([]byte(text)); err != nil || p.shortest != want[0] || p.crop != want[1] {
			t.Errorf("%s: %+v, %v", text, p, err)
		}
	}
	for _, text := range []string{
		``, `[]`, `{"size": 0}`, `{"size": -5, "crop_size": -5}`, `{"size": 100000}`, `{"size": 100}`, `{"size": null}`,
		`{"crop_size": {"height": 20, "width": 30}}`, `{"size": "large"}`, `{"image_mean": [1, 2]}`, `{"image_std": [0, 1, 1]}`,
		`{"image_std": [1, 1, 1e9]}`, `{"size": null, "do_center_crop": false}`, `{"image_mean": [1e300, 0, 0]}`, `{"image_mean": null}`,
	} {
		if p, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s is taken: %+v", text, p)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"size": {"shortest_edge": 3}, "crop_size": 2, "image_mean": [0, 0, 0], "image_std": [1, 1, 1]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data)
		if err != nil {
			return
		}
		planes, err := p.Planes(painted(7, 3, color.NRGBA{220, 30, 30, 255}))
		if err != nil || len(planes) != 3*p.crop*p.crop {
			t.Fatalf("%d numbers, %v", len(planes), err)
		}
		for _, v := range planes {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatalf("%+v gives %g", p, v)
			}
		}
	})
}
