package rules

import (
	"errors"
	"image"
	"image/color"
	"math"
	"os"
	"testing"
)

// head is a picture with hair above, a face below and a blond collar at the
// very bottom.
func head(hair color.NRGBA) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, 40, 64))
	for y := range 64 {
		for x := range 40 {
			c := color.NRGBA{240, 200, 180, 255}
			switch {
			case y < 20 && x >= 5 && x < 35:
				c = hair
			case y >= 60:
				c = blondHair
			}
			p.SetNRGBA(x, y, c)
		}
	}
	return p
}

var (
	blondHair = color.NRGBA{242, 201, 87, 255}
	redHair   = color.NRGBA{212, 61, 23, 255}
	brownHair = color.NRGBA{115, 69, 38, 255}
	blackHair = color.NRGBA{31, 28, 36, 255}
)

// pocketRules are those that rulestest has, which this test cannot import.
func pocketRules(t testing.TB) *Rules {
	t.Helper()
	rules, err := Parse(readPocket(t))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func readPocket(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("rulestest/pocket.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestHair(t *testing.T) {
	rules := pocketRules(t)
	m, seen := rules.Find(head(blondHair), "hair", "blond")
	if !seen || m.Count() != 600 {
		t.Fatalf("found %d pixels of blond hair, want 600", m.Count())
	}
	for shown, c := range map[string]color.NRGBA{"blond": blondHair, "red": redHair, "brown": brownHair, "black": blackHair} {
		for _, asked := range []string{"blond", "red", "brown", "black"} {
			share := rules.Share(head(c), m, asked)
			if want := map[bool]float64{true: 1}[asked == shown]; share != want {
				t.Errorf("%g of %s hair is %s, want %g", share, shown, asked, want)
			}
		}
	}
	if _, seen := rules.Find(head(redHair), "hair", "blond"); seen {
		t.Error("blond hair is seen where there is none")
	}
}

func TestHSV(t *testing.T) {
	for rgb, want := range map[[3]uint8][3]float64{
		{255, 0, 0}: {0, 1, 1}, {0, 255, 0}: {120, 1, 1}, {0, 0, 255}: {240, 1, 1}, {51, 51, 51}: {0, 0, .2},
		{255, 0, 255}: {300, 1, 1}, {255, 51, 0}: {12, 1, 1},
	} {
		h, s, v := hsv(rgb)
		if math.Abs(h-want[0])+math.Abs(s-want[1])+math.Abs(v-want[2]) > 1e-9 {
			t.Errorf("%v is %g %g %g, want %v", rgb, h, s, v, want)
		}
	}
}

func TestCheck(t *testing.T) {
	rules := pocketRules(t)
	if err := rules.Check("hair", "red"); err != nil {
		t.Error(err)
	}
	for _, unknown := range [][2]string{{"nose", "red"}, {"hair", "plaid"}} {
		if err := rules.Check(unknown[0], unknown[1]); !errors.Is(err, ErrUnknown) {
			t.Errorf("%v: %v", unknown, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, bad := range []string{
		"colours: {red: {hue: [1]}}", "colours: {red: {value: [.5, .4]}}", "colours: {red: {hue: [.nan, 3]}}",
		"regions: {hair: {top: .5, bottom: .2, enough: .5}}", "regions: {hair: {bottom: 1}}", "shapes: {}", "[", "colours: 3",
	} {
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(readPocket(f))
	f.Add([]byte("colours: {red: {hue: [1, 2]}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse(data)
		if err != nil {
			return
		}
		for region := range r.Regions {
			for colour := range r.Colours {
				m, _ := r.Find(head(redHair), region, colour)
				if share := r.Share(head(redHair), m, colour); !(share >= 0 && share <= 1) {
					t.Errorf("a share of %g", share)
				}
			}
		}
	})
}
