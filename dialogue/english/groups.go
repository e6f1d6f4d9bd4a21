package english

// groups are phrases for several things at once.
func groups() [][]string {
	return phrases("both of them", "them both", "they both", "they each", "both", "all of them", "them all", "they all", "each of them", "each one", "each", "all", "the two of them", "the two", "everyone", "everybody", "them", "they")
}

// GroupPhrase tells whether a phrase names several things together: by itself
// ("both of them"), or all of what the rest names ("both cats", "all the
// houses", "the cats").
func (en *Reader) GroupPhrase(phrase Words) (ok bool, of Words) {
	for _, g := range en.groups {
		if len(g) == len(phrase) && phrase.StartsWith(g...) {
			return true, nil
		}
	}
	rest := phrase
	each := false
	for len(rest) > 1 && (groupWords.Has(rest[0].Lower) || rest[0].Lower == "the" || rest[0].Lower == "of") {
		each = each || groupWords.Has(rest[0].Lower)
		rest = rest[1:]
	}
	if len(rest) == 0 || len(rest) == len(phrase) && !en.IsPlural(rest[len(rest)-1].Lower) {
		return false, nil
	}
	if each || en.IsPlural(rest[len(rest)-1].Lower) {
		return true, rest
	}
	return false, nil
}

const groupWords List = "both each every all two"

// LeadingGroup is how many words at the front of a text name several things
// together by themselves: "both of them" in "both of them red".
func (en *Reader) LeadingGroup(text Words) int {
	for _, g := range en.groups {
		if len(g) < len(text) && text.StartsWith(g...) {
			return len(g)
		}
	}
	return 0
}
