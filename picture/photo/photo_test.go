package photo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/picture/photo"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Every file is read as Pillow and Little CMS read it, to the level where nothing is
// computed and to a few where something is.
func TestReadsFilesAsOthersDo(t *testing.T) {
	for name, most := range map[string]int{
		"p3.png": 2, "adobe.png": 2, "srgb.png": 0, "grey.png": 2, "palette.png": 0, "moves.png": 0,
		"progressive.jpg": 8, "cmyk.jpg": 8, "grey.jpg": 2, "p3.jpg": 12,
		"lossy.webp": 9, "lossless.webp": 0, "alpha.webp": 9, "alpha_lossless.webp": 0, "p3.webp": 2, "moves.webp": 0,
		"moves.gif": 0, "clear.gif": 0,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := photo.Open(file(t, name))
			if err != nil {
				t.Fatal(err)
			}
			want, err := png.Decode(bytes.NewReader(file(t, name+".want.png")))
			if err != nil {
				t.Fatal(err)
			}
			if got.Image.Bounds() != want.Bounds() {
				t.Fatalf("it has %v, want %v", got.Image.Bounds(), want.Bounds())
			}
			if off := farthest(got.Image, want); off > most {
				t.Errorf("a colour is off by %d levels, %d are allowed", off, most)
			}
		})
	}
}

// farthest is the largest difference of two pictures, in levels. What cannot be
// seen has no colour.
func farthest(a, b image.Image) int {
	most := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := color.NRGBAModel.Convert(a.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(b.At(x, y)).(color.NRGBA)
			if p.A == 0 && q.A == 0 {
				continue
			}
			for _, d := range []int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B), int(p.A) - int(q.A)} {
				most = max(most, d, -d)
			}
		}
	}
	return most
}

func TestSaysWhatIsNotTakenAsItIs(t *testing.T) {
	for name, want := range map[string]string{
		"p3.png": "from Display P3 to sRGB", "p3.webp": "from Display P3 to sRGB", "adobe.png": "from Adobe RGB to sRGB", "grey.png": "from another colour space to sRGB",
		"moves.png": "first frame", "moves.webp": "first frame", "moves.gif": "first frame", "cmyk.jpg": "CMYK",
		"plain.png": "", "srgb.png": "", "progressive.jpg": "", "clear.gif": "", "lossy.webp": "",
	} {
		got, err := photo.Open(file(t, name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		said := strings.Join(got.Notices, " ")
		if !strings.Contains(said, want) || want == "" && said != "" {
			t.Errorf("%s: it says %q, want %q", name, said, want)
		}
	}
}

// gradient is a picture of any kind with all levels of its depth.
func gradient(set func(x, y int)) {
	for y := range 32 {
		for x := range 48 {
			set(x, y)
		}
	}
}

// All depths of PNG keep the colours that 8 bits can say, alpha and what it hides.
func TestDepthsOfPNG(t *testing.T) {
	size := image.Rect(0, 0, 48, 32)
	grey, grey16 := image.NewGray(size), image.NewGray16(size)
	clear, clear16 := image.NewNRGBA(size), image.NewNRGBA64(size)
	opaque16 := image.NewRGBA64(size)
	gradient(func(x, y int) {
		r, g, b, a := uint8(5*x), uint8(8*y), uint8(x*y), uint8(5*x+y)
		grey.SetGray(x, y, color.Gray{r})
		grey16.SetGray16(x, y, color.Gray16{uint16(r) * 257})
		clear.SetNRGBA(x, y, color.NRGBA{r, g, b, a})
		clear16.SetNRGBA64(x, y, color.NRGBA64{uint16(r) * 257, uint16(g) * 257, uint16(b) * 257, uint16(a) * 257})
		opaque16.SetRGBA64(x, y, color.RGBA64{uint16(r) * 257, uint16(g) * 257, uint16(b) * 257, 0xffff})
	})
	for name, picture := range map[string]image.Image{"grey": grey, "grey of 16 bits": grey16, "alpha": clear, "alpha of 16 bits": clear16, "16 bits": opaque16} {
		got, err := photo.Open(encoded(t, picture))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if deep := strings.Contains(name, "16"); deep != (len(got.Notices) == 1) {
			t.Errorf("%s: it says %q", name, got.Notices)
		}
		gradient(func(x, y int) {
			r, g, b, a := uint8(5*x), uint8(8*y), uint8(x*y), uint8(5*x+y)
			want := color.NRGBA{r, g, b, 0xff}
			switch {
			case strings.HasPrefix(name, "grey"):
				want = color.NRGBA{r, r, r, 0xff}
			case strings.HasPrefix(name, "alpha"):
				want.A = a
			}
			if have := got.Image.NRGBAAt(x, y); have != want {
				t.Fatalf("%s: pixel %d, %d is %v, want %v", name, x, y, have, want)
			}
		})
	}
}

func encoded(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withSegment is a JPEG with a segment right after its beginning.
func withSegment(data []byte, marker byte, segment string) []byte {
	n := len(segment) + 2
	return append(append([]byte{0xff, 0xd8, 0xff, marker, byte(n >> 8), byte(n)}, segment...), data[2:]...)
}

// exif says how a camera was held, and where.
func exif(orientation byte) string {
	return "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x02" +
		"\x01\x0f\x00\x02\x00\x00\x00\x04Cam\x00" +
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00" +
		"\x00\x00\x00\x00GPS 52.5200 N"
}

// A picture is turned and mirrored as its camera was held: what is marked in the
// corner of the upright picture is where it should be.
func TestOrientation(t *testing.T) {
	corners := map[byte]image.Point{1: {0, 0}, 2: {47, 0}, 3: {47, 31}, 4: {0, 31}, 5: {0, 0}, 6: {0, 31}, 7: {47, 31}, 8: {47, 0}}
	for orientation, taken := range corners {
		p := image.NewNRGBA(image.Rect(0, 0, 48, 32))
		for i := range p.Pix {
			p.Pix[i] = 0xff
		}
		for dy := range 8 { // dark where the upright picture begins
			for dx := range 8 {
				x, y := dx, dy
				if taken.X > 0 {
					x = taken.X - dx
				}
				if taken.Y > 0 {
					y = taken.Y - dy
				}
				p.SetNRGBA(x, y, color.NRGBA{A: 0xff})
			}
		}
		var out bytes.Buffer
		if err := jpeg.Encode(&out, p, nil); err != nil {
			t.Fatal(err)
		}
		got, err := photo.Open(withSegment(out.Bytes(), 0xe1, exif(orientation)))
		if err != nil {
			t.Fatal(err)
		}
		want := image.Pt(48, 32)
		if orientation >= 5 {
			want = image.Pt(32, 48)
		}
		if size := got.Image.Bounds().Size(); size != want {
			t.Errorf("orientation %d: %v, want %v", orientation, size, want)
		}
		if c := got.Image.NRGBAAt(1, 1); c.R > 40 {
			t.Errorf("orientation %d: it begins with %v", orientation, c)
		}
	}
}

// What is refused is refused with a sentence that names it, before it is decoded.
func TestRefuses(t *testing.T) {
	plain := file(t, "plain.png")
	sized := func(w, h int) []byte { return encoded(t, image.NewGray(image.Rect(0, 0, w, h))) }
	huge := bytes.Clone(plain)
	copy(huge[16:], "\x00\x00\x20\x00\x00\x00\x10\x01") // 8192×4097 in the header
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, image.NewGray(image.Rect(0, 0, 64, 64)), nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":             {nil, "empty"},
		"a text file":       {[]byte("this is no picture.png at all\n"), "a text file"},
		"noise":             {[]byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08"), "no picture that is read here"},
		"HEIC":              {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "HEIC"},
		"HEIF by mif1":      {[]byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1miaf"), "HEIC"},
		"AVIF":              {[]byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf"), "AVIF"},
		"a video":           {[]byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"), "a video"},
		"BMP":               {[]byte("BM\x36\x00\x00\x00"), "BMP"},
		"TIFF":              {[]byte("II*\x00\x08\x00\x00\x00"), "TIFF"},
		"SVG":               {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), "SVG"},
		"PDF":               {[]byte("%PDF-1.7\n"), "PDF"},
		"JPEG XL":           {[]byte("\xff\x0a\x00\x00"), "JPEG XL"},
		"1×1":               {sized(1, 1), "at least 16"},
		"20,000×2":          {sized(20000, 2), "at least 16"},
		"a strip":           {sized(2000, 20), "up to 6 times as long"},
		"too wide":          {sized(5000, 1000), "up to 4096 a side"},
		"a bomb":            {huge, "12 megapixels"},
		"a large file":      {append(bytes.Clone(plain), make([]byte, photo.MaxBytes)...), "32 MiB"},
		"a PNG cut short":   {plain[:len(plain)/2], "damaged or cut short"},
		"a JPEG cut short":  {jpg.Bytes()[:jpg.Len()-20], "damaged or cut short"},
		"a GIF cut short":   {file(t, "clear.gif")[:40], "damaged or cut short"},
		"a WebP cut short":  {file(t, "lossy.webp")[:100], "damaged or cut short"},
		"a header of a PNG": {plain[:20], "damaged or cut short"},
		"many passes":       {append(jpg.Bytes(), bytes.Repeat([]byte("\xff\xda"), 101)...), "passes"},
		"a pointer":         {[]byte("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"), "Git LFS"},
	} {
		_, err := photo.Open(c.data)
		if !errors.Is(err, photo.ErrPhoto) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A GIF whose frame covers a part of the picture is as large as it says.
func TestPartOfAGIF(t *testing.T) {
	frame := image.NewPaletted(image.Rect(4, 4, 24, 24), color.Palette{color.Black, color.White})
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 32, Height: 32}}); err != nil {
		t.Fatal(err)
	}
	got, err := photo.Open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got.Image.Bounds() != image.Rect(0, 0, 32, 32) || got.Image.NRGBAAt(0, 0).A != 0 || got.Image.NRGBAAt(5, 5) != (color.NRGBA{A: 0xff}) {
		t.Errorf("%v, outside %v, inside %v", got.Image.Bounds(), got.Image.NRGBAAt(0, 0), got.Image.NRGBAAt(5, 5))
	}
}

// Nothing of where a picture was taken, and with what, is in what is made of it.
func TestNothingElseGoesOn(t *testing.T) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 64, 64)), nil); err != nil {
		t.Fatal(err)
	}
	got, err := photo.Open(withSegment(out.Bytes(), 0xe1, exif(1)))
	if err != nil {
		t.Fatal(err)
	}
	if data := encoded(t, got.Image); bytes.Contains(data, []byte("GPS")) || bytes.Contains(data, []byte("Cam")) {
		t.Error("the picture says where it was taken, or with what")
	}
}

// A picture has one name, whatever its file was; another picture has another.
func TestDigest(t *testing.T) {
	lossless, err := photo.Open(file(t, "lossless.webp"))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := photo.Open(file(t, "plain.png"))
	if err != nil {
		t.Fatal(err)
	}
	name := photo.Digest(plain.Image)
	if photo.Digest(lossless.Image) != name || !photo.IsDigest(name) {
		t.Error("the same picture has two names, or one that is none")
	}
	plain.Image.Pix[7] ^= 1
	if photo.Digest(plain.Image) == name || photo.IsDigest(strings.ToUpper(name)) || photo.IsDigest(name[1:]) {
		t.Error("another picture has the same name, or no name is one")
	}
}

func FuzzOpen(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range seeds {
		f.Add(file(f, filepath.Base(name)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := photo.Open(data)
		if err != nil {
			if !errors.Is(err, photo.ErrPhoto) {
				t.Fatalf("%v is no ErrPhoto", err)
			}
			return
		}
		if b := got.Image.Bounds(); b.Min != (image.Point{}) || b.Dx() < photo.MinSide || b.Dx()*b.Dy() > photo.MaxPixels {
			t.Fatalf("a picture of %v", b)
		}
	})
}
