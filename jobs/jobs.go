// Package jobs is the queue between those who ask for pictures and the workers
// that draw them.
//
// A [Job] is one recipe to draw, with who asked and where. A bot submits it and
// awaits its [Result]; a [Worker] takes it and draws it with an [Engine]. In
// between stands a [Queue]: [NewMemory] within one process, or package jobs/redis
// for several. Both pass one conformance suite, package jobstest, and the latter
// one more. For a bot, [Do]
// is the whole of it: submit, await, keep, settle.
//
// What the queue promises:
//
//   - The same [Job.Key] is one job, however often it is submitted, and one caller
//     settles it.
//   - Users take turns. Someone who asks for ten pictures waits for nine of them
//     behind everybody else's first. The order is start-time fair queueing (Goyal
//     et al. 1996) with every picture weighing the same.
//   - A job whose worker falls silent goes to another one, or, within one process,
//     is given up. What the first one may still deliver is refused, so nothing is
//     drawn into a session twice.
//   - A worker gets the jobs of the models that it serves. While nobody serves a
//     job's model the asker is told, and after a while it is given up.
//   - A cancelled job is cancelled: no result of it will come.
//   - A job that cannot be drawn ends with the reason. Between several processes
//     it is then a dead letter, which can be read and retried.
//
// No decision hangs on a wall clock. Silence is counted in the observer's own
// elapsed time, so that a clock that jumps neither loses a job nor repeats one.
package jobs

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"pentimento/picture/photo"
	"pentimento/recipe"
)

// Limits on what a queue takes in.
const (
	// MaxJobBytes is how large a job may be as JSON, without its picture.
	MaxJobBytes = 512 << 10
	// MaxOpenedBytes is how large a job's picture may be: one of SDXL's size.
	MaxOpenedBytes = 4 << 20
	// MaxPictureBytes is how large the PNG of a result may be.
	MaxPictureBytes = 16 << 20
	// MaxPreviewBytes is how large a preview may be; larger ones are left out.
	MaxPreviewBytes = 64 << 10
	// MaxNameBytes is how long a key, a user or a place may be.
	MaxNameBytes = 256
)

// A Job is one picture to draw.
type Job struct {
	// Key is the identity of the event that asks for the picture: submitting it
	// again is not a second job. It is the turn's id in the logs.
	Key string `json:"key"`
	// User is who asks; users take turns, and each has a limit.
	User string `json:"user"`
	// Place is where. User and Place together are a session, and the worker that
	// drew the session's last picture is preferred for its next: its memory may
	// hold that one's traces.
	Place string `json:"place"`
	// Recipe is what to draw.
	Recipe recipe.Recipe `json:"recipe"`
	// Attend are words of the last prompt whose attention is wanted too; nil for
	// none.
	Attend *recipe.Span `json:"attend,omitempty"`
	// Picture is the picture of somebody's own that the recipe begins with, as a PNG
	// of the size that it is drawn in; nil for none.
	Picture []byte `json:"picture,omitempty"`
	// Look says that nothing is drawn: what is wanted is what Picture shows.
	Look bool `json:"look,omitempty"`
	// Previews says that the asker shows them.
	Previews bool `json:"previews,omitempty"`
	// Memo is for the asker alone: what it needs to answer if it is another
	// process by then.
	Memo json.RawMessage `json:"memo,omitempty"`
}

// Model is the digest of the model that draws the job.
func (j Job) Model() string { return j.Recipe.Settings.Model }

// LogValue names the job without a word of what is drawn.
func (j Job) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("turn", j.Key),
		slog.Int("depth", len(j.Recipe.Turns)),
		slog.Int("steps", j.Recipe.Settings.Steps),
	)
}

// Validate reports whether the job can be queued; the error is [ErrInvalid].
func (j Job) Validate() error {
	for _, name := range []struct{ kind, text string }{{"key", j.Key}, {"user", j.User}, {"place", j.Place}} {
		if name.text == "" || len(name.text) > MaxNameBytes {
			return fmt.Errorf("%w: the %s has %d bytes, 1 to %d are allowed", ErrInvalid, name.kind, len(name.text), MaxNameBytes)
		}
	}
	if n := len(j.Model()); n > MaxNameBytes {
		return fmt.Errorf("%w: the model's digest has %d bytes, %d are allowed", ErrInvalid, n, MaxNameBytes)
	}
	if n := len(j.Picture); n > MaxOpenedBytes {
		return fmt.Errorf("%w: the picture has %d bytes, %d are allowed", ErrInvalid, n, MaxOpenedBytes)
	}
	if len(j.Recipe.Turns) == 0 {
		return fmt.Errorf("%w: the recipe has no turns", ErrInvalid)
	}
	return nil
}

// Encode gives the job as JSON of at most [MaxJobBytes], or [ErrInvalid].
func (j Job) Encode() ([]byte, error) {
	if err := j.Validate(); err != nil {
		return nil, err
	}
	data, err := json.Marshal(j)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if n := len(data) - base64.StdEncoding.EncodedLen(len(j.Picture)); n > MaxJobBytes {
		return nil, fmt.Errorf("%w: the job has %d bytes, %d are allowed", ErrInvalid, n, MaxJobBytes)
	}
	return data, nil
}

// Decode reads what Encode wrote. The error is [ErrInvalid].
func Decode(data []byte) (Job, error) {
	var j Job
	if most := MaxJobBytes + base64.StdEncoding.EncodedLen(MaxOpenedBytes); len(data) > most {
		return j, fmt.Errorf("%w: the job has %d bytes, %d are allowed", ErrInvalid, len(data), most)
	}
	if err := json.Unmarshal(data, &j); err != nil {
		return j, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return j, j.Validate()
}

// A Ticket is a job in a queue.
type Ticket struct {
	// ID names the job; the queue chooses it.
	ID string
	// Key is the job's.
	Key string
	// Ahead is how many jobs will be drawn before this one, as things stand.
	Ahead int
	// Repeated says that the job was in the queue already.
	Repeated bool
}

// An Event tells the asker how a job fares: a place in the queue, or how far
// the drawing is.
type Event struct {
	// Ahead is how many jobs will be drawn before this one, while it waits, and
	// Drawing how many are being drawn. With workers that serve different models
	// some of those may be drawn beside it.
	Ahead, Drawing int
	// Running says that a worker has taken it.
	Running bool
	// Vacant is how long the job waits in all for a worker that serves its model,
	// while there is none; 0 while there is one.
	Vacant time.Duration
	Progress
}

// NewsAfter reports whether e tells more than told did.
func (e Event) NewsAfter(told Event) bool {
	return e.Ahead != told.Ahead || e.Drawing != told.Drawing || e.Running != told.Running || e.Vacant != told.Vacant || e.Step != told.Step || e.Steps != told.Steps ||
		e.Preview != nil && !bytes.Equal(e.Preview, told.Preview)
}

// Progress tells how far a drawing is.
type Progress struct {
	// Step of Steps is done.
	Step  int `json:"step"`
	Steps int `json:"steps"`
	// Preview is a small picture of what is there so far, if the engine has one.
	Preview []byte `json:"preview,omitempty"`
}

// A Result is a picture and what it took.
type Result struct {
	// PNG is the picture.
	PNG []byte `json:"-"`
	// Rows is the number of UNet rows computed.
	Rows int `json:"rows"`
	// Traced says that the worker knew the source turn's latents.
	Traced bool `json:"traced,omitempty"`
	// Dropped are the words of the prompt that the model had no room for.
	Dropped []string `json:"dropped,omitempty"`
	// Seen is what the picture may show, as models/judge says it: for each attribute
	// the values that are not ruled out, the likeliest first. Nil where nobody can
	// tell.
	Seen map[string][]string `json:"seen,omitempty"`
	// Change is how far an edit moved what its local blend let it change; nil
	// where there was none, or it is not known.
	Change *float64 `json:"change,omitempty"`
	// Mask is what an edit of a picture of somebody's own changed of it; nil where
	// that may be all.
	Mask *photo.Mask `json:"mask,omitempty"`
	// Heat is where the words of [Job.Attend] attended; nil if it was not asked
	// for.
	Heat *Heat `json:"heat,omitempty"`
	// Seconds is how long the drawing took.
	Seconds float64 `json:"seconds"`
	// Worker is who drew it.
	Worker string `json:"worker,omitempty"`
}

// Heat is the attention of a word.
type Heat struct {
	// Map is the attention. [Height, Width]
	Map []float32 `json:"map"`
	// Width and Height of the map.
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Pending is a job that was submitted and not settled.
type Pending struct {
	Job    Job
	Ticket Ticket
}

// A DeadLetter is a job of a queue of several processes that was given up, and
// why.
type DeadLetter struct {
	// Job has no more than its user if it could not be read.
	Job     Job
	Failure Failure
	// Attempts is how many workers had taken it.
	Attempts int
	// At is when it was given up; zero if that is not known.
	At time.Time
}

// Why says why in one line of kind and detail, without a word of the prompts.
func (d DeadLetter) Why() string {
	detail := withoutPrompts(d.Failure.Detail, d.Job.Recipe)
	return strings.Join(strings.Fields(d.Failure.Kind+": "+detail), " ")
}

// Stats are what an operator wants to know of a queue.
type Stats struct {
	// Waiting and Running are numbers of jobs.
	Waiting, Running int
	// Oldest is how long the job that is next has waited.
	Oldest time.Duration
	// DeadLetters is the number of jobs given up that are kept, if the queue has
	// them.
	DeadLetters int
	// Workers is the number of workers that were heard of lately.
	Workers int
	// Serving is how many of those serve a model, by its digest, and Any how many
	// serve any model, or do not say which.
	Serving map[string]int
	Any     int
}

// Serves reports whether a worker that was heard of lately may draw with the
// model.
func (s Stats) Serves(model string) bool { return s.Any > 0 || s.Serving[model] > 0 }
