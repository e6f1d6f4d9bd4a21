// Package parity holds the product against diffusers: it has what diffusers
// makes of models whose weights a formula gives, and writes those models as
// the files that people have.
//
// Start with [Open]. README.md says what there is; the scripts of
// tests/reference write it.
package parity

import (
	"embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"testing"
)

//go:embed fixtures
var fixtures embed.FS

// A Fixture is arrays by name and what was done to get them.
type Fixture struct {
	t      testing.TB
	places map[string]place
	info   map[string]json.RawMessage
	data   []byte
}

type place struct {
	Shape []int `json:"shape"`
	At    int   `json:"at"`
}

// Open reads fixtures/NAME.json and fixtures/NAME.f32.
func Open(t testing.TB, name string) *Fixture {
	t.Helper()
	text, err := fixtures.ReadFile("fixtures/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	f := &Fixture{t: t}
	if err := json.Unmarshal(text, &f.info); err != nil {
		t.Fatalf("%s.json: %v", name, err)
	}
	f.Info("arrays", &f.places)
	if f.data, err = fixtures.ReadFile("fixtures/" + name + ".f32"); err != nil {
		t.Fatal(err)
	}
	return f
}

// Info decodes what the fixture says under key.
func (f *Fixture) Info(key string, into any) {
	f.t.Helper()
	if f.info[key] == nil {
		f.t.Fatalf("the fixture says nothing of %q", key)
	}
	f.decode(f.info[key], into)
}

func (f *Fixture) decode(data []byte, into any) {
	f.t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		f.t.Fatalf("%.60s: %v", data, err)
	}
}

// Has says whether there is an array of that name.
func (f *Fixture) Has(name string) bool {
	_, ok := f.places[name]
	return ok
}

// Shape is the shape of an array.
func (f *Fixture) Shape(name string) []int {
	f.t.Helper()
	p, ok := f.places[name]
	if !ok {
		f.t.Fatalf("no array %q", name)
	}
	return p.Shape
}

// Array returns the numbers of an array, the last index the fastest.
func (f *Fixture) Array(name string) []float32 {
	f.t.Helper()
	n := 1
	for _, size := range f.Shape(name) {
		n *= size
	}
	bytes := f.data[4*f.places[name].At:]
	out := make([]float32, n)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(bytes[4*i:]))
	}
	return out
}

// Distance is the relative RMS between got and what diffusers has, the RMS
// of the difference over that of want: what the product promises to keep
// below 1e-4. Numbers of another length, or none, are an error.
func Distance(got, want []float32) (float64, error) {
	if len(got) != len(want) {
		return 0, fmt.Errorf("%d numbers, want %d", len(got), len(want))
	}
	var apart, size float64
	for i, w := range want {
		apart += math.Pow(float64(got[i])-float64(w), 2)
		size += math.Pow(float64(w), 2)
	}
	if size == 0 {
		return 0, fmt.Errorf("the numbers to compare with are all 0")
	}
	return math.Sqrt(apart / size), nil
}
