package discord

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
)

// A Line is where turns wait for an engine. [NewLine] makes one for engines in
// this process; a queue over several machines can stand in for it.
type Line interface {
	// Enter waits for the user's turn. moved is told how many are before it,
	// whenever that changes; place is the session, of which one turn is drawn
	// at a time. leave must be called when the turn is drawn. The error is
	// ctx's, or a sentence for the user.
	Enter(ctx context.Context, user, place string, moved func(ahead int)) (leave func(), err error)
	// Length is how many wait, and how many are being drawn.
	Length() (waiting, running int)
}

// line is the queue of one process. Users take turns: the next is of the user
// who was served least recently, so that somebody who asks for ten pictures
// waits for nine of them behind everybody else's first.
type line struct {
	slots, perUser int

	mu      sync.Mutex
	waiting []*ticket
	running map[*ticket]bool
	served  map[string]int // user → when they were last served
	clock   int
}

// maxWaiting bounds the line.
const maxWaiting = 500

// ticket is one turn in the line.
type ticket struct {
	user, place string
	turn        chan struct{} // closed when it is its turn
	moved       chan struct{}
}

// NewLine returns a line in which slots turns are drawn at once, and a user
// may have perUser turns waiting or drawn.
func NewLine(slots, perUser int) Line {
	return &line{slots: slots, perUser: perUser, running: map[*ticket]bool{}, served: map[string]int{}}
}

// Enter implements [Line].
func (l *line) Enter(ctx context.Context, user, place string, moved func(int)) (func(), error) {
	t := &ticket{user: user, place: place, turn: make(chan struct{}), moved: make(chan struct{}, 1)}
	if err := l.join(t); err != nil {
		return nil, err
	}
	told := -1
	for {
		select {
		case <-t.turn:
			return func() { l.leave(t) }, nil
		case <-ctx.Done():
			l.leave(t)
			return nil, context.Cause(ctx)
		case <-t.moved:
			if ahead := l.ahead(t); ahead >= 0 && ahead != told {
				told = ahead
				moved(ahead)
			}
		}
	}
}

// Length implements [Line].
func (l *line) Length() (waiting, running int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting), len(l.running)
}

func (l *line) join(t *ticket) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, w := range l.waiting {
		if w.user == t.user {
			n++
		}
	}
	for r := range l.running {
		if r.user == t.user {
			n++
		}
	}
	if n >= l.perUser {
		return refusal(fmt.Sprintf("You have %s waiting or being drawn already; wait for one or cancel it.", plural(n, "picture")))
	}
	if len(l.waiting) >= maxWaiting {
		return refusal("Very many pictures are waiting just now. Try again in a minute.")
	}
	l.waiting = append(l.waiting, t)
	l.advance()
	return nil
}

func (l *line) leave(t *ticket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.running, t)
	for i, w := range l.waiting {
		if w == t {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			break
		}
	}
	l.advance()
}

// advance gives free slots to those whose turn it is, and tells the others
// that they may have moved.
func (l *line) advance() {
	for len(l.running) < l.slots {
		order := l.order()
		next := -1
		for _, i := range order {
			if !l.busy(l.waiting[i].place) {
				next = i
				break
			}
		}
		if next < 0 {
			break
		}
		t := l.waiting[next]
		l.waiting = append(l.waiting[:next], l.waiting[next+1:]...)
		l.running[t] = true
		l.clock++
		l.served[t.user] = l.clock
		close(t.turn)
	}
	if len(l.waiting) == 0 && len(l.running) == 0 {
		clear(l.served) // nobody waits: who was served when is of no matter
	}
	for _, t := range l.waiting {
		select {
		case t.moved <- struct{}{}:
		default:
		}
	}
}

// busy reports whether a turn of the session is being drawn.
func (l *line) busy(place string) bool {
	for r := range l.running {
		if r.place == place {
			return true
		}
	}
	return false
}

// order lists the indices of the waiting in the order of being served: in
// rounds, in each of which every user has one turn.
func (l *line) order() []int {
	round := map[string]int{}
	type rank struct{ round, served, index int }
	ranks := make([]rank, len(l.waiting))
	for i, t := range l.waiting {
		ranks[i] = rank{round[t.user], l.served[t.user], i}
		if round[t.user] > 0 {
			ranks[i].served = 0
		}
		round[t.user]++
	}
	slices.SortStableFunc(ranks, func(a, b rank) int {
		return cmp.Or(cmp.Compare(a.round, b.round), cmp.Compare(a.served, b.served))
	})
	order := make([]int, len(ranks))
	for i, r := range ranks {
		order[i] = r.index
	}
	return order
}

// ahead counts the turns that are drawn before t; -1 once it is its turn.
func (l *line) ahead(t *ticket) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n, i := range l.order() {
		if l.waiting[i] == t {
			return n + len(l.running)
		}
	}
	return -1
}
