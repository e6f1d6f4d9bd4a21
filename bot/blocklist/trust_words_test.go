package blocklist

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A blocked word is found in what people make of it, and not in other words.
func TestTrust10BlockedWords(t *testing.T) {
	p := New([]string{"nude", "blood", "red herring", "kill", "gun", "corpse", "rat", "knife", "weapons"})
	for kind, texts := range map[string][]string{
		"inflected":       {"two nudes", "a bloody sword", "bloodied hands", "the bloodiest scene", "killing", "killers", "a killed king", "corpses", "guns", "a gunned man", "knives", "nudity", "a nudist", "red herrings", "a weapon", "weapons"},
		"divided":         {"nu.de", "n-u-d-e", "n_u_d_e", "blo·od", "a (n.u).de woman", "k.i.l.l", "nu\u200bde", "n.ude.s", "my nu.de.woman"},
		"spelled":         {"n u d e", "a n u d e woman", "B L O O D"},
		"alternatives":    {"[nude|dressed] woman", "[a nude|b]", "[nu|de]", "{nude|x}", "a|nude|b", "(nude:1.3)", "nude|man"},
		"digits, signs":   {"bl00d", "b1ood", "k1ll", "ki11", "nud3", "nud€", "gunz? n\u00fcde", "kil|", "k!ll", "c0rp$e", "r@t"},
		"lookalikes":      {"пude", "ոude", "ｎｕｄｅ", "𝐧𝐮𝐝𝐞", "𝓃𝓊𝒹𝑒", "nυde", "nudе", "ɴᴜᴅᴇ", "ⓝⓤⓓⓔ", "🅝🅤🅓🅔", "🅽🆄🅳🅴", "🇳🇺🇩🇪", "Ьlооd", "кіll", "ɡun", "ꓠude"},
		"accents, unseen": {"nüdé", "n\u200bude", "nu\u00adde", "n\u0336u\u0336d\u0336e\u0336", "nude\ufe0f", "n\u3164ude", "nu\u115f\uffa0de"},
		"long":            {"nuuuude", "bloooood"},
	} {
		for _, text := range texts {
			if p.Allows(text) == nil {
				t.Errorf("%s: %q is allowed", kind, text)
			}
		}
	}
	for _, text := range []string{
		"a denuded hill", "a red hat and a herring", "a nudge", "", "a rated film", "a pirate", "a skill", "a gunwale", "burgundy", "1000 lights, 11 houses",
		"a well-lit room", "a corps", "an illness", "the rate of rain", "floods", "a grated cheese", "hill 7", "a1 b2 c3",
	} {
		if err := p.Allows(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	// What is blocked may be disguised, too, or of another script.
	for _, blocked := range []string{"Nüde", "nude ", "голый"} {
		p := New([]string{blocked})
		if p.Allows("a nude") == nil && p.Allows("голый") == nil {
			t.Errorf("%q is not blocked", blocked)
		}
	}
}

// With a long list and a prompt that is all signs, looking takes time that grows
// hardly faster than the prompt.
func TestTrust10BlockedWordsTakeNoTime(t *testing.T) {
	var words []string
	for i := range 2000 {
		words = append(words, fmt.Sprintf("word%cx%d", 'a'+i%26, i))
	}
	p := New(words)
	took := func(length int) time.Duration {
		prompt := strings.Repeat("a.b", 3*length) + " " + strings.Repeat("n u d ", length)
		began := time.Now()
		if err := p.Allows(prompt); err != nil {
			t.Fatal(err)
		}
		return time.Since(began)
	}
	// Of several times the least is what it takes without what else the machine does.
	short, long := time.Hour, time.Hour
	for range 10 {
		short, long = min(short, took(25)), min(long, took(200))
	}
	if long > 100*short { // more than the square
		t.Errorf("a prompt takes %v, and one of eight times the length %v", short, long)
	}
}
