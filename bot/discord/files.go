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

// pictureIn is the first picture among files, and whether there are more.
func pictureIn(files []object.Attachment) (first object.Attachment, several, ok bool) {
	for _, f := range files {
		switch {
		case !f.IsPicture():
		case ok:
			return first, true, true
		default:
			first, ok = f, true
		}
	}
	return first, false, ok
}

// A taking is what a conversation does with a picture that somebody sent and what they
// said beside it.
type taking func(c *bot.Conversation, ctx context.Context, r bot.Request, file []byte, said string) (*bot.Answer, error)

// withPicture makes the turn one that takes the first picture of some files.
func withPicture(t *turn.Turn, api *rest.Client, files []object.Attachment, said string, take taking) (*turn.Turn, error) {
	file, several, _ := pictureIn(files)
	if file.Size > maxFile {
		return nil, errFileTooLarge
	}
	t.Said = cmp.Or(view.Cut(said, 200), "open "+cmp.Or(view.Cut(file.Filename, 60), "a picture"))
	t.Do = func(ctx context.Context, talk *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		data, err := download(ctx, api, file)
		if err != nil {
			return nil, err
		}
		answer, err := take(talk, ctx, r, data, said)
		if err == nil && several {
			answer.Notices = append(answer.Notices, "I took the first of the pictures.")
		}
		return answer, err
	}
	return t, nil
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
