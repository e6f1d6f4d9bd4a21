package english

import "strings"

// A Pattern is a clause with gaps:
//
//	(change|turn) <x> (to|into) <y>
//
// Words stand for themselves, (…|…) chooses between runs of words, […] is
// optional, <x> is a gap that takes one word or more, the fewest first, and [<x>]
// one that may be empty. A
// choice has a name where a rule asks for its words: (kind=…|…).
type Pattern []element

type element struct {
	gap      string
	name     string // of a choice
	choices  [][]string
	optional bool
	// begins are the first words of the choices.
	begins signature
}

// A Match holds the words in the gaps and the named choices of a pattern, by
// name.
type Match map[string]Words

// CompileAll reads patterns with [Compile].
func CompileAll(texts []string) []Pattern {
	out := make([]Pattern, len(texts))
	for i, text := range texts {
		out[i] = Compile(text)
	}
	return out
}

// Compile reads a pattern. Patterns are part of the program and not checked: a
// malformed one shows in the tests, as a rule that never matches.
func Compile(text string) Pattern {
	var p Pattern
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		var e element
		var inner string
		switch text[0] {
		case '<':
			e.gap, text, _ = strings.Cut(text[1:], ">")
		case '(':
			inner, text, _ = strings.Cut(text[1:], ")")
		case '[':
			inner, text, _ = strings.Cut(text[1:], "]")
			e.optional = true
		default:
			inner, text, _ = strings.Cut(text, " ")
		}
		if gap, ok := strings.CutPrefix(inner, "<"); ok && e.optional {
			e.gap = strings.TrimSuffix(gap, ">")
		}
		if e.gap == "" {
			if name, choices, ok := strings.Cut(inner, "="); ok && !strings.Contains(name, "|") {
				e.name, inner = name, choices
			}
			for choice := range strings.SplitSeq(inner, "|") {
				words := strings.Fields(choice)
				e.choices = append(e.choices, words)
				if len(words) == 0 {
					e.optional = true
					continue
				}
				e.begins |= sign(words[0])
			}
		}
		p = append(p, e)
	}
	return p
}

// Text is the words of a gap as a text in lower case.
func (m Match) Text(gap string) string { return m[gap].Lower() }

// tries bounds how many ways a pattern is matched before it is given up.
const tries = 4000

// Match calls accept with every way in which the pattern covers all of the words,
// until accept returns true. It tells whether one was accepted, and gives up
// after 4000 steps.
func (p Pattern) Match(tokens Words, accept func(Match) bool) bool {
	if !p.occursIn(tokens) {
		return false
	}
	left := tries
	return p.step(tokens, Match{}, &left, accept)
}

// occursIn tells whether the words that the pattern cannot do without may all be
// there, which for most patterns they are not.
func (p Pattern) occursIn(tokens Words) bool {
	var there signature
	for _, t := range tokens {
		there |= sign(t.Lower)
	}
	for i, e := range p {
		switch {
		case e.gap != "" || e.optional:
		case e.begins&there == 0, i == 0 && e.begins&sign(tokens[0].Lower) == 0:
			return false
		}
	}
	return true
}

// A signature is a set of words, of which some share a bit.
type signature uint64

// sign is the set of one word.
func sign(word string) signature {
	if word == "" {
		return 0
	}
	first, last := uint(word[0]), uint(word[len(word)-1])
	return 1 << ((first*7 + last*3 + uint(len(word))*13) % 64)
}

func (p Pattern) step(tokens Words, m Match, left *int, accept func(Match) bool) bool {
	if *left--; *left < 0 {
		return false
	}
	if len(p) == 0 {
		return len(tokens) == 0 && accept(m)
	}
	e, rest := p[0], p[1:]
	if e.gap != "" {
		first := 1
		if len(rest) == 0 {
			first = max(1, len(tokens))
		}
		for n := first; n <= len(tokens); n++ {
			m[e.gap] = tokens[:n]
			if rest.step(tokens[n:], m, left, accept) {
				return true
			}
		}
		delete(m, e.gap)
		return e.optional && rest.step(tokens, m, left, accept)
	}
	for _, words := range e.choices {
		if !tokens.StartsWith(words...) {
			continue
		}
		if e.name != "" {
			m[e.name] = tokens[:len(words)]
		}
		if rest.step(tokens[len(words):], m, left, accept) {
			return true
		}
	}
	return e.optional && rest.step(tokens, m, left, accept)
}
