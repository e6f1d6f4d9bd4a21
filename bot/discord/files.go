package discord

import (
	"cmp"
	"context"
	"errors"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
)

// maxFile is how many bytes a file may have that comes with a command. Discord takes
// no larger ones of people without a subscription.
const maxFile = 10 << 20

var (
	errFileTooLarge = bot.Problemf(bot.Invalid, "that file is larger than %d MiB, which is more than I read", maxFile>>20)
	errFileNotSeen  = bot.Problemf(bot.NotFound, "I can't see that file; attach it again")
	errFileGone     = bot.Problemf(bot.NotFound, "that file cannot be fetched any more; attach it again")
)

// withFile does what the table says of a command, with the file that came with it if
// one did. It is fetched when the command's turn has come.
func withFile(r *request) (*turn.Turn, error) {
	c, values := r.command, r.arguments()
	name := c.File()
	id := r.Data.Options.Text(name)
	if id == "" {
		return command(r.turn(), c, values)
	}
	file, ok := r.Data.Resolved.Attachments[id]
	switch {
	case !ok:
		return nil, errFileNotSeen
	case file.Size > maxFile:
		return nil, errFileTooLarge
	}
	values[name] = cmp.Or(view.Cut(file.Filename, 60), "a file")
	do := c.Do
	c.Do = func(ctx context.Context, talk *bot.Conversation, in bot.Input) (*bot.Answer, error) {
		in.File = func(ctx context.Context) ([]byte, error) { return download(ctx, r.api, file) }
		return do(ctx, talk, in)
	}
	return command(r.turn(), c, values)
}

// download fetches a file.
func download(ctx context.Context, api *rest.Client, file object.Attachment) ([]byte, error) {
	data, err := api.Download(ctx, file.URL, maxFile)
	switch {
	case errors.Is(err, rest.ErrFileTooLarge):
		return nil, errFileTooLarge
	case errors.Is(err, rest.ErrFileGone):
		return nil, errFileGone
	}
	return data, err
}
