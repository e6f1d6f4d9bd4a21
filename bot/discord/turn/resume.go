package turn

import (
	"context"
	"encoding/json"
	"fmt"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/state"
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

// memoOf is the memo of a turn. It does not name a message that only this process
// can edit: the answer to an interaction, whose token nobody else has.
func (r *Runner) memoOf(t *Turn) json.RawMessage {
	m := memo{Said: t.Said}
	if channel, ok := t.Surface.lasting(); ok {
		m.Channel, m.Message = channel, t.message
	}
	data, err := json.Marshal(m)
	if err != nil {
		r.Log.Warn("remember a turn for a restart", "turn", t.Request.Event, "error", err)
		return nil
	}
	return data
}

// Note remembers that the turn's message waits, before it is written: whatever
// ends this process then, the next one completes it. The error wraps
// [session.ErrUnavailable].
func (r *Runner) Note(t *Turn) error {
	if t.note != "" {
		return nil
	}
	if err := r.State.Open(t.Request.Event, r.waiting(t)); err != nil {
		return fmt.Errorf("%w: %w", session.ErrUnavailable, err)
	}
	t.note = t.Request.Event
	return nil
}

// noteMessage remembers which message it is that waits.
func (r *Runner) noteMessage(t *Turn) {
	if err := r.State.Open(t.Request.Event, r.waiting(t)); err != nil {
		r.Log.Warn("remember a turn for a restart", "turn", t.Request.Event, "error", err)
	}
}

// waiting is the turn's message, as far as it is known where it stands.
func (r *Runner) waiting(t *Turn) state.OpenMessage {
	m := state.OpenMessage{
		Channel: t.Channel, Message: t.message, Said: t.Said, Quick: t.Quick,
		User: t.Key.User, Place: t.Key.Place, Event: t.Request.Event, Shards: r.Shards,
	}
	if t.Surface != nil {
		channel, lasting := t.Surface.lasting()
		m.Answer = !lasting
		if lasting {
			m.Channel = channel
		}
	}
	if t.Interaction != nil && (m.Answer || m.Message == "") {
		m.Application, m.Token = t.Interaction.ApplicationID, t.Interaction.Token
	}
	return m
}

// Settle notes that the turn's message shows how it ended.
func (r *Runner) Settle(t *Turn) {
	if t.note != "" {
		r.settle(t.note)
	}
}

func (r *Runner) settle(note string) {
	if err := r.State.Settle(note); err != nil {
		r.Log.Warn("forget a finished turn", "error", err)
	}
}

// Resume returns what the last process of this bot left in the queue, as turns
// that have their place in the line; pass each to [Runner.Run]. It returns also
// the messages that wait for a picture which is not in the queue, by the names
// under which they are noted, if ours says so of the shards of the process that
// wrote them; pass each to [Runner.Tidy].
func (r *Runner) Resume(ctx context.Context, api *rest.Client, ours func(shards string) bool) ([]*Turn, map[string]state.OpenMessage, error) {
	// What waits is read first: what is in the queue only later was noted by a
	// process that lives.
	waiting, err := r.State.Unfinished(ours)
	if err != nil {
		return nil, nil, err
	}
	left, err := r.Conversations.Pattern.Queue.Outstanding(ctx)
	if err != nil {
		return nil, nil, err
	}
	var turns []*Turn
	for _, p := range left {
		t := r.turnOfJob(api, p.Job)
		if t == nil {
			r.drop(ctx, p)
			continue
		}
		for name, m := range waiting {
			if m.Event == t.Request.Event || m.Message == t.message {
				t.note = name
				t.standAt(surfaceOf(api, m), m.Message)
				delete(waiting, name)
			}
		}
		t.place = r.line.admit(t.Speaker.ID, t.Key)
		r.Log.Info("a turn goes on", "turn", t.Request.Event)
		turns = append(turns, t)
	}
	return turns, waiting, nil
}

// turnOfJob is the turn that a job belongs to; nil if it does not make a turn.
func (r *Runner) turnOfJob(api *rest.Client, job jobs.Job) *Turn {
	kept, ok := bot.ReadMemo(job)
	if !ok {
		return nil
	}
	var m memo
	if err := json.Unmarshal(kept.Asker, &m); err != nil {
		r.Log.Warn("a turn from before the restart has no message", "turn", job.Key, "error", err)
	}
	t := &Turn{
		Speaker: object.User{ID: kept.Turn.Author}, Key: session.Key{User: job.User, Place: job.Place}, Said: m.Said,
		Request: bot.Request{Author: kept.Turn.Author, Event: job.Key}, Surface: nowhere{}, message: job.Key,
		Do: func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
			return c.Resume(ctx, r, job)
		},
	}
	if m.Message != "" {
		t.standAt(&channelSurface{api: api, channel: m.Channel, id: m.Message}, m.Message)
	}
	return t
}

// standAt says where the turn's message stands, unless that is known.
func (t *Turn) standAt(s Surface, message string) {
	if t.Surface != (nowhere{}) {
		return
	}
	t.Surface = s
	if message != "" {
		t.message = message
	}
}

// drop removes a job from the queue that makes no turn.
func (r *Runner) drop(ctx context.Context, p jobs.Pending) {
	queue := r.Conversations.Pattern.Queue
	_, err := queue.Cancel(ctx, p.Ticket)
	if err == nil {
		_, err = queue.Settle(ctx, p.Ticket)
	}
	if err != nil {
		r.Log.Warn("a picture that nobody waits for is still in the queue", "turn", p.Job.Key, "error", err)
	}
}
