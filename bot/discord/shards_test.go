package discord

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pentimento/tests/discordtest"
)

func TestShardNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Shards{"0/1": {0, 0, 1}, "2/8": {2, 2, 8}, "0-3/8": {0, 3, 8}, "4-7/8": {4, 7, 8}} {
		var s Shards
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want || s.String() != text {
			t.Errorf("%s is %+v, written %s, %v", text, s, s, err)
		}
	}
	for _, text := range []string{"", "1", "/", "8/8", "-1/8", "3-2/8", "0-8/8", "a/b", "0/0", "1/99999999999", "0-1-2/8", "1/2/3"} {
		var s Shards
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken as %+v", text, s)
		}
	}
	all, first, second := Shards{}, Shards{0, 0, 2}, Shards{1, 1, 2}
	for _, c := range []struct {
		who  Shards
		left string
		want bool
	}{{all, "", true}, {all, "1/2", true}, {first, "0/2", true}, {first, "1/2", false}, {second, "", true}, {second, "1/4", true}} {
		if got := c.who.cares(c.left); got != c.want {
			t.Errorf("%s cares for %q: %v", c.who, c.left, got)
		}
	}
}

// One process serves as many shards as Discord recommends, and each server is
// heard once.
func TestAllShardsInOneProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true, Shards: 3}, func(o *setup) { o.IdentifyEvery = 50 * time.Millisecond })
	if !w.AwaitShards(3, soon) {
		t.Fatalf("connected are %v", w.Shards())
	}
	deadline := time.Now().Add(soon)
	for w.bot.Check(t.Context()) != nil && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if err := w.bot.Check(t.Context()); err != nil {
		t.Error(err)
	}
	ann := w.Person("ann")
	for shard := range 3 {
		channel := w.ChannelIn(w.AddGuild(shard), "art")
		w.ForbidThreads(channel)
		w.told(imagine(ann, channel, "a river between mountains"))
		w.picture(channel, "", "river")
	}
	if n := w.engine.count(); n != 3 {
		t.Errorf("%d pictures were drawn", n)
	}
}

// Two processes share a bot. Each answers its servers; what one is at work on is
// no business of the other's, and their buttons are the same.
func TestShardsInTwoProcesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true, Shards: 2}, func(o *setup) {
		o.Shards, o.engine = Shards{0, 0, 2}, &stub{hold: make(chan struct{})}
	})
	log := &syncBuffer{}
	o := w.bot.o
	o.Shards, o.Log, o.Queue = Shards{1, 1, 2}, slog.New(slog.NewTextHandler(log, nil)), newQueue(t, w.engine, 1)
	other := &world{Server: w.Server, t: t, engine: w.engine, log: log}
	other.start(o)
	if !w.AwaitShards(2, soon) {
		t.Fatalf("connected are %v", w.Shards())
	}
	ann := w.Person("ann")
	var places []*discordtest.Channel
	for shard := range 2 {
		places = append(places, w.ChannelIn(w.AddGuild(shard), "art"))
		w.ForbidThreads(places[shard])
	}
	w.told(imagine(ann, places[0], "a woman's face with blond hair"))
	drawn := w.sees(places[0], "", "step 1 of 2")

	// The second process ends and comes back while the first draws.
	other.stop()
	other.start(o)
	if !w.AwaitShards(2, soon) {
		t.Fatalf("connected are %v", w.Shards())
	}
	close(w.engine.hold)
	blond := w.picture(places[0], "", "blond")
	if blond.ID != drawn.ID {
		t.Error("the picture is in another message")
	}
	w.told(imagine(ann, places[1], "a river between mountains"))
	w.picture(places[1], "", "river")
	i := ann.Select(places[0], blond, "1.5 hair")
	w.picture(places[0], i.ID, "hair ×1.5")
	// A button of the one in a server of the other.
	i = ann.Use(places[1], blond, customID(t, blond, "Attention"), 2, nil)
	if text := w.told(i); !strings.Contains(text, "Whose attention") {
		t.Errorf("Ann was told %q", text)
	}
	other.stop()
	for n, l := range []*syncBuffer{w.log, log} {
		// The line of a turn comes after its picture.
		want, ended := []int{2, 1}[n], func() int { return strings.Count(l.String(), "a turn has ended") }
		for deadline := time.Now().Add(soon); ended() != want && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
		if ended() != want {
			t.Errorf("process %d ended %d turns, not %d", n, ended(), want)
		}
	}
	// Discord notices the end of a connection a moment later.
	if !w.AwaitShards(1, soon) || !slices.Equal(w.Shards(), [][2]int{{0, 2}}) {
		t.Errorf("connected are %v", w.Shards())
	}
}
