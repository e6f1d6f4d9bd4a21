package dialogue

import (
	"slices"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// act makes what the spoken phrase names do something: "let the dog jump" makes
// "a dog jumping on the ground". The verb comes as spoken, in any form; "wear",
// "have" and "hold" add things instead.
func act(e *edit, spoken, does english.Words) bool {
	if done, several := each(e, spoken, func(one english.Words) bool { return act(e, one, does) }); several {
		return done
	}
	does = does.TrimMarks()
	for len(does) > 1 && (does[0].Lower == "be" || does[0].Lower == "is" || does[0].Lower == "are" || does[0].Lower == "to") {
		does = does[1:]
	}
	if last := len(does) - 1; last > 0 && (does[last].Lower == "there" || does[last].Lower == "here") {
		does = does[:last] // "sitting there"
	}
	if len(does) == 0 {
		return false
	}
	base, isVerb := e.en.VerbLemma(does[0].Lower)
	if !isVerb || unseen.Has(base) {
		return false
	}
	if object := does[1:]; len(object) > 0 {
		switch {
		case base == "have", english.Having.Has(base) && e.isThing(object):
			e.own += english.List(" " + does[0].Lower)
			return give(e, spoken, object, "with")
		case base == "wear":
			return give(e, spoken, object, "wearing")
		}
	}
	what := e.caption.Resolve(spoken)
	if len(spoken) > 1 && slices.ContainsFunc(spoken[:len(spoken)-1], func(t english.Token) bool { return t.Lower == "second" || t.Lower == "another" }) && e.talk.Known == nil && !e.definite(spoken) {
		return addDoing(e, spoken, does) // "a second chef watching him"
	}
	if ambiguous(e, what) {
		return true
	}
	p := e.caption.Parse()
	if what.Whole && len(spoken) == 1 {
		if n, ok := e.caption.Subject(p); ok {
			what = what.At(p, n)
		}
	}
	if len(does) == 1 && what.Found && (e.en.Animate(what.Noun) || portrayed.Has(what.Noun)) && e.en.Is(base, lexicon.Expression) {
		return give(e, spoken, english.Tokenise("a "+base), "with")
	}
	action := slices.Concat(english.Tokenise(lexicon.Gerund(base)), does[1:])
	if e.en.PastForm(does[0].Lower) && does[0].Lower != base {
		action = does // "surrounded by …"
	}
	e.widen(Shape)
	e.because(spoken.Text() + " " + does.Text())
	if e.doesTo(what, spoken, action) {
		return true
	}
	if !what.Found {
		if what.Whole || len(spoken) == 0 {
			e.caption.Append(slices.Concat(english.Tokenise(","), action))
			return true
		}
		return spoken[len(spoken)-1].Lower != "one" && addDoing(e, spoken, action)
	}
	e.caption.Attend(what.NP.Head)
	e.caption.PlaceAction(what.NP, action)
	return true
}

// unseen are verbs of what no picture shows.
const unseen english.List = "want need deserve wish prefer know think believe like love hate mean say"

// doesTo says what somebody does to something that the caption names, too: "the dog
// chasing the cat".
func (e *edit) doesTo(who caption.Referent, spoken, action english.Words) bool {
	q := e.en.Parse(action)
	n, ok := q.Main()
	if !ok || len(q.Nouns) > 1 || n.Start == 0 || n.End < len(action) || !e.definite(action[n.Start:]) {
		return false
	}
	whom := e.caption.Resolve(action[n.Start:])
	if !whom.Found || slices.Contains(e.caption.Fresh(), whom.NP.Head) || e.en.Lemma(whom.Noun) != e.en.Lemma(q.Words[n.Head].Lower) || len(whom.Rivals) > 0 || whom.Owned || e.caption.IsModifier(whom) {
		return false
	}
	if who.Found {
		if who.NP.Head == whom.NP.Head || !e.en.Animate(who.Noun) {
			return false
		}
		e.caption.DoTo(who, whom, action[:n.Start])
		return true
	}
	subject := e.en.Parse(spoken)
	name, ok := subject.Main()
	if !ok || who.Whole || !whom.IsFirst() || name.Start > 0 || name.End < len(spoken) {
		return false
	}
	e.caption.DoneBy(e.en.WithArticle(subject, name), action[:n.Start])
	return true
}

// addDoing adds something that the caption does not name, doing something: "with a
// gorilla sitting at the table".
func addDoing(e *edit, spoken, action english.Words) bool {
	subject := e.en.Parse(spoken)
	if name, ok := subject.Main(); ok {
		spoken = e.en.WithArticle(subject, name)
	}
	e.caption.Append(slices.Concat(english.Tokenise("with"), spoken, action))
	e.widen(Shape)
	e.because("add " + spoken.Text())
	return true
}

// does answers "she smiles" and "they sit on a bench".
func does(e *edit, m english.Match) bool {
	return e.caption.Split(m["z"], func(x, y english.Words) bool {
		base, ok := e.en.VerbLemma(y[0].Lower)
		if !ok || english.Closed(y[0].Lower) || base == "be" || base == "have" || english.Starters.Has(x[0].Lower) || base == "look" && (e.en.PraisesIn(y[1:]) || e.en.IsAdjectival(y[1:])) {
			return false
		}
		if e.severalNew(x) && len(y) > 1 && base == y[0].Lower && english.ClassOf(y[1].Lower) == english.Preposition {
			return addDoing(e, x, slices.Concat(english.Tokenise(lexicon.Gerund(base)), y[1:])) // "birds fly over it"
		}
		if q := e.en.Parse(x); len(q.Nouns) == 1 && q.Nouns[0].Start == 0 && q.Nouns[0].End == len(x) && english.Article(x[len(x)-1].Lower) != "" && (x[0].Lower == "a" || x[0].Lower == "an") && len(y) > 1 && e.en.Animate(q.Words[q.Nouns[0].Head].Lower) && base != y[0].Lower && !e.en.Possible(y[0].Lower).Gerund && !e.en.Possible(y[0].Lower).Past {
			return addDoing(e, x, slices.Concat(english.Tokenise(lexicon.Gerund(base)), y[1:])) // "a bird flies above it"
		}
		if len(y) > 1 && english.ClassOf(y[1].Lower) == english.Auxiliary {
			return false // "her eyes are blue"
		}
		together := len(e.severally(x)) > 1
		pronoun := len(x) == 1 && english.List("she he they it").Has(x[0].Lower) || together
		if !pronoun && (!e.definite(x) || base == y[0].Lower) || e.en.IsAdjectival(y[:1]) && !(pronoun && e.en.Possible(y[0].Lower).Gerund) {
			return false
		}
		r := e.caption.Resolve(x)
		being := r.Found && e.en.Animate(r.Noun) || pronoun && (r.Whole || together)
		return being && act(e, x, y)
	})
}

// severalNew tells whether words are several things that the caption does not name:
// "birds", "some balloons".
func (e *edit) severalNew(x english.Words) bool {
	q := e.en.Parse(x)
	n, ok := q.Main()
	if !ok || n.Start > 0 || n.End < len(x) || !e.en.IsPlural(x[n.Head].Lower) || english.Closed(x[0].Lower) && x[0].Lower != "some" {
		return false
	}
	r := e.caption.Resolve(x)
	return !r.Found || e.en.Lemma(r.Noun) != e.en.Lemma(r.Head)
}

// wakeUp answers "wake the cat up": it sleeps no longer.
func wakeUp(e *edit, m english.Match) bool {
	r := e.caption.Resolve(m["x"])
	p := e.caption.Parse()
	for i, t := range p.Words {
		if t.Lower != "sleeping" && t.Lower != "asleep" && t.Lower != "sleepy" {
			continue
		}
		if n := p.Around(i); r.Found && n.Head != i && n.Head != r.NP.Head {
			continue
		}
		e.caption.Splice(i, i+1, nil)
		e.because("no longer " + t.Lower)
		e.widen(Shape)
		return true
	}
	return e.ask(Question{Kind: NothingToDo, Text: "Nobody sleeps in the prompt, so there is nobody to wake.", Choices: removable(e)})
}

// poseOf answers "change the pose of the dog to running".
func poseOf(e *edit, m english.Match) bool { return act(e, m["x"], m["y"]) }
