package dialogue

import (
	"fmt"
	"pentimento/dialogue/lexicon"
)

// remove takes what the phrase names out of the caption, with the connectives
// that held it.
func (d *draft) remove(spoken []token) bool {
	before := d.caption.clone()
	done := false
	for _, item := range d.items(spoken) {
		what := d.resolve(item)
		if !what.found && !what.scene {
			what = d.resolveLoosely(item)
		}
		switch {
		case d.ambiguous(what):
			return true
		case what.found:
			d.because("take out " + phraseText(item))
			d.removeFound(what, item)
			done = true
		case what.scene && d.removeBackground():
			done = true
		default:
			d.undone = append(d.undone, fmt.Sprintf("removing %q: the prompt does not name it", phraseText(item)))
		}
	}
	if done {
		d.removed = &removal{before: before, spoken: spoken}
		d.widen(Appearance)
		return true
	}
	d.undone = nil
	if len(spoken) > 6 {
		return false
	}
	return d.ask(Question{Kind: NothingToDo, Text: fmt.Sprintf("The prompt does not name %q, so there is nothing to take out of it.", phraseText(spoken)), Choices: d.removable()})
}

// resolveLoosely finds a word of the caption that is made of the spoken one:
// "snowy" for "the snow".
func (d *draft) resolveLoosely(spoken []token) referent {
	for len(spoken) > 1 && closedWord(spoken[0].lower) {
		spoken = spoken[1:]
	}
	if len(spoken) != 1 {
		return referent{}
	}
	return d.resolveWord(d.caption.parse(), referent{phrase: spoken})
}

// removable suggests what could be taken out.
func (d *draft) removable() []string {
	p := d.caption.parse()
	var choices []string
	for i, n := range p.nouns {
		if i > 0 && n.head > 0 && len(choices) < 4 && n.owner < 0 && (n.end >= len(p.tokens) || p.tokens[n.end].lower != "'s") {
			choices = append(choices, "remove the "+lower(phraseText(p.tokens[skipDeterminer(p, n):n.end])))
		}
	}
	return choices
}

func (d *draft) removeFound(what referent, spoken []token) {
	p := d.caption.parse()
	if m, ok := d.moment(p); ok && m.start <= what.from && what.from < m.end {
		d.caption.splice(m.start, m.end, nil) // "under a cloudy sky", all of it
		return
	}
	if p.tags[what.np.head] != noun || what.to <= what.np.head && p.tags[what.from] == adjective {
		d.caption.splice(what.from, what.to, nil) // "not curly": an adjective
		return
	}
	from, to := d.extent(p, wholePhrase(p, what.np))
	if from == 0 && to < len(p.tokens) {
		d.removeSubject(p, to)
		return
	}
	d.cut(p, from, to)
}

// extent is the noun phrase with what hangs on it: "of cookies" after "a jar".
func (d *draft) extent(p parsed, n nounPhrase) (from, to int) {
	from, to = n.start, n.end
	for to < len(p.tokens) && p.tokens[to].lower == "of" {
		next, ok := phraseAt(p, to+1)
		if !ok {
			break
		}
		to = next.end
	}
	// "a bouquet of roses": taking out the roses takes out the bouquet.
	if from > 1 && p.tokens[from-1].lower == "of" {
		for _, outer := range p.nouns {
			if outer.end == from-1 && !d.p.lex.Is(p.tokens[outer.head].lower, lexicon.Picture) {
				from = outer.start
			}
		}
	}
	return from, to
}

// cut removes words [from, to) and one of the connectives around them.
func (d *draft) cut(p parsed, from, to int) {
	prev := func(i int) string {
		if i > 0 {
			return p.tokens[i-1].lower
		}
		return ""
	}
	next := ""
	if to < len(p.tokens) {
		next = p.tokens[to].lower
	}
	switch before := prev(from); {
	case before == "and":
		from--
		if prev(from) == "," {
			from--
		}
		d.mendList(p, from)
	case before == "," && (next == "," || next == "and"):
		if next == "and" && d.commas(p, from) == 1 {
			from-- // "A, B and C" without B is "A and C"
		} else {
			from--
		}
	case next == "and":
		to++
	case next == "," && leads.has(before) && to+1 < len(p.tokens) && p.tags[to+1] != preposition:
		to++
		if to < len(p.tokens) && p.tokens[to].lower == "and" {
			to++
		}
	default:
		from = d.governor(p, from)
	}
	d.caption.splice(from, to, nil)
}

const leads wordList = "with wearing"

// mendList turns the last comma of "A, B" into "and" after C was cut from "A, B
// and C".
func (d *draft) mendList(p parsed, end int) {
	for i := end - 1; i > 0; i-- {
		if p.tags[i] == noun || p.tags[i] == adjective || p.tags[i] == determiner || p.tags[i] == number {
			continue
		}
		if p.tokens[i].lower == "," && i+1 < end {
			d.caption.splice(i, i+1, tokenise("and"))
		}
		return
	}
}

func (d *draft) commas(p parsed, before int) int {
	n := 0
	for _, t := range p.tokens[:before] {
		if t.lower == "," {
			n++
		}
	}
	return n
}

// governor steps back over the preposition, and over a participle that has no
// other object, so that nothing dangles: "in a tie", "trying to reach".
func (d *draft) governor(p parsed, from int) int {
	start := from
	for start > 0 && (p.tags[start-1] == preposition || p.tokens[start-1].lower == "top" || p.tokens[start-1].lower == "front" || p.tokens[start-1].lower == "next") {
		start--
	}
	for start > 1 && p.tags[start-1] == verb && p.tokens[start-2].lower == "to" { // "trying to reach"
		start -= 2
	}
	if start > 0 && (p.tags[start-1] == gerund || p.tags[start-1] == past) && !posture.has(d.p.verbBase(p.tokens[start-1].lower)) {
		start--
		if start > 0 && (p.tags[start-1] == auxiliary || p.tokens[start-1].lower == ",") {
			start--
		}
	}
	return start
}

// posture verbs stand without what follows them.
const posture wordList = "sit stand lie lay walk run sleep fly swim rest hang jump play"

func (p *Planner) verbBase(w string) string {
	base, _ := p.lex.VerbLemma(w)
	return base
}

// removeSubject removes what the caption is about. What remains is the
// place: "a person sitting at the seaside with rocks" becomes "a seaside with
// rocks".
func (d *draft) removeSubject(p parsed, end int) {
	if next := p.tokens[end].lower; next == "and" || next == "," {
		d.caption.splice(0, end+1, nil)
		return
	}
	for _, n := range p.nouns {
		at := n.start
		if at <= end || p.tags[at-1] != preposition || p.tokens[at-1].lower == "with" || p.tokens[at-1].lower == "of" {
			continue
		}
		if lex := d.p.lex; lex.Is(p.tokens[n.head].lower, lexicon.Garment) || lex.Is(p.tokens[n.head].lower, lexicon.BodyPart) {
			continue
		}
		d.caption.splice(0, at, nil)
		if w := d.caption.words[0]; w.lower == "the" && w.text != "the" {
			w.text = "A"
		}
		return
	}
	d.caption.splice(0, end, nil)
}

func (d *draft) removeBackground() bool {
	p := d.caption.parse()
	for i, t := range p.tokens {
		if t.lower != "background" || i == 0 {
			continue
		}
		for _, n := range p.nouns {
			if n.head == i {
				d.caption.splice(d.governor(p, n.start), i+1, nil)
				return true
			}
		}
	}
	return false
}

func removeX(d *draft, m match) bool { return d.remove(m["x"]) }

func removeY(d *draft, m match) bool { return d.remove(m["y"]) }

// notAdjective takes an adjective out: "not curly".
func notAdjective(d *draft, m match) bool {
	y := d.p.bareAdjectives(m["y"])
	if len(y) != 1 {
		return false
	}
	return d.resolveAdjective(y).found && d.remove(y)
}
