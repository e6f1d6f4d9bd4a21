package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// A rule is a clause that is understood and what it does to the caption.
type rule struct {
	name string
	// do returns false where the clause, on a closer look, is another one.
	do       func(*edit, english.Match) bool
	examples []example
	// wordings are the patterns of the clause.
	wordings []string
}

// An example is something said about a picture with a prompt, and the label of
// the edit that it asks for, or "? " and the kind of the question that it leads
// to. What was said in turns before is separated by " / ".
type example struct{ prompt, said, want string }

// A compiledRule is a rule that is ready to be tried.
type compiledRule struct {
	rule
	patterns []english.Pattern
	// followUp tells that the turn before gives the clause its meaning.
	followUp bool
}

// grammar are the rules in the order in which they are tried.
func grammar() []compiledRule {
	var rules []compiledRule
	for _, r := range followUps() {
		rules = append(rules, compiledRule{r, english.CompileAll(r.wordings), true})
	}
	for _, r := range sentences() {
		rules = append(rules, compiledRule{r, english.CompileAll(r.wordings), false})
	}
	return rules
}

// clauseLimit is how many words of a clause are read. Nobody says more in one
// edit.
const clauseLimit = 60

// read understands one clause and edits the caption: the first rule of the
// grammar that matches and does not decline.
func (e *edit) read(words english.Words) bool {
	said := e.en.Steady(e.en.Stated(e.en.Active(e.en.Reshade(e.en.Unhedged(e.en.Polite(e.placedOnly(e.withoutPair(words))))))))
	if len(said) == 0 {
		return true
	}
	if e.clause == nil {
		e.clause = said
	}
	if i := slices.IndexFunc(said, func(t english.Token) bool { return t.Lower == "not" }); i > 3 && said[i-1].Lower == "," && english.List("put move place set bring take let").Has(said[0].Lower) {
		said = said[:i-1] // "put it on the beach, not in the grass"
	}
	if len(said) > clauseLimit {
		return false
	}
	e.said, e.gone, e.removed, e.adds = said, e.removed, nil, ""
	sentence := e.sentence()
	for _, r := range e.p.rules {
		words := sentence
		if r.followUp {
			words = said
		}
		if e.follows(r, words) {
			e.rule = r.name
			return true
		}
	}
	return false
}

// withoutPair writes "glasses" for "a pair of glasses" where the model knows no
// pairs.
func (e *edit) withoutPair(words english.Words) english.Words {
	if e.talk.Known == nil || e.talk.Known("pair") {
		return words
	}
	for i := 0; i+1 < len(words); i++ {
		if words[i].Lower != "pair" || words[i+1].Lower != "of" {
			continue
		}
		from := i
		for from > 0 && (words[from-1].Lower == "a" || words[from-1].Lower == "nice" || words[from-1].Lower == "the") {
			from--
		}
		return slices.Concat(words[:from], words[i+2:])
	}
	return words
}

// placedOnly writes verbs that only say where something is, and that the model does not
// know, as "be": "let him stand by a lake", "a river running in front".
func (e *edit) placedOnly(words english.Words) english.Words {
	if e.talk.Known == nil {
		return words
	}
	for i := 1; i+1 < len(words); i++ {
		base, ok := e.en.VerbLemma(words[i].Lower)
		somebody := e.en.Animate(words[i-1].Lower) || english.ClassOf(words[i-1].Lower) != english.Noun
		if !ok || !english.Standing.Has(base) || somebody && base != "stand" || e.p.modelKnows(words[i].Lower, e.talk) || e.p.modelKnows(lexicon.Gerund(base), e.talk) || english.ClassOf(words[i+1].Lower) != english.Preposition {
			continue
		}
		be := english.Words{}
		switch {
		case e.en.Possible(words[i].Lower).Gerund:
		case words[i].Lower == base:
			be = english.Tokenise("be")
		default:
			be = english.Tokenise("is")
		}
		return slices.Concat(words[:i], be, words[i+1:])
	}
	return words
}

// sentence is what was said without "instead" at its end. After a removal, "a hat
// instead" is something to add.
func (e *edit) sentence() english.Words {
	words, last := e.said, len(e.said)-1
	if last == 0 || words[last].Lower != "instead" {
		return words
	}
	words = words[:last]
	if e.gone != nil && !english.Starters.Has(words[0].Lower) {
		return slices.Concat(english.Tokenise("add"), words)
	}
	return words
}

// follows tells whether a rule understands the words.
func (e *edit) follows(r compiledRule, words english.Words) bool {
	return slices.ContainsFunc(r.patterns, func(p english.Pattern) bool {
		return p.Match(words, func(m english.Match) bool { return e.try(r, words, m) })
	})
}

// try applies a rule, and takes back what it did if it declines in the end. A
// clause that would write what no caption says was misread.
func (e *edit) try(r compiledRule, words english.Words, m english.Match) bool {
	before, reasons, undone := *e, len(e.reasons), len(e.undone)
	e.caption = e.caption.Clone()
	if r.do(e, m) && (e.question != nil || e.caption.Sane()) {
		e.owns(r, words, m)
		return true
	}
	*e = before
	e.reasons, e.undone = e.reasons[:reasons], e.undone[:undone]
	return false
}
