package session_test

import (
	"path/filepath"
	"testing"

	"pentimento/session"
	"pentimento/session/blobs"
	"pentimento/tests/redistest"
)

// Pictures that are out of reach keep a conversation from being forgotten
// neither in a file nor on Redis, and Forget says what it could not do.
func TestForgetWithoutThePictures(t *testing.T) {
	server := redistest.Start(t, "--appendfsync", "no")
	for name, open := range map[string]func(*blobs.Store) (session.Store, error){
		"file": func(pictures *blobs.Store) (session.Store, error) {
			return session.OpenFile(filepath.Join(t.TempDir(), "sessions.db"), session.WithBlobs(pictures))
		},
		"Redis": func(pictures *blobs.Store) (session.Store, error) {
			options := redisAt(t, "redis://"+server.Addr)
			options.Blobs = pictures
			return session.OpenRedis(t.Context(), options)
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder, err := blobs.OpenFolder(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			pictures, err := blobs.Open(t.Context(), folder, blobs.Options{Limit: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			store, err := open(pictures)
			if err != nil {
				t.Fatal(err)
			}
			defer closeStore(t, store)
			if _, err := say(t.Context(), store, testKey, "hello"); err != nil {
				t.Fatal(err)
			}
			if err := folder.Close(); err != nil {
				t.Fatal(err)
			}
			if err := store.Forget(t.Context(), testKey.User); err == nil {
				t.Error("Forget does not say that the pictures are out of reach")
			}
			if s, err := store.Load(t.Context(), testKey); err != nil || len(s.Turns) > 0 {
				t.Errorf("after Forget there are %d turns, %v", len(s.Turns), err)
			}
		})
	}
}
