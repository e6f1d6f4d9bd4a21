package foreign

import (
	"strings"

	"pentimento/dialogue/english"
)

// A clausePattern is a clause with gaps and its English. What may stand in a gap is
// told by the letter of its name:
//
//	<x>, <y>  any phrase
//	<n>, <p>  something definite: "the hair", "her"
//	<i>       something indefinite: "a hat", "glasses"
//	<a>       adjectives
//	<d>       a number
//	<h>       when or where: "de noche"
//	<s>       somebody, or a place: what a new picture is of
//	<o>       what something becomes, which has an article in English
//	<f>       what somebody has: "les yeux bleus" are blue eyes
//	<t>       something, definite or not
//	<w>       what is there or not: glasses, a hat, a beard
type clausePattern struct {
	pattern english.Pattern
	gaps    []string
	english string
}

// addClause adds a pattern and notes the words it may begin with.
func (l *Language) addClause(pattern, text string) {
	c := clausePattern{pattern: english.Compile(pattern), english: text}
	for rest := pattern; ; {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			break
		}
		gap, tail, _ := strings.Cut(after, ">")
		c.gaps, rest = append(c.gaps, gap), tail
	}
	l.clauses = append(l.clauses, c)
	l.spell(strings.NewReplacer("(", " ", ")", " ", "[", " ", "]", " ", "|", " ").Replace(withoutGaps(pattern)))
	if strings.HasSuffix(text, "?") { // "qui" begins more than questions
		return
	}
	first := strings.TrimSpace(pattern)
	for strings.HasPrefix(first, "[") {
		_, first, _ = strings.Cut(first, "]")
		first = strings.TrimSpace(first)
	}
	if strings.HasPrefix(first, "<") {
		return
	}
	choices, _, _ := strings.Cut(strings.TrimPrefix(first, "("), ")")
	if first[0] != '(' {
		choices, _, _ = strings.Cut(first, " ")
	}
	for choice := range strings.SplitSeq(choices, "|") {
		if words := strings.Fields(choice); len(words) > 0 {
			l.starters[strings.ToLower(words[0])] = true
		}
	}
}

// withoutGaps drops the gaps from a pattern.
func withoutGaps(pattern string) string {
	var b strings.Builder
	for rest := pattern; ; {
		before, after, ok := strings.Cut(rest, "<")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		_, rest, _ = strings.Cut(after, ">")
	}
}

// translate puts an utterance into English, clause by clause.
func (l *Language) translate(words english.Words) (text, unknown string) {
	words = words.TrimMarks()
	if rest, ok := l.withoutNo(words); ok {
		text, unknown := l.translate(rest)
		if text == "" {
			return "", unknown
		}
		return "no, " + text, unknown
	}
	var out []string
	said := ""
	for _, c := range l.cut(words) {
		text, missing := l.clause(c.words)
		if missing != "" {
			text = l.twoClauses(c.words)
		}
		if missing != "" && text == "" {
			return "", missing
		}
		switch {
		case text == "":
		case courteous.Has(text):
			said = text
		case len(out) > 0:
			out = append(out, c.joint+" "+text)
		default:
			out = append(out, text)
		}
	}
	if len(out) == 0 {
		return said, ""
	}
	return strings.Join(out, ""), ""
}

// twoClauses reads words that are no clause as two, of which the second leaves out what
// the first says: "der Hund soll braun sein und die Katze weiß". Empty where they are
// none either.
func (l *Language) twoClauses(words english.Words) string {
	for i := 1; i+1 < len(words); i++ {
		t := words[i]
		joins := t.Mark && t.Lower == "," || l.words[t.Lower].class == joint && l.words[t.Lower].english == "and" || contrasts.Has(t.Lower)
		if !joins {
			continue
		}
		first, ok := l.wording(l.withoutFillers(words[:i].TrimMarks()))
		if !ok {
			continue
		}
		if second, unknown := l.clause(words[i+1:].TrimMarks()); unknown == "" && second != "" {
			return first + ", then " + second
		}
	}
	return ""
}

// contrasts are the words for "but".
const contrasts english.List = "aber doch mais pero"

// courteous are the clauses that count only where nothing else is said.
const courteous english.List = "thanks hello please ok"

// A piece of an utterance is a clause and what joins it to the one before.
type piece struct {
	words english.Words
	joint string
}

// cut cuts an utterance into clauses: at the ends of sentences, and at commas and
// words for "and" before a word that a clause begins with.
func (l *Language) cut(words english.Words) []piece {
	var out []piece
	start, before := 0, ""
	for i := 0; i < len(words); i++ {
		next, by := i, ""
		switch t := words[i]; {
		case t.Mark && strings.Contains(".!?;\n", t.Lower):
			next, by = i+1, "."
		case t.Mark && t.Lower == "," || l.words[t.Lower].class == joint && l.words[t.Lower].english == "and":
			next = l.skipJoints(words, i)
			if next < len(words) && l.startsClause(words[next:]) {
				by = ", then"
			}
		}
		if by == "" {
			continue
		}
		if i > start {
			out = append(out, piece{words[start:i], before})
			before = by
		}
		start = next
		i = max(i, next-1)
	}
	if start < len(words) {
		out = append(out, piece{words[start:], before})
	}
	return out
}

// startsClause tells whether words begin a clause of their own.
func (l *Language) startsClause(words english.Words) bool {
	if len(words) == 2 && (words[0].Lower == "pas" || words[0].Lower == "nicht") {
		return false // "bleu, pas rouge"
	}
	return l.starters[words[0].Lower] && len(words) > 1 && !l.isNoun(words[0].Lower)
}

func (l *Language) isNoun(word string) bool {
	e, ok := l.words[word]
	return ok && (e.class == noun || e.class == adjective || e.class == article || e.class == definite || e.class == quantity || e.class == preposition)
}

// skipJoints steps over ", und dann bitte".
func (l *Language) skipJoints(words english.Words, i int) int {
	for i < len(words) && (words[i].Mark || l.fillers.Has(words[i].Lower) || l.words[words[i].Lower].english == "and" || l.words[words[i].Lower].english == "then") {
		i++
	}
	return i
}

// clause puts one clause into English.
func (l *Language) clause(words english.Words) (text, unknown string) {
	words = l.withoutFillers(words.TrimMarks())
	said := ""
	again := true
	for range maxCourtesies {
		if !again {
			break
		}
		if text, ok := l.wording(words); ok {
			return text, ""
		}
		words, text, again = l.withoutCourtesy(words)
		if again {
			said = text
		}
	}
	if len(words) == 0 {
		return said, ""
	}
	return l.phrase(words)
}

// Bounds on the work for a clause: how many words the patterns are tried on, and how
// many courtesies are dropped.
const (
	maxClause     = 20
	maxCourtesies = 6
)

// wording finds the pattern of a clause, and fills it in.
func (l *Language) wording(words english.Words) (string, bool) {
	if len(words) == 0 || len(words) > maxClause {
		return "", false
	}
	for _, c := range l.clauses {
		var text string
		if c.pattern.Match(words, func(m english.Match) bool {
			var ok bool
			text, ok = l.fill(c, m)
			return ok
		}) {
			return text, true
		}
	}
	return "", false
}

// fill writes a pattern's English with what stands in its gaps.
func (l *Language) fill(c clausePattern, m english.Match) (string, bool) {
	text := c.english
	for _, gap := range c.gaps {
		items, unknown := l.items(m[gap])
		if unknown != "" || !fits(gap, items) {
			return "", false
		}
		parts := l.parts(items)
		if gap == "s" && !l.isScene(parts) || gap == "w" && !worn.Has(parts[0].head) || gap == "a" && items[0].class == tail && !l.isHair(m["n"]) {
			return "", false
		}
		if !sound(parts) {
			return "", false
		}
		l.determine(gap, &parts[0])
		into := l.write(parts)
		if subject, ok := subjects()[into]; ok && strings.HasPrefix(text, "<n> is") {
			into = subject
		}
		text = strings.ReplaceAll(text, "<"+gap+">", into)
	}
	return text, true
}

// subjects are the pronouns that begin a clause.
func subjects() map[string]string {
	return map[string]string{"her": "she", "him": "he", "them": "they"}
}

// worn are the things of which there is one or none.
const worn english.List = "glasses sunglasses hat cap beard mustache scarf collar earrings sweater shirt"

// determine gives the noun that a gap begins with the article that English has
// there.
func (l *Language) determine(gap string, p *part) {
	switch bare := p.class == noun && p.determiner == ""; {
	case bare && gap == "n" && !l.countless(lastWord(p.head)):
		p.determiner = "the"
	case bare && gap == "o" && !hours.Has(p.head), bare && gap == "i":
		p.determiner = "a"
	case gap == "f" && p.determiner == "the", gap == "f" && bare:
		p.determiner = "a"
	}
}

// hours are what the time is, without an article.
const hours english.List = "night day morning evening dawn dusk sunset sunrise"

// fits tells whether items may stand in a gap.
func fits(gap string, items []item) bool {
	first, last := items[0].class, items[len(items)-1].class
	if first == joint || last == joint || last == preposition || last == article || last == definite && (len(items) > 1 || gap != "n" && gap != "p") {
		return false
	}
	switch gap[0] {
	case 'a':
		for _, x := range items {
			if x.class != adjective && x.class != degree && x.class != joint && x.class != tail {
				return false
			}
		}
		return last == adjective || last == tail
	case 'n', 'p':
		if first == pronoun || first == definite && len(items) == 1 {
			return len(items) == 1 && !strings.HasPrefix(items[0].english, "the")
		}
		if len(items) > 1 && first == definite && items[1].class == definite { // "ihr die Haare"
			return false
		}
		return (first == definite || first == pronoun || first == noun) && (names(last) || last == pronoun)
	case 'f', 'w':
		return first != pronoun && first != preposition && hasNoun(items)
	case 't':
		return hasNoun(items)
	case 'i', 's':
		return first != definite && first != pronoun && first != preposition && hasNoun(items)
	case 'h':
		return len(items) == 1 && first == adverb
	case 'd':
		return len(items) == 1 && first == quantity
	}
	return true
}

func hasNoun(items []item) bool {
	for _, x := range items {
		if x.class == noun {
			return true
		}
	}
	return false
}

// isScene tells whether a phrase is what a picture is of, and not what somebody in
// it has or wears.
func (l *Language) isScene(parts []part) bool {
	return parts[0].class == noun && !features.Has(lastWord(parts[0].head))
}

// isHair tells whether words name hair, which may be "roux" by itself.
func (l *Language) isHair(words english.Words) bool {
	items, unknown := l.items(words)
	return unknown == "" && len(items) > 0 && items[len(items)-1].english == "hair"
}

// withoutFillers drops the words that mean nothing wherever they stand, and colons.
func (l *Language) withoutFillers(words english.Words) english.Words {
	var out english.Words
	for i, t := range words {
		verb := i == 0 && len(words) > 1 && l.starters[t.Lower] // "mal einen Hund"
		if (verb || !l.fillers.Has(t.Lower)) && t.Lower != ":" {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return words
	}
	return out.TrimMarks()
}

// withoutCourtesy drops a courtesy from one end of a clause. It gives its English.
func (l *Language) withoutCourtesy(words english.Words) (rest english.Words, text string, ok bool) {
	for n := min(4, len(words)); n > 0; n-- {
		if text, ok := l.courtesies[spaced(words[:n])]; ok {
			return words[n:].TrimMarks(), text, true
		}
		if text, ok := l.courtesies[spaced(words[len(words)-n:])]; ok {
			return words[:len(words)-n].TrimMarks(), text, true
		}
	}
	return words, "", false
}

// withoutNo drops the "no," that a correction begins with.
func (l *Language) withoutNo(words english.Words) (english.Words, bool) {
	if len(words) > 2 && words[1].Mark && l.words[words[0].Lower].english == "no" {
		return words[2:], true
	}
	return words, false
}
