// Package gatetest has what tests of the gate pass through it, or past it.
package gatetest

import (
	"context"
	"image"

	"pentimento/bot"
	"pentimento/bot/gate"
)

// Strict is a checker that finds every picture unsafe, or none.
type Strict bool

// Unsafe reports what the checker is.
func (s Strict) Unsafe(context.Context, image.Image) (bool, error) { return bool(s), nil }

// Leak is a command that shows the first picture that is kept, without asking the
// conversation's gate.
func Leak() bot.Command {
	return bot.Command{
		Name: "leak", Help: "Show the picture, whatever it is", Draws: true,
		Do: func(ctx context.Context, c *bot.Conversation, in bot.Input) (*bot.Answer, error) {
			s, err := c.Session(ctx)
			if err != nil {
				return nil, err
			}
			kept, err := c.Store.GetBlob(ctx, c.Key, s.Turns[0].Picture)
			if err != nil {
				return nil, err
			}
			shown, err := (*gate.Gate)(nil).Pass(ctx, kept)
			return &bot.Answer{Session: s, Turn: s.Turns[0], Picture: shown}, err
		},
	}
}
