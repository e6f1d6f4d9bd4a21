package discord

import (
	"fmt"
	"strings"
	"testing"

	"pentimento/tests/discordtest"
)

// Every pair of --roles and --channels holds in every kind of place: a channel, its
// threads, another channel, a direct chat, a chat of others, and another server in
// which somebody has the bot by their own account.
func TestTrust05Access(t *testing.T) {
	for _, roles := range []bool{false, true} {
		for _, channels := range []bool{false, true} {
			for _, direct := range []bool{false, true} {
				t.Run(fmt.Sprintf("roles %v, channels %v, direct chats %v", roles, channels, direct), func(t *testing.T) {
					t.Parallel()
					access{roles: roles, channels: channels, direct: direct}.test(t)
				})
			}
		}
	}
}

// access is what a bot is restricted to.
type access struct{ roles, channels, direct bool }

func (a access) test(t *testing.T) {
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	art, other := w.Channel("art"), w.Channel("other")
	foreign := w.ChannelIn(w.AddGuild(0), "foreign")
	w.ForbidMessages(foreign)
	imagine(w.Person("owner of a thread"), art, "a river between mountains")
	thread := w.Thread("river", soon)
	w.picture(thread, "", "river")
	w.stop()
	o := w.bot.o
	if a.roles {
		o.Policy.Roles = []string{"777"}
	}
	if a.channels {
		o.Policy.Channels = []string{art.ID}
	}
	o.Policy.DirectChats = a.direct
	w.start(o)
	for _, has := range []bool{false, true} {
		ann := w.Person("ann")
		if has {
			ann.Roles = []string{"5", "777"}
		}
		open := !a.roles && !a.channels
		inServer := !a.roles || has
		places := []struct {
			name    string
			channel *discordtest.Channel
			admits  bool
			talks   bool // the bot hears what is said there
		}{
			{"the channel", art, inServer, true},
			{"its thread", thread, inServer, true},
			{"another channel", other, inServer && !a.channels, true},
			{"a direct chat", ann.Direct(), open || a.direct, true},
			{"a chat of others", ann.Private(), open, false},
			{"another server", foreign, inServer && !a.channels, false},
		}
		for _, place := range places {
			what := fmt.Sprintf("in %s, with the role: %v,", place.name, has)
			if text := w.told(ann.Slash(place.channel, "settings", nil)); strings.Contains(text, "guidance") != place.admits {
				t.Errorf("%s /settings is answered with %q", what, text)
			}
			if !place.admits {
				if choices := ann.Autocomplete(place.channel, "settings", "name", "").Choices(soon); len(choices) > 0 {
					t.Errorf("%s choices are offered", what)
				}
			}
			if !place.talks {
				continue
			}
			before := w.engine.count()
			said := ann.Say(place.channel, "<@"+w.Bot().ID+"> a river between mountains")
			w.settled(said.ID)
			if drawn := w.engine.count() > before; drawn != place.admits {
				t.Errorf("%s a picture is drawn: %v", what, drawn)
			}
		}
	}
}
