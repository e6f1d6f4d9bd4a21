package dialogue

import (
	"fmt"
	"slices"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// tooSo answers "her hair is too long" and "hair too curly": the opposite where
// there is one, else less of it.
func tooSo(e *edit, m english.Match) bool {
	y := e.en.BareAdjectives(m["y"])
	if len(y) != 1 || !e.en.IsAdjectival(y) {
		return false
	}
	x := m["x"]
	if len(x) > 0 && !e.caption.IsReference(x) {
		return false
	}
	what := e.complainedOf(x, y)
	other, ok := english.Opposite(y[0].Lower)
	switch {
	case (what.Whole || len(x) == 0 || len(x) == 1 || roomWords.Has(what.Head)) && e.aboutLight(x, y[0].Lower):
		return e.ask(lightOf(y[0].Lower))
	case (len(x) == 0 || what.Whole) && (y[0].Lower == "empty" || y[0].Lower == "full" || y[0].Lower == "plain" || y[0].Lower == "busy" || y[0].Lower == "boring"):
		return e.ask(Question{Kind: Clarify, Text: "What should be added, or taken out?", Choices: removable(e)})
	case ok && (what.Found || what.Scene || what.Owned && what.Head != ""):
		return e.counter(what, y[0].Lower, other)
	case what.Found && e.caption.ResolveAdjective(y).Found:
		return scaleWord(e, y, 1/strength(e.said))
	}
	return false
}

const roomWords english.List = "room scene lighting light image picture photo whole"

// aboutLight tells whether "too dark" is said of the light of the picture, and not of
// the colour that the turn before put in.
func (e *edit) aboutLight(x english.Words, y string) bool {
	if y != "dark" && y != "bright" && y != "light" && y != "gloomy" {
		return false
	}
	if len(x) > 0 && !english.Pronouns.Has(x[0].Lower) {
		return len(x) == 1 || roomWords.Has(x[len(x)-1].Lower)
	}
	p := e.caption.Parse()
	for _, i := range lastWords(e) {
		if e.en.IsColour(p.Words[i].Lower) {
			return false
		}
	}
	return true
}

// complainedOf is what "too long" is said of: what x names, else what was edited
// last, else the noun of the caption that has the adjective or its opposite.
func (e *edit) complainedOf(x, y english.Words) caption.Referent {
	if len(x) > 0 {
		return e.caption.Resolve(x)
	}
	if r := e.caption.ResolveAdjective(y); r.Found {
		return r
	}
	if of, ok := e.caption.OnScale(e.caption.Parse(), y[0].Lower); ok {
		return e.caption.Resolve(of)
	}
	return e.caption.Resolve(bearer(e, y))
}

// counter gives what was called too much of something the opposite: in the place of
// the word itself where the caption has it.
func (e *edit) counter(what caption.Referent, is, other string) bool {
	e.adds = english.List(other)
	words := english.Tokenise(other)
	if what.Scene {
		return setBackground(e, words)
	}
	if n, ok := e.caption.PhraseOf(what); ok && what.Found {
		p := e.caption.Parse()
		for i := n.Start; i < n.Head; i++ {
			if e.en.Lemma(p.Words[i].Lower) == is {
				e.caption.Splice(i, i+1, words)
				e.caption.Attend(n.Head)
				e.because(fmt.Sprintf("%s is %s now, not %s", what.Noun, other, is))
				e.widen(Appearance)
				return true
			}
		}
	}
	return compare(e, other, what.Phrase, normal)
}

// lightOf asks what light a picture should have that is too dark or too bright.
func lightOf(is string) Question {
	if is == "dark" {
		return Question{Kind: Clarify, Text: "What light should it be in?", Choices: []string{"on a sunny day", "in the morning", "at sunset"}}
	}
	return Question{Kind: Clarify, Text: "What light should it be in?", Choices: []string{"at night", "in the evening", "on a cloudy day"}}
}

// notSoEnough answers "her hair is not curly enough".
func notSoEnough(e *edit, m english.Match) bool {
	y := e.en.BareAdjectives(m["y"])
	if len(y) != 1 {
		return false
	}
	if base, _, ok := e.en.Degree(y[0].Lower); ok {
		y = english.Tokenise(base)
	}
	x := m["x"]
	if len(x) > 0 && !e.caption.IsReference(x) {
		return false
	}
	if len(x) > 0 && e.caption.Resolve(x).Whole {
		x = nil
	}
	return compare(e, y[0].Lower, x, strength(e.said))
}

// unloved answers "I don't like the hat": whether it should go is not said.
func unloved(e *edit, m english.Match) bool {
	r := e.caption.Resolve(m["x"])
	if !r.Found && !r.Scene {
		return false
	}
	if !e.last {
		e.because("a remark on " + m["x"].Text())
		return true
	}
	name := m.Text("x")
	q := Question{Kind: Clarify, Text: fmt.Sprintf("Should %s go, or be another?", name), Choices: []string{"remove " + name}}
	if n, ok := e.caption.PhraseOf(r); ok && e.caption.ColourIn(e.caption.Parse(), n) >= 0 {
		q.Choices = append(q.Choices, "make "+name+" blue")
	}
	return e.ask(q)
}

// yearsYounger answers "50 years younger".
func yearsYounger(e *edit, m english.Match) bool {
	base, _, ok := e.en.Degree(m.Text("age"))
	switch m.Text("age") {
	case "half":
		base, ok, e.adds = "young", true, "young"
	case "twice":
		base, ok, e.adds = "old", true, "old"
	}
	if !ok {
		return false
	}
	of := m["x"]
	if e.adds != "" && len(of) > 0 && !e.isBeing(of) {
		return false
	}
	if len(of) == 0 || e.caption.Resolve(of).Whole {
		p := e.caption.Parse()
		who, ok := e.caption.Person(p)
		if !ok {
			return false
		}
		of = english.Tokenise(e.caption.Name(p, who))
	}
	return setAdjectives(e, of, english.Tokenise(base))
}

// hairOf names somebody's hair.
func hairOf(who english.Words) string {
	if whose := map[string]string{"she": "her", "her": "her", "he": "his", "him": "his", "they": "their", "them": "their", "it": "its"}[who.Lower()]; whose != "" {
		return whose + " hair"
	}
	return who.Text() + "'s hair"
}

// cutShort answers "cut her hair" and "trim the beard".
func cutShort(e *edit, m english.Match) bool {
	if who := m["who"]; len(who) > 0 {
		return ownerKnown(e, who) && cutShort(e, english.Match{"x": english.Tokenise(hairOf(who))})
	}
	x := e.en.Parse(m["x"])
	name, ok := x.Main()
	what := e.caption.Resolve(m["x"])
	if len(m["x"]) == 1 && m["x"][0].Lower == "it" && what.Found {
		what.Head = what.Noun // after "make her hair red"
		ok, name.End = true, len(x.Words)
	}
	if !ok || name.End < len(x.Words) || !what.Found && !what.Owned || what.Head != "hair" && what.Head != "beard" && what.Head != "mustache" && what.Head != "moustache" {
		return false
	}
	e.adds = "short"
	return setAdjectives(e, m["x"], english.Tokenise("short"))
}

// cutSo answers "cut her hair short" and "grow the beard longer".
func cutSo(e *edit, m english.Match) bool {
	return e.caption.Split(m["z"], func(x, y english.Words) bool {
		if base, ok := e.en.Comparative(y); ok {
			return e.caption.IsReference(x) && compare(e, base, x, strength(e.said))
		}
		what := e.caption.Resolve(x)
		return e.en.IsAdjectival(y) && (what.Found || what.Owned) && setAdjectives(e, x, y)
	})
}

// shave answers "shave him".
func shave(e *edit, m english.Match) bool {
	if x := m["x"]; len(x) > 0 && !e.isBeing(x) {
		return false
	}
	p := e.caption.Parse()
	i := slices.IndexFunc(p.Words, func(t english.Token) bool { return facialHair.Has(t.Lower) })
	if _, bare := m["bare"]; bare && i < 0 {
		return false // nothing speaks against it
	}
	if i < 0 {
		return e.ask(Question{Kind: NothingToDo, Text: "The prompt names no beard, so there is nothing to shave.", Choices: removable(e)})
	}
	return remove(e, english.Tokenise("the "+p.Words[i].Lower))
}

const facialHair english.List = "beard mustache moustache goatee stubble sideburns whiskers"
