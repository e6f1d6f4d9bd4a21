package discord

import (
	"context"
	"errors"
	"image"
	"strings"
	"sync"
	"testing"

	"pentimento/bot/discord/policy"
	"pentimento/bot/discord/view"
	"pentimento/session"
	"pentimento/tests/discordtest"
)

// second is a checker to which the second picture of a stub is unsafe, until it
// breaks.
type second struct {
	mu     sync.Mutex
	broken bool
	asked  int
}

func (s *second) Unsafe(_ context.Context, picture image.Image) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.broken {
		return false, errors.New("broken")
	}
	r, _, _, _ := picture.At(0, 0).RGBA()
	return r>>8 == 2*40, nil
}

func TestUnsafePicturesAreNotShown(t *testing.T) {
	t.Parallel()
	check := &second{}
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.Checker = check })
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	first := w.picture(direct, "", "blond")
	said := ann.Say(direct, "make her hair red")
	if m := w.sees(direct, said.ID, "may not show"); len(m.Attachments) > 0 {
		t.Error("it is shown")
	}
	s, err := w.bot.o.Store.Load(t.Context(), view.SessionKey(ann.ID, direct.ID))
	if err != nil || len(s.Turns) != 1 {
		t.Errorf("there are %d turns, %v", len(s.Turns), err)
	}
	said = ann.Say(direct, "make her hair black")
	w.picture(direct, said.ID, "blond → black** · turn 2")
	asked := check.asked
	i := ann.Press(direct, first, "Undo") // there is nothing before the first
	if i != nil {
		t.Error("the first picture can be undone")
	}
	i = ann.Slash(direct, "history", nil)
	w.picture(direct, i.ID, "← here")
	if check.asked != asked {
		t.Error("a picture was looked at twice")
	}
	check.mu.Lock()
	check.broken = true
	check.mu.Unlock()
	said = ann.Say(direct, "make her hair blond")
	w.sees(direct, said.ID, "can't be told just now")
	if n := strings.Count(w.log.String(), "may not show"); n != 1 {
		t.Errorf("what was refused was logged %d times", n)
	}
}

// What was kept before there was a checker is not shown either.
func TestOldUnsafePictures(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	w.picture(direct, "", "blond")
	for _, hair := range []string{"red", "black"} {
		said := ann.Say(direct, "make her hair "+hair)
		w.picture(direct, said.ID, hair)
	}
	w.stop()
	o := w.bot.o
	o.Checker = &second{}
	w.start(o)
	i := ann.Slash(direct, "goto", map[string]any{"turn": 2})
	w.sees(direct, i.ID, "may not show")
	for _, command := range []string{"history", "animate"} {
		i = ann.Slash(direct, command, nil)
		w.picture(direct, i.ID, "")
	}
}

func TestHiddenPictures(t *testing.T) {
	t.Parallel()
	hidden := func(m *discordtest.Message) bool { return strings.HasPrefix(m.Attachments[0].Filename, "SPOILER_") }
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.Checker, o.Policy.HideUnsafe = &second{}, true })
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	if m := w.picture(direct, "", "blond"); hidden(m) {
		t.Error("a safe picture is hidden")
	}
	said := ann.Say(direct, "make her hair red")
	if m := w.picture(direct, said.ID, "red"); !hidden(m) {
		t.Error("an unsafe picture is not hidden")
	}
	i := ann.Slash(direct, "history", nil)
	if m := w.picture(direct, i.ID, "← here"); !hidden(m) {
		t.Error("a sheet with an unsafe picture is not hidden")
	}
	said = ann.Say(direct, "make her hair black")
	if m := w.picture(direct, said.ID, "black"); hidden(m) {
		t.Error("the next picture is hidden")
	}

	w.stop()
	o := w.bot.o
	o.Checker, o.Policy = nil, policy.Policy{Spoiler: true}
	w.start(o)
	said = ann.Say(direct, "make her hair blond")
	if m := w.picture(direct, said.ID, "blond"); !hidden(m) {
		t.Error("with --spoiler a picture is not hidden")
	}
}

func TestAgeRestriction(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, func(o *setup) { o.Policy.AgeRestricted = true })
	ann, adults, all := w.Person("ann"), w.Channel("adults"), w.Channel("all")
	w.SetNSFW(adults, true)
	imagine(ann, adults, "a woman's face with blond hair")
	thread := w.Thread("blond", soon)
	w.picture(thread, "", "blond")
	said := ann.Say(thread, "make her hair red")
	w.picture(thread, said.ID, "red")
	w.told(ann.Slash(thread, "history", nil))
	for _, place := range []*discordtest.Channel{all, ann.Direct()} {
		if text := w.told(imagine(ann, place, "a river")); text == "" || w.engine.count() != 2 {
			t.Errorf("in %s Ann was told %q", place.Name, text)
		}
	}
	w.SetNSFW(adults, false)
	said = ann.Say(thread, "make her hair black")
	w.sees(thread, said.ID, "age-restricted")
	w.SetNSFW(adults, true)
	mention := ann.Say(all, "<@"+w.Bot().ID+"> a river")
	w.sees(all, mention.ID, "age-restricted")
	w.stop()
	o := w.bot.o
	o.Policy.DirectChats, o.Store = true, session.NewMemory()
	w.start(o)
	said = ann.Say(ann.Direct(), "a river between mountains")
	w.picture(ann.Direct(), said.ID, "river")
}
