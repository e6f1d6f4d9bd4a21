package discord

import (
	"context"
	"strings"
	"testing"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/view"
	"pentimento/jobs"
	"pentimento/session"
	"pentimento/tests/discordtest"
)

// shared is what several processes of a bot have in common.
func shared(t *testing.T, engine *stub) func(*setup) {
	queue := newQueue(t, engine, 1)
	return func(o *setup) { o.engine, o.Queue, o.Shared = engine, queue, true }
}

// A bot that is told to end leaves what is drawn in the queue, and the next one
// answers with it.
func TestSharedQueueGoesOn(t *testing.T) {
	engine := &stub{hold: make(chan struct{})}
	w := newWorld(t, discordtest.Options{}, shared(t, engine))
	ann, bob := w.Person("ann"), w.Person("bob")
	running := ann.Say(ann.Direct(), "a woman's face with blond hair")
	open := w.sees(ann.Direct(), running.ID, "step 1 of 2")
	bob.Say(bob.Direct(), "a river between mountains")
	w.sees(bob.Direct(), "", "one picture before yours")
	next := ann.Say(ann.Direct(), "make her hair red") // waits for the first, so it is in no queue
	w.sees(ann.Direct(), next.ID, "hair red")
	w.stop()
	w.sees(ann.Direct(), running.ID, "goes on being drawn")
	w.sees(bob.Direct(), "", "goes on being drawn")
	w.sees(ann.Direct(), next.ID, "say it again")

	close(engine.hold)
	w.start(w.bot.o)
	if m := w.picture(ann.Direct(), running.ID, "turn 1"); m.ID != open.ID {
		t.Error("the picture came in another message")
	}
	w.picture(bob.Direct(), "", "turn 1")
	again := ann.Say(ann.Direct(), "make her hair red")
	w.picture(ann.Direct(), again.ID, "turn 2 from 1")
	if n := engine.count(); n != 3 {
		t.Errorf("%d pictures were drawn", n)
	}
}

// A bot was killed between keeping a turn and showing it: its message gets the
// picture, and the turn is still one.
func TestKilledBotShowsWhatItKept(t *testing.T) {
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	said := ann.Say(ann.Direct(), "a woman's face with blond hair")
	shown := w.picture(ann.Direct(), said.ID, "turn 1")
	w.stop()
	key := view.SessionKey(ann.ID, ann.Direct().ID)
	m, err := w.bot.api.Post(t.Context(), ann.Direct().ID, "", "", object.Content{Text: "step 1 of 2"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.bot.state.Open(m.ID, state.OpenMessage{Channel: ann.Direct().ID, Said: "x", User: key.User, Place: key.Place, Event: said.ID}); err != nil {
		t.Fatal(err)
	}
	w.start(w.bot.o)
	w.picture(ann.Direct(), shown.ID, "turn 1")
	if s, err := w.bot.o.Store.Load(t.Context(), key); err != nil || len(s.Turns) != 1 {
		t.Errorf("%d turns, %v", len(s.Turns), err)
	}
}

// Jobs that nobody can be answered with: one that makes no turn is dropped, one
// whose message is not known makes its turn all the same.
func TestJobsFromBeforeTheRestart(t *testing.T) {
	w := newWorld(t, discordtest.Options{}, func(o *setup) { shared(t, &stub{})(o) })
	w.stop()
	queue, store := w.bot.o.Queue, w.bot.o.Store
	ctx, leave := context.WithCancelCause(t.Context())
	talk := &bot.Conversation{
		Key: session.Key{User: "5", Place: "discord/6"}, Store: store, Planner: w.bot.o.Planner, Model: w.bot.o.Model, Queue: queue,
		Clock: w.bot.o.Clock, Options: w.bot.o.Defaults,
	}
	leaving := bot.Request{Event: "lost", Author: "5", Watch: func(jobs.Event) { leave(jobs.ErrDetached) }}
	_, err := talk.Imagine(ctx, leaving, "a river", nil)
	if err == nil || !strings.Contains(err.Error(), jobs.ErrDetached.Error()) {
		t.Fatalf("left in the queue: %v", err)
	}
	left, err := queue.Outstanding(t.Context())
	if err != nil || len(left) != 1 {
		t.Fatalf("%d are outstanding, %v", len(left), err)
	}
	noTurn := left[0].Job
	noTurn.Key, noTurn.Memo = "no turn", nil
	if _, err := queue.Submit(t.Context(), noTurn); err != nil {
		t.Fatal(err)
	}
	w.start(w.bot.o)
	w.stop() // waits for both
	if left, err = queue.Outstanding(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("%d are outstanding, %v", len(left), err)
	}
	if s, err := store.Load(t.Context(), session.Key{User: "5", Place: "discord/6"}); err != nil || len(s.Turns) != 1 {
		t.Errorf("%d turns, %v", len(s.Turns), err)
	}
}

// A question that was asked before the restart is answered after it, in words
// that only it gives a sense.
func TestQuestionOutlivesTheBot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	said := ann.Say(direct, "a woman's face with blond hair")
	w.picture(direct, said.ID, "blond")
	asked := func() int {
		n := 0
		if err := w.bot.o.Records.Each(t.Context(), "asked", func(string, []byte) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	said = ann.Say(direct, "change her hair")
	question := w.sees(direct, said.ID, "?")
	choices := question.Labels()
	if len(choices) < 2 {
		t.Fatalf("%q offers %q", question.Content, choices)
	}
	w.stop()
	if n := asked(); n != 1 {
		t.Fatalf("%d questions are remembered", n)
	}
	w.start(w.bot.o)
	said = ann.Say(direct, "2")
	w.picture(direct, said.ID, "turn 2 from 1")
	s, err := w.bot.o.Store.Load(t.Context(), view.SessionKey(ann.ID, direct.ID))
	if err != nil || len(s.Turns) != 2 || s.Turns[1].Utterance != "2" {
		t.Errorf("there are %d turns, %v", len(s.Turns), err)
	}

	// A new picture by command leaves nothing to be answered, nor does /forget.
	for what, end := range map[string]func(){
		"/imagine": func() {
			i := imagine(ann, direct, "a river between mountains")
			w.picture(direct, i.ID, "river")
		},
		"/forget": func() {
			i := ann.Slash(direct, "forget", nil)
			ann.Press(direct, i.Reply(soon), "Delete it all")
			w.sees(direct, i.ID, "I know nothing about you")
		},
	} {
		said = ann.Say(direct, "a woman's face with blond hair")
		w.picture(direct, said.ID, "blond")
		said = ann.Say(direct, "change her hair")
		w.sees(direct, said.ID, "?")
		if n := asked(); n != 1 {
			t.Errorf("%d questions are remembered before %s", n, what)
		}
		end()
		if n := asked(); n != 0 {
			t.Errorf("%d questions are left by %s", n, what)
		}
	}
}

// A picture that Discord could not take, however often it was tried, is shown by
// the next process.
func TestPictureThatWasNotShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = &stub{hold: make(chan struct{})} })
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a river between mountains")
	m := w.sees(direct, "", "step 1 of 2")
	w.Inject(discordtest.Fault{Method: "PATCH", Path: m.ID, Status: 503, Times: 1 << 20})
	close(w.engine.hold)
	for deadline := time.Now().Add(soon); !strings.Contains(w.log.String(), "a picture cannot be shown"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the picture was not given up")
		}
	}
	w.stop()
	w.Heal()
	if now := w.sees(direct, "", ""); len(now.Attachments) > 0 {
		t.Fatal("the picture is shown")
	}
	w.start(w.bot.o)
	if now := w.picture(direct, "", "turn 1"); now.ID != m.ID {
		t.Error("the picture is in another message")
	}
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
	m, err := w.bot.api.Post(t.Context(), direct.ID, "", "", object.Content{Text: "step 1 of 20"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.bot.state.Open(m.ID, state.OpenMessage{Channel: direct.ID, Said: "a river"}); err != nil {
		t.Fatal(err)
	}
	w.start(w.bot.o)
	w.sees(direct, "", "restarted before this was drawn")
}
