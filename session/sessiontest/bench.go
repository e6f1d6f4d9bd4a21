package sessiontest

import (
	"fmt"
	"strings"
	"testing"

	"pentimento/session"
)

// Benchmark times requests for a session of 10 and of 1000 turns: Update
// changes one turn, Load reads all.
func Benchmark(b *testing.B, open func(b *testing.B) (session.Store, error)) {
	for _, request := range []struct {
		name string
		do   func(b *testing.B, store session.Store) error
	}{
		{"Update", func(b *testing.B, store session.Store) error {
			_, err := store.Update(b.Context(), alice(), func(s *session.Session) error {
				s.Turns[0].Picture = fmt.Sprint(s.Version)
				return nil
			})
			return err
		}},
		{"Load", func(b *testing.B, store session.Store) error {
			_, err := store.Load(b.Context(), alice())
			return err
		}},
	} {
		for _, turns := range []int{10, 1000} {
			b.Run(fmt.Sprintf("%s/%d", request.name, turns), func(b *testing.B) {
				store, err := open(b)
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
				if _, err := store.Update(b.Context(), alice(), fill); err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if err := request.do(b, store); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
