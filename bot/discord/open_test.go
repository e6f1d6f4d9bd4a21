package discord

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"pentimento/picture"
	"pentimento/picture/photo"
	"pentimento/tests/discordtest"
)

// aPhotograph is a picture of somebody's own as a file.
func aPhotograph(t *testing.T, width, height int) []byte {
	t.Helper()
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		p.SetNRGBA(i%width, i/width, color.NRGBA{uint8(i), uint8(i / width), 90, 0xff})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shows is the picture of a message.
func (w *world) shows(m *discordtest.Message) *image.NRGBA {
	w.t.Helper()
	if len(m.Attachments) != 1 {
		w.t.Fatalf("the message has %d files", len(m.Attachments))
	}
	data, err := w.Download(m.Attachments[0])
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := picture.Decode(data)
	if err != nil {
		w.t.Fatal(err)
	}
	return photo.Flat(p)
}

// A picture of one's own is opened, shown as it is, bounded by a mask and edited.
func TestOpenOnDiscord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = pocketStub(t) })
	ann := w.Person("ann")
	direct := ann.Direct()
	file := aPhotograph(t, 200, 160)
	i := ann.Slash(direct, "open", map[string]any{"picture": discordtest.File{Name: "me.png", Data: file}, "shows": "a woman's face with blond hair"})
	opened := w.shows(w.picture(direct, i.ID, "blond hair"))
	own, err := photo.Open(file)
	if err != nil || !slices.Equal(opened.Pix, own.Image.Pix) {
		t.Fatalf("another picture is shown, %v", err)
	}

	mask := image.NewGray(image.Rect(0, 0, 200, 160))
	for y := range 160 {
		for x := range 50 {
			mask.SetGray(x, y, color.Gray{0xff})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, mask); err != nil {
		t.Fatal(err)
	}
	i = ann.Slash(direct, "region", map[string]any{"mask": discordtest.File{Name: "mask.png", Data: b.Bytes()}})
	w.sees(direct, i.ID, "region of turn 1")
	said := ann.Say(direct, "make her hair red")
	edited := w.shows(w.picture(direct, said.ID, "blond → red"))
	inside := 0
	for y := range 160 {
		for x := range 200 {
			switch differs := edited.NRGBAAt(x, y) != opened.NRGBAAt(x, y); {
			case differs && x >= 50:
				t.Fatalf("pixel %d, %d outside of the mask is changed", x, y)
			case differs:
				inside++
			}
		}
	}
	if inside == 0 {
		t.Error("nothing in the mask is changed")
	}
}

// Nobody said what it shows: the bot asks, and goes on with the answer.
func TestOpenedWithoutWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = pocketStub(t) })
	ann := w.Person("ann")
	direct := ann.Direct()
	i := ann.Slash(direct, "open", map[string]any{"picture": discordtest.File{Name: "me.png", Data: aPhotograph(t, 64, 64)}})
	w.sees(direct, i.ID, "What does the picture show?")
	said := ann.Say(direct, "a woman's face with blond hair")
	w.picture(direct, said.ID, "blond hair")
}

func TestFilesThatAreNotOpened(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) {
		o.engine, o.Policy.BlockedWords = pocketStub(t), []string{"bucket"}
	})
	ann := w.Person("ann")
	direct := ann.Direct()
	for _, test := range map[string]struct {
		file  discordtest.File
		shows string
		says  string
	}{
		"a text":         {discordtest.File{Data: []byte("photo.png")}, "a cat", "cannot be opened"},
		"20 MB":          {discordtest.File{Data: []byte("x"), Claims: 20 << 20}, "a cat", "larger than 10 MiB"},
		"a bomb":         {discordtest.File{Data: vastPNG()}, "a cat", "cannot be opened"},
		"a blocked word": {discordtest.File{Data: aPhotograph(t, 64, 64)}, "a bucket", "blocked"},
		"elsewhere":      {discordtest.File{Data: []byte("x"), URL: "http://127.0.0.1:1/cdn/attachments/1/x.png"}, "a cat", "went wrong on my side"},
		"gone":           {discordtest.File{Data: []byte("x"), URL: w.URL() + "/cdn/attachments/1/gone.png"}, "a cat", "attach it again"},
	} {
		i := ann.Slash(direct, "open", map[string]any{"picture": test.file, "shows": test.shows})
		if text := w.told(i); !strings.Contains(text, test.says) {
			w.sees(direct, i.ID, test.says)
		}
	}
	if n := w.engine.count(); n != 0 {
		t.Errorf("%d pictures were drawn", n)
	}
}
