package dialogue

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pentimento/dialogue/lexicon"
	"pentimento/recipe"
)

// captionLimit is how many words of a prompt are edited; what follows is kept
// as it stands. No text encoder reads as many.
const captionLimit = 160

// A word of a caption under the knife.
type word struct {
	token
	// id stays with the word while edits move it about, and is never 0.
	id int
	// origin is the index of the word in the source caption; -1 for new words.
	origin int
	// factor is the weight of the word's attention.
	factor float64
	// clause is the number of the clause that put the word in.
	clause int
}

// A caption is a prompt being edited: its words, each of which remembers which
// word of the source it was. Operations, spans and weights are read off that
// memory when all edits are done (plan.go), so an edit only has to move words.
type caption struct {
	lex    *lexicon.Lexicon
	source []token
	was    []float64 // factors of the source's words
	words  []*word
	// last is the id given last.
	last int
	// clause is the number of the clause now edited; cutBy says for each word
	// of the source which clause took it out.
	clause int
	cutBy  []int
	// focus is the id of the noun that was edited last: what "it" names. 0 is
	// none.
	focus int
	// seen is the parse of the words as they stand; nil after a change.
	seen *parsed
}

func newCaption(lex *lexicon.Lexicon, prompt string, weights []recipe.Weight) *caption {
	c := &caption{lex: lex, source: tokenise(prompt)}
	for i, t := range c.source {
		factor := 1.0
		for _, w := range weights {
			if w.Start < t.start+len(t.text) && t.start < w.End {
				factor = w.Factor
			}
		}
		c.was = append(c.was, factor)
		c.words = append(c.words, &word{token: t, id: i + 1, origin: i, factor: factor})
	}
	c.last = len(c.source)
	c.cutBy = make([]int, len(c.source))
	return c
}

// clone copies the caption, so that an edit can be tried.
func (c *caption) clone() *caption {
	d := *c
	d.cutBy = slices.Clone(c.cutBy)
	d.words = make([]*word, len(c.words))
	for i, w := range c.words {
		copied := *w
		d.words[i] = &copied
	}
	return &d
}

// tokens are the first words, as many as are edited.
func (c *caption) tokens() []token {
	out := make([]token, 0, min(len(c.words), captionLimit))
	for _, w := range c.words[:min(len(c.words), captionLimit)] {
		out = append(out, w.token)
	}
	return out
}

// parse finds the parts of speech and noun phrases of the words as they stand.
func (c *caption) parse() parsed {
	if c.seen == nil {
		p := parse(c.lex, c.tokens())
		c.seen = &p
	}
	return *c.seen
}

// splice replaces the words [from, to) by new ones. Words at either end that are
// the same before and after are kept, with their memory. A first word in
// capitals passes them on to the word that takes its place.
func (c *caption) splice(from, to int, with []token) {
	c.seen = nil
	for from < to && len(with) > 0 && c.words[from].lower == with[0].lower {
		from, with = from+1, with[1:]
	}
	for from < to && len(with) > 0 && c.words[to-1].lower == with[len(with)-1].lower {
		to, with = to-1, with[:len(with)-1]
	}
	added := make([]*word, len(with))
	for i, t := range with {
		t.glued = t.mark && t.lower != "&" || t.lower == "'s"
		c.last++
		added[i] = &word{token: t, id: c.last, origin: -1, factor: 1, clause: c.clause}
	}
	c.glue(from, to, added)
	for _, w := range c.words[from:to] {
		if w.origin >= 0 {
			c.cutBy[w.origin] = c.clause
		}
	}
	if from == 0 && to < len(c.words) && len(with) > 0 {
		c.words[to].glued = c.words[to].mark && c.words[to].lower == ","
	}
	capital := from == 0 && len(c.words) > 0 && startsUpper(c.words[0].text)
	c.words = slices.Concat(c.words[:from:from], added, c.words[to:])
	if capital {
		for i, w := range c.words {
			if i == 0 {
				w.text = upperFirst(w.text)
			} else if i <= len(added) && w.origin == 0 && closedWord(w.lower) {
				w.text = w.lower
			}
		}
	}
}

// glue keeps the spaces around a splice: what takes a word's place stands as close
// to what is before it (an opening quotation mark) as the word did.
func (c *caption) glue(from, to int, added []*word) {
	if len(added) == 0 || from == 0 || from == len(c.words) || added[0].mark || added[0].lower == "'s" {
		return
	}
	next := c.words[from]
	if !next.glued || next.mark || next.lower == "'s" {
		return
	}
	added[0].glued = true
	if from == to {
		next.glued = false
	}
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func closedWord(w string) bool {
	_, ok := closedTag(w)
	return ok
}

// prefix says first what kind of picture the caption is of: "an oil painting"
// and "of".
func (c *caption) prefix(lead []token) {
	c.seen = nil
	if len(c.words) > 0 && closedWord(c.words[0].lower) {
		c.words[0].text = c.words[0].lower
	}
	if len(c.words) > 0 && startsUpper(c.words[0].text) {
		lead = slices.Clone(lead)
		lead[0].text = upperFirst(lead[0].text)
	}
	c.splice(0, 0, slices.Concat(lead, tokenise("of")))
}

// tidy mends what edits leave behind: articles before another first letter,
// doubled or dangling commas and connectives.
func (c *caption) tidy() {
	c.seen = nil
	c.dropDangling()
	for i, w := range c.words[:max(0, len(c.words)-1)] {
		if next := c.words[i+1]; (w.lower == "a" || w.lower == "an") && (w.origin < 0 || next.origin != w.origin+1) && !next.mark {
			c.setArticle(w, next.lower)
		}
	}
	if len(c.words) > 0 {
		c.words[0].glued = true
	}
}

func (c *caption) setArticle(w *word, next string) {
	text := article(next)
	if startsUpper(w.text) {
		text = upperFirst(text)
	}
	w.text, w.lower = text, lower(text)
}

// article is the indefinite article for a word.
func article(next string) string {
	for _, consonant := range []string{"uni", "use", "eu", "one", "ut", "uk"} {
		if strings.HasPrefix(next, consonant) {
			return "a"
		}
	}
	if strings.ContainsAny(next[:1], "aeiou8") || strings.HasPrefix(next, "hour") || strings.HasPrefix(next, "honest") {
		return "an"
	}
	return "a"
}

// dropDangling removes connectives that nothing follows and marks that follow
// one another. Only words beside an edit are touched: a caption that was odd to
// begin with stays so.
func (c *caption) dropDangling() {
	for i := 0; i < len(c.words); i++ {
		w := c.words[i]
		last := i+1 == len(c.words)
		var next *word
		if !last {
			next = c.words[i+1]
		}
		edited := last && w.origin != len(c.source)-1 || !last && (w.origin < 0 || next.origin != w.origin+1)
		if i == 0 && w.mark && w.lower == "," {
			edited = w.origin != 0
		}
		if !edited {
			continue
		}
		comma := w.lower == ","
		joins := w.lower == "and" || w.lower == "with" || w.lower == "wearing" || w.lower == "a" || w.lower == "an" || w.lower == "the" || w.lower == "in" || w.lower == "on"
		switch {
		case (comma || joins || w.lower == "but") && (last || next.mark && next.lower != "&"),
			i == 0 && (comma || w.lower == "and"),
			comma && next != nil && (next.lower == "with" || next.lower == "wearing") && c.looseComma(i):
			c.words = slices.Delete(c.words, i, i+1)
			i = max(-1, i-2)
		}
	}
}

// looseComma tells whether a comma was left over by a removal: its own next
// word is gone.
func (c *caption) looseComma(i int) bool {
	w := c.words[i]
	return w.origin >= 0 && c.words[i+1].origin >= 0
}

// text writes the caption, and gives the span of each word in it.
func (c *caption) text() (string, []recipe.Span) {
	var b strings.Builder
	spans := make([]recipe.Span, len(c.words))
	for i, w := range c.words {
		if i > 0 && !w.glued {
			b.WriteByte(' ')
		}
		spans[i].Start = b.Len()
		b.WriteString(w.text)
		spans[i].End = b.Len()
	}
	return b.String(), spans
}

// unweigh takes the weight off the first such word; it tells whether there is
// one.
func (c *caption) unweigh(word string) bool {
	for _, w := range c.words {
		if w.lower == word {
			w.factor = 1
			return true
		}
	}
	return false
}

// setWeights weighs words by the factors for them; others keep the weight that
// they had in the source.
func (c *caption) setWeights(factors map[string]float64) {
	for _, w := range c.words {
		w.factor = c.factorBefore(w)
		if f, ok := factors[w.lower]; ok && !closedWord(w.lower) {
			w.factor = round(min(maxWeight, max(minWeight, f)))
		}
	}
}

// unwritten are words that people say to a bot and never write into a caption. An
// edit that would put one there has misread what was said.
const unwritten wordList = "i you we if would could should can cannot please again further lets let try trying percent degree degrees increase decrease reduce change changing add adding remove replace undo image this me us don't doesn't shouldn't isn't wait ok okay yes instead rather maybe actually"

// paletteWord may follow "colour" in a caption.
const paletteWord wordList = "palette scheme grading tone photo photograph film"

// sane tells whether an edit put only words into the caption that belong there.
func (c *caption) sane() bool {
	for i, w := range c.words {
		if w.origin >= 0 || w.clause != c.clause {
			continue
		}
		if (w.lower == "color" || w.lower == "colour") && (i+1 == len(c.words) || !paletteWord.has(c.words[i+1].lower)) {
			return false
		}
		if unwritten.has(w.lower) || w.lower == "it" && (i == 0 || classOf(c.words[i-1].lower) != preposition) {
			return false
		}
	}
	return true
}

// restore makes the caption say what another prompt says, keeping the words that
// both have, by longest common subsequence. It refuses prompts of more words than
// are edited.
func (c *caption) restore(prompt string, weights []recipe.Weight) bool {
	old := newCaption(c.lex, prompt, weights)
	if len(old.words) > captionLimit || len(c.words) > captionLimit {
		return false
	}
	pairs := common(len(old.words), len(c.words), func(i, j int) bool { return old.words[i].lower == c.words[j].lower })
	for i, w := range old.words {
		w.origin = -1
		if j, ok := pairs[i]; ok {
			w.origin = c.words[j].origin
		}
	}
	c.words, c.seen = old.words, nil
	return true
}

// common pairs the elements of two sequences by longest common subsequence.
func common(n, m int, same func(i, j int) bool) map[int]int {
	length := make([][]int, n+1)
	for i := range length {
		length[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if same(i, j) {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	pairs := map[int]int{}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case same(i, j):
			pairs[i] = j
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// attend makes the noun at index i the one that "it" names.
func (c *caption) attend(i int) {
	if i >= 0 && i < len(c.words) {
		c.focus = c.words[i].id
	}
}

// attendWord makes the last such word the one that "it" names; it tells whether
// there is one.
func (c *caption) attendWord(word string) bool {
	for _, w := range slices.Backward(c.words) {
		if word != "" && w.lower == word {
			c.focus = w.id
			return true
		}
	}
	return false
}

// focusIndex is where the noun that was edited last stands, or -1.
func (c *caption) focusIndex() int {
	return slices.IndexFunc(c.words, func(w *word) bool { return w.id == c.focus })
}

// wordsOf are the indices of the words that the last of the operations put in or
// re-weighted; the operations led to the source.
func (c *caption) wordsOf(ops []Op) []int {
	p := c.parse()
	for _, op := range slices.Backward(ops) {
		var found []int
		for i, w := range c.words {
			if w.origin < 0 || i >= len(p.tags) || functional(p.tags[i]) || op.Target.Start == op.Target.End {
				continue
			}
			if start := c.source[w.origin].start; op.Target.Start <= start && start < op.Target.End {
				found = append(found, i)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}
