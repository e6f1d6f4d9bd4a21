package picture

import (
	"bytes"
	"errors"
	"flag"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/image/draw"
)

var update = flag.Bool("update", false, "write the golden files")

// face is a picture with smooth shades and hard edges: a round face on a sky,
// with hair of that colour.
func face(t testing.TB, side int, hair color.RGBA) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			u, v := float64(x)/float64(side)-0.5, float64(y)/float64(side)-0.5
			c := color.RGBA{uint8(150 + 60*v), uint8(190 + 40*v), uint8(225 - 30*u), 255}
			if u*u+v*v*0.8 < 0.16 {
				c = hair
			}
			if u*u+(v-0.05)*(v-0.05) < 0.08 {
				c = color.RGBA{uint8(235 - 100*math.Abs(u)), uint8(190 - 90*math.Abs(u)), 160, 255}
			}
			if v > 0 && v < 0.04 && math.Abs(math.Abs(u)-0.1) < 0.03 {
				c = color.RGBA{40, 30, 30, 255}
			}
			picture.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// conversation is a session of pictures as somebody would make it.
func conversation(t testing.TB) []Frame {
	return []Frame{
		{PNG: face(t, 128, color.RGBA{230, 200, 90, 255}), Label: "a woman's face with blond hair in front of a blue sky, by the sea"},
		{PNG: face(t, 128, color.RGBA{200, 40, 20, 255}), Label: "blond → red"},
		{PNG: face(t, 128, color.RGBA{90, 50, 30, 255}), Label: "red → brown ×1.5"},
		{PNG: face(t, 96, color.RGBA{20, 20, 30, 255})},
		{PNG: face(t, 128, color.RGBA{120, 160, 60, 255}), Label: "+ Fuß, Ärmel, “глаза”, αβγ"},
	}
}

// attention is a map of 16×16 with one peak, off the middle.
func attention() []float32 {
	heat := make([]float32, 16*16)
	for i := range heat {
		x, y := float64(i%16)-10, float64(i/16)-4
		heat[i] = float32(0.42 * math.Exp(-(x*x+y*y)/14))
	}
	return heat
}

func TestGolden(t *testing.T) {
	frames := conversation(t)
	tests := []struct {
		name string
		make func() ([]byte, error)
	}{
		{"sheet.png", func() ([]byte, error) { return Sheet(frames, 3) }},
		{"animation.gif", func() ([]byte, error) { return Animate(frames[:3]) }},
		{"heat.png", func() ([]byte, error) { return Heat(frames[0].PNG, attention(), 16, 16, "hair", nil) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.make()
			if err != nil {
				t.Fatal(err)
			}
			again, err := tt.make()
			if err != nil || !bytes.Equal(got, again) {
				t.Errorf("the same input gave other bytes (%v)", err)
			}
			golden := filepath.Join("testdata", tt.name)
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v: run with -update to make it", err)
			}
			compare(t, decodeAll(t, got), decodeAll(t, want))
		})
	}
}

// decodeAll returns the pictures of a PNG or GIF.
func decodeAll(t *testing.T, data []byte) []image.Image {
	t.Helper()
	if !bytes.HasPrefix(data, []byte("GIF8")) {
		picture, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return []image.Image{picture}
	}
	animation, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var out []image.Image
	for _, frame := range animation.Image {
		out = append(out, frame)
	}
	return out
}

// compare fails the test unless the pictures are the same: exactly on the
// machine that the golden files are from, nearly on those that round
// differently.
func compare(t *testing.T, got, want []image.Image) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d pictures, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i].Bounds() != want[i].Bounds() {
			t.Fatalf("picture %d is %v, want %v", i, got[i].Bounds(), want[i].Bounds())
		}
		mean := difference(got[i], want[i])
		if mean > 1 || mean > 0 && runtime.GOARCH == "amd64" {
			t.Errorf("picture %d differs by %.3f on average: look at it, then run with -update", i, mean)
		}
	}
}

// difference is the mean absolute difference of two pictures' channels.
func difference(a, b image.Image) float64 {
	x, y := rgba(a), rgba(b)
	sum := 0
	for i := range x.Pix {
		sum += int(max(x.Pix[i], y.Pix[i]) - min(x.Pix[i], y.Pix[i]))
	}
	return float64(sum) / float64(len(x.Pix))
}

// rgba copies a picture.
func rgba(picture image.Image) *image.RGBA {
	out := image.NewRGBA(picture.Bounds())
	draw.Draw(out, out.Bounds(), picture, picture.Bounds().Min, draw.Src)
	return out
}

// bomb is a PNG whose header promises a picture of that size.
func bomb(t testing.TB, width, height uint32) []byte {
	t.Helper()
	data := face(t, 8, color.RGBA{A: 255})
	for i, v := range []uint32{width, height} {
		data[16+4*i], data[17+4*i], data[18+4*i], data[19+4*i] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
	}
	sum := crc32.ChecksumIEEE(data[12:29])
	data[29], data[30], data[31], data[32] = byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum)
	return data
}

func TestBadPictures(t *testing.T) {
	good := face(t, 64, color.RGBA{A: 255})
	for name, data := range map[string][]byte{
		"nothing":          nil,
		"text":             []byte("hello"),
		"a PNG cut short":  good[:len(good)/2],
		"a bomb":           bomb(t, 1<<30, 1<<30),
		"a little too big": bomb(t, MaxSide+1, 1),
	} {
		_, sheet := Sheet([]Frame{{PNG: good}, {PNG: data}}, 2)
		_, animation := Animate([]Frame{{PNG: data}})
		_, heat := Heat(data, attention(), 16, 16, "hair", nil)
		_, decoded := Decode(data)
		for i, err := range []error{sheet, animation, heat, decoded} {
			if !errors.Is(err, ErrPicture) {
				t.Errorf("%s, function %d: %v, want ErrPicture", name, i, err)
			}
		}
	}
}

func TestBadRequests(t *testing.T) {
	picture := face(t, 64, color.RGBA{A: 255})
	nan := attention()
	nan[3] = float32(math.NaN())
	infinite := attention()
	infinite[3] = float32(math.Inf(1))
	for name, request := range map[string]func() ([]byte, error){
		"a sheet of nothing":       func() ([]byte, error) { return Sheet(nil, 2) },
		"a sheet without columns":  func() ([]byte, error) { return Sheet([]Frame{{PNG: picture}}, 0) },
		"an animation of nothing":  func() ([]byte, error) { return Animate(nil) },
		"an animation without end": func() ([]byte, error) { return Animate(make([]Frame, MaxFrames+1)) },
		"a map of another size":    func() ([]byte, error) { return Heat(picture, attention(), 15, 16, "hair", nil) },
		"a map of no size":         func() ([]byte, error) { return Heat(picture, nil, 0, 0, "hair", nil) },
		"a map of a negative size": func() ([]byte, error) { return Heat(picture, attention(), -16, -16, "hair", nil) },
		"a map with NaN":           func() ([]byte, error) { return Heat(picture, nan, 16, 16, "hair", nil) },
		"a map with infinity":      func() ([]byte, error) { return Heat(picture, infinite, 16, 16, "hair", nil) },
	} {
		if _, err := request(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The warmest pixels are where the map has its peak, and the picture's own
// brightness does not move them.
func TestHeatPeak(t *testing.T) {
	data, err := Heat(face(t, 128, color.RGBA{255, 255, 255, 255}), attention(), 16, 16, "hair", nil)
	if err != nil {
		t.Fatal(err)
	}
	picture := rgba(decodeAll(t, data)[0])
	var sum image.Point
	n := 0
	for y := range 256 {
		for x := range 256 {
			if c := picture.RGBAAt(x, y); c.R > 220 && c.G > 180 { // the last sixth of the colours
				sum, n = sum.Add(image.Pt(x, y)), n+1
			}
		}
	}
	if n == 0 {
		t.Fatal("nothing is warm")
	}
	if at, want := sum.Div(n), image.Pt(10*16+8, 4*16+8); max(abs(at.X-want.X), abs(at.Y-want.Y)) > 8 {
		t.Errorf("the warmest pixels are around %v, want %v", at, want)
	}
}

// One pixel that takes nearly all the attention does not hide where the rest
// went.
func TestHeatOutlier(t *testing.T) {
	picture := face(t, 128, color.RGBA{A: 255})
	spiked := attention()
	spiked[15*16] = 50
	plain, err := Heat(picture, attention(), 16, 16, "hair", nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := Heat(picture, spiked, 16, 16, "hair", nil)
	if err != nil {
		t.Fatal(err)
	}
	peak := image.Pt(10*16+8, 4*16+8)
	got, want := rgba(decodeAll(t, data)[0]).RGBAAt(peak.X, peak.Y), rgba(decodeAll(t, plain)[0]).RGBAAt(peak.X, peak.Y)
	if got.G+20 < want.G {
		t.Errorf("the peak is %v with an outlier elsewhere, %v without", got, want)
	}
}

func abs(n int) int { return max(n, -n) }

// A map of nothing, and one with negative values, are shown all the same.
func TestHeatOfNothing(t *testing.T) {
	picture := face(t, 64, color.RGBA{A: 255})
	for _, value := range []float32{0, -1} {
		flat := make([]float32, 4)
		flat[2] = value
		data, err := Heat(picture, flat, 2, 2, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []image.Point{{0, 0}, {255, 255}} {
			if r, g, b, _ := decodeAll(t, data)[0].At(at.X, at.Y).RGBA(); r+g > 2*b+0x8000 {
				t.Errorf("pixel %v of nothing is warm: %x %x %x", at, r, g, b)
			}
		}
	}
}

func TestHeatColoursGetLighter(t *testing.T) {
	last := -1.0
	for i := range 101 {
		c := heatColour(float64(i) / 100)
		if light := 0.299*c[0] + 0.587*c[1] + 0.114*c[2]; light <= last {
			t.Fatalf("at %d %% the colour is no lighter than before", i)
		} else {
			last = light
		}
	}
}

// A palette made for the picture is closer than one for all pictures, and
// keeps the colours of a picture that has few.
func TestPalette(t *testing.T) {
	picture := decodeAll(t, conversation(t)[0].PNG)[0]
	ours, common := rgba(picture), image.NewPaletted(picture.Bounds(), plan9(t, picture))
	draw.Draw(common, common.Bounds(), picture, image.Point{}, draw.Src)
	if own, other := difference(picture, quantised(ours)), difference(picture, common); own*2 > other {
		t.Errorf("the picture's own palette is off by %.2f, a common one by %.2f", own, other)
	}
	few := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		few.SetRGBA(i%64, i/64, color.RGBA{uint8(i % 8 * 30), uint8(i / 64 / 8 * 30), 77, 255})
	}
	if off := difference(few, quantised(few)); off != 0 {
		t.Errorf("64 colours are off by %.3f in a palette of 256", off)
	}
}

// plan9 is the palette of image/gif's default.
func plan9(t *testing.T, picture image.Image) color.Palette {
	t.Helper()
	var data bytes.Buffer
	if err := gif.Encode(&data, picture, nil); err != nil {
		t.Fatal(err)
	}
	decoded, err := gif.Decode(&data)
	if err != nil {
		t.Fatal(err)
	}
	return decoded.(*image.Paletted).Palette
}

// Frames of an animation stay as long as they are meant to, and it runs for
// ever.
func TestAnimationTiming(t *testing.T) {
	data, err := Animate(conversation(t)[:2])
	if err != nil {
		t.Fatal(err)
	}
	animation, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if animation.LoopCount != 0 || len(animation.Delay) != 2 || animation.Delay[0] != frameDelay || animation.Delay[1] != lastDelay {
		t.Errorf("loops %d, delays %v", animation.LoopCount, animation.Delay)
	}
}

func TestWrap(t *testing.T) {
	text, err := newTypesetter(textSize)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		text  string
		width int
		want  string // lines apart by |
	}{
		{"", 100, ""},
		{"  ", 100, ""},
		{"blond → red", 256, "blond → red"},
		{"a woman's face", 60, "a|wom…"},
		{"one two three four five six", 90, "one two|three four…"},
		{"pneumonoultramicroscopic", 90, "pneumon…"},
		{"a\nb", 90, "a b"},
		{"wide", 1, "…"},
	}
	for _, tt := range tests {
		if got := strings.Join(text.wrap(tt.text, tt.width, 2), "|"); got != tt.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

// No label is too wide, too tall, or not text.
func FuzzWrap(f *testing.F) {
	f.Add("a woman's face with blond hair", 256, 2)
	f.Add("→ ×1.5 🎨 \x00\xff", 40, 1)
	text, err := newTypesetter(textSize)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, label string, width, lines int) {
		width, lines = 20+abs(width%500), 1+abs(lines%4)
		wrapped := text.wrap(label, width, lines)
		if len(wrapped) > lines {
			t.Fatalf("%d lines, want %d at most", len(wrapped), lines)
		}
		for _, line := range wrapped {
			if text.width(line) > width || line == "" || utf8.ValidString(label) && !utf8.ValidString(line) {
				t.Errorf("line %q is %d wide of %d", line, text.width(line), width)
			}
		}
	})
}

// Bytes of strangers are decoded within the limit, or refused as no picture.
func FuzzDecode(f *testing.F) {
	f.Add(face(f, 8, color.RGBA{A: 255}))
	f.Add(face(f, 8, color.RGBA{A: 255})[:60])
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add(bomb(f, 1<<30, 1<<30))
	f.Fuzz(func(t *testing.T, data []byte) {
		size, sizing := Size(data)
		decoded, err := Decode(data)
		switch {
		case err != nil && !errors.Is(err, ErrPicture):
			t.Errorf("%v, want ErrPicture", err)
		case err == nil && (sizing != nil || decoded.Bounds().Size() != size || max(size.X, size.Y) > MaxSide):
			t.Errorf("decoded %v, size %v, %v", decoded.Bounds(), size, sizing)
		}
	})
}

// What is encoded is decoded to the same pixels.
func TestEncodeDecode(t *testing.T) {
	want, err := Decode(face(t, 64, color.RGBA{200, 40, 20, 255}))
	if err != nil {
		t.Fatal(err)
	}
	data, err := Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(data)
	if err != nil || difference(got, want) != 0 {
		t.Errorf("decoded %v, %v", got.Bounds(), err)
	}
}

func TestSizes(t *testing.T) {
	for _, tt := range []struct{ from, shrunk, halved image.Point }{
		{image.Pt(512, 512), image.Pt(256, 256), image.Pt(256, 256)},
		{image.Pt(200, 1001), image.Pt(51, 256), image.Pt(100, 500)},
		{image.Pt(256, 255), image.Pt(256, 255), image.Pt(128, 127)},
		{image.Pt(2000, 1), image.Pt(256, 1), image.Pt(1000, 1)},
	} {
		from := image.NewNRGBA(image.Rectangle{Max: tt.from})
		if got := Shrink(from, 256).Bounds().Size(); got != tt.shrunk {
			t.Errorf("%v shrunk to 256 is %v, want %v", tt.from, got, tt.shrunk)
		}
		if got := Halve(from).Bounds().Size(); got != tt.halved {
			t.Errorf("%v halved is %v, want %v", tt.from, got, tt.halved)
		}
	}
}
