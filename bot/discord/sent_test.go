package discord

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"pentimento/tests/discordtest"
)

// A picture that is sent with words is opened: they are what it shows, where nobody can
// tell that.
func TestPictureInAMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = pocketStub(t) })
	ann := w.Person("ann")
	direct := ann.Direct()
	said := ann.Send(direct, nil, "a woman's face with blond hair", discordtest.File{Name: "me.png", Data: aPhotograph(t, 96, 64)})
	if shown := w.shows(w.picture(direct, said.ID, "blond hair")); shown.Rect.Dx() != 96 {
		t.Errorf("a picture of %v is shown", shown.Rect)
	}
	said = ann.Say(direct, "make her hair red")
	w.picture(direct, said.ID, "blond → red")
	said = ann.Send(direct, nil, "", discordtest.File{Name: "me.webp.png", Data: aPhotograph(t, 64, 64)})
	w.sees(direct, said.ID, "What does the picture show?")
	said = ann.Send(direct, nil, "a cat", discordtest.File{Name: "me.png", Data: []byte("no picture")})
	w.sees(direct, said.ID, "cannot be opened")
	said = ann.Send(direct, nil, "a cat", discordtest.File{Name: "me.png", Data: []byte("x"), Claims: 20 << 20})
	w.sees(direct, said.ID, "larger than 10 MiB")
}

// A reply with a copy of the answer that was painted over says where to edit.
func TestPaintedCopyInAReply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = pocketStub(t) })
	ann := w.Person("ann")
	direct := ann.Direct()
	said := ann.Send(direct, nil, "a woman's face with blond hair", discordtest.File{Name: "me.png", Data: aPhotograph(t, 200, 160)})
	answer := w.picture(direct, said.ID, "blond hair")
	before := w.shows(answer)
	copied := image.NewNRGBA(before.Rect)
	copy(copied.Pix, before.Pix)
	for y := range 160 {
		for x := range 60 {
			copied.SetNRGBA(x, y, color.NRGBA{0xff, 0, 0xff, 0xff})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, copied); err != nil {
		t.Fatal(err)
	}
	said = ann.Send(direct, answer, "make her hair red", discordtest.File{Name: "painted.png", Data: b.Bytes()})
	after := w.shows(w.picture(direct, said.ID, "blond → red"))
	for y := range 160 {
		for x := 64; x < 200; x++ {
			if after.NRGBAAt(x, y) != before.NRGBAAt(x, y) {
				t.Fatalf("pixel %d, %d is changed, which was not painted over", x, y)
			}
		}
	}
	// Another picture is no copy: it is opened.
	said = ann.Send(direct, answer, "a man with a beard", discordtest.File{Name: "him.png", Data: aPhotograph(t, 64, 128)})
	w.picture(direct, said.ID, "a man with a beard")
}

// Anybody's picture can be edited, in a session of one's own: by the message command and
// by a reply that mentions the bot.
func TestPicturesOfOthersInMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = pocketStub(t) })
	ann, bob := w.Person("ann"), w.Person("bob")
	channel := w.Channel("general")
	post := bob.Send(channel, nil, "look", discordtest.File{Name: "bob.png", Data: aPhotograph(t, 96, 96)})
	ann.OnMessage(channel, editMessage, post)
	thread := w.Thread("bob", soon)
	w.sees(thread, "", "What does the picture show?")
	named := ann.Say(thread, "<@"+w.Bot().ID+"> a woman's face with blond hair")
	w.picture(thread, named.ID, "blond hair")
	words := bob.Say(channel, "no picture here")
	if text := w.told(ann.OnMessage(channel, editMessage, words)); !strings.Contains(text, "no picture that I could edit") {
		t.Errorf("of a message without a picture the command says %q", text)
	}
	said := ann.Reply(channel, post, "<@"+w.Bot().ID+"> a cat on a sofa")
	w.picture(channel, said.ID, "a cat on a sofa")
	// Not said to the bot: a reply to somebody's picture without a mention.
	ann.Reply(channel, post, "nice one")
}
