package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strconv"

	"go.etcd.io/bbolt"

	"pentimento/session"
	"pentimento/session/blobs"
	"pentimento/session/bolt/boltfile"
)

// Salvaged is what was copied of a damaged store.
type Salvaged struct {
	// Sessions, Turns, Shares and Pictures are how many of each were copied.
	Sessions, Turns, Shares, Pictures int
	// Lost says what is wrong with the file, and what was not copied, a line
	// each.
	Lost []string
}

// lose notes something that is lost.
func (s *Salvaged) lose(format string, args ...any) {
	s.Lost = append(s.Lost, fmt.Sprintf(format, args...))
}

// Salvage copies what can be read of the file at old, however damaged it is, to
// a new store at path, with the pictures in the folder beside it. The old file
// stays as it is. The error is [fs.ErrExist] if there is something at path,
// [session.ErrInUse], or [session.ErrCorrupt] if nothing can be read.
func Salvage(ctx context.Context, old, path string) (out Salvaged, err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return out, errors.Join(err, &fs.PathError{Op: "salvage to", Path: path, Err: fs.ErrExist})
	}
	if _, err := os.Stat(old); err != nil {
		return out, err
	}
	next, err := Open(path, Options{})
	if err != nil {
		return out, err
	}
	lost, err := boltfile.Salvage(old, func(found boltfile.Found) error {
		return out.take(ctx, next, found)
	})
	err = explain("salvage", old, err)
	out.Lost = append(lost, out.Lost...)
	if err == nil {
		err = out.pictures(ctx, old, next)
	}
	if err = errors.Join(err, next.Close()); err != nil {
		err = errors.Join(err, os.Remove(path), os.RemoveAll(path+blobsSuffix))
	}
	return out, err
}

// take copies what was found in a bucket if it is a session, or a share.
func (s *Salvaged) take(ctx context.Context, to *Store, found boltfile.Found) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	records, turns := recordsIn(found.Values)
	until, shared := found.Values[string(keyUntil)]
	if records.State == nil && turns == 0 {
		return nil // the schema, or what a page of nobody has
	}
	var key session.Key
	if len(found.Path) == 3 {
		key = session.Key{User: found.Path[1], Place: found.Path[2]}
	}
	if shared {
		return s.takeShare(to, found.Path, until, records)
	}
	return s.takeSession(to, key, turns, records, found.Values[string(keyTouched)])
}

// recordsIn are the records among the values of a bucket, up to the first turn
// that is missing, and how many turns there are.
func recordsIn(values map[string][]byte) (r session.Records, turns int) {
	r.State = values[string(keyState)]
	for key := range values {
		if len(key) == len(turnKey(0)) {
			turns++
		}
	}
	for n := 1; values[string(turnKey(n))] != nil; n++ {
		r.Turns = append(r.Turns, values[string(turnKey(n))])
	}
	return r, turns
}

// takeSession copies a session, as far as it hangs together.
func (s *Salvaged) takeSession(to *Store, key session.Key, turns int, had session.Records, touched []byte) error {
	if st, err := session.DecodeState(had.State); err == nil {
		key, turns = st.Key, st.Turns
	}
	r, whole, err := session.Mend(key, had)
	if err == nil {
		err = whole.Key.Validate()
	}
	if err != nil {
		s.lose("a conversation of %d turns%s: %v", turns, named(key), err)
		return nil
	}
	switch n := len(r.Turns); {
	case n+1 == turns:
		s.lose("turn %d of a conversation%s", turns, named(key))
	case n < turns:
		s.lose("turns %d to %d of a conversation%s", n+1, turns, named(key))
	}
	before := 0
	err = to.db.Update(func(tx *bbolt.Tx) error {
		place, err := makePlace(tx, whole.Key)
		if err != nil {
			return err
		}
		// A session that is found twice is an old copy the second time.
		if had, err := readRecords(place); err == nil {
			if before = len(had.Turns); before >= len(r.Turns) {
				return nil
			}
		}
		if _, err := decodeTime(touched); err == nil {
			if err := place.Put(keyTouched, touched); err != nil {
				return err
			}
		}
		return writeRecords(place, session.Records{}, r)
	})
	if before == 0 {
		s.Sessions++
	}
	s.Turns += max(0, len(r.Turns)-before)
	return err
}

// takeShare copies what is shared, if it is whole.
func (s *Salvaged) takeShare(to *Store, path []string, until []byte, r session.Records) error {
	_, damaged := session.DecodeShare(r)
	end, untimed := decodeTime(until)
	if len(path) != 2 || path[0] != string(bucketShares) || damaged != nil || untimed != nil {
		s.lose("what was shared under a code")
		return nil
	}
	s.Shares++
	return to.db.Update(func(tx *bbolt.Tx) error { return putShare(tx, path[1], end, r) })
}

// named says whose a conversation is, if that is known.
func named(key session.Key) string {
	if key == (session.Key{}) {
		return ""
	}
	return " of " + strconv.Quote(key.User) + " in " + strconv.Quote(key.Place)
}

// pictures copies the pictures of the copied turns from the folder beside the
// old file, if there is one. Those that are not there are drawn again when they
// are wanted.
func (s *Salvaged) pictures(ctx context.Context, old string, to *Store) (err error) {
	if _, err := os.Stat(old + blobsSuffix); err != nil {
		return nil // they are elsewhere
	}
	folder, err := blobs.OpenFolder(old + blobsSuffix)
	if err != nil {
		return err
	}
	from, err := blobs.Open(ctx, folder, blobs.Options{Limit: math.MaxInt64})
	if err != nil {
		return errors.Join(err, folder.Close())
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	var keys []session.Key
	err = to.db.View(func(tx *bbolt.Tx) error {
		return eachPlace(tx, func(key session.Key, _ *bbolt.Bucket) error {
			keys = append(keys, key)
			return nil
		})
	})
	for _, key := range keys {
		if err == nil {
			err = s.picturesOf(ctx, from, to, key)
		}
	}
	return err
}

// picturesOf copies the pictures of a session.
func (s *Salvaged) picturesOf(ctx context.Context, from *blobs.Store, to *Store, key session.Key) error {
	talk, err := to.Load(ctx, key)
	if err != nil {
		return err
	}
	for _, turn := range talk.Turns {
		picture, err := from.GetBlob(ctx, key, turn.Picture)
		if errors.Is(err, session.ErrNoSuchBlob) {
			continue
		}
		if err == nil {
			_, err = session.PutPicture(ctx, to, key, turn, picture)
		}
		if err != nil {
			return fmt.Errorf("copy a picture: %w", err)
		}
		s.Pictures++
	}
	return nil
}
