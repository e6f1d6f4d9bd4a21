package discord

import (
	"testing"
	"time"

	"pentimento/tests/discordtest"
)

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

// One user's rate limit does not hold another user back.
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
