package web

import (
	"context"
	"sync"

	"pentimento/jobs"
)

// A line counts what each user has waiting or being done.
type line struct {
	mu    sync.Mutex
	users map[string]int
}

// enter counts one more, until it leaves. The error is a [*jobs.LimitError] if the
// user has most already.
func (l *line) enter(user string, most int) (leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.users[user] >= most {
		return nil, &jobs.LimitError{Limit: most}
	}
	if l.users == nil {
		l.users = map[string]int{}
	}
	l.users[user]++
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.users[user]--; l.users[user] == 0 {
			delete(l.users, user)
		}
	}), nil
}

// running has what has to end before the program may. Nothing is added once it stops.
type running struct {
	mu      sync.Mutex
	stopped bool
	ends    map[*turn]context.CancelCauseFunc
	group   sync.WaitGroup
}

// add adds a turn that ends with end, unless the program is being stopped. It must be
// removed when it has ended.
func (r *running) add(t *turn, end context.CancelCauseFunc) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		return false
	}
	if r.ends == nil {
		r.ends = map[*turn]context.CancelCauseFunc{}
	}
	r.ends[t] = end
	r.group.Add(1)
	return true
}

func (r *running) remove(t *turn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.ends, t)
	r.group.Done()
}

// stop adds no more.
func (r *running) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
}

// abort ends all that there are.
func (r *running) abort(cause error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, end := range r.ends {
		end(cause)
	}
}
