package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/dialogue"
	"pentimento/jobs"
	"pentimento/models"
	"pentimento/models/pocket"
	"pentimento/picture"
	"pentimento/session"
)

// stub draws squares of colour, at once or when it is let.
type stub struct {
	hold chan struct{} // nil: at once

	mu    sync.Mutex
	drawn int
}

func (e *stub) Draw(ctx context.Context, job jobs.Job, progress func(jobs.Progress)) (jobs.Result, error) {
	if strings.Contains(job.Recipe.Turns[len(job.Recipe.Turns)-1].Prompt, "black hair") {
		panic("a broken engine")
	}
	progress(jobs.Progress{Step: 1, Steps: 2})
	if e.hold != nil {
		select {
		case <-e.hold:
		case <-ctx.Done():
			return jobs.Result{}, ctx.Err()
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drawn++
	square := image.NewNRGBA(image.Rect(0, 0, 16, 16))
	for i := range 256 {
		square.Set(i%16, i/16, color.NRGBA{uint8(90 * e.drawn), uint8(i), 9, 255})
	}
	png, err := picture.Encode(square)
	out := jobs.Result{PNG: png}
	if job.Attend != nil {
		out.Heat = &jobs.Heat{Map: make([]float32, 16), Width: 4, Height: 4}
	}
	return out, err
}

// world is a server with people who use it.
type world struct {
	*httptest.Server
	t     *testing.T
	s     *Server
	queue jobs.Queue
	store session.Store
}

const (
	annsToken = "a token of Ann's, which is long"
	bobsToken = "a token of Bob's, which is long"
)

// newWorld starts a server that Ann and Bob may enter.
func newWorld(t *testing.T, engine jobs.Engine, change ...func(*Options)) *world {
	t.Helper()
	known, err := models.ReadFS(t.Context(), pocket.Files(), "pocket", models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	store := session.NewMemory()
	queue := jobs.NewLocal(t.Context(), jobs.Options{PerUser: 1000}, jobs.Worker{Name: "worker", Engine: engine, Slots: 4, Drain: time.Millisecond})
	t.Cleanup(func() {
		if err := queue.Close(); err != nil {
			t.Error(err)
		}
	})
	o := Options{
		Pattern: bot.Conversation{
			Store: session.AlsoForget(store, queue), Planner: bot.Grammar{Planner: dialogue.New()}, Model: bot.ModelOf(known), Queue: queue,
			Clock: bot.Clock{Now: time.Now, Seed: func() uint64 { return 5 }}, Options: bot.Options{Steps: 4, Guidance: 4.5}, Gate: gate.New(gate.Options{}),
		},
		Commands: bot.Commands(), Secret: []byte("secret"), PerUser: 5,
		Access: Access{Owner: "me", Users: []User{{"ann", annsToken}, {"bob", bobsToken}}},
	}
	for _, c := range change {
		c(&o)
	}
	w := &world{t: t, s: New(o), queue: o.Pattern.Queue, store: o.Pattern.Store}
	w.Server = httptest.NewServer(w.s.Handler())
	t.Cleanup(w.Close)
	return w
}

// A person uses the server with a token.
type person struct {
	*world
	token string
}

func (w *world) ann() person { return person{w, annsToken} }
func (w *world) bob() person { return person{w, bobsToken} }

// ask sends a request and returns the answer with its body.
func (p person) ask(method, path string, body any, header ...string) (*http.Response, []byte) {
	p.t.Helper()
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		sent = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.URL+path, sent)
	if err != nil {
		p.t.Fatal(err)
	}
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	client := *p.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer, data
}

// begin is the address of a new conversation.
func (p person) begin() string {
	p.t.Helper()
	var out struct{ Address string }
	answer, data := p.ask("POST", "/conversations", nil)
	if err := json.Unmarshal(data, &out); err != nil || answer.StatusCode != http.StatusCreated {
		p.t.Fatalf("no conversation: %s %s", answer.Status, data)
	}
	return out.Address
}

// A listener hears the events of a conversation.
type listener struct {
	t      *testing.T
	body   io.Closer
	events chan heard
}

type heard struct{ id, kind, data string }

// listen opens the events of a conversation, after an event if one is given.
func (p person) listen(address, after string) *listener {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), "GET", p.URL+address+"/events", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	answer, err := p.Client().Do(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		p.t.Fatalf("no events: %v %v", answer, err)
	}
	l := &listener{p.t, answer.Body, make(chan heard, 1000)}
	p.t.Cleanup(l.close)
	go func() {
		defer close(l.events)
		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, 64<<20)
		var e heard
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.kind = value
			case "data":
				e.data = value
			case "":
				if e.kind != "" {
					l.events <- e
				}
				e = heard{}
			}
		}
	}()
	return l
}

func (l *listener) close() { _ = l.body.Close() }

// soon is how long anything may take.
const soon = 20 * time.Second

// await returns the next event of the kind whose data have the part.
func (l *listener) await(kind, part string) heard {
	l.t.Helper()
	timeout := time.After(soon)
	for {
		select {
		case e, ok := <-l.events:
			if !ok {
				l.t.Fatalf("the events end without %s %q", kind, part)
			}
			if e.kind == kind && strings.Contains(e.data, part) {
				return e
			}
		case <-timeout:
			l.t.Fatalf("no event %s %q", kind, part)
		}
	}
}

// say says something and returns what came of it.
func (p person) say(address, said string) result {
	p.t.Helper()
	return p.do(address, ask{Said: said})
}

// do has something done, and returns what came of it.
func (p person) do(address string, a ask) result {
	p.t.Helper()
	l := p.listen(address, "")
	defer l.close()
	a.Event = p.event()
	answer, data := p.ask("POST", address+"/turns", a)
	if answer.StatusCode != http.StatusAccepted {
		p.t.Fatalf("%q: %s %s", a.Said, answer.Status, data)
	}
	var out result
	if err := json.Unmarshal([]byte(l.await("done", a.Event).data), &out); err != nil {
		p.t.Fatal(err)
	}
	return out
}

// event is a new name.
func (p person) event() string { return fmt.Sprintf("e%d", time.Now().UnixNano()) }

// all is what a page is told that comes anew.
func (p person) all(address string) snapshot {
	p.t.Helper()
	l := p.listen(address, "")
	defer l.close()
	var out snapshot
	if err := json.Unmarshal([]byte(l.await("all", "").data), &out); err != nil {
		p.t.Fatal(err)
	}
	return out
}
