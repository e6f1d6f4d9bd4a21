package view

import (
	"fmt"
	"strings"

	"pentimento/bot"
)

// Help says how to talk to the bot, and lists the commands of the table.
func Help(style Style, table []bot.Command) string {
	var out strings.Builder
	fmt.Fprintf(&out, "**Say what you would like to see, then what to change about it.** It stays the same picture.\n"+
		"`/%s a woman's face with blond hair` starts one. Then, in its thread or in a reply to it: *make her hair red*, *a bit curlier*, *add glasses*, *no, undo the glasses*.\n"+
		"A reply to an older picture goes on from there. A reply to somebody else's picture continues it as your own.\n",
		style.Command("imagine"))
	for _, c := range table {
		if !c.Terminal {
			fmt.Fprintf(&out, "`/%s` %s\n", style.Command(c.Name), c.Help)
		}
	}
	out.WriteString("I keep what you say and the pictures, to go back and forth in them, until you delete them.")
	return Cut(out.String(), MaxContent)
}
