package turn

import (
	"context"

	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
)

// A Surface is where the message of a turn stands: an ordinary message of a
// channel, or the answer to an interaction where the bot may not write messages.
type Surface interface {
	// post writes the message, or finds it if a process before this one has written
	// it; first is what was written first. edit replaces it.
	post(ctx context.Context, c object.Content) (id string, first bool, err error)
	edit(ctx context.Context, c object.Content) error
	// lasting is the channel of the message, if another process can edit it for as
	// long as it likes.
	lasting() (channel string, ok bool)
}

// InChannel is an ordinary message, which can be edited for ever and replied to;
// replyTo is the message that it replies to, or empty. It answers the event once,
// however many write it.
func InChannel(api *rest.Client, channel, replyTo, event string) Surface {
	return &channelSurface{api: api, channel: channel, replyTo: replyTo, event: event}
}

type channelSurface struct {
	api                     *rest.Client
	channel, replyTo, event string
	id                      string
}

func (s *channelSurface) post(ctx context.Context, c object.Content) (string, bool, error) {
	sent, err := s.api.Post(ctx, s.channel, s.replyTo, s.event, c)
	if err != nil {
		return "", false, err
	}
	s.id = sent.ID
	return s.id, sent.Content == c.Text, nil
}

func (s *channelSurface) edit(ctx context.Context, c object.Content) error {
	if s.id == "" { // a process before this one may have written it
		if _, first, err := s.post(ctx, c); err != nil || first && len(c.Files) == 0 {
			return err
		}
	}
	return s.api.Edit(ctx, s.channel, s.id, c)
}

func (s *channelSurface) lasting() (string, bool) { return s.channel, true }

// InAnswer is the answer to an interaction that was deferred, for as long as its
// token lives.
func InAnswer(api *rest.Client, i *object.Interaction) Surface { return &answerSurface{api, i} }

type answerSurface struct {
	api *rest.Client
	i   *object.Interaction
}

func (s *answerSurface) post(ctx context.Context, c object.Content) (string, bool, error) {
	id, err := s.api.EditOriginal(ctx, s.i, c)
	return id, err == nil, err
}

func (s *answerSurface) edit(ctx context.Context, c object.Content) error {
	_, err := s.api.EditOriginal(ctx, s.i, c)
	return err
}

func (s *answerSurface) lasting() (string, bool) { return "", false }

// nowhere is the surface of an answer that cannot be written any more.
type nowhere struct{}

func (nowhere) post(context.Context, object.Content) (string, bool, error) { return "", true, nil }
func (nowhere) edit(context.Context, object.Content) error                 { return nil }
func (nowhere) lasting() (string, bool)                                    { return "", false }
