package cli

import (
	"context"
	"fmt"
	"net"
	"sync"

	"pentimento/jobs"
	"pentimento/metrics"
	"pentimento/session"
)

// operationFlags say where operators look.
type operationFlags struct {
	Metrics string `help:"Serve /metrics, /healthz and /readyz on this address, such as 127.0.0.1:9090; not served if empty." placeholder:"HOST:PORT"`
}

// serve answers operators until stop is called.
func (f *operationFlags) serve(ctx context.Context, p *Process, m *metrics.Metrics, checks ...metrics.Check) (stop func() error, err error) {
	if f.Metrics == "" {
		return func() error { return nil }, nil
	}
	l, err := net.Listen("tcp", f.Metrics)
	if err != nil {
		return nil, fmt.Errorf("serve metrics: %w", err)
	}
	p.log.Info("metrics", "address", l.Addr().String())
	// The end of ctx does not end it: operators may look at a program that drains.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- metrics.Serve(ctx, l, m.Handler(checks...)) }()
	return sync.OnceValue(func() error { cancel(); return <-ended }), nil
}

// storeCheck reports whether sessions can be read.
func storeCheck(store session.Store) metrics.Check {
	return metrics.Check{Name: "store", Run: func(ctx context.Context) error {
		_, err := store.Load(ctx, session.Key{User: "nobody", Place: "nowhere"})
		return err
	}}
}

// queueCheck reports whether pictures can be asked for.
func queueCheck(queue jobs.Queue) metrics.Check {
	return metrics.Check{Name: "queue", Run: func(ctx context.Context) error {
		_, err := queue.Stats(ctx)
		return err
	}}
}
