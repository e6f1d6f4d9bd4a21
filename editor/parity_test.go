package editor

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pentimento/editor/noise"
	"pentimento/models/pocket"
	"pentimento/recipe"
)

// The engine is held against tests/reference, a second implementation of the
// papers' equations in PyTorch that shares no code with it: its fixtures are
// recipes with the latents that they must end with.
const fixtureFolder = "../tests/reference/fixtures"

// parityTolerance bounds the difference between the two: root mean square of
// the difference over that of the reference's latents.
const parityTolerance = 1e-3

// fixtures is fixtures/index.json; its README describes the fields.
type fixtures struct {
	Weights map[string]string `json:"weights"`
	Arrays  string            `json:"arrays"`
	Shape   []int             `json:"shape"`
	Noise   []struct {
		Seed  uint64 `json:"seed"`
		Size  int    `json:"size"`
		Parts []struct {
			From  int `json:"from"`
			Count int `json:"count"`
			At    int `json:"at"`
		} `json:"parts"`
	} `json:"noise"`
	Cases []struct {
		Name    string        `json:"name"`
		Recipe  recipe.Recipe `json:"recipe"`
		Noise   int           `json:"noise"`
		Latents []int         `json:"latents"`
	} `json:"cases"`
	numbers []float32
}

func loadFixtures(t *testing.T) *fixtures {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(fixtureFolder, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var f fixtures
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(fixtureFolder, f.Arrays))
	if err != nil {
		t.Fatal(err)
	}
	for ; len(raw) >= 4; raw = raw[4:] {
		f.numbers = append(f.numbers, math.Float32frombits(binary.LittleEndian.Uint32(raw)))
	}
	return &f
}

// latents is the array of one latent's size at a place.
func (f *fixtures) latents(at int) []float32 {
	return f.numbers[at : at+f.Shape[0]*f.Shape[1]*f.Shape[2]]
}

// relativeRMS is the root mean square of a−b over that of b.
func relativeRMS(a, b []float32) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	var difference, size float64
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		difference += d * d
		size += float64(b[i]) * float64(b[i])
	}
	return math.Sqrt(difference / size)
}

// Fixtures belong to the weights that they were made with.
func TestFixturesAreOfTheBundledWeights(t *testing.T) {
	for name, want := range loadFixtures(t).Weights {
		data, err := fs.ReadFile(pocket.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		if have := sha256.Sum256(data); hex.EncodeToString(have[:]) != want {
			t.Errorf("%s has changed: run tests/reference/make_fixtures.py", name)
		}
	}
}

func TestNoiseEqualsTorch(t *testing.T) {
	f := loadFixtures(t)
	for _, n := range f.Noise {
		have := noise.Normal(n.Seed, n.Size)
		for _, part := range n.Parts {
			want := f.numbers[part.At : part.At+part.Count]
			for i, x := range have[part.From : part.From+part.Count] {
				if math.Abs(float64(x-want[i])) > 1e-5 {
					t.Errorf("seed %d, sample %d of %d: %v, torch gives %v", n.Seed, part.From+i, n.Size, x, want[i])
					break
				}
			}
		}
	}
}

// Every turn of every recipe ends where the equations say, whether the turns
// are drawn one after the other from traces or all in one batch.
func TestLatentsEqualReference(t *testing.T) {
	f := loadFixtures(t)
	m := openModel(t)
	spec := m.Spec()
	if shape := []int{spec.LatentChannels, spec.LatentHeight, spec.LatentWidth}; !slices.Equal(shape, f.Shape) {
		t.Fatalf("latents %v, the fixtures have %v", shape, f.Shape)
	}
	for _, c := range f.Cases {
		t.Run(c.Name, func(t *testing.T) {
			if d := relativeRMS(noise.Normal(c.Recipe.Settings.Seed, len(f.latents(c.Noise))), f.latents(c.Noise)); d > 1e-6 {
				t.Errorf("initial noise differs by %.1e", d)
			}
			e := New(m)
			for k, at := range c.Latents {
				d := mustDraw(t, e, first(c.Recipe, k+1))
				compare(t, "turn after turn", k, d.Latents, f.latents(at))
			}
			last := len(c.Latents) - 1
			if last > 0 {
				d := mustDraw(t, New(m), c.Recipe)
				compare(t, "in one batch", last, d.Latents, f.latents(c.Latents[last]))
			}
		})
	}
}

func compare(t *testing.T, how string, turn int, have, want []float32) {
	t.Helper()
	d := relativeRMS(have, want)
	t.Logf("turn %d, %s: %.1e from the reference", turn+1, how, d)
	if !(d <= parityTolerance) {
		t.Errorf("turn %d, %s: %.1e from the reference, at most %.0e is allowed", turn+1, how, d, parityTolerance)
	}
}
