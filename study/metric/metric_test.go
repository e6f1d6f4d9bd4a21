package metric

import (
	"image"
	"image/color"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// painted is a picture of grey levels.
func painted(width int, levels ...uint8) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, width, len(levels)/width))
	for i, v := range levels {
		p.SetNRGBA(i%width, i/width, color.NRGBA{v, v, v, 255})
	}
	return p
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s is %.9g, want %.9g", what, got, want)
	}
}

func TestDifferenceByHand(t *testing.T) {
	a, b := painted(2, 10, 20, 30, 40), painted(2, 10, 22, 30, 36)
	all := Difference(a, b, All(a))
	near(t, "mean", all.Mean, 6./4, 1e-12)
	near(t, "PSNR", all.PSNR, 10*math.Log10(65025/5.), 1e-9) // squares 4 + 16 over 4
	if all.Max != 4 {
		t.Errorf("largest difference %d", all.Max)
	}
	top := Mask{2, 2, []bool{true, true, false, false}}
	near(t, "mean of the top row", Difference(a, b, top).Mean, 1, 1e-12)
	if c := Difference(a, a, All(a)); c != (Change{PSNR: Most}) {
		t.Errorf("a picture differs from itself by %+v", c)
	}
	if c := Difference(a, b, All(a).Not()); c != (Change{PSNR: Most}) {
		t.Errorf("nowhere the pictures differ by %+v", c)
	}
}

// Flat pictures have no variance: only the luminance term is left.
func TestSSIMOfFlatPictures(t *testing.T) {
	a, b := painted(1, 100, 100, 100), painted(1, 120, 120, 120)
	want := (2*100*120 + 6.5025) / (100*100 + 120*120 + 6.5025)
	near(t, "SSIM", SSIMOf(a, b).Mean(All(a)), want, 1e-6)
	near(t, "SSIM with itself", SSIMOf(a, a).Mean(All(a)), 1, 1e-12)
	near(t, "SSIM of nothing", SSIMOf(a, b).Mean(All(a).Not()), 1, 0)
}

// A black and a white line one pixel wide and their negative: with means m
// and 255−m and variance v under the window, the covariance is −v.
func TestSSIMOfANegative(t *testing.T) {
	levels, negative := make([]uint8, 41), make([]uint8, 41)
	for i := range levels {
		levels[i], negative[i] = uint8(i%2*255), uint8(255-i%2*255)
	}
	a, b := painted(41, levels...), painted(41, negative...)
	middle := Mask{41, 1, make([]bool, 41)}
	middle.Set[20] = true
	// Weights of the window at even distances, where the level is 0.
	var even, sum float64
	for d := -5; d <= 5; d++ {
		w := math.Exp(-float64(d*d) / 4.5)
		sum += w
		if d%2 == 0 {
			even += w
		}
	}
	m := 255 * (1 - even/sum)
	v := 255*m - m*m
	n := 255 - m
	want := (2*m*n + 6.5025) * (-2*v + 58.5225) / ((m*m + n*n + 6.5025) * (2*v + 58.5225))
	near(t, "SSIM", SSIMOf(a, b).Mean(middle), want, 1e-6)
}

func TestGradientCorrelationByHand(t *testing.T) {
	edge := painted(4, 0, 0, 9, 9, 0, 0, 9, 9, 0, 0, 9, 9)
	stronger := painted(4, 50, 50, 90, 90, 50, 50, 90, 90, 50, 50, 90, 90)
	near(t, "a stronger edge at the same place", GradientCorrelation(edge, stronger), 1, 1e-9)
	// The Sobel gradients of edge are 0 36 36 0 in each row, those of an edge
	// a pixel to the left 36 36 0 0.
	shifted := painted(4, 0, 9, 9, 9, 0, 9, 9, 9, 0, 9, 9, 9)
	near(t, "a shifted edge", GradientCorrelation(edge, shifted), 0, 1e-9)
	flat := painted(4, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7)
	near(t, "a flat picture", GradientCorrelation(edge, flat), 0, 0)
	near(t, "flat with itself", GradientCorrelation(flat, flat), 1, 0)
}

func TestMasks(t *testing.T) {
	m := Mask{5, 1, []bool{true, false, true, true, false}}
	for _, test := range []struct {
		name string
		got  Mask
		want []bool
	}{
		{"largest", m.Largest(), []bool{false, false, true, true, false}},
		{"not", m.Not(), []bool{false, true, false, false, true}},
		{"grown", m.Largest().Grow(1), []bool{false, true, true, true, true}},
		{"shrunk", m.Largest().Grow(1).Shrink(1), []bool{false, false, true, true, true}},
		{"or", m.Or(m.Not()), []bool{true, true, true, true, true}},
		{"above", Above([]float32{1, 4}, 2, 1, .5, 5, 1), []bool{false, false, false, true, true}},
		{"above nothing", Above([]float32{0, -1}, 2, 1, .5, 5, 1), []bool{false, false, false, false, false}},
	} {
		for i := range test.want {
			if test.got.Set[i] != test.want[i] {
				t.Errorf("%s: %v, want %v", test.name, test.got.Set, test.want)
				break
			}
		}
	}
	if m.Count() != 3 {
		t.Errorf("%d pixels are marked", m.Count())
	}
}

// Whatever the pictures, the metrics stay in their ranges, are symmetric, and
// best for equal pictures. Pictures may be parts of larger ones.
func TestMetricsInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 12).Draw(t, "width"), rapid.IntRange(1, 12).Draw(t, "height")
		picture := func(name string) *image.NRGBA {
			whole := image.NewNRGBA(image.Rect(0, 0, w+2, h+1))
			copy(whole.Pix, rapid.SliceOfN(rapid.Byte(), len(whole.Pix), len(whole.Pix)).Draw(t, name))
			part := whole.SubImage(image.Rect(2, 1, w+2, h+1)).(*image.NRGBA)
			return part
		}
		a, b := picture("a"), picture("b")
		all := All(a)
		for name, f := range map[string]func(a, b *image.NRGBA) float64{
			"SSIM":     func(a, b *image.NRGBA) float64 { return SSIMOf(a, b).Mean(all) },
			"gradient": GradientCorrelation,
		} {
			v := f(a, b)
			if !(v >= -1-1e-9 && v <= 1+1e-9) || math.Abs(v-f(b, a)) > 1e-9 || math.Abs(f(a, a)-1) > 1e-9 {
				t.Errorf("%s is %g, %g the other way round, %g of a picture with itself", name, v, f(b, a), f(a, a))
			}
		}
		if c := Difference(a, b, all); c.PSNR < 0 || c.PSNR > Most || c.Mean > float64(c.Max) {
			t.Errorf("%+v", c)
		}
	})
}
