package discord

import (
	"context"
	"image"
	"image/color"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/policy"
	"pentimento/bot/discord/records/bolt"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/view"
	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/jobs/drawer"
	"pentimento/models"
	"pentimento/models/pocket"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/tests/discordtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// soon is how long a test waits for what should happen at once.
const soon = 20 * time.Second

// stub is an engine that draws a plain colour, when it is let, and breaks over
// a prompt about a bomb.
type stub struct {
	hold  chan struct{} // nil: at once
	model *models.Model // nil: one without a name

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
	return &editor.Drawing{Image: picture}, nil
}

// known is what the bot knows of the stub's model.
func (e *stub) known() bot.Model {
	out := bot.Model{Find: e.find}
	if e.model != nil {
		out = bot.ModelOf(e.model)
		out.Find = e.find
	}
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
	if e.model == nil {
		return &models.Model{}
	}
	return e.model
}

// pocketStub is a stub of the pocket model, whose recipes can be given away.
func pocketStub(t *testing.T) *stub {
	t.Helper()
	m, err := models.ReadFS(pocket.Files(), "pocket")
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
	// A busy machine is no fault of the bot's; how soon it answers is measured.
	d.AcknowledgeWithin = soon
	w := &world{Server: discordtest.New(d), t: t, engine: &stub{}, log: &syncBuffer{}}
	o := setup{engine: w.engine, Options: Options{
		Token: discordtest.Token, Planner: bot.Grammar{Planner: dialogue.New()}, Store: session.NewMemory(),
		Records: newRecords(t, filepath.Join(t.TempDir(), "state")), Base: w.URL(), Backoff: 10 * time.Millisecond,
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
	f, err := bolt.Open(path)
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

func TestDirectMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	said := ann.Say(direct, "a woman's face with blond hair")
	first := w.picture(direct, said.ID, "blond hair")
	if got := strings.Join(first.Labels(), " "); got != "Attention Share Redraw" {
		t.Errorf("the buttons are %q", got)
	}
	said = ann.Say(direct, "make her hair red")
	w.picture(direct, said.ID, "blond → red")
	said = ann.Say(direct, "xyzzy plugh")
	if q := w.sees(direct, said.ID, ""); len(q.Attachments) > 0 {
		t.Error("gibberish was answered with a picture")
	}
}

func TestRedrawAsksFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	first := w.picture(direct, "", "blond hair")
	asked := ann.Press(direct, first, "Redraw")
	question := asked.Reply(soon)
	if question == nil || question.Flags&discordtest.Ephemeral == 0 || w.engine.count() != 1 {
		t.Fatalf("redraw did not ask: %+v", question)
	}
	ann.Press(direct, question, "Draw another")
	w.picture(direct, question.ID, "turn 2")

	// With a seed that is set, too, it is another one.
	w.told(ann.Slash(direct, "settings", map[string]any{"name": "seed", "value": "5"}))
	i := imagine(ann, direct, "a river between mountains")
	river := w.picture(direct, i.ID, "seed 5")
	question = ann.Press(direct, river, "Redraw").Reply(soon)
	ann.Press(direct, question, "Draw another")
	w.picture(direct, question.ID, "seed 7")
	i = imagine(ann, direct, "a boat on a lake")
	w.picture(direct, i.ID, "seed 5")
}

func TestWithoutMessageContentItExplains(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann, channel := w.Person("ann"), w.Channel("art")
	imagine(ann, channel, "a woman's face with blond hair")
	thread := w.Thread("blond", soon)
	first := w.picture(thread, "", "blond")
	said := ann.Say(thread, "make her hair red")
	w.sees(thread, said.ID, "Message Content intent")
	said = ann.Say(thread, "make her hair red!")
	reply := ann.Reply(thread, first, "make her hair red")
	w.picture(thread, reply.ID, "blond → red")
	mention := ann.Say(thread, "<@"+w.Bot().ID+"> make her hair black")
	w.picture(thread, mention.ID, "red → black")
	n := 0
	for _, m := range w.Messages(thread) {
		if strings.Contains(m.Content, "Message Content intent") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("explained %d times (first at %s)", n, said.ID)
	}
}

func TestStrangersAreLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	imagine(ann, channel, "a woman's face with blond hair")
	thread := w.Thread("blond", soon)
	w.picture(thread, "", "blond")
	bob.Say(thread, "nice!")
	bob.Say(channel, "what is this?")
	said := ann.Say(thread, "make her hair red")
	w.picture(thread, said.ID, "red")
	for _, m := range append(w.Messages(thread), w.Messages(channel)...) {
		if m.Reference != nil && m.Author.Bot && m.Reference.MessageID != said.ID {
			t.Errorf("somebody who did not ask was answered: %q", m.Content)
		}
	}
}

func TestCancelTellsTheTruth(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = &stub{hold: make(chan struct{})} })
	ann, bob := w.Person("ann"), w.Person("bob")
	direct, other := ann.Direct(), bob.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	running := w.sees(direct, "", "step 1 of 2")
	bob.Say(other, "a river between mountains")
	w.sees(other, "", "one picture before yours")
	ann.Press(direct, running, "Cancel")
	cancelled := w.sees(direct, "", "Cancelled. Nothing was changed.")
	if len(cancelled.Labels()) != 0 {
		t.Errorf("what is cancelled has the buttons %q", cancelled.Labels())
	}
	close(w.engine.hold)
	w.picture(other, "", "river")
	if text := w.told(ann.Press(direct, running, "Cancel")); !strings.Contains(text, "nothing to cancel") {
		t.Errorf("a second cancel was told %q", text)
	}
	if n := w.engine.count(); n != 1 {
		t.Errorf("%d pictures were drawn", n)
	}
}

func TestManyRequestsOfOneUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) {
		o.engine = &stub{hold: make(chan struct{})}
		o.PerUser = 3
	})
	ann, bob := w.Person("ann"), w.Person("bob")
	direct := ann.Direct()
	for range 100 {
		ann.Say(direct, "a woman's face with blond hair")
	}
	refused := 0
	deadline := time.Now().Add(soon)
	for refused < 97 && time.Now().Before(deadline) {
		refused = 0
		for _, m := range w.Messages(direct) {
			if strings.Contains(m.Content, "waiting or being drawn already") {
				refused++
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	if refused != 97 {
		t.Errorf("%d of 100 were refused", refused)
	}
	if n := strings.Count(w.log.String(), "more pictures than a user may have waiting"); n != 1 {
		t.Errorf("that was logged %d times", n)
	}
	other := bob.Direct()
	bob.Say(other, "a river between mountains")
	w.sees(other, "", "one picture before yours")
	close(w.engine.hold)
	w.picture(other, "", "river")
}

func TestRolesMayHaveMoreWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) {
		o.engine = &stub{hold: make(chan struct{})}
		o.PerUser, o.Policy.WaitingByRole = 1, map[string]int{"88": 2}
	})
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	w.ForbidThreads(channel)
	bob.Roles = []string{"77", "88"}
	for _, p := range []*discordtest.Person{ann, bob} {
		for range 3 {
			w.told(imagine(p, channel, "a river between mountains"))
		}
	}
	w.sees(channel, "", "You have one picture waiting")
	w.sees(channel, "", "You have 2 pictures waiting")
	close(w.engine.hold)
	deadline := time.Now().Add(soon)
	for w.engine.count() < 3 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if n := w.engine.count(); n != 3 {
		t.Errorf("%d pictures were drawn", n)
	}
}

func TestForgedAndForeignButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann, bob := w.Person("ann"), w.Person("bob")
	channel := w.Channel("art")
	w.ForbidThreads(channel)
	imagine(ann, channel, "a woman's face with blond hair")
	first := w.picture(channel, "", "blond")
	undo := ""
	for _, row := range first.Components {
		undo = row.Components[0].CustomID
		break
	}
	forged := []string{"", "undo", strings.Repeat("A", 46), undo[:len(undo)-2] + "AA", "A" + undo[1:], undo + "AAAA"}
	for _, id := range forged {
		if text := w.told(ann.Use(channel, first, id, 2, nil)); !strings.Contains(text, "don't know that button") {
			t.Errorf("the forged id %q was answered with %q", id, text)
		}
	}
	if text := w.told(bob.Use(channel, first, undo, 2, nil)); !strings.Contains(text, "belong to somebody else") {
		t.Errorf("a foreign button was answered with %q", text)
	}
	if n := w.engine.count(); n != 1 {
		t.Errorf("%d pictures were drawn", n)
	}
	if n := strings.Count(w.log.String(), "a forged button"); n != 1 {
		t.Errorf("forged buttons were logged %d times", n)
	}
}

func TestPromptsAreShownAsTheyWereSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann, channel := w.Person("ann"), w.Channel("art")
	w.ForbidThreads(channel)
	const evil = "@everyone <@123> <@&456> **bold** `code` ||spoiler|| [a](https://evil.example) discord.gg/evil \u202e a river"
	imagine(ann, channel, evil)
	m := w.picture(channel, "", "river")
	for _, one := range w.Messages(channel) {
		if one.Author.Bot && len(one.Pings) > 0 {
			t.Errorf("%q notifies %v", one.Content, one.Pings)
		}
	}
	for _, raw := range []string{"@everyone", "<@123>", "<@&456>", "https://evil", "||spoiler||", "discord.gg", "\u202e"} {
		if strings.Contains(m.Content, raw) {
			t.Errorf("%q is shown raw in %q", raw, m.Content)
		}
	}
}

func TestEventsThatComeTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	w.BreakGateway(discordtest.Gate{Duplicate: true})
	ann.Say(direct, "a woman's face with blond hair")
	w.picture(direct, "", "blond")
	w.BreakGateway(discordtest.Gate{Duplicate: true})
	i := ann.Slash(direct, "help", nil)
	w.told(i)
	said := ann.Say(direct, "make her hair red")
	w.picture(direct, said.ID, "red")
	if n := w.engine.count(); n != 2 {
		t.Errorf("%d pictures were drawn", n)
	}
}

func TestRequestsThatFail(t *testing.T) {
	t.Parallel()
	faults := map[string]discordtest.Fault{
		"429":              discordtest.RateLimited(100 * time.Millisecond),
		"429 as a page":    discordtest.RateLimitedPage(),
		"503":              discordtest.Unavailable(),
		"slow":             {Delay: 500 * time.Millisecond},
		"hung up on edits": {Method: "PATCH", HangUp: true},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, discordtest.Options{}, nil)
			ann, channel := w.Person("ann"), w.Channel("art")
			w.ForbidThreads(channel)
			fault.Times = 2
			if fault.Method == "" {
				fault.Method = "POST"
			}
			fault.Path = "/messages"
			w.Inject(fault)
			i := imagine(ann, channel, "a woman's face with blond hair")
			w.told(i)
			w.picture(channel, "", "blond")
		})
	}
}

// One user's rate limit is no other user's.
func TestOneUsersLimitHoldsNobodyElse(t *testing.T) {
	t.Parallel()
	const limit = 10 * time.Second
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.Queue = newQueue(t, o.engine, 4) })
	ann, bob := w.Person("ann"), w.Person("bob")
	limited := discordtest.RateLimited(limit)
	limited.Path, limited.Method = "/channels/"+ann.Direct().ID, "PATCH"
	w.Inject(limited)
	ann.Say(ann.Direct(), "a woman's face with blond hair")
	if !w.AwaitFaults(soon) {
		t.Fatal("Ann's limit was not met")
	}
	met := time.Now()
	bob.Say(bob.Direct(), "a river between mountains")
	w.picture(bob.Direct(), "", "river")
	if took := time.Since(met); took > limit {
		t.Errorf("Bob waited %v for Ann's limit", took)
	}
	w.picture(ann.Direct(), "", "blond")
}

func TestFaultInOneTurnLeavesTheOthers(t *testing.T) {
	w := newWorld(t, discordtest.Options{}, nil)
	ann, bob := w.Person("ann"), w.Person("bob")
	imagine(ann, ann.Direct(), "a bomb")
	w.sees(ann.Direct(), "", "Something went wrong")
	imagine(bob, bob.Direct(), "a river between mountains")
	w.picture(bob.Direct(), "", "river")
	said := ann.Say(ann.Direct(), "a river between mountains")
	w.picture(ann.Direct(), said.ID, "river")
}

func TestExpiredTokenChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = &stub{hold: make(chan struct{})} })
	ann, channel := w.Person("ann"), w.Channel("art")
	imagine(ann, channel, "a woman's face with blond hair")
	thread := w.Thread("blond", soon)
	w.sees(thread, "", "")
	w.ExpireTokens()
	close(w.engine.hold)
	w.picture(thread, "", "blond")
}

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

func TestPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	w.stop()
	channel, other := w.Channel("art"), w.Channel("talk")
	ann := w.Person("ann")
	o := w.bot.o
	o.Store = session.NewMemory()
	o.Records = newRecords(t, filepath.Join(t.TempDir(), "state"))
	o.Policy = policy.Policy{Channels: []string{channel.ID}, Roles: []string{"77"}, PerDay: 1, PerDayByRole: map[string]int{"88": 2}, BlockedWords: []string{"nude"}}
	w.start(o)
	if text := w.told(imagine(ann, other, "a river")); !strings.Contains(text, "channel") {
		t.Errorf("in another channel: %q", text)
	}
	if text := w.told(imagine(ann, channel, "a river")); !strings.Contains(text, "role") {
		t.Errorf("without the role: %q", text)
	}
	ann.Roles = []string{"77", "88"}
	if text := w.told(imagine(ann, channel, "a ñůdе woman")); !strings.Contains(text, "blocked") {
		t.Errorf("with a blocked word: %q", text)
	}
	mention := ann.Say(channel, "<@"+w.Bot().ID+"> a nude woman")
	if text := w.told(ann.Slash(channel, "swap", map[string]any{"from": "dress", "to": "n.u.d.e"})); !strings.Contains(text, "blocked") {
		t.Errorf("with a blocked word: %q", text)
	}
	w.sees(channel, mention.ID, "blocked")
	for _, m := range w.Messages(channel) {
		if m.Author.Bot && strings.Contains(m.Content, "woman") {
			t.Errorf("the bot says %q", m.Content)
		}
	}
	for _, prompt := range []string{"a river between mountains", "a boat on a lake"} {
		imagine(ann, channel, prompt)
		w.picture(w.Thread(prompt, soon), "", prompt)
	}
	imagine(ann, channel, "a house in a forest")
	w.sees(w.Thread("a house", soon), "", "drawn 2 pictures today")
	if n := w.engine.count(); n != 2 {
		t.Errorf("%d pictures were drawn", n)
	}
}

func TestFilesAreNotRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	file := discordtest.Attachment{ID: "9", Filename: "bomb.png", Size: 10 << 20, URL: "http://127.0.0.1:1/never"}
	said := ann.Upload(direct, "", file)
	w.sees(direct, said.ID, "don't read files")
	said = ann.Upload(direct, "a river between mountains", file)
	w.picture(direct, said.ID, "river")
}

func TestRestartTellsThoseWhoWaited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = &stub{hold: make(chan struct{})} })
	ann, bob := w.Person("ann"), w.Person("bob")
	ann.Say(ann.Direct(), "a woman's face with blond hair")
	w.sees(ann.Direct(), "", "step 1 of 2")
	bob.Say(bob.Direct(), "a river between mountains")
	w.sees(bob.Direct(), "", "before yours")
	// Ann's picture is being drawn and may be finished, Bob's waits.
	go func() {
		time.Sleep(200 * time.Millisecond)
		close(w.engine.hold)
	}()
	w.stop()
	w.picture(ann.Direct(), "", "blond")
	w.sees(bob.Direct(), "", "being restarted")
}

func TestKilledBotTidiesUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	w.stop()
	ann := w.Person("ann")
	direct := ann.Direct()
	id, err := w.bot.api.Post(t.Context(), direct.ID, "", object.Content{Text: "step 1 of 20"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.bot.state.Open(id, state.OpenMessage{Channel: direct.ID, Said: "a river"}); err != nil {
		t.Fatal(err)
	}
	w.start(w.bot.o)
	w.sees(direct, "", "restarted before this was drawn")
}

func TestForgetLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	first := w.picture(direct, "", "blond")
	w.told(ann.Slash(direct, "settings", map[string]any{"name": "steps", "value": "9"}))
	asked := ann.Slash(direct, "forget", nil).Reply(soon)
	w.told(ann.Press(direct, asked, "Delete it all"))
	w.sees(direct, "", "I know nothing about you")
	keys, err := w.bot.o.Store.List(t.Context(), ann.ID)
	if err != nil || len(keys) != 0 {
		t.Errorf("%v is left (%v)", keys, err)
	}
	if o := w.bot.state.Options(view.SessionKey(ann.ID, direct.ID), bot.Options{}); o != (bot.Options{}) {
		t.Errorf("settings are left: %v", o)
	}
	ann.Select(direct, first, "1.5 hair")
	w.sees(direct, first.ID, "no such turn")
}

func TestModalAutocompletionAndRecipe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) {
		o.engine, o.Rename = pocketStub(t), map[string]string{"imagine": "paint"}
	})
	ann, channel := w.Person("ann"), w.Channel("art")
	w.ForbidThreads(channel)
	ann.Slash(channel, "paint", map[string]any{"prompt": "a woman's face with blond hair"})
	first := w.picture(channel, "", "blond")
	choices := ann.Autocomplete(channel, "weight", "word", "ha").Choices(soon)
	if len(choices) != 1 || choices[0].Name != "hair" {
		t.Errorf("offered %v", choices)
	}
	asked := ann.OnMessage(channel, "Edit this picture", first)
	if _, ok := asked.Wait(soon); !ok {
		t.Fatal("no modal")
	}
	ann.Submit(channel, asked, "make her hair red")
	second := w.picture(channel, first.ID, "blond → red")
	if text := w.told(ann.OnMessage(channel, "Recipe", second)); !strings.Contains(text, "seed 7") {
		t.Errorf("the recipe is %q", text)
	}
	if choices := ann.Autocomplete(channel, "goto", "turn", "").Choices(soon); len(choices) != 2 {
		t.Errorf("offered %v", choices)
	}
	for _, name := range []string{"help", "export", "settings"} {
		if w.told(ann.Slash(channel, name, nil)) == "" {
			t.Errorf("/%s was not answered", name)
		}
	}
}

func TestAdmins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	owner, ann := w.Owner(), w.Person("ann")
	direct := ann.Direct()
	block := func(p *discordtest.Person, what string) string {
		return w.told(p.Slash(p.Direct(), "admin", map[string]any{what: map[string]any{"user": ann.ID}}))
	}
	if text := block(ann, "unblock"); !strings.Contains(text, "Only those") {
		t.Errorf("Ann was told %q", text)
	}
	block(owner, "block")
	if text := w.told(ann.Slash(direct, "help", nil)); !strings.Contains(text, "may not") {
		t.Errorf("blocked, Ann was told %q", text)
	}
	block(owner, "unblock")
	w.told(owner.Slash(owner.Direct(), "admin", map[string]any{"drain": map[string]any{}}))
	said := ann.Say(direct, "a river between mountains")
	w.sees(direct, said.ID, "no new pictures")
	if text := w.told(owner.Slash(owner.Direct(), "admin", map[string]any{"stats": map[string]any{}})); !strings.Contains(text, "waiting") {
		t.Errorf("the statistics are %q", text)
	}
}

func TestCommandsAreRegisteredOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	w.stop()
	w.start(w.bot.o)
	list, times := w.Commands()
	if times != 1 {
		t.Errorf("registered %d times", times)
	}
	for _, c := range list {
		if c.Type == 1 && c.Name != "admin" && len(c.Localizations) < 4 {
			t.Errorf("/%s is named in %d other languages", c.Name, len(c.Localizations))
		}
		if len(c.Contexts) != 3 || len(c.Integrations) != 2 {
			t.Errorf("%s works in contexts %v, integrations %v", c.Name, c.Contexts, c.Integrations)
		}
	}
	w.stop()
	o := w.bot.o
	o.Rename = map[string]string{"imagine": "paint"}
	w.start(o)
	if _, times := w.Commands(); times != 2 {
		t.Errorf("after renaming, registered %d times", times)
	}
}

func TestRenames(t *testing.T) {
	for _, bad := range []map[string]string{{"nothing": "x"}, {"imagine": "Big Name"}, {"imagine": "edit"}, {"imagine": "x", "edit": "x"}} {
		if err := checkRenames(bot.Commands(), bad); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	if err := checkRenames(bot.Commands(), map[string]string{"imagine": "malen"}); err != nil {
		t.Error(err)
	}
}
