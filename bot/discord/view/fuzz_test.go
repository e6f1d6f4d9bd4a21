package view

import (
	"strings"
	"testing"
)

func FuzzSigner(f *testing.F) {
	s := NewSigner([]byte("a key of some length, for a test"))
	f.Add(s.Sign(Handle{Verb: Undo, Owner: 1, Place: 2, Turn: 3}))
	f.Add("")
	f.Fuzz(func(t *testing.T, id string) {
		h, err := s.Read(id)
		if err == nil && s.Sign(h) != id {
			t.Errorf("%q is read as %+v, which is signed as %q", id, h, s.Sign(h))
		}
	})
}

func FuzzEscape(f *testing.F) {
	f.Add("@everyone <@1> ||x|| https://x discord.gg/x \u202eevil")
	f.Fuzz(func(t *testing.T, text string) {
		out := Escape(text)
		for _, raw := range []string{"@everyone", "@here", "<@", "<#", "||", "://", "\n", "discord.gg", "\u202e"} {
			if strings.Contains(out, raw) {
				t.Errorf("%q is escaped as %q", text, out)
			}
		}
	})
}
