package blocklist

import "testing"

func TestFolding(t *testing.T) {
	p := New([]string{"nude", "red herring"})
	for _, text := range []string{"a nude", "NUDE woman", "n.u.d.e", "n u d e", "nüdé", "пude", "nude\u200b!", "n\u200bude", "ｎｕｄｅ", "a Red  Herring"} {
		if p.Allows(text) == nil {
			t.Errorf("%q is allowed", text)
		}
	}
	for _, text := range []string{"a denuded hill", "a red hat and a herring", "a nudge", ""} {
		if err := p.Allows(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
