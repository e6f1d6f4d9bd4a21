package caption

import (
	"testing"

	"pentimento/dialogue/english"
)

// TestCaptionsComeBack: a caption that is not edited is written as it was, but
// for its spaces.
func TestCaptionsComeBack(t *testing.T) {
	for _, text := range []string{"a woman's face, with “blond” hair!", "A (red) car: 50% off – now.", "an hour 😀 👍🏽 later", "x", "“", "a-b - c"} {
		c := New(english.New(), text, nil)
		c.tidy()
		if got, _ := c.text(); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
