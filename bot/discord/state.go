package discord

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"

	"pentimento/bot"
)

// state is what the bot remembers beside the sessions: its key, which thread
// belongs to whom, what people set, who is blocked, who drew how much, and
// which messages wait for their picture.
type state struct{ db *bolt.DB }

// The buckets.
var (
	bucketMeta    = []byte("meta")    // "key", "commands"
	bucketThreads = []byte("threads") // thread → owner
	bucketOptions = []byte("options") // user/place → bot.Options
	bucketBlocked = []byte("blocked") // user
	bucketUsage   = []byte("usage")   // user → usage
	bucketOpen    = []byte("open")    // message → openMessage
)

// openState opens the file at path, making it if there is none.
func openState(path string) (*state, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open the bot's memory: %w", err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second})
	if err != nil {
		return nil, fmt.Errorf("open the bot's memory %s: %w", path, err)
	}
	s := &state{db: db}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range [][]byte{bucketMeta, bucketThreads, bucketOptions, bucketBlocked, bucketUsage, bucketOpen} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the bot's memory %s: %w", path, err), db.Close())
	}
	return s, nil
}

func (s *state) close() error { return s.db.Close() }

func (s *state) get(bucket []byte, key string) []byte {
	var out []byte
	// Reading a bucket that is there cannot fail but by closing, and then
	// nothing is known.
	_ = s.db.View(func(tx *bolt.Tx) error {
		out = bytes.Clone(tx.Bucket(bucket).Get([]byte(key)))
		return nil
	})
	return out
}

func (s *state) put(bucket []byte, key string, value []byte) error {
	return s.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucket).Put([]byte(key), value) })
}

func (s *state) remove(bucket []byte, key string) error {
	return s.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucket).Delete([]byte(key)) })
}

// signingKey is the key of the bot's buttons, made at the first start: with
// another one, buttons from before would be dead.
func (s *state) signingKey() ([]byte, error) {
	if key := s.get(bucketMeta, "key"); len(key) == 32 {
		return key, nil
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make the key of the buttons: %w", err)
	}
	return key, s.put(bucketMeta, "key", key)
}

// options are what the user set in the place; those given if nothing.
func (s *state) options(user, place string, without bot.Options) bot.Options {
	set := without
	if data := s.get(bucketOptions, user+"/"+place); data != nil && json.Unmarshal(data, &set) != nil {
		return without
	}
	return set
}

func (s *state) setOptions(user, place string, o bot.Options) error {
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return s.put(bucketOptions, user+"/"+place, data)
}

// usage is how much somebody drew on a day.
type usage struct {
	Day string `json:"day"`
	N   int    `json:"n"`
}

// spend counts a picture of the user unless they have had most of them today;
// ok tells whether they may draw it.
func (s *state) spend(user, day string, most int) (ok bool, err error) {
	err = s.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketUsage)
		var u usage
		if data := b.Get([]byte(user)); data != nil && json.Unmarshal(data, &u) != nil || u.Day != day {
			u = usage{Day: day}
		}
		if ok = u.N < most; !ok {
			return nil
		}
		u.N++
		data, err := json.Marshal(u)
		if err != nil {
			return err
		}
		return b.Put([]byte(user), data)
	})
	return ok, err
}

// drawn counts the pictures of a day, and who drew them.
func (s *state) drawn(day string) (pictures, people int) {
	_ = s.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketUsage).ForEach(func(_, data []byte) error {
			var u usage
			if json.Unmarshal(data, &u) == nil && u.Day == day {
				pictures, people = pictures+u.N, people+1
			}
			return nil
		})
	})
	return pictures, people
}

// openMessage is a message that waits for its picture.
type openMessage struct {
	Channel string `json:"channel"`
	Said    string `json:"said"`
}

// opened returns the messages that still waited when the bot last ended, and
// forgets them.
func (s *state) opened() (map[string]openMessage, error) {
	out := map[string]openMessage{}
	err := s.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketOpen)
		err := b.ForEach(func(id, data []byte) error {
			var m openMessage
			if json.Unmarshal(data, &m) == nil {
				out[string(id)] = m
			}
			return nil
		})
		for id := range out {
			err = errors.Join(err, b.Delete([]byte(id)))
		}
		return err
	})
	return out, err
}

// forget removes what is kept of a user, except that they are blocked: that
// would undo itself.
func (s *state) forget(user string) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		options := tx.Bucket(bucketOptions).Cursor()
		prefix := []byte(user + "/")
		for k, _ := options.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = options.Next() {
			if err := options.Delete(); err != nil {
				return err
			}
		}
		threads := tx.Bucket(bucketThreads).Cursor()
		for k, owner := threads.First(); k != nil; k, owner = threads.Next() {
			if string(owner) == user {
				if err := threads.Delete(); err != nil {
					return err
				}
			}
		}
		// What was drawn today stays counted until the day is over: forgetting
		// is no way around a quota.
		return nil
	})
}
