package terminal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/session"
)

// mostPast is how many conversations are listed, the latest.
const mostPast = 20

// A Past is a conversation of the store that can be gone on with.
type Past struct {
	// Number is 1 for the one that was spoken in last.
	Number int
	Key    session.Key
	// Last is when something was said last.
	Last time.Time
	// Head is the picture that it is at.
	Head session.Turn
	// Turns is how many there are.
	Turns int
}

// String is the conversation in a line without its number: when it was, its
// prompt, and how long it is.
func (p Past) String() string {
	return fmt.Sprintf("%s  “%s” · %s", p.Last.Local().Format("2006-01-02 15:04"), OneLine(p.Head.Recipe.Prompt), bot.Plural(p.Turns, "turn"))
}

// ListPast returns the user's latest conversations in which something was drawn,
// the one that was spoken in last first. One that is damaged holds up no other:
// damaged says what is wrong with those.
func ListPast(ctx context.Context, store session.Store, user string) (out []Past, damaged, err error) {
	keys, err := store.List(ctx, user)
	if err != nil {
		return nil, nil, err
	}
	for _, key := range slices.Backward(keys) { // they are ordered by place, which begins with the time
		if len(out) == mostPast {
			break
		}
		s, err := store.Load(ctx, key)
		if errors.Is(err, session.ErrCorrupt) {
			damaged = errors.Join(damaged, err)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		head, err := s.Turn(s.Head)
		if err != nil {
			continue // nothing was drawn
		}
		out = append(out, Past{Key: key, Last: s.Turns[len(s.Turns)-1].Time, Head: head, Turns: len(s.Turns)})
	}
	slices.SortStableFunc(out, func(a, b Past) int { return b.Last.Compare(a.Last) })
	for i := range out {
		out[i].Number = i + 1
	}
	return out, damaged, nil
}

// FindPast returns the conversation that has the name: its number, or words of its
// line. Without a name it is the one that was spoken in last. The error lists those
// that can be named.
func FindPast(all []Past, name string) (Past, error) {
	if name == "" && len(all) > 0 {
		return all[0], nil
	}
	if n, err := strconv.Atoi(name); err == nil && 1 <= n && n <= len(all) {
		return all[n-1], nil
	}
	var fitting []Past
	for _, p := range all {
		if strings.Contains(strings.ToLower(p.String()), strings.ToLower(name)) {
			fitting = append(fitting, p)
		}
	}
	switch len(fitting) {
	case 0:
		return Past{}, fmt.Errorf("no conversation is called %q. There are:\n%s", name, pastLines(all))
	case 1:
		return fitting[0], nil
	}
	return Past{}, fmt.Errorf("%q may be one of these; give its number:\n%s", name, pastLines(fitting))
}

// pastLines lists conversations, one a line.
func pastLines(all []Past) string {
	var lines []string
	for _, p := range all {
		lines = append(lines, fmt.Sprintf("  %*d  %s", len(strconv.Itoa(cmp.Or(all[len(all)-1].Number, 1))), p.Number, p))
	}
	return strings.Join(lines, "\n")
}

// Open begins a chat at a terminal: with the greeting, and where it goes on with one
// of past conversations, with where that is.
func (c *Chat) Open(ctx context.Context, greeting string, all []Past) error {
	if err := c.printf("%s\n", greeting); err != nil || len(all) == 0 {
		return err
	}
	return c.showResumed(ctx, all)
}

// showResumed shows where the conversation is that goes on, and which others there
// are.
func (c *Chat) showResumed(ctx context.Context, all []Past) error {
	if err := c.printf("\n"); err != nil {
		return err
	}
	s, err := c.Conversation.Session(ctx)
	if err != nil {
		return err
	}
	shown, err := c.Conversation.Picture(ctx, s, s.Head)
	if err != nil {
		return err
	}
	turn, err := s.Turn(s.Head)
	if err != nil {
		return err
	}
	path, err := c.save(gate.NewFile(pictureName(turn), shown))
	if err != nil {
		return err
	}
	if err := c.inline(shown); err != nil {
		return err
	}
	if err := c.printf("  turn %d of %d: “%s”\n  %s\n", turn.ID, len(s.Turns), OneLine(turn.Recipe.Prompt), path); err != nil {
		return err
	}
	others := slices.DeleteFunc(slices.Clone(all), func(p Past) bool { return p.Key == c.Conversation.Key })
	if len(others) == 0 {
		return nil
	}
	return c.printf("\n  Older conversations, by the number or the words with which --resume goes on with them:\n%s\n", pastLines(others))
}
