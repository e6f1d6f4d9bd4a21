package foreign

import (
	"strings"
	"testing"

	"pentimento/dialogue/english"
)

// TestTables checks that the English of a clause has the gaps of its pattern.
func TestTables(t *testing.T) {
	for _, l := range New(english.New()).languages {
		for _, c := range l.clauses {
			text := c.english
			for _, gap := range c.gaps {
				text = strings.ReplaceAll(text, "<"+gap+">", "")
			}
			if strings.Contains(text, "<") {
				t.Errorf("%s: %q has a gap that its pattern lacks", l.name, c.english)
			}
		}
		for _, kind := range []string{"not-understood", "unknown-word"} {
			if strings.Count(l.sentences[kind], "%s") != 1 {
				t.Errorf("%s: the sentence %s is %q", l.name, kind, l.sentences[kind])
			}
		}
	}
}
