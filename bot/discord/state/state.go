// Package state is what the bot remembers beside the sessions: the key of its
// buttons, which thread belongs to whom, what people set and what they were
// asked, who is blocked, who drew how much, and which messages wait for their
// picture.
//
// Start with [Open]. sessions.go has what belongs to a session, people.go what
// belongs to a user, messages.go the messages.
package state

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Records keep small values by table and name. Packages records/bolt and
// records/redis have them for one process and for several.
type Records interface {
	// Get returns a value; nil if there is none.
	Get(ctx context.Context, table, name string) ([]byte, error)
	// Change replaces a value by what change makes of it; nil removes it. Nobody
	// else changes it in between.
	Change(ctx context.Context, table, name string, change func(old []byte) ([]byte, error)) error
	// Each calls visit with every value of a table.
	Each(ctx context.Context, table string, visit func(name string, value []byte) error) error
	// Erase leaves no byte of what was removed or replaced.
	Erase(ctx context.Context) error
	// Close releases what it takes to keep them.
	Close() error
}

// A State reads and writes what is remembered.
//
// It has its own deadlines and not those of its callers: what has happened is
// remembered also if the request in which it happened is cancelled.
type State struct {
	records Records
	log     *slog.Logger
	key     []byte // of the buttons, and of names

	mu    sync.Mutex
	today string // the last day on which somebody drew
}

// Open returns the state that the records hold; closing it closes them, and an
// error leaves them open.
func Open(records Records, log *slog.Logger) (*State, error) {
	s := &State{records: records, log: log}
	var err error
	if s.key, err = s.signingKey(); err != nil {
		return nil, err
	}
	return s, s.hidePeople()
}

// Close closes the records.
func (s *State) Close() error { return s.records.Close() }

// remembering is how long a value may take, listing how long all of them. Both
// are longer than a restart of what keeps them.
const (
	remembering = 30 * time.Second
	listing     = time.Minute
)

// The tables.
const (
	tableMeta    = "meta"    // "key", "commands"
	tableThreads = "threads" // thread → owner
	tableOptions = "options" // user/place → bot.Options
	tableAsked   = "asked"   // user/place → dialogue.Question
	tableBlocked = "blocked" // user, as hidden by State.hide
	tableUsage   = "usage"   // user and day, hidden as well → usage
	tableOpen    = "open"    // event → OpenMessage
)

// look returns a value; nil if there is none.
func (s *State) look(table, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), remembering)
	defer cancel()
	return s.records.Get(ctx, table, name)
}

// get returns a value; nil if there is none, or it cannot be had.
func (s *State) get(table, name string) []byte {
	value, err := s.look(table, name)
	if err != nil {
		s.log.Error("what the bot remembers cannot be read", "table", table, "error", err)
	}
	return value
}

func (s *State) change(table, name string, change func(old []byte) ([]byte, error)) error {
	ctx, cancel := context.WithTimeout(context.Background(), remembering)
	defer cancel()
	return s.records.Change(ctx, table, name, change)
}

func (s *State) put(table, name string, value []byte) error {
	return s.change(table, name, func([]byte) ([]byte, error) { return value, nil })
}

func (s *State) remove(table, name string) error { return s.put(table, name, nil) }

// each calls visit with every value of a table.
func (s *State) each(table string, visit func(name string, value []byte) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), listing)
	defer cancel()
	return s.records.Each(ctx, table, visit)
}

// removeAll removes the values of a table that fit.
func (s *State) removeAll(table string, fits func(name string, value []byte) bool) error {
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

// SigningKey is the key of the bot's buttons.
func (s *State) SigningKey() []byte { return s.key }

// signingKey returns the key, made at the first start: with another one, buttons
// from before would be dead.
func (s *State) signingKey() ([]byte, error) {
	var key []byte
	err := s.change(tableMeta, "key", func(had []byte) ([]byte, error) {
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

// Registered names the commands that were registered last; empty if none were.
func (s *State) Registered() string { return string(s.get(tableMeta, "commands")) }

// SetRegistered remembers which commands are registered.
func (s *State) SetRegistered(name string) error { return s.put(tableMeta, "commands", []byte(name)) }

// Forget removes what is kept of a user, and leaves no byte of it. That they are
// blocked, and how much they drew today, stays, under names that say to nobody
// else who they are: /forget is not a way around either.
func (s *State) Forget(user string) error {
	for _, table := range []string{tableOptions, tableAsked} {
		if err := s.removeAll(table, func(name string, _ []byte) bool { return strings.HasPrefix(name, user+"/") }); err != nil {
			return err
		}
	}
	if err := s.removeAll(tableThreads, func(_ string, owner []byte) bool { return string(owner) == user }); err != nil {
		return err
	}
	// Of a message that could not be shown, which waits for the next process.
	err := s.removeAll(tableOpen, func(_ string, data []byte) bool {
		var m OpenMessage
		return json.Unmarshal(data, &m) == nil && m.User == user
	})
	if err != nil {
		return err
	}
	return s.erase()
}

// erase leaves no byte of what was removed.
func (s *State) erase() error {
	ctx, cancel := context.WithTimeout(context.Background(), listing)
	defer cancel()
	return s.records.Erase(ctx)
}
