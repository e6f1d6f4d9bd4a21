// Package redis is the job queue of several processes: bots that submit and
// workers that draw, with Redis (7.0 or later; Valkey) in between.
//
// [New] takes any client of go-redis: a single server, Sentinel or Cluster. Every
// change is one Lua script, in the folder scripts; the Go code around them sends
// them, listens, and carries pictures in chunks. [Queue] implements both sides,
// jobs.Queue for bots and jobs.Source for workers, and passes the same suite as
// the queue in memory.
//
// Redis may restart, pause or be full meanwhile. Submitting is repeated for a
// while and then fails with a sentence; whoever awaits goes on waiting; a worker
// goes on drawing and delivers when it can. Nothing but Redis's own persistence
// keeps the queue through its death: without it jobs.Do submits again.
package redis

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/jobs"
	"pentimento/session"
	"pentimento/session/redis/conn"
)

// Options of a queue in Redis.
type Options struct {
	jobs.Options
	// Asker names the bot that submits here. Its processes, one after the other
	// or several at once, share it, and another asker's jobs are not theirs.
	Asker string
	// Prefix of every key; conn.Prefix and "{jobs}:" if empty. It must hold a hash
	// tag, so that all keys are on one node of a cluster.
	Prefix string
	// Keep is how long a result waits for its asker; 24 h if zero.
	Keep time.Duration
	// SubmitFor is how long Submit, Settle, Cancel, Forget and Outstanding try to
	// reach Redis; [conn.Patience] if zero.
	SubmitFor time.Duration
}

const (
	keptSettled = 10_000           // keys of settled jobs that are remembered
	homeLife    = 15 * time.Minute // how long a worker is taken to have a session's traces
	pollEvery   = time.Second      // how often a waiter looks, should it have missed a message
)

// Queue is a queue of jobs in Redis.
type Queue struct {
	client  goredis.UniversalClient
	options Options
	scripts *scripts
	pubsub  *goredis.PubSub

	ctx       context.Context // ends with Close
	close     context.CancelFunc
	listening sync.WaitGroup

	mu      sync.Mutex
	wake    chan struct{} // closed and replaced when there may be a job to take
	waiters map[string]map[chan message]bool
	leases  map[string]leased // by slot
	watch   silenceWatch
	beats   atomic.Uint64
}

// New returns the queue that the Redis server holds. The caller closes it, and
// then the client.
func New(ctx context.Context, client goredis.UniversalClient, options Options) (*Queue, error) {
	options.Options = options.WithDefaults()
	if options.Asker == "" {
		options.Asker = "bot"
	}
	if options.Prefix == "" {
		options.Prefix = conn.Prefix + "{jobs}:"
	}
	if options.Keep == 0 {
		options.Keep = 24 * time.Hour
	}
	if options.SubmitFor == 0 {
		options.SubmitFor = conn.Patience
	}
	scripts, err := loadScripts()
	if err != nil {
		return nil, err
	}
	q := &Queue{
		client: client, options: options, scripts: scripts,
		wake: make(chan struct{}), waiters: map[string]map[chan message]bool{}, leases: map[string]leased{},
		watch: silenceWatch{limit: options.Silence},
	}
	if err := q.Check(ctx); err != nil {
		return nil, err
	}
	q.ctx, q.close = context.WithCancel(context.WithoutCancel(ctx))
	q.pubsub = client.Subscribe(q.ctx, q.key("wake"), q.key("events:"+options.Asker))
	q.listening.Go(q.listen)
	return q, nil
}

// Check reports whether the queue can be reached and its scripts run.
func (q *Queue) Check(ctx context.Context) error {
	_, err := q.Stats(ctx)
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "compiling script"):
		return fmt.Errorf("the job queue needs Redis 7.0 or later: %w", err)
	default:
		return fmt.Errorf("reach the job queue: %w", err)
	}
}

func (q *Queue) key(name string) string { return q.options.Prefix + name }

// run runs a script.
func (q *Queue) run(ctx context.Context, script *goredis.Script, args ...any) *goredis.Cmd {
	return script.Run(ctx, q.client, []string{q.options.Prefix}, args...)
}

// done runs a script that answers 1 or 0.
func (q *Queue) done(ctx context.Context, script *goredis.Script, args ...any) (bool, error) {
	if err := q.usable(ctx); err != nil {
		return false, err
	}
	n, err := q.run(ctx, script, args...).Int()
	return n == 1, q.explain(ctx, err)
}

// insist runs a script that answers 1 or 0 until Redis has answered. What is
// told must do no more when done twice.
func (q *Queue) insist(ctx context.Context, script *goredis.Script, args ...any) (ok bool, err error) {
	err = q.retry(ctx, func() error {
		ok, err = q.done(ctx, script, args...)
		return err
	})
	return ok, err
}

// retry repeats what could not reach Redis, for as long as the options say.
func (q *Queue) retry(ctx context.Context, attempt func() error) error {
	limited, cancel := context.WithTimeout(ctx, q.options.SubmitFor)
	defer cancel()
	defer context.AfterFunc(q.ctx, cancel)()
	return conn.Retry(limited, func(context.Context) error { return attempt() },
		func(err error) bool { return errors.Is(err, jobs.ErrUnavailable) })
}

// usable reports whether a call should be served.
func (q *Queue) usable(ctx context.Context) error {
	if q.ctx != nil && q.ctx.Err() != nil {
		return jobs.ErrClosed
	}
	return ctx.Err()
}

// explain gives errors the names that a caller decides on.
func (q *Queue) explain(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case conn.IsFull(err):
		return fmt.Errorf("%w: %w", jobs.ErrQueueFull, err)
	}
	return fmt.Errorf("%w: %w", jobs.ErrUnavailable, err)
}

// nonce tells this submission or settlement from any other.
func nonce() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// seconds rounds up for Redis.
func seconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

// Submit implements [jobs.Queue].
func (q *Queue) Submit(ctx context.Context, job jobs.Job) (jobs.Ticket, error) {
	body, err := job.Encode()
	if err != nil {
		return jobs.Ticket{}, err
	}
	nonce, t := nonce(), jobs.Ticket{}
	err = q.retry(ctx, func() error {
		t, err = q.submit(ctx, job, body, nonce)
		return err
	})
	return t, err
}

// submit tries once.
func (q *Queue) submit(ctx context.Context, job jobs.Job, body []byte, nonce string) (jobs.Ticket, error) {
	if err := q.usable(ctx); err != nil {
		return jobs.Ticket{}, err
	}
	answer, err := q.run(ctx, q.scripts.submit, nonce, body, session.HashName(job.Key), job.User, job.Place, q.options.Asker,
		q.options.PerUser, q.options.MaxWaiting, seconds(q.options.Keep), job.Model()).Slice()
	if err != nil {
		return jobs.Ticket{}, q.explain(ctx, err)
	}
	a := reply(answer)
	switch a.text(0) {
	case "new", "known":
		return jobs.Ticket{ID: a.text(1), Key: job.Key, Ahead: a.number(2), Repeated: a.text(0) == "known"}, nil
	case "settled":
		return jobs.Ticket{}, jobs.ErrSettled
	case "limit":
		return jobs.Ticket{}, &jobs.LimitError{Limit: q.options.PerUser}
	case "full":
		return jobs.Ticket{}, jobs.ErrQueueFull
	}
	return jobs.Ticket{}, fmt.Errorf("submit: unexpected answer %v", answer)
}

// Settle implements [jobs.Queue].
func (q *Queue) Settle(ctx context.Context, t jobs.Ticket) (bool, error) {
	return q.insist(ctx, q.scripts.settle, t.ID, session.HashName(t.Key), nonce(), keptSettled)
}

// Cancel implements [jobs.Queue].
func (q *Queue) Cancel(ctx context.Context, t jobs.Ticket) (bool, error) {
	return q.insist(ctx, q.scripts.cancel, t.ID, seconds(q.options.Keep))
}

// Forget implements [jobs.Queue].
func (q *Queue) Forget(ctx context.Context, user string) error {
	_, err := q.insist(ctx, q.scripts.forget, user, seconds(q.options.Keep), keptSettled)
	return err
}

// Close implements [jobs.Queue].
func (q *Queue) Close() error {
	if q.ctx.Err() != nil {
		return nil
	}
	q.close()
	err := q.pubsub.Close()
	q.listening.Wait()
	return err
}

// reply is what a script answered; it is read without trusting its form.
type reply []any

func (r reply) text(i int) string {
	if i < len(r) {
		if s, ok := r[i].(string); ok {
			return s
		}
	}
	return ""
}

func (r reply) number(i int) int {
	if i < len(r) {
		if n, ok := r[i].(int64); ok {
			return int(n)
		}
	}
	return 0
}

func (r reply) list(i int) reply {
	if i < len(r) {
		if l, ok := r[i].([]any); ok {
			return l
		}
	}
	return nil
}
