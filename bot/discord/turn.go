package discord

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"pentimento/bot"
	"pentimento/editor"
	"pentimento/editor/dialogue"
	"pentimento/session"
)

// A turn is something asked for that takes drawing, and the message that
// answers it.
type turn struct {
	// speaker asks, in the session that key names.
	speaker user
	roles   []string
	key     session.Key
	// asked is the picture that is spoken of and the event that asks.
	asked bot.Asked
	// said is what is shown while it is drawn.
	said string
	// where the answer is written.
	where surface
	// do carries it out.
	do func(ctx context.Context, c *bot.Conversation, progress func(editor.Progress)) (content, error)

	// quick turns draw nothing: they wait in no line.
	quick bool
	// after is called when the answer stands; nil for nothing.
	after func(ctx context.Context, messageID string)

	ctx     context.Context
	cancel  context.CancelCauseFunc
	drawing bool // guarded by the bot's lock
	message string
}

// surface is where an answer is written: an ordinary message of a channel, or
// the answer to an interaction where the bot may not write messages.
type surface interface {
	// post writes the message; edit replaces it.
	post(ctx context.Context, c content) (id string, err error)
	edit(ctx context.Context, c content) error
}

// channelSurface is an ordinary message: it can be edited for ever and
// replied to.
type channelSurface struct {
	api              *api
	channel, replyTo string
	id               string
}

func (s *channelSurface) post(ctx context.Context, c content) (string, error) {
	var err error
	s.id, err = s.api.post(ctx, s.channel, s.replyTo, c)
	return s.id, err
}

func (s *channelSurface) edit(ctx context.Context, c content) error {
	return s.api.edit(ctx, s.channel, s.id, c)
}

// answerSurface is the answer to an interaction, for as long as its token
// lives.
type answerSurface struct {
	api *api
	i   *interaction
}

func (s *answerSurface) post(ctx context.Context, c content) (string, error) {
	return s.i.ID, s.api.editOriginal(ctx, s.i, c)
}

func (s *answerSurface) edit(ctx context.Context, c content) error {
	return s.api.editOriginal(ctx, s.i, c)
}

// sessionKey is the session that a user has in a channel.
func sessionKey(userID, channelID string) session.Key {
	return session.Key{User: userID, Place: "discord/" + channelID}
}

// keyName is a session's name in maps.
func keyName(k session.Key) string { return k.User + " " + k.Place }

// errCancelled is why a turn was dropped whose user pressed Cancel.
var errCancelled = errors.New("cancelled")

// errFault is why a turn ended whose drawing panicked.
var errFault = errors.New("drawing ended in a fault")

// play carries a turn out, from the line to the picture.
func (b *Bot) play(ctx context.Context, t *turn) {
	t.ctx, t.cancel = context.WithCancelCause(ctx)
	defer t.cancel(nil)
	// What is said about a turn is said even when the turn was cancelled.
	telling := b.speaking
	if t.quick {
		b.playQuick(telling, t)
		return
	}
	id, err := t.where.post(telling, b.waitingView(t, -1))
	if err != nil {
		b.log.Warn("no answer can be written", "error", err)
		return
	}
	t.message = id
	b.enrol(t)
	defer b.settled(t)
	err = errFault // unless draw returns
	var final content
	b.guard(func() { final, err = b.draw(t) })
	if err != nil {
		final = b.failed(t, err)
	}
	b.leave(t)
	if err := t.where.edit(telling, final); err != nil {
		b.log.Warn("a picture cannot be shown", "error", err)
	}
}

// playQuick carries out a turn that takes no drawing: its message is the
// answer from the beginning.
func (b *Bot) playQuick(ctx context.Context, t *turn) {
	final, err := t.do(t.ctx, b.conversation(t.key).With(t.asked), nil)
	if err != nil {
		final = b.failed(t, err)
	}
	id, posting := t.where.post(ctx, final)
	if posting != nil {
		b.log.Warn("no answer can be written", "error", posting)
		return
	}
	if err == nil && t.after != nil {
		t.after(ctx, id)
	}
}

// enrol makes the turn one that can be cancelled, also by a restart.
func (b *Bot) enrol(t *turn) {
	b.mu.Lock()
	b.turns[t.message] = t
	if b.draining {
		t.cancel(errStopping)
	}
	b.mu.Unlock()
	if s, ok := t.where.(*channelSurface); ok {
		b.keepOpen(t.message, openMessage{Channel: s.channel, Said: t.said})
	}
}

// leave makes the turn one that cannot be cancelled any more.
func (b *Bot) leave(t *turn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.turns, t.message)
}

// settled notes that the turn's message shows how it ended.
func (b *Bot) settled(t *turn) {
	if err := b.state.remove(bucketOpen, t.message); err != nil {
		b.log.Warn("forget a finished turn", "error", err)
	}
}

// draw waits in the line, draws, and returns what the message shows then.
func (b *Bot) draw(t *turn) (content, error) {
	show := newThrottle(t.ctx, func(c content) {
		// The picture waits for it, so that it is not overwritten by what was
		// before it; not for long.
		ctx, cancel := context.WithTimeout(t.ctx, showWithin)
		defer cancel()
		if err := t.where.edit(ctx, c); err != nil && t.ctx.Err() == nil {
			b.log.Debug("progress cannot be shown", "error", err)
		}
	})
	defer show.stop()
	leave, err := b.o.Line.Enter(t.ctx, t.speaker.ID, keyName(t.key), func(ahead int) { show.set(b.waitingView(t, ahead)) })
	if err != nil {
		return content{}, err
	}
	defer leave()
	b.mu.Lock()
	t.drawing = true
	b.mu.Unlock()
	t.asked.Allow = func(prompt string) error { return b.allow(t, prompt) }
	c := b.conversation(t.key).With(t.asked)
	b.recallQuestion(t.key, c)
	out, err := t.do(t.ctx, c, func(p editor.Progress) { show.set(b.progressView(t, p)) })
	b.keepQuestion(t.key, c)
	return out, err
}

// allow refuses a prompt that the policy does not have drawn, or whose asker
// has had their pictures for today; if neither, it counts as one of them.
func (b *Bot) allow(t *turn, prompt string) error {
	for _, text := range []string{prompt, t.said} {
		if err := b.o.Policy.allows(text); err != nil {
			b.log.Info("a prompt with a blocked word was refused", "user", t.speaker.ID)
			return err
		}
	}
	most := b.o.Policy.perDay(t.roles)
	if most == 0 {
		return nil
	}
	ok, err := b.state.spend(t.speaker.ID, b.today(), most)
	if err == nil && !ok {
		err = quotaRefusal(most)
	}
	return err
}

func (b *Bot) today() string { return b.o.Clock.Now().UTC().Format(time.DateOnly) }

// conversation is the one that the store keeps under key.
func (b *Bot) conversation(key session.Key) *bot.Conversation {
	options := b.state.options(key.User, key.Place, b.o.Defaults)
	return bot.New(b.o.Engine, b.o.Planner, b.o.Store, key, options, b.o.Clock)
}

// maxPending bounds the questions that wait for an answer.
const maxPending = 1000

// recallQuestion gives the conversation the question that was asked last.
func (b *Bot) recallQuestion(key session.Key, c *bot.Conversation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c.Ask(b.pending[keyName(key)])
}

// keepQuestion remembers the question that the conversation asks.
func (b *Bot) keepQuestion(key session.Key, c *bot.Conversation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.Pending() == nil {
		delete(b.pending, keyName(key))
		return
	}
	if len(b.pending) >= maxPending {
		clear(b.pending) // the buttons of the questions still answer them
	}
	b.pending[keyName(key)] = c.Pending()
}

// saying is a turn that says something to the conversation.
func (b *Bot) saying(t *turn, utterance string) *turn {
	t.said = utterance
	t.do = func(ctx context.Context, c *bot.Conversation, progress func(editor.Progress)) (content, error) {
		before := c.Options()
		a, err := c.Say(ctx, utterance, progress)
		if err != nil {
			return content{}, err
		}
		if after := c.Options(); after != before {
			if err := b.state.setOptions(t.key.User, t.key.Place, after); err != nil {
				return content{}, err
			}
		}
		return b.answerView(ctx, t.key, c, a)
	}
	return t
}

// answering is a turn that has the conversation do something.
func (b *Bot) answering(t *turn, said string, do func(context.Context, *bot.Conversation, func(editor.Progress)) (*bot.Answer, error)) *turn {
	t.said = said
	t.do = func(ctx context.Context, c *bot.Conversation, progress func(editor.Progress)) (content, error) {
		a, err := do(ctx, c, progress)
		if err != nil {
			return content{}, err
		}
		return b.answerView(ctx, t.key, c, a)
	}
	return t
}

// failed is what the message says instead of a picture.
func (b *Bot) failed(t *turn, err error) content {
	if cause := context.Cause(t.ctx); cause != nil && errors.Is(err, context.Canceled) {
		err = cause
	}
	return content{text: notDrawn(t.said, b.sentence(err))}
}

// sentence is an error as the user reads it. What has no sentence for users
// goes to the log.
func (b *Bot) sentence(err error) string {
	var refused refusal
	var distance *session.DistanceError
	var model *editor.ModelError
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.Is(err, errCancelled):
		return "Cancelled. Nothing was changed."
	case errors.Is(err, errStopping):
		return "I am being restarted, so this was not drawn; say it again in a minute."
	case errors.As(err, &distance), errors.Is(err, bot.ErrNothingDrawn), errors.Is(err, session.ErrNoSuchTurn),
		errors.Is(err, session.ErrFull), errors.Is(err, session.ErrTooLarge), errors.Is(err, editor.ErrNoSuchWord), errors.As(err, &model):
		return capital(err.Error()) + "."
	}
	b.log.Error("a turn failed", "error", err)
	return "Something went wrong on my side. It is in the log; try again."
}

// throttle shows the latest of many states, one in showEvery.
type throttle struct {
	mu     sync.Mutex
	next   *content
	wake   chan struct{}
	done   chan struct{}
	ended  chan struct{}
	ending sync.Once
}

// showEvery is the time between two edits of a message that waits, showWithin
// how long one may take.
const (
	showEvery  = 1500 * time.Millisecond
	showWithin = 10 * time.Second
)

func newThrottle(ctx context.Context, show func(content)) *throttle {
	t := &throttle{wake: make(chan struct{}, 1), done: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(t.ended)
		timer := time.NewTimer(showEvery)
		defer timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.done:
				return
			case <-timer.C:
			}
			select {
			case <-ctx.Done():
				return
			case <-t.done:
				return
			case <-t.wake:
			}
			t.mu.Lock()
			c := t.next
			t.mu.Unlock()
			show(*c)
			timer.Reset(showEvery)
		}
	}()
	return t
}

// set makes c what is shown next.
func (t *throttle) set(c content) {
	t.mu.Lock()
	t.next = &c
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// stop waits for what is being shown; nothing is shown after it.
func (t *throttle) stop() {
	t.ending.Do(func() { close(t.done) })
	<-t.ended
}

func (b *Bot) keepOpen(id string, m openMessage) {
	data, err := marshal(m)
	if err == nil {
		err = b.state.put(bucketOpen, id, data)
	}
	if err != nil {
		b.log.Warn("remember a turn for a restart", "error", err)
	}
}

// question is what is shown instead of a picture when something is unclear.
func (b *Bot) question(key session.Key, turnID int, q *dialogue.Question) content {
	return content{text: escape(q.Text), rows: b.choiceRows(key, turnID, q.Choices)}
}

// placeNumber is the channel of a session, as components carry it.
func placeNumber(key session.Key) uint64 {
	var id uint64
	if _, err := fmt.Sscanf(key.Place, "discord/%d", &id); err != nil {
		return 0
	}
	return id
}
