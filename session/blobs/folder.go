package blobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
	"time"

	"pentimento/files"
)

// Folder is a [Bucket] in the file system. Values are not synced to disk: one
// that a crash has damaged does not match its digest.
type Folder struct{ root *os.Root }

// OpenFolder returns the bucket in a folder, making it if there is none.
func OpenFolder(name string) (*Folder, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for pictures: %w", err)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("open the folder for pictures: %w", err)
	}
	return &Folder{root}, nil
}

// Put implements [Bucket].
func (f *Folder) Put(ctx context.Context, name string, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := f.write(name, value)
	// Whoever deletes the last file of a folder deletes the folder.
	for tries := 0; errors.Is(err, fs.ErrNotExist) && tries < 10; tries++ {
		err = f.write(name, value)
	}
	return err
}

// write makes a file and the folders that lead to it.
func (f *Folder) write(name string, value []byte) error {
	if err := f.root.MkdirAll(path.Dir(name), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return files.WriteIn(f.root, name, value, 0o600)
}

// Get implements [Bucket].
func (f *Folder) Get(ctx context.Context, name string, limit int64) (value []byte, stored time.Time, err error) {
	if err := ctx.Err(); err != nil {
		return nil, stored, err
	}
	file, err := f.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, stored, ErrNone
	}
	if err != nil {
		return nil, stored, err
	}
	value, reading := io.ReadAll(io.LimitReader(file, limit+1))
	info, err := file.Stat()
	if err := errors.Join(reading, err, file.Close()); err != nil {
		return nil, stored, err
	}
	if int64(len(value)) > limit {
		return nil, stored, ErrNone
	}
	return value, info.ModTime(), nil
}

// Has implements [Bucket].
func (f *Folder) Has(ctx context.Context, name string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	_, err := f.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Delete implements [Bucket]. Folders that are empty then go too: their names
// tell of who was there.
func (f *Folder) Delete(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if f.root.Remove(dir) != nil {
			break // not empty: others need it
		}
	}
	return nil
}

// List implements [Bucket].
func (f *Folder) List(ctx context.Context, folder string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		err := fs.WalkDir(f.root.FS(), strings.TrimSuffix(folder, "/"), func(name string, d fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
				return nil
			}
			if err != nil {
				return err
			}
			info, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil // deleted meanwhile
			}
			if err != nil {
				return err
			}
			if files.Unfinished(name) {
				return f.cleanUp(name, info)
			}
			if !yield(Entry{Name: name, Size: info.Size(), Stored: info.ModTime()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Entry{}, err)
		}
	}
}

// cleanUp removes an unfinished file if a crash left it.
func (f *Folder) cleanUp(name string, info fs.FileInfo) error {
	if !files.Abandoned(info) {
		return nil
	}
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Close implements [Bucket].
func (f *Folder) Close() error { return f.root.Close() }
