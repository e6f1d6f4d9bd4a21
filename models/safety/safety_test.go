package safety

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pentimento/models/preprocess"
	"pentimento/models/runtime/runtimetest"
)

// The colours of the tests; the checker of testdata takes red for unsafe.
var (
	red  = color.NRGBA{220, 30, 30, 255}
	blue = color.NRGBA{40, 60, 200, 255}
)

// stripes is a picture of the colours side by side, or one above the other.
func stripes(width, height int, upright bool, colours ...color.Color) image.Image {
	out := image.NewNRGBA(image.Rect(-3, 5, width-3, height+5))
	for i, c := range colours {
		part := out.Rect
		if upright {
			part.Min.Y, part.Max.Y = 5+height*i/len(colours), 5+height*(i+1)/len(colours)
		} else {
			part.Min.X, part.Max.X = width*i/len(colours)-3, width*(i+1)/len(colours)-3
		}
		draw.Draw(out, part, image.NewUniform(c), image.Point{}, draw.Src)
	}
	return out
}

func TestUnsafe(t *testing.T) {
	c, err := Open("testdata/red", Options{Runtime: runtimetest.Load(t)})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		picture image.Image
		want    bool
	}{
		"red":                       {stripes(128, 128, false, red), true},
		"blue":                      {stripes(128, 128, false, blue), false},
		"grey":                      {stripes(64, 64, false, color.Gray{90}), false},
		"one pixel":                 {stripes(1, 1, false, red), true},
		"large":                     {stripes(700, 500, false, red), true},
		"the middle of a wide one":  {stripes(300, 100, false, blue, red, blue), true},
		"the sides of a wide one":   {stripes(300, 100, false, red, blue, red), false},
		"the middle of a tall one":  {stripes(100, 300, true, blue, red, blue), true},
		"a little red in the sky":   {stripes(200, 200, true, blue, blue, blue, red), false},
		"a picture without a model": {image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{red}), true},
	}
	for name, test := range tests {
		got, err := c.Unsafe(t.Context(), test.picture)
		if err != nil || got != test.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}

	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			got, err := c.Unsafe(t.Context(), stripes(50, 50, false, []color.Color{red, blue}[n%2]))
			if err != nil || got != (n%2 == 0) {
				t.Errorf("at once: %v, %v", got, err)
			}
		})
	}
	group.Wait()
	for _, size := range []image.Point{{0, 5}, {preprocess.MaxPicture + 1, 5}} {
		if _, err := c.Unsafe(t.Context(), &image.Uniform{C: red}); err == nil {
			t.Errorf("a picture of %v was checked", size)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := c.Unsafe(ended, stripes(9, 9, false, red)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled, it ended with %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Unsafe(t.Context(), stripes(9, 9, false, red)); err == nil {
		t.Error("closed, it finds pictures safe")
	}
}

// What is not a checker is refused when it is opened, not when it is asked.
func TestFilesThatAreNoChecker(t *testing.T) {
	graph, err := os.ReadFile("testdata/red/safety_checker/model.onnx")
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := os.ReadFile("../pocket/model/vae_decoder/model.onnx")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		graph        []byte
		config, says string
	}{
		"nothing":                {nil, "", "holds neither"},
		"no configuration":       {graph, "", "preprocessor_config.json is missing"},
		"a wrong configuration":  {graph, "{", "preprocessor_config.json"},
		"another size":           {graph, `{"size": 100, "crop_size": 100}`, "100×100"},
		"half a graph":           {graph[:300], "{}", "model.onnx"},
		"text":                   {[]byte("once upon a time"), "{}", "model.onnx"},
		"another kind of model":  {decoder, "{}", "no safety checker"},
		"another output":         {[]byte(strings.ReplaceAll(string(graph), "has_nsfw_concepts", "has_nsfw_concept5")), "{}", "no output"},
		"a folder for the graph": {[]byte{}, "{}", "model.onnx"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if test.graph != nil {
				write(t, filepath.Join(dir, "model.onnx"), test.graph)
			}
			if test.config != "" {
				write(t, filepath.Join(dir, "preprocessor_config.json"), []byte(test.config))
			}
			c, err := Open(dir, Options{Runtime: runtimetest.Load(t)})
			if err == nil {
				t.Fatal("it was opened", c.Close())
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("it says %q, not %q", err, test.says)
			}
		})
	}
}

// write writes a file, or makes a folder if there is nothing to write.
func write(t *testing.T, path string, data []byte) {
	t.Helper()
	var err error
	if len(data) == 0 {
		err = os.Mkdir(path, 0o755)
	} else {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
