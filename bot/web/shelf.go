package web

import (
	"container/list"
	"strings"
	"sync"

	"pentimento/bot/gate"
	"pentimento/session"
)

// A shelf has what answers show, for those who come to look: pictures that have passed
// the gate, films, files. What was not looked at for longest goes first.
type shelf struct {
	limit int // in bytes

	mu    sync.Mutex
	bytes int
	items map[string]*list.Element
	order *list.List // of *item, the one used last first
}

// mostShelved is how many things are on a shelf at most, however small.
const mostShelved = 2000

type item struct {
	name string
	file gate.File
}

func newShelf(limit int) *shelf {
	return &shelf{limit: limit, items: map[string]*list.Element{}, order: list.New()}
}

// shelved is the name of something of a conversation. A user cannot be part of another
// one's: hashes have one length.
func shelved(key session.Key, name string) string {
	return session.HashName(key.User) + session.HashName(key.Place) + name
}

// put keeps something of a conversation under a name.
func (s *shelf) put(key session.Key, name string, f gate.File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name = shelved(key, name)
	if had, ok := s.items[name]; ok {
		s.remove(had)
	}
	s.items[name] = s.order.PushFront(&item{name, f})
	s.bytes += len(f.Bytes())
	for (s.bytes > s.limit || s.order.Len() > mostShelved) && s.order.Len() > 1 {
		s.remove(s.order.Back())
	}
}

// get returns what was put there.
func (s *shelf) get(key session.Key, name string) (gate.File, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.items[shelved(key, name)]
	if !ok {
		return gate.File{}, false
	}
	s.order.MoveToFront(at)
	return at.Value.(*item).file, true
}

// forget drops all that is kept of a conversation, or of a user if it has no place.
func (s *shelf) forget(key session.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	beginning := session.HashName(key.User)
	if key.Place != "" {
		beginning = shelved(key, "")
	}
	for name, at := range s.items {
		if strings.HasPrefix(name, beginning) {
			s.remove(at)
		}
	}
}

// remove drops one. The lock must be held.
func (s *shelf) remove(at *list.Element) {
	one := s.order.Remove(at).(*item)
	delete(s.items, one.name)
	s.bytes -= len(one.file.Bytes())
}
