package metrics

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	checkFor    = 3 * time.Second // how long a check of /readyz may take
	headerFor   = 5 * time.Second // how long a client may take to ask
	shutdownFor = 2 * time.Second // how long Serve waits for answers under way
)

// A Check is one thing that must be in order for the program to be ready.
type Check struct {
	// Name is shown by /readyz: "queue", "store".
	Name string
	// Run returns what is wrong.
	Run func(context.Context) error
}

// Handler serves
//
//	/metrics   for Prometheus
//	/healthz   200 as long as the process answers: restart it if it doesn't
//	/readyz    200 when all checks are in order, else 503, with a line for each
func (m *Metrics) Handler(checks ...Check) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { ready(w, r, checks) })
	return mux
}

// ready runs the checks, all at once: one that waits takes no time from another.
func ready(w http.ResponseWriter, r *http.Request, checks []Check) {
	ctx, cancel := context.WithTimeout(r.Context(), checkFor)
	defer cancel()
	errs := make([]error, len(checks))
	var running sync.WaitGroup
	for i, c := range checks {
		running.Go(func() { errs[i] = c.Run(ctx) })
	}
	running.Wait()
	status := http.StatusOK
	var lines strings.Builder
	for i, c := range checks {
		said := "ok"
		if errs[i] != nil {
			said, status = strings.Join(strings.Fields(errs[i].Error()), " "), http.StatusServiceUnavailable
		}
		fmt.Fprintf(&lines, "%s: %s\n", c.Name, said)
	}
	answer(w, status, lines.String())
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // whoever asked has gone
}

// Serve answers on the listener until ctx ends, and closes it.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: headerFor}
	ended := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownFor)
		defer cancel()
		ended <- server.Shutdown(ctx)
	})
	err := server.Serve(l)
	if stop() || !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	if err := <-ended; err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}
