package discord

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"pentimento/bot/discord/gateway"
	"pentimento/bot/discord/view"
	"pentimento/tests/discordtest"
)

func TestUpdateBeforeCreate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	w.BreakGateway(discordtest.Gate{OutOfOrder: true})
	said := ann.Say(direct, "a river between mountains")
	ann.Edit(direct, said, "a river between mountains!")
	w.picture(direct, said.ID, "river")
	// An edit of what was said is nothing that is said.
	ann.Edit(direct, said, "a boat on a lake")
	next := ann.Say(direct, "a house in a forest")
	w.picture(direct, next.ID, "house")
	if n := w.engine.count(); n != 2 {
		t.Errorf("%d pictures were drawn", n)
	}
}

// Two requests arrive the wrong way round: each is answered as what it is.
func TestMessagesTheWrongWayRound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann, bob := w.Person("ann"), w.Person("bob")
	w.BreakGateway(discordtest.Gate{OutOfOrder: true})
	first := ann.Say(ann.Direct(), "a river between mountains")
	i := imagine(bob, bob.Direct(), "a house in a forest")
	w.told(i)
	w.picture(bob.Direct(), i.ID, "house")
	w.picture(ann.Direct(), first.ID, "river")
}

// What the owner says in the new thread may come before Discord has answered
// the request that opened it, and before it has told of the thread.
func TestSaidBeforeTheThreadIsKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann, channel := w.Person("ann"), w.Channel("art")
	answer := make(chan struct{})
	release := sync.OnceFunc(func() { close(answer) })
	t.Cleanup(release) // whatever happens: the bot waits for it
	w.Inject(discordtest.Fault{Method: "POST", Path: "/threads", AnswerAfter: answer})
	imagine(ann, channel, "a woman's face with blond hair")
	thread := w.Thread("blond", soon)
	said := ann.Say(thread, "a river between mountains")
	help := ann.Slash(thread, "help", nil)
	w.picture(thread, said.ID, "river")
	w.told(help)
	release()
	w.picture(thread, "", "blond")
}

// A thread that could not be opened belongs to nobody.
func TestThreadThatIsNotOpened(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann, channel := w.Person("ann"), w.Channel("art")
	w.Inject(discordtest.Fault{Method: "POST", Path: "/threads", Status: 403, Body: `{"message":"Missing Permissions","code":50013}`})
	i := imagine(ann, channel, "a woman's face with blond hair")
	w.picture(channel, "", "blond")
	if owner := w.bot.state.ThreadOwner(i.Reply(soon).ID); owner != "" {
		t.Errorf("it belongs to %s", owner)
	}
}

// RESUME may repeat what was delivered before: nothing is done twice. A bot
// that was restarted in between does not know what it has seen, but its
// sessions do.
func TestReplays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	said := ann.Say(direct, "a woman's face with blond hair")
	w.picture(direct, said.ID, "blond")
	i := ann.Slash(direct, "edit", map[string]any{"request": "make her hair red"})
	w.picture(direct, i.ID, "blond → red")
	before := len(w.Messages(direct))
	w.BreakGateway(discordtest.Gate{Replay: true})
	w.Drop()
	if !w.AwaitConnections(2, soon) {
		t.Fatal("not connected again")
	}
	next := ann.Say(direct, "make her hair black")
	w.picture(direct, next.ID, "red → black")
	if n := len(w.Messages(direct)); n != before+2 {
		t.Errorf("after the replay there are %d messages more, not the two of another turn", n-before)
	}

	w.stop()
	w.start(w.bot.o)
	data, err := json.Marshal(said)
	if err != nil {
		t.Fatal(err)
	}
	w.bot.receive(t.Context(), w.Bot().ID, 0, gateway.Event{Type: "MESSAGE_CREATE", Data: data})
	w.idle()
	if n := len(w.Messages(direct)); n != before+2 {
		t.Errorf("after the restart there are %d messages more, not the two of another turn", n-before)
	}
	if n := w.engine.count(); n != 3 {
		t.Errorf("%d pictures were drawn", n)
	}
	s, err := w.bot.o.Store.Load(t.Context(), view.SessionKey(ann.ID, direct.ID))
	if err != nil || len(s.Turns) != 3 {
		t.Errorf("there are %d turns, %v", len(s.Turns), err)
	}
}

// What shows the progress is on its way when the turn is cancelled, and Discord
// takes its time with it: it does not come after the last word.
func TestLateProgress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = &stub{hold: make(chan struct{})} })
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a river between mountains")
	waiting := w.sees(direct, "", "one moment")
	w.Inject(discordtest.Fault{Method: "PATCH", Path: waiting.ID, Delay: time.Second})
	if !w.AwaitFaults(soon) {
		t.Fatal("no progress is shown")
	}
	w.told(ann.Press(direct, waiting, "Cancel"))
	w.sees(direct, "", "Cancelled. Nothing was changed.")
	time.Sleep(1500 * time.Millisecond) // until the late one must have come
	if now := w.sees(direct, "", ""); !strings.Contains(now.Content, "Cancelled") || len(now.Labels()) != 0 {
		t.Errorf("in the end it says %q, with %v", now.Content, now.Labels())
	}
}
