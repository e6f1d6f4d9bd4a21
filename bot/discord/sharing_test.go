package discord

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"pentimento/session/recipefile"
	"pentimento/tests/discordtest"
)

// files are those that /export gives, by the ending of their names.
func (w *world) files(i *discordtest.Interaction) map[string][]byte {
	w.t.Helper()
	m := i.Reply(soon)
	if m == nil || m.Flags&discordtest.Ephemeral == 0 {
		w.t.Fatalf("given as %+v", m)
	}
	out := map[string][]byte{}
	for _, a := range m.Attachments {
		data, err := w.Download(a)
		if err != nil {
			w.t.Fatal(err)
		}
		_, ending, _ := strings.Cut(a.Filename, ".")
		out[ending] = data
	}
	return out
}

func take(p *discordtest.Person, c *discordtest.Channel, f discordtest.File) *discordtest.Interaction {
	return p.Slash(c, "import", map[string]any{"file": f})
}

func TestExportAndImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine, o.Policy.PerDay = pocketStub(t), 3 })
	ann, bob := w.Person("ann"), w.Person("bob")
	direct := ann.Direct()
	if text := w.told(ann.Slash(direct, "export", nil)); !strings.Contains(text, "Nothing is drawn") {
		t.Errorf("with nothing drawn, /export says %q", text)
	}
	ann.Say(direct, "a woman's face with blond hair")
	w.picture(direct, "", "blond hair")
	said := ann.Say(direct, "make her hair red")
	w.picture(direct, said.ID, "blond → red")
	files := w.files(ann.Slash(direct, "export", nil))
	for ending, data := range files {
		document, err := recipefile.Read(data)
		if err != nil || len(document.Recipe.Turns) != 2 {
			t.Errorf("the %s holds %d turns, %v", ending, len(document.Recipe.Turns), err)
		}
	}
	if len(files) != 2 {
		t.Fatalf("%d files were given", len(files))
	}
	// Bob goes on from each, in a conversation of his own. A recipe of two turns
	// is one picture of his day.
	for n, ending := range []string{"png", "json"} {
		i := take(bob, bob.Direct(), discordtest.File{Name: "recipe." + ending, Data: files[ending]})
		w.picture(bob.Direct(), i.ID, fmt.Sprintf("blond → red** · turn %d from %d", 2*n+2, 2*n+1))
	}
	said = bob.Say(bob.Direct(), "make her hair black")
	w.picture(bob.Direct(), said.ID, "red → black")
	said = bob.Say(bob.Direct(), "make her hair blond")
	w.sees(bob.Direct(), said.ID, "drawn 3 pictures today")
}

func TestFilesThatAreNotImported(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) {
		o.engine, o.Policy.BlockedWords = pocketStub(t), []string{"bucket"}
	})
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	w.picture(direct, "", "blond hair")
	good := w.files(ann.Slash(direct, "export", nil))
	changed := func(change func(*recipefile.Document)) []byte {
		document, err := recipefile.Read(good["json"])
		if err != nil {
			t.Fatal(err)
		}
		change(&document)
		data, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	evil := "@everyone [click](https://evil.example)"
	tests := map[string]struct {
		file discordtest.File
		says string
	}{
		"10 MB of text":         {discordtest.File{Data: bytes.Repeat([]byte("blah "), 2<<20)}, "too large"},
		"20 MB":                 {discordtest.File{Data: []byte("x"), Claims: 20 << 20}, "larger than 10 MiB"},
		"a zip":                 {discordtest.File{Data: append([]byte("PK\x03\x04"), make([]byte, 5000)...)}, "no recipe"},
		"a bomb in a PNG":       {discordtest.File{Data: pngBomb(t)}, "too large"},
		"a PNG of 2³¹ pixels":   {discordtest.File{Data: vastPNG()}, "no recipe"},
		"a gzipped answer":      {discordtest.File{Data: []byte{0x1f, 0x8b, 8, 0}}, "no recipe"},
		"nothing":               {discordtest.File{}, "no recipe"},
		"many turns":            {discordtest.File{Data: changed(func(d *recipefile.Document) { repeat(d, 31) })}, "31 turns"},
		"many steps":            {discordtest.File{Data: changed(func(d *recipefile.Document) { d.Recipe.Settings.Steps = 1000 })}, "of 1000 steps"},
		"another model":         {discordtest.File{Data: changed(func(d *recipefile.Document) { d.Model, d.Recipe.Settings.Model = evil, "abcd" })}, "needs the model"},
		"a blocked word":        {discordtest.File{Data: changed(func(d *recipefile.Document) { d.Recipe.Turns[0].Prompt = "a bucket" })}, "blocked"},
		"a field with a name":   {discordtest.File{Data: []byte(strings.Replace(string(good["json"]), "{", `{"`+evil+`": 1, `, 1))}, "damaged"},
		"a file elsewhere":      {discordtest.File{Data: good["json"], URL: "http://127.0.0.1:1/cdn/attachments/1/x.json"}, "went wrong on my side"},
		"a file of this host":   {discordtest.File{Data: good["json"], URL: "file:///etc/passwd"}, "went wrong on my side"},
		"a file that is gone":   {discordtest.File{Data: good["json"], URL: w.URL() + "/cdn/attachments/1/gone.json"}, "attach it again"},
		"a picture without one": {discordtest.File{Data: plainPNG(t, good["png"])}, "no recipe"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.file.Name = "recipe.png"
			i := take(ann, direct, test.file)
			text := w.told(i)
			if !strings.Contains(text, test.says) {
				text = w.sees(direct, i.ID, test.says).Content
			}
			for _, raw := range []string{"@everyone", "https://evil", "](", "127.0.0.1", "passwd"} {
				if strings.Contains(text, raw) {
					t.Errorf("%q is shown raw in %q", raw, text)
				}
			}
		})
	}
	if n := w.engine.count(); n != 1 {
		t.Errorf("%d pictures were drawn", n)
	}
	if n := strings.Count(w.log.String(), "what=\"a file that is too large\""); n != 1 {
		t.Errorf("files that are too large were logged %d times", n)
	}
}

// repeat makes the recipe one of n equal turns.
func repeat(d *recipefile.Document, n int) {
	d.Recipe.Turns = slices.Repeat(d.Recipe.Turns[:1], n)
	d.Said = slices.Repeat(d.Said[:1], n)
}

// chunked is a PNG of these chunks, names and data in turn.
func chunked(parts ...string) []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	for i := 0; i < len(parts); i += 2 {
		out = binary.BigEndian.AppendUint32(out, uint32(len(parts[i+1])))
		body := parts[i] + parts[i+1]
		out = append(out, body...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(body)))
	}
	return out
}

// header is the start of a PNG's IHDR, 8-bit grey.
func header(width, height uint32) string {
	b := binary.BigEndian.AppendUint32(nil, width)
	b = binary.BigEndian.AppendUint32(b, height)
	return string(append(b, 8, 0, 0, 0, 0))
}

// pngBomb is a PNG with a recipe that unpacks to a thousand times its size.
func pngBomb(t *testing.T) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	zeros := make([]byte, 1<<20)
	for range 64 {
		if _, err := z.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return chunked("IHDR", header(1, 1), "iTXt", "pentimento recipe\x00\x01\x00\x00\x00"+packed.String(), "IEND", "")
}

// vastPNG says that it has very many pixels.
func vastPNG() []byte { return chunked("IHDR", header(1<<30, 2), "IDAT", "", "IEND", "") }

// plainPNG is the PNG without its recipe.
func plainPNG(t *testing.T, data []byte) []byte {
	t.Helper()
	at := bytes.Index(data, []byte("iTXt"))
	if at < 0 {
		t.Fatal("there is no recipe in it")
	}
	size := int(binary.BigEndian.Uint32(data[at-4:]))
	return slices.Concat(data[:at-4], data[at+8+size:])
}

// What may not be drawn may not be had by a code or a reply either.
func TestForksThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, func(o *setup) { o.engine = pocketStub(t) })
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	w.ForbidThreads(channel)
	imagine(ann, channel, "a woman's face with blond hair")
	blond := w.picture(channel, "", "blond hair")
	_, code, _ := strings.Cut(w.shared(ann, channel, blond), "code:")
	code = strings.TrimRight(code, "`")

	w.stop()
	o := w.bot.o
	o.Policy.BlockedWords = []string{"blond"}
	w.start(o)
	i := bob.Slash(channel, "fork", map[string]any{"code": code})
	w.sees(channel, i.ID, "blocked")
	reply := bob.Reply(channel, blond, "make her hair red")
	w.sees(channel, reply.ID, "blocked")
	i = bob.Slash(channel, "fork", map[string]any{"code": "no such code"})
	w.sees(channel, i.ID, "Nothing is shared under that code")

	w.stop()
	o.Policy.BlockedWords = nil
	o.Model.Digest = "another"
	w.start(o)
	i = bob.Slash(channel, "fork", map[string]any{"code": code})
	w.sees(channel, i.ID, "made with model")
	if keys, err := o.Store.List(t.Context(), bob.ID); err != nil || len(keys) != 0 {
		t.Errorf("Bob has %v (%v)", keys, err)
	}
}

// shared is what the bot writes when somebody presses Share.
func (w *world) shared(p *discordtest.Person, c *discordtest.Channel, m *discordtest.Message) string {
	w.t.Helper()
	w.told(p.Press(c, m, "Share"))
	return w.sees(c, m.ID, "Continue from here").Content
}

func TestOwnersDeleteTheirPictures(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	w.ForbidThreads(channel)
	i := imagine(ann, channel, "a woman's face with blond hair")
	m := w.picture(channel, "", "blond hair")
	if text := w.told(bob.OnMessage(channel, "Delete this picture", m)); !strings.Contains(text, "somebody else") {
		t.Errorf("Bob was told %q", text)
	}
	if text := w.told(ann.OnMessage(channel, "Delete this picture", i.Reply(soon))); !strings.Contains(text, "no picture of mine") {
		t.Errorf("of another message, Ann was told %q", text)
	}
	if text := w.told(ann.OnMessage(channel, "Delete this picture", m)); !strings.Contains(text, "Deleted") {
		t.Errorf("Ann was told %q", text)
	}
	for _, left := range w.Messages(channel) {
		if left.ID == m.ID {
			t.Error("the picture is still there")
		}
	}
	w.told(ann.OnMessage(channel, "Delete this picture", m)) // it is gone already
}

// What is shared in a channel has a thread to go on in. In a thread, where Discord
// has no other, it stands there.
func TestShareOpensAThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	mention := ann.Say(channel, "<@"+w.Bot().ID+"> a woman's face with blond hair")
	w.picture(channel, mention.ID, "blond")
	w.told(ann.Slash(channel, "share", nil))
	shared := w.sees(channel, mention.ID, "Continue from here")
	if len(shared.Attachments) != 2 || shared.Attachments[0].Filename != "filmstrip.png" || shared.Attachments[1].Filename != "animation.gif" {
		t.Errorf("shared with %+v", shared.Attachments)
	}
	thread := w.Thread("Shared by ann", soon)
	if thread == nil || thread.ID != shared.ID {
		t.Fatalf("the thread is %+v", thread)
	}
	_, code, _ := strings.Cut(shared.Content, "code:")
	i := bob.Slash(thread, "fork", map[string]any{"code": strings.TrimRight(code, "`")})
	forked := w.picture(thread, i.ID, "blond")
	w.told(bob.Press(thread, forked, "Share"))
	w.sees(thread, forked.ID, "Continue from here")
}
