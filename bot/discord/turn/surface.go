package turn

import (
	"context"

	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
)

// A Surface is where the message of a turn stands: an ordinary message of a
// channel, or the answer to an interaction where the bot may not write messages.
type Surface interface {
	// post writes the message, edit replaces it.
	post(ctx context.Context, c object.Content) (id string, err error)
	edit(ctx context.Context, c object.Content) error
	// lasting is the channel of the message, if another process can edit it.
	lasting() (channel string, ok bool)
}

// InChannel is an ordinary message, which can be edited for ever and replied to;
// replyTo is the message that it replies to, or empty.
func InChannel(api *rest.Client, channel, replyTo string) Surface {
	return &channelSurface{api: api, channel: channel, replyTo: replyTo}
}

type channelSurface struct {
	api              *rest.Client
	channel, replyTo string
	id               string
}

func (s *channelSurface) post(ctx context.Context, c object.Content) (string, error) {
	var err error
	s.id, err = s.api.Post(ctx, s.channel, s.replyTo, c)
	return s.id, err
}

func (s *channelSurface) edit(ctx context.Context, c object.Content) error {
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

func (s *answerSurface) post(ctx context.Context, c object.Content) (string, error) {
	return s.api.EditOriginal(ctx, s.i, c)
}

func (s *answerSurface) edit(ctx context.Context, c object.Content) error {
	_, err := s.api.EditOriginal(ctx, s.i, c)
	return err
}

func (s *answerSurface) lasting() (string, bool) { return "", false }

// nowhere is the surface of an answer that cannot be written any more.
type nowhere struct{}

func (nowhere) post(context.Context, object.Content) (string, error) { return "", nil }
func (nowhere) edit(context.Context, object.Content) error           { return nil }
func (nowhere) lasting() (string, bool)                              { return "", false }
