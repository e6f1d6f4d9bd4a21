package english

import (
	"slices"
	"strings"
)

// People wrap what they ask for: "it would be nice if his shirt were green", "I wish he
// had a hat", "a hat, if that isn't too much trouble". What is wrapped is a clause by
// itself, in the mood of wishes, and that mood changes none of its words that count.

// unwished drops the words by which somebody wishes for what follows: "I'd love it if",
// "would it be okay if", "it would be nice for". They end in a connective, and
// nothing before it says anything of the picture.
func unwished(words Words) Words {
	if comma := slices.IndexFunc(words, func(t Token) bool { return t.Mark }); len(words) > 0 && words[0].Lower == "if" && comma > 2 && judges(words[comma+1:]) {
		return words[1:comma] // "if she had blue eyes, she'd look better"
	}
	for i, t := range words[:min(len(words), wishLimit)] {
		switch {
		case (t.Lower == "if" || t.Lower == "for" || t.Lower == "to" && words[0].Lower == "it") && i > 1 && i+2 < len(words) && words[:i].HasAny(liking):
			return words[i+1:]
		case !wishing.Has(t.Lower):
			return words
		}
	}
	return words
}

// judges tells whether words say only that something would be good: "she'd look
// better".
func judges(words Words) bool {
	good, would := false, false
	for _, t := range words {
		good = good || Praise.Has(t.Lower) || compared.Has(t.Lower) || liking.Has(t.Lower)
		would = would || modals.Has(t.Lower) || strings.HasSuffix(t.Lower, "'d")
		if !t.Mark && !Praise.Has(t.Lower) && !compared.Has(t.Lower) && !wishing.Has(t.Lower) && !Pronouns.Has(t.Lower) && !judging.Has(t.Lower) {
			return false
		}
	}
	return good && would
}

// wishLimit is how many words a wish takes at most before what is wished for.
const wishLimit = 9

const (
	// liking are the words of a wish that say that it is one.
	liking List = "love like prefer enjoy appreciate happy happier glad nice nicer great lovely good better cool fun okay ok fine alright possible wonderful amazing awesome perfect grateful delighted pleased thrilled"
	// wishing are all words of a wish.
	wishing List = "i i'd we we'd it it'd that that'd would could might will is be being am are really rather very quite so much even also still just more too best " + liking
)

// unbegged drops a condition at the end that is a courtesy: "if that isn't too much
// trouble", "if it's all the same to you".
func unbegged(words Words) Words {
	from := slices.IndexFunc(words, func(t Token) bool { return t.Lower == "if" })
	if from < 1 || !slices.ContainsFunc(words[from+1:], func(t Token) bool { return courteous.Has(t.Lower) }) {
		return words
	}
	for _, t := range words[from+1:] {
		if !t.Mark && !courteous.Has(t.Lower) && !ofCourtesy.Has(t.Lower) {
			return words
		}
	}
	return words[:from].TrimMarks()
}

const (
	// courteous are the words that make a condition a courtesy.
	courteous List = "trouble bother ask asking mind possible okay ok alright fine doable manageable convenient problem please manage hard difficult work effort like want wish works allowed"
	// ofCourtesy are all other words of such conditions.
	ofCourtesy List = "that it this you i me we us is isn't not it's that's be would wouldn't will won't could can can't do don't does doesn't to for with too much no at all the same right any and of"
)

// Uncleft writes a sentence that stresses what is asked for as a plain one: "a hat is
// what I meant" is "I meant a hat", "it's the shirt that I want in green" is "I want the
// shirt in green", and "what he needs is a hat" is "he needs a hat".
func (en *Reader) Uncleft(words Words) Words {
	for from := 0; from < len(words); {
		to := from
		for to < len(words) && !words[to].Mark {
			to++
		}
		if plain, ok := en.unclefted(words[from:to]); ok {
			return slices.Concat(words[:from], plain, words[to:])
		}
		from = to + 1
	}
	return words
}

func (en *Reader) unclefted(clause Words) (Words, bool) {
	if rather, ok := en.ratherThan(clause); ok {
		return rather, true
	}
	for i, t := range clause {
		if i == 0 || t.Lower != "what" && t.Lower != "that" && t.Lower != "which" || i+2 >= len(clause) {
			continue
		}
		of := clause[i+1:]
		verb := verbOfWanting(of)
		if verb == 0 {
			continue
		}
		was := isForm.Has(clause[i-1].Lower)
		switch first := clause[0].Lower; {
		case t.Lower == "what" && was && i > 1 && verb == len(of):
			return slices.Concat(of, clause[:i-1]), true
		case t.Lower == "that" && i > 2 && first == "it" && isForm.Has(clause[1].Lower):
			return slices.Concat(of[:verb], clause[2:i], of[verb:]), true
		case t.Lower == "that" && i > 1 && first == "it's":
			return slices.Concat(of[:verb], clause[1:i], of[verb:]), true
		}
	}
	if len(clause) < 4 || clause[0].Lower != "what" {
		return clause, false
	}
	of := clause[1:]
	if verb := verbOfWanting(of); verb > 0 && verb+1 < len(of) && isForm.Has(of[verb].Lower) {
		return slices.Concat(of[:verb], of[verb+1:]), true
	}
	return clause, false
}

// ratherThan writes "I'd prefer a cat to the dog" and "I'd take a cat over the dog" as "a
// cat instead of the dog".
func (en *Reader) ratherThan(clause Words) (Words, bool) {
	for _, lead := range phrases("i'd take", "i would take", "i'd choose", "i would choose", "i'd pick", "i would pick") {
		if over := slices.IndexFunc(clause, func(t Token) bool { return t.Lower == "over" }); clause.StartsWith(lead...) && over > len(lead) && over+2 < len(clause) && clause[over+1].Lower == "the" {
			return slices.Concat(clause[len(lead):over], Tokenise("instead of"), clause[over+1:]), true
		}
	}
	for _, lead := range phrases("i'd prefer", "i would prefer", "i prefer", "i'd rather have", "i would rather have", "i'd rather see", "i'd sooner have", "rather have", "rather") {
		if !clause.StartsWith(lead...) {
			continue
		}
		rest := clause[len(lead):]
		n, ok := en.Parse(rest).Main()
		if !ok || n.Start > 0 || n.End+1 >= len(rest) || !List("to over than").Has(rest[n.End].Lower) || en.StartsVerb(rest[n.End+1:]) {
			return nil, false
		}
		return slices.Concat(rest[:n.End], Tokenise("instead of"), rest[n.End+1:]), true
	}
	return nil, false
}

// unannounced drops the words that announce a description before a colon: "my idea is
// this:", "here's what I want:".
func unannounced(words Words) Words {
	colon := slices.IndexFunc(words, func(t Token) bool { return t.Lower == ":" })
	if colon < 1 || colon > announcement || colon+1 == len(words) || !words[:colon].HasAny(announcing) && !words.StartsWith("here's") && !words.StartsWith("here", "is") {
		return words
	}
	for _, t := range words[:colon] {
		if !t.Mark && !announcing.Has(t.Lower) && !Closed(t.Lower) && !fillers.Has(t.Lower) && !wanting.Has(t.Lower) && t.Lower != "here's" && t.Lower != "here" {
			return words
		}
	}
	return words[colon+1:].TrimMarks()
}

// announcement is how many words announce a description at most.
const announcement = 9

const announcing List = "idea plan wish request order proposal suggestion mind following follows this thought prompt description"

// verbOfWanting is how many words a subject and its verb of wanting or meaning take:
// "I'd like", "she needs", "I had in mind"; 0 where words begin with none.
func verbOfWanting(words Words) int {
	i := 0
	for i < len(words) && i < 3 && (ClassOf(words[i].Lower) == Pronoun || words[i].Lower == "i'd" || modals.Has(words[i].Lower) || hedge.Has(words[i].Lower) || List("was am have got").Has(words[i].Lower)) {
		i++
	}
	switch {
	case i == 0 || i == len(words):
		return 0
	case List("had have got").Has(words[i-1].Lower) && words[i:].StartsWith("in", "mind"):
		return i + 2
	case words[i-1].Lower == "am" && words[i].Lower == "after":
		return i + 1
	case words[i:].StartsWith("looking", "for"), words[i:].StartsWith("asking", "for"), words[i:].StartsWith("thinking", "of"), words[i:].StartsWith("asked", "for"):
		return i + 2
	case wanting.Has(words[i].Lower):
		return i + 1
	}
	return 0
}

const (
	wanting List = "want wanted wants mean meant need needs needed like likes prefer preferred imagined pictured said asked envisioned lacks"
	isForm  List = "is was are were"
)
