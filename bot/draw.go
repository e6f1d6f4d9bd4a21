package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"pentimento/dialogue"
	"pentimento/jobs"
	"pentimento/recipe"
	"pentimento/session"
)

// Every picture is a job: a recipe, and in its memo the turn that is kept when
// the picture is there. Without a queue the conversation's engine draws it at
// once; with one, whoever takes jobs from the queue does, and the turn may be
// kept by another process than the one that asked, see [Conversation.Resume].

// WithQueue returns the conversation as one whose pictures are drawn by those
// who take jobs from the queue. Its engine only tells of the model.
func (c *Conversation) WithQueue(queue jobs.Queue) *Conversation {
	out := *c
	out.queue = queue
	return &out
}

// Memo is what a job carries for those who answer.
type Memo struct {
	// Turn is what will be kept, but for its ID and its picture.
	Turn session.Turn `json:"turn"`
	// Asker is the memo of [Asked].
	Asker json.RawMessage `json:"asker,omitempty"`
}

// ReadMemo reads the memo of a job. Jobs that make no turn have none, and ok is
// false.
func ReadMemo(job jobs.Job) (memo Memo, ok bool) {
	err := json.Unmarshal(job.Memo, &memo)
	return memo, err == nil && memo.Turn.Event != "" && memo.Turn.Event == job.Key
}

// MaxFactor is the most that a word's attention is multiplied by: beyond it there
// is no picture left to see.
const MaxFactor = 100

// ErrTooStrong says that a word was given more.
var ErrTooStrong = fmt.Errorf("a word can be made up to %d times as strong", MaxFactor)

// draw makes a new turn of the plan.
func (c *Conversation) draw(ctx context.Context, s *session.Session, utterance string, plan *dialogue.Plan, watch func(jobs.Event)) (*Answer, error) {
	start := c.clock.Now()
	if _, ok := s.ByEvent(c.asked.Event); ok {
		return c.Made(ctx, c.asked.Event)
	}
	for _, w := range plan.Weights {
		if !(math.Abs(w.Factor) <= MaxFactor) { // nor is it a number
			return nil, ErrTooStrong
		}
	}
	if c.asked.Allow != nil {
		if err := c.asked.Allow(plan.Prompt); err != nil {
			return nil, err
		}
	}
	turn := session.Turn{Author: c.author(), Event: c.asked.Event, Time: start, Utterance: utterance, Edit: plan.Label}
	r := recipe.Recipe{Version: recipe.Version, Settings: c.settings()}
	if plan.Action == dialogue.Edit {
		turn.Parent = s.Head
		var err error
		if r, err = s.RecipeFor(s.Head); err != nil {
			return nil, err
		}
	} else {
		turn.Edit = ""
	}
	turn.Settings = r.Settings
	turn.Recipe = c.options.turnOf(plan)
	r.Turns = append(r.Turns, turn.Recipe)
	var err error
	if turn.Plan, err = json.Marshal(plan); err != nil {
		return nil, fmt.Errorf("keep the plan: %w", err)
	}
	job := c.job(r)
	if job.Memo, err = json.Marshal(Memo{turn, c.asked.Memo}); err != nil {
		return nil, fmt.Errorf("write down what is drawn: %w", err)
	}
	return c.haveTurn(ctx, job, turn, watch)
}

// job is the recipe as what this conversation asks for.
func (c *Conversation) job(r recipe.Recipe) jobs.Job {
	return jobs.Job{Key: c.asked.Event, User: c.key.User, Place: c.key.Place, Recipe: r, Previews: c.asked.Previews}
}

// Resume goes on with a job of this conversation's that [ReadMemo] can read:
// one that was asked for by a process that has ended. The turn is kept once,
// whoever else may do the same. watch is as in Say.
func (c *Conversation) Resume(ctx context.Context, job jobs.Job, watch func(jobs.Event)) (*Answer, error) {
	memo, ok := ReadMemo(job)
	if !ok {
		return nil, fmt.Errorf("%w: it makes no turn", jobs.ErrInvalid)
	}
	answer, err := c.haveTurn(ctx, job, memo.Turn, watch)
	if err != nil || answer.Drawing == nil {
		return answer, err
	}
	plan := new(dialogue.Plan)
	if err := json.Unmarshal(memo.Turn.Plan, plan); err != nil {
		return nil, fmt.Errorf("read the plan of turn %d: %w", answer.Turn.ID, err)
	}
	answer.Plan = plan
	answer.Notices = append(answer.Notices, c.noticesOf(plan)...)
	return answer, nil
}

// haveTurn has a turn drawn and kept.
func (c *Conversation) haveTurn(ctx context.Context, job jobs.Job, turn session.Turn, watch func(jobs.Event)) (*Answer, error) {
	return c.have(ctx, job, turn.Time, watch, func(s *session.Session, picture string) (int, error) {
		turn.Picture = picture
		return s.Add(turn)
	})
}

// have has a job drawn that was asked for at start, keeps what came of it and
// shows it. add puts it into the session, with the name of its picture, and
// returns its turn.
func (c *Conversation) have(ctx context.Context, job jobs.Job, start time.Time, watch func(jobs.Event), add func(s *session.Session, picture string) (int, error)) (*Answer, error) {
	var answer *Answer
	var unkept, refused error
	_, err := c.drawn(ctx, job, watch, func(ctx context.Context, result jobs.Result) error {
		if refused = c.approved(ctx, result.PNG); refused != nil {
			return nil // the job is done with
		}
		began := c.clock.Now()
		_, unkept = c.store.PutBlob(ctx, c.key, result.PNG)
		id := 0
		s, err := c.store.Update(ctx, c.key, func(s *session.Session) (err error) {
			id, err = add(s, digestOf(result.PNG))
			return err
		})
		if isFinal(err) {
			refused = err
			return nil
		}
		if err != nil {
			return err // it may be kept later
		}
		s.Head = id
		if answer, err = answerOf(s); err != nil {
			return err
		}
		answer.PNG, answer.Drawing, answer.Kept = result.PNG, &result, c.clock.Now().Sub(began)
		return nil
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return nil, err
	}
	if answer == nil {
		// Somebody else has kept it, or its user has had everything deleted.
		answer, err := c.Made(ctx, job.Key)
		if errors.Is(err, session.ErrNoSuchTurn) {
			err = jobs.ErrCancelled
		}
		return answer, err
	}
	if unkept != nil {
		answer.Notices = append(answer.Notices, noticeUnkept(unkept))
	}
	answer.Seconds = c.clock.Now().Sub(start).Seconds()
	// The turn is kept: a cancel has come too late.
	answer.Notices = append(answer.Notices, c.noticesOfDrawing(context.WithoutCancel(ctx), answer)...)
	return answer, nil
}

// isFinal reports whether a session will never take a turn.
func isFinal(err error) bool {
	for _, final := range []error{session.ErrNoSuchTurn, session.ErrFull, session.ErrTooLarge, session.ErrInvalid} {
		if errors.Is(err, final) {
			return true
		}
	}
	return false
}

// drawn has a job drawn, hands the result to keep, and reports whether this
// caller is the one who did that; see [jobs.Do].
func (c *Conversation) drawn(ctx context.Context, job jobs.Job, watch func(jobs.Event), keep jobs.Keep) (settled bool, err error) {
	if c.queue != nil {
		return jobs.Do(ctx, c.queue, job, watch, keep)
	}
	start := c.clock.Now()
	result, err := Drawer{c.engine}.draw(ctx, job, func(p jobs.Progress) {
		if watch != nil {
			watch(jobs.Event{Running: true, Progress: p})
		}
	})
	if err != nil {
		return false, err
	}
	result.Seconds = c.clock.Now().Sub(start).Seconds()
	return true, keep(context.WithoutCancel(ctx), result)
}

// Made shows the turn that an event made, or returns [session.ErrNoSuchTurn].
func (c *Conversation) Made(ctx context.Context, event string) (*Answer, error) {
	s, err := c.store.Load(ctx, c.key)
	if err != nil {
		return nil, err
	}
	turn, ok := s.ByEvent(event)
	if !ok {
		return nil, fmt.Errorf("%w: none was asked for by %s", session.ErrNoSuchTurn, event)
	}
	s.Head = turn.ID
	return c.answer(ctx, s)
}

// redraw draws a turn of the session again, with the attention of some words
// if attend is not nil.
func (c *Conversation) redraw(ctx context.Context, s *session.Session, id int, attend *recipe.Span) (jobs.Result, error) {
	r, err := s.RecipeFor(id)
	if err != nil {
		return jobs.Result{}, err
	}
	job := c.job(r)
	job.Attend = attend
	job.Key = fmt.Sprintf("%s/redraw/%d/%s", c.asked.Event, id, rand.Text())
	ctx, cancel := undetached(ctx)
	defer cancel()
	var drawn jobs.Result
	_, err = c.drawn(ctx, job, nil, func(_ context.Context, result jobs.Result) error {
		drawn = result
		return nil
	})
	if err == nil && drawn.PNG == nil {
		err = jobs.ErrCancelled // its user has had everything deleted
	}
	return drawn, err
}

// undetached ends with ctx, but never with the cause [jobs.ErrDetached]: no
// process that comes after this one could do anything with a picture that is no
// turn.
func undetached(ctx context.Context) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	return out, func() { stop(); cancel() }
}
