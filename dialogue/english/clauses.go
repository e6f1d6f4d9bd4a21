package english

import "slices"

// Starters are words that start a clause: after a comma or "and" they begin
// another edit.
const Starters List = "change turn convert transform switch swap morph alter make modify set edit replace substitute exchange add put place insert include draw paint give remove delete erase get take drop lose let have use apply undo revert without more less wear open close color colour dye move keep increase decrease reduce render hide show bring crop rotate flip zoom tilt mirror resize improve fix trade blur sharpen brighten darken save delete download leave cheer go straighten lengthen shorten curl widen undo"

// Clauses splits a request into its edits: at full stops and semicolons, at commas
// and connectives before a word that starts a clause. What a later clause
// leaves out it takes from the one before: "make her hair red and the shirt
// blue".
func (en *Reader) Clauses(tokens Words) []Words {
	var out []Words
	start := 0
	cut := func(end, next int) {
		if part := en.Polite(tokens[start:end]); len(part) > 0 {
			out = append(out, en.completed(out, part))
		}
		start = next
	}
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		switch {
		case t.Lower == "." || t.Lower == ";" || t.Lower == "!" || t.Lower == "?":
			cut(i, i+1)
		case t.Lower == ":" && i > start && i+2 < len(tokens) && Starters.Has(tokens[i+1].Lower):
			cut(i, i+1) // "less busy: take the boat away"
		case i > start && i+1 < len(tokens) && en.repeatsOpening(tokens[start:i], tokens[i:]):
			cut(i, i) // "no hat no glasses", "more trees less sky"
		case t.Lower == "then" && i > start:
			cut(i, i+1)
		case t.Lower == "with" && i > start && en.setsMoment(tokens[start:i]):
			cut(i, i) // "at night with glasses"
		case i > start && en.sparing(tokens[i:]):
			cut(i, i) // "without touching the hair"
		case t.Lower == "," && i > start && sameAgain(tokens[i+1:]):
			cut(i, i+1) // "blond hair, same beard"
		case t.Lower == "but" && i > start && i+1 < len(tokens) && tokens[start].Lower != "not" && !allWords.Has(tokens[i-1].Lower):
			cut(i, i+1)
		case t.Lower == "," || t.Lower == "and" || t.Lower == "&" || t.Lower == "+":
			next := skipJoints(tokens, i)
			if i > start && next < len(tokens) && en.startsClause(tokens[start:i], tokens[next:]) {
				cut(i, next)
				i = next - 1
			}
		}
	}
	cut(len(tokens), len(tokens))
	return out
}

// repeatsOpening tells whether words begin as the clause before them did, by the
// same kind of word: "no", "more" and "less".
func (en *Reader) repeatsOpening(before, after Words) bool {
	first, next := before[0].Lower, after[0].Lower
	if len(before) < 2 || before[len(before)-1].Mark || !countless.Has(first) || !countless.Has(next) || countless.Has(before[len(before)-1].Lower) {
		return false
	}
	return (first == "no") == (next == "no") && en.Possible(before[len(before)-1].Lower).Noun > 0
}

const countless List = "no more less fewer"

// setsMoment tells whether words are a time or weather, or ask for it: "at night",
// "have it at night".
func (en *Reader) setsMoment(words Words) bool {
	words = en.Polite(words)
	for len(words) > 1 && (words[0].Lower == "have" || words[0].Lower == "make" || words[0].Lower == "it" || words[0].Lower == "be" || words[0].Lower == "rather") {
		words = words[1:]
	}
	return len(words) > 0 && en.IsMoment(words)
}

// sparing tells whether words begin to say what should stay as it is.
func (en *Reader) sparing(words Words) bool {
	if len(words) < 3 {
		return false
	}
	second := words[1].Lower
	switch words[0].Lower {
	case "with":
		return second == "the" && words[2].Lower == "same"
	case "without":
		return sparingVerbs.Has(second) && second != "keeping" && second != "leaving"
	case "while", "but", "and", ",":
		if words[0].Lower == "but" && en.approves(words[1:]) {
			return true
		}
		return (second == "keeping" || second == "leaving") && len(words) > 2
	}
	return false
}

// approves tells whether words say of something that is there that it may stay: "the
// baskets are fine".
func (en *Reader) approves(words Words) bool {
	n, ok := en.Parse(words).Main()
	return ok && n.Start == 0 && words[0].Lower == "the" && n.End+2 == len(words) && ClassOf(words[n.End].Lower) == Auxiliary && Approving.Has(words[n.End+1].Lower)
}

// Approving are words that say that something is right as it is.
const Approving List = "fine good ok okay great perfect right alright lovely"

// sameAgain tells whether words begin to say what stays: "same beard", "the same hat".
func sameAgain(words Words) bool {
	if len(words) > 2 && words[0].Lower == "the" {
		words = words[1:]
	}
	return len(words) > 1 && len(words) < 4 && words[0].Lower == "same" && words[1].Lower != "colour" && words[1].Lower != "color" && !words[1].Mark
}

// allWords stand before a "but" that means "except".
const allWords List = "everything everyone everybody all nothing anything nobody it"

const sparingVerbs List = "touching changing altering modifying affecting keeping leaving"

// skipJoints steps over ", and then also please".
func skipJoints(tokens Words, i int) int {
	for i < len(tokens) && joints.Has(tokens[i].Lower) {
		i++
	}
	return i
}

// joints stand between clauses.
const joints List = ", and & + then also please finally next but now while"

// startsClause tells whether words begin an edit of their own.
func (en *Reader) startsClause(before, after Words) bool {
	barred := len(after) > 2 && (after[0].Lower == "only" || after[0].Lower == "just") && after[1].Lower == "the" // "no fog, only the hills"
	after = en.Polite(after)
	if len(after) == 0 {
		return false
	}
	first := after[0].Lower
	switch {
	case Starters.Has(first) && len(after) > 1:
		// "add a castle and color" is a list; a verb needs something after it
		// that is no "of".
		return after[1].Lower != "of" && !(ClassOf(first) == Noun && after[1].Mark)
	case before[0].Lower == "no" && len(before) > 1 && barred:
		return true
	case before[0].Lower == "no" && len(before) > 1 && !before[1].Mark && (first == "a" || first == "an" || first == "some") && len(after) > 1, first == "rather", remarks(after):
		return true
	case len(after) == 1 && (first == "undo" || first == "revert"), en.saysIs(before) && en.saysIs(untilJoint(after)):
		return true
	case hasArrow(before) && hasArrow(after), before[0].Lower == "too" && en.IsAdjectival(untilJoint(after)), before[0].Lower == "way" && len(before) > 2 && en.IsAdjectival(untilJoint(after)):
		return true
	case hasFor(before) && hasFor(untilJoint(after)), en.barely(before) && en.barely(untilJoint(after)):
		return true
	case len(after) > 2 && (first == "everything" || first == "all") && after[1].Lower == "else" || len(after) > 2 && first == "the" && (after[1].Lower == "rest" || after[1].Lower == "others") && lasting.Has(after[2].Lower):
		return true // "the hat goes, everything else stays"
	case en.saysHow(untilJoint(after)) && !Starters.Has(before[0].Lower) && len(before) > 1:
		return true
	case first == "no" && len(after) > 1 && before[0].Lower != "no" && before[0].Lower != "not" && !after[1].Mark && en.Possible(after[1].Lower).Noun > 0 && !slices.ContainsFunc(after[1:], func(t Token) bool { return t.Lower == "just" || t.Lower == "only" || t.Mark }):
		return true
	case (first == "no" || first == "with") && len(after) > 1 && Starters.Has(before[0].Lower):
		return first == "no" || before[0].Lower == "without"
	case untilJoint(after[min(1, len(after)):]).Has("instead") && after[len(after)-1].Lower == "instead" && before[0].Lower == "no" && len(before) > 1:
		return true
	case en.isComparative(untilJoint(after)) && len(before) > 1, en.isStatement(after) && en.isStatement(before):
		return true
	case dropping.Has(first) && len(after) > 1 && (ClassOf(after[1].Lower) == Determiner || ClassOf(after[1].Lower) == Possessive):
		return true // "keep the shirt, ditch the beard"
	case en.isFate(before) && en.isFate(untilJoint(after)), first == "away" && len(after) > 2 && after[1].Lower == "with":
		return true
	case Starters.Has(before[0].Lower) && ClassOf(first) != Noun && en.isStatement(after) && (first == "the" || ClassOf(first) == Possessive), en.takesPlace(untilJoint(after)):
		return true
	case en.gapped(before, after) != nil, en.IsMoment(untilJoint(after)) && len(before) > 1:
		return true
	}
	return false
}

// saysIs tells whether words are "the car's blue".
func (en *Reader) saysIs(words Words) bool {
	i := slices.IndexFunc(words, func(t Token) bool { return t.Lower == "'s" })
	return i > 0 && i < 3 && i+1 < len(words) && en.IsAdjectival(words[i+1:]) && en.Possible(words[len(words)-1].Lower).Noun <= en.Possible(words[len(words)-1].Lower).Adjective
}

// hasArrow tells whether words say what becomes what: "red → blue".
func hasArrow(words Words) bool {
	return words.Has("→")
}

// hasFor tells whether words are something for somebody: "a hat for the dog".
func hasFor(words Words) bool {
	i := slices.IndexFunc(words, func(t Token) bool { return t.Lower == "for" })
	return i > 0 && i+1 < len(words)
}

// barely tells whether words are a noun and how it should be, without a verb: "hair
// longer", "the dress red".
func (en *Reader) barely(words Words) bool {
	words = words.TrimMarks()
	if len(words) < 2 || len(words) > 5 || Starters.Has(words[0].Lower) {
		return false
	}
	for n := 1; n < len(words); n++ {
		q := en.Parse(words[:n])
		name, ok := q.Main()
		if !ok || name.Start > 0 || name.End < n {
			continue
		}
		rest := words[n:]
		if en.isComparative(rest) || en.IsAdjectival(rest) && en.Possible(words[n-1].Lower).Noun > 0 && !en.IsColour(words[n-1].Lower) && en.Guess(rest[len(rest)-1]) != Noun {
			return true
		}
	}
	return false
}

// saysHow tells whether words are a thing that is there, and how it should be: "the
// street empty".
func (en *Reader) saysHow(words Words) bool {
	if len(words) < 3 || words[0].Lower != "the" && ClassOf(words[0].Lower) != Possessive {
		return false
	}
	n, ok := en.Parse(words).Main()
	return ok && n.Start == 0 && n.End < len(words) && en.IsAdjectival(words[n.End:])
}

// remarks tells whether words begin a sentence about the speaker or the picture: "I
// don't like it", "it looks odd".
func remarks(words Words) bool {
	if len(words) > 1 && words[0].Lower == "it" && (words[1].Lower == "snows" || words[1].Lower == "rains") {
		return true
	}
	if len(words) < 3 {
		return false
	}
	switch words[0].Lower {
	case "it's", "that's":
		return words[1].Lower == "too" || words[2].Lower == "too"
	case "i", "it", "that", "she", "he", "they":
		return ClassOf(words[1].Lower) == Auxiliary || remarkVerbs.Has(words[1].Lower)
	}
	return false
}

const remarkVerbs List = "like love hate think want prefer need feel mean look looks seem seems snows rains"

// isComparative tells whether words are a comparative with its degree words: "a
// bit redder".
func (en *Reader) isComparative(words Words) bool {
	for len(words) > 1 && DegreeWords.Has(words[0].Lower) {
		words = words[1:]
	}
	if len(words) != 1 {
		return false
	}
	_, ending, ok := en.Degree(words[0].Lower)
	return ok && ending == "er" && !en.PlainAdjective(words[0].Lower)
}

// isStatement tells whether words begin as "her hair is …".
func (en *Reader) isStatement(words Words) bool {
	q := en.Parse(words)
	n, ok := q.Main()
	if ok && n.Start == 0 && n.End < len(words) && lasting.Has(words[n.End].Lower) {
		return true // "the hat stays"
	}
	return ok && n.Start == 0 && n.End+1 < len(words) && (words[n.End].Lower == "is" || words[n.End].Lower == "are" || words[n.End].Lower == "should" || words[n.End].Lower == "has")
}

// dropping are verbs that ask for something to go.
const dropping List = "ditch bin chuck dump scrap scratch forget kill skip nix axe shave strip eliminate exclude omit trash toss"

// isFate tells whether words are a thing and whether it stays: "the hat can go", "collar
// on".
func (en *Reader) isFate(words Words) bool {
	words = en.Polite(words)
	last := len(words) - 1
	if last < 1 || last > 5 || Starters.Has(words[0].Lower) || !fates.Has(words[last].Lower) {
		return false
	}
	if last > 1 && ClassOf(words[last-1].Lower) == Auxiliary {
		last--
	}
	n, ok := en.Parse(words[:last]).Main()
	return ok && n.Start == 0 && n.End == last
}

const fates List = "stays stay remains remain goes go off on away gone out kept back leave leaves disappear vanish"

// takesPlace tells whether words say what comes in the place of what went: "a castle
// goes in its place".
func (en *Reader) takesPlace(words Words) bool {
	n, ok := en.Parse(words).Main()
	return ok && n.Start == 0 && n.End+1 < len(words) && List("goes comes moves").Has(words[n.End].Lower) && (words.Has("place") || words.Has("there") || words.Has("instead"))
}

const lasting List = "stays stay remains remain goes go"

func untilJoint(tokens Words) Words {
	end := slices.IndexFunc(tokens, func(t Token) bool { return t.Mark || t.Lower == "and" })
	if end < 0 {
		return tokens
	}
	return tokens[:end]
}

// completed gives a clause without a verb the verb of the clause before.
func (en *Reader) completed(before []Words, part Words) Words {
	if len(before) == 0 || Starters.Has(part[0].Lower) {
		return part
	}
	if full := en.gapped(before[len(before)-1], part); full != nil {
		return full
	}
	return part
}

// givesAnother tells whether words are somebody and what they get: "the girl a scarf",
// "her a hat".
func (en *Reader) givesAnother(part Words) bool {
	if len(part) < 3 {
		return false
	}
	first := ClassOf(part[0].Lower)
	if w := part[0].Lower; w == "her" || w == "him" || w == "them" || w == "it" {
		return ClassOf(part[1].Lower) == Determiner
	}
	n, ok := en.Parse(part).Main()
	return ok && n.Start == 0 && n.End < len(part) && (first == Determiner || first == Possessive) && ClassOf(part[n.End].Lower) == Determiner
}

// possessed writes "her hair red" for "hers red" after "make his hair gray".
func (en *Reader) possessed(before, part Words) Words {
	owner := map[string]string{"hers": "her", "his": "his", "theirs": "their"}[part[0].Lower]
	if owner == "" || len(part) < 2 || !en.IsAdjectival(part[1:]) {
		return part
	}
	said := en.Parse(before)
	for _, n := range said.Nouns {
		if said.Tags[n.Start] == Possessive || n.Owner >= 0 {
			return slices.Concat(Tokenise(owner), before[n.Head:n.Head+1], part[1:])
		}
	}
	return part
}

// gapped completes "the shirt blue" after "make her hair red", and "grass to snow"
// after "change the cat to a dog"; nil where nothing was left out.
func (en *Reader) gapped(before, part Words) Words {
	if len(before) < 2 || en.isComparative(untilJoint(part)) {
		return nil
	}
	part = en.possessed(before, part)
	end := slices.IndexFunc(part, func(t Token) bool { return t.Mark || t.Lower == "and" })
	if end < 0 {
		end = len(part)
	}
	switch verb := before[0].Lower; verb {
	case "give":
		if en.givesAnother(part[:end]) {
			return slices.Concat(before[:1], part)
		}
	case "make", "turn", "paint", "color", "colour", "let", "have":
		q := en.Parse(part[:end])
		n, ok := q.Main()
		if said := en.Parse(before[1:]); len(said.Nouns) > 0 && said.Nouns[len(said.Nouns)-1].End == len(before)-1 && verb != "have" && !(len(before) > 3 && en.IsAdjectival(before[len(before)-1:])) {
			return nil // "make the car and the house blue"
		}
		if n.End == end && end > 2 && en.IsColour(part[end-1].Lower) {
			n.End-- // "the dog orange"
		}
		if ok && n.Start == 0 && n.End < end && (ClassOf(part[0].Lower) == Determiner || q.Tags[0] == Possessive || n.Owner >= 0) && en.IsAdjectival(part[n.End:end]) {
			return slices.Concat(before[:1], part)
		}
	case "change", "replace", "swap", "switch", "convert", "transform":
		joint := slices.IndexFunc(part[:end], func(t Token) bool {
			return t.Lower == "to" || t.Lower == "with" || t.Lower == "into" || t.Lower == "by"
		})
		if joint > 0 && joint < end-1 && before.Has(part[joint].Lower) {
			return slices.Concat(before[:1], part)
		}
	}
	return nil
}
