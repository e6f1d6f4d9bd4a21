package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"pentimento/bot/discord/records"
	"pentimento/bot/discord/records/bolt"
	"pentimento/session/bolt/boltfile/boltfiletest"
)

// remembered fills a file with what a bot remembers and returns its bytes, what
// it holds, and what it held before the last change.
func remembered(t *testing.T) (whole []byte, now, before string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "discord.db.bot")
	m, err := bolt.Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	put := func(table, name, value string) {
		t.Helper()
		if err := m.Change(t.Context(), table, name, func([]byte) ([]byte, error) { return []byte(value), nil }); err != nil {
			t.Fatal(err)
		}
	}
	put("meta", "key", "0123456789abcdef0123456789abcdef")
	put("meta", "commands", strings.Repeat("c", 80))
	for n := range 60 {
		user := fmt.Sprint(1400000000000000000 + n*4096)
		put("options", user+"/place", fmt.Sprintf(`{"steps":%d}`, n))
		put("open", fmt.Sprint("message", n), fmt.Sprintf(`{"said":"a lighthouse number %d in a storm at night","user":%q}`, n, user))
		put("threads", fmt.Sprint("thread", n), user)
	}
	put("blocked", "1400000000000004096", "\x01")
	before = content(t, m)
	put("blocked", "1400000000000008192", "\x01")
	now = content(t, m)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if whole, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return whole, now, before
}

// content is all that a bot remembers.
func content(t *testing.T, m *bolt.Records) string {
	t.Helper()
	var lines []string
	for _, table := range []string{"meta", "threads", "options", "blocked", "open"} {
		found := map[string]string{}
		err := m.Each(t.Context(), table, func(name string, value []byte) error { found[name] = string(value); return nil })
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(table, found))
	}
	return strings.Join(lines, "\n")
}

// Of 1,200 damaged copies none ends the process, and none is used with anything
// changed without a word.
func TestTrust02DamagedBotFile(t *testing.T) {
	t.Parallel()
	rounds := 200
	if testing.Short() {
		rounds = 20
	}
	whole, now, before := remembered(t)
	path := filepath.Join(boltfiletest.Dir(t), "discord.db.bot")
	for name, damaged := range boltfiletest.Copies(whole, 2) {
		t.Run(name, func(t *testing.T) {
			refused, said, harmless := 0, 0, 0
			for range rounds {
				if err := os.WriteFile(path, damaged(), 0o600); err != nil {
					t.Fatal(err)
				}
				var log strings.Builder
				m, err := bolt.Open(path, slog.New(slog.NewTextHandler(&log, nil)))
				if err != nil {
					refused++
					if !errors.Is(err, records.ErrDamaged) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
						t.Fatalf("refused with %v, want ErrDamaged and the file in a line", err)
					}
					continue
				}
				got, warned := content(t, m), strings.Contains(log.String(), "may not remember")
				switch {
				case got == now && !warned:
					harmless++
				case warned && (got == now || got == before):
					said++
				default:
					t.Fatalf("silently changed (warned: %v):\n%s\nwant\n%s", warned, got, now)
				}
				err = m.Change(t.Context(), "open", "more", func([]byte) ([]byte, error) { return make([]byte, 5000), nil })
				if err := errors.Join(err, m.Erase(t.Context()), m.Close()); err != nil {
					t.Fatalf("used and closed: %v", err)
				}
			}
			t.Logf("%d refused, %d said to have lost the last change, %d as they were", refused, said, harmless)
			if refused+said == 0 {
				t.Error("nothing was found: this test sees nothing")
			}
		})
	}
}

// A file from before records were marked is taken over, and has marks then.
func TestFileWithoutMarks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "discord.db.bot")
	old, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = old.Update(func(tx *bbolt.Tx) error {
		for _, table := range []string{"meta", "blocked"} {
			b, err := tx.CreateBucket([]byte(table))
			if err == nil {
				err = b.Put([]byte("key"), []byte("of "+table))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, old.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		m, err := bolt.Open(path, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"meta", "blocked"} {
			if value, err := m.Get(t.Context(), table, "key"); err != nil || string(value) != "of "+table {
				t.Errorf("%s has %q, %v", table, value, err)
			}
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, []byte("keyof meta")) {
		t.Errorf("the value without its mark is still there (%v)", err)
	}
}

// What was removed or replaced leaves no byte once it is erased, also when the
// process dies before.
func TestErase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "discord.db.bot")
	open := func() *bolt.Records {
		m, err := bolt.Open(path, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	put := func(m *bolt.Records, value []byte) {
		if err := m.Change(t.Context(), "open", "message", func([]byte) ([]byte, error) { return value, nil }); err != nil {
			t.Fatal(err)
		}
	}
	left := func() bool {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(data, []byte("xyzzy"))
	}
	m := open()
	put(m, []byte("xyzzy"))
	put(m, nil)
	if !left() {
		t.Fatal("nothing is left before: this test sees nothing")
	}
	if err := m.Erase(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left() {
		t.Error("erased, it is still there")
	}
	put(m, []byte("xyzzy"))
	put(m, []byte("plugh"))
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open().Close(); err != nil {
		t.Fatal(err)
	}
	if left() {
		t.Error("opened again, it is still there")
	}
}
