package bot

import (
	"strings"

	"pentimento/models/judge"
)

// reading is what a picture shows in words, as far as it is seen: a prompt of the
// kind that the bundled model was trained on. It is empty where nothing is seen.
func reading(seen judge.Seen) string {
	first := func(name string) string {
		if values := seen[name]; len(values) > 0 {
			return values[0]
		}
		return ""
	}
	switch first("domain") {
	case "people":
		return readPerson(first)
	case "landscapes":
		return readLandscape(first)
	case "animals":
		return readAnimal(first)
	}
	return ""
}

// readPerson describes a person by the likeliest value of each attribute.
func readPerson(first func(string) string) string {
	of := func(attribute string) string { return first("people." + attribute) }
	with := []string{words(of("length"), of("texture"), of("hair"), "hair")}
	if glasses := of("glasses"); glasses != "none" && glasses != "" {
		with = append(with, glasses)
	}
	for _, thing := range []struct{ attribute, said string }{{"beard", "a beard"}, {"earrings", "earrings"}, {"freckles", "freckles"}} {
		if of(thing.attribute) == "yes" {
			with = append(with, thing.said)
		}
	}
	if of("hat") == "yes" {
		with = append(with, article(words(of("hat_colour"), "hat")))
	}
	switch of("mood") {
	case "smile":
		with = append(with, "a smile")
	case "sad":
		with = append(with, "a sad mouth")
	}
	out := words("a", of("who")) + "'s face with " + enumerated(with)
	if backdrop := of("backdrop"); backdrop != "" {
		out += " on " + article(backdrop+" background")
	}
	return out
}

// readLandscape describes a landscape so.
func readLandscape(first func(string) string) string {
	of := func(attribute string) string { return first("landscapes." + attribute) }
	out := article(of("feature"))
	if of("feature") == "snow" {
		out = "snow"
	}
	place := "in front of"
	if of("place") == "between" {
		place = "between"
	}
	out = words(out, place, of("range"))
	var things []string
	if thing := of("thing"); thing != "none" && thing != "" {
		things = append(things, article(thing))
	}
	for _, thing := range []string{"boat", "moon", "sun"} {
		if of(thing) == "yes" {
			things = append(things, article(thing))
		}
	}
	if len(things) > 0 {
		out += " with " + enumerated(things)
	}
	if season := of("season"); season != "" && of("feature") != "snow" {
		out += " in " + season
	}
	hours := map[string]string{"sunset": " at sunset", "sunrise": " at sunrise", "night": " at night"}
	weathers := map[string]string{"cloudy": " under a cloudy sky", "rain": " in the rain", "fog": " in fog", "snowfall": " in falling snow"}
	return out + hours[of("hour")] + weathers[of("weather")]
}

// readAnimal describes an animal so.
func readAnimal(first func(string) string) string {
	of := func(attribute string) string { return first("animals." + attribute) }
	out := article(words(of("colour"), of("animal")))
	switch place := of("place"); place {
	case "grass", "beach":
		out += " on the " + place
	case "snow":
		out += " in the snow"
	case "":
	default:
		out += " on " + article(words(of("place_colour"), place))
	}
	var with []string
	if of("hat") == "yes" {
		with = append(with, article(words(of("hat_colour"), "hat")))
	}
	if of("collar") == "yes" {
		with = append(with, "a collar")
	}
	if of("ball") == "yes" {
		with = append(with, article(words(of("ball_colour"), "ball")))
	}
	if len(with) > 0 {
		out += " with " + enumerated(with)
	}
	return out
}

// words joins those that there are.
func words(all ...string) string { return strings.Join(strings.Fields(strings.Join(all, " ")), " ") }

// article is a noun with its article.
func article(noun string) string {
	if noun != "" && strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
