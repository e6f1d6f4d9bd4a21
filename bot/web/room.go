package web

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"pentimento/bot"
	"pentimento/bot/web/feed"
	"pentimento/dialogue"
	"pentimento/jobs"
	"pentimento/session"
)

// A room is a conversation while somebody is in it: what is asked for and not done,
// the question that is open, and those who look on.
type room struct {
	key  session.Key
	feed *feed.Feed

	mu       sync.Mutex
	options  bot.Options
	question *dialogue.Question
	asked    int      // the turn at the head when the question was asked
	turns    []*turn  // that are asked for and not done, in their order
	done     []result // the last ones
	known    int      // how many turns of the session the feed has told of
	used     time.Time
}

// remembered is how many results a room remembers, for those who ask again.
const remembered = 30

// newRoom is a room in which nothing has happened.
func newRoom(key session.Key, options bot.Options, now time.Time) *room {
	return &room{key: key, feed: feed.New(), options: options, used: now}
}

// conversation is the room's, as it is now.
func (r *room) conversation(pattern bot.Conversation) *bot.Conversation {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := pattern
	c.Key, c.Options, c.Pending = r.key, r.options, r.question
	return &c
}

// keep takes over what an answer left of the conversation that was before.
func (r *room) keep(before, after *bot.Conversation, head int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if after.Pending != before.Pending {
		r.question, r.asked = after.Pending, head
	}
	if after.Options != before.Options {
		r.options = after.Options
	}
}

// find returns the turn of an event that is not done, or what came of it.
func (r *room) find(event string) (*turn, *result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.IndexFunc(r.turns, func(t *turn) bool { return t.event == event }); i >= 0 {
		return r.turns[i], nil
	}
	if i := slices.IndexFunc(r.done, func(d result) bool { return d.Event == event }); i >= 0 {
		return nil, &r.done[i]
	}
	return nil, nil
}

// add adds a turn behind the others.
func (r *room) add(t *turn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turns = append(r.turns, t)
	r.move()
}

// move lets the first turn that draws begin. The lock must be held.
func (r *room) move() {
	for _, t := range r.turns {
		if t.draws {
			t.begin.Do(func() { close(t.first) })
			return
		}
	}
}

// end takes a turn out and notes what came of it.
func (r *room) end(t *turn, d result, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turns = slices.DeleteFunc(r.turns, func(other *turn) bool { return other == t })
	if r.done = append(r.done, d); len(r.done) > remembered {
		r.done = slices.Delete(r.done, 0, 1)
	}
	r.used = now
	r.move()
}

// stopOthers stops all turns but one.
func (r *room) stopOthers(event string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.turns {
		if t.request.Event != event {
			t.cancel(jobs.ErrCancelled)
		}
	}
}

// clear forgets what was said, and tells those who look on.
func (r *room) clear() {
	r.mu.Lock()
	r.question, r.done, r.known = nil, nil, 0
	r.mu.Unlock()
	r.feed.Forget()
	r.tell("forgotten", struct{}{})
}

// idle reports whether nobody is in the room, and nothing has been said for a while.
func (r *room) idle(now time.Time, after time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.turns) == 0 && r.feed.Listeners() == 0 && now.Sub(r.used) > after
}

// tell publishes what the shape v is as an event.
func (r *room) tell(kind string, v any) { r.feed.Publish(kind, encoded(v)) }

// encoded is a shape of this package as JSON.
func encoded(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil { // of text and numbers: it never fails
		return []byte("null")
	}
	return data
}

// rooms are those that somebody is in.
type rooms struct {
	mu    sync.Mutex
	byKey map[session.Key]*room
	swept time.Time
}

// idleFor is how long a room is kept that nobody is in. What its conversation is, is
// in the store.
const idleFor = 10 * time.Minute

// open returns the room of a conversation.
func (a *rooms) open(key session.Key, options bot.Options, now time.Time) *room {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Sub(a.swept) > idleFor/10 || now.Before(a.swept) {
		a.sweep(now)
	}
	r := a.byKey[key]
	if r == nil {
		r = newRoom(key, options, now)
		a.byKey[key] = r
	}
	r.mu.Lock()
	r.used = now
	r.mu.Unlock()
	return r
}

// sweep drops rooms that nobody is in. The lock must be held.
func (a *rooms) sweep(now time.Time) {
	a.swept = now
	for key, r := range a.byKey {
		if r.idle(now, idleFor) {
			delete(a.byKey, key)
		}
	}
}

// of are the rooms of a user.
func (a *rooms) of(user string) []*room {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []*room
	for key, r := range a.byKey {
		if key.User == user {
			out = append(out, r)
		}
	}
	return out
}

// drop closes a room: what waits there is stopped, and those who look on are sent
// away.
func (a *rooms) drop(r *room) {
	a.mu.Lock()
	delete(a.byKey, r.key)
	a.mu.Unlock()
	r.mu.Lock()
	for _, t := range r.turns {
		t.cancel(nil)
	}
	r.mu.Unlock()
	r.feed.Close()
}

// close sends everybody away, when they have been told all.
func (a *rooms) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.byKey {
		r.feed.Close()
	}
}
