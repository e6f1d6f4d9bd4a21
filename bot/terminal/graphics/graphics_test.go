package graphics

import (
	"bytes"
	"encoding/base64"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi/sixel"

	"pentimento/picture"
)

var update = flag.Bool("update", false, "write the golden files")

// environment is a getenv of fixed variables.
func environment(variables ...string) func(string) string {
	return func(name string) string {
		for _, v := range variables {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

// pngOf is a PNG of that size: red to the right, green downwards, and noise
// that doesn't compress if noisy.
func pngOf(t testing.TB, width, height int, noisy bool) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	state := uint32(1)
	for y := range height {
		for x := range width {
			blue := uint8(90)
			if noisy {
				state = state*1664525 + 1013904223
				blue = uint8(state >> 24)
			}
			p.SetRGBA(x, y, color.RGBA{uint8(255 * x / width), uint8(255 * y / height), blue, 255})
		}
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression} // the same bytes from every version of Go
	if err := encoder.Encode(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestDetect(t *testing.T) {
	tests := []struct {
		name        string
		environment []string
		want        Protocol
	}{
		{"nothing known", nil, None},
		{"kitty", []string{"TERM=xterm-kitty", "KITTY_WINDOW_ID=1", "COLORTERM=truecolor"}, Kitty},
		{"kitty over ssh", []string{"TERM=xterm-kitty"}, Kitty},
		{"ghostty", []string{"TERM=xterm-ghostty", "TERM_PROGRAM=ghostty"}, Kitty},
		{"ghostty with another TERM", []string{"TERM=xterm-256color", "GHOSTTY_RESOURCES_DIR=/usr/share/ghostty"}, Kitty},
		{"WezTerm", []string{"TERM=xterm-256color", "TERM_PROGRAM=WezTerm", "WEZTERM_PANE=0"}, ITerm2},
		{"iTerm2", []string{"TERM=xterm-256color", "TERM_PROGRAM=iTerm.app"}, ITerm2},
		{"iTerm2 over ssh", []string{"TERM=xterm-256color", "LC_TERMINAL=iTerm2"}, ITerm2},
		{"mintty", []string{"TERM=xterm", "TERM_PROGRAM=mintty"}, ITerm2},
		{"Konsole", []string{"TERM=xterm-256color", "COLORTERM=truecolor", "KONSOLE_VERSION=230800"}, Kitty},
		{"an old Konsole", []string{"TERM=xterm-256color", "COLORTERM=truecolor", "KONSOLE_VERSION=210400"}, Blocks},
		{"foot", []string{"TERM=foot", "COLORTERM=truecolor"}, Sixel},
		{"foot with extras", []string{"TERM=foot-extra"}, Sixel},
		{"mlterm", []string{"TERM=mlterm"}, Sixel},
		{"VS Code", []string{"TERM=xterm-256color", "TERM_PROGRAM=vscode", "COLORTERM=truecolor"}, Blocks},
		{"GNOME Terminal", []string{"TERM=xterm-256color", "COLORTERM=truecolor"}, Blocks},
		{"another spelling", []string{"TERM=xterm-256color", "COLORTERM=24bit"}, Blocks},
		{"Apple's Terminal", []string{"TERM=xterm-256color", "TERM_PROGRAM=Apple_Terminal"}, None},
		{"the Linux console", []string{"TERM=linux"}, None},
		{"a dumb terminal", []string{"TERM=dumb", "COLORTERM=truecolor", "KITTY_WINDOW_ID=1"}, None},
		{"kitty behind tmux", []string{"TERM=tmux-256color", "TMUX=/tmp/tmux", "KITTY_WINDOW_ID=1", "COLORTERM=truecolor"}, Blocks},
		{"iTerm2 behind tmux", []string{"TERM=screen-256color", "TMUX=/tmp/tmux", "LC_TERMINAL=iTerm2"}, None},
		{"tmux on another machine", []string{"TERM=tmux-256color", "LC_TERMINAL=iTerm2"}, None},
		{"kitty behind screen", []string{"TERM=screen.xterm-kitty", "STY=1.pts", "KITTY_WINDOW_ID=1"}, None},
	}
	for _, tt := range tests {
		got := None
		if screen := Detect(environment(tt.environment...)); screen != nil {
			got = screen.Protocol()
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// The sequences, as a terminal gets them. What is in the golden files can be
// looked at with cat.
func TestGolden(t *testing.T) {
	tests := []struct {
		name     string
		protocol Protocol
		picture  []byte
	}{
		{"kitty", Kitty, pngOf(t, 16, 16, false)},
		{"kitty-wide", Kitty, pngOf(t, 64, 16, false)},
		{"iterm2", ITerm2, pngOf(t, 16, 16, false)},
		{"blocks", Blocks, pngOf(t, 64, 32, false)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := show(t, tt.protocol, tt.picture)
			golden := filepath.Join("testdata", tt.name+".txt")
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
			if !bytes.Equal(got, want) {
				t.Errorf("got  %.200q\nwant %.200q", got, want)
			}
		})
	}
}

// show returns what a screen writes.
func show(t *testing.T, protocol Protocol, picture []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := (&Screen{protocol: protocol}).Show(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var kittySequence = regexp.MustCompile(`\x1b_G([^;]*);([^\x1b]*)\x1b\\`)

// A picture of many chunks arrives whole.
func TestKittyChunks(t *testing.T) {
	sent := pngOf(t, 128, 128, true)
	got := show(t, Kitty, sent)
	var data string
	sequences := kittySequence.FindAllSubmatch(got, -1)
	for i, s := range sequences {
		options, chunk := string(s[1]), string(s[2])
		last := i == len(sequences)-1
		if strings.Contains(options, "m=1") == last || strings.Contains(options, "a=T") != (i == 0) {
			t.Errorf("sequence %d of %d has options %s", i+1, len(sequences), options)
		}
		if len(chunk) > kittyChunk || !last && len(chunk)%4 != 0 {
			t.Errorf("sequence %d has %d characters", i+1, len(chunk))
		}
		data += chunk
	}
	arrived, err := base64.StdEncoding.DecodeString(data)
	if err != nil || !bytes.Equal(arrived, sent) || len(sequences) < 3 {
		t.Errorf("%d bytes arrived in %d sequences, %d were sent (%v)", len(arrived), len(sequences), len(sent), err)
	}
	if rest := kittySequence.ReplaceAll(got, nil); string(rest) != "\n" {
		t.Errorf("besides the sequences: %q", rest)
	}
}

// Sixels decode to the picture that was shown, enlarged.
func TestSixel(t *testing.T) {
	got := show(t, Sixel, pngOf(t, 64, 32, false))
	data, found := bytes.CutPrefix(got, []byte("\x1bP0;1q"))
	data, ended := bytes.CutSuffix(data, []byte("\x1b\\\n"))
	if !found || !ended {
		t.Fatalf("%.20q … %.20q is no sixel sequence and line", got, got[len(got)-20:])
	}
	decoded, err := new(sixel.Decoder).Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if size := decoded.Bounds().Size(); size != image.Pt(256, 128) {
		t.Errorf("64×32 is shown as %v", size)
	}
	for _, at := range []image.Point{{10, 10}, {128, 64}, {250, 120}} {
		r, g, b, _ := decoded.At(at.X, at.Y).RGBA()
		if off(r, 255*at.X/256) > 12 || off(g, 255*at.Y/128) > 12 || off(b, 90) > 12 {
			t.Errorf("pixel %v is %x %x %x", at, r>>8, g>>8, b>>8)
		}
	}
}

// off is how far a 16-bit channel is from an 8-bit one.
func off(got uint32, want int) int { return max(int(got>>8)-want, want-int(got>>8)) }

func TestSizes(t *testing.T) {
	tests := []struct {
		width, height int
		cells, pixels image.Point
	}{
		{128, 128, image.Pt(32, 16), image.Pt(256, 256)},
		{512, 512, image.Pt(32, 16), image.Pt(512, 512)},
		{1024, 512, image.Pt(32, 8), image.Pt(512, 256)},
		{512, 1024, image.Pt(32, 32), image.Pt(256, 512)},
		{1, 4096, image.Pt(1, 64), image.Pt(1, 512)},
		{4096, 1, image.Pt(32, 1), image.Pt(512, 1)},
		{1, 1, image.Pt(32, 16), image.Pt(256, 256)},
	}
	for _, tt := range tests {
		size := image.Pt(tt.width, tt.height)
		if got := cells(size, columns); got != tt.cells {
			t.Errorf("%d×%d takes %v cells, want %v", tt.width, tt.height, got, tt.cells)
		}
		if got := pixels(size); got != tt.pixels {
			t.Errorf("%d×%d takes %v pixels, want %v", tt.width, tt.height, got, tt.pixels)
		}
	}
}

// brokenWriter is a terminal that has gone.
type brokenWriter struct{}

var errGone = errors.New("gone")

func (brokenWriter) Write([]byte) (int, error) { return 0, errGone }

func TestErrors(t *testing.T) {
	good := pngOf(t, 16, 16, false)
	for _, protocol := range []Protocol{Kitty, ITerm2, Sixel, Blocks} {
		screen := &Screen{protocol: protocol}
		if err := screen.Show(brokenWriter{}, good); !errors.Is(err, errGone) {
			t.Errorf("%s: %v, want the writer's error", protocol, err)
		}
		var out bytes.Buffer
		for name, data := range map[string][]byte{"nothing": nil, "text": []byte("hello"), "a large picture": pngOf(t, picture.MaxSide+1, 1, false)} {
			if err := screen.Show(&out, data); !errors.Is(err, picture.ErrPicture) || out.Len() > 0 {
				t.Errorf("%s, %s: %v, %d bytes written; want ErrPicture", protocol, name, err, out.Len())
			}
		}
	}
	for _, protocol := range []Protocol{Sixel, Blocks} { // the others leave decoding to the terminal
		screen := &Screen{protocol: protocol}
		var out bytes.Buffer
		if err := screen.Show(&out, good[:len(good)-30]); !errors.Is(err, picture.ErrPicture) || out.Len() > 0 {
			t.Errorf("%s, a PNG cut short: %v, %d bytes written; want ErrPicture", protocol, err, out.Len())
		}
	}
}

// Bytes that are not a picture never reach the terminal as anything else: what is
// written decodes, or nothing is written.
func FuzzShow(f *testing.F) {
	f.Add(pngOf(f, 4, 4, false))
	f.Add([]byte("\x1b[2J"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, protocol := range []Protocol{Kitty, ITerm2, Blocks} {
			var out bytes.Buffer
			err := (&Screen{protocol: protocol}).Show(&out, data)
			if err != nil && (!errors.Is(err, picture.ErrPicture) || out.Len() > 0) {
				t.Errorf("%s: %v, %d bytes written", protocol, err, out.Len())
			}
			if bytes.Contains(out.Bytes(), []byte("\x1b[2J")) {
				t.Errorf("%s: the picture's bytes reach the terminal", protocol)
			}
		}
	})
}
