package discord

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"pentimento/editor"
	"pentimento/recipe"
	"pentimento/tests/discordtest"
)

// painter is an engine that shows what becomes of the picture until it is let
// finish.
type painter struct{ *stub }

func (e painter) Draw(ctx context.Context, r recipe.Recipe, progress func(editor.Progress)) (*editor.Drawing, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-e.hold:
			return e.stub.Draw(ctx, r, progress)
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
			progress(editor.Progress{Step: min(n, 9), Steps: 10, Preview: func(context.Context) (*image.NRGBA, error) {
				return image.NewNRGBA(image.Rect(0, 0, 300, 600)), nil
			}})
		}
	}
}

// While a picture is drawn its message shows a small one, and in the end the
// picture alone.
func TestPreviewIsShownAndReplaced(t *testing.T) {
	engine := painter{&stub{hold: make(chan struct{})}}
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine, o.Queue = engine.stub, newQueue(t, engine, 1) })
	ann := w.Person("ann")
	said := ann.Say(ann.Direct(), "a woman's face with blond hair")
	m := w.picture(ann.Direct(), said.ID, "step")
	data, err := w.Download(m.Attachments[0])
	if err != nil {
		t.Fatal(err)
	}
	if size, err := jpeg.DecodeConfig(bytes.NewReader(data)); err != nil || size.Width != 128 || size.Height != 256 {
		t.Errorf("the preview is %d×%d, %v", size.Width, size.Height, err)
	}
	close(engine.hold)
	final := w.picture(ann.Direct(), said.ID, "turn 1")
	if final.ID != m.ID || len(final.Attachments) != 1 || final.Attachments[0].Filename != "turn-1.png" {
		t.Errorf("in the end the message has %+v", final.Attachments)
	}
}
