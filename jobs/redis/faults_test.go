package redis_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/jobs"
	"pentimento/jobs/redis"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/tests/redistest"
)

// prefix of the keys in tests that have a server of their own.
const prefix = "pentimento:{jobs}:"

func newJob(user string, n int) jobs.Job {
	key := fmt.Sprintf("%s/%d", user, n)
	return jobs.Job{
		Key: key, User: user, Place: "place",
		Recipe: recipe.Recipe{Version: recipe.Version, Turns: []recipe.Turn{{Prompt: "xyzzy " + key}}},
	}
}

// slow draws for a while.
type slow time.Duration

// Draw waits and returns a picture of the job's key.
func (s slow) Draw(ctx context.Context, job jobs.Job, _ func(jobs.Progress)) (jobs.Result, error) {
	select {
	case <-ctx.Done():
		return jobs.Result{}, ctx.Err()
	case <-time.After(time.Duration(s)):
		return jobs.Result{PNG: []byte(job.Key)}, nil
	}
}

// startWorker runs a worker until the test ends.
func startWorker(t *testing.T, source jobs.Source, name string, engine jobs.Engine) {
	t.Helper()
	w := &jobs.Worker{Name: name, Source: source, Engine: engine, Heartbeat: 100 * time.Millisecond, Drain: time.Millisecond}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// keeper keeps turns, as a bot does.
type keeper struct {
	store session.Store
}

// keep stores the turn of a job under the job's key.
func (k keeper) keep(job jobs.Job) jobs.Keep {
	return func(ctx context.Context, result jobs.Result) error {
		if string(result.PNG) != job.Key {
			return fmt.Errorf("%s got the picture %q", job.Key, result.PNG)
		}
		_, err := k.store.Update(ctx, session.Key{User: job.User, Place: job.Place}, func(s *session.Session) error {
			_, err := s.Add(session.Turn{Event: job.Key, Utterance: job.Key})
			return err
		})
		return err
	}
}

// wantTurns checks that the user's session has that many turns.
func (k keeper) wantTurns(t *testing.T, user string, want int) {
	t.Helper()
	s, err := k.store.Load(t.Context(), session.Key{User: user, Place: "place"})
	if err != nil || len(s.Turns) != want {
		t.Errorf("%s has %d turns, %v; want %d", user, len(s.Turns), err, want)
	}
}

// talk has every user ask for a few pictures, and returns what waits for all of
// them to be drawn and settled once.
func talk(t *testing.T, q jobs.Queue, users, each int) (wait func()) {
	t.Helper()
	k := keeper{session.NewMemory()}
	var all sync.WaitGroup
	for u := range users {
		user := fmt.Sprint("user", u)
		for n := range each {
			all.Go(func() {
				job := newJob(user, n)
				if settled, err := jobs.Do(t.Context(), q, job, nil, k.keep(job)); !settled || err != nil {
					t.Errorf("%s: settled: %v, %v", job.Key, settled, err)
				}
			})
		}
	}
	return func() {
		t.Helper()
		all.Wait()
		for u := range users {
			k.wantTurns(t, fmt.Sprint("user", u), each)
		}
	}
}

// Redis is killed and comes back with what it has on disk: everybody goes on.
func TestRedisRestarts(t *testing.T) {
	t.Parallel()
	server, client := newServer(t)
	q := open(t, client, redis.Options{})
	startWorker(t, open(t, client, redis.Options{}), "one", slow(20*time.Millisecond))
	startWorker(t, open(t, client, redis.Options{}), "two", slow(20*time.Millisecond))
	wait := talk(t, q, 20, 3)
	for range 2 {
		time.Sleep(200 * time.Millisecond)
		server.Restart()
	}
	wait()
}

// What ends a job is said again until Redis is back, and then done once.
func TestRedisAwayForAWhile(t *testing.T) {
	t.Parallel()
	server, client := newServer(t)
	q := open(t, client, redis.Options{})
	drawn, err := q.Submit(t.Context(), newJob("ann", 0))
	if err != nil {
		t.Fatal(err)
	}
	lease, err := q.Take(t.Context(), "one/0", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Finish(t.Context(), lease, jobs.Result{}, nil); err != nil {
		t.Fatal(err)
	}
	waiting, err := q.Submit(t.Context(), newJob("ann", 1))
	if err != nil {
		t.Fatal(err)
	}
	server.Kill()
	var all sync.WaitGroup
	for name, end := range map[string]func() (bool, error){
		"settle": func() (bool, error) { return q.Settle(t.Context(), drawn) },
		"cancel": func() (bool, error) { return q.Cancel(t.Context(), waiting) },
		"forget": func() (bool, error) { return true, q.Forget(t.Context(), "bob") },
	} {
		all.Go(func() {
			if ok, err := end(); !ok || err != nil {
				t.Errorf("%s: %v, %v", name, ok, err)
			}
		})
	}
	time.Sleep(3 * time.Second)
	server.Restart()
	all.Wait()
}

// Redis is killed and comes back empty: the askers submit again.
func TestRedisForgets(t *testing.T) {
	t.Parallel()
	server, client := newServer(t, "--appendonly", "no")
	q := open(t, client, redis.Options{})
	startWorker(t, open(t, client, redis.Options{}), "one", slow(20*time.Millisecond))
	wait := talk(t, q, 20, 3)
	time.Sleep(200 * time.Millisecond)
	server.Restart()
	wait()
}

// Redis comes back empty between a picture and its settlement: the first who has
// the picture settles it, and nobody is given a second one.
func TestRedisForgetsWhatIsDrawn(t *testing.T) {
	t.Parallel()
	_, client := newServer(t)
	q, other := open(t, client, redis.Options{}), open(t, client, redis.Options{})
	drawn := func(job jobs.Job) jobs.Ticket {
		t.Helper()
		ticket, err := q.Submit(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		lease, err := q.Take(t.Context(), "one/0", nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Finish(t.Context(), lease, jobs.Result{PNG: []byte(job.Key)}, nil); err != nil {
			t.Fatal(err)
		}
		return ticket
	}
	settle := func(q *redis.Queue, ticket jobs.Ticket, want bool) {
		t.Helper()
		if settled, err := q.Settle(t.Context(), ticket); settled != want || err != nil {
			t.Errorf("settled: %v, %v; want %v", settled, err, want)
		}
	}
	empty := func() {
		t.Helper()
		if err := client.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	}

	job := newJob("ann", 0)
	ticket := drawn(job)
	empty()
	settle(q, ticket, true)
	settle(other, ticket, false)
	if _, err := q.Submit(t.Context(), job); !errors.Is(err, jobs.ErrSettled) {
		t.Errorf("submitted again: %v, want ErrSettled", err)
	}

	job = newJob("ann", 1)
	ticket = drawn(job)
	empty()
	anew := drawn(job)
	settle(q, ticket, false)
	settle(other, anew, true)
	settle(q, ticket, false)
}

// Redis stands still for 10 s, longer than a worker may be silent: nobody is
// taken for dead, everybody goes on.
func TestRedisPauses(t *testing.T) {
	t.Parallel()
	server, client := newServer(t)
	q := open(t, client, redis.Options{Options: jobs.Options{Silence: 4 * time.Second, Deaths: 1}})
	source := open(t, client, redis.Options{Options: jobs.Options{Silence: 4 * time.Second, Deaths: 1}})
	startWorker(t, source, "one", slow(100*time.Millisecond))
	startWorker(t, source, "two", slow(100*time.Millisecond))
	wait := talk(t, q, 10, 2)
	time.Sleep(300 * time.Millisecond)
	server.Pause()
	time.Sleep(10 * time.Second)
	server.Resume()
	wait()
}

// Redis is full: who asks is told so, what is drawn is delivered once there is
// room, and cancelling works all the time.
func TestRedisFull(t *testing.T) {
	t.Parallel()
	_, client := newServer(t)
	q := open(t, client, redis.Options{})
	waiting, err := q.Submit(t.Context(), newJob("ann", 0))
	if err != nil {
		t.Fatal(err)
	}
	if err := client.ConfigSet(t.Context(), "maxmemory", "1mb").Err(); err != nil {
		t.Fatal(err)
	}
	_, err = q.Submit(t.Context(), newJob("bob", 0))
	if !errors.Is(err, jobs.ErrQueueFull) || !strings.HasPrefix(err.Error(), "too much is waiting") {
		t.Errorf("submit: %v, want ErrQueueFull and its sentence first", err)
	}
	startWorker(t, open(t, client, redis.Options{}), "one", slow(time.Millisecond))
	awaitRunning(t, q, waiting)
	time.Sleep(300 * time.Millisecond) // the worker tries to deliver
	if s, err := q.Stats(t.Context()); err != nil || s.Running != 1 {
		t.Errorf("stats %+v, %v; want the job running still", s, err)
	}
	if err := client.ConfigSet(t.Context(), "maxmemory", "0").Err(); err != nil {
		t.Fatal(err)
	}
	if result, err := q.Await(t.Context(), waiting, nil); err != nil || string(result.PNG) != "ann/0" {
		t.Errorf("await: %q, %v", result.PNG, err)
	}
}

// awaitRunning waits until a worker has the job.
func awaitRunning(t *testing.T, q *redis.Queue, ticket jobs.Ticket) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	running := false
	_, err := q.Await(ctx, ticket, func(e jobs.Event) {
		if e.Running {
			running = true
			cancel()
		}
	})
	if !running {
		t.Fatalf("the job is not drawn: %v", err)
	}
}

// A picture that Redis has thrown away is drawn again, and a job too.
func TestRedisEvicts(t *testing.T) {
	t.Parallel()
	_, client := newServer(t)
	q := open(t, client, redis.Options{})
	draw := func() {
		t.Helper()
		lease, err := q.Take(t.Context(), "one/0", nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Finish(t.Context(), lease, jobs.Result{PNG: []byte(lease.Job.Key)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	job := newJob("ann", 0)
	if _, err := q.Submit(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	draw()
	drop(t, client, "picture:*")
	k := keeper{session.NewMemory()}
	wait := func() {
		t.Helper()
		if settled, err := jobs.Do(t.Context(), q, job, nil, k.keep(job)); !settled || err != nil {
			t.Errorf("settled: %v, %v", settled, err)
		}
	}
	go func() {
		lease, err := q.Take(t.Context(), "one/0", nil)
		if err == nil {
			err = q.Finish(t.Context(), lease, jobs.Result{PNG: []byte(lease.Job.Key)}, nil)
		}
		if err != nil {
			t.Error(err)
		}
	}()
	wait()
	k.wantTurns(t, "ann", 1)

	job = newJob("ann", 1)
	if _, err := q.Submit(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	drop(t, client, "job:*")
	startWorker(t, open(t, client, redis.Options{}), "two", slow(time.Millisecond))
	wait()
	k.wantTurns(t, "ann", 2)
}

// drop deletes keys.
func drop(t *testing.T, client *goredis.Client, pattern string) {
	t.Helper()
	keys, err := client.Keys(t.Context(), prefix+pattern).Result()
	if err != nil || len(keys) == 0 {
		t.Fatalf("%d keys %s, %v", len(keys), pattern, err)
	}
	if err := client.Del(t.Context(), keys...).Err(); err != nil {
		t.Fatal(err)
	}
}

// The server's clock jumps, ahead or back: to a server whose clock has jumped,
// every time that it noted is off by as much.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]time.Duration{"ahead": 24 * time.Hour, "back": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			_, client := newServer(t)
			q := open(t, client, redis.Options{})
			startWorker(t, open(t, client, redis.Options{}), "one", slow(20*time.Millisecond))
			startWorker(t, open(t, client, redis.Options{}), "two", slow(20*time.Millisecond))
			wait := talk(t, q, 20, 3)
			for range 5 {
				time.Sleep(60 * time.Millisecond)
				shift(t, client, -jump)
				if s, err := q.Stats(t.Context()); err != nil || s.Oldest < 0 {
					t.Errorf("stats %+v, %v", s, err)
				}
			}
			wait()
			if letters, err := q.DeadLetters(t.Context(), 10); err != nil || len(letters) > 0 {
				t.Errorf("dead letters %v, %v", letters, err)
			}
		})
	}
}

// shift moves every time that is noted in Redis.
func shift(t *testing.T, client *goredis.Client, by time.Duration) {
	t.Helper()
	err := client.Eval(t.Context(), `
		for _, key in ipairs(redis.call('KEYS', KEYS[1] .. 'job:*')) do redis.call('HINCRBY', key, 'since', ARGV[1]) end
		for _, worker in ipairs(redis.call('ZRANGE', KEYS[1] .. 'alive', 0, -1)) do redis.call('ZINCRBY', KEYS[1] .. 'alive', ARGV[1], worker) end
		return 1`, []string{prefix}, by.Milliseconds()).Err()
	if err != nil {
		t.Fatal(err)
	}
}

// A bot is killed while its jobs wait and run. The next one finds them, and each
// is one turn; so it is when the first had stored the turn already.
func TestBotKilled(t *testing.T) {
	t.Parallel()
	server, client := newServer(t)
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+server.Addr)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if said, err := bufio.NewReader(out).ReadString('\n'); err != nil || said != "submitted\n" {
		t.Fatalf("the bot said %q, %v", said, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed

	soon := redis.Options{Options: jobs.Options{Silence: time.Second}}
	startWorker(t, open(t, client, soon), "one", slow(time.Millisecond))
	bot := open(t, client, redis.Options{})
	pending, err := bot.Outstanding(t.Context())
	if err != nil || len(pending) != 3 {
		t.Fatalf("%d outstanding, %v; want 3", len(pending), err)
	}
	k := keeper{session.NewMemory()}
	killed := errors.New("killed")
	for _, p := range pending {
		_, err := jobs.Resume(t.Context(), bot, p.Ticket, nil, func(ctx context.Context, r jobs.Result) error {
			return errors.Join(k.keep(p.Job)(ctx, r), killed) // after storing the turn
		})
		if !errors.Is(err, killed) {
			t.Errorf("%s: %v", p.Job.Key, err)
		}
		if settled, err := jobs.Resume(t.Context(), bot, p.Ticket, nil, k.keep(p.Job)); !settled || err != nil {
			t.Errorf("%s: settled: %v, %v", p.Job.Key, settled, err)
		}
	}
	k.wantTurns(t, "ann", 3)
	if pending, err := bot.Outstanding(t.Context()); err != nil || len(pending) != 0 {
		t.Errorf("%d outstanding, %v", len(pending), err)
	}
}

// childEnv has the test binary act as a bot on the Redis server that it names.
const childEnv = "REDISJOBS_TEST_BOT"

// bot submits jobs and waits to be killed.
func bot(addr string) error {
	ctx := context.Background()
	q, err := redis.New(ctx, goredis.NewClient(&goredis.Options{Addr: addr}), redis.Options{})
	if err != nil {
		return err
	}
	for n := range 3 {
		if _, err := q.Submit(ctx, newJob("ann", n)); err != nil {
			return err
		}
	}
	if _, err := q.Take(ctx, "its own engine/0", nil); err != nil {
		return err
	}
	fmt.Println("submitted")
	select {}
}

// What is not a job becomes a dead letter, and what is not a message is passed over.
func TestHostileData(t *testing.T) {
	t.Parallel()
	_, client := newServer(t)
	q := open(t, client, redis.Options{})
	for name, body := range map[string]string{
		"no JSON": "\x00\xff", "no job": `{"key":"k"}`, "too large": `{"memo":"` + strings.Repeat("x", jobs.MaxJobBytes) + `"}`,
	} {
		ticket, err := q.Submit(t.Context(), newJob("ann", 0))
		if err != nil {
			t.Fatal(err)
		}
		if err := client.HSet(t.Context(), prefix+"job:"+ticket.ID, "body", body).Err(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if lease, err := q.Take(ctx, "one/0", nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: took %v, %v", name, lease, err)
		}
		cancel()
		_, err = q.Await(t.Context(), ticket, nil)
		if f, ok := errors.AsType[*jobs.Failure](err); !ok || f.Kind != jobs.Unreadable {
			t.Errorf("%s: await: %v", name, err)
		}
		if _, err := q.Settle(t.Context(), ticket); err != nil {
			t.Error(err)
		}
		drop(t, client, "settled")
	}
	if letters, err := q.DeadLetters(t.Context(), 10); err != nil || len(letters) != 3 || letters[0].Failure.Kind != jobs.Unreadable {
		t.Errorf("dead letters %+v, %v", letters, err)
	}
	if n, err := q.RetryDead(t.Context()); n != 0 || err != nil {
		t.Errorf("%d that cannot be read were retried, %v", n, err)
	}
	ticket, err := q.Submit(t.Context(), newJob("ann", 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range []string{"", "{", `{"id":"` + ticket.ID + `","step":"x"}`, strings.Repeat("x", 1<<20)} {
		if err := client.Publish(t.Context(), prefix+"events:bot", message).Err(); err != nil {
			t.Fatal(err)
		}
	}
	startWorker(t, open(t, client, redis.Options{}), "two", slow(time.Millisecond))
	if result, err := q.Await(t.Context(), ticket, nil); err != nil || string(result.PNG) != "ann/1" {
		t.Errorf("await: %q, %v", result.PNG, err)
	}
}

// After Forget no key and no value has a word of the user's. After a job is
// settled next to nothing is left of it.
func TestForgetLeavesNoBytes(t *testing.T) {
	t.Parallel()
	_, client := newServer(t)
	q := open(t, client, redis.Options{})
	for n := range 3 {
		job := newJob("ann", n)
		job.Memo = json.RawMessage(`"xyzzy"`)
		if _, err := q.Submit(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	lease := func() *jobs.Lease {
		lease, err := q.Take(t.Context(), "one/0", nil)
		if err != nil {
			t.Fatal(err)
		}
		return lease
	}
	first := lease()
	if err := q.Finish(t.Context(), first, jobs.Result{}, &jobs.Failure{Kind: jobs.EngineFailed, Detail: "xyzzy"}); err != nil {
		t.Fatal(err)
	}
	second := lease()
	if err := q.Finish(t.Context(), second, jobs.Result{PNG: []byte("xyzzy")}, nil); err != nil {
		t.Fatal(err)
	}
	// The third's worker dies while it delivers.
	third := lease()
	if err := client.Set(t.Context(), fmt.Sprintf("%spicture:%s:%d:0", prefix, third.ID, third.Attempt), "xyzzy", time.Hour).Err(); err != nil {
		t.Fatal(err)
	}
	if before := dump(t, client); strings.Count(before, "xyzzy") < 7 || !strings.Contains(before, "ann") {
		t.Fatalf("this test sees nothing:\n%s", before)
	}
	if err := q.Forget(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	after := dump(t, client)
	if strings.Contains(after, "xyzzy") || strings.Contains(after, "ann") {
		t.Errorf("after Forget:\n%s", after)
	}
	for _, kind := range []string{"job:", "picture:", "key:", "dead:", "of:", "open:"} {
		if strings.Contains(after, prefix+kind) {
			t.Errorf("a key %s is left:\n%s", kind, after)
		}
	}
}

// A job that waits for longer than the list of its user's jobs is kept is
// forgotten too.
func TestForgetWhatWaitedLong(t *testing.T) {
	t.Parallel()
	_, client := newServer(t)
	q := open(t, client, redis.Options{})
	ticket, err := q.Submit(t.Context(), newJob("ann", 0))
	if err != nil {
		t.Fatal(err)
	}
	drop(t, client, "of:*") // two days have passed
	if err := q.Forget(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	if after := dump(t, client); strings.Contains(after, "xyzzy") || strings.Contains(after, "ann") {
		t.Errorf("after Forget:\n%s", after)
	}
	if _, err := q.Await(t.Context(), ticket, nil); !errors.Is(err, jobs.ErrSettled) {
		t.Errorf("await: %v, want ErrSettled", err)
	}
}

// dump returns all that Redis holds.
func dump(t *testing.T, client *goredis.Client) string {
	t.Helper()
	keys, err := client.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, key := range keys {
		value, err := client.Eval(t.Context(), `
			local kind, key = redis.call('TYPE', KEYS[1]).ok, KEYS[1]
			if kind == 'string' then return redis.call('GET', key) end
			if kind == 'hash' then return table.concat(redis.call('HGETALL', key), ' ') end
			if kind == 'list' then return table.concat(redis.call('LRANGE', key, 0, -1), ' ') end
			if kind == 'set' then return table.concat(redis.call('SMEMBERS', key), ' ') end
			return table.concat(redis.call('ZRANGE', key, 0, -1), ' ')`, []string{key}).Text()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s = %s\n", key, value)
	}
	return out.String()
}

// The keys are in one slot of a cluster.
func TestCluster(t *testing.T) {
	t.Parallel()
	var addrs []string
	for _, s := range redistest.StartCluster(t, 3) {
		addrs = append(addrs, s.Addr)
	}
	client := goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: addrs})
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	q := open(t, client, redis.Options{})
	startWorker(t, open(t, client, redis.Options{}), "one", slow(time.Millisecond))
	talk(t, q, 10, 3)()
	if err := q.Forget(t.Context(), "user0"); err != nil {
		t.Error(err)
	}
}

// Everything at once: workers come, go and die, Redis restarts and stands still,
// every event is delivered twice. Every turn is there once.
func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	server, client := newServer(t)
	options := redis.Options{Options: jobs.Options{Silence: 2 * time.Second, Deaths: 100}}
	ctx, stop := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	for n := range 3 {
		source := open(t, client, options)
		workers.Go(func() {
			for life := 0; ctx.Err() == nil; life++ {
				shift, end := context.WithTimeout(ctx, time.Duration(200+100*n)*time.Millisecond)
				name := fmt.Sprintf("worker%d-%d", n, life)
				if life%3 == 1 { // it takes a job and dies
					_, _ = source.Take(shift, name+"/0", nil) // there may be none
				} else if err := (&jobs.Worker{Name: name, Source: source, Engine: slow(10 * time.Millisecond), Heartbeat: 50 * time.Millisecond, Drain: time.Millisecond}).Run(shift); err != nil {
					t.Error(err)
				}
				end()
			}
		})
	}
	defer workers.Wait()
	defer stop()
	k := keeper{session.NewMemory()}
	askers := []*redis.Queue{open(t, client, options), open(t, client, options)}
	var all sync.WaitGroup
	var mu sync.Mutex
	settledBy := map[string]int{}
	for u := range 15 {
		all.Go(func() {
			for n := range 4 {
				job := newJob(fmt.Sprint("user", u), n)
				var both sync.WaitGroup
				for _, q := range askers {
					both.Go(func() {
						settled, err := jobs.Do(t.Context(), q, job, nil, k.keep(job))
						if err != nil {
							t.Errorf("%s: %v", job.Key, err)
						}
						if settled {
							mu.Lock()
							defer mu.Unlock()
							settledBy[job.Key]++
						}
					})
				}
				both.Wait()
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	server.Restart()
	time.Sleep(500 * time.Millisecond)
	server.Pause()
	time.Sleep(time.Second)
	server.Resume()
	time.Sleep(300 * time.Millisecond)
	server.Restart()
	all.Wait()
	for u := range 15 {
		user := fmt.Sprint("user", u)
		k.wantTurns(t, user, 4)
		for n := range 4 {
			if by := settledBy[newJob(user, n).Key]; by != 1 {
				t.Errorf("%s: %d settled turn %d, want 1", user, by, n)
			}
		}
	}
}
