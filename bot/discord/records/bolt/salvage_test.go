package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pentimento/bot/discord/records"
	"pentimento/bot/discord/records/bolt"
	"pentimento/session/bolt/boltfile/boltfiletest"
)

// Of a damaged file every record is copied that is what was written, and no
// other.
func TestTrust12SalvageOfTheBotFile(t *testing.T) {
	t.Parallel()
	rounds := 40
	if testing.Short() {
		rounds = 5
	}
	whole, _, _ := remembered(t)
	dir := boltfiletest.Dir(t)
	path := filepath.Join(dir, "discord.db.bot")
	for name, damaged := range boltfiletest.Copies(whole, 13) {
		least := 1000
		for n := range rounds {
			if err := os.WriteFile(path, damaged(), 0o600); err != nil {
				t.Fatal(err)
			}
			mended := filepath.Join(dir, fmt.Sprint(name, n))
			copied, lost, err := bolt.Salvage(path, mended)
			if err != nil && name == "cut short" {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if copied < 184 && len(lost) == 0 {
				t.Errorf("%s: %d of 184 records were copied, without a word of the rest", name, copied)
			}
			least = min(least, copied)
			m, err := bolt.Open(mended, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"threads", "blocked"} {
				err := m.Each(t.Context(), table, func(name string, value []byte) error {
					if table == "threads" && !bytes.HasPrefix(value, []byte("14000000")) || table == "blocked" && name != "1400000000000004096" && name != "1400000000000008192" {
						return fmt.Errorf("%s %q: %q", table, name, value)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%s: %d of 184 records were copied at least", name, least)
	}
}

func TestPutAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "discord.db.bot")
	m, err := bolt.Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.PutAside(path, time.Now()); err == nil || errors.Is(err, bolt.ErrSound) {
		t.Errorf("in use: %v", err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.PutAside(path, time.Now()); !errors.Is(err, bolt.ErrSound) {
		t.Errorf("in order: %v, want ErrSound", err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte("noise"), 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(path, slog.New(slog.DiscardHandler)); !errors.Is(err, records.ErrDamaged) {
		t.Errorf("noise: %v, want ErrDamaged", err)
	}
	to, err := bolt.PutAside(path, time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC))
	if err != nil || to != path+".damaged-20250301T120000" {
		t.Errorf("put aside to %q, %v", to, err)
	}
	if data, err := os.ReadFile(to); err != nil || !bytes.HasPrefix(data, []byte("noise")) {
		t.Errorf("what was put aside is not there: %v", err)
	}
}
