package terminal

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"pentimento/bot"
)

const introduction = Begin + `

  a woman's face with blond hair     make her hair red     add glasses
  a bit curlier     without the glasses     no, brown     undo
`

// Begin says how a conversation begins.
const Begin = "Say what you would like to see, then what to change about it."

// FirstWords are what may be said first, with the bundled model and with others.
const FirstWords = "a woman's face with blond hair"

// help lists the commands below a few words on what to say.
func help(commands []bot.Command) string {
	usages, width := make([]string, len(commands)), 0
	for i, c := range commands {
		usages[i] = c.Usage()
		width = max(width, utf8.RuneCountInString(usages[i]))
	}
	lines := []string{introduction}
	for i, c := range commands {
		lines = append(lines, fmt.Sprintf("%-*s  %s", width, usages[i], c.Help))
	}
	return strings.Join(lines, "\n")
}
