package metrics

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pentimento/editor/attention"
	"pentimento/jobs"
	"pentimento/recipe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// get asks the handler.
func get(t *testing.T, h http.Handler, path string) (status int, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestMetrics(t *testing.T) {
	m := New()
	job := jobs.Job{User: "ann", Place: "kitchen", Recipe: recipe.Recipe{Turns: []recipe.Turn{{Prompt: "xyzzy"}, {Prompt: "plugh"}}}}
	m.Finished(job, time.Second, jobs.Result{Rows: 20, Seconds: 2, Traced: true}, nil)
	m.Finished(job, time.Second, jobs.Result{Rows: 40, Seconds: 3}, nil)
	m.Finished(job, time.Second, jobs.Result{}, &jobs.Failure{Kind: jobs.TimeLimit})
	m.Stage("keep", time.Millisecond)
	m.Turn("answered")
	m.Turn("answered")
	m.Cache(func() attention.Stats {
		return attention.Stats{Hits: 5, StoreHits: 2, Latents: 3, Misses: 4, Bytes: 1024, MapsBytes: 1000, Turns: 6}
	})
	var broken error
	m.Queue(func(context.Context) (jobs.Stats, error) {
		return jobs.Stats{Waiting: 3, Running: 2, Oldest: 4 * time.Second, DeadLetters: 1, Workers: 5}, broken
	})
	_, body := get(t, m.Handler(), "/metrics")
	for _, line := range []string{
		`pentimento_turn_seconds_count{stage="wait"} 3`,
		`pentimento_turn_seconds_sum{stage="draw"} 5`,
		`pentimento_turn_seconds_count{stage="keep"} 1`,
		`pentimento_turns_total{outcome="answered"} 2`,
		`pentimento_errors_total{kind="time_limit"} 1`,
		`pentimento_unet_rows_total 60`,
		`pentimento_attention_cache_turns_total{found="maps"} 3`,
		`pentimento_attention_cache_turns_total{found="stored_maps"} 2`,
		`pentimento_attention_cache_turns_total{found="latents"} 3`,
		`pentimento_attention_cache_turns_total{found="nothing"} 4`,
		`pentimento_attention_cache_bytes{of="maps"} 1000`,
		`pentimento_attention_cache_bytes{of="latents"} 24`,
		`pentimento_attention_cache_turns 6`,
		`pentimento_queue_jobs{state="waiting"} 3`,
		`pentimento_queue_jobs{state="running"} 2`,
		`pentimento_queue_jobs{state="dead"} 1`,
		`pentimento_queue_oldest_seconds 4`,
		`pentimento_queue_workers 5`,
		`pentimento_queue_up 1`,
	} {
		if !strings.Contains(body, "\n"+line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	for _, private := range []string{"ann", "kitchen", "xyzzy", "plugh"} {
		if strings.Contains(body, private) {
			t.Errorf("the metrics tell %q", private)
		}
	}
	broken = errors.New("no route")
	status, body := get(t, m.Handler(), "/metrics")
	if status != http.StatusOK || !strings.Contains(body, "\npentimento_queue_up 0\n") || strings.Contains(body, "pentimento_queue_jobs{") {
		t.Errorf("with a queue that is away: status %d\n%s", status, body)
	}
}

func TestHealth(t *testing.T) {
	var broken error
	h := New().Handler(
		Check{"store", func(context.Context) error { return nil }},
		Check{"queue", func(context.Context) error { return broken }})
	if status, body := get(t, h, "/healthz"); status != http.StatusOK || body != "ok\n" {
		t.Errorf("healthz: %d %q", status, body)
	}
	if status, body := get(t, h, "/readyz"); status != http.StatusOK || body != "store: ok\nqueue: ok\n" {
		t.Errorf("readyz: %d %q", status, body)
	}
	broken = errors.New("no route")
	if status, body := get(t, h, "/readyz"); status != http.StatusServiceUnavailable || body != "store: ok\nqueue: no route\n" {
		t.Errorf("readyz: %d %q", status, body)
	}
	if status, _ := get(t, h, "/healthz"); status != http.StatusOK {
		t.Errorf("healthz hangs on the checks: %d", status)
	}
}

// A check that waits in vain makes no other one look broken.
func TestHealthWaitsForNobody(t *testing.T) {
	h := New().Handler(
		Check{"store", func(ctx context.Context) error { <-ctx.Done(); return errors.Join(errors.New("away"), ctx.Err()) }},
		Check{"queue", func(ctx context.Context) error { return ctx.Err() }})
	if status, body := get(t, h, "/readyz"); status != http.StatusServiceUnavailable || body != "store: away context deadline exceeded\nqueue: ok\n" {
		t.Errorf("readyz: %d %q", status, body)
	}
}

func TestServe(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, New().Handler()) }()
	response, err := http.Get("http://" + l.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("somebody still listens")
	}
}
