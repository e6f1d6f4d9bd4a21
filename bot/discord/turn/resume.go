package turn

import (
	"context"
	"encoding/json"
	"errors"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/view"
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

// keepOpen remembers that the turn's message waits for its picture.
func (r *Runner) keepOpen(t *Turn) {
	channel, ok := t.Surface.lasting()
	if !ok {
		return
	}
	m := state.OpenMessage{
		Channel: channel, Said: t.Said, User: t.Key.User, Place: t.Key.Place, Event: t.Request.Event, Shards: r.Shards,
	}
	if err := r.State.Open(t.message, m); err != nil {
		r.Log.Warn("remember a turn for a restart", "turn", m.Event, "error", err)
	}
}

// settle notes that the turn's message shows how it ended.
func (r *Runner) settle(t *Turn) {
	if err := r.State.Settle(t.message); err != nil {
		r.Log.Warn("forget a finished turn", "error", err)
	}
}

// Resume returns what the last process of this bot left in the queue, as turns
// that have their place in the line; pass each to [Runner.Run]. Messages that wait
// for a picture which is not in the queue are completed, if ours says so of the
// shards of the process that wrote them.
func (r *Runner) Resume(ctx context.Context, api *rest.Client, ours func(shards string) bool) ([]*Turn, error) {
	left, err := r.Conversations.Pattern.Queue.Outstanding(ctx)
	if err != nil {
		return nil, err
	}
	waiting, err := r.State.TakeOpen(ours)
	if err != nil {
		return nil, err
	}
	var turns []*Turn
	for _, p := range left {
		t := r.turnOfJob(api, p.Job)
		if t == nil {
			r.drop(ctx, p)
			continue
		}
		delete(waiting, t.message)
		t.place = r.line.admit(t.Speaker.ID, t.Key)
		r.Log.Info("a turn goes on", "turn", t.Request.Event)
		turns = append(turns, t)
	}
	for id, m := range waiting {
		r.tidy(ctx, api, id, m)
	}
	return turns, nil
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
		t.message, t.Surface = m.Message, &channelSurface{api: api, channel: m.Channel, id: m.Message}
	}
	return t
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

// tidy completes a message that waited when the bot was killed, and whose picture
// is not in the queue. Its turn was kept, or was never drawn.
func (r *Runner) tidy(ctx context.Context, api *rest.Client, id string, m state.OpenMessage) {
	c := view.NotDrawn(m.Said, "I was restarted before this was drawn; say it again.")
	if m.Event != "" {
		key := session.Key{User: m.User, Place: m.Place}
		a, err := r.Conversations.Open(key).Made(ctx, m.Event)
		if err == nil {
			c, err = view.Answer(r.Style, view.Turn{Said: m.Said, Key: key}, a)
		}
		if err != nil && !errors.Is(err, session.ErrNoSuchTurn) {
			r.Log.Warn("a message from before the restart stays without its picture", "turn", m.Event, "error", err)
		}
	}
	if err := api.Edit(ctx, m.Channel, id, c); err != nil {
		r.Log.Warn("a message from before the restart stays as it is", "turn", m.Event, "error", err)
	}
}
