package policy

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"pentimento/bot"
)

// Allows returns a refusal, a [*bot.Problem], if the prompt has a blocked word.
func (p Policy) Allows(prompt string) error {
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
			return bot.Problemf(bot.Refused, "I can't draw that here: a word of it is blocked")
		}
	}
	return nil
}

// folded is text in small letters without accents. Letters that look like Latin
// ones are replaced by those, and everything that is not a letter or a digit by
// one space.
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
		// Within a word a sign stands for a letter; elsewhere it ends a sentence.
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
