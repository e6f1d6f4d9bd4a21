package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pentimento/jobs"
	"pentimento/session"
)

// message is what workers tell askers.
type message struct {
	ID      string `json:"id"`
	Running bool   `json:"running,omitempty"`
	Done    bool   `json:"done,omitempty"`
	jobs.Progress
}

// maxMessageBytes bounds a message: a preview in base64 and a little more.
const maxMessageBytes = 2 * jobs.MaxPreviewBytes

// waiterRoom is how many messages a waiter may leave unread. Those that find no
// room are dropped: the next one tells more, and a waiter looks for itself too.
const waiterRoom = 8

// listen passes messages on until the queue is closed.
func (q *Queue) listen() {
	wake := q.key("wake")
	for m := range q.pubsub.Channel() {
		if m.Channel == wake {
			if m.Payload == "" {
				q.wakeAll()
			} else {
				q.doubt(m.Payload)
			}
			continue
		}
		var told message
		if len(m.Payload) > maxMessageBytes || json.Unmarshal([]byte(m.Payload), &told) != nil {
			continue
		}
		q.pass(told)
	}
}

// wakeAll has everyone who waits for a job try again.
func (q *Queue) wakeAll() {
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.wake)
	q.wake = make(chan struct{})
}

// pass gives a message to those who await the job.
func (q *Queue) pass(m message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for waiter := range q.waiters[m.ID] {
		select {
		case waiter <- m:
		default:
		}
	}
}

// register begins to listen for a job, and returns what ends that.
func (q *Queue) register(id string) (messages chan message, end func()) {
	messages = make(chan message, waiterRoom)
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiters[id] == nil {
		q.waiters[id] = map[chan message]bool{}
	}
	q.waiters[id][messages] = true
	return messages, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.waiters[id], messages)
		if len(q.waiters[id]) == 0 {
			delete(q.waiters, id)
		}
	}
}

// Await implements [jobs.Queue].
func (q *Queue) Await(ctx context.Context, t jobs.Ticket, watch func(jobs.Event)) (jobs.Result, error) {
	messages, end := q.register(t.ID)
	defer end()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	teller := teller{watch: watch}
	var vacancy jobs.Vacancy
	for {
		s, err := q.look(ctx, t)
		if err == nil {
			err = q.vacate(ctx, t, &s, &vacancy)
		}
		switch {
		case err == nil && s.finished:
			return s.result, s.err
		case err == nil:
			teller.tell(s.event)
		case !errors.Is(err, jobs.ErrUnavailable):
			return jobs.Result{}, err
		default:
			vacancy = jobs.Vacancy{} // workers may have been there meanwhile
		}
		q.wait(ctx, messages, poll.C, &teller)
	}
}

// vacate notes in what a look has found that no worker serves the job's model, and
// gives it up when that has been so for too long.
func (q *Queue) vacate(ctx context.Context, t jobs.Ticket, s *state, vacancy *jobs.Vacancy) error {
	vacant := vacancy.See(s.vacant, time.Now())
	if vacant < q.options.Vacant {
		if vacant >= q.options.Silence {
			s.event.Vacant = q.options.Vacant
		}
		return nil
	}
	failure := jobs.GivenUpUnserved(q.options.Vacant)
	data, err := json.Marshal(failure)
	if err != nil {
		return fmt.Errorf("write down the failure: %w", err)
	}
	ok, err := q.done(ctx, q.scripts.vacate, t.ID, data, q.options.Silence.Milliseconds(), seconds(q.options.Keep), q.options.DeadLetters)
	if ok {
		*s = state{finished: true, err: failure}
	}
	return err
}

// wait passes progress on until there is reason to look.
func (q *Queue) wait(ctx context.Context, messages chan message, poll <-chan time.Time, teller *teller) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-q.ctx.Done():
			return
		case <-poll:
			return
		case m := <-messages:
			if m.Done {
				return
			}
			teller.tell(jobs.Event{Running: true, Progress: m.Progress})
		}
	}
}

// teller tells a watcher what is new.
type teller struct {
	watch func(jobs.Event)
	told  *jobs.Event
}

func (t *teller) tell(e jobs.Event) {
	if t.watch == nil || t.told != nil && !e.NewsAfter(*t.told) {
		return
	}
	t.told = &e
	t.watch(e)
}

// state is how a job fares.
type state struct {
	event    jobs.Event
	vacant   bool // it waits, and no worker serves its model
	finished bool
	result   jobs.Result // if finished
	err      error       // if finished, instead of a result
}

// look asks how a job fares. The error says that it could not be found out.
func (q *Queue) look(ctx context.Context, t jobs.Ticket) (state, error) {
	if err := q.usable(ctx); err != nil {
		return state{}, err
	}
	answer, err := q.run(ctx, q.scripts.look, t.ID, session.HashName(t.Key), q.options.Silence.Milliseconds()).Slice()
	if err != nil {
		return state{}, q.unavailable(ctx, err)
	}
	a := reply(answer)
	switch a.text(0) {
	case "waiting":
		return state{event: jobs.Event{Ahead: a.number(1), Drawing: a.number(2)}, vacant: a.number(3) == 0}, nil
	case "running":
		return state{event: jobs.Event{Running: true, Progress: jobs.Progress{Step: a.number(1), Steps: a.number(2)}}}, nil
	case "settled":
		return state{finished: true, err: jobs.ErrSettled}, nil
	case "cancelled":
		return state{finished: true, err: jobs.ErrCancelled}, nil
	case "failed":
		return state{finished: true, err: readFailure(a.text(1))}, nil
	case "done":
		return q.fetch(ctx, t, a)
	}
	return state{finished: true, err: jobs.ErrLost}, nil
}

// unavailable is explain for a command that takes no memory.
func (q *Queue) unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: %w", jobs.ErrUnavailable, err)
}

// readFailure reads what a worker wrote.
func readFailure(text string) *jobs.Failure {
	f := &jobs.Failure{}
	if err := json.Unmarshal([]byte(text), f); err != nil {
		return unreadable(err)
	}
	return f
}

// unreadable is the failure of a job whose data is not what was written.
func unreadable(err error) *jobs.Failure {
	return &jobs.Failure{Kind: jobs.Unreadable, Sentence: "The queue has mixed up this picture. Please ask again.", Detail: err.Error()}
}

// fetch reads a finished job's picture. If it is gone, the job is lost.
func (q *Queue) fetch(ctx context.Context, t jobs.Ticket, a reply) (state, error) {
	s := state{finished: true}
	if err := json.Unmarshal([]byte(a.text(1)), &s.result); err != nil {
		s.err = unreadable(err)
		return s, nil
	}
	picture, err := q.getPicture(ctx, a.text(2), a.number(3))
	if errors.Is(err, errPictureGone) {
		if err := q.run(ctx, q.scripts.lose, t.ID, session.HashName(t.Key)).Err(); err != nil {
			return state{}, q.unavailable(ctx, err)
		}
		s.err = jobs.ErrLost
		return s, nil
	}
	if err != nil {
		return state{}, q.unavailable(ctx, err)
	}
	s.result.PNG = picture
	return s, nil
}

// Outstanding implements [jobs.Queue].
func (q *Queue) Outstanding(ctx context.Context) (pending []jobs.Pending, err error) {
	err = q.retry(ctx, func() error {
		pending, err = q.outstanding(ctx)
		return err
	})
	return pending, err
}

// outstanding tries once.
func (q *Queue) outstanding(ctx context.Context) ([]jobs.Pending, error) {
	if err := q.usable(ctx); err != nil {
		return nil, err
	}
	answer, err := q.run(ctx, q.scripts.outstanding, q.options.Asker).Slice()
	if err != nil {
		return nil, q.explain(ctx, err)
	}
	var pending []jobs.Pending
	for _, entry := range answer {
		row, ok := entry.([]any)
		if !ok {
			continue
		}
		a := reply(row)
		job, err := jobs.Decode([]byte(a.text(1)))
		if err != nil {
			continue // its worker makes it a dead letter
		}
		pending = append(pending, jobs.Pending{Job: job, Ticket: jobs.Ticket{ID: a.text(0), Key: job.Key, Ahead: a.number(2), Repeated: true}})
	}
	slices.SortFunc(pending, func(a, b jobs.Pending) int { return strings.Compare(a.Ticket.ID, b.Ticket.ID) })
	return pending, nil
}

// Stats implements [jobs.Queue].
func (q *Queue) Stats(ctx context.Context) (jobs.Stats, error) {
	if err := q.usable(ctx); err != nil {
		return jobs.Stats{}, err
	}
	answer, err := q.run(ctx, q.scripts.stats, q.options.Silence.Milliseconds()).Slice()
	if err != nil {
		return jobs.Stats{}, q.explain(ctx, err)
	}
	a := reply(answer)
	stats := jobs.Stats{
		Waiting: a.number(0), Running: a.number(1), Oldest: time.Duration(a.number(2)) * time.Millisecond,
		DeadLetters: a.number(3), Workers: a.number(4), Any: a.number(5), Serving: map[string]int{},
	}
	serving := a.list(6)
	for i := 0; i+1 < len(serving); i += 2 {
		stats.Serving[serving.text(i)] = serving.number(i + 1)
	}
	delete(stats.Serving, "") // every worker draws what names no model
	return stats, nil
}
