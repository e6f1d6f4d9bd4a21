package files_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pentimento/files"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	const limit = 1 << 20
	for name, size := range map[string]int64{"empty": 0, "small": 5, "as large as may be": limit, "a byte too large": limit + 1} {
		if err := files.Write(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pointer := "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n"
	if err := files.Write(filepath.Join(dir, "pointer"), []byte(pointer), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		size    int
		err     error
		message string
	}{
		"empty":              {},
		"small":              {size: 5},
		"as large as may be": {size: limit},
		"a byte too large":   {err: files.ErrTooLarge, message: "read a byte too large: is larger than 1 MiB"},
		"folder":             {err: files.ErrNotFile, message: "read folder: is not a file"},
		"pointer":            {err: files.ErrPointer, message: "read pointer: is a pointer of Git LFS and not the file itself; \"git lfs pull\" fetches that"},
		"pipe":               {err: files.ErrNotFile, message: "read pipe: is not a file"},
		"nothing":            {err: fs.ErrNotExist},
	} {
		if _, err := files.ReadFile(filepath.Join(dir, name), limit); c.err != nil && !strings.Contains(fmt.Sprint(err), filepath.Join(dir, name)+": ") {
			t.Errorf("%s: read by its path: %v, want the path", name, err)
		}
		data, err := files.Read(os.DirFS(dir), name, limit)
		if len(data) != c.size || !errors.Is(err, c.err) {
			t.Errorf("%s: %d bytes, %v, want %d bytes, %v", name, len(data), err, c.size, c.err)
		}
		if c.message != "" && err.Error() != c.message {
			t.Errorf("%s: %q, want %q", name, err, c.message)
		}
	}
}
