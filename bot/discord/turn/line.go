package turn

import (
	"context"
	"sync"

	"pentimento/jobs"
	"pentimento/session"
)

// A line has the turns of each session follow one another: what is said next is
// about the picture that comes of what was said before. The first of a session
// goes on to the queue of pictures, where sessions wait for each other. The zero
// value is an empty line.
type line struct {
	mu       sync.Mutex
	users    map[string]int          // spots by user
	sessions map[session.Key][]*spot // in the order of arrival
}

// A spot is a turn's place in the line.
type spot struct {
	line    *line
	user    string
	session session.Key
	moved   chan struct{} // has room for one
	left    bool
}

// enter gives the user's turn a spot, which must be left in the end. The error
// is a [*jobs.LimitError] if the user has most of them.
func (l *line) enter(user string, key session.Key, most int) (*spot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.users[user] >= most {
		return nil, &jobs.LimitError{Limit: most}
	}
	return l.add(user, key), nil
}

// admit is enter for a turn that was let in by another process.
func (l *line) admit(user string, key session.Key) *spot {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.add(user, key)
}

func (l *line) add(user string, key session.Key) *spot {
	s := &spot{line: l, user: user, session: key, moved: make(chan struct{}, 1)}
	if l.users == nil {
		l.users, l.sessions = map[string]int{}, map[session.Key][]*spot{}
	}
	l.users[user]++
	l.sessions[key] = append(l.sessions[key], s)
	return s
}

// wait waits until the spot is the first of its session. moved is told how many
// are before it, whenever that changes. The error is ctx's.
func (s *spot) wait(ctx context.Context, moved func(ahead int)) error {
	for {
		ahead := s.ahead()
		if ahead == 0 {
			return ctx.Err()
		}
		moved(ahead)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.moved:
		}
	}
}

// ahead counts the spots of the session before this one.
func (s *spot) ahead() int {
	s.line.mu.Lock()
	defer s.line.mu.Unlock()
	for n, other := range s.line.sessions[s.session] {
		if other == s {
			return n
		}
	}
	return 0
}

// leave gives the spot up and lets those after it move. It may be called more than
// once.
func (s *spot) leave() {
	l := s.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.left {
		return
	}
	s.left = true
	if l.users[s.user]--; l.users[s.user] == 0 {
		delete(l.users, s.user)
	}
	rest := l.sessions[s.session][:0]
	for _, other := range l.sessions[s.session] {
		if other != s {
			rest = append(rest, other)
		}
	}
	if len(rest) == 0 {
		delete(l.sessions, s.session)
		return
	}
	l.sessions[s.session] = rest
	for _, other := range rest {
		select {
		case other.moved <- struct{}{}:
		default:
		}
	}
}
