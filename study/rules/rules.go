// Package rules judges pictures of models that have no network for it (package
// models/judge): [Rules] are ranges of colours and parts of the picture, which
// [Parse] reads from YAML. They say whether hair is red, and where the hair is.
package rules

import (
	"errors"
	"fmt"
	"image"
	"math"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"

	"pentimento/files/yamlfile"
	"pentimento/study/metric"
)

// Rules say what colours and regions look like.
type Rules struct {
	// Colours by name.
	Colours map[string]Colour `yaml:"colours"`
	// Regions by name.
	Regions map[string]Region `yaml:"regions"`
}

// A Colour is a box in hue, saturation and value; a pixel inside it shows the
// colour, shaded or lit. An empty range takes everything.
type Colour struct {
	// Hue in degrees. It may wrap: 345 to 24 holds 350 and 10.
	Hue Range `yaml:"hue"`
	// Saturation and Value are in [0, 1].
	Saturation Range `yaml:"saturation"`
	Value      Range `yaml:"value"`
}

// A Range is the numbers between its first and its second, without these two.
type Range []float64

// A Region is a thing that has one colour: the largest connected area of that
// colour within its part of the picture.
type Region struct {
	// Top and Bottom are the part of the picture's height to look in.
	Top    float64 `yaml:"top"`
	Bottom float64 `yaml:"bottom"`
	// Least is the share of the picture that the area must have to be seen.
	Least float64 `yaml:"least"`
	// Enough is the share of the area's inner pixels from which on it is said
	// to have a colour.
	Enough float64 `yaml:"enough"`
}

// ErrUnknown says that the judge does not know a colour or a region.
var ErrUnknown = errors.New("no rule of the judge")

// maxSize bounds the rules that are read, in bytes.
const maxSize = 1 << 20

// Parse reads rules in YAML.
func Parse(data []byte) (*Rules, error) {
	if len(data) > maxSize {
		return nil, fmt.Errorf("the judge's rules have %d bytes, at most %d are read", len(data), maxSize)
	}
	var r Rules
	if err := yamlfile.Unmarshal(data, &r, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read the judge's rules: %w", err)
	}
	for name, c := range r.Colours {
		for part, v := range map[string]Range{"hue": c.Hue, "saturation": c.Saturation, "value": c.Value} {
			if !v.valid(part == "hue") {
				return nil, fmt.Errorf("colour %s: %s is %v, not two numbers in order", name, part, v)
			}
		}
	}
	for name, g := range r.Regions {
		if !(0 <= g.Top && g.Top < g.Bottom && g.Bottom <= 1 && g.Least >= 0 && g.Least < 1 && g.Enough > 0 && g.Enough < 1) {
			return nil, fmt.Errorf("region %s: %+v are not shares", name, g)
		}
	}
	return &r, nil
}

func (v Range) valid(wraps bool) bool {
	return len(v) == 0 || len(v) == 2 && !math.IsNaN(v[0]+v[1]) && (wraps || v[0] < v[1])
}

// has reports whether x is in the range.
func (v Range) has(x float64) bool {
	switch {
	case len(v) == 0:
		return true
	case v[0] > v[1]:
		return x > v[0] || x < v[1]
	}
	return x > v[0] && x < v[1]
}

// Check reports [ErrUnknown] for a region or colour without a rule.
func (r *Rules) Check(region, colour string) error {
	if _, ok := r.Regions[region]; !ok {
		return fmt.Errorf("%w for region %q: there are %s", ErrUnknown, region, names(r.Regions))
	}
	if _, ok := r.Colours[colour]; !ok {
		return fmt.Errorf("%w for colour %q: there are %s", ErrUnknown, colour, names(r.Colours))
	}
	return nil
}

func names[T any](of map[string]T) string {
	var out []string
	for name := range of {
		out = append(out, name)
	}
	sort.Strings(out)
	return strings.Join(out, ", ")
}

// Find marks the region of that colour, and reports whether it is large enough
// to be seen.
func (r *Rules) Find(picture *image.NRGBA, region, colour string) (metric.Mask, bool) {
	g, c := r.Regions[region], r.Colours[colour]
	height := float64(picture.Rect.Dy())
	m := metric.Where(picture, func(_, y int, rgb [3]uint8) bool {
		return float64(y) >= g.Top*height && float64(y) < g.Bottom*height && c.has(rgb)
	}).Largest()
	return m, float64(m.Count()) > g.Least*float64(len(m.Set))
}

// edge is how far from a mask's edge two colours may mix, in pixels.
const edge = 2

// Share is the share of the mask's inner pixels that show the colour. Pixels
// near the edge are left out, because two colours mix there.
func (r *Rules) Share(picture *image.NRGBA, m metric.Mask, colour string) float64 {
	inner, c := m.Shrink(edge), r.Colours[colour]
	shown := metric.Where(picture, func(_, _ int, rgb [3]uint8) bool { return c.has(rgb) })
	n, all := 0, 0
	for i, set := range inner.Set {
		if set {
			all++
			if shown.Set[i] {
				n++
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}

func (c Colour) has(rgb [3]uint8) bool {
	h, s, v := hsv(rgb)
	return c.Hue.has(h) && c.Saturation.has(s) && c.Value.has(v)
}

// hsv returns hue in degrees, saturation and value in [0, 1].
func hsv(rgb [3]uint8) (h, s, v float64) {
	r, g, b := float64(rgb[0])/255, float64(rgb[1])/255, float64(rgb[2])/255
	v = max(r, g, b)
	chroma := v - min(r, g, b)
	if chroma == 0 {
		return 0, 0, v
	}
	switch v {
	case r:
		h = math.Mod((g-b)/chroma+6, 6)
	case g:
		h = (b-r)/chroma + 2
	default:
		h = (r-g)/chroma + 4
	}
	return 60 * h, chroma / v, v
}
