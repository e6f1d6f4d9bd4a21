package recipefile_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"pentimento/files"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/session/recipefile"
)

var update = flag.Bool("update", false, "write the golden files")

// conversation is a session whose turn 3 edits turn 1.
func conversation(t testing.TB) *session.Session {
	t.Helper()
	s := &session.Session{Key: session.Key{User: "ann", Place: "dm"}}
	first := session.Turn{
		Author: "ann", Event: "message 1", Time: time.Date(2025, 3, 1, 12, 30, 0, 0, time.UTC), Utterance: "a woman's face with blond hair <&>",
		Settings: recipe.Settings{Model: strings.Repeat("ab", 32), Seed: 1<<64 - 1, Scheduler: "ddim", Steps: 20, Guidance: 7.5},
		Recipe:   recipe.Turn{Prompt: "a woman's face with blond hair", Weights: []recipe.Weight{{Span: recipe.Span{Start: 2, End: 9}, Factor: -1.5}}},
	}
	edit := func(to string) session.Turn {
		return session.Turn{
			Parent: 1, Author: "ann", Time: time.Date(2025, 3, 1, 12, 31, 0, 0, time.UTC), Utterance: "make it " + to, Edit: "blond → " + to,
			Recipe: recipe.Turn{
				Prompt: "a woman's face with " + to + " hair", Preset: "appearance",
				Windows: recipe.Windows{Cross: recipe.Window{To: 0.2}, Self: recipe.Window{To: 0.8}, ValueLayers: recipe.SelfValues, CrossWords: []recipe.WordWindow{{Span: recipe.Span{Start: 20, End: 22}, Window: recipe.Window{From: 0.1, To: 1}}}},
				Blend:   recipe.Blend{Threshold: 0.3, Source: []recipe.Span{{Start: 20, End: 25}}, Target: []recipe.Span{{Start: 20, End: 22}}},
			},
		}
	}
	for _, turn := range []session.Turn{first, edit("green"), edit("red")} {
		if _, err := s.Add(turn); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func document(t testing.TB) recipefile.Document {
	t.Helper()
	d, err := recipefile.Of(conversation(t), 3, "pocket")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func asJSON(t testing.TB, d recipefile.Document) []byte {
	t.Helper()
	text, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// picture is a small PNG.
func picture(t testing.TB) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 9, 7))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 37)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	golden := filepath.Join("testdata", "recipe.json")
	got := asJSON(t, document(t))
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSchemaDescribesTheFile(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "recipe.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	check := func(text []byte) error {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(value)
	}
	whole := asJSON(t, document(t))
	if err := check(whole); err != nil {
		t.Error(err)
	}
	// What the program refuses for its shape, the schema refuses too.
	for _, wrong := range [][2]string{
		{`"version": 1,`, `"version": 3,`}, {`"version": 1,`, `"version": 2,`}, {`"steps": 20`, `"steps": 20, "width": 128`},
		{`"steps": 20`, `"steps": 0`}, {`"prompt"`, `"promt"`},
		{`18446744073709551615`, `18446744073709551616`}, {`"seed": `, `"seed": -`}, {`7.5`, `1e7`}, {`7.5`, `"7.5"`},
		{`"value_layers": "self"`, `"value_layers": "both"`}, {`"preset": "appearance"`, `"start": 1, "preset": "appearance"`},
	} {
		text := bytes.Replace(whole, []byte(wrong[0]), []byte(wrong[1]), 1)
		if bytes.Equal(text, whole) {
			t.Fatalf("%q is not in the document", wrong[0])
		}
		if check(text) == nil {
			t.Errorf("the schema allows %s", wrong[1])
		}
		if _, err := recipefile.Read(text); err == nil {
			t.Errorf("Read allows %s", wrong[1])
		}
	}
}

func TestReadsWhatItWrote(t *testing.T) {
	want := document(t)
	embedded, err := want.Embed(picture(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"JSON": asJSON(t, want), "PNG": embedded} {
		got, err := recipefile.Read(file)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
		}
	}
}

func TestSaysNobody(t *testing.T) {
	if text := string(asJSON(t, document(t))); strings.Contains(text, `"ann"`) || strings.Contains(text, "message 1") {
		t.Errorf("the file says who: %s", text)
	}
}

func TestImportedBranchContinues(t *testing.T) {
	d, err := recipefile.Read(asJSON(t, document(t)))
	if err != nil {
		t.Fatal(err)
	}
	var s session.Session
	id, err := s.Graft(d.Branch(), "import 1")
	if err != nil || id != 2 {
		t.Fatalf("Graft: %d, %v", id, err)
	}
	r, err := s.RecipeFor(id)
	if err != nil || !reflect.DeepEqual(r, d.Recipe) {
		t.Errorf("the recipe is %+v, %v; want %+v", r, err, d.Recipe)
	}
	again, err := recipefile.Of(&s, id, "pocket")
	if err != nil || !reflect.DeepEqual(again, d) {
		t.Errorf("exported again: %+v, %v; want %+v", again, err, d)
	}
}

func TestEmbedKeepsThePicture(t *testing.T) {
	plain := picture(t)
	first, err := document(t).Embed(plain)
	if err != nil {
		t.Fatal(err)
	}
	other := document(t)
	other.Model = "another"
	second, err := other.Embed(first)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(second, []byte("iTXt")); n != 1 {
		t.Errorf("the PNG has %d recipes", n)
	}
	if d, err := recipefile.Read(second); err != nil || d.Model != "another" {
		t.Errorf("read %q, %v", d.Model, err)
	}
	want, err := png.Decode(bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(bytes.NewReader(second))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the picture changed (%v)", err)
	}
}

func TestRefuses(t *testing.T) {
	change := func(f func(*recipefile.Document)) []byte {
		d := document(t)
		f(&d)
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	embedded, err := document(t).Embed(picture(t))
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(embedded)
	damaged[bytes.Index(damaged, []byte("iTXt"))+40] ^= 1
	tests := []struct {
		name string
		file []byte
		want error
	}{
		{"nothing", nil, recipefile.ErrNoRecipe},
		{"text", []byte("hello"), recipefile.ErrNoRecipe},
		{"a pointer of Git LFS", []byte("version https://git-lfs.github.com/spec/v1\n"), files.ErrPointer},
		{"a byte order mark", append([]byte("\ufeff"), asJSON(t, document(t))...), nil},
		{"other JSON", []byte(`{"format":"x","version":1}`), recipefile.ErrNoRecipe},
		{"a picture without a recipe", picture(t), recipefile.ErrNoRecipe},
		{"half a picture without a recipe", picture(t)[:40], recipefile.ErrNoRecipe},
		{"a damaged picture", damaged, recipefile.ErrInvalid},
		{"a newer format", []byte(`{"format":"pentimento recipe","version":3,"new":1}`), recipefile.ErrNewer},
		{"a newer recipe", change(func(d *recipefile.Document) { d.Recipe.Version = 3 }), recipefile.ErrNewer},
		{"an unknown field", []byte(`{"format":"pentimento recipe","version":1,"new":1}`), recipefile.ErrInvalid},
		{"two documents", append(asJSON(t, document(t)), asJSON(t, document(t))...), recipefile.ErrNoRecipe},
		{"no turns", change(func(d *recipefile.Document) { d.Recipe.Turns, d.Said = nil, nil }), recipefile.ErrInvalid},
		{"something not said", change(func(d *recipefile.Document) { d.Said = d.Said[:1] }), recipefile.ErrInvalid},
		{"no model", change(func(d *recipefile.Document) { d.Recipe.Settings.Model = "" }), recipefile.ErrInvalid},
		{"no steps", change(func(d *recipefile.Document) { d.Recipe.Settings.Steps = 0 }), recipefile.ErrInvalid},
		{"many steps", change(func(d *recipefile.Document) { d.Recipe.Settings.Steps = 1 << 40 }), recipefile.ErrInvalid},
		{"a word beyond the prompt", change(func(d *recipefile.Document) { d.Recipe.Turns[0].Weights[0].End = 99 }), recipefile.ErrInvalid},
		{"a word that ends before it starts", change(func(d *recipefile.Document) { d.Recipe.Turns[1].Blend.Source[0].Start = 26 }), recipefile.ErrInvalid},
		{"half a letter", change(func(d *recipefile.Document) {
			d.Recipe.Turns[1].Prompt, d.Recipe.Turns[1].Blend.Target[0] = "ä face with red hair at sea", recipe.Span{Start: 1, End: 3}
		}), recipefile.ErrInvalid},
		{"a number beyond reason", change(func(d *recipefile.Document) { d.Recipe.Turns[0].Weights[0].Factor = 1e300 }), recipefile.ErrInvalid},
		{"a long prompt", change(func(d *recipefile.Document) { d.Recipe.Turns[1].Prompt += strings.Repeat("x", recipefile.MaxTextBytes) }), recipefile.ErrTooLarge},
		{"many turns", change(func(d *recipefile.Document) { d.Recipe.Turns = make([]recipe.Turn, recipefile.MaxTurns+1) }), recipefile.ErrTooLarge},
		{"long JSON", append(bytes.Repeat([]byte(" "), recipefile.MaxBytes), asJSON(t, document(t))...), recipefile.ErrTooLarge},
		{"a large picture", append(embedded, make([]byte, recipefile.MaxPNGBytes)...), recipefile.ErrTooLarge},
	}
	for _, tt := range tests {
		if _, err := recipefile.Read(tt.file); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// A chunk of a few kilobytes must not become gigabytes.
func TestBombIsRefused(t *testing.T) {
	d := document(t)
	d.Model = strings.Repeat("x", recipefile.MaxBytes-4096)
	bomb, err := d.Embed(picture(t)) // Embed writes what it is given
	if err != nil {
		t.Fatal(err)
	}
	if len(bomb) > 16<<10 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	if _, err := recipefile.Read(bomb); !errors.Is(err, recipefile.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

// What Read accepts is written and read again as it is.
func FuzzRead(f *testing.F) {
	text := asJSON(f, document(f))
	embedded, err := document(f).Embed(picture(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(embedded)
	f.Add(picture(f))
	f.Add(asJSON(f, late(f)))
	f.Fuzz(func(t *testing.T, file []byte) {
		d, err := recipefile.Read(file)
		if err != nil {
			return
		}
		text, err := d.JSON()
		if errors.Is(err, recipefile.ErrTooLarge) {
			return // indented, it is longer
		}
		if err != nil {
			t.Fatal(err)
		}
		again, err := recipefile.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := again.JSON(); err != nil || !bytes.Equal(text, second) {
			t.Errorf("written and read again: %s, %v; was %s", second, err, text)
		}
		if _, err := (&session.Session{}).Graft(d.Branch(), ""); err != nil {
			t.Errorf("Graft: %v", err)
		}
	})
}

// late is a document that version 1 could not say.
func late(t testing.TB) recipefile.Document {
	t.Helper()
	d := document(t)
	d.Version, d.Recipe.Version = 2, 2
	s := &d.Recipe.Settings
	s.Scheduler, s.Width, s.Height, s.Negative = recipe.EulerAncestral, 768, 512, "blurry, “low” quality"
	d.Recipe.Turns[1].Start = .35
	return d
}

// What is later than version 1 makes a file of version 2, which says what it says
// and no more than is allowed.
func TestVersionTwo(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "recipe.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	allows := func(text []byte) bool {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		return err == nil && schema.Validate(value) == nil
	}
	whole := asJSON(t, late(t))
	if got, err := recipefile.Read(whole); err != nil || !reflect.DeepEqual(got, late(t)) || !allows(whole) {
		t.Errorf("read %+v, %v", got, err)
	}
	for _, wrong := range [][2]string{
		{`"width": 768`, `"width": 770`}, {`"width": 768`, `"width": 2056`}, {`"width": 768`, `"width": 56`}, {`"width": 768`, `"width": -8`},
		{`"width": 768`, `"width": 768.5`}, {`"width": 768`, `"width": "768"`}, {`"width": 768`, `"Width": 768`},
		{`"start": 0.35`, `"start": 1`}, {`"start": 0.35`, `"start": -0.1`}, {`"start": 0.35`, `"start": "0"`},
		{`"euler_a"`, `"euler_b"`}, {`"negative": "`, `"negative": "` + strings.Repeat("x", recipe.MaxTextBytes)},
	} {
		text := bytes.Replace(whole, []byte(wrong[0]), []byte(wrong[1]), 1)
		if _, err := recipefile.Read(text); err == nil {
			t.Errorf("Read allows %.60s", wrong[1])
		}
		if allows(text) {
			t.Errorf("the schema allows %.60s", wrong[1])
		}
	}
	// In a file of version 1 there is nothing of it.
	for _, later := range []string{`"width": 768`, `"negative"`, `"euler_a"`} {
		first := bytes.ReplaceAll(whole, []byte(`"version": 2`), []byte(`"version": 1`))
		if !bytes.Contains(first, []byte(later)) || allows(first) {
			t.Errorf("the schema allows %s in version 1", later)
		}
		if _, err := recipefile.Read(first); !errors.Is(err, recipefile.ErrInvalid) {
			t.Errorf("a file of version 1 is read with %s: %v", later, err)
		}
	}
	// A start alone needs version 2, and one of 0 does not.
	started := document(t)
	started.Recipe.Turns[1].Start = .35
	if text := asJSON(t, started); allows(text) {
		t.Error("the schema allows a start in version 1")
	} else if _, err := recipefile.Read(text); !errors.Is(err, recipefile.ErrInvalid) {
		t.Errorf("a file of version 1 is read with a start: %v", err)
	}
	d := late(t)
	d.Recipe.Settings.Height = 0
	if _, err := recipefile.Read(asJSON(t, d)); !errors.Is(err, recipefile.ErrInvalid) {
		t.Errorf("a width without a height is read: %v", err)
	}
}

// What does not fit is named by its place in the file, in words of JSON.
func TestMisfitsAreNamed(t *testing.T) {
	const head = `{"format":"pentimento recipe","version":1,`
	for file, want := range map[string]string{
		head + `"recipe":{"turns":3}}`:                                 "the recipe is damaged: /recipe/turns cannot be a number",
		head + `"recipe":[]}`:                                          "the recipe is damaged: /recipe cannot be an array",
		head + `"recipe":{"settings":{"seed":-1.5}}}`:                  "the recipe is damaged: /recipe/settings/seed cannot be -1.5",
		head + `"recipe":{"settings":{"sede":1}}}`:                     "the recipe is damaged: there is no /recipe/settings/sede",
		head + `"recipe":{"turns":[{"prompt":{"a":1}}]}}`:              "the recipe is damaged: /recipe/turns/0/prompt cannot be an object",
		head + `"recipe":{"turns":[{"prompt":true}]}}`:                 "the recipe is damaged: /recipe/turns/0/prompt cannot be a boolean",
		head + `"model":"` + strings.Repeat("x", 50) + `","recipe":7}`: "the recipe is damaged: /recipe cannot be a number",
	} {
		if _, err := recipefile.Read([]byte(file)); fmt.Sprint(err) != want || !errors.Is(err, recipefile.ErrInvalid) {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
}
