package tests

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pentimento/jobs"
	redisjobs "pentimento/jobs/redis"
	"pentimento/models"
	"pentimento/models/pocket/pockettest"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/tests/redistest"
)

// recoverFor is how long it may take until a picture is begun again whose worker
// was killed.
const recoverFor = 30 * time.Second

// worker is a `pentimento worker` process.
type worker struct {
	cmd *exec.Cmd
	log syncBuffer
	// said is what it printed, once it has ended.
	said bytes.Buffer
	// logged is closed when the process has said all.
	logged chan bool
	// metrics is the address where it answers operators.
	metrics string
}

// startWorker starts a worker and waits until it takes jobs.
func (p program) startWorker(t *testing.T, server *redistest.Server, args ...string) *worker {
	t.Helper()
	w := &worker{logged: make(chan bool)}
	w.cmd = exec.Command("pentimento", append([]string{"worker", "--log-level", "info", "--redis", "redis://" + server.Addr, "--metrics", "127.0.0.1:0",
		"--cache", preparedGraphs()}, args...)...)
	w.cmd.Env = environment()
	w.cmd.Stdout = &w.said
	stderr, err := w.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = w.cmd.Process.Kill() // most have ended by now
		_ = w.cmd.Wait()
	})
	ready := make(chan bool, 1)
	go func() {
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			w.log.add(lines.Text())
			if _, address, ok := strings.Cut(lines.Text(), "msg=metrics address="); ok {
				w.metrics = address
			}
			if strings.Contains(lines.Text(), "msg=ready") {
				ready <- true
			}
		}
		close(ready)
		close(w.logged)
	}()
	if !<-ready {
		t.Fatalf("the worker has ended:\n%s", w.log.String())
	}
	return w
}

// syncBuffer collects lines of text.
type syncBuffer struct {
	mu    sync.Mutex
	lines []string
}

func (b *syncBuffer) add(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line)
}

// String returns what was collected.
func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.lines, "\n")
}

// openQueue returns a bot's side of the queue that workers of the program use.
func openQueue(t *testing.T, server *redistest.Server) *redisjobs.Queue {
	t.Helper()
	return openQueueWith(t, server, jobs.Options{})
}

// openQueueWith is openQueue with options.
func openQueueWith(t *testing.T, server *redistest.Server, options jobs.Options) *redisjobs.Queue {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: server.Addr})
	q, err := redisjobs.New(t.Context(), client, redisjobs.Options{Options: options})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(q.Close(), client.Close()); err != nil {
			t.Error(err)
		}
	})
	return q
}

// edit is a job of blond hair made red, with that many denoising steps.
func edit(key string, steps int) jobs.Job {
	preset, _ := recipe.PresetNamed("appearance")
	return jobs.Job{
		Key: key, User: "ann", Place: "place",
		Recipe: recipe.Recipe{
			Version:  recipe.Version,
			Settings: recipe.Settings{Seed: 7, Scheduler: "ddim", Steps: steps, Guidance: 4.5},
			Turns: []recipe.Turn{
				{Prompt: "a woman's face with blond hair"},
				{Prompt: "a woman's face with red hair", Preset: "appearance", Windows: preset.Windows},
			},
		},
	}
}

// do has a job drawn and returns its result, how often it was kept and an error.
func do(ctx context.Context, q jobs.Queue, store session.Store, job jobs.Job, watch func(jobs.Event)) (got jobs.Result, settled bool, err error) {
	settled, err = jobs.Do(ctx, q, job, watch, func(ctx context.Context, r jobs.Result) error {
		got = r
		_, err := store.Update(ctx, session.Key{User: job.User, Place: job.Place}, func(s *session.Session) error {
			_, err := s.Add(session.Turn{Event: job.Key, Utterance: "make her hair red"})
			return err
		})
		return err
	})
	return got, settled, err
}

// A worker that is told to end finishes what it draws, and says nothing of what
// was asked for. Operators can look meanwhile.
func TestWorkerDrains(t *testing.T) {
	const steps = 40
	server := redistest.Start(t)
	p, q, store := newProgram(t), openQueue(t, server), session.NewMemory()
	w := p.startWorker(t, server, "--cache-shared", "0")
	for path, want := range map[string]string{
		"healthz": "ok", "readyz": "queue: ok", "metrics": `pentimento_queue_workers 1`,
	} {
		said := get(t, "http://"+w.metrics+"/"+path)
		for deadline := time.Now().Add(patience); !strings.Contains(said, want) && time.Now().Before(deadline); {
			time.Sleep(50 * time.Millisecond) // it has not asked for a job yet
			said = get(t, "http://"+w.metrics+"/"+path)
		}
		if !strings.Contains(said, want) {
			t.Errorf("%s says\n%s", path, said)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var once sync.Once
	got, settled, err := do(ctx, q, store, edit("last", steps), func(e jobs.Event) {
		if e.Step > 0 {
			once.Do(func() {
				if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Error(err)
				}
			})
		}
	})
	if !settled || err != nil || !bytes.HasPrefix(got.PNG, []byte("\x89PNG")) || got.Rows == 0 {
		t.Errorf("settled: %v, %v; %d bytes, %d rows", settled, err, len(got.PNG), got.Rows)
	}
	<-w.logged
	if err := w.cmd.Wait(); err != nil {
		t.Errorf("the worker ended with %v", err)
	}
	log := w.log.String()
	if !strings.Contains(log, "turn=last") || !strings.Contains(log, "msg=drawn") || strings.Contains(log, "hair") {
		t.Errorf("log:\n%s", log)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(response.Status, "\n", string(body))
}

// What a worker writes to Redis is rounded if it is told so.
func TestWorkerRoundsMaps(t *testing.T) {
	server := redistest.Start(t)
	p, q := newProgram(t), openQueue(t, server)
	w := p.startWorker(t, server, "--cache-coding", "quantised")
	if _, _, err := do(t.Context(), q, session.NewMemory(), edit("rounded", 4), nil); err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	w.end(t) // it has written what it drew
	chunks := strings.Fields(server.CLI("keys", "*:maps:*:0"))
	if len(chunks) == 0 {
		t.Fatalf("no maps are in Redis: %s", server.CLI("keys", "*"))
	}
	for _, chunk := range chunks {
		if begins := server.CLI("getrange", chunk, "0", "4"); begins != "PtAt\x02" {
			t.Errorf("a chunk begins with %q", begins)
		}
	}
}

// A recipe of another model is left to workers that have it. There are none: it is
// given up with a sentence, and stays a dead letter.
func TestWorkerLeavesOtherModel(t *testing.T) {
	server := redistest.Start(t)
	p, q := newProgram(t), openQueueWith(t, server, jobs.Options{Vacant: 2 * time.Second})
	w := p.startWorker(t, server)
	job := edit("other", 10)
	job.Recipe.Settings.Model = "0123456789abcdef"
	_, _, err := do(t.Context(), q, session.NewMemory(), job, nil)
	if f, ok := errors.AsType[*jobs.Failure](err); !ok || f.Kind != jobs.Unserved || !strings.Contains(f.Sentence, "No worker has had this picture's model") {
		t.Errorf("got %v", err)
	}
	if log := w.log.String(); strings.Contains(log, "turn=other") {
		t.Errorf("the worker has begun it:\n%s", log)
	}
	if letters, err := q.DeadLetters(t.Context(), 10); err != nil || len(letters) != 1 || letters[0].Job.Key != "other" {
		t.Errorf("dead letters %+v, %v", letters, err)
	}
}

// Workers of different models share a queue, and each draws what is of its own; one
// that has both draws everything, and opens the second when it is asked for.
func TestWorkersOfDifferentModels(t *testing.T) {
	server := redistest.Start(t)
	p, q, store := newProgram(t), openQueue(t, server), session.NewMemory()
	roomy := pockettest.AnySize(t)
	read, err := models.Read(t.Context(), models.Source{Path: roomy}, models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	digests := map[string]string{"pocket": pockettest.Open(t).Digest(), "roomy": read.Digest()}
	draw := func(key, model string) {
		t.Helper()
		job := edit(key, 2)
		job.Recipe.Settings.Model = digests[model]
		if _, settled, err := do(t.Context(), q, store, job, nil); !settled || err != nil {
			t.Errorf("%s with %s: settled: %v, %v", key, model, settled, err)
		}
	}
	workers := map[string]*worker{
		"pocket": p.startWorker(t, server, "--cache-shared", "0"),
		"roomy":  p.startWorker(t, server, "--cache-shared", "0", "--model", "roomy="+roomy),
	}
	for n, model := range []string{"roomy", "pocket", "pocket", "roomy", "roomy"} {
		draw(fmt.Sprint("turn ", n, " of ", model), model)
	}
	for name, w := range workers {
		if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		w.end(t)
		log := w.log.String()
		for _, model := range []string{"roomy", "pocket"} {
			if drawn := strings.Contains(log, "of "+model); drawn != (name == model) {
				t.Errorf("the worker of %s draws with %s: %v\n%s", name, model, drawn, log)
			}
		}
	}

	both := p.startWorker(t, server, "--cache-shared", "0", "--model", "pocket", "--model", "roomy="+roomy)
	if strings.Contains(both.log.String(), "msg=opened") {
		t.Error("the second model is opened before it is asked for")
	}
	draw("first", "pocket")
	draw("second", "roomy")
	draw("third", "roomy")
	if n := strings.Count(both.log.String(), "msg=opened model=roomy"); n != 1 {
		t.Errorf("the second model was opened %d times:\n%s", n, both.log.String())
	}
	out, _ := p.runWith("", "doctor", "--engine", "queue", "--redis", "redis://"+server.Addr, "--store", filepath.Join(p.dir, "s.db"), "--model", "pocket", "--model", "roomy="+roomy)
	for _, line := range []string{
		"✓ model    pocket, " + digests["pocket"][:12], "✓ model    roomy, " + digests["roomy"][:12],
		" with the model roomy",
	} {
		if !strings.Contains(out, line) {
			t.Errorf("the doctor does not say %q:\n%s", line, out)
		}
	}
}

// The doctor says of a model that no worker has what to do.
func TestDoctorMissesModel(t *testing.T) {
	server := redistest.Start(t)
	p, q := newProgram(t), openQueue(t, server)
	p.startWorker(t, server)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if stats, err := q.Stats(t.Context()); err == nil && stats.Workers > 0 {
			break
		}
	}
	out, _ := p.runWith("", "doctor", "--engine", "queue", "--redis", "redis://"+server.Addr, "--store", filepath.Join(p.dir, "s.db"), "--model", "pocket", "--model", "roomy="+pockettest.AnySize(t))
	if !strings.Contains(out, "✗ workers  none has the model roomy: run pentimento worker") || !strings.Contains(out, "✓ workers  one worker with the model pocket") {
		t.Errorf("the doctor says\n%s", out)
	}
}

// The doctor shows what was given up, without a word of what was asked for, and
// a worker that is told to draws it again, once.
func TestRetryDead(t *testing.T) {
	server := redistest.Start(t)
	p, q := newProgram(t), openQueue(t, server)
	for n := range 7 {
		job := edit(fmt.Sprint("message ", n), 4)
		job.User, job.Place = fmt.Sprint("user ", n), fmt.Sprint("place ", n)
		ticket, err := q.Submit(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		lease, err := q.Take(t.Context(), "broken/0", nil)
		if err != nil {
			t.Fatal(err)
		}
		detail := fmt.Sprintf("cannot draw %q\x1b[31m\non this device", job.Recipe.Turns[0].Prompt)
		err = q.Finish(t.Context(), lease, jobs.Result{}, &jobs.Failure{Kind: jobs.EngineFailed, Sentence: "Something went wrong.", Detail: detail})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := q.Settle(t.Context(), ticket); err != nil { // the user was told
			t.Fatal(err)
		}
	}
	if err := q.Forget(t.Context(), "user 6"); err != nil {
		t.Fatal(err)
	}
	out, _ := p.runWith("", "doctor", "--engine", "queue", "--redis", "redis://"+server.Addr, "--store", filepath.Join(p.dir, "s.db"))
	today := time.Now().UTC().Format("2006-01-02")
	for _, line := range []string{
		"✓ given up turn message 5, place place 5, " + today, ` UTC, after one attempt: engine: cannot draw "…"`,
		"✓ given up turn message 1, ", "✓ given up and 1 more", "✓ given up pentimento worker --retry-dead",
	} {
		if !strings.Contains(out, line) {
			t.Errorf("the doctor does not say %q:\n%s", line, out)
		}
	}
	for _, not := range []string{"message 0", "message 6", edit("", 4).Recipe.Turns[0].Prompt, "\x1b"} {
		if strings.Contains(out, not) {
			t.Errorf("the doctor says %q:\n%s", not, out)
		}
	}

	w := p.startWorker(t, server, "--cache-shared", "0", "--retry-dead")
	pending, err := q.Outstanding(t.Context())
	if err != nil || len(pending) != 6 {
		t.Fatalf("%d jobs wait again, %v; want 6", len(pending), err)
	}
	for _, job := range pending {
		kept := 0
		settled, err := jobs.Resume(t.Context(), q, job.Ticket, nil, func(_ context.Context, r jobs.Result) error {
			kept++
			if !bytes.HasPrefix(r.PNG, []byte("\x89PNG")) {
				t.Errorf("%s is %d bytes", job.Job.Key, len(r.PNG))
			}
			return nil
		})
		if !settled || err != nil || kept != 1 {
			t.Errorf("%s: settled: %v, %v; kept %d times", job.Job.Key, settled, err, kept)
		}
	}
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-w.logged
	if err := w.cmd.Wait(); err != nil {
		t.Error(err)
	}
	if said := w.said.String(); said != "6 of the pictures that were given up are in the queue again; 0 stay given up\n" {
		t.Errorf("the worker said %q", said)
	}
	if drawn := strings.Count(w.log.String(), "msg=drawn "); drawn != 6 {
		t.Errorf("%d were drawn, want 6", drawn)
	}
	if stats, err := q.Stats(t.Context()); err != nil || stats.Waiting+stats.Running+stats.DeadLetters > 0 {
		t.Errorf("stats %+v, %v", stats, err)
	}
}
