package english

import "slices"

// Who says how something is to be says it in many ways: "might his hair be longer?",
// "the hat shall be blue", "he'd look good in glasses", "a jug would do better than the
// vase", "far away there is a tower". Each is written here as the sentence that says the
// same in the plainest words, so that no rule has to know more than that one.

// Stated writes a statement, a wish or a suggestion in its plainest form.
func (en *Reader) Stated(words Words) Words {
	for _, plain := range [...]func(Words) Words{
		en.slight, lacking, praised, en.doing, en.coloured, en.corrected, en.happening, unnamed, uninverted, en.proposed, due, apart, en.floated, en.becoming, en.preferred, en.onTopic, en.said, en.equipped, pushed, en.placed, en.thereIs, en.appeared,
	} {
		if said := plain(words); len(said) > 0 {
			words = said
		}
	}
	return words
}

// slight writes "just a touch longer" as "a bit longer".
func (en *Reader) slight(words Words) Words {
	for i := 1; i+1 < len(words); i++ {
		if words[i-1].Lower != "a" || !touches.Has(words[i].Lower) {
			continue
		}
		rest := words[i+1:]
		if rest[0].Lower == "bit" {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			return words
		}
		if _, ending, ok := en.Degree(rest[0].Lower); ok && ending == "er" || rest[0].Lower == "more" || rest[0].Lower == "less" || rest[0].Lower == "too" {
			return slices.Concat(words[:i], Tokenise("bit"), rest)
		}
	}
	return words
}

const touches List = "touch tad smidge smidgen hint hair tiny wee notch shade trifle fraction"

// lacking writes "he is missing a hat" as "he needs a hat", and "there is a hat missing" as
// "a hat is missing".
func lacking(words Words) Words {
	for i := 1; i+1 < len(words); i++ {
		if w := words[i].Lower; w == "lacks" || w == "lack" {
			return slices.Concat(words[:i], Tokenise("needs"), words[i+1:])
		}
		if (words[i].Lower == "is" || words[i].Lower == "are") && (words[i+1].Lower == "missing" || words[i+1].Lower == "lacking") && i+2 < len(words) {
			return slices.Concat(words[:i], Tokenise("needs"), words[i+2:])
		}
	}
	if n := len(words); n > 3 && words[0].Lower == "there" && words[n-1].Lower == "missing" {
		return slices.Concat(words[2:n-1], Tokenise("is missing"))
	}
	return words
}

// praised writes "would be a nice touch" as "would be nice".
func praised(words Words) Words {
	n := len(words)
	if n > 4 && List("touch addition idea detail choice plus option").Has(words[n-1].Lower) && (words[n-3].Lower == "a" || words[n-3].Lower == "an") && modals.Has(words[n-5].Lower) && words[n-4].Lower == "be" {
		return slices.Concat(words[:n-3], words[n-2:n-1])
	}
	return words
}

// doing writes what is suggested of somebody as what they are to do: "how about him
// having a beard" is "let him have a beard".
func (en *Reader) doing(words Words) Words {
	for _, lead := range phrases("what about", "how about", "with") {
		if words.StartsWith(lead...) {
			words = words[len(lead):]
			break
		}
	}
	if len(words) > 1 && List("she he they").Has(words[0].Lower) {
		return words // "how about she wears a hat"
	}
	if len(words) < 2 || !List("him her them").Has(words[0].Lower) || !en.Possible(words[1].Lower).Gerund && words[1].Lower != "having" && words[1].Lower != "being" && words[1].Lower != "wearing" {
		return nil
	}
	if len(words) > 2 && words[0].Lower == "her" && !List("having wearing being holding").Has(words[1].Lower) {
		return nil // "her smiling face"
	}
	return slices.Concat(Tokenise("let"), words[:1], Tokenise(en.VerbBase(words[1].Lower)), words[2:])
}

// coloured writes "the colour of her hair is blond" and "shirt color: blue" as "make her
// hair blond".
func (en *Reader) coloured(words Words) Words {
	at := slices.IndexFunc(words, func(t Token) bool { return t.Lower == "colour" || t.Lower == "color" })
	if at < 0 || at+1 >= len(words) || len(words) > 9 || Starters.Has(words[0].Lower) {
		return nil
	}
	what, how := words[:at], words[at+1:]
	if how[0].Lower == "of" && at < 2 {
		n, ok := en.Parse(how[1:]).Main()
		if !ok || n.Start > 0 {
			return nil
		}
		what, how = how[1:1+n.End], how[1+n.End:]
	}
	for len(how) > 1 && (how[0].Mark || ClassOf(how[0].Lower) == Auxiliary) {
		how = how[1:]
	}
	if n := len(what); n > 1 && what[n-1].Lower == "'s" {
		what = what[:n-1]
	}
	if len(what) == 0 || len(how) == 0 || !en.IsAdjectival(how) || !en.IsColour(how[len(how)-1].Lower) {
		return nil
	}
	if n, ok := en.Parse(what).Main(); !ok || n.Start > 0 || n.End < len(what) {
		return nil
	}
	return slices.Concat(Tokenise("make"), what, how)
}

// corrected writes "her hair isn't red, it's blond" as "her hair should be blond,
// not red".
func (en *Reader) corrected(words Words) Words {
	comma := slices.IndexFunc(words, func(t Token) bool { return t.Mark })
	not := slices.IndexFunc(words, func(t Token) bool { return t.Lower == "isn't" || t.Lower == "aren't" || t.Lower == "wasn't" })
	if not < 1 || comma < not || comma+2 >= len(words) {
		return nil
	}
	rest := words[comma+1:]
	switch {
	case rest[0].Lower == "it's":
		rest = rest[1:]
	case Pronouns.Has(rest[0].Lower) && isForm.Has(rest[1].Lower):
		rest = rest[2:]
	default:
		return nil
	}
	if !en.IsAdjectival(rest) || !en.IsAdjectival(words[not+1:comma]) {
		return nil
	}
	return slices.Concat(words[:not], Tokenise("should be"), rest, Tokenise(", not"), words[not+1:comma])
}

// unnamed gives a sentence without a subject one: "looks dull" is "it looks dull", and
// "needs a castle" is "add a castle".
func unnamed(words Words) Words {
	for _, lead := range phrases("needs", "could use", "could do with", "would be nice with", "would be cool with", "would be better with", "would look good with", "would look better with") {
		if words.StartsWith(lead...) && len(words) > len(lead) {
			if rest := words[len(lead):]; rest[0].Lower == "more" || rest[0].Lower == "less" {
				return rest
			}
			return slices.Concat(Tokenise("add"), words[len(lead):])
		}
	}
	if len(words) > 1 && List("looks feels seems").Has(words[0].Lower) && words[1].Lower != "like" {
		return slices.Concat(Tokenise("it"), words)
	}
	return words
}

// uninverted writes a question that suggests something as what it suggests: "might his
// hair be longer" is "let his hair be longer".
func uninverted(words Words) Words {
	if len(words) < 3 || !suggesting.Has(words[0].Lower) || words[1].Lower == "you" || words[1].Lower == "i" || words[1].Lower == "we" || words[1].Lower == "there" {
		return words
	}
	if possible(words) > 0 {
		return words
	}
	subject := words[1:]
	if object := objectOf(subject[:1]); object[0].Lower != subject[0].Lower {
		subject = slices.Concat(object, subject[1:])
	}
	return slices.Concat(Tokenise("let"), subject)
}

const suggesting List = "might may would could can shouldn't couldn't wouldn't can't"

// proposed writes "would purple be possible for the shirt" as "make the shirt purple", and
// "a hat for him" for "would a hat be possible for him".
func (en *Reader) proposed(words Words) Words {
	at := possible(words)
	if at == 0 {
		return words
	}
	what, rest := words[1:at], words[at:]
	i := slices.IndexFunc(rest, func(t Token) bool { return t.Lower == "for" || t.Lower == "on" })
	if i < 0 || i+1 == len(rest) {
		return words
	}
	if en.IsAdjectival(what) {
		return slices.Concat(Tokenise("make"), rest[i+1:], what)
	}
	return slices.Concat(what, rest[i:])
}

// possible is where in a question whether something is possible its "be" stands: "would
// purple be possible"; 0 in all other words.
func possible(words Words) int {
	if len(words) < 4 || !suggesting.Has(words[0].Lower) {
		return 0
	}
	be := slices.IndexFunc(words, func(t Token) bool { return t.Lower == "be" || t.Lower == "work" })
	if be < 2 || words[be].Lower == "be" && !words[be+1:].HasAny("possible option okay ok allowed fine alright choice feasible") {
		return 0
	}
	return be
}

// due writes what says that something is to be as "should": "shall", "is to", "is
// supposed to", "had better".
func due(words Words) Words {
	for i := 1; i+1 < len(words); i++ {
		for _, phrase := range obligations() {
			if words[i:].StartsWith(phrase...) && i+len(phrase) < len(words) {
				should := "should"
				if phrase[len(phrase)-1] == "be" {
					should = "should be"
				}
				return slices.Concat(words[:i], Tokenise(should), words[i+len(phrase):])
			}
		}
	}
	return words
}

func obligations() [][]string {
	return phrases("shall", "is to", "are to", "is supposed to", "are supposed to", "was supposed to", "were supposed to", "is meant to", "are meant to", "was meant to", "were meant to", "had better", "would better", "ought to", "has got to", "have got to", "is got to", "wants to be", "want to be", "is going to", "are going to", "might", "may")
}

// apart moves "both" and "each" from the verb to its subject: "they should both wear"
// is "they both should wear".
func apart(words Words) Words {
	for i := 2; i+1 < len(words); i++ {
		if w := words[i].Lower; (w == "both" || w == "each") && ClassOf(words[i-1].Lower) == Auxiliary && words[i-2].Lower == "they" {
			return slices.Concat(words[:i-1], words[i:i+1], words[i-1:i], words[i+1:])
		}
	}
	return words
}

// floated drops "also" between a subject and its verb, and writes "he is got" as "he
// has".
func (en *Reader) floated(words Words) Words {
	for i := 1; i+1 < len(words); i++ {
		next := words[i+1].Lower
		_, verb := en.VerbLemma(next)
		switch {
		case adding.Has(words[i].Lower) && (verb || ClassOf(next) == Auxiliary) && !words[i-1].Mark:
			return slices.Concat(words[:i], words[i+1:])
		case (words[i].Lower == "is" || words[i].Lower == "has" || words[i].Lower == "have") && next == "got" && i+2 < len(words):
			return slices.Concat(words[:i], Tokenise("has"), words[i+2:])
		}
	}
	return words
}

// happening writes where or when all of it is as "everything" there: "the scene takes
// place at night".
func (en *Reader) happening(words Words) Words {
	for _, whole := range phrases("it all", "all of it", "all of this", "all this", "the whole thing", "the scene", "the whole scene", "everything", "it", "this", "the picture", "the action") {
		if !words.StartsWith(whole...) {
			continue
		}
		rest := words[len(whole):]
		for len(rest) > 0 && (rest[0].Lower == "should" || modals.Has(rest[0].Lower)) {
			rest = rest[1:]
		}
		for _, verb := range phrases("takes place", "take place", "happens", "happen", "is set", "be set", "plays", "play") {
			if rest.StartsWith(verb...) && len(rest) > len(verb)+1 && ClassOf(rest[len(verb)].Lower) == Preposition {
				return slices.Concat(Tokenise("everything"), rest[len(verb):])
			}
		}
		if whole[0] == "everything" && len(rest) > 1 && (rest[0].Lower == "be" || rest[0].Lower == "is") && en.IsAdjectival(rest[1:]) && !Praise.Has(rest[len(rest)-1].Lower) {
			return slices.Concat(Tokenise("make everything"), rest[1:])
		}
	}
	return words
}

const adding List = "also additionally even"

// becoming writes verbs of becoming as "be" where a quality follows: "let it grow long",
// "the sky turns red".
func (en *Reader) becoming(words Words) Words {
	for i := 1; i+1 < len(words); i++ {
		lemma, ok := en.VerbLemma(words[i].Lower)
		if !ok || !become.Has(lemma) || !en.IsAdjectival(words[i+1:]) || en.Possible(words[len(words)-1].Lower).Gerund || !en.namesAll(words[:i]) {
			continue
		}
		be := "should be"
		if words[0].Lower == "let" || words[0].Lower == "have" || words[0].Lower == "make" || modals.Has(words[i-1].Lower) {
			be = "be"
		}
		return slices.Concat(words[:i], Tokenise(be), words[i+1:])
	}
	return words
}

// Having are verbs, in their base form, that say no more than that somebody has
// something: "they both carry baskets", "he sports a beard".
const Having List = "carry sport own possess boast grow develop acquire"

// Standing are verbs, in their base form, that say of things no more than where they are.
const Standing List = "stand lie run stretch rise hang flow wind tower loom"

const become List = "become turn go grow get"

// namesAll tells whether words are a phrase that names something, with what stands before
// and after it in an order: "let her hair", "the sky should".
func (en *Reader) namesAll(words Words) bool {
	if len(words) > 1 && (words[0].Lower == "let" || words[0].Lower == "have" || words[0].Lower == "make") {
		words = words[1:]
	}
	if len(words) > 1 && modals.Has(words[len(words)-1].Lower) {
		words = words[:len(words)-1]
	}
	if len(words) == 1 && (Pronouns.Has(words[0].Lower) || ClassOf(words[0].Lower) == Pronoun) {
		return words[0].Lower != "i" && words[0].Lower != "you" && words[0].Lower != "we"
	}
	n, ok := en.Parse(words).Main()
	return ok && n.Start == 0 && n.End == len(words)
}

// onTopic writes "for the shirt, blue" as "make the shirt blue".
func (en *Reader) onTopic(words Words) Words {
	topic := words
	for _, lead := range phrases("as for", "for", "regarding", "concerning", "as to", "on") {
		if words.StartsWith(lead...) {
			topic = words[len(lead):]
			break
		}
	}
	i := slices.IndexFunc(topic, func(t Token) bool { return t.Mark })
	if len(topic) == len(words) || i < 1 || i+1 == len(topic) || topic[i].Lower != "," && topic[i].Lower != ":" {
		return words
	}
	n, ok := en.Parse(topic[:i]).Main()
	if !ok || n.Start > 0 || n.End < i || !en.IsAdjectival(topic[i+1:]) {
		return words
	}
	return slices.Concat(Tokenise("make"), topic[:i], topic[i+1:])
}

// said puts what follows somebody who gets something to the thing that they get: "a
// scarf for her, in gray" is "a scarf, in gray for her".
func (en *Reader) said(words Words) Words {
	n := len(words)
	in := slices.IndexFunc(words, func(t Token) bool { return t.Mark })
	to := slices.IndexFunc(words, func(t Token) bool { return t.Lower == "for" })
	if to < 1 || in < to || in+2 >= n || words[in].Lower != "," || words[in+1].Lower != "in" || !en.IsAdjectival(words[in+2:]) || Starters.Has(words[0].Lower) {
		return words
	}
	thing, ok := en.Parse(words[:to]).Main()
	if !ok || thing.Start > 0 || thing.End < to {
		return words
	}
	at := en.Parse(words[:to]).SkipDeterminer(thing)
	return slices.Concat(words[:at], words[in+2:], words[at:in])
}
