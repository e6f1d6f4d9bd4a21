package turn

import (
	"context"
	"errors"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/view"
	"pentimento/session"
)

// tidyAgain is how long a message that cannot be completed is left alone before
// the next attempt: at first, and at most.
const (
	tidyAgain  = time.Second
	tidyRarely = time.Minute
)

// Tidy completes a message that waited when its process ended, and whose picture
// is not in the queue: its turn was kept, or was never drawn. It tries until ctx
// ends, and only then is the message still noted under the name.
func (r *Runner) Tidy(ctx context.Context, api *rest.Client, name string, m state.OpenMessage) {
	for wait := tidyAgain; ; wait = min(2*wait, tidyRarely) {
		err := r.tidy(ctx, api, m)
		if err == nil || isGone(err) {
			r.settle(name)
			return
		}
		if ctx.Err() == nil {
			r.Log.Warn("a message from before the restart stays as it is for now", "turn", m.Event, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// isGone reports whether a message can never be changed any more: it was deleted,
// the bot may not write there, or the token of its interaction has ended.
func isGone(err error) bool { return rest.Refused(err) || errors.Is(err, rest.ErrToken) }

// tidy tries once.
func (r *Runner) tidy(ctx context.Context, api *rest.Client, m state.OpenMessage) error {
	if m.Quick {
		return excuse(ctx, api, m)
	}
	c, err := r.made(ctx, m)
	if err != nil {
		return err
	}
	delivery := Delivery{Backoff: r.Backoff}
	err = delivery.Write(ctx, c, surfaceOf(api, m).edit)
	if m.Token != "" && !m.Answer && isGone(err) { // the bot may write answers alone there
		err = delivery.Write(ctx, c, answerOf(api, m).edit)
	}
	return err
}

// made is what became of the turn that the message waits for.
func (r *Runner) made(ctx context.Context, m state.OpenMessage) (object.Content, error) {
	never := view.NotDrawn(m.Said, "I was restarted before this was drawn; say it again.")
	if m.Event == "" {
		return never, nil
	}
	key := session.Key{User: m.User, Place: m.Place}
	a, err := r.Conversations.Open(key).Made(ctx, m.Event)
	switch {
	case errors.Is(err, session.ErrNoSuchTurn):
		return never, nil
	case err != nil && bot.ProblemOf(err).Kind == bot.Unavailable:
		return object.Content{}, err
	case err != nil:
		return view.NotDrawn(m.Said, r.Report.Sentence(err)), nil
	}
	return view.Answer(r.Style, view.Turn{Said: m.Said, Key: key}, a)
}

// excuse answers what draws nothing, if it was not answered.
func excuse(ctx context.Context, api *rest.Client, m state.OpenMessage) error {
	c := view.NotDrawn(m.Said, "I was restarted before I could answer; ask again.")
	if !m.Answer {
		_, _, err := surfaceOf(api, m).post(ctx, c) // whatever was written under its event stays
		if m.Token == "" || !isGone(err) {
			return err
		}
	}
	original, err := api.Original(ctx, interactionOf(m))
	if err != nil || !original.Loading() {
		return err
	}
	return answerOf(api, m).edit(ctx, c)
}

// surfaceOf is where a message stands that another process has written, or was
// about to write.
func surfaceOf(api *rest.Client, m state.OpenMessage) Surface {
	if m.Answer {
		return answerOf(api, m)
	}
	s := &channelSurface{api: api, channel: m.Channel, id: m.Message, event: m.Event}
	if m.Token == "" {
		s.replyTo = m.Event
	}
	return s
}

// answerOf is the answer to the interaction that asked.
func answerOf(api *rest.Client, m state.OpenMessage) Surface {
	return InAnswer(api, interactionOf(m))
}

// interactionOf is the interaction that asked, as far as it is remembered.
func interactionOf(m state.OpenMessage) *object.Interaction {
	return &object.Interaction{ID: m.Event, ApplicationID: m.Application, Token: m.Token}
}
