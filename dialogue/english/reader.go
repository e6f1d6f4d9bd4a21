// Package english reads English as people speak and write it about pictures.
//
// A text is cut into words ([Tokenise], [Read]), which a [Reader] tags with
// their parts of speech and gathers into noun phrases ([Reader.Parse]). On that
// stand the questions that the rules of a conversation ask: does this begin a
// clause, is it an adjective, a time of day, a style? A [Pattern] is a sentence
// with gaps.
//
// Everything is deterministic and knows nothing of captions or edits; what words
// mean is known to the package lexicon.
package english

import "pentimento/dialogue/lexicon"

// A Reader reads English with a lexicon, whose questions it answers as well. It
// may be used from any number of goroutines at once.
type Reader struct {
	*lexicon.Lexicon
	// openings and endings are ways to begin and to end that carry no meaning.
	openings, endings [][]string
	// groups are phrases for several things at once.
	groups [][]string
}

// New makes a reader.
func New() *Reader {
	return &Reader{lexicon.New(), openings(), endings(), groups()}
}
