package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"go.etcd.io/bbolt"

	"pentimento/session/bolt/boltfile"
)

// Salvage copies those records of the damaged file at old that are what was
// written to a new file at path, and returns how many, and a line for everything
// that is lost. The old file stays as it is. The error is [fs.ErrExist] if there
// is something at path.
func Salvage(old, path string) (copied int, lost []string, err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return 0, nil, errors.Join(err, &fs.PathError{Op: "salvage to", Path: path, Err: fs.ErrExist})
	}
	next, err := Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, nil, err
	}
	damaged := 0
	lost, err = boltfile.Salvage(old, func(found boltfile.Found) error {
		if len(found.Path) != 2 || found.Path[0] != string(bucketBot) {
			return nil // the seal, or records of a table that nobody knows
		}
		return next.file.Update(func(tx *bbolt.Tx) error {
			n, err := putSound(tx.Bucket(bucketBot), found)
			copied += n
			damaged += len(found.Values) - n
			return err
		})
	})
	if damaged > 0 {
		lost = append(lost, fmt.Sprintf("%d records are not what was written", damaged))
	}
	if err != nil {
		err = fmt.Errorf("salvage %s: %w", old, err)
	}
	if err = errors.Join(err, next.Close()); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return copied, lost, err
}

// putSound puts those of a table's records that are what was written, and counts
// them.
func putSound(bot *bbolt.Bucket, found boltfile.Found) (copied int, err error) {
	table := []byte(found.Path[1])
	for name, record := range found.Values {
		value, err := unseal(table, []byte(name), record)
		if err != nil {
			continue
		}
		if err := put(bot, table, []byte(name), value); err != nil {
			return copied, err
		}
		copied++
	}
	return copied, nil
}

// PutAside renames the damaged file at path, so that an empty one takes its
// place when it is opened next, and returns its new name. It leaves a file alone
// that can be opened, or that another process has open; the error is then
// [ErrSound] or the reason.
func PutAside(path string, now time.Time) (to string, err error) {
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	r, err := Open(path, slog.New(slog.DiscardHandler))
	switch {
	case err == nil:
		return "", errors.Join(ErrSound, r.Close())
	case !boltfile.IsDamage(err):
		return "", err
	}
	to = path + ".damaged-" + now.UTC().Format("20060102T150405")
	return to, os.Rename(path, to)
}

// ErrSound says that nothing is wrong with a file.
var ErrSound = errors.New("nothing is wrong with what the bot remembers")
