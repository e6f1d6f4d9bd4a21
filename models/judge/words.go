package judge

import (
	"maps"
	"slices"
	"strings"
)

// Says is what a prompt says that its picture shows: values by attribute, as far as
// the network of the bundled model can tell them. A prompt of another world
// says nothing.
func Says(prompt string) map[string]string {
	tokens := tokenise(prompt)
	words := wordsOf(domainOf(tokens))
	says := map[string]string{}
	for i, t := range tokens {
		w, ok := words[t.word]
		if !ok {
			continue
		}
		maps.Copy(says, w.shows)
		for _, before := range before(tokens, i) {
			if attribute, value, ok := w.described(before.word); ok {
				says[attribute] = value
			}
		}
	}
	return says
}

// A token is a word of a prompt in small letters, at [start, end).
type token struct {
	word       string
	start, end int
}

// tokenise finds the words of a prompt. "A woman's" is a woman.
func tokenise(prompt string) []token {
	var out []token
	start := -1
	letter := func(b byte) bool { return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || b == '\'' || b >= 0x80 }
	for i := 0; i <= len(prompt); i++ {
		if i < len(prompt) && letter(prompt[i]) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			word := strings.TrimSuffix(strings.ReplaceAll(strings.ToLower(prompt[start:i]), "’", "'"), "'s")
			out = append(out, token{word, start, i})
			start = -1
		}
	}
	return out
}

// before are the words that may describe the noun at i, nearest first: up to
// another noun, an article or a preposition.
func before(tokens []token, i int) []token {
	var out []token
	for _, t := range slices.Backward(tokens[:i]) {
		if !adjectives().has(t.word) && t.word != "and" {
			break
		}
		out = append(out, t)
	}
	return out
}

// A list is words with spaces between.
type list string

func (l list) has(word string) bool { return slices.Contains(strings.Fields(string(l)), word) }

func colours() list {
	return "blond blonde brown red ginger black gray grey white blue green pink purple yellow orange"
}

func adjectives() list { return colours() + " long short straight wavy curly" }

// A word says something of a picture by itself, and by the adjectives before it.
type word struct {
	shows map[string]string
	// takes are attributes with the values that an adjective before the word
	// gives them.
	takes map[string]list
}

// described is what an adjective before the word says.
func (w word) described(adjective string) (attribute, value string, ok bool) {
	for _, attribute := range slices.Sorted(maps.Keys(w.takes)) {
		values := w.takes[attribute]
		for _, meant := range meanings(adjective) {
			if values.has(meant) {
				return attribute, meant, true
			}
		}
	}
	return "", "", false
}

// meanings are the names that the network has for an adjective.
func meanings(adjective string) []string {
	switch adjective {
	case "blonde":
		return []string{"blond"}
	case "grey":
		return []string{"gray"}
	case "ginger":
		return []string{"orange", "red"} // of fur, of hair
	}
	return []string{adjective}
}

// The colours that the network tells apart.
const (
	hairColours  list = "blond brown red black gray white blue green pink purple"
	clothColours list = "red blue green yellow white black pink purple orange"
	wallColours  list = "blue green yellow pink gray white purple orange red"
	seatColours  list = "red blue green gray yellow pink purple"
	furColours   list = "red blue yellow green white black gray brown orange"
)

// domainOf is what a prompt is about: the domain of its first word that has one.
func domainOf(tokens []token) string {
	for _, t := range tokens {
		switch {
		case list("woman man girl boy person face").has(t.word):
			return "people"
		case list("cat dog rabbit bunny bird").has(t.word):
			return "animals"
		case list("river street road forest desert lake field snow mountains hills landscape").has(t.word):
			return "landscapes"
		}
	}
	return ""
}

// wordsOf are the words that say something in a domain.
func wordsOf(domain string) map[string]word {
	switch domain {
	case "people":
		return peopleWords()
	case "animals":
		return animalWords()
	case "landscapes":
		return landscapeWords()
	}
	return nil
}

func peopleWords() map[string]word {
	out := map[string]word{
		"hair": {takes: map[string]list{"people.hair": hairColours, "people.length": "long short", "people.texture": "straight wavy curly"}},
		"hat":  {map[string]string{"people.hat": "yes"}, map[string]list{"people.hat_colour": clothColours}},
		"eyes": {takes: map[string]list{"people.eyes": "brown blue green"}},

		"background": {takes: map[string]list{"people.backdrop": wallColours}},
	}
	shirt := word{takes: map[string]list{"people.shirt": clothColours}}
	out["shirt"], out["sweater"] = shirt, shirt
	show(out, "people.who", "woman man girl boy")
	show(out, "people.glasses", "glasses sunglasses")
	mean(out, "people.beard", "yes", "beard bearded")
	mean(out, "people.earrings", "yes", "earrings")
	mean(out, "people.freckles", "yes", "freckles")
	mean(out, "people.mood", "smile", "smile smiling happy laughing")
	mean(out, "people.mood", "sad", "sad")
	return out
}

func animalWords() map[string]word {
	out := map[string]word{
		"hat":  {map[string]string{"animals.hat": "yes"}, map[string]list{"animals.hat_colour": clothColours}},
		"wall": {takes: map[string]list{"animals.wall": wallColours}},
	}
	fur := map[string]list{"animals.colour": furColours}
	for said, animal := range map[string]string{"cat": "cat", "dog": "dog", "rabbit": "rabbit", "bunny": "rabbit", "bird": "bird"} {
		out[said] = word{map[string]string{"animals.animal": animal}, fur}
	}
	seat := map[string]list{"animals.place_colour": seatColours}
	for said, place := range map[string]string{"sofa": "sofa", "couch": "sofa", "bed": "bed", "carpet": "carpet", "rug": "carpet"} {
		out[said] = word{map[string]string{"animals.place": place}, seat}
	}
	show(out, "animals.place", "grass beach snow")
	mean(out, "animals.place", "grass", "meadow")
	mean(out, "animals.collar", "yes", "collar")
	mean(out, "animals.ball", "yes", "ball")
	return out
}

func landscapeWords() map[string]word {
	out := map[string]word{}
	show(out, "landscapes.feature", "river street forest desert lake field")
	mean(out, "landscapes.feature", "street", "road")
	show(out, "landscapes.hour", "day sunset sunrise night")
	mean(out, "landscapes.hour", "sunset", "dusk evening")
	mean(out, "landscapes.hour", "sunrise", "dawn morning")
	show(out, "landscapes.season", "summer autumn winter spring")
	mean(out, "landscapes.season", "autumn", "fall")
	mean(out, "landscapes.season", "winter", "snowy")
	show(out, "landscapes.weather", "cloudy rain fog snowfall")
	mean(out, "landscapes.weather", "cloudy", "clouds")
	mean(out, "landscapes.weather", "rain", "rainy")
	mean(out, "landscapes.weather", "fog", "foggy")
	show(out, "landscapes.range", "mountains hills")
	show(out, "landscapes.thing", "house castle tree")
	mean(out, "landscapes.boat", "yes", "boat")
	mean(out, "landscapes.moon", "yes", "moon")
	mean(out, "landscapes.sun", "yes", "sun")
	return out
}

// show adds words that are themselves values of an attribute.
func show(words map[string]word, attribute string, values list) {
	for _, value := range strings.Fields(string(values)) {
		words[value] = word{shows: map[string]string{attribute: value}}
	}
}

// mean adds words that stand for a value of an attribute.
func mean(words map[string]word, attribute, value string, said list) {
	for _, w := range strings.Fields(string(said)) {
		words[w] = word{shows: map[string]string{attribute: value}}
	}
}

// An Insertion is words to put into a prompt at a byte of it.
type Insertion struct {
	At   int
	Text string
}

// Name is what to put into a prompt, in order, so that it says that an attribute
// has a value: an adjective before its noun where the prompt has that, else a
// phrase at the end. It is nothing for what is never said.
func Name(prompt, attribute, value string) []Insertion {
	domain, _, _ := strings.Cut(attribute, ".")
	tokens := tokenise(prompt)
	if domainOf(tokens) != domain {
		return nil
	}
	words := wordsOf(domain)
	for i, t := range tokens {
		if words[t.word].takes[attribute].has(value) {
			return adjective(tokens, i, attribute, value)
		}
	}
	if phrase := phraseOf(attribute); phrase != "" {
		return []Insertion{{len(prompt), " " + strings.Replace(phrase, "*", value, 1)}}
	}
	return nil
}

// adjective puts a value before the noun at i: lengths before textures before
// colours. "A" becomes "an" where it has to.
func adjective(tokens []token, i int, attribute, value string) []Insertion {
	at := i
	for _, t := range before(tokens, i) {
		if _, kind, _ := strings.Cut(attribute, "."); kind == "length" || kind == "texture" && colours().has(t.word) {
			at--
			continue
		}
		break
	}
	out := []Insertion{{tokens[at].start, value + " "}}
	if at > 0 && tokens[at-1].word == "a" && strings.HasPrefix(value, "o") {
		out = slices.Insert(out, 0, Insertion{tokens[at-1].end, "n"})
	}
	return out
}

// phraseOf says an attribute of what a prompt does not mention; * is the value.
func phraseOf(attribute string) string {
	switch attribute {
	case "people.hair", "people.length", "people.texture":
		return "with * hair"
	case "people.backdrop":
		return "on a * background"
	case "people.shirt":
		return "wearing a * shirt"
	case "animals.wall":
		return "against a * wall"
	case "landscapes.season":
		return "in *"
	}
	return ""
}
