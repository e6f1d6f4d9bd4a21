package bot

import "strings"

// What the judge's attributes are called, and which hang together.

// thing names what a wish is about if it is a thing: boat, glasses.
func thing(w wish) string {
	domain, attribute, _ := strings.Cut(w.name, ".")
	switch {
	case attribute == "mood" && w.value == "smile":
		return "smile"
	case attribute == "glasses", attribute == "thing":
		return w.value
	case domain == "domain" || w.value != "yes":
		return ""
	}
	return attribute
}

// one is the thing with its article, gone says that it is not there any more.
func one(w wish) string {
	if name := thing(w); strings.HasSuffix(name, "s") {
		return name
	}
	return "a " + thing(w)
}

func gone(w wish) string {
	if name := thing(w); strings.HasSuffix(name, "s") {
		return "the " + name + " are gone"
	}
	return "the " + thing(w) + " is gone"
}

// looks says what an attribute looks like.
func looks(name, value string) string {
	_, attribute, _ := strings.Cut(name, ".")
	switch attribute {
	case "hair", "length", "texture":
		return "the hair looks " + value
	case "hat_colour":
		return "the hat looks " + value
	case "backdrop":
		return "the background looks " + value
	case "shirt", "wall":
		return "the " + attribute + " looks " + value
	case "eyes":
		return "the eyes look " + value
	case "mood":
		return "the face looks " + map[string]string{"smile": "happy", "sad": "sad", "neutral": "neutral"}[value]
	case "colour":
		return "the fur looks " + value
	case "place_colour":
		return "the seat looks " + value
	}
	return "it looks like " + value
}

// upset are the attributes that an edit of one may change too: night puts the sun
// away, and a hat hides the hair.
func upset(name string) []string {
	domain, attribute, _ := strings.Cut(name, ".")
	with := map[string][]string{
		"hat":     {"hair", "length", "texture", "hat_colour"},
		"length":  {"texture", "earrings"},
		"texture": {"length"},
		"who":     {"beard", "length", "texture", "hair", "freckles", "earrings", "mood"},
		"glasses": {"eyes", "freckles"},
		"beard":   {"mood", "who", "freckles"},
		"mood":    {"beard"},
		"hour":    {"sun", "moon", "weather", "season"},
		"weather": {"sun", "moon", "season", "hour"},
		"season":  {"weather", "feature", "sun", "thing"},
		"feature": {"season", "boat", "thing", "weather", "place"},
		"animal":  {"colour", "collar"},
		"place":   {"place_colour", "wall", "feature"},
		"colour":  {"collar"},
	}[attribute]
	out := []string{name}
	for _, other := range with {
		out = append(out, domain+"."+other)
	}
	return out
}

// lasting reports whether the judge is so sure of an attribute that its change is
// told though nobody asked for it.
func lasting(name string) bool {
	switch name {
	case "people.who", "people.hair", "people.glasses", "people.hat", "people.beard", "people.earrings", "people.backdrop",
		"landscapes.feature", "landscapes.hour", "landscapes.boat", "landscapes.thing",
		"animals.animal", "animals.colour", "animals.place", "animals.hat", "animals.collar":
		return true
	}
	return false
}

// endangered are the attributes that an edit may lose where the prompt does not
// say them.
func endangered(changed []wish) []string {
	var out []string
	for _, w := range changed {
		_, attribute, _ := strings.Cut(w.name, ".")
		switch attribute {
		case "texture":
			out = append(out, "people.hair")
		case "length":
			out = append(out, "people.texture", "people.hair")
		}
	}
	return out
}
