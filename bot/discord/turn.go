package discord

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pentimento/bot"
	"pentimento/dialogue"
	"pentimento/jobs"
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
	asked bot.Request
	// said is what is shown while it is drawn.
	said string
	// where the answer is written.
	where surface
	// do carries it out.
	do func(ctx context.Context, c *bot.Conversation, r bot.Request) (content, error)

	// first is done before; nil for nothing.
	first func(ctx context.Context) error
	// quick turns draw nothing: they wait in no line.
	quick bool
	// after is called when the answer stands; nil for nothing.
	after func(ctx context.Context, messageID string)

	ctx     context.Context
	cancel  context.CancelCauseFunc
	ended   chan struct{} // closed when its message shows how it ended
	drawing bool          // guarded by the bot's lock
	counted bool          // as one of the speaker's pictures of today
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
	return s.api.editOriginal(ctx, s.i, c)
}

func (s *answerSurface) edit(ctx context.Context, c content) error {
	_, err := s.api.editOriginal(ctx, s.i, c)
	return err
}

// sessionKey is the session that a user has in a channel.
func sessionKey(userID, channelID string) session.Key {
	return session.Key{User: userID, Place: "discord/" + channelID}
}

// keyName is a session's name in maps.
func keyName(k session.Key) string { return k.User + " " + k.Place }

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
	first := b.waitingView(t, -1)
	place, refused := b.line.enter(t.speaker.ID, keyName(t.key), b.o.Policy.waiting(b.o.PerUser, t.roles))
	if refused != nil {
		first = b.failed(t, refused)
	} else {
		defer place.leave()
	}
	id, err := t.where.post(telling, first)
	if err != nil {
		b.log.Warn("no answer can be written", "turn", t.asked.Event, "error", err)
		b.o.Observer.Error(kindMessage)
		b.o.Observer.Turn(outcomeUnwritten)
		return
	}
	if refused != nil {
		b.ended(t, refused)
		return
	}
	t.message = id
	b.carryOut(telling, t, place)
}

// carryOut does what the turn asks for and shows it in the turn's message.
func (b *Bot) carryOut(telling context.Context, t *turn, place *spot) {
	start := b.o.Clock.Now()
	t.ended = make(chan struct{})
	defer close(t.ended)
	b.enrol(t)
	err := errFault // unless draw returns
	var final content
	b.guard(func() { final, err = b.draw(t, place) })
	if err != nil {
		final = b.failed(t, err)
	}
	b.leave(t)
	showing := b.o.Clock.Now()
	shown := b.reveal(telling, t, final)
	if shown && !errors.Is(err, jobs.ErrDetached) {
		b.settled(t)
	}
	now := b.o.Clock.Now()
	b.o.Observer.Stage("answer", now.Sub(showing))
	b.o.Observer.Stage("turn", now.Sub(start))
	b.log.Info("a turn has ended", "turn", t.asked.Event, "outcome", b.ended(t, err), "seconds", now.Sub(start).Seconds())
}

// reveal makes the turn's message show how it ended, and reports whether it does.
// If not, the next process tries.
func (b *Bot) reveal(ctx context.Context, t *turn, final content) bool {
	err := t.where.edit(ctx, final)
	if errors.Is(err, errPermission) && len(final.files) > 0 {
		err = errors.Join(err, t.where.edit(ctx, content{text: notDrawn(t.said, noAttaching)}))
	}
	if err != nil {
		b.log.Warn("a picture cannot be shown", "turn", t.asked.Event, "error", err)
		b.o.Observer.Error(kindMessage)
	}
	return err == nil
}

// playQuick carries out a turn that takes no drawing: its message is the
// answer from the beginning.
func (b *Bot) playQuick(ctx context.Context, t *turn) {
	final, err := t.do(t.ctx, b.conversation(t.key), t.asked)
	if err != nil {
		final = b.failed(t, err)
	}
	b.ended(t, err)
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
		b.keepOpen(t.message, openMessage{Channel: s.channel, Said: t.said, User: t.key.User, Place: t.key.Place, Event: t.asked.Event})
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

// draw waits in the line, has the turn's picture drawn, and returns what the
// message shows then.
func (b *Bot) draw(t *turn, place *spot) (content, error) {
	show := newThrottle(t.ctx, func(c content) {
		// The last word waits for it, so that it is not overwritten by what was
		// before it; not for long. A cancel does not cut it short: Discord may
		// have taken the request already, and carry it out later.
		ctx, cancel := context.WithTimeout(b.speaking, showWithin)
		defer cancel()
		if err := t.where.edit(ctx, c); err != nil && t.ctx.Err() == nil {
			b.log.Debug("progress cannot be shown", "error", err)
		}
	})
	defer show.stop()
	if err := place.wait(t.ctx, func(ahead int) { show.set(b.waitingView(t, ahead)) }); err != nil {
		return content{}, err
	}
	if t.first != nil {
		if err := t.first(t.ctx); err != nil {
			return content{}, err
		}
	}
	t.asked.Allow = func(prompt string) error { return b.allow(t, prompt) }
	// Nobody checks previews.
	t.asked.Previews, t.asked.Memo = b.o.Checker == nil, b.memoOf(t)
	t.asked.Watch = b.watching(t, show)
	c := b.conversation(t.key)
	had := b.state.question(t.key)
	c.Pending = had
	out, err := t.do(t.ctx, c, t.asked)
	b.keepQuestion(t.key, had, c)
	return out, err
}

// watching shows how the turn's picture fares.
func (b *Bot) watching(t *turn, show *throttle) func(jobs.Event) {
	var preview []byte
	return func(e jobs.Event) {
		if !e.Running {
			// Besides those that will be drawn before it, one that is being
			// drawn has to end first.
			show.set(b.waitingView(t, e.Ahead+min(1, e.Drawing)))
			return
		}
		b.mu.Lock()
		t.drawing = true
		b.mu.Unlock()
		if e.Preview == nil {
			e.Preview = preview
		}
		preview = e.Preview
		show.set(b.progressView(t, e.Progress))
	}
}

// unspeakable refuses what has a blocked word in it, before the bot repeats it in
// a message or the name of a thread.
func (b *Bot) unspeakable(t *turn) error {
	err := b.o.Policy.allows(t.said)
	if err != nil {
		b.ended(t, err)
	}
	return err
}

// allow refuses a prompt that the policy does not have drawn, or whose asker
// has had their pictures for today; if neither, it counts as one of them.
func (b *Bot) allow(t *turn, prompt string) error {
	if err := b.o.Policy.allows(prompt); err != nil {
		return err
	}
	most := b.o.Policy.perDay(t.roles)
	if most == 0 || t.counted {
		return nil
	}
	ok, err := b.state.spend(t.speaker.ID, b.today(), most)
	if err == nil && !ok {
		err = quotaRefusal(most)
	}
	t.counted = err == nil
	return err
}

func (b *Bot) today() string { return b.o.Clock.Now().UTC().Format(time.DateOnly) }

// conversation is the one that the store keeps under key.
func (b *Bot) conversation(key session.Key) *bot.Conversation {
	options := b.state.options(key.User, key.Place, b.o.Defaults)
	return &bot.Conversation{
		Key: key, Store: b.o.Store, Planner: b.o.Planner, Model: b.o.Model, Queue: b.o.Queue,
		Clock: b.o.Clock, Options: options, Approve: b.approve,
	}
}

// keepQuestion remembers the question that the conversation asks, which had one
// before, also for the next process.
func (b *Bot) keepQuestion(key session.Key, had *dialogue.Question, c *bot.Conversation) {
	if c.Pending == had {
		return
	}
	if err := b.state.setQuestion(key, c.Pending); err != nil {
		b.log.Warn("a question is not remembered", "error", err)
	}
}

// saying is a turn that says something to the conversation.
func (b *Bot) saying(t *turn, utterance string) *turn {
	return b.answering(t, utterance, func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		before := c.Options
		a, err := c.Say(ctx, r, utterance)
		if after := c.Options; err == nil && after.Steps > max(before.Steps, maxSteps) {
			err = errTooManySteps
		} else if err == nil && after != before {
			err = b.state.setOptions(t.key.User, t.key.Place, after)
		}
		return a, err
	})
}

// answering is a turn that has the conversation do something.
func (b *Bot) answering(t *turn, said string, do func(context.Context, *bot.Conversation, bot.Request) (*bot.Answer, error)) *turn {
	t.said = said
	t.do = func(ctx context.Context, c *bot.Conversation, r bot.Request) (content, error) {
		a, err := do(ctx, c, r)
		if err != nil {
			return content{}, err
		}
		if a.Drawing != nil {
			b.o.Observer.Stage("keep", a.Kept)
		}
		// It is done, and shown even if it was cancelled too late.
		return b.answerView(b.speaking, t.key, a)
	}
	return t
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
