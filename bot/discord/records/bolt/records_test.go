package bolt_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"pentimento/bot/discord/records/bolt"
	"pentimento/bot/discord/records/recordstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "records")
	recordstest.Run(t, func(t *testing.T) recordstest.Keeper {
		r, err := bolt.Open(path, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return r
	})
}

func TestFileBelongsToOneProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records")
	first, err := bolt.Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if second, err := bolt.Open(path, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a file was opened twice", second.Close())
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
}
