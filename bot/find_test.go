package bot

import "testing"

func TestFind(t *testing.T) {
	for typed, want := range map[string]string{
		"history": "history", "HISTORY": "history", "hist": "history", "undo": "revert", "und": "revert", "an": "animate",
		"exi": "quit", "sw": "swap", "imagine": "imagine",
	} {
		if got, err := Find(Commands(), typed); err != nil || got.Name != want {
			t.Errorf("/%s is /%s, %v, want /%s", typed, got.Name, err, want)
		}
	}
	for typed, want := range map[string]string{
		"re":       "/re may be /refine, /revert, /redo or /region",
		"h":        "/h may be /history or /help",
		"histroy":  "there is no command /histroy: did you mean /history?",
		"settins":  "there is no command /settins: did you mean /settings?",
		"wieght":   "there is no command /wieght: did you mean /weight?",
		"atention": "there is no command /atention: did you mean /attention?",
		"sahre":    "there is no command /sahre: did you mean /share?",
		"udno":     "there is no command /udno: did you mean /revert?",
		"zebra":    "there is no command /zebra: /help lists them",
		"":         "there is no command /: /help lists them",
	} {
		if got, err := Find(Commands(), typed); err == nil || err.Error() != want {
			t.Errorf("/%s is /%s, %v, want %q", typed, got.Name, err, want)
		}
	}
}

func TestEdits(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abc", "xbc", 1}, {"ca", "abc", 3}} {
		if got := edits(test.a, test.b); got != test.want {
			t.Errorf("%q and %q are %d edits apart, want %d", test.a, test.b, got, test.want)
		}
	}
}
