package bot

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"pentimento/bot/gate"
	"pentimento/dialogue"
	"pentimento/jobs"
	"pentimento/recipe"
	"pentimento/session"
)

// Every picture is a job: a recipe, and in its memo the turn that is kept when
// the picture is there. Those who take jobs from the queue draw it, and another
// process than the one that asked may keep the turn, see [Conversation.Resume].

// ErrTooStrong says that a word was given more than the picture bears.
var ErrTooStrong = fmt.Errorf("a word can be made up to %d times as strong", recipe.MaxFactor)

// draw makes a new turn of the plan, with that link of the recipe or, for nil, the one
// that the options make of the plan.
func (c *Conversation) draw(ctx context.Context, r Request, s *session.Session, utterance string, plan *dialogue.Plan, link *recipe.Turn) (*Answer, error) {
	if turn, ok := s.ByEvent(r.Event); ok {
		return c.showTurn(ctx, s, turn.ID)
	}
	if err := allowed(r, plan); err != nil {
		return nil, err
	}
	if err := c.name(s, plan); err != nil {
		return nil, err
	}
	if link == nil {
		var err error
		if link, err = c.linkOf(ctx, s, plan); err != nil {
			return nil, err
		}
	}
	turn, chain, err := c.turnOf(r, s, utterance, plan, *link)
	if err != nil {
		return nil, err
	}
	job := c.job(r, chain)
	if job.Memo, err = json.Marshal(Memo{turn, r.Memo}); err != nil {
		return nil, fmt.Errorf("write down what is drawn: %w", err)
	}
	add := adding(turn)
	if err := c.onOwn(ctx, s, turn, &job, &add); err != nil {
		return nil, err
	}
	answer, err := c.order(ctx, r, job, add)
	if err == nil {
		c.look(ctx, answer, plan)
	}
	return answer, err
}

// linkOf is the recipe's link for a plan, in the region that is set.
func (c *Conversation) linkOf(ctx context.Context, s *session.Session, plan *dialogue.Plan) (*recipe.Turn, error) {
	link := c.Options.turnOf(plan)
	var err error
	link.Region, err = c.regionFor(ctx, s, plan)
	return &link, err
}

// allowed refuses a plan that may not be drawn.
func allowed(r Request, plan *dialogue.Plan) error {
	for _, w := range plan.Weights {
		if !recipe.Within(w.Factor, -recipe.MaxFactor, recipe.MaxFactor) {
			return ErrTooStrong
		}
	}
	return r.allow(plan.Prompt)
}

// turnOf is the turn that the plan makes of the session, without its picture, and
// the recipe of that picture.
func (c *Conversation) turnOf(r Request, s *session.Session, utterance string, plan *dialogue.Plan, edit recipe.Turn) (session.Turn, recipe.Recipe, error) {
	turn := session.Turn{Identity: session.NewIdentity(), Author: c.author(r), Event: r.Event, Time: c.Clock.Now(), Utterance: utterance, Recipe: edit}
	var chain recipe.Recipe
	var err error
	if plan.Action == dialogue.Edit {
		turn.Parent, turn.Edit = s.Head, plan.Label
		if chain, err = s.RecipeFor(s.Head); err != nil {
			return turn, chain, err
		}
	} else {
		wishes := plan.Settings
		if like, err := s.Turn(s.Head); plan.Another && err == nil {
			wishes = c.WishesOf(like)
		}
		settings, err := c.settings(wishes)
		if err != nil {
			return turn, chain, err
		}
		if plan.Another {
			settings.Seed = c.Clock.Seed() // not the one that is set, which may be that of the picture shown
		}
		chain = recipe.New(settings)
	}
	turn.Settings = chain.Settings
	if c.Options.Start == nil {
		turn.Recipe.Start = startOf(turn.Recipe, chain.Settings)
	}
	if err := c.bearable(r, chain.Settings, turn.Recipe); err != nil {
		return turn, chain, err
	}
	chain = recipe.New(chain.Settings, append(chain.Turns, turn.Recipe)...)
	if turn.Plan, err = json.Marshal(plan); err != nil {
		err = fmt.Errorf("keep the plan: %w", err)
	}
	return turn, chain, err
}

// startOf is where a turn begins that has its preset's start.
func startOf(t recipe.Turn, s recipe.Settings) float64 {
	switch {
	case s.Steps < recipe.StartSteps:
		return 0
	case s.Picture != "":
		return min(t.Start, recipe.PictureStart)
	}
	return t.Start
}

// bearable refuses numbers that the model cannot draw with, which are within
// bounds one by one.
func (c *Conversation) bearable(r Request, s recipe.Settings, t recipe.Turn) error {
	m, err := c.modelOf(s.Model)
	if err == nil {
		err = m.bears(s)
	}
	if err != nil {
		return err
	}
	if err := r.allowNegative(s); err != nil {
		return err
	}
	if err := t.Validate(); err != nil {
		return &Problem{Kind: Invalid, Text: "that cannot be drawn: " + err.Error(), Err: err}
	}
	return nil
}

// job is the recipe as what this conversation asks for.
func (c *Conversation) job(r Request, chain recipe.Recipe) jobs.Job {
	job := jobs.Job{Key: r.Event, User: c.Key.User, Place: c.Key.Place, Recipe: chain, Previews: r.Previews}
	if job.Key == "" {
		job.Key = rand.Text()
	}
	return job
}

// Resume goes on with a job of this conversation's that [ReadMemo] can read:
// one that was asked for by a process that has ended. The turn is kept once,
// whoever else may do the same.
func (c *Conversation) Resume(ctx context.Context, r Request, job jobs.Job) (*Answer, error) {
	memo, ok := ReadMemo(job)
	if !ok {
		return nil, fmt.Errorf("%w: it makes no turn", jobs.ErrInvalid)
	}
	add := adding(memo.Turn)
	if memo.Turn.Settings.Picture != "" || job.Recipe.Composed() {
		s, err := c.load(ctx, Request{})
		if err == nil {
			err = c.onOwn(ctx, s, memo.Turn, &job, &add)
		}
		if err != nil {
			return nil, err
		}
	}
	answer, err := c.order(ctx, r, job, add)
	if err != nil || answer.Drawing == nil {
		return answer, err
	}
	plan := new(dialogue.Plan)
	if err := json.Unmarshal(memo.Turn.Plan, plan); err != nil {
		return nil, fmt.Errorf("read the plan of turn %d: %w", answer.Turn.ID, err)
	}
	answer.Plan = plan
	answer.Notices = append(answer.Notices, noticesOf(plan)...)
	c.look(ctx, answer, plan)
	return answer, nil
}

// An addition puts what a job was asked for into the session, with what became
// of it, and returns the turn's ID.
type addition struct {
	asked time.Time
	// whole makes of what was drawn what is kept; nil keeps that. original says that
	// the store has it already, as an original.
	whole    whole
	original bool
	to       func(s *session.Session, drawn jobs.Result) (id int, err error)
}

// adding adds the turn.
func adding(turn session.Turn) addition {
	return addition{asked: turn.Time, to: func(s *session.Session, drawn jobs.Result) (int, error) {
		turn.Picture, turn.Seen = digestOf(drawn.PNG), drawn.Seen
		return s.Add(turn)
	}}
}

// order has a job drawn, keeps what comes of it and shows it.
func (c *Conversation) order(ctx context.Context, r Request, job jobs.Job, add addition) (*Answer, error) {
	var answer *Answer
	var final error // why the picture will never be kept
	_, err := jobs.Do(ctx, c.Queue, job, r.Watch, func(ctx context.Context, result jobs.Result) (err error) {
		if add.whole != nil {
			if result.PNG, final = add.whole(result); final != nil {
				return nil
			}
		}
		var passed gate.Picture
		if passed, final = c.Gate.Pass(ctx, result.PNG); final != nil {
			return nil // the job is done with
		}
		answer, err = c.keep(ctx, result, add)
		if isFinal(err) {
			final, err = err, nil
		}
		if answer != nil {
			answer.Picture = passed
		}
		return err
	})
	if err = cmp.Or(err, final); err != nil {
		return nil, c.unserved(job, err)
	}
	if answer == nil {
		// Somebody else has kept it, or its user has had everything deleted.
		answer, err := c.Made(ctx, job.Key)
		if errors.Is(err, session.ErrNoSuchTurn) {
			err = jobs.ErrCancelled
		}
		return answer, err
	}
	answer.Seconds = c.Clock.Now().Sub(add.asked).Seconds()
	answer.Notices = append(answer.Notices, c.noticesOfDrawing(answer)...)
	return answer, nil
}

// unserved names the model of a job that was given up because nobody serves it.
func (c *Conversation) unserved(job jobs.Job, err error) error {
	failure, ok := errors.AsType[*jobs.Failure](err)
	if !ok || failure.Kind != jobs.Unserved {
		return err
	}
	m, unknown := c.modelOf(job.Model())
	if unknown != nil {
		return err
	}
	return &Problem{Kind: Failed, Err: err, Text: fmt.Sprintf("nobody who draws has the model %s just now, so the picture was given up. Try again later, or with another model", m.Name)}
}

// keep stores a picture and adds what it belongs to to the session. A picture
// that cannot be stored is left out, with a notice.
func (c *Conversation) keep(ctx context.Context, result jobs.Result, add addition) (*Answer, error) {
	began := c.Clock.Now()
	var unkept error
	if !add.original {
		_, unkept = c.Store.PutBlob(ctx, c.Key, result.PNG)
	}
	id := 0
	s, err := c.Store.Update(ctx, c.Key, func(s *session.Session) (err error) {
		id, err = add.to(s, result)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.Head = id
	answer, err := answerOf(s)
	if err != nil {
		return nil, err
	}
	answer.Drawing, answer.Kept = &result, c.Clock.Now().Sub(began)
	if unkept != nil {
		answer.Notices = append(answer.Notices, noticeUnkept(unkept))
	}
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

// Made shows the turn that an event made, or returns [session.ErrNoSuchTurn].
func (c *Conversation) Made(ctx context.Context, event string) (*Answer, error) {
	s, err := c.Store.Load(ctx, c.Key)
	if err != nil {
		return nil, err
	}
	turn, ok := s.ByEvent(event)
	if !ok {
		return nil, fmt.Errorf("%w: none was asked for by %s", session.ErrNoSuchTurn, event)
	}
	return c.showTurn(ctx, s, turn.ID)
}

// showTurn shows a turn of the session, wherever its head is.
func (c *Conversation) showTurn(ctx context.Context, s *session.Session, id int) (*Answer, error) {
	s.Head = id
	return c.show(ctx, s)
}

// redraw draws a turn of the session again for the request's author, with the
// attention of some words if attend is not nil.
func (c *Conversation) redraw(ctx context.Context, r Request, s *session.Session, id int, attend *recipe.Span) (jobs.Result, error) {
	chain, err := s.RecipeFor(id)
	if err != nil {
		return jobs.Result{}, err
	}
	turn, err := s.Turn(id)
	if err != nil {
		return jobs.Result{}, err
	}
	if _, err := c.modelOf(chain.Settings.Model); err != nil {
		return jobs.Result{}, err
	}
	job := c.job(Request{}, chain)
	job.User = c.author(r)
	job.Key = fmt.Sprintf("%s/redraw/%d/%s", turn.Event, id, rand.Text())
	job.Attend = attend
	original, err := c.original(ctx, s, id)
	if err == nil && original != nil {
		err = c.give(&job, original)
	}
	if err != nil {
		return jobs.Result{}, err
	}
	return c.aside(ctx, job, nil)
}

// aside has a job done that makes no turn. watch is told how it fares; nil for nobody.
func (c *Conversation) aside(ctx context.Context, job jobs.Job, watch func(jobs.Event)) (jobs.Result, error) {
	ctx, cancel := undetached(ctx)
	defer cancel()
	var done jobs.Result
	_, err := jobs.Do(ctx, c.Queue, job, watch, func(_ context.Context, result jobs.Result) error {
		done = result
		return nil
	})
	if err != nil {
		return done, c.unserved(job, err)
	}
	if done.PNG == nil {
		err = jobs.ErrCancelled // its user has had everything deleted
	}
	return done, err
}

// undetached ends with ctx, but never with the cause [jobs.ErrDetached]: no
// process that comes after this one could do anything with a picture that is no
// turn.
func undetached(ctx context.Context) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	return out, func() { stop(); cancel() }
}

// digestOf is the name under which a store keeps a picture; see
// session.Store.PutBlob.
func digestOf(picture []byte) string { return fmt.Sprintf("%x", sha256.Sum256(picture)) }
