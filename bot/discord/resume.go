package discord

import (
	"context"
	"encoding/json"
	"errors"

	"pentimento/bot"
	"pentimento/jobs"
	"pentimento/session"
)

// memo is what a job carries so that another process can answer: where the
// message is, and what it shows beside the picture.
type memo struct {
	Channel string `json:"channel,omitempty"`
	Message string `json:"message,omitempty"`
	Said    string `json:"said"`
}

// memoOf is the memo of a turn. The answer to an interaction has none: nobody
// but this process has its token.
func (b *Bot) memoOf(t *turn) json.RawMessage {
	m := memo{Said: t.said}
	if s, ok := t.where.(*channelSurface); ok {
		m.Channel, m.Message = s.channel, t.message
	}
	data, err := marshal(m)
	if err != nil {
		b.log.Warn("remember a turn for a restart", "turn", t.asked.Event, "error", err)
		return nil
	}
	return data
}

// lasting reports whether the turn can be answered by another process.
func (b *Bot) lasting(t *turn) bool {
	_, ok := t.where.(*channelSurface)
	return ok && b.o.Shared
}

// resume goes on with what the last process of this bot left in the queue, and
// tells those whose messages wait for nothing any more. The turns go on until
// working ends; they have their place in the line when resume returns.
func (b *Bot) resume(ctx, working context.Context) error {
	left, err := b.o.Queue.Outstanding(ctx)
	if err != nil {
		return err
	}
	waiting, err := b.state.opened(b.o.Shards)
	if err != nil {
		return err
	}
	for _, p := range left {
		t := b.turnOfJob(p.Job)
		if t == nil {
			b.work.Go(func() { b.drop(working, p) })
			continue
		}
		delete(waiting, t.message)
		place := b.line.admit(t.speaker.ID, keyName(t.key))
		b.log.Info("a turn goes on", "turn", t.asked.Event)
		b.work.Go(func() {
			b.guard(func() {
				defer place.leave()
				t.ctx, t.cancel = context.WithCancelCause(working)
				defer t.cancel(nil)
				b.carryOut(b.speaking, t, place)
			})
		})
	}
	for id, m := range waiting {
		b.tidy(ctx, id, m)
	}
	return nil
}

// turnOfJob is what is left to do of a job; nil if nobody waits for it.
func (b *Bot) turnOfJob(job jobs.Job) *turn {
	kept, ok := bot.ReadMemo(job)
	if !ok {
		return nil
	}
	var m memo
	if err := json.Unmarshal(kept.Asker, &m); err != nil {
		b.log.Warn("a turn from before the restart has no message", "turn", job.Key, "error", err)
	}
	t := &turn{
		speaker: user{ID: kept.Turn.Author}, key: session.Key{User: job.User, Place: job.Place},
		asked: bot.Request{Author: kept.Turn.Author, Event: job.Key}, message: job.Key, where: nowhere{},
	}
	if m.Message != "" {
		t.message, t.where = m.Message, &channelSurface{api: b.api, channel: m.Channel, id: m.Message}
	}
	return b.answering(t, m.Said, func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		return c.Resume(ctx, r, job)
	})
}

// nowhere is the surface of an answer that can be written no more.
type nowhere struct{}

func (nowhere) post(context.Context, content) (string, error) { return "", nil }
func (nowhere) edit(context.Context, content) error           { return nil }

// drop removes a job from the queue that makes no turn.
func (b *Bot) drop(ctx context.Context, p jobs.Pending) {
	_, err := b.o.Queue.Cancel(ctx, p.Ticket)
	if err == nil {
		_, err = b.o.Queue.Settle(ctx, p.Ticket)
	}
	if err != nil {
		b.log.Warn("a picture that nobody waits for is still in the queue", "turn", p.Job.Key, "error", err)
	}
}

// tidy completes a message that waited when the bot was last killed, and whose
// picture is not in the queue: the turn was kept, or never drawn.
func (b *Bot) tidy(ctx context.Context, id string, m openMessage) {
	c := content{text: notDrawn(m.Said, "I was restarted before this was drawn; say it again.")}
	if m.Event != "" {
		key := session.Key{User: m.User, Place: m.Place}
		a, err := b.conversation(key).Made(ctx, m.Event)
		if err == nil {
			c, err = b.answerView(ctx, key, a)
		}
		if err != nil && !errors.Is(err, session.ErrNoSuchTurn) {
			b.log.Warn("a message from before the restart stays without its picture", "turn", m.Event, "error", err)
		}
	}
	if err := b.api.edit(ctx, m.Channel, id, c); err != nil {
		b.log.Warn("a message from before the restart stays as it is", "turn", m.Event, "error", err)
	}
}

// keepOpen remembers a message that waits for its picture.
func (b *Bot) keepOpen(id string, m openMessage) {
	m.Shards = b.o.Shards.String()
	data, err := marshal(m)
	if err == nil {
		err = b.state.put(bucketOpen, id, data)
	}
	if err != nil {
		b.log.Warn("remember a turn for a restart", "turn", m.Event, "error", err)
	}
}
