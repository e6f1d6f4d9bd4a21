package discord

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/policy"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
)

// An acknowledger takes in the turns that interactions ask for: it answers at once, and
// finds the place where the turn's message will stand.
type acknowledger struct {
	policy  policy.Policy
	running *turn.Running
	report  *turn.Report
	state   *state.State
	note    func(*turn.Turn) error // that an answer to it waits
	log     *slog.Logger
}

// errDraining refuses new turns.
var errDraining = bot.Problemf(bot.Busy, "I take no new pictures just now; try again in a few minutes")

// refusal refuses a turn before the bot repeats what was said, in a message or in
// the name of a thread.
func (a *acknowledger) refusal(t *turn.Turn) error {
	if a.running.Draining() {
		return errDraining
	}
	err := a.policy.Allows(t.Said)
	if err != nil {
		a.report.Ended(t.Speaker.ID, err)
	}
	return err
}

// acknowledge answers an interaction that asks for a turn, finds the surface of
// the turn, and reports whether the turn is to be carried out.
func (a *acknowledger) acknowledge(ctx context.Context, r *request, t *turn.Turn) bool {
	if err := a.refusal(t); err != nil {
		r.tell(ctx, a.report.Sentence(err))
		return false
	}
	if err := a.note(t); err != nil {
		r.tell(ctx, a.report.Sentence(err))
		return false
	}
	if !r.MayPost() {
		// The answers to interactions are all that the bot can write there.
		t.Surface = turn.InAnswer(r.api, r.Interaction)
		return r.wait(ctx, false)
	}
	if !a.confirm(ctx, r, t) {
		return false
	}
	channelID := r.ChannelID
	if t.Fresh {
		channelID = a.home(ctx, r, t)
	}
	t.Surface, t.Tell = turn.InChannel(r.api, channelID, "", r.ID), r.tellAfter
	return true
}

// confirm answers a command with what was said, and a component or a modal of a
// message without a word.
func (a *acknowledger) confirm(ctx context.Context, r *request, t *turn.Turn) bool {
	if r.Type == object.CommandInteraction || r.Message == nil {
		return r.show(ctx, view.Said(t.Speaker, t.Said))
	}
	return r.acknowledge(ctx)
}

// home opens a thread for a new session where that is possible, moves the
// turn's session there, and returns the channel to answer in.
func (a *acknowledger) home(ctx context.Context, r *request, t *turn.Turn) string {
	if !r.MayOpenThread(object.SendInThreads) {
		return r.ChannelID
	}
	id, err := a.ownThread(ctx, r, t)
	if err != nil {
		a.log.Info("no thread for the session; it stays in the channel", "error", err)
		return r.ChannelID
	}
	t.Key = view.SessionKey(t.Speaker.ID, id)
	return id
}

// ownThread opens a thread at the answer to the command. Who it belongs to is
// remembered before it is there: what its owner says in it may arrive before
// the answer to the request that opens it.
func (a *acknowledger) ownThread(ctx context.Context, r *request, t *turn.Turn) (string, error) {
	original, err := r.api.Original(ctx, r.Interaction)
	if err != nil {
		return "", err
	}
	message := original.ID
	// A thread has the ID of the message that it is opened at.
	if err := a.state.SetThreadOwner(message, t.Speaker.ID); err != nil {
		return "", err
	}
	id, err := r.api.OpenThread(ctx, r.ChannelID, message, view.Cut(strings.Join(strings.Fields(t.Said), " "), 90))
	if err != nil {
		return "", errors.Join(err, a.state.SetThreadOwner(message, ""))
	}
	if id != message {
		err = a.state.SetThreadOwner(id, t.Speaker.ID)
	}
	return id, err
}
