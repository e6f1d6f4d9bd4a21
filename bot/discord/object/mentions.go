package object

import (
	"regexp"
	"strings"
)

// Spoken is text as a person reads it: with the names of those who are mentioned in
// it, and words in place of what else stands as a number: "<@123>" is the name,
// "<:smile:45>" is "smile".
func Spoken(text string, mentioned []User) string {
	if !strings.Contains(text, "<") {
		return text
	}
	for _, u := range mentioned {
		text = strings.NewReplacer("<@"+u.ID+">", u.Name(), "<@!"+u.ID+">", u.Name()).Replace(text)
	}
	for _, m := range []struct{ pattern, word string }{
		{`<@&\d+>`, "somebody"}, {`<@!?\d+>`, "somebody"}, {`<#\d+>`, "somewhere"}, {`<id:\w+>`, "somewhere"}, {`<t:-?\d+(:\w)?>`, "sometime"},
		{`<a?:(\w+):\d+>`, "$1"}, {`</([^:>]+):\d+>`, "/$1"},
	} {
		text = regexp.MustCompile(m.pattern).ReplaceAllString(text, m.word)
	}
	return text
}
