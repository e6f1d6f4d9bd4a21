package blocklist

import (
	"strings"
	"unicode"
	"unicode/utf8"

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

// plain is text without accents and without what cannot be seen.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if letter, ok := boxed(r); ok {
			return letter
		}
		if isFiller(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(text))
}

// boxed is the letter on a sign for one, such as a flag's: Unicode does not say
// that they are the same.
func boxed(r rune) (letter rune, ok bool) {
	for _, first := range []rune{'🅐', '🅰', '🇦'} {
		if first <= r && r < first+26 {
			return 'a' + r - first, true
		}
	}
	return 0, false
}

// isFiller reports whether r is a letter to Unicode, and nothing to the eye.
func isFiller(r rune) bool { return strings.ContainsRune("\u115f\u1160\u3164\uffa0", r) }

// shapeOf is what a word looks like: letters that are taken for others are those.
func shapeOf(text string) string {
	if !isASCII(text) {
		text = strings.ToLower(plain(confusables.Skeleton(strings.Map(latinOf, text))))
	}
	return fold(text)
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}

// fold makes those letters, digits and signs one that stand for each other.
func fold(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "rn", "m"), "vv", "w")
	return strings.Map(func(r rune) rune {
		switch r {
		case '1', 'i', '!', '|':
			return 'l'
		case '0':
			return 'o'
		case '2':
			return 'z'
		case '3', '€':
			return 'e'
		case '4', '@':
			return 'a'
		case '5', '$':
			return 's'
		case '6', '9':
			return 'g'
		case '7', '+':
			return 't'
		case '8':
			return 'b'
		}
		return r
	}, text)
}

// isSign reports whether a sign may stand for a letter.
func isSign(r rune) bool { return strings.ContainsRune("@$!|€+", r) }

// latinOf is the Latin letter that r is taken for where Unicode's own table, which
// goes by fonts, has none.
func latinOf(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
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
