package judge_test

import (
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"pentimento/models/judge"
	"pentimento/models/pocket"
	"pentimento/models/runtime/runtimetest"
)

// drawn is a drawing that the judge has never seen, and what it shows.
type drawn struct {
	Drawing, Region, Mask string
	Values                map[string]string
}

// openNetwork opens the bundled model's judge for a test.
func openNetwork(t *testing.T) *judge.Network {
	t.Helper()
	network, err := judge.Open(runtimetest.Load(t), pocket.Judge(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := network.Close(); err != nil {
			t.Error(err)
		}
	})
	return network
}

// TestNetworkSeesDrawings: nearly all attributes of drawings, and where the hair,
// the mountains or the animal are. (models/pocket/train/judge.py --drawings makes
// the drawings.)
func TestNetworkSeesDrawings(t *testing.T) {
	network := openNetwork(t)
	data, err := os.ReadFile("testdata/drawings.json")
	if err != nil {
		t.Fatal(err)
	}
	var drawings []drawn
	if err := json.Unmarshal(data, &drawings); err != nil {
		t.Fatal(err)
	}
	right, all := 0, 0
	var both, either float64 // pixels, of all regions
	for _, d := range drawings {
		sight, err := network.See(context.Background(), load(t, d.Drawing))
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range d.Values {
			all++
			if sight.Values[name] == want {
				right++
			} else {
				t.Logf("%s: %s is %q, not %q", d.Drawing, name, want, sight.Values[name])
			}
		}
		b, e := overlap(sight, d.Region, load(t, d.Mask))
		both, either = both+b, either+e
	}
	if share := float64(right) / float64(all); share < .95 {
		t.Errorf("%.3f of %d attributes are seen, want .95", share, all)
	}
	if share := both / either; share < .8 {
		t.Errorf("the regions that are seen and those that were drawn share %.2f of both, want .8", share)
	}
	if _, err := network.See(context.Background(), image.NewNRGBA(image.Rect(0, 0, 64, 64))); err == nil {
		t.Error("a picture of another size is judged")
	}
}

// Hair that is half red and half blue is half red.
func TestShareOfAColour(t *testing.T) {
	network := openNetwork(t)
	picture, hair := load(t, "drawing-0.png"), load(t, "drawing-0-hair.png")
	scale := picture.Rect.Dx() / hair.Rect.Dx()
	for y := range picture.Rect.Dy() {
		for x := range picture.Rect.Dx() {
			if hair.NRGBAAt(x/scale, y/scale).R == 0 {
				continue
			}
			paint := color.NRGBA{212, 61, 23, 255}
			if x > picture.Rect.Dx()/2 {
				paint = color.NRGBA{43, 97, 219, 255}
			}
			picture.SetNRGBA(x, y, paint)
		}
	}
	sight, err := network.See(context.Background(), picture)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, value string
		from, to    float64
	}{
		{"people.hair", "red", .35, .65},
		{"people.hair", "blue", .35, .65},
		{"people.hair", "green", 0, .05},
		{"domain", "people", 1, 1},
		{"domain", "animals", 0, 0},
	} {
		if got := sight.Share(tt.name, tt.value); got < tt.from || got > tt.to {
			t.Errorf("share of %s %s is %.2f, want %.2f to %.2f", tt.name, tt.value, got, tt.from, tt.to)
		}
	}
}

func load(t *testing.T, name string) *image.NRGBA {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(f)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(picture.Bounds())
	draw.Draw(out, out.Rect, picture, image.Point{}, draw.Src)
	return out
}

// overlap counts the pixels that a region that is seen and a mask of half its
// size have in both, and in either.
func overlap(sight *judge.Sight, region string, mask *image.NRGBA) (both, either float64) {
	seen := sight.Region(region)
	width := 2 * mask.Rect.Dx()
	for i, set := range seen {
		is := mask.NRGBAAt(i%width/2, i/width/2).R > 0
		if set && is {
			both++
		}
		if set || is {
			either++
		}
	}
	return both, either
}

// TestNetworkRefuses: a judge that is not one is refused by what is wrong.
func TestNetworkRefuses(t *testing.T) {
	lib := runtimetest.Load(t)
	good, err := fs.ReadFile(pocket.Judge(), "judge.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string]fstest.MapFS{
		"nothing":         {},
		"no JSON":         {"judge.json": {Data: []byte("{")}},
		"no sizes":        {"judge.json": {Data: []byte("{}")}},
		"no values":       {"judge.json": {Data: []byte(`{"size":128,"map_size":32,"regions":["hair"],"values":[{"name":"who"}]}`)}},
		"unknown region":  {"judge.json": {Data: []byte(`{"size":128,"map_size":32,"regions":["hair"],"colours":[{"name":"hat","region":"hat","palette":{"red":[1,0,0]}}]}`)}},
		"without network": {"judge.json": {Data: good}},
		"no network":      {"judge.json": {Data: good}, "model.onnx": {Data: []byte("ONNX")}},
	} {
		network, err := judge.Open(lib, files, 1)
		if err == nil {
			t.Errorf("%s: opened", name)
			if err := network.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// A look costs little beside a drawing.
func BenchmarkSee(b *testing.B) {
	network, err := judge.Open(runtimetest.Load(b), pocket.Judge(), 1)
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := network.Close(); err != nil {
			b.Error(err)
		}
	}()
	picture := image.NewNRGBA(image.Rect(0, 0, 128, 128))
	for b.Loop() {
		sight, err := network.See(b.Context(), picture)
		if err != nil {
			b.Fatal(err)
		}
		sight.Seen()
	}
}
