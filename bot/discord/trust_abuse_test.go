package discord

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/models"
	"pentimento/models/pocket/pockettest"
	"pentimento/recipe"
	"pentimento/tests/discordtest"
)

// asking is a queue that notes whose jobs come.
type asking struct {
	jobs.Queue
	mu    sync.Mutex
	users []string
}

func (q *asking) Submit(ctx context.Context, job jobs.Job) (jobs.Ticket, error) {
	q.mu.Lock()
	q.users = append(q.users, job.User)
	q.mu.Unlock()
	return q.Queue.Submit(ctx, job)
}

// Whoever looks at somebody else's picture has it drawn as their own: it is their
// job, their place in the line and one of their pictures of the day.
func TestTrust10AttentionIsWhoseWhoPresses(t *testing.T) {
	t.Parallel()
	q := &asking{}
	w := newWorld(t, discordtest.Options{MessageContent: true}, func(o *setup) {
		model := pockettest.Open(t)
		o.engine = &stub{model: model}
		q.Queue = newQueue(t, editor.New(model), 1)
		o.Queue, o.Policy.PerDay = q, 3
	})
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	w.ForbidThreads(channel)
	i := imagine(ann, channel, "a woman's face with blond hair")
	m := w.picture(channel, i.ID, "blond")
	look := func(who *discordtest.Person) *discordtest.Interaction {
		asked := who.Press(channel, m, "Attention").Reply(soon)
		return who.Select(channel, asked, "hair")
	}
	for range 3 {
		i = look(bob)
		w.picture(channel, i.ID, "attention of")
	}
	i = look(bob)
	w.sees(channel, i.ID, "drawn 3 pictures today")
	i = look(ann)
	w.picture(channel, i.ID, "attention of")
	said := ann.Reply(channel, m, "make her hair red")
	w.picture(channel, said.ID, "red")
	q.mu.Lock()
	defer q.mu.Unlock()
	if want := []string{ann.ID, bob.ID, bob.ID, bob.ID, ann.ID, ann.ID}; fmt.Sprint(q.users) != fmt.Sprint(want) {
		t.Errorf("the jobs are of %v, want %v", q.users, want)
	}
}

// large is an engine whose pictures take much room once they are decoded. They are
// of one colour: finding the colours of an animation takes long otherwise.
type large struct{}

func (large) Draw(context.Context, recipe.Recipe, func(editor.Progress)) (*editor.Drawing, error) {
	picture := image.NewNRGBA(image.Rect(0, 0, 256, 256))
	draw.Draw(picture, picture.Rect, image.NewUniform(color.NRGBA{200, 90, 30, 255}), image.Point{}, draw.Src)
	return &editor.Drawing{Image: picture}, nil
}

func (large) Remembers(context.Context, recipe.Recipe) bool { return true }
func (large) Model() *models.Model                          { return &models.Model{} }

// Pages of many pictures are put together a few at a time, and for a user no more
// than a few wait: the others are refused with a sentence.
func TestTrust10ManyPages(t *testing.T) {
	for command, turns := range map[string]int{"history": 13, "animate": 3, "share": 3} {
		t.Run(command, func(t *testing.T) { manyPages(t, command, turns) })
	}
}

// heap is how many bytes the objects of the heap take.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func manyPages(t *testing.T, command string, turns int) {
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.Queue = newQueue(t, large{}, 1) })
	ann := w.Person("ann")
	direct := ann.Direct()
	i := imagine(ann, direct, "a woman's face with blond hair")
	w.picture(direct, i.ID, "blond")
	for n := range turns - 1 {
		i = ann.Slash(direct, "weight", map[string]any{"word": "hair", "factor": float64(n + 2)})
		w.picture(direct, i.ID, "hair ×")
	}
	w.Clear()
	runtime.GC()
	before := heap()
	var asked []*discordtest.Interaction
	for range 40 {
		asked = append(asked, ann.Slash(direct, command, nil))
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, i := range asked {
			w.settled(i.ID)
		}
	}()
	var peak uint64
	for waiting := true; waiting; {
		select {
		case <-done:
			waiting = false
		case <-time.After(2 * time.Millisecond):
			peak = max(peak, heap())
		}
	}
	const mib = 1 << 20
	if grown := (peak - min(peak, before)) / mib; grown > 120 {
		t.Errorf("40 × /%s took %d MiB", command, grown)
	}
	shown, refused := 0, 0
	for _, m := range w.Messages(direct) {
		switch {
		case len(m.Attachments) > 0:
			shown++
		case strings.Contains(m.Content, "still putting together"):
			refused++
		}
	}
	if shown == 0 || refused == 0 || shown+refused != 40 {
		t.Errorf("of 40 × /%s %d were answered and %d refused", command, shown, refused)
	}
	i = ann.Slash(direct, command, nil)
	w.settled(i.ID)
	if w.Message(direct, i.ID, 0, func(m *discordtest.Message) bool { return len(m.Attachments) > 0 }) == nil {
		t.Errorf("the next /%s is not answered", command)
	}
}
