package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"pentimento/files"
)

// A sums knows the sha256 of files. Those of large ones it keeps in a folder, so
// that a start need not read gigabytes: they hold while the file has the same
// size and time.
type sums struct {
	dir string // of the cache; empty to keep nothing
	// hurry: a large file is not read for its sum.
	hurry bool
}

// errUnsummed says that a large file was not read.
var errUnsummed = errors.New("its digest is not known yet")

// large is the size from which on a sum is kept: what is smaller is read in a
// tenth of a second.
const large = 64 << 20

// A kept sum is what lies in the cache, and of which file it is.
type keptSum struct {
	Path   string
	Bytes  int64
	Time   time.Time
	SHA256 string
}

// of is the hexadecimal sha256 of the file at a path, which is kept.
func (s sums) of(ctx context.Context, path string) (string, error) {
	if s.skips(path) {
		return "", errUnsummed
	}
	sum, err := s.sum(ctx, path)
	if err == nil {
		s.keep(sum)
	}
	return sum.SHA256, err
}

// skips reports whether there is no time to read a file.
func (s sums) skips(path string) bool {
	info, err := os.Stat(path)
	return err == nil && s.hurry && info.Size() >= large && s.known(path) == ""
}

// sum is that of the file at a path, the kept one if there is one.
func (s sums) sum(ctx context.Context, path string) (keptSum, error) {
	info, err := os.Stat(path)
	if err != nil {
		return keptSum{}, err
	}
	k := keptSum{Path: path, Bytes: info.Size(), Time: info.ModTime(), SHA256: s.known(path)}
	if k.SHA256 == "" {
		k.SHA256, err = sumOf(ctx, path)
	}
	return k, err
}

// sumOf reads a file.
func sumOf(ctx context.Context, path string) (sum string, err error) {
	opened, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, untilDone{ctx, opened}); err != nil {
		return "", fmt.Errorf("read: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// untilDone reads until a context ends.
type untilDone struct {
	ctx context.Context
	io.Reader
}

func (r untilDone) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// known is the sum that is kept of the file at a path; empty for none.
func (s sums) known(path string) string {
	data, err := files.ReadFile(s.file(path), maxConfigBytes)
	if s.dir == "" || err != nil {
		return ""
	}
	var kept keptSum
	info, err := os.Stat(path)
	if err != nil || json.Unmarshal(data, &kept) != nil {
		return ""
	}
	if kept.Path != path || kept.Bytes != info.Size() || !kept.Time.Equal(info.ModTime()) || len(kept.SHA256) != 2*sha256.Size {
		return ""
	}
	return kept.SHA256
}

// keep puts a sum into the cache. One that can't be kept is computed again.
func (s sums) keep(sum keptSum) {
	if s.dir == "" || sum.Bytes < large {
		return
	}
	data, err := json.Marshal(sum)
	if err == nil && os.MkdirAll(s.dir, 0o755) == nil {
		_ = files.Write(s.file(sum.Path), data, 0o600)
	}
}

// file is where the sum of the file at a path is kept.
func (s sums) file(path string) string {
	name := sha256.Sum256([]byte(path))
	return filepath.Join(s.dir, "sum-"+hex.EncodeToString(name[:10])+".json")
}
