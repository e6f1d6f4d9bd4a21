package dialogue

import (
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// setTime sets the time of day, the season or the weather. A season describes a
// landscape ("a snowy river"); the others are said at the end ("at sunset", "on a
// sunny day") in the place of what was said before.
func setTime(e *edit, phrase english.Words) bool {
	phrase = phrase.TrimMarks()
	for len(phrase) > 1 && (phrase[0].Lower == "be" || phrase[0].Lower == "like") {
		phrase = phrase[1:]
	}
	if len(phrase) == 0 {
		return false
	}
	p := e.caption.Parse()
	word := phrase[len(phrase)-1].Lower
	if _, how := english.SplitPlace(phrase); word == "sky" && p.Names("sky") && len(how) > 1 {
		if how = e.en.BareAdjectives(how[:len(how)-1]); len(how) > 0 && e.en.IsAdjectival(how) {
			return setSky(e, "sky", how)
		}
	}
	e.widen(Global)
	e.because("time or weather: " + phrase.Text())
	if adjustDay(e, p, phrase, word) {
		return true
	}
	for _, m := range e.caption.Moments(p) {
		if english.SeasonWords.Has(p.Words[m.End-1].Lower) && english.SeasonWords.Has(word) {
			e.caption.Splice(m.End-1, m.End, phrase[len(phrase)-1:]) // "at autumn" stays "at"
			return true
		}
	}
	if n, ok := e.caption.Subject(p); ok && english.SeasonWords.Has(word) && (len(phrase) == 1 || len(phrase) == 2 && phrase[0].Lower == "in") && e.en.Is(p.Words[n.Head].Lower, lexicon.Place) {
		return modify(e, caption.Referent{}.At(p, n), phrase[len(phrase)-1:]) && globally(e)
	}
	if word == "snow" && len(phrase) == 1 {
		if n, ok := e.caption.Subject(p); ok && e.en.Is(p.Words[n.Head].Lower, lexicon.Place) {
			return modify(e, caption.Referent{}.At(p, n), english.Tokenise("snowy")) && globally(e)
		}
	}
	said := e.en.MomentPhrase(phrase)
	if len(e.caption.Moments(p)) > 0 && len(phrase) == 1 {
		if with, ok := e.en.WeatherPhrase(word); ok {
			said = with
		}
	}
	if word == "day" && said.Lower() == "on a sunny day" && e.weathered(p) {
		said = english.Tokenise("during the day") // the weather stays
		for _, m := range e.caption.Moments(p) {
			if english.TimeWords.Has(p.Words[m.End-1].Lower) {
				e.caption.Splice(m.Start, m.End, said)
				return true
			}
		}
	}
	if m, ok := e.sameSlot(p, said); ok {
		e.caption.Splice(m.Start, m.End, said)
		return true
	}
	if i, w, ok := e.sameLight(p, said); ok {
		e.caption.Splice(i, i+1, w)
		return true
	}
	end := len(p.Words)
	for end > 0 && p.Tags[end-1] == english.Mark {
		end--
	}
	e.caption.Splice(end, end, said)
	return true
}

// weathered tells whether a caption says what weather it is.
func (e *edit) weathered(p english.Parsed) bool {
	return slices.ContainsFunc(e.caption.Moments(p), func(m caption.MomentSpan) bool {
		return e.en.Is(p.Words[m.End-1].Lower, lexicon.Weather)
	})
}

// sameLight finds the hour that a caption says of its light, which gives way to
// another hour: "evening" for the "morning" of "a kitchen, morning light".
func (e *edit) sameLight(p english.Parsed, said english.Words) (at int, word english.Words, ok bool) {
	hour := slices.IndexFunc(said, func(t english.Token) bool { return english.TimeWords.Has(t.Lower) })
	if hour < 0 {
		return 0, nil, false
	}
	for i := 0; i+1 < len(p.Words); i++ {
		if english.TimeWords.Has(p.Words[i].Lower) && english.List("light lighting mood sun sky").Has(p.Words[i+1].Lower) {
			return i, said[hour : hour+1], true
		}
	}
	return 0, nil, false
}

// sameSlot finds what the caption says about the moment that cannot stand beside the
// new words: an hour beside an hour, a season beside a season.
func (e *edit) sameSlot(p english.Parsed, said english.Words) (caption.MomentSpan, bool) {
	fresh := e.en.Slots(said)
	for _, m := range e.caption.Moments(p) {
		old := e.en.Slots(p.Words[m.Start:m.End])
		if old&fresh != 0 || sunAndNight(p.Words[m.Start:m.End], said) || sunAndNight(said, p.Words[m.Start:m.End]) {
			return m, true
		}
	}
	return caption.MomentSpan{}, false
}

// sunAndNight tells whether one phrase has the sun out and the other is at night.
func sunAndNight(a, b english.Words) bool {
	has := func(words english.Words, list english.List) bool {
		return words.HasAny(list)
	}
	return has(a, "sunny sunshine sunlight") && has(b, "night midnight moonlight nighttime dusk evening")
}

// setSky describes the sky or the day: in the caption's own phrase where it has
// one.
func setSky(e *edit, kind string, adjectives english.Words) bool {
	if len(adjectives) == 0 {
		return false
	}
	p := e.caption.Parse()
	for _, n := range p.Nouns {
		if p.Words[n.Head].Lower == kind {
			from := p.SkipDeterminer(n)
			e.caption.Splice(from, n.Core, adjectives)
			e.because("the " + kind + " becomes " + adjectives.Text())
			return globally(e)
		}
	}
	lead := map[string]string{"sky": "under ", "day": "on "}[kind]
	return setTime(e, slices.Concat(english.Tokenise(lead+english.Article(adjectives[0].Lower)), adjectives, english.Tokenise(kind)))
}

// globally makes the edit one of the whole picture; it returns true.
func globally(e *edit) bool {
	e.widen(Global)
	return true
}

// adjustDay changes the adjective of a day or sky that the caption has: "on a
// sunny morning" becomes "on a rainy morning".
func adjustDay(e *edit, p english.Parsed, phrase english.Words, w string) bool {
	if len(phrase) != 1 || !english.DayWords.Has(w) {
		return false
	}
	for _, n := range p.Nouns {
		head := p.Words[n.Head].Lower
		if head != "day" && head != "morning" && head != "evening" && head != "afternoon" && head != "night" && head != "sky" {
			continue
		}
		from := p.SkipDeterminer(n)
		e.caption.Splice(from, n.Core, phrase)
		return true
	}
	return false
}

// momentOf answers "make the sky cloudy" and "change the season to winter".
func momentOf(e *edit, m english.Match) bool {
	t := m["t"]
	switch kind := m.Text("kind"); {
	case e.en.IsAdjectival(t) && (kind == "sky" || kind == "day") && !english.TimeWords.Has(t[len(t)-1].Lower):
		return setSky(e, kind, e.en.BareAdjectives(t))
	case e.en.IsMoment(t), e.en.IsAdjectival(t):
		return setTime(e, t)
	}
	return false
}

// momentOnly answers "at night".
func momentOnly(e *edit, m english.Match) bool {
	if hour, ok := m["hour"]; ok { // "let the sun rise"
		e.adds = "sunrise sunset"
		if hour.HasAny("rise rises rising up") {
			return setTime(e, english.Tokenise("sunrise"))
		}
		return setTime(e, english.Tokenise("sunset"))
	}
	if kind := m.Text("kind"); kind != "" { // "it snows"
		if night := kind == "darkness" || kind == "dark"; night || e.en.IsMoment(english.Tokenise(kind)) && m["t"] == nil && english.TimeWords.Has(kind) {
			return setTime(e, english.Tokenise(map[bool]string{true: "night", false: kind}[night]))
		}
		return setTime(e, english.Tokenise(map[bool]string{strings.Contains(kind, "snow"): "snow", strings.Contains(kind, "rain"): "rain", kind == "sun": "sunny"}[true]))
	}
	return e.en.IsMoment(m["t"]) && setTime(e, m["t"])
}
