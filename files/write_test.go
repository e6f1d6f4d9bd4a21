package files_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"pentimento/files"
)

func TestWrite(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o022))
	path := filepath.Join(t.TempDir(), "picture.png")
	for i, data := range []string{"the first", "", "another"} {
		umask := []int{0o022, 0o077, 0o002}[i]
		syscall.Umask(umask)
		if err := files.Write(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != data {
			t.Errorf("%q, %v, want %q", got, err, data)
		}
		if info, err := os.Stat(path); err != nil || int(info.Mode()) != 0o644&^umask {
			t.Errorf("with a umask of %03o its mode is %v, %v", umask, info.Mode(), err)
		}
	}
	alone(t, path)
}

// What cannot be written leaves nothing behind.
func TestWriteFails(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a folder")
	if err := os.MkdirAll(filepath.Join(folder, "with something inside"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := files.Write(folder, []byte("data"), 0o644); err == nil {
		t.Error("a file was written over a folder")
	}
	alone(t, folder)
	if err := files.Write(filepath.Join(folder, "nowhere", "file"), []byte("data"), 0o644); err == nil {
		t.Error("a file was written into a folder that is not there")
	}
}

// Many write one file and somebody reads it: nobody ever sees a part.
func TestWriteIsWholeOrNotAtAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	var writers sync.WaitGroup
	for i := range 8 {
		writers.Go(func() {
			for range 20 {
				if err := files.Write(path, bytes.Repeat([]byte{byte(i)}, 1<<16), 0o600); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for reading := true; reading; {
		select {
		case <-done:
			reading = false
		default:
		}
		data, err := os.ReadFile(path)
		if err == nil && (len(data) != 1<<16 || bytes.Count(data, data[:1]) != 1<<16) {
			t.Fatalf("%d bytes of several writers were there", len(data))
		}
	}
	alone(t, path)
}

func TestAbandoned(t *testing.T) {
	for name, c := range map[string]struct {
		age  time.Duration
		want bool
	}{
		".picture.png.1f.tmp": {2 * time.Hour, true},
		".picture.png.2f.tmp": {time.Minute, false}, // somebody may be writing it
		"picture.png":         {2 * time.Hour, false},
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := files.Write(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		written := time.Now().Add(-c.age)
		if err := os.Chtimes(path, written, written); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || files.Abandoned(info) != c.want {
			t.Errorf("%s, %v old: abandoned is %v, want %v (%v)", name, c.age, !c.want, c.want, err)
		}
	}
}

// alone fails the test unless a file has its folder for itself.
func alone(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		t.Errorf("beside %s: %v, %v", path, entries, err)
	}
}
