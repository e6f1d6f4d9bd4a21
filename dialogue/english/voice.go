package english

import "slices"

// Active writes what is asked for in the passive as an order: "the road could be
// replaced by a river" is "replace the road by a river", and "could a tree be added"
// is "add a tree".
func (en *Reader) Active(words Words) Words {
	be := slices.IndexFunc(words, func(t Token) bool { return t.Lower == "be" || t.Lower == "get" || t.Lower == "being" })
	if be < 1 || be+1 >= len(words) {
		return words
	}
	order := orderOf(words[be+1].Lower)
	subject := words[:be]
	for len(subject) > 1 && (modals.Has(subject[len(subject)-1].Lower) || subject[len(subject)-1].Lower == "to") {
		subject = subject[:len(subject)-1]
	}
	for len(subject) > 1 && modals.Has(subject[0].Lower) {
		subject = subject[1:]
	}
	n, ok := en.Parse(subject).Main()
	pronoun := len(subject) == 1 && Pronouns.Has(subject[0].Lower)
	if order == "" || !pronoun && (!ok || n.Start > 0 || n.End < len(subject) && slices.ContainsFunc(subject[n.End:], func(t Token) bool { return t.Mark || ClassOf(t.Lower) == Auxiliary })) {
		return words
	}
	rest := words[be+2:]
	verb := Tokenise(order)
	for len(rest) > 0 && (rest[0].Lower == "off" || rest[0].Lower == "away" || rest[0].Lower == "out") {
		verb, rest = append(verb, rest[0]), rest[1:]
	}
	return slices.Concat(verb, objectOf(subject), rest)
}

// objectOf is a pronoun that was the subject as an object.
func objectOf(subject Words) Words {
	if len(subject) == 1 {
		if object := map[string]string{"she": "her", "he": "him", "they": "them"}[subject[0].Lower]; object != "" {
			return Tokenise(object)
		}
	}
	return subject
}

const modals List = "could can should would must may might shall will need needs has have had ought"

// orderOf is the order that a participle of the passive stands for.
func orderOf(participle string) string {
	return map[string]string{
		"replaced": "replace", "swapped": "swap", "exchanged": "exchange", "substituted": "replace", "changed": "change", "turned": "turn", "transformed": "turn", "converted": "turn",
		"added": "add", "included": "add", "inserted": "add", "removed": "remove", "deleted": "remove", "erased": "remove", "dropped": "remove", "omitted": "remove", "taken": "take", "left": "leave",
		"made": "make", "painted": "paint", "colored": "paint", "coloured": "paint", "dyed": "dye", "put": "put", "placed": "put", "moved": "move", "given": "give",
	}[participle]
}

// Steady drops adverbs that no picture shows: "she always smiles" is "she smiles", and
// writes "blue" for "blue all over".
func (en *Reader) Steady(words Words) Words {
	for i := 1; i < len(words); i++ {
		if steady.Has(words[i].Lower) {
			words = append(words[:i:i], words[i+1:]...)
			i--
		}
	}
	for i := 0; i+2 < len(words); i++ { // "rather something like purple"
		if words[i].Lower == "something" && (words[i+1].Lower == "like" || words[i+1].Lower == "more") {
			words = append(words[:i:i], words[i+2:]...)
		}
	}
	if n := len(words); n > 3 && words[n-2].Lower == "all" && (words[n-1].Lower == "over" || words[n-1].Lower == "around") && en.IsAdjectival(words[n-3:n-2]) {
		return words[:n-2]
	}
	return words
}

const steady List = "always usually constantly permanently normally generally typically often"
