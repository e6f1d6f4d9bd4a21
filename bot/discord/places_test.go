package discord

import (
	"testing"

	"pentimento/tests/discordtest"
)

func TestUserInstalledApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann, channel := w.Person("ann"), w.Channel("foreign server")
	w.ForbidMessages(channel)
	i := imagine(ann, channel, "a woman's face with blond hair")
	if _, ok := i.Wait(soon); !ok {
		t.Fatal("not answered")
	}
	m := w.picture(channel, "", "blond")
	ann.Press(channel, m, "Redraw")
	ann.Select(channel, m, "1.5 hair")
	w.picture(channel, m.ID, "hair ×1.5")
}

// Among others the app can only answer: there too a turn shows how it fares, can
// be cancelled and shows its picture.
func TestAmongOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = &stub{hold: make(chan struct{})} })
	ann := w.Person("ann")
	foreign := w.Channel("foreign server")
	w.ForbidMessages(foreign)
	for _, place := range []*discordtest.Channel{ann.Private(), foreign} {
		i := imagine(ann, place, "a river between mountains")
		running := w.sees(place, "", "step 1 of 2")
		w.told(ann.Press(place, running, "Cancel"))
		w.sees(place, "", "Cancelled. Nothing was changed.")
		next := imagine(ann, place, "a woman's face with blond hair")
		w.sees(place, i.ID, "step 1 of 2")
		w.engine.hold <- struct{}{}
		m := w.picture(place, next.ID, "blond")
		ann.Select(place, m, "1.5 hair")
		w.sees(place, m.ID, "step 1 of 2")
		w.engine.hold <- struct{}{}
		w.picture(place, m.ID, "hair ×1.5")
	}
}

// Where the bot may not attach files it answers commands, and says so otherwise.
func TestWithoutAttachFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann, channel := w.Person("ann"), w.Channel("art")
	w.ForbidThreads(channel)
	w.ForbidFiles(channel)
	i := imagine(ann, channel, "a river between mountains")
	w.picture(channel, i.ID, "river")
	mention := ann.Say(channel, "<@"+w.Bot().ID+"> a woman's face with blond hair")
	w.sees(channel, mention.ID, "may not attach files")
	undo := ann.Say(channel, "<@"+w.Bot().ID+"> undo")
	w.sees(channel, undo.ID, "may not attach files")
}
