package discord

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"pentimento/bot"
	"pentimento/dialogue"
	"pentimento/session"
)

// Memory keeps what the bot remembers beside the sessions: small values by
// table and name. The packages below records have two. Several bots may share one if it can
// be shared.
type Memory interface {
	// Get returns a value; nil if there is none.
	Get(ctx context.Context, table, name string) ([]byte, error)
	// Change puts what change makes of a value in its place, nobody else
	// changing it in between. Nil stands for no value.
	Change(ctx context.Context, table, name string, change func(old []byte) ([]byte, error)) error
	// Each calls visit with every value of a table.
	Each(ctx context.Context, table string, visit func(name string, value []byte) error) error
	// Close releases it.
	Close() error
}

// state is what the bot remembers beside the sessions: its key, which thread
// belongs to whom, what people set and what they were asked, who is blocked,
// who drew how much, and which messages wait for their picture.
//
// It has deadlines of its own instead of its callers': what has happened is
// remembered also when the request that it happened in was cancelled.
type state struct {
	memory Memory
	log    *slog.Logger
}

// remembering is how long a value may take, listing how long all of them. The
// first is short of the three seconds in which an interaction is answered.
const (
	remembering = 2 * time.Second
	listing     = time.Minute
)

// The tables.
const (
	bucketMeta    = "meta"    // "key", "commands"
	bucketThreads = "threads" // thread → owner
	bucketOptions = "options" // user/place → bot.Options
	bucketAsked   = "asked"   // user/place → dialogue.Question
	bucketBlocked = "blocked" // user
	bucketUsage   = "usage"   // user → usage
	bucketOpen    = "open"    // message → openMessage
)

func (s *state) close() error { return s.memory.Close() }

// look returns a value; nil if there is none.
func (s *state) look(table, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), remembering)
	defer cancel()
	return s.memory.Get(ctx, table, name)
}

// get returns a value; nil if there is none, or it cannot be had.
func (s *state) get(table, name string) []byte {
	value, err := s.look(table, name)
	if err != nil {
		s.log.Error("what the bot remembers cannot be read", "table", table, "error", err)
	}
	return value
}

func (s *state) change(table, name string, change func(old []byte) ([]byte, error)) error {
	ctx, cancel := context.WithTimeout(context.Background(), remembering)
	defer cancel()
	return s.memory.Change(ctx, table, name, change)
}

func (s *state) put(table, name string, value []byte) error {
	return s.change(table, name, func([]byte) ([]byte, error) { return value, nil })
}

func (s *state) remove(table, name string) error { return s.put(table, name, nil) }

// each calls visit with every value of a table.
func (s *state) each(table string, visit func(name string, value []byte) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), listing)
	defer cancel()
	return s.memory.Each(ctx, table, visit)
}

// removeAll removes the values of a table that fit.
func (s *state) removeAll(table string, fits func(name string, value []byte) bool) error {
	var names []string
	err := s.each(table, func(name string, value []byte) error {
		if fits(name, value) {
			names = append(names, name)
		}
		return nil
	})
	for _, name := range names {
		if err == nil {
			err = s.remove(table, name)
		}
	}
	return err
}

// signingKey is the key of the bot's buttons, made at the first start: with
// another one, buttons from before would be dead.
func (s *state) signingKey() ([]byte, error) {
	var key []byte
	err := s.change(bucketMeta, "key", func(had []byte) ([]byte, error) {
		if key = had; len(key) == 32 {
			return key, nil
		}
		key = make([]byte, 32)
		_, err := rand.Read(key)
		return key, err
	})
	if err != nil {
		return nil, fmt.Errorf("make the key of the buttons: %w", err)
	}
	return key, nil
}

// blocked reports whether an admin has refused the user.
func (s *state) blocked(user string) (bool, error) {
	value, err := s.look(bucketBlocked, user)
	return value != nil, err
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

// question is the one that waits for an answer in a session; nil for none.
func (s *state) question(key session.Key) *dialogue.Question {
	data := s.get(bucketAsked, placeName(key))
	if data == nil {
		return nil
	}
	q := new(dialogue.Question)
	if err := json.Unmarshal(data, q); err != nil {
		s.log.Warn("a question from before cannot be read", "error", err)
		return nil
	}
	return q
}

// setQuestion remembers the question that waits for an answer; nil for none.
func (s *state) setQuestion(key session.Key, q *dialogue.Question) error {
	if q == nil {
		return s.remove(bucketAsked, placeName(key))
	}
	data, err := json.Marshal(q)
	if err != nil {
		return err
	}
	return s.put(bucketAsked, placeName(key), data)
}

// placeName is a session's name in tables.
func placeName(key session.Key) string { return key.User + "/" + key.Place }

// usage is how much somebody drew on a day.
type usage struct {
	Day string `json:"day"`
	N   int    `json:"n"`
}

// spend counts a picture of the user unless they have had most of them today;
// ok tells whether they may draw it.
func (s *state) spend(user, day string, most int) (ok bool, err error) {
	err = s.change(bucketUsage, user, func(had []byte) ([]byte, error) {
		var u usage
		if had != nil && json.Unmarshal(had, &u) != nil || u.Day != day {
			u = usage{Day: day}
		}
		if ok = u.N < most; !ok {
			return had, nil
		}
		u.N++
		return json.Marshal(u)
	})
	return ok, err
}

// drawn counts the pictures of a day, and who drew them.
func (s *state) drawn(day string) (pictures, people int) {
	err := s.each(bucketUsage, func(_ string, data []byte) error {
		var u usage
		if json.Unmarshal(data, &u) == nil && u.Day == day {
			pictures, people = pictures+u.N, people+1
		}
		return nil
	})
	if err != nil {
		s.log.Error("the pictures of today cannot be counted", "error", err)
	}
	return pictures, people
}

// openMessage is a message that waits for its picture.
type openMessage struct {
	Channel string `json:"channel"`
	Said    string `json:"said"`
	// User and Place are the turn's session, Event is what asked for it.
	User  string `json:"user,omitempty"`
	Place string `json:"place,omitempty"`
	Event string `json:"event,omitempty"`
	// Shards are those of the process that wrote it.
	Shards string `json:"shards,omitempty"`
}

// opened returns the messages that still waited when the process with these
// shards last ended, and forgets them.
func (s *state) opened(shards Shards) (map[string]openMessage, error) {
	out := map[string]openMessage{}
	err := s.removeAll(bucketOpen, func(id string, data []byte) bool {
		var m openMessage
		ours := json.Unmarshal(data, &m) == nil && shards.cares(m.Shards)
		if ours {
			out[id] = m
		}
		return ours
	})
	return out, err
}

// forget removes what is kept of a user, except that they are blocked, which
// would undo itself, and what they drew today: forgetting is no way around a
// quota.
func (s *state) forget(user string) error {
	for _, table := range []string{bucketOptions, bucketAsked} {
		if err := s.removeAll(table, func(name string, _ []byte) bool { return strings.HasPrefix(name, user+"/") }); err != nil {
			return err
		}
	}
	return s.removeAll(bucketThreads, func(_ string, owner []byte) bool { return string(owner) == user })
}
