package discord

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Policy is who may do what. The zero value allows everybody everything.
type Policy struct {
	// Guilds, Channels and Roles that may use the bot; empty allows all. In
	// direct chats only Guilds is asked: with any, direct chats are refused
	// unless DirectChats is set.
	Guilds, Channels, Roles []string
	DirectChats             bool
	// Admins may use /admin, with the owner of the application.
	Admins []string
	// PerDay is how many pictures a user may draw in a day (UTC); 0 for any
	// number. PerDayByRole gives roles more.
	PerDay       int
	PerDayByRole map[string]int
	// WaitingByRole gives roles more pictures that may wait or be drawn at a
	// time than [Options.PerUser].
	WaitingByRole map[string]int
	// BlockedWords are refused in prompts, whatever letters they are written
	// in.
	BlockedWords []string
	// Spoiler hides pictures until they are clicked.
	Spoiler bool
	// HideUnsafe hides so the pictures that the safety checker finds unsafe,
	// which otherwise are not shown at all.
	HideUnsafe bool
	// AgeRestricted allows only channels that are marked so.
	AgeRestricted bool
}

// A refusal is a sentence for the user.
type refusal string

// Error is the sentence.
func (r refusal) Error() string { return string(r) }

// place is where somebody asks for something.
type place struct {
	guild, channel, parent string
	roles                  []string
	nsfw                   bool
}

// admits returns a refusal if the policy has nobody in that place use the bot.
func (p Policy) admits(at place) error {
	if at.guild == "" {
		if (len(p.Guilds) > 0 || p.AgeRestricted) && !p.DirectChats {
			return refusal("I don't work in direct messages here; use me in the server.")
		}
		return nil
	}
	if len(p.Guilds) > 0 && !slices.Contains(p.Guilds, at.guild) {
		return refusal("I am not set up for this server.")
	}
	if len(p.Channels) > 0 && !slices.Contains(p.Channels, at.channel) && !slices.Contains(p.Channels, at.parent) {
		return refusal("I am not set up for this channel.")
	}
	if len(p.Roles) > 0 && !slices.ContainsFunc(at.roles, func(r string) bool { return slices.Contains(p.Roles, r) }) {
		return refusal("You need another role to use me here.")
	}
	if p.AgeRestricted && !at.nsfw {
		return refusal("I only work in age-restricted channels here.")
	}
	return nil
}

// perDay is how many pictures somebody with the roles may draw; 0 for any
// number.
func (p Policy) perDay(roles []string) int {
	if p.PerDay == 0 {
		return 0
	}
	most := p.PerDay
	for _, r := range roles {
		most = max(most, p.PerDayByRole[r])
	}
	return most
}

// waiting is how many pictures somebody with the roles may have waiting or being
// drawn; others may have that many.
func (p Policy) waiting(others int, roles []string) int {
	most := others
	for _, r := range roles {
		most = max(most, p.WaitingByRole[r])
	}
	return most
}

// allows returns a refusal if the prompt has a blocked word.
func (p Policy) allows(prompt string) error {
	if len(p.BlockedWords) == 0 {
		return nil
	}
	words := " " + folded(prompt) + " "
	joined := spelled(words)
	for _, blocked := range p.BlockedWords {
		b := folded(blocked)
		if b == "" {
			continue
		}
		if strings.Contains(words, " "+b+" ") || strings.Contains(joined, " "+strings.ReplaceAll(b, " ", "")+" ") {
			return refusal("I can't draw that here: a word of it is blocked.")
		}
	}
	return nil
}

// folded writes text in small letters without accents, in which letters that
// look like Latin ones are those, and everything else is one space.
func folded(text string) string {
	var out strings.Builder
	space := true
	letters := []rune(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text)))
	for i, r := range letters {
		// A sign stands for a letter within a word, and ends a sentence else.
		within := i+1 < len(letters) && (unicode.IsLetter(letters[i+1]) || unicode.IsDigit(letters[i+1]))
		if like, ok := lookAlike(r); ok && (within || unicode.IsLetter(r) || unicode.IsDigit(r)) {
			r = like
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out.WriteRune(r)
			space = false
		} else if !space {
			out.WriteByte(' ')
			space = true
		}
	}
	return strings.TrimSpace(out.String())
}

// lookAlike is the Latin letter that r is taken for.
func lookAlike(r rune) (rune, bool) {
	const looks = "пnаaвbсcԁdеeһhіiјjкkӏlмmнhоoрpԛqгrѕsтtуyхxѵvԝwαaβbεeηnιiκkνvοoρpτtυuχxγyωwıiłløođdħh0o1i3e4a5s7t8b@a$s!i|l€e"
	runes := []rune(looks)
	for i := 0; i < len(runes); i += 2 {
		if runes[i] == r {
			return runes[i+1], true
		}
	}
	return 0, false
}

// spelled joins single letters that stand one after the other: "n u d e".
func spelled(words string) string {
	fields := strings.Fields(words)
	var out strings.Builder
	out.WriteByte(' ')
	for i, f := range fields {
		out.WriteString(f)
		if i+1 == len(fields) || len([]rune(f)) > 1 || len([]rune(fields[i+1])) > 1 {
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// quotaRefusal says that the day's pictures are drawn.
func quotaRefusal(most int) error {
	return refusal(fmt.Sprintf("You have drawn %s today, which is as many as you may. The count starts again at midnight UTC.", plural(most, "picture")))
}

// plural counts things.
func plural(n int, thing string) string {
	if n == 1 {
		return "one " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
