package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	records "pentimento/bot/discord/records/bolt"
	"pentimento/session/bolt"
)

// sessionsCommand is `pentimento sessions`.
type sessionsCommand struct {
	Salvage   salvageCommand   `cmd:"" help:"Copy what can be read of a damaged file of conversations to a new one, with what a bot remembers beside it."`
	BeginAnew beginAnewCommand `cmd:"" help:"Put aside what a bot remembers if that is damaged, so that it begins anew, and say what is lost."`
}

// botFile is the file of what a bot remembers whose conversations are in a file.
func botFile(store string) string { return store + ".bot" }

// salvageCommand is `pentimento sessions salvage`.
type salvageCommand struct {
	Old string `arg:"" help:"The damaged file, as --store named it. It is not changed."`
	New string `arg:"" help:"The file to make, for --store from now on."`
}

// Run copies what can be read, and says what was lost.
func (c *salvageCommand) Run(ctx context.Context, p *Process) error {
	got, err := bolt.Salvage(ctx, c.Old, c.New)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Out, "%s: %s of %s, %s, %s\n", c.New,
		counted(got.Sessions, "conversation"), counted(got.Turns, "turn"), counted(got.Shares, "share"), counted(got.Pictures, "picture"))
	if err = errors.Join(err, c.tell(p, c.Old, got.Lost)); err != nil {
		return err
	}
	if _, err := os.Stat(botFile(c.Old)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	n, lost, err := records.Salvage(botFile(c.Old), botFile(c.New))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Out, "%s: %s of what the bot remembers\n", botFile(c.New), counted(n, "record"))
	return errors.Join(err, c.tell(p, botFile(c.Old), lost))
}

// tell prints what was lost of a file.
func (c *salvageCommand) tell(p *Process, file string, lost []string) error {
	if len(lost) == 0 {
		_, err := fmt.Fprintf(p.Out, "nothing is lost of %s\n", file)
		return err
	}
	for _, line := range lost {
		if _, err := fmt.Fprintf(p.Out, "lost of %s: %s\n", file, line); err != nil {
			return err
		}
	}
	return nil
}

// counted is a number of things in words.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprint(n, " ", thing)
}

// beginAnewCommand is `pentimento sessions begin-anew`.
type beginAnewCommand struct {
	Store string `arg:"" optional:"" help:"The file of the bot's conversations, as serve's --store names it." default:"${state}/discord.db" placeholder:"FILE"`
}

// whatIsLost says what a bot that begins anew does not know.
const whatIsLost = `The bot begins anew when it is started. What it does not know any more:
- the key of its buttons: buttons of messages from before do nothing; reply to the picture instead
- who is blocked: block them again with /admin block
- what people have set with /settings, and how much they have drawn today
- whose threads are whose: say what should change in a reply to the bot there, or with /edit
- which messages wait for a picture: they stay as they are
Conversations and pictures are all there.
`

// Run puts the file aside and says what is lost with it.
func (c *beginAnewCommand) Run(p *Process) error {
	to, err := records.PutAside(botFile(c.Store), systemClock().Now())
	if err != nil {
		return fmt.Errorf("begin anew: %w", err)
	}
	_, err = fmt.Fprintf(p.Out, "%s is now %s.\n%s"+
		"The old file still has what people said: delete it once you do not need it. /forget does not find it there.\n", botFile(c.Store), to, whatIsLost)
	return err
}
