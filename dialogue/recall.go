package dialogue

import (
	"slices"
	"strconv"
	"strings"

	"pentimento/dialogue/english"
)

// A picture drawn before may be named by what it showed: "the one with the hat",
// "back to the rug", "the table was better".

// recallRules are the ways to ask for a picture by what it showed; <x> is what
// names it. Where loose is set, only something that an earlier picture has and
// the one shown has not makes a move of the words; where late is set, only if
// they are no edit either.
func recallRules() []recallRule {
	const (
		back    = "(go back to|take me to|take me back to|bring me to|bring me back to|get me back to|let us go back to|i want to go back to|go back again to|go to|back to|return to|revert to|switch back to|turn back to|get back to|roll back to|jump back to|jump to|restore|get me|get me back|bring me|fetch me|let me have|show me|show|show me again|see|give me|give me back|bring back|i want|i want back|i prefer|i preferred|i liked|i like|i love|i loved|take|use|reload|load|what about|can i see|let me see)"
		version = "(one|version|picture|image|photo|turn|step|state|result|drawing|variant|attempt)"
		better  = "(was better|was nicer|was best|was the best|was fine|was good|was great|was nice|was perfect|was ok|was okay|was cooler|looked better|looked nicer|looked best|looked good|is better|is the best|is best|were better|were nicer|were fine|looked cooler|suited better|fit better|was prettier|was right|was plenty|was enough|were enough|were plenty|was sufficient|will do|would do|was all right)"
	)
	list := []struct {
		pattern     string
		loose, late bool
	}{
		{"(the|that) [first|last|old|earlier|previous] " + version + " (relation=with|where|that had|without|in|of) <x> " + better, false, false},
		{"[i] (liked|like|prefer|preferred) [the|that] " + version + " (relation=with|where|without|before|that had) <x> [better|more|best|most]", false, false},
		{"[" + back[1:len(back)-1] + "] (the|that|this|my) [first|last|old|earlier|previous] " + version + " [back|again] (relation=with|where|that has|that had|which had|in which|when|before|without|showing|of|who had|from before|while) <x>", false, false},
		{"[can i|could i|may i|i'd like to|i want to|let me] (have|get|see|give me|get me|bring|bring me|show me|i want|i'd like|look at|i'd like to see|i'd like to have) (the|that|my|your) <x> (one|version|picture|image) (back|again|once more) [please]", false, false},
		{"[i want to|i'd like to|let's|let us|can we|could we] (go on|continue|carry on|proceed|keep going|keep working|work on|resume|go ahead|start) (from|with) (the|that) <x>", true, false},
		{"[have|get|see|put] (the|that) " + version + " (relation=with|where|without|in|of) <x> (back|again)", false, false},
		{"(show me|show|bring back|give me back|i want|see|go back to|back to|restore) (the|that) <x> again [,] [the one|that one|the version] [<y>]", true, false},
		{"[go|take me|bring me|let's go|get] (back to|back) [the one|the picture|that one|the version] (relation=when|where) [there was|there were|it was|we had|i had|it had|she was|he was|she had|he had] (only=just|only) <x>", true, false},
		{"(go to|go back to|back to|return to|revert to|switch back to|restore|show me|show|see|bring back|roll back to) [the|that|my] <x> (one|version|picture|image)", false, false},
		{"[i] (liked|prefer|preferred) [the] <x> (one|version|picture|image) [better|more|best|most]", false, false},
		{"[the|that] <x> (one|version|picture|image) " + better, false, false},
		{"[go|let's go|take me|bring me|get|go back|jump] (to|back|back to) (relation=before) [there was|there were|it was|we had|i had|it had|she was|he was|she had|he had|i added|we added|you added|adding|i changed] <x>", true, true},
		{"[go|let's go|take me] (back to|back before|to before|back to before) <x> [again]", true, true},
		{"(return to|revert to|switch back to|roll back to) <x> [again]", true, true},
		{"<x> " + better + " [before|though|actually|after all|then]", true, false},
		{"[i] (liked|preferred) <x> (better|more|best)", true, false},
		{"i (liked|preferred) <x>", true, false},
	}
	rules := make([]recallRule, len(list))
	for i, l := range list {
		rules[i] = recallRule{english.Compile(l.pattern), l.loose, l.late}
	}
	return rules
}

type recallRule struct {
	pattern     english.Pattern
	loose, late bool
}

// recall goes to the picture that was named by what it showed; late tells that
// the words were tried as an edit before.
func (p *Planner) recall(words english.Words, late bool, talk Conversation) (Reply, bool) {
	if len(talk.Turns) == 0 || len(talk.Turns)+len(talk.Others) < 2 {
		return Reply{}, false
	}
	for len(words) > 1 && (words[0].Mark || denying.Has(words[0].Lower)) {
		words = words[1:]
	}
	var reply Reply
	found := false
	for _, r := range p.recalls {
		if r.late == late && r.pattern.Match(words, func(m english.Match) bool {
			x := slices.Concat(m["x"], m["y"]).TrimMarks()
			if x.HasAny(asksFor) {
				return false // "the one without the hat should be a rabbit"
			}
			if number := singled(x); len(number) == 1 && (r.loose || x.Has("single")) && p.counts(number[0].Lower, talk) {
				reply = moved(Undo, 1, talk)
				return true
			}
			if relation := m.Text("relation"); relation == "without" || relation == "before" {
				x = slices.Concat(english.Tokenise("no"), x)
			}
			want := p.traitsOf(x)
			if len(want.has)+len(want.lacks) == 0 {
				return false
			}
			first := words.Has("first")
			if _, only := m["only"]; only {
				if n, ok := p.barest(want, talk); ok {
					reply = moved(Goto, n, talk)
					return true
				}
				return false
			}
			n, ok := p.turnWith(want, first, talk)
			if !ok {
				if !r.loose && p.neverDrawn(want, talk) {
					reply = Reply{Question: &Question{Kind: NothingToDo, Text: "No earlier picture is like that. The last ones: " + lastPrompts(talk) + ".", Choices: []string{"undo"}}}
					return true
				}
				return false
			}
			reply = moved(Goto, n, talk)
			return true
		}) {
			found = true
			break
		}
	}
	return reply, found
}

// singled is the number that names things in "the single one" and "just two of them":
// what is single is one.
func singled(x english.Words) english.Words {
	for len(x) > 1 && english.List("the a just only").Has(x[0].Lower) {
		x = x[1:]
	}
	if len(x) == 1 && x[0].Lower == "single" {
		return english.Tokenise("one")
	}
	return x
}

// counts tells whether a number is the one from which the last edit went away:
// "one was fine", after "make it two cars".
func (p *Planner) counts(number string, talk Conversation) bool {
	n := len(talk.Turns)
	if _, ok := numberNamed(number); !ok || n < 2 || english.ClassOf(number) != english.Number {
		return false
	}
	numbers := func(prompt string) (out []string) {
		for _, t := range english.Tokenise(prompt) {
			if english.ClassOf(t.Lower) == english.Number {
				out = append(out, t.Lower)
			}
		}
		return out
	}
	before, now := numbers(talk.Turns[n-2].Prompt), numbers(talk.Turns[n-1].Prompt)
	return !slices.Contains(now, number) && len(now) > 0 && (slices.Contains(before, number) || number == "one" && len(before) < len(now))
}

const denying english.List = "no nope nah naah oh hm hmm whoa wait actually well ok okay but and so please ah sorry"

// lastPrompts are the last prompts before the one shown, with their turns.
func lastPrompts(talk Conversation) string {
	out := ""
	for i := max(0, len(talk.Turns)-4); i < len(talk.Turns)-1; i++ {
		if out != "" {
			out += "; "
		}
		out += strconv.Itoa(talk.number(i)) + ": " + talk.Turns[i].Prompt
	}
	return out
}

// traits are what a picture has and lacks.
type traits struct{ has, lacks []string }

// traitsOf reads traits: "the staff but no glow".
func (p *Planner) traitsOf(x english.Words) traits {
	var t traits
	denied := false
	for _, w := range x {
		switch {
		case w.Lower == "no" || w.Lower == "not" || w.Lower == "without" || w.Lower == "hadn't" || w.Lower == "wasn't":
			denied = true
		case w.Mark || w.Lower == "but" || w.Lower == "and" || w.Lower == "with":
			denied = denied && w.Lower != "but" && w.Lower != "with" && !w.Mark
		case english.Closed(w.Lower) && english.ClassOf(w.Lower) != english.Number, recallFillers.Has(w.Lower):
		case denied:
			t.lacks = append(t.lacks, w.Lower)
		default:
			t.has = append(t.has, compounded(w.Lower)...)
		}
	}
	return t
}

// compounded are the words of which an adjective is made: white hair of
// "white-haired".
func compounded(w string) []string {
	how, what, ok := strings.Cut(w, "-")
	if what, is := strings.CutSuffix(what, "ed"); ok && is {
		return []string{how, what}
	}
	return []string{w}
}

// asksFor are words of requests, which no picture is remembered by.
const asksFor english.List = "should must needs gets could"

const recallFillers english.List = "once more again back it when where just only one version picture image still already again wore added changed put made gave told asked said everything was were please pls now thanks"

// turnWith finds the last turn before the head that has the traits, the first
// where that is asked for, and else one that is not on the way to the head. The
// head has to differ in them.
func (p *Planner) turnWith(want traits, first bool, talk Conversation) (number int, ok bool) {
	last := len(talk.Turns) - 1
	if p.fits(want, talk.Turns[last].Prompt) {
		return 0, false
	}
	for i := range last {
		n := last - 1 - i
		if first {
			n = i
		}
		if p.fits(want, talk.Turns[n].Prompt) {
			return talk.number(n), true
		}
	}
	for i := range talk.Others {
		n := len(talk.Others) - 1 - i
		if first {
			n = i
		}
		if t := talk.Others[n]; t.ID > 0 && p.fits(want, t.Prompt) {
			return t.ID, true
		}
	}
	return 0, false
}

// barest finds the turn that has the traits and the least beside them.
func (p *Planner) barest(want traits, talk Conversation) (number int, ok bool) {
	least := 0
	for i, turn := range talk.Turns {
		words := len(english.Tokenise(turn.Prompt))
		if p.fits(want, turn.Prompt) && (!ok || words < least) {
			number, least, ok = i+1, words, true
		}
	}
	return number, ok && number < len(talk.Turns)
}

// fits tells whether a prompt has all that it should have and lacks what it should
// lack. Traits that stand together have to belong together.
func (p *Planner) fits(want traits, prompt string) bool {
	words := english.Tokenise(prompt)
	at := func(w string) int {
		return slices.IndexFunc(words, func(t english.Token) bool { return p.en.Related(t.Lower, w) })
	}
	for _, w := range want.lacks {
		if at(w) >= 0 {
			return false
		}
	}
	q := p.en.Parse(words)
	for i, w := range want.has {
		if at(w) < 0 {
			return false
		}
		if i == 0 || !p.adjective(want.has[i-1]) {
			continue
		}
		if !slices.ContainsFunc(q.Nouns, func(n english.NounPhrase) bool {
			inside := func(v string) bool {
				return slices.ContainsFunc(words[n.Start:n.End], func(t english.Token) bool { return p.en.Related(t.Lower, v) })
			}
			return inside(w) && inside(want.has[i-1])
		}) {
			return false
		}
	}
	return true
}

// adjective tells whether a word is one before anything else.
func (p *Planner) adjective(w string) bool {
	can := p.en.Possible(w)
	return p.en.IsColour(w) || can.Adjective > can.Noun
}

// neverDrawn tells whether some of what is wanted was in no picture.
func (p *Planner) neverDrawn(want traits, talk Conversation) bool {
	return slices.ContainsFunc(want.has, func(w string) bool {
		has := func(t Turn) bool { return p.fits(traits{has: []string{w}}, t.Prompt) }
		return !slices.ContainsFunc(talk.Turns, has) && !slices.ContainsFunc(talk.Others, has)
	})
}
