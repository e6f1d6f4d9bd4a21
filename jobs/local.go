package jobs

import (
	"context"
	"errors"
)

// A Local is a queue whose jobs a worker of this process draws.
type Local struct {
	*Memory
	stop  context.CancelFunc
	ended <-chan error
}

// NewLocal returns an empty queue and has the worker take jobs from it until
// Close, also after ctx has ended. The worker's Source is set to the queue.
func NewLocal(ctx context.Context, options Options, worker Worker) *Local {
	queue := NewMemory(options)
	worker.Source = queue
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(working) }()
	return &Local{Memory: queue, stop: stop, ended: ended}
}

// Stats implements [Queue]. The queue has one worker.
func (l *Local) Stats(ctx context.Context) (Stats, error) {
	stats, err := l.Memory.Stats(ctx)
	stats.Workers = 1
	return stats, err
}

// Close stops the worker, which drains, and closes the queue.
func (l *Local) Close() error {
	l.stop()
	return errors.Join(<-l.ended, l.Memory.Close())
}
