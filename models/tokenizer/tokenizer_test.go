package tokenizer

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var update = flag.Bool("update", false, "write the golden files anew")

// pocket is the tokenizer of the bundled model.
func pocket(t testing.TB) *Tokenizer {
	t.Helper()
	tok, err := Load(os.DirFS("../pocket/model/tokenizer"))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// Golden strings: testdata/pocket.golden shows each prompt with its tokens,
// words and spans. Run with -update when the bundled vocabulary changes, and
// read the difference.
func TestEncodeGolden(t *testing.T) {
	tok := pocket(t)
	prompts := []string{
		"",
		" \t\n\u3000\u00a0",
		"a woman's face with blond hair",
		"A WOMAN'S FACE, with  Blond\thair.",
		"don't stop; we'll go at 12:30 - it's 50% off!!",
		"zebra xylophone",
		"curly_hair #1 (masterpiece:1.2)",
		"cafe\u0301 na\u00efve fac\u0327ade",
		"I\u0307stanbul \u0130stanbul stra\u00dfe \u1e9e \u212b",
		"\u03a3\u0391\u03a3 \u039f\u03a3' \u03a3",
		"\u67f4\u72ac\u3068\u5bcc\u58eb\u5c71",
		"red \U0001f469\u200d\U0001f9b0\u2764\ufe0f hair",
		"nul\x00byte \xff\xfe\xf0\x9f broken",
		"<|startoftext|>hi<|endoftext|>",
		strings.Repeat("blond hair, ", 20) + "by the sea",
		"smiling " + strings.Repeat("xyzzy", 30) + " woman",
		strings.Repeat("q", 200),
	}
	var got bytes.Buffer
	for _, prompt := range prompts {
		e := tok.Encode(prompt)
		fmt.Fprintf(&got, "%+q\n\tids %v\n", prompt, e.IDs[:e.Length])
		for _, w := range e.Words {
			var pieces []string
			for _, id := range e.IDs[w.First:w.Last] {
				pieces = append(pieces, tok.tokens[id])
			}
			fmt.Fprintf(&got, "\t%+q typed %+q tokens [%d,%d) %+q\n", w.Text, prompt[w.Start:w.End], w.First, w.Last, pieces)
		}
		if len(e.Dropped) > 0 {
			fmt.Fprintf(&got, "\tdropped %+q\n", e.Dropped)
		}
	}
	golden := filepath.Join("testdata", "pocket.golden")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("differs from %s (run with -update to accept):\n%s", golden, got.Bytes())
	}
}

// The two configuration files say how long the context is and what pads it.
func TestEncodePadsToContext(t *testing.T) {
	tok := pocket(t)
	e := tok.Encode("blond hair")
	if len(e.IDs) != tok.ContextLength() {
		t.Fatalf("%d ids in a context of %d", len(e.IDs), tok.ContextLength())
	}
	last := e.Words[len(e.Words)-1].Last
	if e.IDs[0] != tok.start || e.IDs[last] != tok.end || e.Length != last+1 {
		t.Errorf("start %d, end %d at %d, length %d", e.IDs[0], e.IDs[last], last, e.Length)
	}
	for i, id := range e.IDs[e.Length:] {
		if id != tok.pad {
			t.Errorf("id %d at %d, want the pad token %d", id, e.Length+i, tok.pad)
		}
	}
}

// Where lower-casing and composing change lengths, spans still hold exactly
// the typed characters.
func TestWordSpansInPromptAsTyped(t *testing.T) {
	tests := []struct {
		prompt string
		want   []string // text of every word with its typed form
	}{
		{"Red HAIR", []string{"red=Red", "hair=HAIR"}},
		{"  cat,\n\tdog ", []string{"cat=cat", ",=,", "dog=dog"}},
		{"\u212aing \u1e9e x", []string{"king=\u212aing", "\u00df=\u1e9e", "x=x"}},
		{"cafe\u0301 x", []string{"caf\u00e9=cafe\u0301", "x=x"}},
		{"\u0130 x", []string{"i=\u0130", "\u0307=\u0130", "x=x"}},
		{"\u1100\u1161\u11a8 x", []string{"\uac01=\u1100\u1161\u11a8", "x=x"}},
		{"a\u0327\u0301 x", []string{"\u00e1=a\u0327\u0301", "\u0327=a\u0327\u0301", "x=x"}},
		{"\xff x\xc3 y", []string{"\ufffd=\xff", "x=x", "\ufffd=\xc3", "y=y"}},
	}
	tok := pocket(t)
	for _, test := range tests {
		var got []string
		for _, w := range tok.Encode(test.prompt).Words {
			got = append(got, w.Text+"="+test.prompt[w.Start:w.End])
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%+q:\n got %+q\nwant %+q", test.prompt, got, test.want)
		}
	}
}

func TestEncodeDropsWholeWords(t *testing.T) {
	tok := pocket(t)
	room := tok.ContextLength() - 2
	filler := func(tokens int) string { return strings.Repeat("hair ", tokens) } // one token each
	tests := []struct {
		name    string
		prompt  string
		length  int
		dropped []string
		read    int
	}{
		{"full to the last token", filler(room), room + 2, nil, len(filler(room))},
		{"one too many", filler(room) + "Blond, hair", room + 2, []string{"Blond,", "hair"}, len(filler(room))},
		{"a word of several tokens does not fit", filler(room-1) + "xyzzy hair", room + 1, []string{"xyzzy", "hair"}, len(filler(room - 1))},
		{"a word longer than the context is cut", "red " + strings.Repeat("q", 2*room), room + 2, []string{strings.Repeat("q", 2*room)}, len("red ")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := tok.Encode(test.prompt)
			if e.Length != test.length {
				t.Errorf("length %d, want %d", e.Length, test.length)
			}
			if !slices.Equal(e.Dropped, test.dropped) {
				t.Errorf("dropped %q, want %q", e.Dropped, test.dropped)
			}
			if e.Read != test.read {
				t.Errorf("%d bytes are read, want %d", e.Read, test.read)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	tok := pocket(t)
	for _, text := range []string{"", "a woman 's face , \u67f4\u72ac caf\u00e9"} {
		if got := tok.Decode(tok.Encode(text).IDs); got != text {
			t.Errorf("Decode gives %q, want %q", got, text)
		}
	}
	if got := tok.Decode([]int{-1, 1 << 30}); got != "\uFFFD\uFFFD" {
		t.Errorf("unknown ids decode to %q", got)
	}
}

// A heap joins tokens in the order that joining by hand, the best pair first,
// would: the reference here looks through the whole word each time.
func TestEncodeJoinsBestPairFirst(t *testing.T) {
	tok := pocket(t)
	byHand := func(word string) []int {
		s := tok.bpe.symbols(word)
		ids := make([]int, len(s))
		for i := range s {
			ids[i] = s[i].id
		}
		for {
			best, at := merge{}, -1
			for i := range len(ids) - 1 {
				if m, ok := tok.bpe.merges[pair{ids[i], ids[i+1]}]; ok && (at < 0 || m.rank < best.rank) {
					best, at = m, i
				}
			}
			if at < 0 {
				return ids
			}
			ids = slices.Replace(ids, at, at+2, best.id)
		}
	}
	seed := uint32(1)
	for range 2000 {
		var word []byte
		for range 1 + seed%40 {
			seed = seed*1664525 + 1013904223
			word = append(word, "aeilnorstwh"[seed>>16%11])
		}
		if got, want := tok.bpe.encode(string(word)), byHand(string(word)); !slices.Equal(got, want) {
			t.Fatalf("%q: got %v, want %v", word, got, want)
		}
	}
}

func FuzzEncode(f *testing.F) {
	for _, seed := range []string{
		"", "a woman's face with blond hair", "\u0130\u03a3\u00df e\u0301\u0345", "\xff\x00\xf0\x9f",
		strings.Repeat("\u0301", 100), "\u03a3" + strings.Repeat("'", 1000), strings.Repeat("q", 1000),
		strings.Repeat("\U0001f469\u200d", 50), "<|endoftext|><|startoftext|>",
	} {
		f.Add(seed)
	}
	tok := pocket(f)
	f.Fuzz(func(t *testing.T, prompt string) {
		e := tok.Encode(prompt)
		if len(e.IDs) != tok.ContextLength() || e.Length < 2 || e.Length > len(e.IDs) {
			t.Fatalf("%d ids, length %d", len(e.IDs), e.Length)
		}
		for _, id := range e.IDs {
			if id < 0 || id >= tok.VocabularySize() {
				t.Fatalf("id %d of %d", id, tok.VocabularySize())
			}
		}
		position, typed := 1, 0
		for _, w := range e.Words {
			if w.First != position || w.Last <= w.First {
				t.Fatalf("word %q has tokens [%d,%d) after position %d", w.Text, w.First, w.Last, position)
			}
			if w.Start < typed || w.End <= w.Start || w.End > len(prompt) {
				t.Fatalf("word %q has bytes [%d,%d) after %d of %d", w.Text, w.Start, w.End, typed, len(prompt))
			}
			if !utf8.ValidString(w.Text) {
				t.Fatalf("word %+q is no UTF-8", w.Text)
			}
			position, typed = w.Last, w.Start
		}
		if position != e.Length-1 {
			t.Fatalf("words end at %d, length is %d", position, e.Length)
		}
		if utf8.ValidString(prompt) && norm.NFC.IsNormalString(prompt) {
			for _, w := range e.Words {
				if as := normalise(prompt[w.Start:w.End]).text; as != w.Text && !strings.ContainsAny(prompt, "\u0130\u03a3") {
					t.Fatalf("word %+q was typed %+q", w.Text, prompt[w.Start:w.End])
				}
			}
		}
		tok.Decode(e.IDs)
	})
}
