package english

import "slices"

// WeatherWords are adjectives and seasons that describe the whole scene.
const WeatherWords List = "sunny cloudy rainy snowy foggy misty stormy windy starry overcast cloudless clear gloomy wintry autumnal night nighttime daytime winter summer autumn fall spring hazy dark moonlit sunlit"

// SeasonWords are seasons and what looks like one.
const SeasonWords List = "winter summer autumn fall spring snowy wintry autumnal"

// DayWords say what a day is like.
const DayWords List = "sunny cloudy rainy snowy foggy misty stormy windy overcast cloudless clear gloomy hazy wintry"

// TimeWords are times of day.
const TimeWords List = "day night evening morning afternoon sunset sunrise dawn dusk noon midnight twilight midday nighttime daytime daybreak sundown nightfall"

const fallWords List = "rain snow fog mist storm thunderstorm blizzard sandstorm sunshine sunlight moonlight snowfall rainfall"

// IsMoment tells whether a phrase is a time of day, a season or weather.
func (en *Reader) IsMoment(phrase Words) bool {
	rest := phrase
	if len(rest) > 0 && (rest[0].Lower == "off" || rest[0].Lower == "out" || rest[0].Lower == "from" || rest[0].Lower == "without") {
		return false
	}
	for len(rest) > 1 && rest[0].Lower != "no" && (ClassOf(rest[0].Lower) == Preposition || ClassOf(rest[0].Lower) == Determiner) {
		rest = rest[1:]
	}
	if len(rest) == 0 || len(rest) > 4 {
		return false
	}
	last := rest[len(rest)-1].Lower
	switch {
	case len(rest) == 1:
		return TimeWords.Has(last) || SeasonWords.Has(last) || fallWords.Has(last) || WeatherWords.Has(last) || last == "snowing" || last == "raining"
	case last == "sky":
		return (WeatherWords.Has(rest[0].Lower) || en.IsColour(rest[0].Lower)) && (len(rest) < 3 || en.IsAdjectival(rest[:len(rest)-1]))
	case last == "day" || last == "night" || last == "morning" || last == "evening" || last == "afternoon":
		return len(rest) == 2 && en.IsAdjectival(rest[:1]) || WeatherWords.Has(rest[0].Lower)
	case last == "hour":
		return len(rest) == 2 && (rest[0].Lower == "golden" || rest[0].Lower == "blue")
	case last == "light":
		if len(rest) == 3 && rest[1].Lower == "hour" || len(rest) == 3 && TimeWords.Has(rest[1].Lower) && en.IsAdjectival(rest[:1]) {
			return true // "soft morning light"
		}
		return len(rest) == 2 && (TimeWords.Has(rest[0].Lower) || SeasonWords.Has(rest[0].Lower))
	case last == "time":
		return TimeWords.Has(rest[0].Lower) || SeasonWords.Has(rest[0].Lower)
	}
	return TimeWords.Has(last) && len(rest) == 2 && en.IsAdjectival(rest[:1])
}

// MomentPhrase writes a time, a season or weather as captions do: "at night", "on
// a sunny day".
func (en *Reader) MomentPhrase(phrase Words) Words {
	last := phrase[len(phrase)-1].Lower
	if relation := phrase[0].Lower; ClassOf(relation) == Preposition && !(last == "night" && (relation == "by" || relation == "in" || relation == "during")) {
		return phrase
	}
	for len(phrase) > 1 && ClassOf(phrase[0].Lower) == Preposition {
		phrase = phrase[1:]
	}
	last = phrase[len(phrase)-1].Lower
	rest := phrase
	if ClassOf(rest[0].Lower) == Determiner {
		rest = rest[1:]
	}
	text := rest.Lower()
	switch {
	case last == "nighttime":
		text = "at night"
	case last == "daytime" || last == "day" && len(rest) == 1:
		text = "on a sunny day"
	case last == "hour":
		text = "at " + text
	case len(rest) == 3 && last == "light":
		text = "in " + text
	case len(rest) == 2 && last == "light":
		text = "in the " + text
	case len(rest) == 2 && last == "time":
		text = "at " + rest[0].Lower
	case len(rest) == 2 && last == "night" && en.IsAdjectival(rest[:1]):
		text = "on " + Article(text) + " " + text
	case len(rest) == 2 && (rest[0].Lower == "early" || rest[0].Lower == "late"):
		text = "in the " + text
	case len(rest) == 1 && (last == "morning" || last == "evening" || last == "afternoon"):
		text = "in the " + text
	case len(rest) == 1 && TimeWords.Has(last), last == "night" || last == "sunset" || last == "sunrise":
		text = "at " + text
	case last == "snowing", last == "snow":
		text = "in the snow"
	case last == "raining":
		text = "in the rain"
	case fallWords.Has(last):
		text = "in the " + text
	case last == "starry":
		text = "under a starry sky"
	case last == "dark" || last == "moonlit":
		text = "at night"
	case DayWords.Has(last):
		text = "on a " + text + " day"
	case last == "sky":
		text = "under " + Article(text) + " " + text
	case last == "day" || last == "morning" || last == "evening" || last == "afternoon":
		text = "on " + Article(text) + " " + text
	case SeasonWords.Has(last):
		text = "in " + text
	}
	return Tokenise(text)
}

// A Slot is one of the things that a caption says once about the moment.
type Slot int

// The slots of a moment.
const (
	Hour Slot = 1 << iota
	Weather
	Season
	Sky
)

// Slots are the slots that a phrase about the moment fills: the hour and the weather
// for "on a rainy evening".
func (en *Reader) Slots(phrase Words) Slot {
	var s Slot
	for _, t := range phrase {
		switch w := t.Lower; {
		case w == "day" && len(phrase) > 1:
		case TimeWords.Has(w), w == "moonlit", w == "sunlit", w == "starry":
			s |= Hour
		case SeasonWords.Has(w) && w != "snowy":
			s |= Season
		case w == "dark":
			s |= Hour
		case w == "sunny", w == "sunshine":
			s |= Hour | Weather
		case fallWords.Has(w), DayWords.Has(w), w == "snowing", w == "raining":
			s |= Weather
		case w == "sky" && s == 0:
			s |= Sky
		}
	}
	if s == 0 {
		s = Hour
	}
	return s
}

// WeatherPhrase is weather as captions say it where they also say the hour: "in
// the fog" for "on a foggy day".
func (en *Reader) WeatherPhrase(w string) (Words, bool) {
	text := map[string]string{
		"foggy": "in the fog", "rainy": "in the rain", "snowy": "in the snow", "misty": "in the mist", "stormy": "in a storm", "windy": "in the wind",
		"cloudy": "under a cloudy sky", "overcast": "under an overcast sky", "clear": "under a clear sky", "cloudless": "under a cloudless sky", "gloomy": "under a gloomy sky", "hazy": "in the haze",
	}[w]
	return Tokenise(text), text != ""
}

// PlainMoments writes the moments of idioms by their names: "dawn" of "the crack of
// dawn", "night" of "the middle of the night".
func (en *Reader) PlainMoments(words Words) Words {
	for i := 0; i+3 < len(words); i++ {
		if words[i].Lower != "the" || !List("crack break middle dead heart height depths").Has(words[i+1].Lower) || words[i+2].Lower != "of" {
			continue
		}
		at := i + 3
		if words[at].Lower == "the" && at+1 < len(words) {
			at++
		}
		switch w := words[at].Lower; {
		case w == "day" && words[i+1].Lower != "middle":
			words = slices.Concat(words[:i], Tokenise("dawn"), words[at+1:])
		case w != "day" && (TimeWords.Has(w) || SeasonWords.Has(w)):
			before := words[:i]
			if TimeWords.Has(w) && i > 0 && words[i-1].Lower == "in" {
				before = slices.Concat(words[:i-1], Tokenise("at"))
			}
			words = slices.Concat(before, words[at:])
		}
	}
	return words
}
