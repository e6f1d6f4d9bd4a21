package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/models"
	"pentimento/models/judge"
	"pentimento/models/pocket/pockettest"
	"pentimento/picture"
	"pentimento/picture/photo"
	"pentimento/session"
)

const shown = "a woman's face with long red hair and sunglasses"

// photograph is a drawing of the renderer's that no model has seen, enlarged, as PNG.
func photograph(t testing.TB, size image.Point) []byte {
	t.Helper()
	data, err := os.ReadFile("../models/judge/testdata/drawing-0.png")
	if err != nil {
		t.Fatal(err)
	}
	small, err := picture.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	data, err = picture.Encode(picture.Scale(small, size))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// open opens a picture that shows those words.
func open(t testing.TB, c *Conversation, file []byte, shows string) *Answer {
	t.Helper()
	a, err := c.Open(t.Context(), Request{}, file, shows)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// pixelsOf are the colours of a picture.
func pixelsOf(t testing.TB, png []byte) *image.NRGBA {
	t.Helper()
	decoded, err := picture.Decode(png)
	if err != nil {
		t.Fatal(err)
	}
	return photo.Flat(decoded)
}

// A picture of one's own is edited with less guidance than one that was drawn, unless
// the model is made for one.
func TestGuidanceOfOwnPictures(t *testing.T) {
	for _, test := range []struct {
		name        string
		usual       models.Usual
		scale, want float64
	}{
		{"the usual", models.Usual{}, 4.5, 3.5},
		{"set", models.Usual{}, 9, 7},
		{"a model of few steps", models.Usual{Steps: 4, Guidance: 1}, 1, 1},
	} {
		c := newConversation(t, session.NewMemory())
		c.Model.Usual, c.Options.Guidance = test.usual, test.scale
		settings, err := c.settingsOf(image.NewNRGBA(image.Rect(0, 0, 64, 64)))
		if err != nil || math.Abs(settings.Guidance-test.want) > 1e-9 {
			t.Errorf("%s: guidance %v, %v; want %v", test.name, settings.Guidance, err, test.want)
		}
	}
}

// Ten edits of a photograph change nothing of it where none of them may, and undoing
// all gives back the photograph.
func TestTenEditsOfAPhotograph(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	file := photograph(t, image.Pt(320, 300))
	own := pixelsOf(t, file)
	root := open(t, c, file, shown)
	if got := pixelsOf(t, root.Picture.Bytes()); !slices.Equal(got.Pix, own.Pix) {
		t.Fatal("the picture that was opened is another")
	}
	if root.Drawing.Rows != c.Options.Steps || root.Turn.Recipe.Prompt != shown || root.Turn.Settings.Picture != photo.Digest(own) {
		t.Errorf("opening took %d rows: %+v", root.Drawing.Rows, root.Turn)
	}
	covered := make([]bool, len(own.Pix)/4)
	before := own
	for i, edit := range []string{
		"make her hair blue", "make her hair green", "remove the sunglasses", "add a hat", "make her hair black",
		"remove the hat", "add earrings", "make her hair curly", "make her hair gray", "add freckles",
	} {
		a := say(t, c, edit)
		if a.Drawing == nil || a.Drawing.Rows != 2*c.Options.Steps {
			t.Fatalf("%q took %+v", edit, a.Drawing)
		}
		now := pixelsOf(t, a.Picture.Bytes())
		changed := 0
		for k := range covered {
			at := image.Pt(k%own.Rect.Dx(), k/own.Rect.Dx())
			differs := !bytes.Equal(now.Pix[4*k:4*k+4], before.Pix[4*k:4*k+4])
			if differs && a.Drawing.Mask != nil && !near(a.Drawing.Mask, at, own.Rect.Size()) {
				t.Fatalf("%q: pixel %v differs outside of its mask", edit, at)
			}
			covered[k] = covered[k] || differs
			if differs {
				changed++
			}
			if !covered[k] && !bytes.Equal(now.Pix[4*k:4*k+4], own.Pix[4*k:4*k+4]) {
				t.Fatalf("%q: pixel %v drifted", edit, at)
			}
		}
		if a.Turn.ID != i+2 || changed == 0 {
			t.Errorf("%q: turn %d changed %d pixels", edit, a.Turn.ID, changed)
		}
		before = now
	}
	back := say(t, c, "undo everything")
	if !slices.Equal(pixelsOf(t, back.Picture.Bytes()).Pix, own.Pix) || back.Turn.ID != root.Turn.ID {
		t.Error("undoing everything gives another picture")
	}
}

// near reports whether a pixel is within a place of one that is open.
func near(m *photo.Mask, at, size image.Point) bool {
	x, y := at.X*m.Width/size.X, at.Y*m.Height/size.Y
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			if m.At(x+dx, y+dy) {
				return true
			}
		}
	}
	return false
}

// An edit that may change everything says so, and keeps the picture's size.
func TestGlobalEditOfAPhotograph(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	open(t, c, photograph(t, image.Pt(300, 200)), "a river between mountains")
	a := say(t, c, "make it night")
	if size := pixelsOf(t, a.Picture.Bytes()).Rect.Size(); size != image.Pt(300, 200) {
		t.Errorf("it has %v pixels", size)
	}
	if said := strings.Join(a.Notices, " "); !strings.Contains(said, "all of the picture is drawn anew, in 128×128 pixels") {
		t.Errorf("it says %q", said)
	}
}

// Whatever is lost but the photograph is drawn again, upon it, and is the same.
func TestLostEditsOfAPhotograph(t *testing.T) {
	file, edits := photograph(t, image.Pt(200, 200)), []string{"make her hair blue", "add a hat"}
	kept, engine := newConversationWith(t, session.NewMemory())
	open(t, kept, file, shown)
	var want *Answer
	for _, edit := range edits {
		want = say(t, kept, edit)
	}
	lost := elsewhere(kept, full{session.NewMemory()}, "elsewhere")
	engine.Forget()
	open(t, lost, file, shown)
	for _, edit := range edits {
		engine.Forget()
		got := say(t, lost, edit)
		if edit == edits[1] && !bytes.Equal(got.Picture.Bytes(), want.Picture.Bytes()) {
			t.Error("upon a picture that is drawn again the edit is another")
		}
	}
	s, err := lost.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	engine.Forget()
	shown, err := lost.Picture(t.Context(), s, 3)
	if err != nil || !bytes.Equal(shown.Bytes(), want.Picture.Bytes()) {
		t.Errorf("drawn again it is another picture (%v)", err)
	}

	gone := elsewhere(kept, forgetful{kept.Store}, "")
	gone.Key = kept.Key
	if _, err := gone.Say(t.Context(), Request{}, "make her hair green"); !errors.Is(err, editor.ErrNoPicture) {
		t.Errorf("without the photograph: %v", err)
	}
}

// What is exported is imported bit for bit where the photograph comes with it or is
// there, and says what is missing where not.
func TestPhotographsTravelWithTheirRecipes(t *testing.T) {
	ann, engine := newConversationWith(t, session.NewMemory())
	file := photograph(t, image.Pt(160, 160))
	open(t, ann, file, shown)
	say(t, ann, "make her hair blue")
	want := say(t, ann, "add a hat")
	files, err := ann.Export(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	without := withoutOriginal(t, files.JSON)
	for name, file := range map[string][]byte{"JSON": files.JSON, "PNG": files.Picture.Bytes()} {
		engine.Forget()
		bob := elsewhere(ann, session.NewMemory(), name)
		got, err := bob.Import(t.Context(), Request{}, file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(got.Picture.Bytes(), want.Picture.Bytes()) || got.Turn.ID != 3 {
			t.Errorf("%s: imported as %+v", name, got.Turn)
		}
		back, err := bob.Revert(t.Context(), Request{}, 2)
		if err != nil || !slices.Equal(pixelsOf(t, back.Picture.Bytes()).Pix, pixelsOf(t, photograph(t, image.Pt(160, 160))).Pix) {
			t.Errorf("%s: the photograph is another (%v)", name, err)
		}
		say(t, bob, "make her hair green")
	}
	bob := elsewhere(ann, session.NewMemory(), "without")
	_, err = bob.Import(t.Context(), Request{}, without)
	if !errors.Is(err, editor.ErrNoPicture) || !strings.Contains(err.Error(), shown) || !strings.Contains(err.Error(), photo.Digest(pixelsOf(t, file))[:12]) {
		t.Errorf("without the photograph: %v", err)
	}
	open(t, bob, file, "something else")
	if got, err := bob.Import(t.Context(), Request{}, without); err != nil || !bytes.Equal(got.Picture.Bytes(), want.Picture.Bytes()) {
		t.Errorf("where it is there: %v", err)
	}
}

// withoutOriginal is an exported recipe without the picture that it begins with.
func withoutOriginal(t testing.TB, text []byte) []byte {
	t.Helper()
	before, rest, ok := bytes.Cut(text, []byte(",\n  \"original\":"))
	if !ok {
		t.Fatal("the recipe has no original")
	}
	return append(bytes.Clone(before), rest[bytes.LastIndexByte(rest, '"')+1:]...)
}

// What is shared has its photograph, and goes on without the one who shared it.
func TestPhotographsAreShared(t *testing.T) {
	store := session.NewMemory()
	ann := newConversation(t, store)
	open(t, ann, photograph(t, image.Pt(150, 150)), shown)
	want := say(t, ann, "make her hair blue")
	code, err := ann.Share(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	bob := elsewhere(ann, store, "his place")
	bob.Key.User = "bob"
	got, err := bob.Fork(t.Context(), Request{}, code)
	if err != nil || !bytes.Equal(got.Picture.Bytes(), want.Picture.Bytes()) {
		t.Fatalf("forked: %v", err)
	}
	if err := ann.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := say(t, bob, "add a hat"); a.Turn.ID != 3 {
		t.Errorf("he goes on with turn %d", a.Turn.ID)
	}
}

// Another process goes on with an opening and with an edit that one has left.
func TestResumePhotograph(t *testing.T) {
	store := session.NewMemory()
	c := newConversation(t, store)
	file := photograph(t, image.Pt(140, 140))
	left := func(event string, ask func(context.Context, Request) error) {
		t.Helper()
		ctx, leave := context.WithCancelCause(t.Context())
		r := Request{Event: event, Watch: func(jobs.Event) { leave(jobs.ErrDetached) }}
		if err := ask(ctx, r); !errors.Is(err, jobs.ErrDetached) {
			t.Fatalf("left: %v", err)
		}
		waiting, err := c.Queue.Outstanding(t.Context())
		if err != nil || len(waiting) != 1 {
			t.Fatalf("%d are outstanding, %v", len(waiting), err)
		}
		a, err := c.Resume(t.Context(), Request{Event: event}, waiting[0].Job)
		if err != nil {
			t.Fatal(err)
		}
		if size := pixelsOf(t, a.Picture.Bytes()).Rect.Size(); size != image.Pt(140, 140) || a.Doubt != nil && event == "root" {
			t.Errorf("%s: it has %v pixels, and %+v", event, size, a.Doubt)
		}
	}
	left("root", func(ctx context.Context, r Request) error {
		_, err := c.Open(ctx, r, file, shown)
		return err
	})
	left("edit", func(ctx context.Context, r Request) error {
		_, err := c.Say(ctx, r, "make her hair blue")
		return err
	})
}

// Where nobody says what a picture shows it is asked, with a proposal where somebody
// sees it; the answer may be yes, other words, an edit of what was proposed, or no.
func TestWhatDoesThePictureShow(t *testing.T) {
	c := newSeeing(t, Options{Steps: 4, Guidance: 4.5})
	file := photograph(t, image.Pt(128, 128))
	const reading = "a woman's face with long straight red hair, sunglasses and a sad mouth on a blue background"
	for answer, want := range map[string]struct {
		prompt string
		turns  int
	}{
		"Yes.": {reading, 1}, "1": {reading, 1}, reading: {reading, 1},
		"a lady with red hair": {"a lady with red hair", 1},
		"make her hair blue":   {strings.Replace(reading, "red", "blue", 1), 2},
		"never mind":           {"", 0},
	} {
		c.Store, c.Pending = session.NewMemory(), nil
		asked := open(t, c, file, "")
		if asked.Question == nil || asked.Question.Kind != dialogue.Describe || !slices.Equal(asked.Question.Choices, []string{reading}) || !strings.Contains(asked.Question.Text, "What does the picture show?") {
			t.Fatalf("it asks %+v", asked.Question)
		}
		a := say(t, c, answer)
		s, err := c.Session(t.Context())
		if err != nil || len(s.Turns) != want.turns || a.Turn.Recipe.Prompt != want.prompt || c.Pending != nil && c.Pending.Kind == dialogue.Describe {
			t.Errorf("%q: %d turns, the last is “%s”, %v", answer, len(s.Turns), a.Turn.Recipe.Prompt, err)
		}
	}
	blind := newConversation(t, session.NewMemory())
	if asked := open(t, blind, file, " "); asked.Question == nil || asked.Question.Text != "What does the picture show?" || asked.Question.Choices != nil {
		t.Errorf("where nobody sees it asks %+v", asked.Question)
	}
	if a := say(t, blind, "make her hair blue"); a.Turn.Recipe.Prompt != "make her hair blue" {
		t.Errorf("where nothing is proposed everything is what it shows, not %q", a.Turn.Recipe.Prompt)
	}
}

// A picture is read as the words that say it.
func TestReading(t *testing.T) {
	for want, seen := range map[string]judge.Seen{
		"": nil,
		"a man's face with short curly brown hair, glasses, a beard, a blue hat and a smile on an orange background": {
			"domain": {"people"}, "people.who": {"man", "boy"}, "people.length": {"short"}, "people.texture": {"curly"}, "people.hair": {"brown"}, "people.glasses": {"glasses"},
			"people.beard": {"yes"}, "people.hat": {"yes"}, "people.hat_colour": {"blue"}, "people.mood": {"smile"}, "people.backdrop": {"orange"}, "people.earrings": {"no"},
		},
		"a forest between hills with a castle and a moon in autumn at night in fog": {
			"domain": {"landscapes"}, "landscapes.feature": {"forest"}, "landscapes.place": {"between"}, "landscapes.range": {"hills"}, "landscapes.thing": {"castle"},
			"landscapes.moon": {"yes"}, "landscapes.season": {"autumn"}, "landscapes.hour": {"night"}, "landscapes.weather": {"fog"},
		},
		"an orange cat on a blue sofa with a collar and a red ball": {
			"domain": {"animals"}, "animals.animal": {"cat"}, "animals.colour": {"orange"}, "animals.place": {"sofa"}, "animals.place_colour": {"blue"},
			"animals.collar": {"yes"}, "animals.ball": {"yes"}, "animals.ball_colour": {"red"},
		},
		"a gray dog in the snow": {"domain": {"animals"}, "animals.animal": {"dog"}, "animals.colour": {"gray"}, "animals.place": {"snow"}},
	} {
		if got := reading(seen); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Of where a picture was taken, and with what, nothing is in anything that comes of it.
func TestNothingTellsWhereAPictureWasTaken(t *testing.T) {
	var taken bytes.Buffer
	if err := jpeg.Encode(&taken, pixelsOf(t, photograph(t, image.Pt(96, 64))), nil); err != nil {
		t.Fatal(err)
	}
	const about = "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00Camera X 52.52N"
	file := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(about) + 2)}, about...)
	file = append(file, taken.Bytes()[2:]...)
	c := newConversation(t, session.NewMemory())
	outputs := map[string][]byte{"the picture": open(t, c, file, shown).Picture.Bytes()}
	if size := pixelsOf(t, outputs["the picture"]).Rect.Size(); size != image.Pt(64, 96) {
		t.Errorf("it is not upright: %v", size)
	}
	outputs["an edit"] = say(t, c, "make her hair blue").Picture.Bytes()
	files, err := c.Export(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	outputs["recipe.json"], outputs["recipe.png"] = files.JSON, files.Picture.Bytes()
	s, err := c.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	outputs["the session"] = []byte(fmt.Sprintf("%+v", s))
	for what, data := range outputs {
		if bytes.Contains(data, []byte("Camera")) || bytes.Contains(data, []byte("52.52")) || len(data) == 0 {
			t.Errorf("%s says where or with what the picture was taken", what)
		}
	}
}

// A photograph is opened in the size of the model's that is most like it, and with a
// scheduler that can be taken back.
func TestSettingsOfAPhotograph(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	c.Model = ModelOf(pockettest.OpenAnySize(t))
	c.Options.Scheduler = "euler_a"
	wide, err := c.settingsOf(image.NewNRGBA(image.Rect(0, 0, 300, 200)))
	if err != nil || wide.Scheduler != "ddim" || float64(wide.Width)/float64(wide.Height) != 1.5 || wide.Seed != 0 {
		t.Errorf("%+v, %v", wide, err)
	}
	square, err := c.settingsOf(image.NewNRGBA(image.Rect(0, 0, 999, 999)))
	if err != nil || square.Width != 0 || square.Height != 0 {
		t.Errorf("%+v, %v", square, err)
	}
	c.Options.Scheduler = "euler"
	if s, err := c.settingsOf(image.NewNRGBA(image.Rect(0, 0, 999, 999))); err != nil || s.Scheduler != "euler" {
		t.Errorf("%+v, %v", s, err)
	}
}

// Nothing of a photograph comes of a seed: none is offered.
func TestNoSeedIsOfferedForAPhotograph(t *testing.T) {
	c := newSeeing(t, Options{Steps: 4, Guidance: 4.5})
	open(t, c, photograph(t, image.Pt(128, 128)), shown)
	c.Options.Threshold = new(float64)
	*c.Options.Threshold = 1 // nothing may change
	a := say(t, c, "make her hair blue")
	if a.Doubt == nil || slices.Contains(a.Doubt.Choices, sayAgain) || strings.Contains(a.Doubt.Text, "seed") {
		t.Errorf("it offers %+v", a.Doubt)
	}
}

// A photograph that may not be opened is refused in a sentence, and nothing is kept.
func TestRefusedPhotographs(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	for name, file := range map[string][]byte{"text": []byte("hello.png"), "nothing": nil, "HEIC": []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")} {
		_, err := c.Open(t.Context(), Request{}, file, shown)
		if p := ProblemOf(err); p == nil || p.Kind != Invalid || !strings.HasPrefix(p.Sentence(), "That picture cannot be opened: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	forbidden := errors.New("not here")
	if _, err := c.Open(t.Context(), Request{Allow: func(string) error { return forbidden }}, photograph(t, image.Pt(64, 64)), shown); err != forbidden {
		t.Errorf("forbidden words: %v", err)
	}
	if s, err := c.Session(t.Context()); err != nil || len(s.Turns) != 0 {
		t.Errorf("there are %d turns, %v", len(s.Turns), err)
	}
}

// What is said beside a picture is what is to change in it, where somebody can tell what
// it shows; it is what the picture shows where nobody can, and that is said.
func TestOpenSaying(t *testing.T) {
	file := photograph(t, image.Pt(160, 150))
	seeing := newSeeing(t, Options{Steps: 4, Guidance: 4.5})
	for said, want := range map[string]string{
		"make her hair black": "make her hair black",
		"a cat on a sofa":     "a cat on a sofa",
	} {
		a, err := seeing.OpenSaying(t.Context(), Request{}, file, said)
		if err != nil || a.Turn.Utterance != want || a.Turn.Opened() != (said != "make her hair black") {
			t.Errorf("%q: %+v, %v", said, a, err)
		}
	}
	blind := newConversation(t, session.NewMemory())
	a, err := blind.OpenSaying(t.Context(), Request{}, file, "a woman's face with red hair.")
	if err != nil || a.Turn.Recipe.Prompt != "a woman's face with red hair" || len(a.Notices) == 0 || !strings.Contains(a.Notices[0], "I take") {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err = blind.OpenSaying(t.Context(), Request{}, file, " "); err != nil || a.Question == nil {
		t.Errorf("nothing said: %+v, %v", a, err)
	}
}

// A picture that comes with words about another is that one painted over, or a new one.
func TestReceive(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	file := photograph(t, image.Pt(160, 150))
	if a, err := c.Receive(t.Context(), Request{}, file, shown); err != nil || !a.Turn.Opened() {
		t.Fatalf("the first picture was not opened: %v", err)
	}
	painted := pixelsOf(t, file)
	for i := range 150 * 40 {
		painted.Set(i%40, i/40, color.NRGBA{0xff, 0, 0xff, 0xff})
	}
	png, err := picture.Encode(painted)
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Receive(t.Context(), Request{}, png, "make her hair blond")
	if err != nil || a.Turn.Parent != 1 || a.Turn.Recipe.Region == nil {
		t.Errorf("the copy: turn %+v, %v", a, err)
	}
	if a, err = c.Receive(t.Context(), Request{}, photograph(t, image.Pt(90, 160)), shown); err != nil || a.Turn.Parent != 0 || !a.Turn.Opened() {
		t.Errorf("another picture: turn %+v, %v", a, err)
	}
}
