package discord

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/records/bolt"
	"pentimento/bot/discord/state"
	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/jobs/drawer"
	"pentimento/models"
	"pentimento/models/pocket"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/session/bolt/boltfile/boltfiletest"
	"pentimento/session/redis/conn"
	"pentimento/tests/discordtest"
	"pentimento/tests/redistest"
)

func TestMain(m *testing.M) {
	if where := os.Getenv(childEnv); where != "" {
		if err := serveForEver(strings.Fields(where)); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	conn.LogTo(slog.New(slog.DiscardHandler))
	redistest.VerifyTestMain(m)
}

// soon is how long a test waits for what should happen at once.
const soon = 20 * time.Second

// stub is an engine that draws a plain colour, when it is let, and breaks over
// a prompt about a bomb.
type stub struct {
	hold  chan struct{} // nil: at once
	model *models.Model // nil: the pocket model, of which the bot knows the digest alone
	// change is how far every edit moved the picture; nil: not known
	change *float64

	mu    sync.Mutex
	drawn []recipe.Recipe
}

func (e *stub) Draw(ctx context.Context, r recipe.Recipe, progress func(editor.Progress)) (*editor.Drawing, error) {
	if strings.Contains(r.Turns[len(r.Turns)-1].Prompt, "bomb") {
		panic("a broken engine")
	}
	if progress != nil {
		progress(editor.Progress{Step: 1, Steps: 2})
	}
	if e.hold != nil {
		select {
		case <-e.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drawn = append(e.drawn, r)
	picture := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for i := range 64 {
		picture.Set(i%8, i/8, color.NRGBA{uint8(40 * len(e.drawn)), uint8(i), 9, 255})
	}
	return &editor.Drawing{Image: picture, Change: e.change}, nil
}

// known is what the bot knows of the stub's model.
func (e *stub) known() bot.Model {
	out := bot.Model{Digest: e.Model().Digest()}
	if e.model != nil {
		out = bot.ModelOf(e.model)
	}
	out.Find = e.find
	return out
}

func (e *stub) find(prompt, phrase string) (recipe.Span, error) {
	if i := strings.Index(prompt, phrase); i >= 0 {
		return recipe.Span{Start: i, End: i + len(phrase)}, nil
	}
	return recipe.Span{}, editor.ErrNoSuchWord
}

func (e *stub) Remembers(context.Context, recipe.Recipe) bool { return true }

func (e *stub) Model() *models.Model {
	if e.model != nil {
		return e.model
	}
	m, err := loadPocket()
	if err != nil {
		panic(err)
	}
	return m
}

// loadPocket reads the pocket model once, without opening it.
var loadPocket = sync.OnceValues(func() (*models.Model, error) {
	return models.ReadFS(context.Background(), pocket.Files(), "pocket", models.Options{})
})

// pocketStub is a stub of the pocket model, of which the bot knows all.
func pocketStub(t *testing.T) *stub {
	t.Helper()
	m, err := loadPocket()
	if err != nil {
		t.Fatal(err)
	}
	return &stub{model: m}
}

func (e *stub) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.drawn)
}

// world is a bot on a fake Discord, with a queue of its own and a worker.
type world struct {
	*discordtest.Server
	t      *testing.T
	engine *stub
	bot    *Bot
	log    *syncBuffer
	stop   func()
}

// syncBuffer is a log that can be read while it is written.
type syncBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// loadSpec reads Discord's description once, where it is present.
var loadSpec = sync.OnceValues(func() (*discordtest.Spec, error) {
	dir := os.Getenv("PENTIMENTO_TEST_DATA")
	if dir == "" {
		return nil, nil
	}
	return discordtest.LoadSpec(filepath.Join(dir, "discord-openapi.json"))
})

// setup is what a world is made of: a bot, and the engine that draws for it.
type setup struct {
	Options
	engine *stub
}

// newWorld starts a bot and waits until it is connected.
func newWorld(t *testing.T, d discordtest.Options, change func(*setup)) *world {
	t.Helper()
	var err error
	if d.Spec, err = loadSpec(); err != nil {
		t.Fatal(err)
	}
	// A busy machine is not the bot's fault; how soon it answers is measured.
	d.AcknowledgeWithin = soon
	w := &world{Server: discordtest.New(d), t: t, engine: &stub{}, log: &syncBuffer{}}
	o := setup{engine: w.engine, Options: Options{
		Token: discordtest.Token, Planner: bot.Grammar{Planner: dialogue.New()}, Store: session.NewMemory(),
		Records: newRecords(t, filepath.Join(boltfiletest.Dir(t), "state")), Base: w.URL(), Backoff: 10 * time.Millisecond,
		Clock: bot.Clock{Now: time.Now, Seed: func() uint64 { return 7 }}, Defaults: bot.Options{Steps: 4, Guidance: 4.5},
		Log: slog.New(slog.NewTextHandler(w.log, nil)), NoMessageContent: !d.MessageContent,
	}}
	if change != nil {
		change(&o)
	}
	w.engine = o.engine
	o.Model = w.engine.known()
	if o.Queue == nil {
		o.Queue = newQueue(t, w.engine, 1)
	}
	w.start(o.Options)
	t.Cleanup(func() {
		w.stop()
		w.Close()
		for _, p := range w.Problems() {
			t.Errorf("Discord would not have it: %s", p)
		}
		if strings.Contains(w.log.String(), discordtest.Token) || strings.Contains(w.log.String(), "interaction-token") {
			t.Errorf("the log holds a token:\n%s", w.log)
		}
		if t.Failed() {
			t.Logf("the log:\n%s", w.log)
		}
	})
	return w
}

// kept are records that outlive the bots of a test.
type kept struct{ *bolt.Records }

// Close leaves them open.
func (kept) Close() error { return nil }

// newRecords opens records until the test ends.
func newRecords(t *testing.T, path string) state.Records {
	t.Helper()
	f, err := bolt.Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return kept{f}
}

// newQueue is a queue with a worker that has the engine draw so many pictures
// at once.
func newQueue(t *testing.T, engine drawer.Editor, slots int) jobs.Queue {
	t.Helper()
	q := jobs.NewLocal(t.Context(), jobs.Options{PerUser: 1000}, jobs.Worker{Name: "worker", Engine: drawer.New(engine), Slots: slots, Drain: time.Millisecond})
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

// start runs the bot until w.stop is called.
func (w *world) start(o Options) {
	w.t.Helper()
	var err error
	if w.bot, err = New(o); err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	running := w.bot
	go func() { ended <- running.Run(ctx) }()
	var once sync.Once
	w.stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-ended:
				if err != nil {
					w.t.Errorf("the bot ended with %v", err)
				}
			case <-time.After(soon + Drain):
				w.t.Error("the bot did not end")
			}
			if err := running.Close(); err != nil {
				w.t.Error(err)
			}
		})
	}
	// Not w.Connected: the connection of a bot before may not be gone yet.
	for deadline := time.Now().Add(soon); w.bot.Check(ctx) != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("not connected:\n%s", w.log)
		}
	}
}

// sees waits for a message of the bot with the text.
func (w *world) sees(c *discordtest.Channel, after, text string) *discordtest.Message {
	w.t.Helper()
	m := w.Message(c, after, soon, func(m *discordtest.Message) bool {
		return m.Author.Bot && strings.Contains(m.Content, text)
	})
	if m == nil {
		for _, had := range w.Messages(c) {
			w.t.Logf("%s: %q %v", had.Author.Username, had.Content, had.Labels())
		}
		w.t.Fatalf("the bot did not say %q", text)
	}
	return m
}

// picture waits for a message with a picture and the text.
func (w *world) picture(c *discordtest.Channel, after, text string) *discordtest.Message {
	w.t.Helper()
	m := w.Message(c, after, soon, func(m *discordtest.Message) bool {
		return m.Author.Bot && len(m.Attachments) > 0 && strings.Contains(m.Content, text)
	})
	if m == nil {
		for _, had := range w.Messages(c) {
			w.t.Logf("%s: %q %v", had.Author.Username, had.Content, had.Labels())
		}
		w.t.Fatalf("no picture with %q", text)
	}
	return m
}

// told is what an interaction was answered with.
func (w *world) told(i *discordtest.Interaction) string {
	w.t.Helper()
	if i == nil {
		w.t.Fatal("there is no such button")
	}
	return i.Text(soon)
}

func imagine(p *discordtest.Person, c *discordtest.Channel, prompt string) *discordtest.Interaction {
	return p.Slash(c, "imagine", map[string]any{"prompt": prompt})
}
