package dialogue

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// A notation is a way of writing that is no English: marks of other programs, of
// chats and of mail. What means something here is written out, what means
// nothing is dropped, and what asks for something that is not done is refused by
// name; none of it is painted.
type notation struct {
	find *regexp.Regexp
	// write gives what stands for a match, from its groups.
	write func(p *plainText, groups []string) string
}

// A plainText is an utterance without notations.
type plainText struct {
	text string
	// weights are factors by word, refused what was asked for in a notation and
	// is not done.
	weights map[string]float64
	refused []string
}

// notations are the notations in the order in which they are read.
func notations() []notation {
	drop := func(*plainText, []string) string { return " " }
	inner := func(_ *plainText, g []string) string { return g[1] }
	refuse := func(what string) func(*plainText, []string) string {
		return func(p *plainText, g []string) string {
			p.refused = append(p.refused, fmt.Sprintf("%s: %s", strings.TrimSpace(g[0]), what))
			return " "
		}
	}
	list := []struct {
		find  string
		write func(*plainText, []string) string
	}{
		// Mail and lists.
		{`(?s)\n--[ \t]*\n.*$`, drop},
		{`(?i)\n[ \t]*(?:best|cheers|regards|kind regards|best regards|best wishes|yours|greetings|love|sincerely|thanks|thank you|sent from my \w+)[ \t]*[,.!]*[ \t]*(?:\n[^\n]{0,40})?\s*$`, drop},
		{`(?m)^[ \t]*(?:[-*•–]|\d{1,2}[.)])[ \t]+`, func(*plainText, []string) string { return "" }},
		// Chats.
		{`<a?:\w+:\d*>`, drop},
		{`<(?:@[!&]?|#)\d+>`, drop},
		{`~~[^~]*~~`, drop},
		{`\|\|([^|]*)\|\|`, inner},
		{"`+([^`]*)`+", inner},
		{`\*\*([^*]+)\*\*`, inner},
		{`(?:^|\s)[*_]([^*_\s][^*_]*)[*_]`, func(_ *plainText, g []string) string { return " " + g[1] }},
		{`(?:^|\s):[a-z_]{3,}:`, drop},
		{`https?://\S+`, refuse("links are not opened")},
		// Flags of other programs.
		{`(?:^|\s)--?[a-z]+[ =]\d+[:x]\d+`, refuse("the size is a setting, say \"use size 768x512\" before a new picture")},
		{`(?:^|\s)--(?:no|neg|negative)[ =]([^-]+)`, func(_ *plainText, g []string) string { return " without " + g[1] }},
		{`(?:^|\s)--[a-z]+(?:[ =][\d.:]+)?`, refuse("flags of other programs mean nothing here")},
		{`<(?:lora|lyco|hypernet):[^>]*>`, refuse("no other network is loaded")},
		// Weights and swaps.
		{`^\s*[\[{]([\p{L} '-]+)[:|→]([\p{L} '-]+)(?::[\d.]+)?[\]}]\s*$`, swapped},
		{`[\[{]([\p{L} '-]+)[:|→]([\p{L} '-]+)(?::[\d.]+)?[\]}]`, func(p *plainText, g []string) string {
			p.refused = append(p.refused, fmt.Sprintf("%s: draw the first, then say \"replace %s with %s\"", g[0], g[1], g[2]))
			return g[1]
		}},
		{`[(]([\p{L} '-]+):([-+]?\d*\.?\d+)[)]`, weighted},
		{`[(]{2,}([\p{L} '-]+)[)]{2,}`, func(p *plainText, g []string) string {
			return p.weigh(g[1], math.Pow(1.1, float64(strings.Count(g[0], "("))))
		}},
		{`([\p{L}-]*\p{L})(\+\+*|--+)(\s|[,.;!?]|$)`, signed},
		{`^\s*["'“]?([\p{L} '-]*?)["'”]?\.(?:swap|replace)\(\s*["'“]?([\p{L} '-]+?)["'”]?\s*\)\s*;?\s*$`, swapped},
		{`^\s*[\p{L}.]*?(?:swap|replace)\(\s*["'“]?([\p{L} '-]+?)["'”]?\s*,\s*["'“]?([\p{L} '-]+?)["'”]?\s*\)\s*;?\s*$`, swapped},
		{`^\s*(?:\w+\.)?(add|remove|undo|redo|restart|emphasize)\(\s*["'“]?([\p{L} '-]*?)["'”]?\s*\)\s*;?\s*$`, func(_ *plainText, g []string) string { return g[1] + " " + g[2] }},
		// Colours.
		{`#([0-9a-fA-F]{6})\b`, func(_ *plainText, g []string) string { return colourOfHex(g[1]) }},
		{`#([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])\b`, func(_ *plainText, g []string) string { return colourOfHex(g[1] + g[1] + g[2] + g[2] + g[3] + g[3]) }},
		{`(?i)\brgb\((\d{1,3}),\s*(\d{1,3}),\s*(\d{1,3})\)`, func(_ *plainText, g []string) string {
			var rgb [3]float64
			for i := range rgb {
				n, _ := strconv.Atoi(g[i+1])
				rgb[i] = float64(n)
			}
			return nearestColour(rgb)
		}},
		// Arrows.
		{`(\pL)\s*(?:={1,2}>?|~>|>>)\s*(\pL)`, func(_ *plainText, g []string) string { return g[1] + " → " + g[2] }},
		// Short forms.
		{`(?i)\bw/o\b`, func(*plainText, []string) string { return "without" }},
		{`(?i)\bw/`, func(*plainText, []string) string { return "with " }},
		{`[:;=]-?[)(DPp3]+(\s|$)|<3`, drop},
		{`[ \t]*[,.;:!?]?[ \t]*\n\s*`, func(*plainText, []string) string { return ". " }},
	}
	out := make([]notation, len(list))
	for i, n := range list {
		out[i] = notation{regexp.MustCompile(n.find), n.write}
	}
	return out
}

// plain writes an utterance without notations.
func (p *Planner) plain(utterance string) plainText {
	out := plainText{text: strings.Trim(utterance, " \t\r\n")}
	if strings.ContainsAny(out.text, notationMarks) {
		for _, n := range p.notations {
			out.text = n.find.ReplaceAllStringFunc(out.text, func(match string) string {
				return n.write(&out, n.find.FindStringSubmatch(match))
			})
		}
	}
	out.text = strings.TrimSpace(pictograms(out.text))
	return out
}

// notationMarks are the characters of which every notation has one.
const notationMarks = "\n<~|`*_:[({+.#-/=;"

func weighted(p *plainText, g []string) string {
	factor, err := strconv.ParseFloat(g[2], 64)
	if err != nil {
		return g[1]
	}
	return p.weigh(g[1], factor)
}

func signed(p *plainText, g []string) string {
	if g[2] == "+" {
		return g[0]
	}
	step := 1.1
	if g[2][0] == '-' {
		step = 1 / step
	}
	return p.weigh(g[1], math.Pow(step, float64(len(g[2])))) + g[3]
}

// swapped writes out a swap.
func swapped(p *plainText, g []string) string {
	if strings.TrimSpace(g[1]) == "" {
		return g[2]
	}
	return fmt.Sprintf("replace %s with %s", strings.TrimSpace(g[1]), strings.TrimSpace(g[2]))
}

// weigh notes a factor for the words of a phrase, and gives the phrase.
func (p *plainText) weigh(phrase string, factor float64) string {
	if p.weights == nil {
		p.weights = map[string]float64{}
	}
	for _, t := range english.Tokenise(phrase) {
		if !english.Closed(t.Lower) {
			p.weights[t.Lower] = min(max(factor, caption.MinWeight), caption.MaxWeight)
		}
	}
	return phrase
}

// colourOfHex names the colour of six hexadecimal digits.
func colourOfHex(digits string) string {
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil {
		return ""
	}
	return nearestColour([3]float64{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)})
}

// nearestColour names the colour that is nearest to red, green and blue, from 0
// to 255.
func nearestColour(rgb [3]float64) string {
	best, least := "", math.Inf(1)
	for _, c := range []struct {
		name    string
		r, g, b float64
	}{
		{"black", 0, 0, 0}, {"white", 255, 255, 255}, {"gray", 128, 128, 128}, {"red", 230, 20, 20}, {"green", 30, 160, 40}, {"green", 0, 255, 0}, {"blue", 20, 40, 230},
		{"blue", 90, 170, 240}, {"yellow", 250, 235, 30}, {"orange", 255, 140, 0}, {"purple", 128, 0, 160}, {"pink", 255, 130, 190}, {"brown", 130, 75, 30},
	} {
		if d := math.Hypot(math.Hypot(c.r-rgb[0], c.g-rgb[1]), c.b-rgb[2]); d < least {
			best, least = c.name, d
		}
	}
	return best
}

// pictograms writes out those that stand for a colour or a thing, and drops all
// others.
func pictograms(text string) string {
	if !strings.ContainsFunc(text, pictogram) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !pictogram(r) {
			b.WriteRune(r)
			continue
		}
		if w := pictogramWord(r); !strings.Contains(english.Lower(text), w) {
			b.WriteString(" " + w + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func pictogram(r rune) bool {
	return r >= 0x2600 && r <= 0x27BF || r >= 0x2B00 && r <= 0x2BFF || r >= 0x1F000 && r <= 0x1FAFF || r == 0xFE0F || r == 0x200D
}

// pictogramWord is the word that a pictogram stands for; empty for faces, hands
// and hearts.
func pictogramWord(r rune) string {
	for _, w := range strings.Fields("🔴red 🟥red 🟠orange 🟧orange 🟡yellow 🟨yellow 🟢green 🟩green 🔵blue 🟦blue 🟣purple 🟪purple 🟤brown 🟫brown ⚫black ⬛black ⚪white ⬜white " +
		"🐱cat 🐈cat 🐶dog 🐕dog 🐰rabbit 🐇rabbit 🐦bird 🐴horse 👓glasses 🕶sunglasses 👒hat 🎩hat 🧢hat 🌙moon 🌛moon 🌕moon ☀sun 🌞sun ⭐stars 🌟stars ❄snow 🌧rain 🌲tree 🌳tree 🏠house 🏰castle ⛵boat 🚗car 🛋sofa 🌈rainbow 🌊sea 🌅sunrise 🌇sunset 🏖beach") {
		if word, ok := strings.CutPrefix(w, string(r)); ok {
			return word
		}
	}
	return ""
}
