package dialogue

import (
	"slices"
	"strconv"
	"strings"

	"pentimento/dialogue/lexicon"
)

// followUp answers clauses that only the turn before gives a meaning: "a bit
// more", "too much", "again", "same for the shirt", "what about green?".
func (d *draft) followUp(tokens []token) (done, ok bool) {
	text := lower(phraseText(tokens))
	for _, lead := range []string{"make it ", "make that ", "do it ", "do that ", "it's ", "it is ", "that's ", "that is ", "this is ", "do ", "i want ", "it should be ", "go ", "add ", "can you "} {
		text = strings.TrimPrefix(text, lead)
	}
	if factor, ok := amount(tokens); ok {
		return d.again(factor), true
	}
	switch {
	case isMore(text):
		return d.again(strength(tokens)), true
	case isLess(text):
		return d.again(1 / strength(tokens)), true
	case text == "again" || text == "once more" || text == "one more time" || text == "repeat" || text == "repeat that" || text == "same again" || text == "another" || text == "the same again":
		return d.again(normal), true
	}
	for _, f := range d.p.followUps {
		if f.pattern.match(tokens, func(m match) bool { return f.do(d, m) }) {
			return true, true
		}
	}
	return false, false
}

// amount reads requests that say only how much of the last edit to add or take:
// "increase it further by 20 percent", "do it again", "reduce by a little".
// All of their words are about amounts.
func amount(tokens []token) (factor float64, ok bool) {
	by, less, more := 0.0, false, false
	for i, t := range tokens {
		if t.lower == "-" && i+1 < len(tokens) && tokens[i+1].glued {
			less = true
		}
		switch {
		case ups.has(t.lower):
			more = true
		case downs.has(t.lower):
			less = true
		case t.lower != "" && t.lower[0] >= '0' && t.lower[0] <= '9':
			n, err := strconv.ParseFloat(t.lower, 64)
			if err != nil || n <= 0 || n > 1000 {
				return 0, false
			}
			by = n
		case !amountFiller.has(t.lower) && !t.mark:
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
	ups          wordList = "increase increasing increased again further more repeat strengthen boost stronger"
	downs        wordList = "decrease decreasing reduce reducing lower less weaken weaker lessen"
	amountFiller wordList = "it another once that this the a an if will would be better good look but no naah actually wait yes by bit little lot much some percent degree degrees same amount action thing change effect do make try go adjust can could we you should i think please now time one to way slightly even of say"
)

// isMore tells whether a text asks for more of the last edit.
func isMore(text string) bool {
	switch text {
	case "more", "a bit more", "a little more", "a little bit more", "much more", "a lot more", "even more", "slightly more", "some more",
		"more of it", "more of that", "stronger", "a bit stronger", "a little stronger", "even stronger", "much stronger", "way more",
		"way stronger", "not enough", "not strong enough", "that's not enough", "still more", "further", "more please", "increase it",
		"increase", "increase it again", "increase by a little", "again increase by a little", "more so", "more intense", "more strongly",
		"stronger please", "a touch more", "a tad more":
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
		"overdone", "a bit less of it", "less of that", "less of it", "exaggerated", "too far":
		return true
	}
	return false
}

func followUpRules() []rule {
	list := []struct {
		pattern string
		do      func(*draft, match) bool
	}{
		{"[do|make|and] [the] same [thing|color|colour] (for|to|with|on|goes for) <x>", sameFor},
		{"[and] <x> (too|as well|likewise|the same|the same way|the same color|the same colour)", sameFor},
		{"make <x> (the same|the same color|the same colour|match|like that too)", sameFor},
		{"(what about|how about|and what about|try|rather|i meant|i mean|actually|or|maybe|preferably|better) <y> [instead|rather|then]", otherValue},
		{"(make it|make that|make them|use|go with|have it|let's try|do it in|let it be|want it|turn it) <y> (instead|rather)", otherValue},
		{"<y> (instead|rather)", otherValue},
		{"(i said|i asked for|i wanted|i meant|rather have|i'd rather have|i would rather have|i'd rather see|prefer|i prefer) <y>", otherValue},
		{"[would] <y> (would be|would look|is|looks|look|be|might be) (better|nicer|cooler|prettier|good|nice)", otherValue},
		{"[it's|its|that's|thats|it is|that is|this is|it looks|looks] [a bit|a little|way|much|far] (too) <y>", tooMuch},
		{"(back to|go back to|return to|switch back to|change it back to|make it) <y> [again]", backTo},
		{"(put|bring|give|add|get|want|have) [her|him|it|me] [back] <y> [back|again]", bringBack},
		{"(another|another one|one more|add another|add another one|add one more)", anotherOne},
	}
	rules := make([]rule, len(list))
	for i, r := range list {
		rules[i] = rule{compile(r.pattern), r.do}
	}
	return rules
}

// sameFor repeats the last edit's adjectives for another noun.
func sameFor(d *draft, m match) bool {
	x := m["x"]
	r := d.resolve(x)
	if r.head == "" && !r.scene {
		return false
	}
	last := d.lastWords()
	if len(last) == 0 {
		return false
	}
	p := d.caption.parse()
	var adjectives []token
	for _, i := range last {
		if p.tags[i] == adjective || d.p.lex.IsColour(p.tokens[i].lower) {
			adjectives = append(adjectives, p.tokens[i])
		}
	}
	if len(adjectives) == 0 {
		return false
	}
	return d.setAdjectives(x, adjectives)
}

// otherValue replaces what the turn before put in by something of the same sort.
func otherValue(d *draft, m match) bool {
	y := d.p.polite(m["y"])
	if len(y) > 1 && (y[0].lower == "no" || y[0].lower == "without") {
		return d.remove(y[1:])
	}
	if d.p.isAdjectival(y) {
		return d.replaceLast(y)
	}
	if d.swapLast(y) {
		return true
	}
	thing := parse(d.p.lex, y)
	if name, ok := mainPhrase(thing); !ok || name.start > 0 || name.end < len(y) || !d.p.knowsAll(thing, y) {
		return false
	}
	return d.transform(y)
}

// backTo takes back the edit that replaced what was spoken: "back to blond".
func backTo(d *draft, m match) bool {
	for _, turn := range slices.Backward(d.talk.Turns) {
		if turn.Plan == nil {
			continue
		}
		for _, op := range slices.Backward(turn.Plan.Ops) {
			if op.Kind == Swap && d.saysSame(op.From, m["y"]) && d.reverse(op) {
				return true
			}
		}
	}
	return false
}

// bringBack adds again what an earlier turn took out.
func bringBack(d *draft, m match) bool {
	for _, turn := range slices.Backward(d.talk.Turns) {
		if turn.Plan == nil {
			continue
		}
		for _, op := range slices.Backward(turn.Plan.Ops) {
			if op.Kind == Remove && d.saysSame(lastWord(op.From), m["y"]) {
				return d.reverse(op)
			}
		}
	}
	return false
}

// saysSame compares words without articles.
func (d *draft) saysSame(text string, spoken []token) bool {
	for len(spoken) > 1 && classOf(spoken[0].lower) == determiner {
		spoken = spoken[1:]
	}
	return text == lower(phraseText(spoken))
}

// anotherOne adds once more what the turn before added.
func anotherOne(d *draft, m match) bool {
	plan := d.talk.Turns[len(d.talk.Turns)-1].Plan
	if plan == nil || len(plan.Ops) != 1 || plan.Ops[0].Kind != Refine {
		return false
	}
	d.because("one more " + plan.Ops[0].To)
	return d.attachScene(tokenise("another "+plan.Ops[0].To), "with")
}

// swapLast replaces the noun, or the doing, that the turn before put in.
func (d *draft) swapLast(y []token) bool {
	if d.swapLastVerb(y) {
		return true
	}
	thing := parse(d.p.lex, y)
	name, ok := mainPhrase(thing)
	if !ok || name.start > 0 || name.end < len(y) {
		return false
	}
	p := d.caption.parse()
	for _, i := range slices.Backward(d.lastWords()) {
		for _, n := range p.nouns {
			if n.head != i {
				continue
			}
			if d.p.lemma(p.tokens[i].lower) == d.p.lemma(thing.tokens[name.head].lower) {
				return d.respecify(found(referent{}, p, n), thing, name)
			}
			d.putInPlace(found(referent{}, p, n), thing, name)
			d.widen(Shape)
			d.because("in place of " + p.tokens[i].lower)
			return true
		}
	}
	return false
}

func (d *draft) swapLastVerb(y []token) bool {
	base, ok := d.p.lex.VerbLemma(y[0].lower)
	if !ok {
		return false
	}
	p := d.caption.parse()
	for _, i := range d.lastWords() {
		if p.tags[i] == gerund {
			d.caption.splice(i, i+1, slices.Concat(tokenise(lexicon.Gerund(base)), y[1:]))
			d.because("in place of " + p.tokens[i].lower)
			d.widen(Shape)
			return true
		}
	}
	return false
}

// tooMuch answers "too red", "too curly": less of it.
func tooMuch(d *draft, m match) bool {
	y := m["y"]
	if base, _, ok := d.p.lex.Degree(y[0].lower); ok && len(y) == 1 {
		y = tokenise(base)
	}
	if r := d.resolveAdjective(y); r.found {
		return d.scaleWord(y, 1/strength(d.said))
	}
	return false
}

// undoThing takes back one edit of the conversation by its name: "undo the
// glasses". Words that it put in go, words that it replaced come back.
func (d *draft) undoThing(spoken []token) bool {
	if len(spoken) == 1 && (pronouns.has(spoken[0].lower) || spoken[0].lower == "everything") {
		return d.undoLast()
	}
	want := map[string]bool{}
	for _, t := range spoken {
		if !t.mark && !closedWord(t.lower) {
			want[d.p.lemma(t.lower)] = true
		}
	}
	for _, turn := range slices.Backward(d.talk.Turns) {
		if turn.Plan == nil {
			continue
		}
		for _, op := range slices.Backward(turn.Plan.Ops) {
			if d.names(op, want) {
				return d.reverse(op)
			}
		}
	}
	return false
}

func (d *draft) names(op Op, want map[string]bool) bool {
	for _, t := range tokenise(op.From + " " + op.To + " " + op.Noun) {
		if want[d.p.lemma(t.lower)] {
			return true
		}
	}
	return false
}

// reverse undoes one operation in the caption.
func (d *draft) reverse(op Op) bool {
	d.because("take back " + label([]Op{op}))
	d.widen(Appearance)
	switch op.Kind {
	case Refine:
		return d.remove(tokenise(op.To))
	case Remove:
		return d.add(tokenise(op.From), nil, "")
	case Swap:
		if r := d.resolveWord(d.caption.parse(), referent{phrase: tokenise(op.To)}); r.found {
			d.caption.splice(r.from, r.to, tokenise(op.From))
			return true
		}
	case Reweight:
		return d.caption.unweigh(op.To)
	}
	return false
}

// undoLast brings the prompt of the turn before back into the draft, for
// requests that go on from there.
func (d *draft) undoLast() bool {
	if len(d.talk.Turns) < 2 {
		return false
	}
	d.because("take back the last edit")
	return d.restore(d.talk.Turns[len(d.talk.Turns)-2])
}

// restore makes the caption say what an earlier turn's prompt says.
func (d *draft) restore(turn Turn) bool {
	if !d.caption.restore(turn.Prompt, turn.Weights) {
		return false
	}
	d.widen(Appearance)
	return true
}
