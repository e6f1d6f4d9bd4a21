package policy

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mtibben/confusables"
	"golang.org/x/text/unicode/norm"
)

// A word is one in small letters, and what it looks like.
type word struct {
	text, shape string
	// thin is the shape without letters that are written twice or more.
	thin string
	// disguised words are not of plain letters alone, and are what they look like;
	// long ones have a letter three times or more.
	disguised, long bool
}

func newWord(text string) word {
	w := word{text: text, shape: shapeOf(text)}
	w.thin, w.long = squeeze(w.shape)
	w.disguised = w.shape != fold(text) || strings.ContainsFunc(text, func(r rune) bool { return r < 'a' || 'z' < r })
	return w
}

// is reports whether two words are the same, or one looks like the other.
func (w word) is(other word) bool {
	return w.text == other.text || w.disguised && w.shape == other.shape || w.long && w.thin == other.thin
}

// isAny reports whether the word is one of those.
func (w word) isAny(others []word) bool { return slices.ContainsFunc(others, w.is) }

// plain is text without accents and without what cannot be seen.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(text))
}

// shapeOf is what a word looks like: letters that are taken for others are those,
// and three of a kind or more are one.
func shapeOf(text string) string {
	latin := strings.Map(latinOf, text)
	return fold(strings.ToLower(plain(confusables.Skeleton(latin))))
}

// fold makes those letters, digits and signs one that stand for each other.
func fold(text string) string {
	return strings.NewReplacer("rn", "m", "vv", "w",
		"1", "l", "i", "l", "!", "l", "|", "l", "0", "o", "3", "e", "€", "e", "4", "a", "@", "a", "5", "s", "$", "s", "7", "t", "+", "t", "8", "b", "9", "g", "6", "g", "2", "z",
	).Replace(text)
}

// isSign reports whether a sign may stand for a letter.
func isSign(r rune) bool { return strings.ContainsRune("@$!|€+", r) }

// latinOf is the Latin letter that r is taken for where Unicode's own table, which
// goes by fonts, has none.
func latinOf(r rune) rune {
	const looks = "€eьbɴnᴜuᴅdᴇeᴀaʙbᴄcꜰfɢgʜhɪiᴊjᴋkʟlᴍmᴏoᴘpʀrꜱsᴛtᴠvᴡwʏyᴢzпnвbкkмmнhтtıiłlđdħhøoæaηnκkτtβbεeχxμuλaдdзeиnлnяrшwщwцuчyѵvԝw"
	runes := []rune(looks)
	for i := 0; i < len(runes); i += 2 {
		if runes[i] == r {
			return runes[i+1]
		}
	}
	return r
}

// squeeze is text with one letter where several of a kind stand together, and
// whether there are three or more anywhere.
func squeeze(text string) (thin string, long bool) {
	var out strings.Builder
	var last rune
	n := 0
	for _, r := range text {
		if r != last {
			out.WriteRune(r)
			last, n = r, 0
		}
		n++
		long = long || n > 2
	}
	return out.String(), long
}
