package english

import "slices"

// Repaired is an utterance in which the speaker breaks off and says the last words
// otherwise, as it was meant: "in front of a brick... no wait, a red wall" is "in
// front of a red wall". What is said anew begins as what it stands for does: with a
// determiner, a colour, another adjective or a participle.
func (en *Reader) Repaired(words Words) Words {
	for i := 1; i+1 < len(words); i++ {
		next := editingTerm(words, i)
		if next < 0 || next >= len(words) || Starters.Has(words[next].Lower) {
			continue
		}
		if next+1 < len(words) && (words[next].Lower == "just" || words[next].Lower == "only") && ClassOf(words[next+1].Lower) == Determiner {
			if at := slices.IndexFunc(words[:i], func(t Token) bool { return ClassOf(t.Lower) == Determiner }); at >= 0 { // "a man and a woman... no, just a man"
				return append(words[:at:at], words[next+1:]...)
			}
		}
		if at := en.restartOf(words[:i], words[next:]); at >= 0 {
			return append(words[:at:at], words[next:]...)
		}
	}
	return words
}

// editingTerm is the end of the words at i with which a speaker breaks off: "... no
// wait,", ", I mean", "- sorry,"; -1 where there are none.
func editingTerm(words Words, i int) int {
	start := i
	for i < len(words) && words[i].Mark {
		i++
	}
	dots := i - start
	if dots == 0 || dots == 1 && words[start].Lower != "," && words[start].Lower != "-" && words[start].Lower != "–" && words[start].Lower != "—" {
		return -1
	}
	terms, last := 0, start
	for i < len(words) && (words[i].Mark || breaking.Has(words[i].Lower) || words[i].Lower == "i" && i+1 < len(words) && (words[i+1].Lower == "mean" || words[i+1].Lower == "meant")) {
		if !words[i].Mark {
			terms, last = terms+1, i
		}
		i++
	}
	alone := terms == 1 && words[last].Lower == "no" && i == last+1 && i < len(words) && words[i].Lower != "just" && words[i].Lower != "only"
	if terms == 0 || alone {
		return -1 // ", no hat"
	}
	return i
}

const breaking List = "no wait i mean meant sorry rather well ok okay oops actually nah hm um"

// restartOf is where in the words before a break what is said after it begins anew.
func (en *Reader) restartOf(before, after Words) int {
	first := after[0].Lower
	last := len(before) - 1
	switch {
	case ClassOf(first) == Determiner && (first == "a" || first == "an" || first == "the"):
		for i := last; i >= 0; i-- {
			if w := before[i].Lower; w == "a" || w == "an" || w == "the" {
				return i
			}
		}
	case en.IsColour(first) && len(after) == 1 && en.IsColour(before[last].Lower):
		return last
	case en.Possible(first).Gerund && en.Possible(before[last].Lower).Gerund:
		return last
	}
	return -1
}
