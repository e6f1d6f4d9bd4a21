package dialogue

import (
	"pentimento/dialogue/lexicon"
	"slices"
)

const (
	weatherWord wordList = "sunny cloudy rainy snowy foggy misty stormy windy starry overcast cloudless clear gloomy wintry autumnal night nighttime daytime winter summer autumn fall spring hazy dark moonlit sunlit"
	seasonWord  wordList = "winter summer autumn fall spring snowy wintry autumnal"
	dayWord     wordList = "sunny cloudy rainy snowy foggy misty stormy windy overcast cloudless clear gloomy hazy wintry"
	timeWord    wordList = "day night evening morning afternoon sunset sunrise dawn dusk noon midnight twilight midday nighttime daytime daybreak sundown nightfall"
	fallWord    wordList = "rain snow fog mist storm thunderstorm blizzard sandstorm sunshine sunlight moonlight snowfall rainfall"
)

// A momentSpan is where a caption says when, or in which weather: "at sunset",
// "under a cloudy sky".
type momentSpan struct{ start, end int }

// isMoment tells whether a phrase is a time of day, a season or weather.
func (p *Planner) isMoment(phrase []token) bool {
	rest := phrase
	for len(rest) > 1 && rest[0].lower != "no" && (classOf(rest[0].lower) == preposition || classOf(rest[0].lower) == determiner) {
		rest = rest[1:]
	}
	if len(rest) == 0 || len(rest) > 4 {
		return false
	}
	last := rest[len(rest)-1].lower
	switch {
	case len(rest) == 1:
		return timeWord.has(last) || seasonWord.has(last) || fallWord.has(last) || weatherWord.has(last) || last == "snowing" || last == "raining"
	case last == "sky":
		return weatherWord.has(rest[0].lower) || p.lex.IsColour(rest[0].lower)
	case last == "day" || last == "night" || last == "morning" || last == "evening" || last == "afternoon":
		return len(rest) == 2 && p.isAdjectival(rest[:1]) || weatherWord.has(rest[0].lower)
	case last == "time":
		return timeWord.has(rest[0].lower) || seasonWord.has(rest[0].lower)
	}
	return timeWord.has(last) && len(rest) == 2 && p.isAdjectival(rest[:1])
}

// moment finds what a caption says about time and weather; the last if it says
// it twice.
func (d *draft) moment(p parsed) (momentSpan, bool) {
	for _, n := range slices.Backward(p.nouns) {
		if n.start == 0 || p.tags[n.start-1] != preposition || n.owner >= 0 {
			continue
		}
		if relation := p.tokens[n.start-1].lower; relation == "with" || relation == "of" || relation == "from" || relation == "to" {
			continue
		}
		if d.p.isMoment(p.tokens[n.start:n.end]) {
			return momentSpan{n.start - 1, n.end}, true
		}
	}
	return momentSpan{}, false
}

// setTime sets the time of day, the season or the weather. A season describes a
// landscape ("a snowy river"); the others are said at the end ("at sunset", "on a
// sunny day") in the place of what was said before.
func (d *draft) setTime(phrase []token) bool {
	phrase = trimMarks(phrase)
	for len(phrase) > 1 && (phrase[0].lower == "be" || phrase[0].lower == "like") {
		phrase = phrase[1:]
	}
	if len(phrase) == 0 {
		return false
	}
	d.widen(Global)
	d.because("time or weather: " + phraseText(phrase))
	p := d.caption.parse()
	word := phrase[len(phrase)-1].lower
	if d.adjustDay(p, phrase, word) {
		return true
	}
	if m, ok := d.moment(p); ok && seasonWord.has(p.tokens[m.end-1].lower) && seasonWord.has(word) {
		d.caption.splice(m.end-1, m.end, phrase[len(phrase)-1:]) // "at autumn" stays "at"
		return true
	}
	if n, ok := d.subject(p); ok && seasonWord.has(word) && (len(phrase) == 1 || len(phrase) == 2 && phrase[0].lower == "in") && d.p.lex.Is(p.tokens[n.head].lower, lexicon.Place) {
		return d.modify(found(referent{}, p, n), phrase[len(phrase)-1:]) && d.globally()
	}
	if word == "snow" && len(phrase) == 1 {
		if n, ok := d.subject(p); ok && d.p.lex.Is(p.tokens[n.head].lower, lexicon.Place) {
			return d.modify(found(referent{}, p, n), tokenise("snowy")) && d.globally()
		}
	}
	said := d.p.momentPhrase(phrase)
	if m, ok := d.moment(p); ok {
		d.caption.splice(m.start, m.end, said)
		return true
	}
	end := len(p.tokens)
	for end > 0 && p.tags[end-1] == mark {
		end--
	}
	d.caption.splice(end, end, said)
	return true
}

// setSky describes the sky or the day: in the caption's own phrase where it has
// one.
func (d *draft) setSky(kind string, adjectives []token) bool {
	if len(adjectives) == 0 {
		return false
	}
	p := d.caption.parse()
	for _, n := range p.nouns {
		if p.tokens[n.head].lower == kind {
			from := skipDeterminer(p, n)
			d.caption.splice(from, n.core, adjectives)
			d.because("the " + kind + " becomes " + phraseText(adjectives))
			return d.globally()
		}
	}
	lead := map[string]string{"sky": "under ", "day": "on "}[kind]
	return d.setTime(slices.Concat(tokenise(lead+article(adjectives[0].lower)), adjectives, tokenise(kind)))
}

func (d *draft) globally() bool {
	d.widen(Global)
	return true
}

// adjustDay changes the adjective of a day or sky that the caption has: "on a
// sunny morning" becomes "on a rainy morning".
func (d *draft) adjustDay(p parsed, phrase []token, w string) bool {
	if len(phrase) != 1 || !dayWord.has(w) {
		return false
	}
	for _, n := range p.nouns {
		head := p.tokens[n.head].lower
		if head != "day" && head != "morning" && head != "evening" && head != "afternoon" && head != "night" && head != "sky" {
			continue
		}
		from := skipDeterminer(p, n)
		d.caption.splice(from, n.core, phrase)
		return true
	}
	return false
}

// momentPhrase says a time or weather as captions do.
func (p *Planner) momentPhrase(phrase []token) []token {
	last := phrase[len(phrase)-1].lower
	if relation := phrase[0].lower; classOf(relation) == preposition && !(last == "night" && (relation == "by" || relation == "in" || relation == "during")) {
		return phrase
	}
	for len(phrase) > 1 && classOf(phrase[0].lower) == preposition {
		phrase = phrase[1:]
	}
	last = phrase[len(phrase)-1].lower
	rest := phrase
	if classOf(rest[0].lower) == determiner {
		rest = rest[1:]
	}
	text := lower(phraseText(rest))
	switch {
	case last == "nighttime":
		text = "at night"
	case last == "daytime" || last == "day" && len(rest) == 1:
		text = "on a sunny day"
	case len(rest) == 2 && last == "time":
		text = "at " + rest[0].lower
	case len(rest) == 2 && last == "night" && p.isAdjectival(rest[:1]):
		text = "on " + article(text) + " " + text
	case len(rest) == 2 && (rest[0].lower == "early" || rest[0].lower == "late"):
		text = "in the " + text
	case len(rest) == 1 && (last == "morning" || last == "evening" || last == "afternoon"):
		text = "in the " + text
	case len(rest) == 1 && timeWord.has(last), last == "night" || last == "sunset" || last == "sunrise":
		text = "at " + text
	case last == "snowing", last == "snow":
		text = "in the snow"
	case last == "raining":
		text = "in the rain"
	case fallWord.has(last):
		text = "in the " + text
	case last == "starry":
		text = "under a starry sky"
	case last == "dark" || last == "moonlit":
		text = "at night"
	case dayWord.has(last):
		text = "on a " + text + " day"
	case last == "sky":
		text = "under " + article(text) + " " + text
	case last == "day" || last == "morning" || last == "evening" || last == "afternoon":
		text = "on " + article(text) + " " + text
	case seasonWord.has(last):
		text = "in " + text
	}
	return tokenise(text)
}

func momentOf(d *draft, m match) bool {
	t := m["t"]
	switch kind := m.text("kind"); {
	case d.p.isAdjectival(t) && (kind == "sky" || kind == "day") && !timeWord.has(t[len(t)-1].lower):
		return d.setSky(kind, d.p.bareAdjectives(t))
	case d.p.isMoment(t), d.p.isAdjectival(t):
		return d.setTime(t)
	}
	return false
}

func momentOnly(d *draft, m match) bool { return d.p.isMoment(m["t"]) && d.setTime(m["t"]) }
