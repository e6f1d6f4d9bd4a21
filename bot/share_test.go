package bot

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"reflect"
	"strings"
	"testing"

	"pentimento/bot/gate"
	"pentimento/editor"
	"pentimento/session"
	"pentimento/session/recipefile"
)

// visitor is another user of the same engine and store.
func visitor(c *Conversation) *Conversation {
	return elsewhere(c, c.Store, "elsewhere")
}

// elsewhere is another user of the same engine, with a store.
func elsewhere(c *Conversation, store session.Store, place string) *Conversation {
	bob := *c
	bob.Key, bob.Store = session.Key{User: "bob", Place: place}, store
	return &bob
}

func TestForkGoesOnFromTheSharedPicture(t *testing.T) {
	ann := newConversation(t, session.NewMemory())
	if _, err := ann.Share(t.Context(), Request{}); !errors.Is(err, ErrNothingDrawn) {
		t.Errorf("share before the first picture: %v", err)
	}
	say(t, ann, "a woman's face with blond hair")
	red := say(t, ann, "make her hair red")
	code, err := ann.Share(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	say(t, ann, "undo") // what is shared stays
	bob := visitor(ann)
	forked, err := bob.Fork(t.Context(), Request{}, code)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(forked.Picture.Bytes(), red.Picture.Bytes()) || forked.Drawing != nil || forked.Turn.Edit != red.Turn.Edit {
		t.Errorf("the fork shows turn %+v", forked.Turn)
	}
	// The same words make the same picture for both.
	annGreen, bobGreen := sayAs(t, ann, Request{Turn: 2}, "make her hair green"), say(t, bob, "make her hair green")
	if !bytes.Equal(annGreen.Picture.Bytes(), bobGreen.Picture.Bytes()) {
		t.Error("the same edit gives another picture after the fork")
	}
	if err := bob.Revoke(t.Context(), code); !errors.Is(err, session.ErrNoSuchShare) {
		t.Errorf("revoked by a stranger: %v", err)
	}
	if err := ann.Revoke(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	if _, err := bob.Fork(t.Context(), Request{}, code); !errors.Is(err, session.ErrNoSuchShare) {
		t.Errorf("forked after it was revoked: %v", err)
	}
	if err := ann.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := ann.Session(t.Context()); err != nil || len(s.Turns) != 0 {
		t.Errorf("after Forget: %d turns, %v", len(s.Turns), err)
	}
}

func TestExportedPictureIsImportedBitForBit(t *testing.T) {
	ann, engine := newConversationWith(t, session.NewMemory())
	if _, err := ann.Export(t.Context(), Request{}); !errors.Is(err, ErrNothingDrawn) {
		t.Errorf("export before the first picture: %v", err)
	}
	say(t, ann, "a woman's face with blond hair")
	say(t, ann, "make her hair red")
	say(t, ann, "make her hair black")
	say(t, ann, "make her hair green")
	want := say(t, ann, "add glasses")
	files, err := ann.Export(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := png.Decode(bytes.NewReader(want.Picture.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if marked, err := png.Decode(bytes.NewReader(files.Picture.Bytes())); err != nil || !reflect.DeepEqual(marked, plain) {
		t.Errorf("the exported PNG is another picture (%v)", err)
	}
	for name, file := range map[string][]byte{"JSON": files.JSON, "PNG": files.Picture.Bytes()} {
		bob := elsewhere(ann, session.NewMemory(), name)
		engine.Forget()
		got, err := bob.Import(t.Context(), Request{}, file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(got.Picture.Bytes(), want.Picture.Bytes()) || got.Turn.ID != 5 || got.Turn.Edit != want.Turn.Edit {
			t.Errorf("%s: imported as %+v", name, got.Turn)
		}
		if back, err := bob.Revert(t.Context(), Request{}, 4); err != nil || back.Turn.Recipe.Prompt != "a woman's face with blond hair" {
			t.Errorf("%s: the way back: %+v, %v", name, back, err)
		}
	}
}

func TestImportRefusesAnotherModelByName(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	say(t, c, "a woman's face with blond hair")
	files, err := c.Export(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	digest := c.Model.Digest
	other := bytes.ReplaceAll(files.JSON, []byte(digest), []byte(strings.Repeat("ab", 32)))
	other = bytes.ReplaceAll(other, []byte(`"model": "pocket"`), []byte(`"model": "dreamy"`))
	_, err = c.Import(t.Context(), Request{}, other)
	var wrong *editor.ModelError
	if !errors.As(err, &wrong) || wrong.Want != strings.Repeat("ab", 32) || wrong.Have != digest || !strings.Contains(err.Error(), "dreamy") {
		t.Errorf("got %v", err)
	}
	if _, err := c.Import(t.Context(), Request{}, []byte("a letter")); !errors.Is(err, recipefile.ErrNoRecipe) {
		t.Errorf("a letter: %v", err)
	}
	forbidden := errors.New("not here")
	strict := Request{Allow: func(prompt string) error { return forbidden }}
	if _, err := c.Import(t.Context(), strict, files.JSON); err != forbidden {
		t.Errorf("a forbidden prompt: %v", err)
	}
	if s, err := c.Session(t.Context()); err != nil || len(s.Turns) != 1 {
		t.Errorf("the session has %d turns, %v", len(s.Turns), err)
	}
}

// checker finds pictures unsafe.
type checker func(image.Image) bool

func (c checker) Unsafe(_ context.Context, picture image.Image) (bool, error) { return c(picture), nil }

// What does not pass the gate is neither kept nor shown.
func TestPicturesThatAreNotApproved(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	blond := say(t, c, "a woman's face with blond hair")
	shown, err := png.Decode(bytes.NewReader(blond.Picture.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	strict := *c
	strict.Gate = gate.New(gate.Options{Checker: checker(func(picture image.Image) bool {
		seen++
		return !reflect.DeepEqual(picture, shown)
	})})
	refused := gate.ErrUnsafe
	if _, err := strict.Say(t.Context(), Request{}, "make her hair red"); !errors.Is(err, refused) {
		t.Errorf("a picture that is refused ended with %v", err)
	}
	if s, err := c.Session(t.Context()); err != nil || len(s.Turns) != 1 || seen != 1 {
		t.Errorf("%d turns were kept, %d pictures looked at, %v", len(s.Turns), seen, err)
	}
	say(t, c, "make her hair red")
	if _, err := strict.Goto(t.Context(), Request{}, 2); !errors.Is(err, refused) {
		t.Errorf("an old picture that is refused ended with %v", err)
	}
	if a, err := strict.Goto(t.Context(), Request{}, 1); err != nil || !bytes.Equal(a.Picture.Bytes(), blond.Picture.Bytes()) {
		t.Errorf("a picture that is approved ended with %v", err)
	}
}
