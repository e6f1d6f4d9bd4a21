package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/bot/web"
	"pentimento/dialogue"
	"pentimento/jobs"
	"pentimento/picture"
	"pentimento/session/bolt"
)

// The load of pages: people with a tab each, what each says, how long the engine takes
// and how long people do after each picture, on average.
const (
	webPeople = 100
	webTurns  = 100
	webDraws  = 50 * time.Millisecond
	webThinks = time.Second
	// webWarm is how many turns are said before memory is looked at first: what is kept
	// for pages that were away has its size by then.
	webWarm = 3000
)

// sleeper is an engine that takes a while.
type sleeper struct{ png []byte }

// Draw implements jobs.Engine.
func (e sleeper) Draw(ctx context.Context, _ jobs.Job, progress func(jobs.Progress)) (jobs.Result, error) {
	progress(jobs.Progress{Step: 1, Steps: 1})
	select {
	case <-time.After(webDraws):
	case <-ctx.Done():
		return jobs.Result{}, ctx.Err()
	}
	return jobs.Result{PNG: e.png}, nil
}

// web has a hundred people talk in a tab each, and measures how soon what they say is
// taken, how soon its picture is in their tab, and what memory it leaves behind. The
// conversations are in a file.
func (b *bench) web() (err error) {
	dir, err := os.MkdirTemp("", "pentimento-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	quiet := slog.New(slog.DiscardHandler)
	store, err := bolt.Open(filepath.Join(dir, "sessions.db"), bolt.Options{Log: quiet})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	square := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	square.Set(1, 1, color.White)
	png, err := picture.Encode(square)
	if err != nil {
		return err
	}
	queue := jobs.NewLocal(b.ctx, jobs.Options{PerUser: 5}, jobs.Worker{Name: "sleeper", Engine: sleeper{png}, Slots: webPeople, Drain: time.Millisecond})
	defer func() { err = errors.Join(err, queue.Close()) }()
	access := web.Access{}
	for i := range webPeople {
		access.Users = append(access.Users, web.User{Name: fmt.Sprint("person", i), Token: fmt.Sprintf("a token of person %d", i)})
	}
	pages := httptest.NewServer(web.New(web.Options{
		Pattern: bot.Conversation{
			Store: store, Planner: bot.Grammar{Planner: dialogue.New()}, Model: wordless(), Queue: queue, Gate: gate.New(gate.Options{}),
			Clock: bot.Clock{Now: time.Now, Seed: func() uint64 { return 1 }}, Options: bot.Options{Steps: 20, Guidance: 4.5},
		},
		Commands: bot.Commands(), Access: access, Secret: []byte("bench"), PerUser: 5, Log: quiet,
	}).Handler())
	defer pages.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * webPeople}}
	defer client.CloseIdleConnections()
	load := &webLoad{ctx: b.ctx, client: client, base: pages.URL}
	if err := load.run(access.Users); err != nil {
		return err
	}
	b.figures["web.turns"] = float64(len(load.shown))
	b.figures["web.p99_ms"] = percentile(load.accepted, .99)
	b.figures["web.shown_p50_ms"] = percentile(load.shown, .5)
	b.figures["web.shown_p99_ms"] = percentile(load.shown, .99)
	b.figures["web.growth_mb"] = load.growth()
	return nil
}

// percentile is in milliseconds.
func percentile(times []time.Duration, share float64) float64 {
	times = slices.Sorted(slices.Values(times))
	return float64(times[int(share*float64(len(times)-1))].Microseconds()) / 1000
}

// A webLoad is people who talk.
type webLoad struct {
	ctx    context.Context
	client *http.Client
	base   string

	mu       sync.Mutex
	accepted []time.Duration
	shown    []time.Duration
	early    uint64 // bytes in use when webWarm turns were said
}

// run has all of them talk at once.
func (l *webLoad) run(people []web.User) error {
	failed := make(chan error, len(people))
	for i, p := range people {
		go func() {
			time.Sleep(time.Duration(i) * webThinks / time.Duration(len(people)))
			failed <- l.talk(p)
		}()
	}
	var err error
	for range people {
		err = errors.Join(err, <-failed)
	}
	return err
}

// talk is one person's conversation.
func (l *webLoad) talk(p web.User) error {
	var at struct{ Address string }
	if err := l.post(p, "/conversations", struct{}{}, &at); err != nil {
		return err
	}
	ctx, leave := context.WithCancel(l.ctx)
	defer leave()
	done, err := l.listen(ctx, p, at.Address)
	if err != nil {
		return err
	}
	said := []string{"a woman's face with blond hair", "make her hair red", "make her hair blond", "add glasses", "without the glasses"}
	for n := range webTurns {
		event := fmt.Sprint("turn-", n)
		began := time.Now()
		var taken struct{ Event string }
		if err := l.post(p, at.Address+"/turns", map[string]string{"event": event, "said": said[n%len(said)]}, &taken); err != nil {
			return err
		}
		accepted := time.Since(began)
		if heard, ok := <-done; !ok || !strings.Contains(heard, event) || strings.Contains(heard, `"problem"`) {
			return fmt.Errorf("%q comes to %s", said[n%len(said)], heard)
		}
		l.note(accepted, time.Since(began))
		time.Sleep(time.Duration((.5 + rand.Float64()) * float64(webThinks)))
	}
	return nil
}

// note notes how long a turn took.
func (l *webLoad) note(accepted, shown time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepted, l.shown = append(l.accepted, accepted), append(l.shown, shown)
	if len(l.shown) == webWarm {
		l.early = inUse()
	}
}

// growth is how much more memory is in use than at the beginning, in MB.
func (l *webLoad) growth() float64 {
	return (float64(inUse()) - float64(l.early)) / 1e6
}

// inUse is how many bytes are in use.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// post asks for something.
func (l *webLoad) post(p web.User, path string, body, out any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(l.ctx, http.MethodPost, l.base+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+p.Token)
	answer, err := l.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s: %s", path, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(out)
}

// listen hears of what is done in a conversation until ctx ends.
func (l *webLoad) listen(ctx context.Context, p web.User, address string) (done <-chan string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.base+address+"/events", nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+p.Token)
	answer, err := l.client.Do(r)
	if err != nil {
		return nil, err
	}
	heard := make(chan string, 1)
	go func() {
		defer close(heard)
		defer func() { _ = answer.Body.Close() }()
		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, 1<<20)
		kind := ""
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case name == "event":
				kind = value
			case name == "data" && kind == "done":
				heard <- value
			}
		}
	}()
	return heard, nil
}
