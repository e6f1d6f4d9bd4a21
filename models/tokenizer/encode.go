package tokenizer

// An Encoding is a prompt as a text encoder reads it.
type Encoding struct {
	// IDs are ContextLength token ids: start, the words' tokens, end, padding.
	IDs []int
	// Length is the number of ids before the padding, start and end included.
	Length int
	// Words are the prompt's words that have tokens in IDs, in order.
	Words []Word
	// Dropped are the words that did not fit, as they were typed, in order.
	Dropped []string
	// Read is how many bytes of the prompt are encoded whole: all of them, or
	// those before the first word that is in Dropped.
	Read int
}

// A Word is one piece of a prompt that the byte-pair encoding works on: what
// CLIP's regular expression finds. "cat," is two words, "cat" and ",".
type Word struct {
	// Text is the word as normalised: composed (NFC) and in lower case.
	Text string
	// Start and End are the word's bytes [Start, End) in the prompt as typed.
	// Words made of one and the same character share its bytes ("İ" is "i"
	// and a combining dot).
	Start, End int
	// First and Last are its token positions [First, Last) in IDs.
	First, Last int
}

// Encode gives the tokens of a prompt, which may be any bytes of any length.
// When the context is full, the word that no longer fits and all after it are
// dropped; only a word longer than a whole context is cut (its head is in
// Words, and it is in Dropped too).
func (t *Tokenizer) Encode(prompt string) Encoding {
	e := Encoding{IDs: make([]int, 1, t.contextLength), Read: len(prompt)}
	e.IDs[0] = t.start
	text := normalise(prompt)
	words := t.split(text.text)
	for i, at := range words {
		ids := t.idsOf(text.text[at.start:at.end])
		room := t.contextLength - 1 - len(e.IDs)
		fits := min(len(ids), room)
		if fits < len(ids) && len(ids) <= t.contextLength-2 {
			fits = 0
		}
		if fits > 0 {
			e.Words = append(e.Words, Word{
				Text:  text.text[at.start:at.end],
				Start: text.from[at.start].start,
				End:   text.from[at.end-1].end,
				First: len(e.IDs),
				Last:  len(e.IDs) + fits,
			})
			e.IDs = append(e.IDs, ids[:fits]...)
		}
		if fits < len(ids) {
			e.Dropped = typed(prompt, text, words[i:])
			e.Read = text.from[at.start].start
			break
		}
	}
	e.IDs = append(e.IDs, t.end)
	e.Length = len(e.IDs)
	for len(e.IDs) < t.contextLength {
		e.IDs = append(e.IDs, t.pad)
	}
	return e
}

// split gives the bounds of every word in text: of those that were learned,
// and between them of those that CLIP's regular expression finds.
func (t *Tokenizer) split(text string) []span {
	var words []span
	last := 0
	between := func(end int) {
		for _, w := range t.words.split(text[last:end]) {
			words = append(words, span{last + w.start, last + w.end})
		}
	}
	for _, w := range t.learned.find(text) {
		between(w.start)
		words, last = append(words, w), w.end
	}
	between(len(text))
	return words
}

// idsOf gives the tokens of a word.
func (t *Tokenizer) idsOf(word string) []int {
	if ids, ok := t.learned.ids[word]; ok {
		return ids
	}
	return t.bpe.encode(word)
}

// typed gives words as they were typed in the prompt, joining those that
// nothing separates: a person calls "cat," one word.
func typed(prompt string, text normalised, words []span) []string {
	var typed []string
	var last span
	for i, at := range words {
		here := span{text.from[at.start].start, text.from[at.end-1].end}
		if i > 0 && here.start <= last.end {
			last.end = here.end
			typed[len(typed)-1] = prompt[last.start:last.end]
			continue
		}
		last = here
		typed = append(typed, prompt[here.start:here.end])
	}
	return typed
}
