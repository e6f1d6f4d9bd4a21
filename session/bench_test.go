package session_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/session"
	"pentimento/session/redistest"
)

// BenchmarkUpdate changes a turn of a session of many, in a file and on Redis.
func BenchmarkUpdate(b *testing.B) {
	b.Run("file", func(b *testing.B) {
		benchmarkUpdate(b, func(b *testing.B) (session.Store, error) {
			return session.OpenFile(filepath.Join(b.TempDir(), "sessions.db"))
		})
	})
	b.Run("redis", func(b *testing.B) {
		server := redistest.Start(b)
		benchmarkUpdate(b, func(b *testing.B) (session.Store, error) {
			return session.OpenRedis(b.Context(), redisAt(b, "redis://"+server.Addr))
		})
	})
}

func benchmarkUpdate(b *testing.B, open func(*testing.B) (session.Store, error)) {
	for _, turns := range []int{10, 1000} {
		b.Run(fmt.Sprint(turns), func(b *testing.B) {
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
