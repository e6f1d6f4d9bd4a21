package session_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/session"
)

// BenchmarkUpdate adds a turn to a session of many, in a file.
func BenchmarkUpdate(b *testing.B) {
	for _, turns := range []int{10, 1000} {
		b.Run(fmt.Sprint(turns), func(b *testing.B) {
			store, err := session.OpenFile(filepath.Join(b.TempDir(), "sessions.db"))
			if err != nil {
				b.Fatal(err)
			}
			defer func() {
				if err := store.Close(); err != nil {
					b.Error(err)
				}
			}()
			turn := session.Turn{Utterance: "make her hair red", Plan: []byte(`{"text":"` + strings.Repeat("x", 300) + `"}`)}
			fill := func(s *session.Session) error {
				for range turns {
					if _, err := s.Add(turn); err != nil {
						return err
					}
				}
				return nil
			}
			if _, err := store.Update(b.Context(), testKey, fill); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := store.Update(b.Context(), testKey, func(s *session.Session) error {
					s.Turns[0].Picture = fmt.Sprint(s.Version)
					return nil
				}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
