package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot"
	"pentimento/session"
)

// tree draws the session's turns, each below the one it edits.
func tree(s *session.Session) string {
	var out strings.Builder
	var walk func(turns []session.Turn, depth int)
	walk = func(turns []session.Turn, depth int) {
		for _, t := range turns {
			mark := ""
			if t.ID == s.Head {
				mark = "  ← here"
			}
			fmt.Fprintf(&out, "%s%d  %s%s\n", strings.Repeat("  ", min(depth, 20)), t.ID, strings.ReplaceAll(Cut(bot.Describe(t), 60), "`", "'"), mark)
			walk(s.Children(t.ID), depth+1)
		}
	}
	walk(s.Roots(), 0)
	const room = MaxContent - 20
	text := out.String()
	if len(text) > room {
		text = "…\n" + text[len(text)-room:]
	}
	return "```\n" + strings.ToValidUTF8(text, "") + "```"
}

// Completions are what an argument may be in a session, as far as it is typed.
func Completions(a bot.Argument, s *session.Session, typed string) []*discordgo.ApplicationCommandOptionChoice {
	choices := []*discordgo.ApplicationCommandOptionChoice{}
	for _, c := range a.Completions(s, nil) {
		if len(choices) == maxOptions || !strings.Contains(strings.ToLower(c.Label), strings.ToLower(typed)) {
			continue
		}
		choice := &discordgo.ApplicationCommandOptionChoice{Name: Cut(c.Label, 100), Value: c.Value}
		if n, err := strconv.Atoi(c.Value); err == nil && a.Kind == bot.TurnID {
			choice.Value = n
		}
		choices = append(choices, choice)
	}
	return choices
}
