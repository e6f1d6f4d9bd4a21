package discord

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot"
)

// texts are the names or descriptions of one thing by language, English under "".
type texts map[discordgo.Locale]string

func textsOf(english string, others map[discordgo.Locale]string) texts {
	out := texts{"": english}
	for l, text := range others {
		out[l] = text
	}
	return out
}

// Every command and option is named and described in every language, as Discord
// takes it: https://discord.com/developers/docs/interactions/application-commands
func TestLocalisations(t *testing.T) {
	slashName := regexp.MustCompile(`^[-_'\p{L}\p{N}]{1,32}$`)
	check := func(at string, names, descriptions texts) {
		for _, l := range append([]discordgo.Locale{"", discordgo.SpanishLATAM}, locales[:]...) {
			if name := names[l]; !slashName.MatchString(name) || name != strings.ToLower(name) {
				t.Errorf("%s is named %q in %q", at, name, l)
			}
			if n := utf8.RuneCountInString(descriptions[l]); n < 1 || n > 100 {
				t.Errorf("%s is described in %d characters in %q", at, n, l)
			}
		}
	}
	// Two things that stand beside each other have two names, in each language.
	distinct := func(at string, named map[discordgo.Locale]map[string]string, key string, names texts) {
		for l, name := range names {
			if named[l] == nil {
				named[l] = map[string]string{}
			}
			if other, ok := named[l][name]; ok {
				t.Errorf("%s: %s and %s are both %q in %q", at, key, other, name, l)
			}
			named[l][name] = key
		}
	}
	var options func(at string, list []*discordgo.ApplicationCommandOption)
	options = func(at string, list []*discordgo.ApplicationCommandOption) {
		named := map[discordgo.Locale]map[string]string{}
		optional := false
		for _, o := range list {
			names := textsOf(o.Name, o.NameLocalizations)
			check(at+" "+o.Name, names, textsOf(o.Description, o.DescriptionLocalizations))
			distinct(at, named, o.Name, names)
			if o.Required && optional {
				t.Errorf("%s %s is required after one that is not", at, o.Name)
			}
			optional = !o.Required
			options(at+" "+o.Name, o.Options)
		}
	}
	slash, onMessages := map[discordgo.Locale]map[string]string{}, map[discordgo.Locale]map[string]string{}
	for _, c := range registered(bot.Commands(), nil) {
		names := textsOf(c.Name, *c.NameLocalizations)
		if c.Type == discordgo.MessageApplicationCommand {
			distinct("the menu of a message", onMessages, c.Name, names)
			for l, name := range names {
				if n := utf8.RuneCountInString(name); n < 1 || n > 32 {
					t.Errorf("%q has %d characters in %q", name, n, l)
				}
			}
			if len(names) != len(locales)+2 {
				t.Errorf("%q has %d names", c.Name, len(names))
			}
			continue
		}
		distinct("the commands", slash, c.Name, names)
		check("/"+c.Name, names, textsOf(c.Description, *c.DescriptionLocalizations))
		options("/"+c.Name, c.Options)
	}
}

// A line of the table that is not used, or that cannot be read, is a mistake.
func TestLocalesTable(t *testing.T) {
	used := map[string]bool{}
	var use func(prefix string, list []*discordgo.ApplicationCommandOption)
	use = func(prefix string, list []*discordgo.ApplicationCommandOption) {
		for _, o := range list {
			used[prefix+o.Name] = true
			use(prefix, o.Options)
		}
	}
	for _, c := range registered(bot.Commands(), nil) {
		used[c.Name] = true
		use("option:", c.Options)
	}
	for line := range strings.Lines(localesTable) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) < 2 || !used[cells[0]] || row(cells[0], cells[1]) == nil {
			t.Errorf("nothing reads the line %q", line)
		}
	}
}
