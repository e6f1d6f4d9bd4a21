package dialogue

import (
	"slices"
	"strings"

	"pentimento/dialogue/lexicon"
)

// A referent is what a spoken phrase names in the caption.
type referent struct {
	// phrase is what was spoken, head the noun in it, adjectives what else was
	// said of it, number "one" or "both" when that was said.
	phrase []token
	head   string
	// whole is set for the picture itself ("it", "the image"), scene for its
	// background.
	whole, scene bool
	// found tells that the caption names it: in noun phrase np, with the words
	// [from, to) answering to what was spoken.
	found    bool
	np       nounPhrase
	from, to int
	noun     string // the caption's own head of np
	// owner is the noun phrase it belongs to ("the man's top"), where known.
	owned bool
	owner nounPhrase
	// rivals are other noun phrases that answer just as well.
	rivals []nounPhrase
}

const (
	wordsForPicture wordList = "image picture photo photograph pic scene everything whole painting drawing portrait all rendering shot frame"
	wordsForScene   wordList = "background backdrop location setting surroundings scenery place environment backgroud bg"
	genericPerson   wordList = "person people someone somebody figure character subject human model he she they him them her me you"
	pronouns        wordList = "it this that they them one he she him her these those"
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// resolve finds what a phrase names. Reference is the hard part of edits in
// conversation: only a fifth of real requests name the words that they want
// replaced. In order of trust:
//
//  1. pronouns name what was edited last, or what the picture is of;
//  2. "her hair", "the man's top": the owner is resolved first, then the part is
//     sought after the owner;
//  3. a noun of the caption with the same lemma, then a synonym, then a noun
//     one of which is a kind of the other ("the man" for "a person", "the
//     animal" for "a dog"); adjectives that were spoken break ties, then nearness
//     to the last edit, then order.
//
// What the caption does not name (it may be in the picture all the same) comes
// back with found unset and the owner, if any.
func (d *draft) resolve(phrase []token) referent {
	p := d.caption.parse()
	phrase = trimMarks(phrase)
	r := referent{phrase: phrase}
	if len(phrase) == 0 {
		return r
	}
	if len(phrase) == 1 && pronouns.has(phrase[0].lower) {
		return d.resolvePronoun(p, r)
	}
	if len(phrase) == 1 && phrase[0].lower == "everything" {
		r.whole = true
		return r
	}
	spoken := parse(d.p.lex, phrase)
	name, ok := mainPhrase(spoken)
	if !ok {
		return d.resolveWord(p, r)
	}
	r.head = spoken.tokens[name.head].lower
	switch {
	case wordsForScene.has(r.head) && name.core == name.head:
		r.scene = true
	case wordsForPicture.has(r.head) && name.core == name.head && !named(p, r.head):
		r.whole = true
		return r
	}
	d.resolveOwner(p, spoken, name, &r)
	d.pick(p, spoken, name, &r)
	if score := d.likeness(r.head, headOf(p, r)); name.head == name.start+skipArticle(spoken, name) && score < 9 {
		if w := d.resolveWord(p, referent{phrase: spoken.tokens[name.head:name.end]}); w.found && p.tokens[w.from].lower == r.head {
			w.phrase = phrase
			return w // the word itself stands there, as an adjective: "the blond"
		}
	}
	return r
}

func headOf(p parsed, r referent) string {
	if !r.found {
		return ""
	}
	return p.tokens[r.to-1].lower
}

func skipArticle(p parsed, n nounPhrase) int { return skipDeterminer(p, n) - n.start }

// named tells whether the caption has the noun itself.
func named(p parsed, head string) bool {
	return slices.ContainsFunc(p.nouns, func(n nounPhrase) bool { return p.tokens[n.head].lower == head })
}

func (d *draft) resolvePronoun(p parsed, r referent) referent {
	w := r.phrase[0].lower
	if (w == "them" || w == "they") && d.caption.focusIndex() >= 0 && d.p.lex.IsPlural(d.caption.words[d.caption.focusIndex()].lower) {
		w = "these"
	}
	if genericPerson.has(w) {
		if n, ok := d.person(p); ok {
			return found(r, p, n)
		}
	}
	if i := d.caption.focusIndex(); i >= 0 {
		for _, n := range p.nouns {
			if n.head == i {
				return found(r, p, n)
			}
		}
	}
	r.whole = true
	return r
}

func found(r referent, p parsed, n nounPhrase) referent {
	r.found, r.np, r.from, r.to, r.head = true, n, n.core, n.head+1, p.tokens[n.head].lower
	r.noun = r.head
	return r
}

// person is the first noun phrase about a person, or about an animal.
func (d *draft) person(p parsed) (nounPhrase, bool) {
	for _, kind := range []lexicon.Kind{lexicon.Person, lexicon.Animal} {
		for _, n := range p.nouns {
			if d.p.lex.Is(p.tokens[n.head].lower, kind) {
				return n, true
			}
		}
	}
	return nounPhrase{}, false
}

// resolveWord finds a phrase without a noun: a word of the caption itself ("the
// red").
func (d *draft) resolveWord(p parsed, r referent) referent {
	want := r.phrase[len(r.phrase)-1].lower
	for i, t := range p.tokens {
		if !t.mark && !closedWord(t.lower) && d.p.related(t.lower, want) {
			n := phraseAround(p, i)
			if r.found {
				r.rivals = append(r.rivals, n)
				continue
			}
			r.found, r.from, r.to, r.np, r.head = true, i, i+1, n, p.tokens[n.head].lower
			r.noun = r.head
		}
	}
	return r
}

// resolveOwner finds who "her", "the man's" or "of the man" is.
func (d *draft) resolveOwner(p parsed, spoken parsed, name nounPhrase, r *referent) {
	var owner []token
	switch {
	case name.owner >= 0:
		owner = spoken.tokens[name.start : name.owner+1]
	case spoken.tags[name.start] == possessive:
		if n, ok := d.person(p); ok {
			r.owned, r.owner = true, n
		}
		return
	case name.end < len(spoken.tokens) && spoken.tokens[name.end].lower == "of":
		owner = spoken.tokens[name.end+1:]
	}
	if len(owner) == 0 {
		return
	}
	if o := d.resolve(owner); o.found {
		r.owned, r.owner = true, o.np
	}
}

// pick chooses the caption's noun phrase that answers best to the spoken one.
func (d *draft) pick(p parsed, spoken parsed, name nounPhrase, r *referent) {
	best := 0.0
	focus := d.caption.focusIndex()
	for _, n := range p.nouns {
		for i := n.core; i <= n.head; i++ {
			score := d.likeness(r.head, d.p.compound(p, n.core, i))
			if score == 0 || i < n.head && (score < 10 || !d.compoundPart(spoken, name, p, n, i)) {
				continue
			}
			from, bonus := d.modifiers(spoken, name, p, n)
			score += bonus
			if i < n.head {
				score -= 5
			}
			if r.owned && r.owner.head < i && (n.owner == r.owner.head || n.start > r.owner.head) {
				score += 1.5
			}
			if n.head == focus {
				score += 0.5
			}
			switch {
			case score > best+0.01:
				best = score
				r.found, r.np, r.from, r.to, r.rivals = true, n, min(from, i), i+1, nil
			case score > best-0.01 && n.head != r.np.head:
				r.rivals = append(r.rivals, n)
			}
		}
	}
	d.pickByOrder(spoken, name, r)
	if r.found {
		r.noun = p.tokens[r.np.head].lower
	}
}

// pickByOrder answers "the second car" among rivals.
func (d *draft) pickByOrder(spoken parsed, name nounPhrase, r *referent) {
	all := slices.Insert(slices.Clone(r.rivals), 0, r.np)
	for _, t := range spoken.tokens[name.start:name.head] {
		nth, ok := map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "last": len(all), "other": len(all)}[t.lower]
		if ok && len(all) > 1 && nth <= len(all) {
			r.np, r.rivals = all[nth-1], nil
			r.from, r.to = r.np.core, r.np.head+1
			return
		}
	}
}

// modifiers compares what was said of the noun with what the caption says of
// it: where the answering words start, and the bonus for them.
func (d *draft) modifiers(spoken parsed, name nounPhrase, p parsed, n nounPhrase) (from int, bonus float64) {
	from = n.core
	for i := name.start; i < name.head; i++ {
		if spoken.tags[i] != adjective && spoken.tags[i] != noun && spoken.tags[i] != number && spoken.tags[i] != gerund {
			continue
		}
		want := d.p.lemma(spoken.tokens[i].lower)
		for j := n.start; j < n.head; j++ {
			if d.p.lemma(p.tokens[j].lower) == want {
				bonus += 2
				if p.tags[j] != number {
					from = min(from, j)
				}
			}
		}
	}
	// "the man on the left": words that follow count where they follow there too.
	for _, t := range spoken.tokens[name.end:] {
		for j := n.end; j < min(len(p.tokens), n.end+6); j++ {
			if !t.mark && !closedWord(t.lower) && p.tokens[j].lower == t.lower {
				bonus++
			}
		}
	}
	return from, bonus
}
