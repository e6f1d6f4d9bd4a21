package dialogue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// inItsPlace puts what is added right after a removal in the place of what was
// removed: "remove the bananas and add grapes", "… and grapes instead".
func inItsPlace(e *edit, m english.Match) bool {
	y := m["y"]
	if e.gone == nil || y[len(y)-1].Lower == "instead" {
		return false
	}
	if last := len(y) - 1; last > 0 && (y[last].Lower == "there" || y[last].Lower == "here") {
		y = y[:last]
	}
	if _, verb := m["verb"]; !verb && english.Starters.Has(y[0].Lower) {
		return false
	}
	if slices.ContainsFunc(y, func(t english.Token) bool { return english.ClassOf(t.Lower) == english.Preposition && !t.Mark }) {
		return false
	}
	old, name := e.gone.before.Resolve(e.gone.spoken), e.en.Parse(y)
	_, named := m["place"]
	if n, ok := name.Main(); ok && !named && old.Found && e.en.Is(old.Noun, lexicon.BodyPart) != e.en.Is(name.Words[n.Head].Lower, lexicon.BodyPart) && e.p.personal(name.Words[n.Head].Lower) {
		return false // sunglasses come in the place of no beard
	}
	e.caption = e.gone.before.Clone()
	return swap(e, e.gone.spoken, y)
}

// byAmount answers what says only how much of the last edit to add or take.
func byAmount(e *edit, m english.Match) bool {
	factor, ok := amount(m["x"])
	return ok && again(e, factor)
}

// moreOfIt answers what asks for more of the last edit: "a bit more".
func moreOfIt(e *edit, m english.Match) bool {
	return isMore(withoutLead(m.Text("x"))) && again(e, strength(m["x"]))
}

// lessOfIt answers what asks for less of the last edit: "too much".
func lessOfIt(e *edit, m english.Match) bool {
	x := m["x"]
	if i := slices.IndexFunc(x, func(t english.Token) bool { return t.Mark }); i > 0 && isLess(withoutLead(x[i+1:].TrimMarks().Lower())) {
		x = x[:i] // "too much, half of that"
	}
	return isLess(withoutLead(x.Lower())) && again(e, 1/strength(m["x"]))
}

// onceMore answers what asks for the last edit once more.
func onceMore(e *edit, m english.Match) bool {
	switch withoutLead(m.Text("x")) {
	case "again", "once more", "one more time", "repeat", "repeat that", "same again", "another", "the same again":
		return again(e, normal)
	}
	return false
}

// withoutLead drops the words with which a follow-up may begin.
func withoutLead(text string) string {
	for _, lead := range [...]string{"make it ", "make that ", "do it ", "do that ", "it's ", "it is ", "that's ", "that is ", "this is ", "do ", "i want ", "it should be ", "go ", "add ", "can you "} {
		text = strings.TrimPrefix(text, lead)
	}
	return text
}

// amount reads requests that say only how much of the last edit to add or take:
// "increase it further by 20 percent", "do it again", "reduce by a little".
// All of their words are about amounts.
func amount(tokens english.Words) (factor float64, ok bool) {
	by, less, more := 0.0, false, false
	for i, t := range tokens {
		if t.Lower == "-" && i+1 < len(tokens) && tokens[i+1].Glued {
			less = true
		}
		switch {
		case ups.Has(t.Lower):
			more = true
		case downs.Has(t.Lower):
			less = true
		case t.Lower != "" && t.Lower[0] >= '0' && t.Lower[0] <= '9':
			n, err := strconv.ParseFloat(t.Lower, 64)
			if err != nil || n <= 0 || n > 1000 {
				return 0, false
			}
			by = n
		case !amountFiller.Has(t.Lower) && !t.Mark:
			return 0, false
		}
	}
	if !less && !more {
		return 0, false
	}
	factor = strength(tokens)
	if by > 0 {
		factor = 1 + by/100
	}
	if less {
		factor = 1 / factor
	}
	return factor, true
}

const (
	ups          english.List = "increase increasing increased again further more repeat strengthen boost stronger"
	downs        english.List = "decrease decreasing reduce reducing lower less weaken weaker lessen"
	amountFiller english.List = "it another once that this the a an if will would be better good look but no naah actually wait yes by bit little lot much some percent degree degrees same amount action thing change effect do make try go adjust can could we you should i think please now time one to way slightly even of say"
)

// isMore tells whether a text asks for more of the last edit.
func isMore(text string) bool {
	switch text {
	case "more", "a bit more", "a little more", "a little bit more", "much more", "a lot more", "even more", "slightly more", "some more",
		"more of it", "more of that", "stronger", "a bit stronger", "a little stronger", "even stronger", "much stronger", "way more",
		"way stronger", "not enough", "not strong enough", "that's not enough", "still more", "further", "more please", "increase it",
		"increase", "increase it again", "increase by a little", "again increase by a little", "more so", "more intense", "more strongly",
		"stronger please", "a touch more", "a tad more",
		"a few more", "a couple more", "many more", "lots more", "a lot more of them", "more of them", "more of those", "some more of those", "a few more of them", "a few more of those":
		return true
	}
	return false
}

// isLess tells whether a text asks for less of the last edit.
func isLess(text string) bool {
	switch text {
	case "less", "a bit less", "a little less", "a little bit less", "much less", "a lot less", "even less", "slightly less", "too much",
		"way too much", "a bit too much", "a little too much", "far too much", "much too much", "too strong", "a bit too strong",
		"way too strong", "weaker", "a bit weaker", "a little weaker", "much weaker", "tone it down", "tone it down a bit", "tone that down",
		"not so much", "not that much", "not as much", "less so", "subtler", "more subtle", "softer", "decrease it", "reduce it",
		"reduce it a bit", "too intense", "less intense", "less strong", "a touch less", "a tad less", "dial it back", "dial it down",
		"half of that", "half that", "half as much", "half of it", "overdone", "a bit less of it", "less of that", "less of it", "exaggerated", "too far":
		return true
	}
	return false
}

// sameFor repeats the last edit's adjectives for another noun.
func sameFor(e *edit, m english.Match) bool {
	x := m["x"]
	r := e.caption.Resolve(x)
	if r.Head == "" && !r.Scene {
		return false
	}
	if e.definite(x) && retell(e, nil, x) {
		return true
	}
	last := lastWords(e)
	if len(last) == 0 {
		return false
	}
	p := e.caption.Parse()
	var adjectives english.Words
	for _, i := range last {
		if p.Tags[i] == english.Adjective || e.en.IsColour(p.Words[i].Lower) {
			adjectives = append(adjectives, p.Words[i])
		}
	}
	if len(adjectives) == 0 {
		return false
	}
	return setAdjectives(e, x, adjectives)
}

// andSo answers "and the house green" after "make the car blue", and "and her a
// scarf" after "give him a hat".
func andSo(e *edit, m english.Match) bool {
	if !e.too && !e.afterAnother() {
		return false
	}
	return e.caption.Split(m["z"], func(x, y english.Words) bool {
		r := e.caption.Resolve(x)
		switch {
		case !e.definite(x) || !r.Found && !r.Scene:
			return false
		case e.en.IsAdjectival(y):
			return setAdjectives(e, x, y)
		case r.Found && e.en.Animate(r.Noun) && e.isThing(y):
			return give(e, x, y, "with")
		}
		return false
	})
}

// afterAnother tells whether a clause of the request came before.
func (e *edit) afterAnother() bool { return e.rule != "" }

// isThing tells whether words are one thing: "a scarf", "glasses".
func (e *edit) isThing(y english.Words) bool {
	q := e.en.Parse(y)
	name, ok := q.Main()
	return ok && name.Start == 0 && name.End == len(y)
}

// otherValue replaces what the turn before put in by something of the same sort.
func otherValue(e *edit, m english.Match) bool {
	y := plainly(e.en.Polite(m["y"]))
	if len(y) > 1 && (y[0].Lower == "no" || y[0].Lower == "without") {
		return remove(e, y[1:])
	}
	if e.en.IsAdjectival(y) {
		return replaceLast(e, y)
	}
	if e.en.IsMoment(y) {
		return setTime(e, y)
	}
	if r := e.caption.Resolve(y); english.ClassOf(y[0].Lower) == english.Possessive && len(y) == 2 && r.Owned {
		return e.ask(Question{Kind: Clarify, Text: fmt.Sprintf("What about the %s? Say how it should be.", r.Head)})
	}
	if english.OneOfThem(y) && len(y) > 1 {
		return fragment(e, english.Match{"x": y})
	}
	if things := e.en.Items(y); len(things) > 1 && len(lastWords(e)) > 0 { // "make that a scarf and a hat"
		for i, thing := range things {
			if i == 0 && !swapLast(e, thing) || i > 0 && !add(e, thing, nil, "") {
				return false
			}
		}
		return true
	}
	if e.en.IsStyle(y) {
		return setStyle(e, y, true)
	}
	return swapLast(e, y) || preferred(e, y)
}

// backTo takes back the edit that replaced what was spoken: "back to blond".
func backTo(e *edit, m english.Match) bool {
	for _, turn := range slices.Backward(e.talk.Turns) {
		if turn.Plan == nil {
			continue
		}
		for _, op := range slices.Backward(turn.Plan.Ops) {
			if op.Kind == Swap && saysSame(e, op.From, m["y"]) && reverse(e, op) {
				return true
			}
		}
	}
	return false
}

// bringBack adds again what an earlier turn took out.
func bringBack(e *edit, m english.Match) bool {
	if y := m["y"]; len(y) == 1 && english.Pronouns.Has(y[0].Lower) {
		return e.said.Has("back") && e.lastRemoved()
	}
	for _, turn := range slices.Backward(e.talk.Turns) {
		if turn.Plan == nil {
			continue
		}
		for _, op := range slices.Backward(turn.Plan.Ops) {
			if op.Kind == Remove && saysSame(e, lastWord(op.From), m["y"]) {
				return reverse(e, op)
			}
			if op.Kind == Swap && (saysSame(e, op.From, m["y"]) || saysSame(e, lastWord(op.From), m["y"])) && e.definite(m["y"]) && reverse(e, op) {
				return true
			}
		}
	}
	return len(e.talk.Turns) > 1 && e.definite(m["y"]) && comesBack(e, m["y"])
}

// lastRemoved brings back what was taken out last, whoever that was: "I want her back".
func (e *edit) lastRemoved() bool {
	for i, turn := range slices.Backward(e.talk.Turns) {
		if turn.Plan == nil || i == 0 {
			continue
		}
		if len(turn.Plan.Ops) > 0 && !slices.ContainsFunc(turn.Plan.Ops, func(op Op) bool { return op.Kind != Remove }) {
			e.because("what was taken out comes back")
			return i+1 == len(e.talk.Turns) && restore(e, e.talk.Turns[i-1])
		}
	}
	return false
}

// saysSame compares words without articles.
func saysSame(e *edit, text string, spoken english.Words) bool {
	for len(spoken) > 1 && english.ClassOf(spoken[0].Lower) == english.Determiner {
		spoken = spoken[1:]
	}
	return text == spoken.Lower()
}

// anotherOne adds once more what the turn before added.
func anotherOne(e *edit, m english.Match) bool {
	plan := e.head().Plan
	if plan == nil || len(plan.Ops) != 1 || plan.Ops[0].Kind != Refine {
		return false
	}
	e.because("one more " + plan.Ops[0].To)
	return e.caption.AttachScene(english.Tokenise("another "+plan.Ops[0].To), "with")
}

// swapLast replaces the noun, or the doing, that the turn before put in.
func swapLast(e *edit, y english.Words) bool {
	if swapLastVerb(e, y) {
		return true
	}
	thing := e.en.Parse(y)
	name, ok := thing.Main()
	if !ok || name.Start > 0 || name.End < len(y) {
		return false
	}
	p := e.caption.Parse()
	head := thing.Words[name.Head].Lower
	for _, n := range p.Nouns { // "a blue shirt" where there is a white one
		if name.Head > name.Start && e.en.Lemma(p.Words[n.Head].Lower) == e.en.Lemma(head) && len(e.lastSaid()) > 0 {
			return respecify(e, caption.Referent{}.At(p, n), thing, name)
		}
	}
	last := lastWords(e)
	if i := slices.IndexFunc(last, func(i int) bool {
		return p.Tags[i] == english.Noun && (e.en.OneKind(p.Words[i].Lower, head) || e.sameKind(head, p.Words[i].Lower))
	}); i >= 0 {
		last = last[i : i+1] // "mountains" for the hills of "hills in the background"
	}
	for _, i := range slices.Backward(last) {
		for _, n := range p.Nouns {
			if n.Head != i || e.en.Animate(head) && e.p.personal(p.Words[i].Lower) { // nobody wears a cat
				continue
			}
			if !e.sameKind(head, p.Words[i].Lower) && e.comesForAnother(p, head, last) {
				return false // no girl comes for the lake where there is a boy
			}
			if e.en.Lemma(p.Words[i].Lower) == e.en.Lemma(thing.Words[name.Head].Lower) {
				return respecify(e, caption.Referent{}.At(p, n), thing, name)
			}
			e.caption.Replace(caption.Referent{}.At(p, n), thing, name)
			e.widen(Shape)
			e.because("in place of " + p.Words[i].Lower)
			return true
		}
	}
	return false
}

// comesForAnother tells whether the caption has just one thing of the kind of a noun,
// and that is not among the words at the indices.
func (e *edit) comesForAnother(p english.Parsed, noun string, last []int) bool {
	found := 0
	for _, n := range p.Nouns {
		old := p.Words[n.Head].Lower
		if slices.Contains(last, n.Head) || old == noun || !e.sameKind(noun, old) && !e.en.OneKind(noun, old) {
			continue
		}
		found++
	}
	return found == 1
}

// swapLastVerb replaces what the turn before made somebody do.
func swapLastVerb(e *edit, y english.Words) bool {
	base, ok := e.en.VerbLemma(y[0].Lower)
	if !ok {
		return false
	}
	p := e.caption.Parse()
	for _, i := range lastWords(e) {
		if p.Tags[i] == english.Gerund {
			e.caption.Splice(i, i+1, slices.Concat(english.Tokenise(lexicon.Gerund(base)), y[1:]))
			e.because("in place of " + p.Words[i].Lower)
			e.widen(Shape)
			return true
		}
	}
	return false
}

// tooMuch answers "too red", "too curly": less of it.
func tooMuch(e *edit, m english.Match) bool {
	y := m["y"]
	if base, _, ok := e.en.Degree(y[0].Lower); ok && len(y) == 1 {
		y = english.Tokenise(base)
	}
	if r := e.caption.ResolveAdjective(y); r.Found {
		return scaleWord(e, y, 1/strength(e.said))
	}
	return false
}

// undoNamed takes back one edit of the conversation by its name: "undo the
// glasses". Words that it put in go, words that it replaced come back.
func undoNamed(e *edit, m english.Match) bool {
	spoken := m["x"]
	if len(spoken) == 1 && (english.Pronouns.Has(spoken[0].Lower) || spoken[0].Lower == "everything") {
		return undoLast(e)
	}
	want := map[string]bool{}
	for _, t := range spoken {
		if !t.Mark && !english.Closed(t.Lower) {
			want[e.en.Lemma(t.Lower)] = true
		}
	}
	for _, turn := range slices.Backward(e.talk.Turns) {
		if turn.Plan == nil {
			continue
		}
		for _, op := range slices.Backward(turn.Plan.Ops) {
			if names(e, op, want) {
				return reverse(e, op)
			}
		}
	}
	return false
}

// names tells whether an operation is about one of the words, in their base form.
func names(e *edit, op Op, want map[string]bool) bool {
	for _, t := range english.Tokenise(op.From + " " + op.To + " " + op.Noun) {
		if want[e.en.Lemma(t.Lower)] {
			return true
		}
	}
	return false
}

// reverse undoes one operation in the caption.
func reverse(e *edit, op Op) bool {
	e.because("take back " + caption.Label([]Op{op}))
	e.widen(Appearance)
	switch op.Kind {
	case Refine:
		return remove(e, english.Tokenise(op.To))
	case Remove:
		return add(e, english.Tokenise(op.From), nil, "")
	case Swap:
		if r := e.caption.ResolveWord(english.Tokenise(op.To)); r.Found {
			e.caption.Splice(r.From, r.To, english.Tokenise(op.From))
			return true
		}
	case Reweight:
		return e.caption.Unweigh(op.To)
	}
	return false
}

// undoLast brings the prompt of the turn before back into the draft, for
// requests that go on from there.
func undoLast(e *edit) bool {
	if len(e.talk.Turns) < 2 {
		return false
	}
	e.because("take back the last edit")
	return restore(e, e.talk.Turns[len(e.talk.Turns)-2])
}

// restore makes the caption say what an earlier turn's prompt says.
func restore(e *edit, turn Turn) bool {
	if !e.caption.Restore(turn.Prompt, turn.Weights) {
		return false
	}
	e.widen(Appearance)
	return true
}
