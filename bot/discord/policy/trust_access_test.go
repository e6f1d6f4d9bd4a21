package policy

import (
	"fmt"
	"testing"
)

// Whatever is given must fit, in every kind of place.
func TestTrust05Admits(t *testing.T) {
	places := map[string]Place{
		"channel":        {Guild: "g", Channel: "c", Roles: []string{"r"}},
		"thread":         {Guild: "g", Channel: "t", Parent: "c", Roles: []string{"r"}},
		"other channel":  {Guild: "g", Channel: "d", Roles: []string{"r"}},
		"without a role": {Guild: "g", Channel: "c"},
		"other server":   {Guild: "h", Channel: "x", Roles: []string{"s"}},
		"direct":         {Channel: "m"},
		"private":        {Channel: "p", Private: true},
	}
	for bits := range 16 {
		guilds, channels, roles, direct := bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0
		p := Policy{DirectChats: direct}
		if guilds {
			p.Guilds = []string{"g"}
		}
		if channels {
			p.Channels = []string{"c"}
		}
		if roles {
			p.Roles = []string{"r"}
		}
		restricted := guilds || channels || roles
		want := map[string]bool{
			"channel": true, "thread": true, "other channel": !channels, "without a role": !roles,
			"other server": !restricted, "direct": !restricted || direct, "private": !restricted,
		}
		for name, place := range places {
			if got := p.Admits(place) == nil; got != want[name] {
				t.Errorf("%s: %s is admitted: %v", fmt.Sprintf("%+v", p), name, got)
			}
		}
	}
}
