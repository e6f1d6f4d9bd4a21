package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"pentimento/editor"
	"pentimento/editor/noise"
	"pentimento/jobs"
	redisjobs "pentimento/jobs/redis"
	"pentimento/models"
	"pentimento/recipe"
	"pentimento/session"
)

const (
	talkers      = 200                   // users who talk at once
	turnsEach    = 6                     // turns of each; every tenth user asks for them all at once
	stubTime     = 50 * time.Millisecond // what a stub engine takes for a picture
	jobWorkers   = 2
	manyJobs     = 100_000 // jobs over which memory must stay flat
	warmJobs     = 10_000  // of these, before memory is first looked at
	recoverSteps = 60      // of the picture whose worker is killed
)

// jobs measures the queue in a real Redis: 200 users at once against two stub
// engines, memory over 100,000 jobs, and how long the real program takes to get
// over the death of a worker.
func (b *bench) jobs() error {
	if err := b.jobsTogether(); err != nil {
		return fmt.Errorf("together: %w", err)
	}
	server, err := startRedis(b.ctx)
	if errors.Is(err, exec.ErrNotFound) {
		fmt.Println("  skipped: Debian's redis-server is not installed")
		return nil
	}
	if err != nil {
		return err
	}
	defer server.stop()
	if err := b.jobsLoad(server); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if err := b.jobsMemory(server); err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	if err := b.jobsRecover(server); err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	return nil
}

// redisServer is a redis-server of our own.
type redisServer struct {
	addr string
	dir  string
	cmd  *exec.Cmd
}

// startRedis starts a server with its data in a new folder.
func startRedis(ctx context.Context) (*redisServer, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pentimento-bench-redis-")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &redisServer{addr: l.Addr().String(), dir: dir}
	if err := l.Close(); err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return nil, err
	}
	s.cmd = exec.CommandContext(ctx, path, "--bind", "127.0.0.1", "--port", port, "--dir", dir, "--save", "",
		"--appendonly", "yes", "--appendfsync", "everysec", "--logfile", filepath.Join(dir, "log"))
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	client := s.client()
	for range 200 {
		if err = client.Ping(ctx).Err(); err == nil {
			return s, client.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("redis-server does not answer: %w", err)
}

func (s *redisServer) client() *redis.Client { return redis.NewClient(&redis.Options{Addr: s.addr}) }

func (s *redisServer) stop() {
	_ = s.cmd.Process.Kill() // it holds nothing that is wanted
	_ = s.cmd.Wait()
	_ = os.RemoveAll(s.dir)
}

// queue opens a queue of its own connections.
func (s *redisServer) queue(ctx context.Context, prefix string) (*redisjobs.Queue, func() error, error) {
	client := s.client()
	q, err := redisjobs.New(ctx, client, redisjobs.Options{Options: jobs.Options{PerUser: turnsEach}, Prefix: prefix})
	if err != nil {
		return nil, nil, errors.Join(err, client.Close())
	}
	return q, func() error { return errors.Join(q.Close(), client.Close()) }, nil
}

// stubEngine takes its time for every picture.
type stubEngine time.Duration

// Draw waits and returns the job's key for a picture.
func (s stubEngine) Draw(ctx context.Context, job jobs.Job, _ func(jobs.Progress)) (jobs.Result, error) {
	if s > 0 {
		select {
		case <-ctx.Done():
			return jobs.Result{}, ctx.Err()
		case <-time.After(time.Duration(s)):
		}
	}
	return jobs.Result{PNG: []byte(job.Key)}, nil
}

// withWorkers runs two workers while talk runs.
func (s *redisServer) withWorkers(ctx context.Context, prefix string, engine jobs.Engine, slots int, talk func(*redisjobs.Queue) error) (err error) {
	working, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	for n := range jobWorkers {
		q, closing, err := s.queue(ctx, prefix)
		if err != nil {
			return err
		}
		w := &jobs.Worker{Name: fmt.Sprint("worker", n), Source: q, Engine: engine, Slots: slots, Log: slog.New(slog.DiscardHandler)}
		running.Go(func() {
			if err := errors.Join(w.Run(working), closing()); err != nil {
				fmt.Println("  worker:", err)
			}
		})
	}
	q, closing, err := s.queue(ctx, prefix)
	if err != nil {
		return err
	}
	return errors.Join(talk(q), closing())
}

// talker is one of the users of the load.
type talker struct {
	waits  []time.Duration // from asking for a picture to having it
	took   time.Duration   // until all were there
	atOnce bool
	turns  int // in the session at the end
}

// jobsLoad has 200 users talk at once. Most say one thing after the other; every
// tenth says all at once.
func (b *bench) jobsLoad(server *redisServer) error {
	store := session.NewMemory()
	users := make([]talker, talkers)
	start := time.Now()
	err := server.withWorkers(b.ctx, "load:{jobs}:", stubEngine(stubTime), 1, func(q *redisjobs.Queue) error {
		errs := make([]error, talkers)
		var all sync.WaitGroup
		for n := range users {
			all.Go(func() {
				users[n].atOnce = n%10 == 0
				errs[n] = users[n].talk(b.ctx, q, store, fmt.Sprintf("user%03d", n))
			})
		}
		all.Wait()
		return errors.Join(errs...)
	})
	if err != nil {
		return err
	}
	fmt.Printf("  %d jobs in %.1f s\n", talkers*turnsEach, time.Since(start).Seconds())
	b.jobsFigures(users)
	return nil
}

// talk has the user's pictures drawn.
func (u *talker) talk(ctx context.Context, q jobs.Queue, store session.Store, user string) error {
	u.waits = make([]time.Duration, turnsEach)
	start := time.Now()
	errs := make([]error, turnsEach)
	var turns sync.WaitGroup
	for n := range turnsEach {
		turns.Go(func() { u.waits[n], errs[n] = say(ctx, q, store, user, n) })
		if !u.atOnce {
			turns.Wait()
		}
	}
	turns.Wait()
	u.took = time.Since(start)
	s, err := store.Load(ctx, session.Key{User: user, Place: "place"})
	if err != nil {
		return err
	}
	u.turns = len(s.Turns)
	return errors.Join(errs...)
}

// say has one picture drawn and kept, and returns how long that took. The event
// is delivered twice, as Discord may do.
func say(ctx context.Context, q jobs.Queue, store session.Store, user string, n int) (time.Duration, error) {
	job := stubJob(user, n)
	start := time.Now()
	keep := func(ctx context.Context, r jobs.Result) error {
		if string(r.PNG) != job.Key {
			return fmt.Errorf("%s got the picture of %s", job.Key, r.PNG)
		}
		_, err := store.Update(ctx, session.Key{User: user, Place: "place"}, func(s *session.Session) error {
			_, err := s.Add(session.Turn{Event: job.Key, Utterance: job.Key})
			return err
		})
		return err
	}
	var delivered sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		delivered.Go(func() { _, errs[i] = jobs.Do(ctx, q, job, nil, keep) })
	}
	delivered.Wait()
	return time.Since(start), errors.Join(errs...)
}

func stubJob(user string, n int) jobs.Job {
	return jobs.Job{
		Key: fmt.Sprintf("%s/%d", user, n), User: user, Place: "place",
		Recipe: recipe.Recipe{Version: recipe.Version, Turns: []recipe.Turn{{Prompt: "a cat"}}},
	}
}

// jobsFigures counts turns and compares waits: a user's is the time until all
// their pictures were there, by the number of pictures.
func (b *bench) jobsFigures(users []talker) {
	var lost, doubled int
	var byUser, byTurn []float64
	for _, u := range users {
		lost += max(0, turnsEach-u.turns)
		doubled += max(0, u.turns-turnsEach)
		byUser = append(byUser, u.took.Seconds()/turnsEach)
		if u.atOnce {
			continue
		}
		for _, w := range u.waits {
			byTurn = append(byTurn, w.Seconds())
		}
	}
	least, median, worst := spread(byUser)
	fmt.Printf("  wait for a picture by user: least %.2f s, median %.2f s, most %.2f s\n", least, median, worst)
	b.figures["jobs.lost"] = float64(lost)
	b.figures["jobs.doubled"] = float64(doubled)
	b.figures["jobs.wait_median_seconds"] = median
	b.figures["jobs.wait_worst_vs_median"] = worst / median
	_, median, worst = spread(byTurn)
	b.figures["jobs.turn_wait_worst_vs_median"] = worst / median
}

// spread returns the least, the median and the most.
func spread(x []float64) (least, median, most float64) {
	slices.Sort(x)
	return x[0], x[len(x)/2], x[len(x)-1]
}

// jobsMemory looks at memory after 10,000 and after 100,000 jobs.
func (b *bench) jobsMemory(server *redisServer) error {
	client := server.client()
	var heap, redisUsed [2]float64
	start := time.Now()
	err := server.withWorkers(b.ctx, "memory:{jobs}:", stubEngine(0), 8, func(q *redisjobs.Queue) error {
		for i, count := range []int{warmJobs, manyJobs - warmJobs} {
			if err := b.flood(q, i*warmJobs, count); err != nil {
				return err
			}
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			used, err := usedMemory(b.ctx, client)
			if err != nil {
				return err
			}
			heap[i], redisUsed[i] = float64(m.HeapAlloc), used
		}
		return nil
	})
	if err := errors.Join(err, client.Close()); err != nil {
		return err
	}
	b.figures["jobs.per_second"] = manyJobs / time.Since(start).Seconds()
	b.figures["jobs.heap_growth_bytes_per_job"] = (heap[1] - heap[0]) / (manyJobs - warmJobs)
	b.figures["jobs.redis_growth_bytes_per_job"] = (redisUsed[1] - redisUsed[0]) / (manyJobs - warmJobs)
	return nil
}

// flood has jobs drawn by many users, each one after the other.
func (b *bench) flood(q jobs.Queue, first, count int) error {
	const users = 64
	errs := make([]error, users)
	var all sync.WaitGroup
	for u := range users {
		all.Go(func() {
			for n := first + u; n < first+count && errs[u] == nil; n += users {
				_, errs[u] = jobs.Do(b.ctx, q, stubJob(fmt.Sprint("user", u), n), nil, func(context.Context, jobs.Result) error { return nil })
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// usedMemory is what Redis says that it uses, in bytes.
func usedMemory(ctx context.Context, client *redis.Client) (float64, error) {
	info, err := client.Info(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, "used_memory:"); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, errors.New("redis-server does not tell used_memory")
}

// jobsRecover kills the real worker in the middle of an edit and times how long
// another one takes to deliver the picture.
func (b *bench) jobsRecover(server *redisServer) error {
	if _, err := os.Stat(b.binary); err != nil {
		return fmt.Errorf("%w: run make build first", err)
	}
	q, closing, err := server.queue(b.ctx, "pentimento:{jobs}:")
	if err != nil {
		return err
	}
	first, err := b.startWorker(server)
	if err != nil {
		return errors.Join(err, closing())
	}
	var second *exec.Cmd
	var killed time.Time
	job := stubJob("user", 0)
	job.Recipe = b.recipe(recipe.Turn{Prompt: sourcePrompt}, recipe.Turn{Prompt: "a woman's face with red hair"})
	job.Recipe.Settings.Steps = recoverSteps
	_, doing := jobs.Do(b.ctx, q, job, func(e jobs.Event) {
		if e.Step > 0 && second == nil {
			if second, err = b.startWorker(server); err == nil {
				err = first.Process.Kill()
			}
			killed = time.Now()
		}
	}, func(context.Context, jobs.Result) error {
		b.figures["jobs.recover_seconds"] = time.Since(killed).Seconds()
		return nil
	})
	_ = first.Wait() // it was killed
	if second == nil {
		return errors.Join(errors.New("the worker was not seen in mid-edit"), doing, closing())
	}
	ending := second.Process.Signal(os.Interrupt)
	_ = second.Process.Kill()
	_ = second.Wait()
	return errors.Join(err, doing, ending, closing())
}

// startWorker starts the real worker with the model prepared.
func (b *bench) startWorker(server *redisServer) (*exec.Cmd, error) {
	cmd := exec.CommandContext(b.ctx, b.binary, "worker", "--redis", "redis://"+server.addr)
	cmd.Stderr = os.Stderr
	return cmd, cmd.Start()
}

// jobsTogether measures what drawing several pictures together could gain: how
// much longer the UNet takes for the rows of two and of four pictures than for
// those of one, and whether two drawings side by side end sooner than one after
// the other.
func (b *bench) jobsTogether() error {
	const rounds = 60
	var ms [3]float64
	for range rounds { // taking turns, so that all see the same machine
		for i := range ms {
			if err := b.unet(2<<i, &ms[i]); err != nil {
				return err
			}
		}
	}
	b.figures["jobs.unet_ms_1_picture"], b.figures["jobs.unet_ms_2_pictures"], b.figures["jobs.unet_ms_4_pictures"] = ms[0], ms[1], ms[2]
	b.figures["jobs.batch_gain_2_pictures"] = 2 * ms[0] / ms[1]
	b.figures["jobs.batch_gain_4_pictures"] = 4 * ms[0] / ms[2]
	return b.jobsSideBySide()
}

// unet runs the UNet once and keeps the least milliseconds that it took.
func (b *bench) unet(rows int, least *float64) error {
	spec := b.model.Spec()
	batch := &models.Batch{
		Rows: rows, Timestep: 500,
		Latents: noise.Normal(7, rows*spec.LatentChannels*spec.LatentHeight*spec.LatentWidth),
		Text:    noise.Normal(8, rows*spec.ContextLength*spec.TextWidth),
		Control: models.Identity(rows, len(spec.Layers), spec.ContextLength),
	}
	start := time.Now()
	_, err := b.model.Denoise(b.ctx, batch)
	if took := milliseconds(time.Since(start)); *least == 0 || took < *least {
		*least = took
	}
	return err
}

// jobsSideBySide draws two pictures one after the other and at the same time,
// and previews one.
func (b *bench) jobsSideBySide() error {
	const rounds = 5
	engine := editor.New(b.model)
	var preview func(context.Context) (*image.NRGBA, error)
	draw := func(seed uint64) error {
		r := b.recipe(recipe.Turn{Prompt: sourcePrompt})
		r.Settings.Seed = seed
		_, err := engine.Draw(b.ctx, r, func(p editor.Progress) { preview = p.Preview })
		return err
	}
	least := func(best *float64, do func() error) error {
		engine.Forget()
		start := time.Now()
		err := do()
		if took := time.Since(start).Seconds(); *best == 0 || took < *best {
			*best = took
		}
		return err
	}
	var after, beside, previewing float64
	for range rounds {
		if err := least(&after, func() error { return errors.Join(draw(1), draw(2)) }); err != nil {
			return err
		}
		if err := least(&previewing, func() error { _, err := preview(b.ctx); return err }); err != nil {
			return err
		}
		err := least(&beside, func() error {
			other := make(chan error, 1)
			go func() { _, err := engine.Draw(b.ctx, b.recipe(recipe.Turn{Prompt: sourcePrompt}), nil); other <- err }()
			return errors.Join(draw(1), <-other)
		})
		if err != nil {
			return err
		}
	}
	b.figures["jobs.slots_gain_2"] = after / beside
	b.figures["jobs.preview_ms"] = 1e3 * previewing
	return nil
}
