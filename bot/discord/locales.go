package discord

import (
	_ "embed"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// localesTable has a line for each text of a command in every language:
//
//	key | kind | English | German | French | Spanish | Japanese
//
//go:embed locales.txt
var localesTable string

// locales are the columns of the table after English.
var locales = [...]discordgo.Locale{discordgo.German, discordgo.French, discordgo.SpanishES, discordgo.Japanese}

// row returns the cells of a line of the table.
func row(key, kind string) []string {
	for line := range strings.Lines(localesTable) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) == 3+len(locales) && cells[0] == key && cells[1] == kind {
			return cells[2:]
		}
	}
	return nil
}

// described is the description of a command or option in English and in the other
// languages. If the table does not have it, it is without, in English alone.
func described(key, without string) (english string, others map[discordgo.Locale]string) {
	cells := row(key, "text")
	if cells == nil {
		return without, nil
	}
	return cells[0], byLocale(cells[1:])
}

// named are the names of a command or option in the other languages.
func named(key string) map[discordgo.Locale]string {
	cells := row(key, "name")
	if cells == nil {
		return nil
	}
	return byLocale(cells[1:])
}

func byLocale(cells []string) map[discordgo.Locale]string {
	out := map[discordgo.Locale]string{}
	for i, cell := range cells {
		if cell != "" {
			out[locales[i]] = cell
		}
	}
	if spanish, ok := out[discordgo.SpanishES]; ok {
		out[discordgo.SpanishLATAM] = spanish
	}
	return out
}
