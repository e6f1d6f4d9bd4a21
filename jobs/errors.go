package jobs

import (
	"errors"
	"fmt"
)

// What a queue may answer. The texts of the first group are for the user.
var (
	// ErrCancelled: the job was cancelled before it was finished.
	ErrCancelled = errors.New("cancelled")
	// ErrQueueFull: the queue takes no more for now.
	ErrQueueFull = errors.New("too much is waiting to be drawn: try again in a minute")
	// ErrUnavailable: the queue cannot be reached.
	ErrUnavailable = errors.New("the queue of pictures cannot be reached just now: try again in a minute")

	// ErrDetached: the asker leaves and will come back for the result.
	ErrDetached = errors.New("left in the queue")
	// ErrSettled: somebody has taken the result already.
	ErrSettled = errors.New("the job has been settled")
	// ErrLost: the queue does not know the job, and nobody has settled it.
	ErrLost = errors.New("the job is lost")
	// ErrNotYours: the lease was cancelled or has passed to another worker.
	ErrNotYours = errors.New("the lease has ended")
	// ErrInvalid: the job cannot be queued as it is.
	ErrInvalid = errors.New("invalid job")
	// ErrClosed: the queue was closed.
	ErrClosed = errors.New("the queue is closed")
)

// A LimitError says that a user has as many jobs in the queue as are allowed.
type LimitError struct{ Limit int }

// Error says so to the user.
func (e *LimitError) Error() string {
	if e.Limit == 1 {
		return "a picture of yours is still being drawn: wait for it or cancel it"
	}
	return fmt.Sprintf("%d pictures of yours are still waiting or being drawn: wait for one or cancel it", e.Limit)
}

// Kinds of failure.
const (
	// TimeLimit: drawing took longer than allowed.
	TimeLimit = "time_limit"
	// WorkersDied: every worker that took the job fell silent.
	WorkersDied = "workers_died"
	// EngineFailed: the engine refused the recipe or failed.
	EngineFailed = "engine"
	// TooLarge: the picture is larger than the queue carries.
	TooLarge = "too_large"
	// Unserved: no worker has served the job's model for too long.
	Unserved = "unserved"
	// Unreadable: what the queue held was not a job.
	Unreadable = "unreadable"
)

// A Failure is why a job was given up.
type Failure struct {
	// Kind is one of the constants above.
	Kind string `json:"kind"`
	// Sentence is for the user.
	Sentence string `json:"sentence"`
	// Detail is for the operator: the error as it was.
	Detail string `json:"detail,omitempty"`
}

// Error returns the sentence for the user.
func (f *Failure) Error() string { return f.Sentence }
