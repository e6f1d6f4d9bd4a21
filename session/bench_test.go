package session_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/session"
	"pentimento/tests/redistest"
)

// BenchmarkUpdate changes a turn of a session of many, in a file and on Redis.
func BenchmarkUpdate(b *testing.B) {
	benchmarkStores(b, func(b *testing.B, store session.Store) error {
		_, err := store.Update(b.Context(), testKey, func(s *session.Session) error {
			s.Turns[0].Picture = fmt.Sprint(s.Version)
			return nil
		})
		return err
	})
}

// BenchmarkLoad reads such a session.
func BenchmarkLoad(b *testing.B) {
	benchmarkStores(b, func(b *testing.B, store session.Store) error {
		_, err := store.Load(b.Context(), testKey)
		return err
	})
}

// benchmarkStores times a request to either store.
func benchmarkStores(b *testing.B, request func(*testing.B, session.Store) error) {
	b.Run("file", func(b *testing.B) {
		benchmarkSizes(b, request, func(b *testing.B) (session.Store, error) {
			return session.OpenFile(filepath.Join(b.TempDir(), "sessions.db"))
		})
	})
	b.Run("redis", func(b *testing.B) {
		server := redistest.Start(b)
		benchmarkSizes(b, request, func(b *testing.B) (session.Store, error) {
			return session.OpenRedis(b.Context(), redisAt(b, "redis://"+server.Addr))
		})
	})
}

func benchmarkSizes(b *testing.B, request func(*testing.B, session.Store) error, open func(*testing.B) (session.Store, error)) {
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
				if err := request(b, store); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
