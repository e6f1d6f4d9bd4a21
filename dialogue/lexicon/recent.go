package lexicon

import (
	"hash/maphash"
	"sync/atomic"
)

// recent remembers answers that were given lately, so that a word that is looked up
// a hundred times in one utterance is searched for once. It holds a fixed number of
// them and is safe for any number of goroutines.
type recent[A any] struct {
	seed  maphash.Seed
	slots [recentSlots]atomic.Pointer[remembered[A]]
}

const recentSlots = 2048

type remembered[A any] struct {
	key    string
	answer A
	ok     bool
}

func newRecent[A any]() *recent[A] { return &recent[A]{seed: maphash.MakeSeed()} }

// get gives the answer for a key, which find finds where it is not remembered.
func (r *recent[A]) get(key string, find func(string) (A, bool)) (A, bool) {
	slot := &r.slots[maphash.String(r.seed, key)%recentSlots]
	if m := slot.Load(); m != nil && m.key == key {
		return m.answer, m.ok
	}
	answer, ok := find(key)
	if len(key) <= longWord {
		slot.Store(&remembered[A]{key, answer, ok})
	}
	return answer, ok
}

// longWord is how long a key that is remembered may be, in bytes.
const longWord = 64
