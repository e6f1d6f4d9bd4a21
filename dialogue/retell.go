package dialogue

import (
	"slices"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// retell carries out what the turn before asked for once more, for y in the place
// of what it was asked for: "the cat too" after "give the dog a hat". x is what it
// was asked for, where that was said ("not the dog, the cat").
func retell(e *edit, x, y english.Words) bool {
	if e.retold || e.head().Plan == nil {
		return false
	}
	e.retold = true
	said := e.lastSaid()
	if start, end, ok := e.spokenOf(said, x, y); ok && e.read(slices.Concat(said[:start], y, said[end:])) {
		return true
	}
	return len(x) == 0 && giveLast(e, y)
}

// lastSaid is the last clause of what was said in the turn before.
func (e *edit) lastSaid() english.Words {
	utterance := e.head().Utterance
	if said := e.p.languages().Read(utterance, ""); said.Foreign && said.English != "" {
		utterance = said.English
	}
	words, _ := english.Read(utterance)
	clauses := e.en.Clauses(e.en.Polite(words))
	if len(clauses) == 0 {
		return nil
	}
	return clauses[len(clauses)-1]
}

// spokenOf is where a clause names what it asks something for: what x names, where
// x is given, else the first thing that the caption has. Somebody may be named as
// the owner of a thing ("her hair").
func (e *edit) spokenOf(said, x, y english.Words) (start, end int, ok bool) {
	p := e.en.Parse(said)
	var head string
	if r := e.caption.Resolve(x); r.Found {
		head = r.Noun
	}
	being := e.isBeing(y)
	for i, t := range said {
		if p.Tags[i] == english.Pronoun && english.Pronouns.Has(t.Lower) {
			if r := e.caption.Resolve(said[i : i+1]); head == "" || r.Found && r.Noun == head {
				return i, i + 1, true
			}
		}
		n, found := p.At(i)
		if !found || !e.definite(said[n.Start:n.End]) {
			continue
		}
		r := e.caption.Resolve(said[n.Start:n.End])
		switch {
		case !r.Found && !r.Scene && !(r.Owned && being):
			continue
		case being && !e.en.Animate(r.Head):
			if n.Owner >= 0 && (head == "" || e.en.Lemma(said[n.Owner].Lower) == e.en.Lemma(head)) {
				return n.Start, n.Owner + 1, true
			}
			continue
		case head == "" || r.Noun == head || r.Scene && len(x) > 0:
			return n.Start, n.End, true
		}
	}
	return 0, 0, false
}

// definite tells whether words speak of something that is there: "the hat", "her
// hair", "him".
func (e *edit) definite(x english.Words) bool {
	x = x.TrimMarks()
	if len(x) == 0 {
		return false
	}
	switch first := x[0].Lower; {
	case english.Pronouns.Has(first):
		return len(x) == 1 || first == "this" || first == "that" || first == "these" || first == "those" || first == "her"
	case first == "the", english.ClassOf(first) == english.Possessive:
		return len(x) > 1
	}
	return x.Has("'s")
}

// isBeing tells whether words name a person or an animal of the caption.
func (e *edit) isBeing(y english.Words) bool {
	r := e.caption.Resolve(y)
	return r.Found && e.en.Animate(r.Noun)
}

// giveLast gives y what the turn before put in: its adjectives, or the thing.
func giveLast(e *edit, y english.Words) bool {
	last := lastWords(e)
	if len(last) == 0 {
		return false
	}
	p := e.caption.Parse()
	words := p.Words[last[0] : last[len(last)-1]+1]
	if e.en.IsAdjectival(words) {
		return setAdjectives(e, y, words)
	}
	r := e.caption.Resolve(y)
	if !r.Found || !e.en.Animate(r.Noun) {
		return false
	}
	n := p.Around(last[len(last)-1])
	if n.Head == r.NP.Head {
		return false
	}
	return give(e, y, p.Words[n.Start:n.End], "with")
}

// giveLastTo gives somebody a part that the caption does not name, with the
// adjectives that the turn before put in: "gray hair" after "a gray beard".
func (e *edit) giveLastTo(part caption.Referent) bool {
	p := e.caption.Parse()
	var words english.Words
	for _, i := range lastWords(e) {
		if p.Tags[i] == english.Adjective || e.en.IsColour(p.Words[i].Lower) {
			words = append(words, p.Words[i])
		}
	}
	if len(words) == 0 || !e.caption.Attachable(part.Head) {
		return false
	}
	thing := slices.Concat(words, english.Tokenise(part.Head))
	e.widen(Appearance)
	e.because("give " + thing.Text())
	return e.caption.Attach(&part.Owner, thing, "with")
}

// sameToo answers "the cat too" and "and the hat": what was done last, for
// something else.
func sameToo(e *edit, m english.Match) bool {
	y := m["x"]
	if e.too && len(y) == 1 && e.p.personal(y[0].Lower) && e.en.Is(y[0].Lower, lexicon.BodyPart) {
		y = slices.Concat(english.Tokenise("its"), y) // "hair too"
	}
	if !e.too || !e.definite(y) && !english.Pronouns.Has(y[0].Lower) {
		return false
	}
	r := e.caption.Resolve(y)
	if r.Owned && r.Head != "" && len(y) == 2 && (!r.Found || e.en.Lemma(r.Noun) != e.en.Lemma(r.Head)) {
		return e.giveLastTo(r) // "his hair too", of which nothing is said yet
	}
	if !r.Found && !r.Scene || len(y) > 5 {
		return false
	}
	if name, ok := e.en.Parse(y).Main(); ok && name.End < len(y) {
		return false
	}
	return retell(e, nil, y)
}

// notThatOne answers "not the cat, the dog" and "I meant the dog, not the cat": what
// was done to the one is taken back, and done to the other.
func notThatOne(e *edit, m english.Match) bool {
	x, y := m["x"].TrimMarks(), e.en.Polite(m["y"])
	if len(x) > 4 || len(y) > 5 || !e.definite(y) || !e.touchedLast(x) {
		return false
	}
	return retarget(e, x, y)
}

// thatOne answers "no, the dog" and "I meant the dog".
func thatOne(e *edit, m english.Match) bool {
	y := e.en.Polite(m["y"])
	if _, meant := m["meant"]; !meant && !e.correction || len(y) > 5 || !e.definite(y) {
		return false
	}
	r := e.caption.Resolve(y)
	if r.Found && (e.caption.IsModifier(r) || r.NP.Head == e.caption.Focus()) || !r.Found && !r.Scene && r.Head == "" {
		return false
	}
	return retarget(e, nil, y)
}

// retarget takes the last edit back and makes it of y instead of x.
func retarget(e *edit, x, y english.Words) bool {
	if len(e.talk.Turns) < 2 || e.head().Plan == nil || e.retold {
		return false
	}
	before := e.talk.Turns[len(e.talk.Turns)-2]
	now := e.caption
	e.caption = caption.New(e.en, before.Prompt, before.Weights)
	said := e.lastSaid()
	start, end, ok := e.spokenOf(said, x, y)
	e.caption = now
	if !ok {
		return false
	}
	if !restore(e, before) {
		return false
	}
	e.retold = true
	e.because("not for " + said[start:end].Text())
	return e.read(slices.Concat(said[:start], y, said[end:]))
}

// touchedLast tells whether the turn before was about what the words name.
func (e *edit) touchedLast(x english.Words) bool {
	plan := e.head().Plan
	if plan == nil || len(x) == 0 {
		return false
	}
	want := e.en.Lemma(x[len(x)-1].Lower)
	for _, t := range e.lastSaid() {
		if e.en.Lemma(t.Lower) == want {
			return true
		}
	}
	return slices.ContainsFunc(plan.Ops, func(op Op) bool { return op.Noun != "" && e.en.Lemma(op.Noun) == want })
}
