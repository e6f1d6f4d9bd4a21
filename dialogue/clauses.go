package dialogue

import "slices"

// starters begin a clause of their own: after a comma or "and" they start
// another edit.
const starters wordList = "change turn convert transform switch swap morph alter make modify set edit replace substitute exchange add put place insert include draw paint give remove delete erase get take drop lose let have use apply undo revert without more less wear open close color colour dye move keep increase decrease reduce render hide show bring crop rotate flip zoom tilt mirror resize improve fix blur sharpen brighten darken save delete download straighten lengthen shorten curl widen undo go"

// clauses splits a request into its edits: at full stops and semicolons, at commas
// and connectives before a word that starts a clause. What a later clause
// leaves out it takes from the one before: "make her hair red and the shirt
// blue".
func (p *Planner) clauses(tokens []token) [][]token {
	var out [][]token
	start := 0
	cut := func(end, next int) {
		if part := p.polite(tokens[start:end]); len(part) > 0 {
			out = append(out, p.completed(out, part))
		}
		start = next
	}
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		switch {
		case t.lower == "." || t.lower == ";" || t.lower == "!" || t.lower == "?":
			cut(i, i+1)
		case t.lower == "then" && i > start:
			cut(i, i+1)
		case t.lower == "with" && i > start && p.isMoment(trimMarks(tokens[start:i])):
			cut(i, i) // "at night with glasses"
		case t.lower == "but" && i > start && i+1 < len(tokens) && tokens[start].lower != "not":
			cut(i, i+1)
		case t.lower == "," || t.lower == "and" || t.lower == "&" || t.lower == "+":
			next := skipJoints(tokens, i)
			if i > start && next < len(tokens) && p.startsClause(tokens[start:i], tokens[next:]) {
				cut(i, next)
				i = next - 1
			}
		}
	}
	cut(len(tokens), len(tokens))
	return out
}

// skipJoints steps over ", and then also please".
func skipJoints(tokens []token, i int) int {
	for i < len(tokens) && joints.has(tokens[i].lower) {
		i++
	}
	return i
}

// joints stand between clauses.
const joints wordList = ", and & + then also please finally next but now"

// startsClause tells whether words begin an edit of their own.
func (p *Planner) startsClause(before, after []token) bool {
	after = p.polite(after)
	if len(after) == 0 {
		return false
	}
	first := after[0].lower
	switch {
	case starters.has(first) && len(after) > 1:
		// "add a castle and color" is a list; a verb needs something after it
		// that is no "of".
		return after[1].lower != "of" && !(classOf(first) == noun && after[1].mark)
	case (first == "no" || first == "with") && len(after) > 1 && starters.has(before[0].lower):
		return first == "no"
	case slices.ContainsFunc(untilJoint(after[min(1, len(after)):]), func(t token) bool { return t.lower == "instead" }) && after[len(after)-1].lower == "instead" && before[0].lower == "no":
		return true
	case p.isComparative(untilJoint(after)) && len(before) > 1, p.isStatement(after) && p.isStatement(before):
		return true
	case p.gapped(before, after) != nil, p.isMoment(untilJoint(after)) && len(before) > 1:
		return true
	}
	return false
}

// isComparative tells whether words are a comparative with its degree words: "a
// bit redder".
func (p *Planner) isComparative(words []token) bool {
	for len(words) > 1 && degreeWord.has(words[0].lower) {
		words = words[1:]
	}
	if len(words) != 1 {
		return false
	}
	_, ending, ok := p.lex.Degree(words[0].lower)
	return ok && ending == "er" && !p.plainAdjective(words[0].lower)
}

// isStatement tells whether words begin as "her hair is …".
func (p *Planner) isStatement(words []token) bool {
	q := parse(p.lex, words)
	n, ok := mainPhrase(q)
	return ok && n.start == 0 && n.end+1 < len(words) && (words[n.end].lower == "is" || words[n.end].lower == "are" || words[n.end].lower == "should" || words[n.end].lower == "has")
}

func untilJoint(tokens []token) []token {
	end := slices.IndexFunc(tokens, func(t token) bool { return t.mark || t.lower == "and" })
	if end < 0 {
		return tokens
	}
	return tokens[:end]
}

// completed gives a clause without a verb the verb of the clause before.
func (p *Planner) completed(before [][]token, part []token) []token {
	if len(before) == 0 || starters.has(part[0].lower) {
		return part
	}
	if full := p.gapped(before[len(before)-1], part); full != nil {
		return full
	}
	return part
}

// gapped completes "the shirt blue" after "make her hair red", and "grass to snow"
// after "change the cat to a dog"; nil where nothing was left out.
func (p *Planner) gapped(before, part []token) []token {
	if len(before) < 2 || p.isComparative(untilJoint(part)) {
		return nil
	}
	end := slices.IndexFunc(part, func(t token) bool { return t.mark || t.lower == "and" })
	if end < 0 {
		end = len(part)
	}
	switch verb := before[0].lower; verb {
	case "make", "turn", "paint", "color", "colour", "let", "have":
		q := parse(p.lex, part[:end])
		n, ok := mainPhrase(q)
		if said := parse(p.lex, before[1:]); len(said.nouns) > 0 && said.nouns[len(said.nouns)-1].end == len(before)-1 && verb != "have" {
			return nil // "make the car and the house blue"
		}
		if ok && n.start == 0 && n.end < end && (classOf(part[0].lower) == determiner || q.tags[0] == possessive || n.owner >= 0) && p.isAdjectival(part[n.end:end]) {
			return slices.Concat(before[:1], part)
		}
	case "change", "replace", "swap", "switch", "convert", "transform":
		joint := slices.IndexFunc(part[:end], func(t token) bool {
			return t.lower == "to" || t.lower == "with" || t.lower == "into" || t.lower == "by"
		})
		if joint > 0 && joint < end-1 && slices.ContainsFunc(before, func(t token) bool { return t.lower == part[joint].lower }) {
			return slices.Concat(before[:1], part)
		}
	}
	return nil
}
